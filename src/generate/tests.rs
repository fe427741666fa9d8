//! What the generator promises, held against the files it writes and nothing else.

#![allow(clippy::unwrap_used)]

mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Report, Settings, write};
use reading::{Load, Row, bytes_of};

fn settings(identities: usize) -> Settings {
    Settings { identities, ..Settings::default() }
}

fn generated(settings: &Settings) -> (TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    let report = write(settings, folder.path()).unwrap();
    (folder, report)
}

fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

fn norm(text: &str) -> String {
    key(text).nfkd().filter(|letter| !is_combining_mark(*letter)).collect()
}

#[test]
fn the_same_settings_give_the_same_bytes_and_another_seed_gives_others() {
    let (one, _) = generated(&settings(150));
    let (same, _) = generated(&settings(150));
    let (other, _) = generated(&Settings { seed: 8, ..settings(150) });
    assert_eq!(bytes_of(one.path()), bytes_of(same.path()));
    let (one, other) = (bytes_of(one.path()), bytes_of(other.path()));
    let same: Vec<_> =
        one.iter().filter(|(file, bytes)| file.ends_with("accounts.csv") && other[*file] == **bytes).collect();
    assert!(same.is_empty(), "{:?} are the same", same.iter().map(|(file, _)| file).collect::<Vec<_>>());
}

#[test]
fn a_load_does_not_depend_on_how_many_follow() {
    let (two, _) = generated(&Settings { loads: 2, ..settings(150) });
    let (three, _) = generated(&Settings { loads: 3, ..settings(150) });
    let three = bytes_of(three.path());
    for (file, bytes) in bytes_of(two.path()) {
        assert!(three[&file] == bytes, "{file} differs");
    }
}

#[test]
fn the_sample_data_of_the_repository_is_what_the_generator_writes() {
    let (fresh, _) = generated(&Settings::default());
    let mut kept = bytes_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data"));
    kept.remove("README.md");
    let fresh = bytes_of(fresh.path());
    assert_eq!(kept.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
    let differing: Vec<_> = kept.iter().filter(|(file, bytes)| fresh[*file] != **bytes).map(|(file, _)| file).collect();
    assert!(differing.is_empty(), "{differing:?} differ: generate sample-data again and look at what changed");
}

#[test]
fn settings_outside_their_limits_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for refused in [settings(59), Settings { loads: 0, ..settings(60) }] {
        let error = write(&refused, folder.path()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
    assert!(bytes_of(folder.path()).is_empty());
}

#[test]
fn who_left_and_who_joined_is_what_tells_the_people_of_two_loads_apart() {
    let (folder, report) = generated(&settings(400));
    for pair in report.loads.windows(2) {
        let before = people(&Load::open(folder.path(), &pair[0].date));
        let load = Load::open(folder.path(), &pair[1].date);
        let now = people(&load);
        let gone: BTreeSet<_> = before.keys().filter(|id| !now.contains_key(*id)).cloned().collect();
        let come: BTreeSet<_> = now.keys().filter(|id| !before.contains_key(*id)).cloned().collect();
        let leavers = load.truth("leavers.csv");
        let vanished: BTreeSet<_> = leavers.iter().filter(|row| row["mode"] == "vanished").map(id).collect();
        assert_eq!(gone, vanished);
        assert_eq!(come, load.truth("joiners.csv").iter().map(id).collect());
        let departed: Vec<_> = leavers.iter().filter(|row| row["mode"] == "departed").map(id).collect();
        assert!(!vanished.is_empty() && !departed.is_empty());
        for id in departed {
            assert!(before[&id]["END_DATE"].is_empty() || before[&id]["END_DATE"] > now[&id]["END_DATE"]);
            assert!(now[&id]["END_DATE"].as_str() < pair[1].date.as_str());
        }
    }
}

#[test]
fn every_account_of_the_extracts_is_in_the_truth_exactly_once() {
    let (folder, report) = generated(&settings(400));
    for load in &report.loads {
        let load = Load::open(folder.path(), &load.date);
        let truth = load.truth("account_owner.csv");
        let owners: BTreeSet<_> =
            truth.iter().map(|row| (row["repository"].clone(), row["identifier"].clone())).collect();
        assert_eq!(owners.len(), truth.len());
        assert_eq!(owners, accounts(&load).into_keys().collect());
    }
}

#[test]
fn the_rule_of_the_truth_is_the_first_that_finds_the_owner_in_the_files() {
    let (folder, report) = generated(&settings(1_500));
    for load in &report.loads {
        let load = Load::open(folder.path(), &load.date);
        let people = people(&load);
        let accounts = accounts(&load);
        let by_mail = only(people.iter().map(|(id, row)| (key(&row["MAIL"]), id.clone())));
        let by_name = only(people.iter().map(|(id, row)| (full_name(row), id.clone())));
        for truth in load.truth("account_owner.csv") {
            let account = &accounts[&(truth["repository"].clone(), truth["identifier"].clone())];
            let written = account["employee_id"].trim().to_uppercase();
            let found = if people.contains_key(&written) {
                (written, "employee_number")
            } else if let Some(id) = by_mail.get(&key(&account["mail"])) {
                (id.clone(), "mail")
            } else if let Some(id) = by_name.get(&norm(&account["name"])) {
                (id.clone(), "name")
            } else {
                (String::new(), "none")
            };
            // Someone else may bear the name an account still has after a marriage; such a find is no find.
            let is_owner = found.0 == truth["owner"];
            assert_eq!(if is_owner { found.1 } else { "none" }, truth["rule"], "{truth:?} {account:?}");
        }
    }
}

#[test]
fn who_violates_a_toxic_pair_is_who_holds_both_sides_in_the_files() {
    for identities in [120, 1_500] {
        let (folder, report) = generated(&settings(identities));
        let pairs = reading::comma(&folder.path().join("truth/toxic_pairs.csv"));
        let mut violated = BTreeSet::new();
        for load in &report.loads {
            let load = Load::open(folder.path(), &load.date);
            let held = held(&load);
            let mut expected = BTreeSet::new();
            for pair in &pairs {
                let sides = [("application_a", "permission_a"), ("application_b", "permission_b")]
                    .map(|(application, permission)| (pair[application].clone(), pair[permission].clone()));
                for (id, permissions) in &held {
                    if sides.iter().all(|side| permissions.contains(side)) {
                        expected.insert((pair["pair"].clone(), id.clone()));
                    }
                }
            }
            let told: BTreeSet<_> =
                load.truth("violations.csv").iter().map(|row| (row["pair"].clone(), id(row))).collect();
            assert_eq!(told, expected);
            violated.extend(told.into_iter().map(|(pair, _)| pair));
        }
        assert!(["T01", "T02", "T03", "T04", "T05", "T06"].iter().all(|pair| violated.contains(*pair)));
    }
}

#[test]
fn no_default_guard_is_reached_between_loads() {
    for identities in [120, 1_500] {
        let (folder, report) = generated(&settings(identities));
        for pair in report.loads.windows(2) {
            let [before, now] = [&pair[0], &pair[1]].map(|load| keys(&Load::open(folder.path(), &load.date)));
            for (file, before) in &before {
                let removed = before.difference(&now[file]).count();
                let added = now[file].difference(before).count();
                assert!(removed * 10 < before.len() || removed < 5, "{file}: {removed} removed");
                assert!(added * 10 < before.len() * 3 || added < 20, "{file}: {added} added");
            }
        }
        for load in &report.loads {
            for (file, rows) in &load.rows {
                let rejects: u64 = load
                    .dirt
                    .iter()
                    .filter(|(of, kind, _)| of == file && (kind == "no key" || kind.starts_with("same key")))
                    .map(|(_, _, rows)| 2 * rows)
                    .sum();
                assert!(rejects <= 10.max(rows / 1_000), "{file}: {rejects} rejects");
            }
        }
    }
}

#[test]
fn every_kind_of_dirt_is_in_every_load_of_a_small_company() {
    let (_folder, report) = generated(&settings(super::FEWEST_IDENTITIES));
    let kinds = |n: usize| report.loads[n].dirt.iter().map(|(file, kind, _)| (file, kind)).collect::<BTreeSet<_>>();
    assert_eq!(kinds(0), kinds(1));
    assert_eq!(kinds(1), kinds(2));
    assert!(kinds(0).len() > 45, "{:#?}", kinds(0));
}

#[test]
fn ten_times_the_people_take_about_ten_times_as_long() {
    let time = |identities| {
        let start = std::time::Instant::now();
        generated(&Settings { loads: 1, ..settings(identities) });
        start.elapsed()
    };
    let (few, many) = (time(2_000), time(20_000));
    assert!(many < few * 60, "{few:?} for 2,000 and {many:?} for 20,000");
}

fn id(row: &Row) -> String {
    row["employee_id"].clone()
}

fn full_name(row: &Row) -> String {
    norm(&format!("{} {}", row["FIRST_NAME"].trim(), row["LAST_NAME"].trim()))
}

/// The values that belong to one key only.
fn only(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in pairs.filter(|(key, _)| !key.is_empty()) {
        found.entry(key).or_default().push(value);
    }
    found.into_iter().filter(|(_, values)| values.len() == 1).map(|(key, mut values)| (key, values.remove(0))).collect()
}

/// People by employee id; of the same id twice the first row counts.
fn people(load: &Load) -> BTreeMap<String, Row> {
    let mut people = BTreeMap::new();
    for row in load.comma("hr_identities.csv").into_iter().filter(|row| !row["EMPLOYEE_ID"].trim().is_empty()) {
        people.entry(row["EMPLOYEE_ID"].trim().to_uppercase()).or_insert(row);
    }
    people
}

/// Accounts by repository and identifier, with the columns that speak of their owner under common names.
fn accounts(load: &Load) -> BTreeMap<(String, String), Row> {
    let sources = [
        ("AD", load.comma("directory_accounts.csv"), ["SAM", "EMPLOYEE_NUMBER", "MAIL", "DISPLAY_NAME"]),
        ("ERP", load.semicolon("erp_accounts.csv"), ["USER", "PERSNO", "", "NAME"]),
        ("CRM", load.json_lines("crm_accounts.jsonl"), ["login", "", "mail", "name"]),
    ];
    let mut accounts = BTreeMap::new();
    for (repository, rows, columns) in sources {
        for row in rows {
            let [login, employee_id, mail, name] = columns.map(|column| row.get(column).cloned().unwrap_or_default());
            let common = [("employee_id", employee_id), ("mail", mail), ("name", name)];
            let common = common.map(|(name, value)| (name.to_owned(), value)).into();
            if !key(&login).is_empty() {
                accounts.entry((repository.to_owned(), key(&login))).or_insert(common);
            }
        }
    }
    accounts
}

/// What each listed person holds, directly and through groups, by true ownership.
fn held(load: &Load) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let people = people(load);
    let mut grants: Vec<(String, String, (String, String))> = Vec::new();
    for row in load.semicolon("erp_rights.csv") {
        grants.push(("ERP".to_owned(), key(&row["USER"]), ("ERP".to_owned(), row["ROLE"].trim().to_owned())));
    }
    for row in load.json_lines("crm_rights.jsonl") {
        grants.push(("CRM".to_owned(), key(&row["login"]), ("CRM".to_owned(), row["permission"].trim().to_owned())));
    }
    let opened = opened_by_groups(load);
    for row in load.comma("directory_members.csv") {
        for permission in &opened[&row["GROUP"]] {
            grants.push(("AD".to_owned(), key(&row["MEMBER"]), permission.clone()));
        }
    }
    let owners: BTreeMap<_, _> = load
        .truth("account_owner.csv")
        .into_iter()
        .map(|row| ((row["repository"].clone(), row["identifier"].clone()), row["owner"].clone()))
        .collect();
    let mut held: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for (repository, login, permission) in grants {
        if let Some(owner) = owners.get(&(repository, login)).filter(|owner| people.contains_key(*owner)) {
            held.entry(owner.clone()).or_default().insert(permission);
        }
    }
    held
}

/// What members of each group hold through it and the groups it lies in.
fn opened_by_groups(load: &Load) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let nesting = load.comma("directory_nesting.csv");
    let rights = load.comma("directory_group_rights.csv");
    let mut parents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &nesting {
        parents.entry(&row["CHILD"]).or_default().push(&row["PARENT"]);
    }
    let mut opened = BTreeMap::new();
    for group in load.comma("directory_groups.csv") {
        let mut reached = BTreeSet::new();
        let mut open = vec![group["GROUP"].as_str()];
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(parents.get(next).into_iter().flatten());
            }
        }
        let permissions = rights
            .iter()
            .filter(|row| reached.contains(row["GROUP"].as_str()))
            .map(|row| (row["APPLICATION"].clone(), row["PERMISSION"].clone()))
            .collect();
        opened.insert(group["GROUP"].clone(), permissions);
    }
    opened
}

/// The keys of the rows of each file that changes from load to load.
fn keys(load: &Load) -> BTreeMap<&'static str, BTreeSet<String>> {
    let joined = |rows: Vec<Row>, columns: &[&str]| -> BTreeSet<String> {
        rows.iter().map(|row| columns.iter().map(|column| key(&row[*column])).collect::<Vec<_>>().join("|")).collect()
    };
    let accounts: Vec<_> = accounts(load).into_keys().collect();
    let of =
        |wanted: &str| accounts.iter().filter(|(code, _)| code == wanted).map(|(_, login)| login.clone()).collect();
    BTreeMap::from([
        ("hr_identities.csv", people(load).into_keys().collect()),
        ("directory_accounts.csv", of("AD")),
        ("erp_accounts.csv", of("ERP")),
        ("crm_accounts.jsonl", of("CRM")),
        ("directory_members.csv", joined(load.comma("directory_members.csv"), &["GROUP", "MEMBER"])),
        ("erp_rights.csv", joined(load.semicolon("erp_rights.csv"), &["USER", "ROLE", "COMPANY_CODE"])),
        ("crm_rights.jsonl", joined(load.json_lines("crm_rights.jsonl"), &["login", "permission"])),
    ])
}
