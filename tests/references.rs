//! References that lead nowhere, in whole runs: kept, rejected, or answered by a stub, as the plan says.

use crate::support::Project;

const RIGHTS: &str = r#"
[source]
files = "../rights.csv"
format = "csv"
max_reject_rows = 10

[table.rights]
keep = "perimeter <> 'TEST'"

[table.rights.columns]
repository = { value = "AD" }
account = "LOGIN"
application = { value = "ERP" }
permission = "ROLE"
perimeter = "WHERE"
"#;

const PERMISSIONS: &str = r#"
[source]
files = "../permissions.csv"
format = "csv"

[table.permissions.columns]
application = { value = "ERP" }
code = "CODE"
"#;

/// Two accounts, one permission, and rights of which two name what nobody lists.
fn project(references: &str) -> Project {
    let project = Project::new()
        .accounts()
        .collector("permissions", PERMISSIONS)
        .collector("rights", RIGHTS)
        .plan_of(&["accounts", "permissions", "rights"])
        .file("accounts.csv", "LOGIN\nann\nbob\n")
        .file("permissions.csv", "CODE\nREAD\n")
        .file(
            "rights.csv",
            "LOGIN,ROLE,WHERE\nann,READ,A\nbob,READ,A\nbob,POST,A\nzoe,READ,A\nann,TRY,TEST\nzoe,TRY,TEST\n",
        );
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("[stage.activate]\n", &format!("[stage.activate]\n{references}\n")));
    project
}

const PROBLEMS: &str = "SELECT table_name, column_name, problem, key FROM reference_problems ORDER BY table_name, key";

/// Of the rights: read, kept, unresolved, rejected, filtered.
fn counts(project: &Project) -> Vec<u64> {
    let text = std::fs::read_to_string(
        crate::support::timeslots_of(&project.ledger()).last().expect("a timeslot").join("manifest.json"),
    );
    let manifest: serde_json::Value = serde_json::from_str(&text.expect("a manifest")).expect("a manifest is JSON");
    let rights =
        manifest["stages"]["collect"].as_array().expect("sources").iter().find(|source| source["source"] == "rights");
    let counts = &rights.expect("the rights")["tables"][0];
    let count = |name: &str| counts[name].as_u64().expect("a count");
    assert_eq!(count("read"), count("kept") + count("rejected") + count("filtered") + count("duplicate"));
    ["read", "kept", "unresolved", "rejected", "filtered"].map(count).to_vec()
}

#[test]
fn a_row_that_names_what_nobody_lists_is_kept_unless_the_plan_says_otherwise() {
    let project = project("");
    project.load("2026-01-05").code(0);
    assert_eq!(counts(&project), [6, 4, 2, 0, 2]);
    assert_eq!(project.query(PROBLEMS).lines(), ["rights,account,unknown,zoe", "rights,permission,unknown,POST"]);
}

#[test]
fn a_row_that_names_what_nobody_lists_is_rejected_with_its_line_where_the_plan_says_so() {
    let project = project("references = { rights = { account = \"reject\" } }");
    project.load("2026-01-05").code(0);
    assert_eq!(counts(&project), [6, 3, 1, 1, 2]);
    assert_eq!(
        project.query("SELECT line, column_name, reason, raw FROM rejects").lines(),
        ["5,LOGIN,the account `zoe` is unknown,zoe,READ,A"]
    );
    assert_eq!(project.query(PROBLEMS).lines(), ["rights,permission,unknown,POST"]);
    // An account that is known, and no longer listed.
    project.write("accounts.csv", "LOGIN\nann\n");
    project.load("2026-01-12").code(0);
    assert_eq!(
        project.query("SELECT column_name, reason, raw FROM rejects WHERE line IS NULL").lines(),
        ["account,the account `bob` is not in this load,account=bob permission=READ"]
    );
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM rights").number(), 1);
}

#[test]
fn what_nobody_lists_is_made_where_the_plan_says_so_and_is_no_stub_once_it_is_listed() {
    let project = project("references = { rights = { account = \"stub\", permission = \"stub\" } }");
    project.load("2026-01-05").code(0);
    assert_eq!(counts(&project), [6, 4, 0, 0, 2]);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM rights").number(), 4);
    let accounts = "SELECT identifier, source FROM accounts ORDER BY identifier";
    assert_eq!(project.query(accounts).lines(), ["ann,accounts", "bob,accounts", "zoe,(stub)"]);
    assert_eq!(
        project.query("SELECT code, source FROM permissions ORDER BY code").lines(),
        ["POST,(stub)", "READ,permissions"]
    );
    assert_eq!(project.query(PROBLEMS).lines(), ["accounts,identifier,stub,zoe", "permissions,code,stub,POST"]);
    let uid = project.query("SELECT uid FROM accounts WHERE identifier = 'zoe'").number();
    // Nothing changed: nothing moves, and the stub stays.
    project.load("2026-01-12").code(0).stderr_has("0 new, 0 modified, 0 deleted");
    assert_eq!(project.query(accounts).lines(), ["ann,accounts", "bob,accounts", "zoe,(stub)"]);
    project.write("accounts.csv", "LOGIN\nann\nbob\nzoe\n");
    project.load("2026-01-19").code(0).stderr_has("0 new, 1 modified, 0 deleted");
    assert_eq!(project.query("SELECT uid FROM accounts WHERE identifier = 'zoe'").number(), uid);
    assert_eq!(project.query("SELECT COUNT(*) AS n FROM accounts WHERE source = '(stub)'").number(), 0);
}

#[test]
fn a_reference_that_is_none_or_that_cannot_be_rejected_is_told_with_its_line() {
    let project = project("references = { right = { account = \"stub\" } }");
    project.run(&["check"]).code(2).stderr_has("LL0301").stderr_has("did you mean `rights`");
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("right = { account", "rights = { perimeter"));
    project.run(&["check"]).code(2).stderr_has("LL0401").stderr_has("`perimeter` of `rights` refers to nothing");
    project.write(
        "plans/load.toml",
        plan.replace("right = { account = \"stub\" }", "identities = { manager = \"reject\" }"),
    );
    project.run(&["check"]).code(2).stderr_has("LL0105").stderr_has("only relations are rejected");
    project.write("plans/load.toml", plan.replace("right = { account = \"stub\" }", "rights = { account = \"drop\" }"));
    project.run(&["check"]).code(2).stderr_has("LL0105").stderr_has("keep");
}

#[test]
fn a_filter_judges_many_rows_as_it_judges_each() {
    let project = project("");
    let permissions = (0..20_001).map(|n| format!("R{n:05}\n"));
    project.write("permissions.csv", ["CODE\n".to_owned()].into_iter().chain(permissions).collect::<Vec<_>>().concat());
    let rights = (0..20_001).map(|n| format!("ann,R{n:05},{}\n", if n % 3 == 0 { "TEST" } else { "A" }));
    let rights = ["LOGIN,ROLE,WHERE\n".to_owned()].into_iter().chain(rights).collect::<Vec<_>>().concat();
    project.write("rights.csv", rights + "ann,,TEST\nann,,A\n");
    project
        .write("collectors/rights.toml", RIGHTS.replace("max_reject_rows", "on_failure = \"carry\"\nmax_reject_rows"));
    project.load("2026-01-05").code(0);
    assert_eq!(counts(&project), [20_003, 13_334, 0, 1, 6_668]);
    let kept = "SELECT COUNT(*) AS n FROM rights r JOIN permissions p ON p.uid = r.permission_uid
                WHERE CAST(SUBSTR(p.code, 2) AS BIGINT) % 3 <> 0";
    assert_eq!(project.query(kept).number(), 13_334);
    assert_eq!(project.query("SELECT line, reason FROM rejects").lines(), ["20004,has no value"]);
}

const GROUPS: &str = r#"
[source]
files = "../groups.csv"
format = "csv"

[table.groups.columns]
repository = { value = "AD" }
code = "GROUP"

[table.memberships.columns]
repository = { value = "AD" }
group = "GROUP"
account = "LOGIN"
"#;

#[test]
fn a_source_that_is_read_again_for_a_new_key_keeps_its_objects() {
    let project = Project::new()
        .accounts()
        .collector("groups", GROUPS)
        .plan_of(&["accounts", "groups"])
        .file("accounts.csv", "LOGIN\nann\n")
        .file("groups.csv", "GROUP,LOGIN\nadmins,ann\nadmins,zoe\n");
    let all = "SELECT (SELECT COUNT(*) FROM groups) AS a, (SELECT COUNT(*) FROM memberships) AS b";
    project.load("2026-01-05").code(0);
    assert_eq!(project.query(all).rows, [["1", "1"]]);
    project.write("accounts.csv", "LOGIN\nann\nzoe\n");
    project.load("2026-01-12").code(0);
    assert_eq!(project.query(all).rows, [["1", "2"]]);
}
