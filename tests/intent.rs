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
