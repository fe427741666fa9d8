//! Who owns an account, decided on the page: the file is written, the next load reads it, and it can be taken back.

use crate::support::{Page, Project, user};

const COLLECTOR: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"

[table.accounts.columns]
repository = "REPOSITORY"
identifier = "LOGIN"
employee_id = "EMPLOYEE"
"#;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "EMPLOYEE"
full_name = "NAME"
"#;

const HEADER: &str = "repository,identifier,decision,value,reason,who,decided_on\n";

/// Keys that hold what means something in an address, in SQL and in HTML.
const ACCOUNT: &str = "/ownerless/A%2FD/lost%20%C3%9F%27%25%3Cb%3E%3F";
const PERSON: &str = "/identities/E%2F1%20%C3%9F%27%25%3Ci%3E";

fn project() -> Project {
    let project = Project::new()
        .collector("accounts", COLLECTOR)
        .collector("people", PEOPLE)
        .file("accounts.csv", "REPOSITORY,LOGIN,EMPLOYEE\nA/D,lost ß'%<b>?,\nA/D,known,E2\n")
        .file("people.csv", "EMPLOYEE,NAME\nE/1 ß'%<i>,Ann <img>\nE2,Bo\n")
        .plan_of(&["people", "accounts"]);
    user(&project, "anna", &["operator"]);
    user(&project, "vera", &["auditor"]);
    project
}

fn with_decisions(project: &Project) {
    project.write("policies/decisions.csv", HEADER);
    let plan = project.read("plans/load.toml");
    project.write(
        "plans/load.toml",
        plan.replace("policy = \"owners\"", "policy = \"owners\"\ndecisions = \"decisions.csv\""),
    );
}

#[test]
fn a_decision_on_the_page_is_read_by_the_next_load_and_can_be_withdrawn() {
    let project = project();
    with_decisions(&project);
    project.run(&["run", "load", "--as-of", "2026-11-02"]).code(0);
    let page = Page::serve(&project, &[]);
    let (anna, vera) = (page.sign_in("anna"), page.sign_in("vera"));
    let list = anna.get("/ownerless").text;
    assert!(
        list.contains(&format!("href=\"{ACCOUNT}\"")) && !list.contains("<b>") && !list.contains("known<"),
        "{list}"
    );
    assert!(anna.get(ACCOUNT).text.contains("ORPHAN"));

    let pin = [("decision", "pin"), ("value", "E/1 ß'%<i>"), ("reason", "it is \"hers\", she says")];
    assert_eq!(vera.post(ACCOUNT, &pin).status, 403);
    assert!(!vera.get(ACCOUNT).text.contains("name=\"decision\""), "who may not decide sees no form");
    assert_eq!(anna.post(ACCOUNT, &[("decision", "pin"), ("value", "E9"), ("reason", "x")]).status, 409);
    assert_eq!(anna.post(ACCOUNT, &[("decision", "pin"), ("value", "E2"), ("reason", " ")]).status, 400);
    assert_eq!(anna.post(ACCOUNT, &[("decision", "class"), ("value", "Not so"), ("reason", "x")]).status, 400);
    assert_eq!(anna.post("/ownerless/A%2FD/nobody", &pin).status, 404);
    assert_eq!(project.read("policies/decisions.csv"), HEADER);
    let decided = anna.post(ACCOUNT, &pin);
    assert_eq!((decided.status, decided.to.as_deref()), (303, Some(ACCOUNT)));
    let text = project.read("policies/decisions.csv");
    assert!(text.contains("A/D,lost ß'%<b>?,pin,E/1 ß'%<i>,\"it is \"\"hers\"\", she says\",anna,2"), "{text}");
    let waits = anna.get(ACCOUNT).text;
    assert!(waits.contains("ORPHAN") && waits.contains("nothing has changed yet"), "{waits}");
    let refused = anna.post(ACCOUNT, &[("decision", "pin"), ("value", "E2"), ("reason", "x")]);
    assert!(refused.status == 409 && refused.text.contains("line 2 of the file already says"), "{}", refused.text);

    project.run(&["run", "load", "--as-of", "2026-11-09"]).code(0);
    let owned = anna.get(ACCOUNT).text;
    assert!(owned.contains("OWNED") && !owned.contains("nothing has changed yet"), "{owned}");
    let person = anna.get(PERSON).text;
    assert!(person.contains("lost ß&#39;%&#60;b&#62;?") && !person.contains("<img>"), "{person}");
    assert_eq!(anna.get("/accounts/A%2FD/known").status, 200);

    let row = owned.split("name=\"row\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a row");
    assert_eq!(vera.post(&format!("{ACCOUNT}/withdraw"), &[("row", row)]).status, 403);
    assert_eq!(anna.post(&format!("{ACCOUNT}/withdraw"), &[("row", row)]).status, 303);
    assert_eq!(anna.post(&format!("{ACCOUNT}/withdraw"), &[("row", row)]).status, 409);
    assert_eq!(project.read("policies/decisions.csv"), HEADER);
    assert!(anna.get(ACCOUNT).text.contains("nothing has changed yet"));
    let noted = project.run(&["report", "log", "--since", "2000-01-01", "--format", "csv"]).code(0).csv().rows;
    let deeds: Vec<&Vec<String>> = noted.iter().filter(|row| row[2].starts_with("row_")).collect();
    let [added, withdrawn] = deeds[..] else { panic!("two were noted: {noted:?}") };
    assert_eq!((added[2].as_str(), withdrawn[2].as_str()), ("row_added", "row_withdrawn"));
    for deed in [added, withdrawn] {
        assert_eq!((deed[1].as_str(), deed[3].as_str()), ("anna", "A/D/lost ß'%<b>?"));
        assert!(
            deed[4].starts_with("pin E/1 ß'%<i>, in ") && deed[4].ends_with("it is \"hers\", she says"),
            "{deed:?}"
        );
    }
    let differs = anna.get("/compare?table=ownership").text;
    assert!(differs.contains("From 2026-11-02 to 2026-11-09") && differs.contains("A/D/lost"), "{differs}");
    assert!(
        anna.get("/compare?table=ownership&take=csv&rows=What%20moved%20in%20ownership")
            .text
            .starts_with("movement,account,old_owner,new_owner\n")
    );
}

#[test]
fn a_plan_without_a_file_of_decisions_is_told_which_line_to_add() {
    let project = project();
    project.run(&["run", "load", "--as-of", "2026-11-02"]).code(0);
    let page = Page::serve(&project, &[]);
    let anna = page.sign_in("anna");
    let told = anna.get(ACCOUNT).text;
    assert!(told.contains("decisions = &#34;decisions.csv&#34;") && told.contains("plans/load.toml"), "{told}");
    let refused = anna.post(ACCOUNT, &[("decision", "break"), ("reason", "x")]);
    assert_eq!(refused.status, 409);
    // The line makes it work at once.
    with_decisions(&project);
    assert_eq!(anna.post(ACCOUNT, &[("decision", "break"), ("reason", "x")]).status, 303);
}
