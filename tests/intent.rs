//! What people write in policies, rules and plans, and what the whole program makes of it.

use crate::support::Project;

const PEOPLE: &str = "[source]\nfiles = \"../people.csv\"\nformat = \"csv\"\n\n[table.identities.columns]\nemployee_id = \"ID\"\nfull_name = \"NAME\"\n";
const ACCOUNTS: &str = "[source]\nfiles = \"../accounts.csv\"\nformat = \"csv\"\n\n[table.accounts.columns]\nrepository = \"REPO\"\nidentifier = \"LOGIN\"\nemployee_id = \"ID\"\n";
const RIGHTS: &str = "[source]\nfiles = \"../rights.csv\"\nformat = \"csv\"\n\n[table.permissions.columns]\napplication = \"APP\"\ncode = \"CODE\"\n\n[table.rights.columns]\nrepository = \"REPO\"\naccount = \"LOGIN\"\napplication = \"APP\"\npermission = \"CODE\"\nperimeter = \"WHERE\"\n";

/// Three people with an account each, and who may do what.
#[track_caller]
fn project() -> Project {
    Project::new()
        .collector("people", PEOPLE)
        .collector("accounts", ACCOUNTS)
        .collector("rights", RIGHTS)
        .plan_of(&["people", "accounts", "rights"])
        .file("people.csv", "ID,NAME\nE01,Ann\nE02,Bob\nE03,Cem\n")
        .file("accounts.csv", "REPO,LOGIN,ID\nAD,ann,E01\nAD,bob,E02\nAD,cem,E03\n")
        .file("rights.csv", "REPO,LOGIN,APP,CODE,WHERE\nAD,ann,ERP,PAY,\nAD,ann,ERP,CREATE,FR\nAD,bob,ERP,PAY,FR\n")
}

/// The plan with more stages behind those that every plan has.
#[track_caller]
fn with_stages(project: &Project, stages: &str) {
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", format!("{plan}\n{stages}"));
}

#[test]
fn a_name_in_another_case_is_meant_and_one_that_nothing_has_is_told_at_its_place() {
    let forms = "[project]\nname = \"Test\"\nledger = \"ledger\"\n[keys.applications]\ncase = \"upper\"\n[keys.permissions]\ncase = \"upper\"\n[keys.repositories]\ncase = \"upper\"\n[repository.ad]\naccounts = { case = \"lower\" }\n";
    let duties = "title = \"Pays itself\"\nrisk = 3\nkind = \"segregation_of_duties\"\nleft = [\"erp/pay\"]\nright = [\"erp/create\"]\n";
    let project = project().file("ledgerline.toml", forms).file("controls/duties.toml", duties);
    with_stages(&project, "[stage.controls]\n");
    project.load("2026-01-05").code(0);
    assert_eq!(project.query("SELECT detail FROM findings").lines(), ["ERP/PAY + ERP/CREATE"]);
    let check = project.run(&["check"]).code(0);
    assert!(check.stderr.contains("0 errors, 0 warnings"), "{check}");
    project.write("controls/duties.toml", duties.replace("erp/create", "erp/craete"));
    project.write("ledgerline.toml", forms.replace("repository.ad", "repository.sap"));
    project
        .run(&["check"])
        .code(0)
        .stderr_has("0 errors, 2 warnings")
        .stderr_has("the ledger has never met permission `ERP/CRAETE`")
        .stderr_has("controls/duties.toml:5:10")
        .stderr_has("did you mean `ERP/CREATE`?")
        .stderr_has("the ledger has never met repository `SAP`");
    project.load("2026-01-12").code(0).stderr_has("the ledger has never met permission `ERP/CRAETE`");
}

#[test]
fn a_rule_that_was_wrong_is_forgotten_and_its_accounts_are_matched_anew() {
    let wrong = "[[match]]\nid = \"by_chance\"\naccount = \"employee_id\"\nidentity = \"badge\"\n";
    let right = wrong.replace("badge", "employee_id");
    let people = |badge: &str| format!("{PEOPLE}badge = \"{badge}\"\n");
    let project = project().collector("people", &people("BADGE")).file("policies/owners.toml", wrong);
    project.write("people.csv", "ID,NAME,BADGE\nE01,Ann,E02\nE02,Bob,E03\nE03,Cem,E01\n");
    let owners = "SELECT a.identifier, i.employee_id FROM ownership o JOIN accounts a ON a.uid = o.account_uid JOIN identities i ON i.uid = o.identity_uid";
    project.load("2026-01-05").code(0);
    assert_eq!(project.query(owners).lines(), ["ann,E03", "bob,E01", "cem,E02"]);
    project.write("policies/owners.toml", right);
    project.load("2026-01-12").code(0);
    assert_eq!(project.query(owners).lines(), ["ann,E03", "bob,E01", "cem,E02"], "carried");
    let forget = |name: &str| project.run(&["run", "load", "--as-of", "2026-01-19", "--forget", name]);
    forget("by_chanec").code(2).stderr_has("nothing of `by_chanec` is carried; did you mean `by_chance`?");
    project.run(&["run", "load", "--until", "collect", "--forget", "AD"]).code(2).stderr_has("reconcile");
    forget("by_chance").code(0);
    assert_eq!(project.query(owners).lines(), ["ann,E01", "bob,E02", "cem,E03"]);
    assert_eq!(
        project.query("SELECT kind, name FROM forgotten_owners").lines(),
        ["repository,by_chance", "rule,by_chance"]
    );
    project.load("2026-01-26").code(0);
    assert_eq!(project.query(owners).lines(), ["ann,E01", "bob,E02", "cem,E03"], "carried from then on");
    assert_eq!(project.query("SELECT COUNT(*) FROM forgotten_owners").number(), 0);
}
