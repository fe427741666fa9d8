//! The benchmark workload with its planted dirt, against the truth that its generator writes: owners, leavers, movers
//! and planted duties, counted as the reference jobs in other engines are.
//!
//! The generator is shared between projects and not part of the repository. `LEDGERLINE_BENCH_DATA=DIR` takes extracts
//! that it has written already, else `LEDGERLINE_BENCH_IDENTITIES` says how many people it invents.

mod data;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use self::data::{extracts, is_reference, lines, rows, workload};
use crate::support::{Project, told};

const DAYS: [&str; 2] = ["2026-01-04", "2026-01-11"];

/// What the reference jobs in other engines make of 10,000 people: accounts by kind and outcome, and how often somebody
/// holds both sides of a pair.
const REFERENCE: [(&str, usize); 2] = [
    (
        "admin orphan 9, admin right 421, orphan orphan 450, person orphan 1276, person right 25961, service orphan 144, service service 756",
        668,
    ),
    (
        "admin orphan 9, admin right 422, orphan orphan 451, person leaved 130, person orphan 1302, person right 26169, service orphan 144, service service 757",
        681,
    ),
];

#[test]
fn owners_leavers_movers_and_planted_duties_of_the_benchmark_workload_are_those_that_are_true() {
    let Some(data) = extracts() else { return };
    let project = workload();
    for ((load, day), reference) in (1..).zip(DAYS).zip(REFERENCE) {
        let variables = [format!("data={}", data.path().display()), format!("load={load}")];
        let variables: Vec<&str> = variables.iter().flat_map(|variable| ["--var", variable]).collect();
        project.run(&[&["run", "load", "--as-of", day], variables.as_slice()].concat()).code(0);
        let truth = data.path().join(format!("truth/ts={load}"));
        let accounts = rows(&truth, "account_owner", &["repository", "login", "kind", "owner"]);
        let owners = assert_owners(&project, &accounts, load);
        let duties = assert_planted_duties(&project, &truth, load);
        told(&format!("load {load}: {owners}; {duties} hold both sides of a pair"));
        if is_reference(data.path()) {
            assert_eq!((owners.as_str(), duties), reference, "what other engines make of load {load}");
        }
        if load > 1 {
            assert_movements(&project, &truth);
        }
    }
}

/// No owner is wrong, whatever rule found it; nobody owns what has a service's or nobody's name. Gives the accounts by
/// kind and outcome.
#[track_caller]
fn assert_owners(project: &Project, truth: &[Vec<String>], load: u32) -> String {
    let sql = "SELECT LOWER(a.repository || '/' || a.identifier) AS account, i.employee_id, o.rule, o.ownerless
               FROM accounts a LEFT JOIN ownership o ON o.account_uid = a.uid LEFT JOIN identities i ON i.uid = o.identity_uid";
    let accounts: BTreeMap<String, Vec<String>> =
        project.query(sql).rows.into_iter().map(|row| (row[0].clone(), row[1..].to_vec())).collect();
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in truth {
        let account = format!("{}/{}", row[0], row[1]).to_lowercase();
        let Some([owner, rule, ownerless]) = accounts.get(&account).map(Vec::as_slice) else {
            panic!("`{account}` is no account of load {load}");
        };
        let outcome = match (owner.as_str(), ownerless.as_str()) {
            ("", "") => "orphan",
            ("", ownerless) => ownerless,
            (owner, _) if owner == row[3] => "right",
            (owner, _) => {
                wrong.push(format!("{account} is owned by {owner} by {rule}, not by {}", row[3]));
                "wrong"
            }
        };
        *counts.entry((&row[2], outcome)).or_default() += 1;
    }
    assert_eq!(wrong, Vec::<String>::new(), "wrong owners in load {load}");
    let count = |kind, outcome| counts.get(&(kind, outcome)).copied().unwrap_or_default();
    assert_eq!(count("orphan", "right") + count("service", "right"), 0, "nobody owns these");
    assert!(count("person", "right") > 10 * count("person", "orphan"), "most people are found: {counts:?}");
    let told: Vec<String> = counts.iter().map(|((kind, outcome), n)| format!("{kind} {outcome} {n}")).collect();
    told.join(", ")
}

/// Everybody who was given both sides of a pair is found; others came to hold them by chance. Gives how many are found.
#[track_caller]
fn assert_planted_duties(project: &Project, truth: &Path, load: u32) -> usize {
    let sql = "SELECT SPLIT_PART(f.detail, ':', 1), i.employee_id FROM findings f JOIN identities i ON i.uid = f.uid
               WHERE f.control = 'duties' AND f.state <> 'fixed'";
    let found: BTreeSet<String> = project.query(sql).lines().into_iter().collect();
    let planted = lines(truth, "sod_planted", &["pair_id", "employee_id"]);
    assert!(!planted.is_empty());
    assert_eq!(planted.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new(), "planted in {load}, not found");
    found.len()
}

#[track_caller]
fn assert_movements(project: &Project, truth: &Path) {
    let keys = |sql: &str| -> BTreeSet<String> { project.query(sql).lines().into_iter().collect() };
    let moved = |movement: &str| {
        keys(&format!(
            "SELECT k.key FROM movements m JOIN uids k ON k.kind = 'identity' AND k.uid = m.uid
             WHERE m.table_name = 'identities' AND m.movement = '{movement}'"
        ))
    };
    assert_eq!(moved("new"), lines(truth, "joiners", &["employee_id"]), "joiners");
    let leavers = rows(truth, "leavers", &["employee_id", "mode"]);
    let of = |mode: &str| -> BTreeSet<String> {
        leavers.iter().filter(|row| row[1] == mode).map(|row| row[0].clone()).collect()
    };
    assert_eq!(moved("deleted"), of("vanished"), "leavers who vanished");
    let active = keys(
        "SELECT i.employee_id FROM identities i JOIN identity_status s ON s.uid = i.uid WHERE s.status = 'active'",
    );
    let departed = of("departed");
    assert!(!departed.is_empty());
    assert_eq!(active.intersection(&departed).collect::<Vec<_>>(), Vec::<&String>::new(), "departed and active");
    let movers = keys(
        "SELECT i.employee_id FROM identity_movements m JOIN identities i ON i.uid = m.uid
         WHERE m.is_organisation_changed OR m.is_job_changed",
    );
    assert_eq!(movers, lines(truth, "movers", &["employee_id"]), "movers");
}
