//! The packs that come with the program: their SQL is admitted, and their own tests hold.

use std::collections::BTreeSet;

use crate::check::check_pack_tests;
use crate::engine::{DataFusionEngine, EngineSettings};
use crate::plan::{open_pack, pack_names};
use crate::problem::Look;
use crate::settings::controls::Check;
use crate::settings::packs::{Framework, Pack};
use crate::tables;

fn packs() -> Vec<Pack> {
    let open = |name| open_pack(name).unwrap_or_else(|problems| panic!("{}", problems.render(Look::Plain)));
    pack_names().into_iter().filter_map(open).collect()
}

#[test]
fn every_test_of_every_control_holds() {
    let folder = tempfile::tempdir().unwrap();
    let settings = EngineSettings { threads: 2, memory: 1 << 28, spill: folder.path().to_owned() };
    let engine = DataFusionEngine::new(&settings).unwrap();
    for pack in packs() {
        let problems = check_pack_tests(&pack, None, &engine);
        assert!(problems.is_empty(), "{}", problems.render(Look::Plain));
    }
}

#[test]
fn every_control_has_a_test_that_finds_something_and_leaves_something() {
    for pack in packs() {
        for control in &pack.controls {
            let rule = control.own_rule.as_ref().expect("a question");
            let (mut finds, mut leaves) = (false, false);
            for test in &rule.tests {
                let expected = test.expected.as_ref().expect("it is checked");
                let found: BTreeSet<_> = expected.rows.iter().map(|row| row[0].clone()).collect();
                finds |= !found.is_empty();
                let Check::Rule { subject, .. } = control.check else { panic!("{}", control.id) };
                let own = format!("{subject}_uid");
                let named = |column: &&String| ["uid", own.as_str()].contains(&column.as_str());
                for (table, grid) in &test.given {
                    let is_about = table.ends_with(tables::of_kind(subject).name) || grid.columns.contains(&own);
                    let Some(at) = grid.columns.iter().position(|column| named(&column)).filter(|_| is_about) else {
                        continue;
                    };
                    leaves |= grid.rows.iter().any(|row| row[at].is_some() && !found.contains(&row[at]));
                }
            }
            assert!(finds && leaves, "{}: finds {finds}, leaves {leaves}", control.id);
        }
    }
}

#[test]
fn every_control_is_mapped_to_every_framework() {
    for pack in packs() {
        for control in &pack.controls {
            let packed = control.packed.as_ref().expect("it is of a pack");
            let frameworks: Vec<Framework> = packed.mapping.iter().map(|(framework, _)| *framework).collect();
            assert_eq!(frameworks, Framework::ALL, "{}", control.id);
        }
    }
}
