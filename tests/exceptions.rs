//! Findings that somebody answers for, and findings that hold a load: whole plans, load by load.

use crate::support::{Page, Project, user};

const DIRECTORY: &str = r#"
[source]
files = "../directory.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
is_enabled = "ENABLED"
"#;

const RULE: &str = "-- title: accounts that are open\nSELECT a.uid AS account_uid FROM accounts a WHERE a.is_enabled\n";

const CONTROL: &str = "title = 'Open accounts'\nrisk = 3\nkind = 'rule'\nrule = 'open'\nsubject = 'account'\n";

const HEADER: &str = "control,kind,subject,detail,owner,reason,valid_from,valid_until,ticket\n";

fn project(settings: &str) -> Project {
    let project = Project::new()
        .collector("directory", DIRECTORY)
        .plan_of(&["directory"])
        .file("rules/open.sql", RULE)
        .file("controls/open.toml", CONTROL)
        .file("directory.csv", "LOGIN,ENABLED\nann,true\nbob,true\ncat,false\n");
    let plan = project.read("plans/load.toml");
    let stages = format!("[stage.rules]\n\n[stage.controls]\n{settings}\n\n[stage.validate]");
    project.write("plans/load.toml", plan.replace("[stage.validate]", &stages));
    project
}

const FINDINGS: &str =
    "SELECT a.identifier, f.state, f.excepted_until_on FROM findings f JOIN accounts a ON a.uid = f.uid";

#[test]
fn a_finding_is_excepted_until_its_last_day_told_before_it_and_open_again_behind_it() {
    let project = project("exceptions = \"exceptions.csv\"\nexceptions_alarm = \"14 days\"");
    project.run(&["check"]).code(2).stderr_has("exceptions.csv` does not exist");
    let row = "open,account,AD/ann,,Eve,a machine needs it,2026-01-01,2026-01-25,T-1\n";
    project.write("policies/exceptions.csv", format!("{HEADER}{row}open,account,AD/bob,,Eve,x,2026-01-01,,\n"));
    project
        .load("2026-01-05")
        .code(0)
        .stderr_has("2 findings, 1 of them excepted: 2 opened")
        .stdout_has("line 3: `valid_until` is missing");
    assert_eq!(project.query(FINDINGS).lines(), ["ann,opened,2026-01-25", "bob,opened,"]);
    project.load("2026-01-12").code(0).stderr_has("1 exceptions end within 14 days");
    assert_eq!(project.query(FINDINGS).lines(), ["ann,persisting,2026-01-25", "bob,persisting,"]);
    project.load("2026-01-26").code(0).stderr_has("1 no longer excepted");
    assert_eq!(project.query(FINDINGS).lines(), ["ann,lapsed,", "bob,persisting,"]);
    let status = "SELECT s.subject, s.state, s.findings FROM exception_status s WHERE s.exception IS NOT NULL";
    assert_eq!(project.query(status).lines(), ["AD/ann,expired,1"]);
    let table = "[[exception]]\ncontrol = 'open'\nkind = 'account'\nsubject = 'AD/ann'\nowner = 'Eve'\nreason = 'still'\nvalid_from = 2026-02-01\nvalid_until = 2026-06-30\n";
    project.write("policies/exceptions.toml", table);
    let plan = project.read("plans/load.toml").replace("exceptions.csv", "exceptions.toml");
    project.write("plans/load.toml", plan);
    project.load("2026-02-02").code(0);
    assert_eq!(project.query(FINDINGS).lines(), ["ann,persisting,2026-06-30", "bob,persisting,"]);
    project.run(&["report", "daily"]).code(0).stdout_has("excepted");
}

#[test]
fn a_file_of_exceptions_that_cannot_be_read_stops_the_stage_with_its_place() {
    let project = project("exceptions = \"exceptions.csv\"").file("policies/exceptions.csv", "control,until\n");
    project.load("2026-01-05").code(1).says("exceptions.csv");
}

#[test]
fn new_findings_of_a_control_hold_the_load_old_ones_do_not_and_an_exception_lets_them_through() {
    let project = project("exceptions = \"exceptions.csv\"\nblocks = \"new\"");
    project.write("policies/exceptions.csv", HEADER);
    // What was there when the control began is what it is held against.
    project.load("2026-01-05").code(0);
    project.load("2026-01-12").code(0);
    project.write("directory.csv", "LOGIN,ENABLED\nann,true\nbob,true\ncat,true\n");
    project
        .load("2026-01-19")
        .code(3)
        .says("control `open` (Open accounts) has 1 new findings, and the plan lets none through; most of it: AD 1; such as AD/cat");
    project.run(&["confirm", "2026-01-19", "--override", "control:open", "--reason", "asked for"]).code(0);
    project.load("2026-01-26").code(0);
    project.write("directory.csv", "LOGIN,ENABLED\nann,true\nbob,true\ncat,true\ndan,true\n");
    let row = "open,account,AD/dan,,Eve,a machine needs it,2026-01-01,2026-06-30,T-1\n";
    project.write("policies/exceptions.csv", format!("{HEADER}{row}"));
    project.load("2026-02-02").code(0);
    project.write("policies/exceptions.csv", HEADER);
    project.load("2026-02-09").code(3).says("AD/dan");
    // What is known beforehand is let pass by the run itself, by its name and once.
    project.run(&["reject", "2026-02-09", "--reason", "it is asked for beforehand"]).code(0);
    let allowing = |control: &str| {
        let arguments =
            ["run", "load", "--as-of", "2026-02-16", "--reason", "a machine", "--approved-by", "Bea", "--allow"];
        project.run(&[&arguments[..], &[control]].concat())
    };
    allowing("control:opan").code(2).stderr_has("did you mean `control:open`");
    allowing("control:open")
        .code(0)
        .stderr_has("threshold control:open was reached and passes: a machine, approved by Bea");
    project.load("2026-02-23").code(0);
}

#[test]
fn an_exception_granted_on_the_page_is_read_by_the_next_load() {
    let project = project("exceptions = \"exceptions.csv\"");
    project.write("policies/exceptions.csv", HEADER);
    user(&project, "anna", &["operator"]);
    user(&project, "paul", &["approver"]);
    project.load("2026-01-05").code(0);
    let page = Page::serve(&project, &[]);
    let (anna, paul) = (page.sign_in("anna"), page.sign_in("paul"));
    let here = "/controls/open";
    assert!(!anna.get(here).text.contains("Answer for a finding"), "who may not decide sees no form");
    assert!(paul.get(here).text.contains("Answer for a finding"));
    let given =
        [("subject", "AD/ann"), ("until", "2099-12-31"), ("reason", "a \"machine\", it needs it"), ("ticket", "T-1")];
    let post = "/controls/open/exceptions";
    assert_eq!(anna.post(post, &given).status, 403);
    assert_eq!(paul.post("/controls/none/exceptions", &given).status, 404);
    assert_eq!(paul.post(post, &[("subject", "ann"), ("until", "2099-12-31"), ("reason", "x")]).status, 400);
    assert_eq!(paul.post(post, &[("subject", "AD/ann"), ("until", "2099-12-31"), ("reason", "=1+1")]).status, 400);
    assert_eq!(project.read("policies/exceptions.csv"), HEADER);
    let granted = paul.post(post, &given);
    assert_eq!((granted.status, granted.to.as_deref()), (303, Some(here)));
    let text = project.read("policies/exceptions.csv");
    assert!(text.contains("open,account,AD/ann,,paul,\"a \"\"machine\"\", it needs it\",20"), "{text}");
    project.load("2099-01-04").code(0);
    assert_eq!(project.query(FINDINGS).lines(), ["ann,persisting,2099-12-31", "bob,persisting,"]);
    let shown = paul.get("/findings?state=excepted").text;
    assert!(shown.contains("2099-12-31") && shown.contains("Exceptions"), "{shown}");
}

#[test]
fn an_exception_is_withdrawn_on_the_page_and_who_did_it_is_noted() {
    let project = project("exceptions = \"exceptions.csv\"");
    let other = "closed,account,AD/zoe,,Eve,\"two\nlines\",2026-01-01,2099-06-30,\n";
    let bob = "open,account,AD/bob,,Eve,\"first\nsecond, \"\"said\"\"\",2026-01-01,2099-06-30,T-7\n";
    project.write("policies/exceptions.csv", format!("{HEADER}{other}{bob}open,account,AD/dan,,Eve,x,soon,,\n"));
    for (name, role) in [("anna", "auditor"), ("paul", "approver")] {
        user(&project, name, &[role]);
    }
    project.load("2026-01-05").code(0);
    let page = Page::serve(&project, &[]);
    let (anna, paul) = (page.sign_in("anna"), page.sign_in("paul"));
    let post = "/controls/open/exceptions/withdraw";
    let shown = anna.get("/controls/open").text;
    assert!(shown.contains("Exceptions that stand in the file") && shown.contains("T-7"), "{shown}");
    assert!(shown.contains("`soon` is no day") && !shown.contains("AD/zoe"), "{shown}");
    assert!(!shown.contains(post), "who may not decide sees no form");
    let shown = paul.get("/controls/open").text;
    assert!(shown.contains("Withdraw: AD/bob, until 2099-06-30"), "{shown}");
    let row = shown.split("name=\"row\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a row");
    let before = project.read("policies/exceptions.csv");
    assert_eq!(anna.post(post, &[("row", row)]).status, 403);
    assert_eq!(paul.post("/controls/none/exceptions/withdraw", &[("row", row)]).status, 404);
    assert_eq!(paul.post(post, &[("row", "other")]).status, 409);
    assert_eq!(project.read("policies/exceptions.csv"), before);
    let withdrawn = paul.post(post, &[("row", row)]);
    assert_eq!((withdrawn.status, withdrawn.to.as_deref()), (303, Some("/controls/open")));
    assert_eq!(project.read("policies/exceptions.csv"), format!("{HEADER}{other}open,account,AD/dan,,Eve,x,soon,,\n"));
    let again = paul.post(post, &[("row", row)]);
    assert!(again.status == 409 && again.text.contains("in the file no more"), "{}", again.text);
    let given = [("subject", "AD/ann"), ("until", "2099-12-31"), ("reason", "a machine needs it")];
    assert_eq!(paul.post("/controls/open/exceptions", &given).status, 303);
    let noted = project.run(&["report", "log", "--since", "2000-01-01", "--format", "csv"]).code(0).csv().rows;
    let deeds: Vec<&Vec<String>> = noted.iter().filter(|row| row[2].starts_with("row_")).collect();
    assert!(deeds.iter().all(|row| row[1] == "paul" && row[3] == "open"), "{deeds:?}");
    let [taken, added] = deeds[..] else { panic!("two were noted: {noted:?}") };
    assert!(taken[2] == "row_withdrawn" && taken[4].starts_with("AD/bob, until 2099-06-30, in "), "{taken:?}");
    assert!(taken[4].ends_with("exceptions.csv: first\nsecond, \"said\""), "{taken:?}");
    assert!(added[2] == "row_added" && added[4].ends_with("exceptions.csv: a machine needs it"), "{added:?}");
    assert!(paul.get("/reports").text.contains("row withdrawn"));
    project.load("2026-01-12").code(0);
    // What is granted today excepts nothing earlier.
    assert_eq!(project.query(FINDINGS).lines(), ["ann,persisting,", "bob,lapsed,"]);
    // A file that cannot be read keeps nobody from the findings.
    project.write("policies/exceptions.csv", "control,until\n");
    let shown = paul.get("/controls/open").text;
    assert!(shown.contains("what people wrote in") && shown.contains("AD/ann"), "{shown}");
}

#[test]
fn a_finding_leads_to_the_form_with_what_it_is_about_filled_in() {
    let project = project("exceptions = \"exceptions.csv\"").file("policies/exceptions.csv", HEADER);
    let rule = RULE.replace("AS account_uid", "AS account_uid, 'ERP/PAY & <go>' AS detail");
    project.write("rules/open.sql", rule);
    for (name, role) in [("anna", "auditor"), ("paul", "approver")] {
        user(&project, name, &[role]);
    }
    project.load("2026-01-05").code(0);
    project.write("directory.csv", "LOGIN,ENABLED\nann,true\nbob,false\ncat,false\n");
    project.load("2026-01-12").code(0);
    let page = Page::serve(&project, &[]);
    let (anna, paul) = (page.sign_in("anna"), page.sign_in("paul"));
    let link = |name: &str, behind: &str| {
        format!("href=\"/controls/open?subject=AD%2F{name}&#38;detail=ERP%2FPAY%20%26%20%3Cgo%3E{behind}\"")
    };
    for from in ["/findings?state=all", "/controls/open"] {
        let shown = paul.get(from).text;
        assert!(shown.contains(&link("ann", "")) && !shown.contains(&link("bob", "")), "{from}: {shown}");
        assert!(shown.contains("href=\"/accounts/AD/ann\""), "the detail leads to the ways of the account: {shown}");
        let shown = anna.get(from).text;
        assert!(shown.contains("AD/ann") && !shown.contains("/controls/open?subject"), "{from}: {shown}");
    }
    let earlier = paul.get("/findings?timeslot=2026-01-05").text;
    assert!(earlier.contains(&link("bob", "&#38;timeslot=2026-01-05")), "{earlier}");
    let chosen = "/controls/open?subject=AD%2Fann&detail=ERP%2FPAY%20%26%20%3Cgo%3E";
    let shown = paul.get(chosen).text;
    let (form, findings) = (shown.find("Answer for a finding"), shown.find("Findings</h2>"));
    assert!(form.is_some() && form < findings, "the form is seen at once: {shown}");
    assert_eq!(shown.matches("Answer for a finding").count(), 1);
    assert!(shown.contains("name=\"subject\" value=\"AD/ann\""), "{shown}");
    assert!(shown.contains("name=\"detail\" value=\"ERP/PAY &#38; &#60;go&#62;\""), "{shown}");
    assert!(!anna.get(chosen).text.contains("Answer for a finding"));
}
