//! An invented company of some size, and what is true of it: the root project's own policies must find the owners,
//! the leavers and the toxic pairs that `ledgerline generate` planted, and no owner that is wrong.
//!
//! `LEDGERLINE_TRUTH_IDENTITIES=10000 cargo test --test it truth` makes the company larger.

mod project;

use std::collections::{BTreeMap, BTreeSet};

use self::project::{LOADS, company, truth};
use crate::support::{Project, told};

/// People in the first load.
const IDENTITIES: usize = 2_000;

#[test]
fn owners_leavers_and_toxic_pairs_of_a_generated_company_are_those_that_are_true() {
    let identities = std::env::var("LEDGERLINE_TRUTH_IDENTITIES").ok().and_then(|text| text.parse().ok());
    let project = company(identities.unwrap_or(IDENTITIES));
    for load in LOADS {
        project.weekly(load).code(0);
        let hidden = assert_owners(&project, load);
        assert_violations(&project, load, &hidden);
    }
    assert_leavers(&project, LOADS[1]);
    assert_joiners_and_movers(&project, LOADS[1]);
}

/// Whatever has an owner has the right one, and an account that a rule can find has its owner, or is one that rules
/// cannot tell apart: its owner shares, or shared when the account was first seen, what the rule compares with others,
/// and is among those in question. Gives people with an account that no rule can find.
#[track_caller]
fn assert_owners(project: &Project, load: &str) -> BTreeSet<String> {
    let sql = "SELECT a.repository, a.identifier, i.employee_id, o.rule FROM ownership o
               JOIN accounts a ON a.uid = o.account_uid JOIN identities i ON i.uid = o.identity_uid";
    let given: BTreeMap<String, (String, String)> = project
        .query_of(load, sql)
        .rows
        .into_iter()
        .map(|row| (format!("{}/{}", row[0], row[1]), (row[2].clone(), row[3].clone())))
        .collect();
    let sql = "SELECT a.repository || '/' || a.identifier || ' ' || k.key FROM owner_candidates c
               JOIN accounts a ON a.uid = c.account_uid JOIN uids k ON k.kind = 'identity' AND k.uid = c.identity_uid";
    let in_question = keys(project, load, sql);
    let (mut found, mut wrong, mut missed) = (0_usize, Vec::new(), Vec::new());
    let (mut remembered, mut hidden) = (0_usize, BTreeSet::new());
    let accounts = truth(project, load, "account_owner", &["repository", "identifier", "kind", "owner", "rule"]);
    let all = accounts.len();
    for row in accounts {
        let account = format!("{}/{}", row[0], row[1]);
        match given.get(&account) {
            Some((owner, _)) if *owner == row[3] => found += 1,
            Some((owner, rule)) => {
                wrong.push(format!("{account} ({}) is owned by {owner} by {rule}, not {}", row[2], row[3]));
            }
            None if row[4] != "none" && !in_question.contains(&format!("{account} {}", row[3])) => {
                missed.push(format!("{account} ({}) by {}", row[2], row[4]));
            }
            None => {
                remembered += usize::from(row[4] != "none");
                hidden.insert(row[3].clone());
            }
        }
    }
    told(&format!(
        "{load}: {all} accounts, {found} with their owner, {} wrong, {remembered} still in question",
        wrong.len()
    ));
    assert_eq!(wrong, Vec::<String>::new(), "wrong owners on {load}");
    assert_eq!(missed, Vec::<String>::new(), "owners that a rule finds on {load}");
    assert!(remembered * 1_000 <= found, "{remembered} of {all} accounts of {load} are still in question");
    assert_eq!(given.len(), found, "every owned account of {load} exists");
    hidden
}

/// The findings of the pairs' controls are the planted holders, each and no other, but for people with an account that
/// no rule can find, through which they may hold one side.
#[track_caller]
fn assert_violations(project: &Project, load: &str, hidden: &BTreeSet<String>) {
    let sql = "SELECT UPPER(f.control), i.employee_id FROM findings f JOIN identities i ON i.uid = f.uid
               WHERE f.kind = 'identity' AND f.control LIKE 't__' AND f.state <> 'fixed'";
    let found: BTreeSet<String> = project.query_of(load, sql).lines().into_iter().collect();
    let planted = lines(project, load, "violations", &["pair", "employee_id"]);
    told(&format!("{load}: {} planted violations, {} found", planted.len(), found.len()));
    let is_visible = |line: &&String| line.split_once(',').is_some_and(|(_, person)| !hidden.contains(person));
    let differing = |these: &BTreeSet<String>, others: &BTreeSet<String>| -> Vec<String> {
        these.difference(others).filter(is_visible).cloned().collect()
    };
    assert_eq!(differing(&found, &planted), Vec::<String>::new(), "holders of no pair on {load}");
    assert_eq!(differing(&planted, &found), Vec::<String>::new(), "holders of a pair on {load} who were not found");
    assert!(found.len() * 10 > planted.len() * 8, "most are found: {} of {}", found.len(), planted.len());
}

/// Whoever vanished is deleted, and whoever departed is listed and inactive.
#[track_caller]
fn assert_leavers(project: &Project, load: &str) {
    let leavers = truth(project, load, "leavers", &["employee_id", "mode"]);
    let of = |mode: &str| -> BTreeSet<String> {
        leavers.iter().filter(|row| row[1] == mode).map(|row| row[0].clone()).collect()
    };
    assert_eq!(moved(project, load, "deleted"), of("vanished"), "people who vanished until {load}");
    let inactive = keys(
        project,
        load,
        "SELECT i.employee_id FROM identities i JOIN identity_status s ON s.uid = i.uid WHERE s.status = 'inactive' AND s.since_on = CAST('2026-11-09' AS DATE)",
    );
    assert_eq!(inactive, of("departed"), "people who departed until {load}");
}

#[track_caller]
fn assert_joiners_and_movers(project: &Project, load: &str) {
    assert_eq!(moved(project, load, "new"), lines(project, load, "joiners", &["employee_id"]), "joiners until {load}");
    let sql = "SELECT i.employee_id FROM identity_movements m JOIN identities i ON i.uid = m.uid
               WHERE m.is_organisation_changed OR m.is_job_changed";
    assert_eq!(keys(project, load, sql), lines(project, load, "movers", &["employee_id"]), "movers until {load}");
}

/// Keys of identities that are new or gone.
#[track_caller]
fn moved(project: &Project, load: &str, movement: &str) -> BTreeSet<String> {
    let sql = format!(
        "SELECT k.key FROM movements m JOIN uids k ON k.kind = 'identity' AND k.uid = m.uid
         WHERE m.table_name = 'identities' AND m.movement = '{movement}'"
    );
    keys(project, load, &sql)
}

#[track_caller]
fn keys(project: &Project, load: &str, sql: &str) -> BTreeSet<String> {
    project.query_of(load, sql).lines().into_iter().collect()
}

/// A file of the truth as lines.
#[track_caller]
fn lines(project: &Project, load: &str, name: &str, columns: &[&str]) -> BTreeSet<String> {
    truth(project, load, name, columns).into_iter().map(|row| row.join(",")).collect()
}
