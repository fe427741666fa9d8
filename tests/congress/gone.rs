//! People who are no longer listed while their accounts stay.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::project::{DATES, congress};
use crate::support::{Table, shared_data};

/// How many are taken out.
const GONE: usize = 20;

#[test]
fn exactly_the_accounts_of_people_who_are_gone_become_ownerless_and_bear_their_names() {
    let Some(data) = shared_data("congress") else { return };
    let (before, now) = (Accounts::read(&data, DATES[1]), Accounts::read(&data, DATES[2]));
    let names = names(&data, DATES[1]);
    let listed = self::names(&data, DATES[2]);
    let stays =
        |id: &&String| listed.contains_key(*id) && before.0.iter().any(|(key, o)| o == *id && now.0.contains_key(key));
    let gone: Vec<&String> = names.keys().filter(stays).take(GONE).collect();
    assert_eq!(gone.len(), GONE);

    let project = congress(&data);
    let collector = project.read("collectors/identities.toml");
    let files = data.join("snapshots/${date}/identities.csv");
    project.write("collectors/identities.toml", collector.replace(&files.display().to_string(), "../${date}.csv"));
    for date in &DATES[1..3] {
        let text = fs::read_to_string(data.join("snapshots").join(date).join("identities.csv")).expect("identities");
        let is_gone = |line: &str| *date == DATES[2] && gone.iter().any(|id| line.starts_with(&format!("{id},")));
        let lines: Vec<&str> = text.lines().filter(|line| !is_gone(line)).collect();
        project.write(&format!("{date}.csv"), lines.join("\n") + "\n");
        project.run(&["run", "load", "--var", &format!("date={date}"), "--as-of", date]).code(0);
    }

    let of_gone = now.0.iter().filter(|(_, owner)| gone.contains(owner));
    let (kept, new): (Vec<_>, Vec<_>) = of_gone.partition(|(key, _)| before.0.contains_key(*key));
    let mut leaved: Vec<String> = kept.iter().map(|(key, owner)| format!("{key},{}", names[*owner])).collect();
    leaved.sort_unstable();
    assert!(leaved.len() > GONE, "most of them have several accounts: {}", leaved.len());
    let of = |condition: &str| {
        format!(
            "SELECT a.repository, a.identifier, o.description FROM accounts a LEFT JOIN ownership o ON o.account_uid = a.uid WHERE {condition}"
        )
    };
    assert_eq!(project.query(&of("o.ownerless = 'leaved'")).lines(), leaved);
    let mut orphans: Vec<String> = new.iter().map(|(key, _)| format!("{key},")).collect();
    orphans.sort_unstable();
    assert_eq!(project.query(&of("o.account_uid IS NULL")).lines(), orphans);
    let owned = project.query("SELECT COUNT(*) AS n FROM ownership WHERE identity_uid IS NOT NULL").number();
    assert_eq!(owned, (now.0.len() - leaved.len() - orphans.len()) as u64);
}

/// Accounts of a date by `repository,identifier`, with the employee id that each states.
struct Accounts(BTreeMap<String, String>);

impl Accounts {
    #[track_caller]
    fn read(data: &Path, day: &str) -> Self {
        let rows = rows(data, day, "accounts", &["repository", "account_id", "employee_id"]);
        Self(rows.into_iter().map(|row| (format!("{},{}", row[0], row[1]), row[2].clone())).collect())
    }
}

/// Full names of a date by employee id.
#[track_caller]
fn names(data: &Path, day: &str) -> BTreeMap<String, String> {
    rows(data, day, "identities", &["employee_id", "full_name"])
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// Some columns of a file.
#[track_caller]
fn rows(data: &Path, day: &str, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let path = data.join("snapshots").join(day).join(format!("{table}.csv"));
    Table::parse(&fs::read_to_string(path).expect("an extract")).only(columns)
}
