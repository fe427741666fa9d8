//! Real demonstration data of another product: a directory as LDIF files, people from an HR file. What must come out
//! was computed apart from us (`expected.json` beside the data).

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use self::project::{BY_NAME, BY_NUMBER, midpoint};
use crate::support::{Project, Table, shared_data};

const DATA: &str = "midpoint-smart";
const DAY: &str = "2026-01-05";

/// Logins of accounts with a condition on their owner `i`, its status `s` and the ownership `o`.
#[track_caller]
fn logins(project: &Project, condition: &str) -> Vec<String> {
    let sql = format!(
        "SELECT COALESCE(a.login, a.display_name) AS login FROM accounts a
         LEFT JOIN ownership o ON o.account_uid = a.uid
         LEFT JOIN identities i ON i.uid = o.identity_uid
         LEFT JOIN identity_status s ON s.uid = i.uid
         WHERE {condition}"
    );
    project.query(&sql).lines()
}

/// A project with a policy, loaded.
#[track_caller]
fn loaded(data: &Path, owners: &str) -> Project {
    let project = midpoint(data, owners);
    project.load(DAY).code(0);
    project
}

/// What was computed apart: one of the checks.
#[track_caller]
fn check(data: &Path, name: &str) -> Value {
    let text = fs::read_to_string(data.join("expected.json")).expect("the answers lie beside the data");
    let all: Value = serde_json::from_str(&text).expect("the answers are JSON");
    let found = all["snapshots"][0]["checks"][name].clone();
    assert!(!found.is_null(), "`{name}` is one of the checks");
    found
}

#[track_caller]
fn listed(data: &Path, name: &str) -> Vec<String> {
    serde_json::from_value(check(data, name)).expect("a list of texts")
}

#[test]
fn forty_of_forty_five_accounts_are_owned_by_employee_number_and_the_rest_has_none() {
    let Some(data) = shared_data(DATA) else { return };
    let project = loaded(&data, BY_NUMBER);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM accounts").number(), 45);
    assert_eq!(logins(&project, "o.identity_uid IS NOT NULL AND i.employee_id = a.employee_id").len(), 40);
    assert_eq!(logins(&project, "o.account_uid IS NULL"), listed(&data, "accounts_without_employee_number"));
    let inactive = logins(&project, "s.status = 'inactive'");
    assert_eq!(inactive, listed(&data, "accounts_of_people_hr_does_not_call_active"));
    let several = "SELECT i.employee_id FROM ownership o JOIN identities i ON i.uid = o.identity_uid GROUP BY i.employee_id HAVING COUNT(*) > 1";
    assert_eq!(project.query(several).lines(), listed(&data, "people_with_two_or_more_accounts"));
}

#[test]
fn thirty_five_accounts_are_owned_by_name_and_those_whose_name_differs_from_hr_are_not() {
    let Some(data) = shared_data(DATA) else { return };
    let project = loaded(&data, BY_NAME);
    assert_eq!(logins(&project, "o.identity_uid IS NOT NULL AND i.employee_id = a.employee_id").len(), 35);
    let mut orphans = listed(&data, "accounts_matched_by_number_whose_name_differs_from_hr");
    orphans.extend(listed(&data, "accounts_without_employee_number"));
    orphans.sort_unstable();
    assert_eq!(logins(&project, "o.account_uid IS NULL"), orphans);
}

#[test]
fn members_and_what_their_groups_open_are_those_of_the_files() {
    let Some(data) = shared_data(DATA) else { return };
    let project = loaded(&data, BY_NUMBER);
    let count = |table: &str| project.query(&format!("SELECT COUNT(*) AS n FROM {table}")).number();
    assert_eq!((count("identities"), count("groups"), count("memberships")), (50, 26, 203));
    // Each group has the same placeholder, which no account is.
    assert_eq!(Some(count("unresolved_memberships")), check(&data, "group_members_that_point_nowhere").as_u64());
    let held = "SELECT i.employee_id, p.code FROM effective_rights e JOIN identities i ON i.uid = e.identity_uid JOIN permissions p ON p.uid = e.permission_uid WHERE e.is_through_group AND NOT e.is_direct";
    assert_eq!(project.query(held).lines(), computed_rights(&data));
}

/// Who holds what, by the rights that were computed apart for each account.
#[track_caller]
fn computed_rights(data: &Path) -> Vec<String> {
    let rows = |table: &str, columns: &[&str]| {
        let path = data.join("snapshots/one").join(format!("{table}.csv"));
        Table::parse(&fs::read_to_string(path).expect("a computed table")).only(columns)
    };
    let accounts = rows("accounts", &["account_id", "employee_id"]);
    let owner = |account: &str| accounts.iter().find(|row| row[0] == account).map(|row| row[1].clone());
    let rights = rows("rights", &["account_id", "application", "permission_id"]);
    assert_eq!(rights.len(), 155);
    let held: BTreeSet<String> = rights
        .iter()
        .map(|row| format!("{},app:{}:{}", owner(&row[0]).expect("the account is listed"), row[1], row[2]))
        .collect();
    held.into_iter().collect()
}
