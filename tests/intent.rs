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

const IDLE: &str = "-- title: Of few
-- parameter least integer = 2
--
-- test: whoever has too few letters is found
-- with as_of = 2026-01-05
-- given accounts | uid | identifier | employee_id
--                | 1   | ab         | E1
--                | 2   | a          | E1
--                | 3   |            | E1
-- given before_accounts | uid
--                       | 2
-- expect | uid | since
--        | 2   | 2026-01-05

WITH few AS (SELECT a.uid FROM accounts a WHERE LENGTH(a.identifier) < {least})
SELECT f.uid, {as_of} AS since FROM few f WHERE EXISTS (SELECT 1 FROM before_accounts b WHERE b.uid = f.uid) -- few
";

#[test]
fn the_tests_of_a_rule_are_run_by_check() {
    let project = project().file("rules/few.sql", IDLE);
    with_stages(&project, "[stage.rules]\n");
    project.run(&["check"]).code(0).stderr_has("0 errors");
    let fails = |from: &str, to: &str, expected: &str| {
        assert!(IDLE.contains(from), "{from}");
        project.write("rules/few.sql", IDLE.replace(from, to));
        project.run(&["check"]).code(2).stderr_has(expected);
    };
    let name = "error[LL0504]: test `whoever has too few letters is found` of rule `few` does not hold: it";
    fails(
        "| 2   | 2026-01-05",
        "| 1   | 2026-01-05",
        &format!("{name} finds `2 | 2026-01-05` instead of `1 | 2026-01-05`"),
    );
    fails("--        | 2   | 2026-01-05\n", "", &format!("{name} also finds `2 | 2026-01-05`"));
    fails("integer = 2", "integer = 1", &format!("{name} does not find `2 | 2026-01-05`"));
    fails("-- expect | uid | since", "-- expect | uid | sinse", "the answer has no column `sinse`");
    fails(
        "given accounts | uid | identifier",
        "given accounts | uid | identifer",
        "accounts has no column `identifer`",
    );
    fails("given before_accounts", "given before_acounts", "there is no table `before_acounts`");
    fails("| 1   | ab", "| x   | ab", "cannot run");
}

#[test]
fn parameters_of_the_plan_and_of_a_control_change_the_answer() {
    let rule = "-- title: Of few letters\n-- parameter letters integer = 2\nSELECT a.uid FROM accounts a WHERE LENGTH(a.identifier) < {letters}\n";
    let control = "title = \"Few\"\nrisk = 1\nkind = \"rule\"\nrule = \"few\"\nsubject = \"account\"\n";
    let project = project()
        .file("accounts.csv", "REPO,LOGIN,ID\nAD,a,\nAD,ab,\nAD,abc,\n")
        .file("rules/few.sql", rule)
        .file("controls/few.toml", control)
        .file("controls/fewer.toml", format!("{control}parameters = {{ letters = 4 }}\n"));
    with_stages(&project, "[stage.rules]\n[stage.controls]\n");
    let found = "SELECT control, CAST(COUNT(*) AS BIGINT) FROM findings WHERE state <> 'fixed' GROUP BY control";
    project.load("2026-01-05").code(0);
    assert_eq!(project.query(found).lines(), ["few,1", "fewer,3"]);
    with_stages(&project, "[stage.rules.parameters.few]\nletters = 3\n");
    project.load("2026-01-12").code(0);
    assert_eq!(project.query(found).lines(), ["few,2", "fewer,3"]);
}
