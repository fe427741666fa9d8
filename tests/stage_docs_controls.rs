//! The worked examples of the page about controls: a run gives what the page prints.

use crate::stage_docs::block;
use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
employee_id = "ID"
"#;

const GROUPS: &str = r#"
[source]
files = "../groups.csv"
format = "csv"

[table.groups.columns]
repository = { value = "AD" }
code = "GROUP"
"#;

const MEMBERS: &str = r#"
[source]
files = "../members.csv"
format = "csv"

[table.memberships.columns]
repository = { value = "AD" }
account = "LOGIN"
group = "GROUP"
"#;

const ROLES: &str = r#"
[source]
files = "../roles.csv"
format = "csv"

[table.permissions.columns]
application = { value = "ERP" }
code = "ROLE"
"#;

const RIGHTS: &str = r#"
[source]
files = "../rights.csv"
format = "csv"

[table.rights.columns]
repository = { value = "AD" }
account = "ACCOUNT"
group = "GROUP"
application = { value = "ERP" }
permission = "ROLE"
perimeter = "COMPANY"
"#;

const ACTIVITIES: &str = "[[activity]]
id = 'makes_vendors'
title = 'Makes vendors alone'
holds = 'ERP/VENDOR_CREATE and not ERP/FOUR_EYES'
";

const CONTROL: &str = "title = 'Makes vendors and pays them'
risk = 4
kind = 'segregation_of_duties'
matrix = 'sod.csv'
same_perimeter = true
blocks = 'new'
";

const EXCEPTION: &str = "control,kind,subject,detail,owner,reason,valid_from,valid_until,ticket
sod,identity,E1,,Ines Pena,a deputy,2026-01-01,2026-01-31,
";

const FINDINGS: &str = "SELECT i.employee_id, f.detail, f.state, f.risk, f.excepted_until_on
    FROM findings f JOIN identities i ON i.uid = f.uid";

const PATHS: &str = "SELECT w.code, a.identifier, g.code, p.steps FROM finding_paths p
    JOIN permissions w ON w.uid = p.wanted_uid JOIN accounts a ON a.uid = p.account_uid
    LEFT JOIN groups g ON g.uid = p.member_of_uid";

const REMOVALS: &str = "SELECT a.identifier, g.code, p.code, r.is_minimal FROM finding_removals r
    JOIN accounts a ON a.uid = r.account_uid LEFT JOIN groups g ON g.uid = r.group_uid
    LEFT JOIN permissions p ON p.uid = r.permission_uid";

const SCORES: &str =
    "SELECT s.score, s.score_rank, s.findings, s.excepted_score FROM risk_scores s WHERE s.kind = 'identity'";

#[test]
fn the_example_of_duties_is_what_a_run_gives() {
    let sources = ["people", "groups", "members", "roles", "rights"];
    let project = Project::new()
        .collector("people", PEOPLE)
        .collector("groups", GROUPS)
        .collector("members", MEMBERS)
        .collector("roles", ROLES)
        .collector("rights", RIGHTS)
        .plan_of(&sources)
        .file("people.csv", "ID,LOGIN\nE1,ann\nE2,bo\nE3,cid\n")
        .file("groups.csv", "GROUP\nCLERKS\n")
        .file("members.csv", "LOGIN,GROUP\nann,CLERKS\n")
        .file("roles.csv", "ROLE\nVENDOR_CREATE\nPAYMENT_RUN\nFOUR_EYES\n")
        .file("policies/activities.toml", ACTIVITIES)
        .file("policies/sod.csv", "left,right,severity,rule,title\nmakes_vendors,ERP/PAYMENT_RUN,5,S1,\n")
        .file("policies/exceptions.csv", EXCEPTION)
        .file("controls/sod.toml", CONTROL);
    let header = "ACCOUNT,GROUP,ROLE,COMPANY";
    project.write("rights.csv", format!("{header}\n{}\n", block("controls", header).join("\n")));
    let stage = "[stage.controls]\nactivities = \"activities\"\nexceptions = \"exceptions.csv\"\n\n[stage.validate]";
    let plan = project.read("plans/load.toml").replace("[stage.validate]", stage);
    project.write("plans/load.toml", plan);
    let told = |day: &str, sql: &str, project: &Project| -> Vec<String> {
        project.query_of(day, sql).lines().iter().map(|line| format!("{day},{line}")).collect()
    };
    let (mut findings, mut scores) = (Vec::new(), Vec::new());
    for (day, code) in [("2026-01-05", 0), ("2026-02-02", 3)] {
        project.load(day).code(code);
        findings.extend(told(day, FINDINGS, &project));
        scores.extend(told(day, SCORES, &project));
    }
    assert_eq!(findings, block("controls", "as-of,subject,detail,state,risk,excepted until"));
    assert_eq!(project.query_of("2026-02-02", PATHS).lines(), block("controls", "permission,account,member of,steps"));
    assert_eq!(project.query_of("2026-02-02", REMOVALS).lines(), block("controls", "account,group,permission,minimal"));
    assert_eq!(scores, block("controls", "as-of,score,rank,findings,excepted score"));
}

const DOERS: &str = "[[activity]]
id = 'orders'
title = 'Orders'
holds = 'ERP/ORDER'
[[activity]]
id = 'pays'
title = 'Pays'
holds = 'ERP/PAY'
[[activity]]
id = 'releases'
title = 'Releases'
holds = 'ERP/RELEASE or ERP/EDIT and ERP/SEND'
";

#[test]
fn the_example_of_activities_is_what_a_run_gives() {
    let control =
        |what: &str| format!("title = 'x'\nrisk = 4\nkind = 'segregation_of_duties'\nsame_perimeter = true\n{what}\n");
    let header = "PERSON,PERMISSION,COMPANY";
    let project = Project::new()
        .collector("people", PEOPLE)
        .collector("roles", ROLES)
        .collector("rights", &RIGHTS.replace("group = \"GROUP\"\n", ""))
        .plan_of(&["people", "roles", "rights"])
        .file("people.csv", "ID,LOGIN\nE1,dea\nE2,eli\nE3,fay\nE4,gil\n")
        .file("roles.csv", "ROLE\nORDER\nPAY\nRELEASE\nEDIT\nSEND\n")
        .file("rights.csv", format!("ACCOUNT,ROLE,COMPANY\n{}\n", block("controls", header).join("\n")))
        .file("policies/activities.toml", DOERS)
        .file("controls/alone.toml", control("expression = 'orders and pays and not releases'"))
        .file("controls/three.toml", control("all_of = ['orders', 'pays', 'releases']"));
    let plan = project.read("plans/load.toml");
    let stage = "[stage.controls]\nactivities = \"activities\"\n\n[stage.validate]";
    project.write("plans/load.toml", plan.replace("[stage.validate]", stage));
    project.load("2026-01-05").code(0);
    let told = |sql: &str, header: &str| {
        assert_eq!(project.query(sql).lines(), block("controls", header), "{header}");
    };
    let people = "JOIN ownership o ON o.identity_uid = f.uid JOIN accounts a ON a.uid = o.account_uid";
    let order = "ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3 NULLS LAST";
    told(
        &format!("SELECT f.control, a.identifier, f.detail FROM findings f {people} {order}"),
        "control,person,finding",
    );
    let of_gil = format!("{people} AND f.control = 'three'");
    told(
        &format!(
            "SELECT a.identifier, p.code, f.perimeter, f.steps FROM finding_paths f {of_gil}
             JOIN permissions p ON p.uid = f.wanted_uid {order}"
        ),
        "person,path,company,steps",
    );
    told(
        &format!(
            "SELECT a.identifier, p.code, f.perimeter FROM finding_removals f {of_gil}
             JOIN permissions p ON p.uid = f.permission_uid {order}"
        ),
        "person,take away,company",
    );
}

const DIRECTORY: &str = r#"
[source]
files = "../directory.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
is_enabled = "ENABLED"
last_logon_on = "USED"
"#;

#[test]
fn the_example_of_a_control_of_the_pack_is_what_a_run_gives() {
    let page = std::fs::read_to_string("docs/stages/controls.md").expect("the page");
    let rows = page.lines().skip_while(|line| *line != "| uid | is_enabled | last_logon_on | found |").skip(2);
    let rows: Vec<Vec<&str>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').skip(1).map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), 5, "{rows:?}");
    let lines: Vec<String> = rows.iter().map(|row| format!("{},{},{}", row[0], row[1], row[2])).collect();
    let project = Project::new()
        .collector("directory", DIRECTORY)
        .plan_of(&["directory"])
        .file("directory.csv", format!("LOGIN,ENABLED,USED\n{}\n", lines.join("\n")));
    let plan = project.read("plans/load.toml");
    let stage = "[stage.controls]\npacks = [\"standard\"]\npack_controls = [\"account_unused\"]\n\n[stage.validate]";
    project.write("plans/load.toml", plan.replace("[stage.validate]", stage));
    project.load("2026-11-21").code(0);
    let found: Vec<&str> = rows.iter().filter(|row| row[3].starts_with("yes")).map(|row| row[0]).collect();
    let sql = "SELECT a.identifier FROM findings f JOIN accounts a ON a.uid = f.uid ORDER BY 1 NULLS LAST";
    assert_eq!(project.query(sql).lines(), found);
}
