//! The same rows written as CSV in several encodings, JSON, JSON Lines, Parquet, XLSX and LDIF load to the same rows:
//! same keys, same row hashes, same memberships.

use std::path::Path;

use crate::support::{Project, shared_data};

const DATE: &str = "2022-12-01";

/// A way to write the rows down: the file's ending and what the collector says of it.
const VARIANTS: [(&str, &str); 11] = [
    ("bom.csv", "format = \"csv\""),
    ("crlf.csv", "format = \"csv\""),
    ("quoted.csv", "format = \"csv\""),
    ("semicolon.cp1252.csv", "format = \"csv\"\ndelimiter = \";\"\nencoding = \"windows-1252\""),
    ("tab.utf16.tsv", "format = \"tsv\""),
    ("json", "format = \"json\""),
    ("escaped.json", "format = \"json\""),
    ("nested.json", "format = \"json\"\nrecords = \"data.items\""),
    ("jsonl", "format = \"jsonl\""),
    ("parquet", "format = \"parquet\""),
    ("xlsx", "format = \"xlsx\""),
];

/// Variants with typed days, which only identities have.
const TYPED: [(&str, &str); 2] = [("typed.parquet", "format = \"parquet\""), ("typed.xlsx", "format = \"xlsx\"")];

/// Whose name has a letter that Windows-1252 lacks: left out of that file.
const NOT_IN_CP1252: &str = "K000396";

const IDENTITIES: [(&str, &str); 9] = [
    ("employee_id", "employee_id"),
    ("given_name", "given_name"),
    ("family_name", "family_name"),
    ("full_name", "full_name"),
    ("organisation", "org_id"),
    ("job_title", "job_title"),
    ("status", "status"),
    ("hired_on", "start_date"),
    ("departure_on", "end_date"),
];

/// The attributes of the LDIF file, in the order of the columns above.
const LDAP: [&str; 9] =
    ["uid", "givenName", "sn", "cn", "departmentNumber", "title", "employeeType", "x-start", "x-end"];

const ACCOUNTS: [(&str, &str); 7] = [
    ("repository", "repository"),
    ("identifier", "account_id"),
    ("login", "login"),
    ("display_name", "display_name"),
    ("employee_id", "employee_id"),
    ("status", "status"),
    ("category", "kind"),
];

const MEMBERSHIPS: [(&str, &str); 4] =
    [("repository", "repository"), ("group", "group_id"), ("account", "account_id"), ("role", "role")];

/// What a project made of the files.
#[derive(Debug, PartialEq, Eq)]
struct Loaded {
    identities: Vec<String>,
    accounts: Vec<String>,
    memberships: Vec<String>,
}

impl Loaded {
    #[track_caller]
    fn of(project: &Project) -> Self {
        let lines = |sql: &str| project.query(sql).lines();
        Self {
            identities: lines("SELECT employee_id, full_name_norm, hired_on, row_hash FROM identities"),
            accounts: lines("SELECT repository, identifier, row_hash FROM accounts"),
            memberships: lines(
                "SELECT a.namespace, a.key, m.group_uid, m.role FROM memberships m \
                 JOIN uids a ON a.kind = 'account' AND a.uid = m.account_uid",
            ),
        }
    }

    fn without_identity(mut self, key: &str) -> Self {
        self.identities.retain(|line| !line.starts_with(key));
        self
    }
}

/// Columns as a collector lists them.
fn mapped(columns: &[(&str, &str)]) -> String {
    let lines: Vec<String> = columns.iter().map(|(column, from)| format!("{column} = \"{from}\"")).collect();
    lines.join("\n")
}

/// A project over one variant of all three tables. The groups are those of the plain rows, whatever the variant.
#[track_caller]
fn load(data: &Path, variant: &str, settings: &str) -> Loaded {
    let source = |table: &str, file: &str, settings: &str, columns: &[(&str, &str)]| {
        let columns = mapped(columns);
        let file = data.join(file);
        format!(
            "[source]\nfiles = \"{}\"\n{settings}\n\n[table.{table}]\n{}\n[table.{table}.columns]\n{columns}",
            file.display(),
            if table == "accounts" { "on_duplicate = \"first\"\n" } else { "" }
        )
    };
    let groups = [("repository", "repository"), ("code", "group_id"), ("name", "name")];
    let file = |table: &str| format!("formats/{DATE}/{table}.{variant}");
    let project = Project::new()
        .collector(
            "groups",
            &source("groups", &format!("congress/snapshots/{DATE}/groups.csv"), "format = \"csv\"", &groups),
        )
        .collector("identities", &source("identities", &file("identities"), settings, &IDENTITIES))
        .collector("accounts", &source("accounts", &file("accounts"), settings, &ACCOUNTS))
        .collector("memberships", &source("memberships", &file("memberships"), settings, &MEMBERSHIPS))
        .plan_of(&["groups", "identities", "accounts", "memberships"]);
    project.load(DATE).code(0);
    Loaded::of(&project)
}

/// The identities of one file alone.
#[track_caller]
fn identities(data: &Path, variant: &str, settings: &str, columns: &[(&str, &str)]) -> Vec<String> {
    let columns = mapped(columns);
    let file = data.join(format!("formats/{DATE}/identities.{variant}"));
    let text = format!("[source]\nfiles = \"{}\"\n{settings}\n\n[table.identities.columns]\n{columns}", file.display());
    let project = Project::new().collector("identities", &text).plan_of(&["identities"]);
    project.load(DATE).code(0);
    project.query("SELECT employee_id, full_name_norm, hired_on, row_hash FROM identities").lines()
}

#[test]
fn every_way_to_write_the_rows_loads_to_the_same_rows() {
    let Some(formats) = shared_data("formats") else { return };
    let data = formats.parent().expect("formats lie beside the Congress");
    let plain = load(data, "csv", "format = \"csv\"");
    assert_eq!((plain.identities.len(), plain.accounts.len(), plain.memberships.len()), (538, 1979, 3954));
    let reduced = load(data, "csv", "format = \"csv\"").without_identity(NOT_IN_CP1252);
    assert_eq!(reduced.identities.len(), 537);
    for (variant, settings) in VARIANTS {
        let expected = if variant.contains("cp1252") { &reduced } else { &plain };
        let found = load(data, variant, settings);
        assert_same(&found.identities, &expected.identities, variant);
        assert_same(&found.accounts, &expected.accounts, variant);
        assert_same(&found.memberships, &expected.memberships, variant);
    }
    for (variant, settings) in TYPED {
        assert_same(&identities(data, variant, settings, &IDENTITIES), &plain.identities, variant);
    }
    let attributes: Vec<(&str, &str)> =
        IDENTITIES.iter().zip(LDAP).map(|((column, _), attribute)| (*column, attribute)).collect();
    assert_same(&identities(data, "ldif", "format = \"ldif\"", &attributes), &plain.identities, "ldif");
}

#[track_caller]
fn assert_same(found: &[String], expected: &[String], variant: &str) {
    let more: Vec<&String> = found.iter().filter(|line| !expected.contains(line)).take(3).collect();
    let less: Vec<&String> = expected.iter().filter(|line| !found.contains(line)).take(3).collect();
    assert!(
        found == expected,
        "{variant}: {} rows, not {}; more: {more:?}, less: {less:?}",
        found.len(),
        expected.len()
    );
}
