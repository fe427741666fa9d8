//! Keys that become others, in whole runs: the object keeps its number, and with it its history and its accounts.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"
full_name = "NAME"
email = "MAIL"
manager = "BOSS"
"#;

const ACCOUNTS: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "GUID"
login = "LOGIN"
employee_id = "ID"

[table.memberships.columns]
repository = { value = "AD" }
account = "GUID"
group_repository = { value = "AD" }
group = "GROUP"

[table.groups]
on_duplicate = "first"

[table.groups.columns]
repository = { value = "AD" }
code = "GROUP"
"#;

const REKEYS: &str = "kind,namespace,old_key,new_key,reason,who,decided_on\n";

fn project() -> Project {
    Project::new()
        .collector("people", PEOPLE)
        .collector("accounts", ACCOUNTS)
        .plan_of(&["people", "accounts"])
        .file("people.csv", "ID,NAME,MAIL,BOSS\nE1,Ann Berg,ann@corp.example,\nE2,Bob Dahl,bob@corp.example,E1\n")
        .file("accounts.csv", "GUID,LOGIN,ID,GROUP\ng-1,ann,E1,STAFF\ng-2,bob,E2,STAFF\n")
}

const RENUMBERED: &str = "ID,NAME,MAIL,BOSS\nP7,Ann Berg,ann@corp.example,\nE2,Bob Dahl,bob@corp.example,P7\n";

const PROJECT: &str = "[project]\nname = \"Test\"\nledger = \"ledger\"\n\n[keys]\nrekeys = \"rekeys.csv\"\n";

#[test]
fn a_person_who_is_renumbered_keeps_number_accounts_and_history() {
    let project = project();
    project.load("2026-01-05").code(0);
    project.write("people.csv", RENUMBERED);
    project.write("ledgerline.toml", PROJECT);
    project.write("policies/rekeys.csv", format!("{REKEYS}identity,,E1,P7,merger,eve,2026-01-10\n"));
    project.load("2026-01-12").code(0);
    assert_eq!(project.query("SELECT uid, employee_id FROM identities ORDER BY uid").lines(), ["1,P7", "2,E2"]);
    assert_eq!(
        project
            .query("SELECT movement, uid, cause FROM movements WHERE table_name = 'identities' ORDER BY uid")
            .lines(),
        ["modified,1,both", "modified,2,both"]
    );
    assert_eq!(
        project.query("SELECT uid, attribute, old_value, new_value FROM changes ORDER BY uid").lines(),
        ["1,employee_id,E1,P7", "2,manager,E1,P7"]
    );
    // The account still names the old key.
    assert_eq!(
        project.query("SELECT account_uid, identity_uid FROM ownership ORDER BY account_uid").lines(),
        ["1,1", "2,2"]
    );
    assert_eq!(
        project.query("SELECT key, uid FROM uids WHERE kind = 'identity' ORDER BY uid").lines(),
        ["E2,2", "P7,1"]
    );
    assert_eq!(project.query("SELECT old_key, new_key, reason, who FROM rekeys").lines(), ["E1,P7,merger,eve"]);
    for key in ["P7", "E1"] {
        let told = project.run(&["history", "identity", key, "--format", "csv"]).code(0).csv().lines();
        assert!(told.contains(&"2026-01-05,present,,,".to_owned()), "{told:?}");
        assert!(told.contains(&"2026-01-12,present,,,".to_owned()), "{told:?}");
    }
    let seen = "SELECT s.first_seen, s.loads FROM identities_seen s ORDER BY s.uid";
    assert_eq!(project.query(seen).lines(), ["2026-01-05,2", "2026-01-05,2"]);
    project.run(&["diff", "2026-01-05", "2026-01-12"]).code(0);
    // A load later nothing moves any more, and newcomers are numbered behind.
    project.write("people.csv", format!("{RENUMBERED}E3,Cid Moe,cid@corp.example,E1\n"));
    project.load("2026-01-19").code(0);
    assert_eq!(project.query("SELECT movement, uid FROM movements WHERE table_name = 'identities'").lines(), ["new,3"]);
    assert_eq!(project.query("SELECT manager, manager_uid FROM identities WHERE uid = 3").lines(), ["P7,1"]);
}

#[test]
fn a_row_that_cannot_be_followed_stops_the_load_with_its_line_and_column() {
    let project = project();
    project.write("ledgerline.toml", PROJECT);
    project.write(
        "policies/rekeys.csv",
        format!("{REKEYS}identity,,E1,P7,merger,eve,2026-01-10\nperson,,E2,P8,x,eve,2026-01-10\n"),
    );
    project.run(&["check"]).code(2).stderr_has("rekeys.csv:3:1").stderr_has("`person` is none of");
    project.write("policies/rekeys.csv", "kind,old_key\n");
    project.run(&["check"]).code(2).stderr_has("namespace");
}

#[test]
fn a_key_that_was_loaded_before_the_file_said_so_is_told_and_stays_another() {
    let project = project();
    project.load("2026-01-05").code(0);
    project.write("people.csv", RENUMBERED);
    project.load("2026-01-12").code(0).stdout_has("keys that may have become others").stdout_has("mail and name");
    project.write("ledgerline.toml", PROJECT);
    project.write("policies/rekeys.csv", format!("{REKEYS}identity,,E1,P7,merger,eve,2026-01-10\n"));
    project.load("2026-01-19").code(0).says("identity `E1` cannot become `P7`");
}

#[test]
fn a_rename_under_an_immutable_id_is_a_modification() {
    let project = project();
    project.load("2026-01-05").code(0);
    project.write("accounts.csv", "GUID,LOGIN,ID,GROUP\ng-1,ann.berg,E1,STAFF\ng-2,bob,E2,STAFF\n");
    project.load("2026-01-12").code(0);
    assert_eq!(
        project.query("SELECT table_name, uid, attribute, old_value, new_value, cause FROM changes").lines(),
        ["accounts,1,login,ann,ann.berg,data"]
    );
    assert_eq!(project.query("SELECT table_name, movement FROM movements").lines(), ["accounts,modified"]);
}
