//! The packs that come with the program: their SQL is admitted, and their own tests hold.

use std::collections::BTreeSet;

use crate::check::check_pack_tests;
use crate::check::rules::Rules;
use crate::check::schemas::Schemas;
use crate::engine::{DataFusionEngine, EngineSettings, columns_read};
use crate::model::BEFORE;
use crate::plan::{open_pack, pack_names};
use crate::problem::{Look, Problems};
use crate::settings::controls::{Check, Control};
use crate::settings::packs::{Clause, Framework, Need, Pack};
use crate::settings::rules;
use crate::stages::fill::fill;
use crate::table::{Role, Sort};
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
            for (framework, clauses) in &packed.mapping {
                for clause in clauses {
                    let is_known = |known: &&Clause| known.framework == *framework && known.clause == *clause;
                    assert!(pack.clauses.iter().any(|known| is_known(&known)), "{}: {clause}", control.id);
                }
            }
        }
    }
}

/// Columns that a question reads where they are there, and that make sense to it where they are not: an account can log on
/// unless its source says otherwise, a permission is no folder, a name is made of its parts.
const OPTIONAL: [(&str, &str); 7] = [
    ("accounts", "is_enabled"),
    ("accounts", "is_privileged"),
    ("permissions", "category"),
    ("identities", "full_name"),
    ("groups", "owner"),
    ("rights", "granted_on"),
    ("derogations", "until_on"),
];

/// Relations without which there are only fewer ways to something.
const OPTIONAL_RELATIONS: [&str; 1] = ["memberships"];

/// Shared questions that pass on a column of a table whether it is collected or not: who reads it there needs it.
const PASSED_ON: [(&str, &str, &str); 4] = [
    ("pack_accounts", "accounts", "created_on"),
    ("pack_accounts", "accounts", "last_logon_on"),
    ("pack_accounts", "identities", "hired_on"),
    ("pack_accounts", "identities", "departure_on"),
];

#[test]
fn what_a_question_reads_it_says_that_it_needs() {
    let mut missing = Vec::new();
    for pack in packs() {
        let controls = pack.controls.iter().map(|control| {
            let packed = control.packed.as_ref().expect("it is of a pack");
            (control.own_rule.as_ref().expect("a question"), &packed.needs)
        });
        let questions: Vec<_> = pack.shared.iter().map(|(rule, needs)| (rule, needs)).chain(controls).collect();
        let all = rules::Rules { rules: questions.iter().map(|(rule, _)| (*rule).clone()).collect() };
        let mut schemas = Schemas::of_pack(&pack);
        Rules::of(&all).check(&mut schemas, &mut Problems::new());
        for (rule, needs) in questions {
            let text = fill(rule, jiff::civil::Date::constant(2026, 11, 21)).text;
            let reads = crate::sql::tables_of(&text).expect("a query");
            for (table, column) in columns_read(&text, &reads, schemas.tables()) {
                let table = table.trim_start_matches(BEFORE).to_owned();
                let told = |need: &Need| needs.contains(need);
                if let Some(shared) = table.strip_prefix("rule_") {
                    if !told(&Need::Shared(shared.to_owned())) {
                        missing.push(format!("{}: rule_{shared}", rule.id));
                    }
                    let passed = PASSED_ON.into_iter().find(|(by, _, passed)| *by == shared && *passed == column);
                    let need =
                        |(_, of, _): (&str, &str, &str)| Need::Column { table: of.to_owned(), column: column.clone() };
                    missing
                        .extend(passed.map(need).filter(|need| !told(need)).map(|need| format!("{}: {need}", rule.id)));
                    continue;
                }
                if PASSED_ON.contains(&(rule.id.as_str(), &table, &column)) {
                    continue;
                }
                let Some(known) = tables::by_name(&table).filter(|known| known.is_collected()) else { continue };
                let asked = match known.column(&column).map(|column| column.role) {
                    Some(Role::ReferenceUid(_)) => column.trim_end_matches("_uid").to_owned(),
                    Some(Role::Norm(base)) => base.to_owned(),
                    Some(Role::Attribute | Role::Volatile | Role::Reference(_)) | None => column.clone(),
                    _ => {
                        let need = Need::Table(table.clone());
                        if known.sort == Sort::Relation
                            && !OPTIONAL_RELATIONS.contains(&known.name)
                            && !told(&need)
                            && !needs.iter().any(|need| matches!(need, Need::Column { table: of, .. } if *of == table))
                        {
                            missing.push(format!("{}: {table}", rule.id));
                        }
                        continue;
                    }
                };
                let need = Need::Column { table: table.clone(), column: asked.clone() };
                if !told(&need) && !OPTIONAL.contains(&(table.as_str(), asked.as_str())) {
                    missing.push(format!("{}: {need}", rule.id));
                }
            }
        }
    }
    missing.dedup();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_column_to_collect_is_asked_for() {
    for pack in packs() {
        for column in &pack.columns {
            let need = Need::Column { table: column.table.clone(), column: column.name.clone() };
            let asks = |control: &Control| control.packed.as_ref().is_some_and(|packed| packed.needs.contains(&need));
            assert!(pack.controls.iter().any(asks), "{need}");
        }
    }
}
