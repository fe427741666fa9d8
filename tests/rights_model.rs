//! The rights model in whole runs: the example of its page, why somebody holds something, and suggested grants.

use crate::stage_docs;
use crate::support::{Page, Project, sample, user};

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"
[table.identities.columns]
employee_id = "ID"
full_name = "NAME"
job_code = "JOB"
country = "COUNTRY"
"#;

const ERP: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"
[table.accounts.columns]
repository = { value = "ERP" }
identifier = "LOGIN"
employee_id = "ID"
"#;

const PERMISSIONS: &str = r#"
[source]
files = "../permissions.csv"
format = "csv"
[table.permissions.columns]
application = { value = "ERP" }
code = "CODE"
"#;

const INCLUSIONS: &str = r#"
[source]
files = "../inclusions.csv"
format = "csv"
[table.permission_links.columns]
application = { value = "ERP" }
permission = "CODE"
included = "INCLUDES"
"#;

const GROUPS: &str = r#"
[source]
files = "../groups.csv"
format = "csv"
[table.groups.columns]
repository = { value = "ERP" }
code = "GROUP"
"#;

const NESTING: &str = r#"
[source]
files = "../nesting.csv"
format = "csv"
[table.group_nesting.columns]
repository = { value = "ERP" }
group = "GROUP"
parent = "PARENT"
"#;

const MEMBERS: &str = r#"
[source]
files = "../members.csv"
format = "csv"
[table.memberships.columns]
repository = { value = "ERP" }
account = "LOGIN"
group = "GROUP"
"#;

const RIGHTS: &str = r#"
[source]
files = "../rights.csv"
format = "csv"
[table.rights.columns]
repository = { value = "ERP" }
account = "LOGIN"
group = "GROUP"
application = { value = "ERP" }
permission = "CODE"
perimeter = "PLACE"
"#;

const DEROGATIONS: &str = r#"
[source]
files = "../derogations.csv"
format = "csv"
[table.derogations.columns]
identity = "ID"
application = { value = "ERP" }
permission = "CODE"
reason = "WHY"
until_on = "UNTIL"
"#;

const COLLECTORS: [(&str, &str); 9] = [
    ("people", PEOPLE),
    ("erp", ERP),
    ("permissions", PERMISSIONS),
    ("inclusions", INCLUSIONS),
    ("groups", GROUPS),
    ("nesting", NESTING),
    ("members", MEMBERS),
    ("rights", RIGHTS),
    ("derogations", DEROGATIONS),
];

fn block(first: &str) -> String {
    stage_docs::block("rights_model", first).join("\n")
}

fn example() -> Project {
    let project = COLLECTORS.iter().fold(Project::new(), |project, (name, text)| project.collector(name, text));
    let project = project
        .plan_of(&COLLECTORS.map(|(name, _)| name))
        .file("people.csv", block("people.csv"))
        .file("accounts.csv", "LOGIN,ID\nann,E1\nbob,E2\ncleo,E3\ndan,E4\n")
        .file("permissions.csv", "CODE\nORDER\nREAD\n")
        .file("inclusions.csv", "CODE,INCLUDES\nORDER,READ\n")
        .file("groups.csv", "GROUP\ntemps\nall\n")
        .file("nesting.csv", "GROUP,PARENT\ntemps,all\n")
        .file("members.csv", "LOGIN,GROUP\ndan,temps\n")
        .file("rights.csv", block("rights.csv"))
        .file("derogations.csv", "ID,CODE,WHY,UNTIL\nE4,ORDER,project,2026-01-31\n")
        .file("policies/rights_model.toml", block("# policies/rights_model.toml"));
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan + "[stage.rights_model]\npolicy = \"rights_model\"\n");
    project
}

const GAPS: &str =
    "SELECT i.employee_id, p.code, g.gap, g.perimeter, g.first_seen_on, g.excused_until_on FROM entitlement_gaps g
    JOIN identities i ON i.uid = g.identity_uid JOIN permissions p ON p.uid = g.permission_uid";

#[test]
fn the_example_of_the_rights_model_is_what_a_run_gives() {
    let project = example();
    project.load("2026-01-05").code(0).says("8 theoretical rights, 2 over, 2 under");
    let check = |query: &str, header: &str| {
        let expected = block(header);
        assert_eq!(project.query(query).lines(), expected.lines().collect::<Vec<_>>(), "{header}");
    };
    check(
        "SELECT i.employee_id, p.code, t.rule, t.perimeter FROM theoretical_rights t
         JOIN identities i ON i.uid = t.identity_uid JOIN permissions p ON p.uid = t.permission_uid",
        "person,permission,rule,perimeter",
    );
    check(GAPS, "person,permission,gap,perimeter,first_seen_on,excused_until_on");
    check(
        "SELECT i.employee_id, p.code, g.gap, a.identifier, x.code AS group_code, h.code AS held, g.rule, g.first_seen_on FROM gap_accounts g
         JOIN identities i ON i.uid = g.identity_uid JOIN permissions p ON p.uid = g.permission_uid
         LEFT JOIN accounts a ON a.uid = g.account_uid LEFT JOIN groups x ON x.uid = g.group_uid
         LEFT JOIN permissions h ON h.uid = g.held_uid",
        "person,permission,gap,account,group,held,rule,first_seen_on",
    );
    project.load("2026-02-09").code(0);
    let dan = format!("{GAPS} WHERE i.employee_id = 'E4'");
    assert_eq!(project.query(&dan).lines(), ["E4,ORDER,over,,2026-01-05,"]);
}

#[test]
fn why_prints_every_path_and_every_rule() {
    let project = example();
    project.load("2026-01-05").code(0);
    let pages: Vec<String> = ["ERP/READ", "ERP/ORDER"]
        .map(|permission| {
            project.run(&["why", "E4", permission, "--format", "csv"]).code(0).stdout.trim_end().to_owned()
        })
        .to_vec();
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/stages/rights_model.md")).expect("a page");
    for page in pages {
        assert!(text.contains(&format!("```text\n{page}\n```")), "{page}");
    }
    let told = project.run(&["why", "E2", "ERP/ORDER"]).code(0);
    told.stderr_has("Bob (E2) holds ERP/ORDER in timeslot 2026-01-05").stdout_has("missing since 2026-01-05");
    project.run(&["why", "E9", "ERP/ORDER"]).code(2).stderr_has("nobody has the employee id `E9`");
    project.run(&["why", "E2", "ERP/GONE"]).code(2).stderr_has("there is no permission `ERP/GONE`");
    project.run(&["why", "E2", "ORDER"]).code(2).stderr_has("write APPLICATION/PERMISSION");
}

/// What a suggested row says of itself, and what the tables of a run say of it.
#[derive(Debug, PartialEq, Eq)]
struct Counted {
    people: u64,
    due: u64,
    held: u64,
    anew: u64,
}

impl Counted {
    fn told(cells: [&String; 4]) -> Self {
        let [people, due, held, anew] = cells.map(|cell| cell.parse().expect("a number"));
        Self { people, due, held, anew }
    }

    /// Counts pairs of a rule; anew are those held that `explained` does not have.
    fn of(project: &Project, of_rule: &str, explained: &str) -> Self {
        let count = |query: String| project.query(&format!("SELECT COUNT(*) AS n FROM ({query}) q")).number();
        let held = format!(
            "SELECT DISTINCT r.identity_uid, r.permission_uid FROM ({of_rule}) r
             JOIN effective_rights e ON e.identity_uid = r.identity_uid AND e.permission_uid = r.permission_uid"
        );
        Self {
            people: count(format!("SELECT DISTINCT identity_uid FROM ({of_rule}) r")),
            due: count(format!("SELECT DISTINCT identity_uid, permission_uid FROM ({of_rule}) r")),
            held: count(held.clone()),
            anew: count(format!(
                "SELECT h.identity_uid FROM ({held}) h WHERE NOT EXISTS (
                   SELECT 1 FROM ({explained}) x WHERE x.identity_uid = h.identity_uid AND x.permission_uid = h.permission_uid)"
            )),
        }
    }
}

#[test]
fn suggested_grants_that_go_on_from_the_model_explain_what_it_does_not_and_have_ids_of_their_own() {
    let project = example();
    // Nobody but Dan holds what `trainees` takes away; the model gives READ to all, and ORDER to no clerk.
    project.write("accounts.csv", "LOGIN,ID\nann,E1\nbob,E2\ncleo,E3\ndan,E4\n");
    project.write("rights.csv", "LOGIN,GROUP,CODE,PLACE\nann,,ORDER,FR\nbob,,ORDER,FR\ncleo,,ORDER,\ndan,,ORDER,\n");
    let policy = project.read("policies/rights_model.toml");
    let policy =
        policy.replace("id = \"trainees\"", "id = \"everybody\"").replace("id = \"buyers\"", "id = \"country_fr\"");
    project.write("policies/rights_model.toml", &policy);
    project.load("2026-01-05").code(0);
    let suggest = |share: &str, more: &[&str]| {
        let fixed = ["rights-model", "suggest", "--by", "country", "--people", "1", "--share", share];
        project.run(&[&fixed[..], more].concat()).code(0)
    };
    let cells = ["id", "population", "permissions", "people", "due", "held", "missing", "anew"];
    let rows = |share: &str| -> Vec<String> {
        let told = suggest(share, &["--format", "csv"]).csv();
        told.only(&cells).iter().map(|row| row.join("|")).collect()
    };
    // ORDER includes READ: four people, eight rights, all held; the model explains READ of all and ORDER of the two buyers.
    assert_eq!(rows("100"), ["everybody_2|TRUE|ERP/ORDER|4|8|8|0|2"]);
    let due = "SELECT identity_uid, permission_uid FROM effective_rights";
    let present = "SELECT identity_uid, permission_uid FROM theoretical_rights";
    assert_eq!(Counted::of(&project, due, present), Counted { people: 4, due: 8, held: 8, anew: 2 });
    // Without Bob's right nobody has it in Germany: then a row for France alone.
    project.write("rights.csv", "LOGIN,GROUP,CODE,PLACE\nann,,ORDER,FR\nbob,,READ,FR\ncleo,,ORDER,\ndan,,ORDER,\n");
    project.load("2026-01-12").code(0);
    assert_eq!(rows("100"), ["country_fr_2|i.country = 'FR'|ERP/ORDER|3|6|6|0|2"]);
    let french = "SELECT e.identity_uid, e.permission_uid FROM effective_rights e
        JOIN identities i ON i.uid = e.identity_uid WHERE i.country = 'FR'";
    assert_eq!(Counted::of(&project, french, present), Counted { people: 3, due: 6, held: 6, anew: 2 });
    // Pasted behind the policy, as the command says, it is one.
    project.write("policies/rights_model.toml", format!("{policy}{}", suggest("100", &["--toml"]).stdout));
    project.run(&["check", "load"]).code(0);
    project.load("2026-01-19").code(0);
    let given = "SELECT COUNT(*) AS n FROM theoretical_rights WHERE rule = 'country_fr_2'";
    // The exclusion, which is called `everybody` here, takes ORDER from Dan.
    assert_eq!(project.query(given).number(), 5);
}

#[test]
fn why_shows_grants_that_an_exclusion_overrides_and_those_that_except_it() {
    let project = example();
    let policy = project.read("policies/rights_model.toml").replace(
        "[[exclude]]",
        "[[grant]]\nid = \"french\"\npopulation = \"i.country = 'FR'\"\npermissions = [\"ERP/ORDER\"]\nexcept = [\"ERP/READ\"]\n\n[[exclude]]",
    );
    project.write("policies/rights_model.toml", policy);
    user(&project, "vera", &["auditor"]);
    project.load("2026-01-05").code(0);
    let why = |person: &str, permission: &str| {
        let told = project.run(&["why", person, permission, "--format", "csv"]).code(0).stdout;
        told.lines()
            .filter(|line| line.starts_with("excluded") || line.starts_with("excepted"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(why("E4", "ERP/ORDER"), ["excluded,,\"granted by french, but excluded by trainees\""]);
    // All that `french` gives Dan is excluded; it is his grant all the same.
    assert_eq!(why("E4", "ERP/READ"), ["excepted,,\"granted by french, but excepted there\""]);
    assert_eq!(why("E1", "ERP/READ"), ["excepted,,\"granted by french, but excepted there\""]);
    assert!(why("E1", "ERP/ORDER").is_empty() && why("E2", "ERP/READ").is_empty());
    let page = Page::serve(&project, &[]);
    let told = page.sign_in("vera").get("/identities/E4/why?permission=ERP%2FORDER").text;
    assert!(told.contains("granted by french, but excluded by trainees"), "{told}");
}

#[test]
fn suggested_grants_have_the_very_numbers_that_a_run_with_them_has() {
    let project = sample();
    project.weekly("2026-11-02").code(0);
    for arguments in [
        &["--share", "60", "--people", "3", "--by", "job_code,location"][..],
        &["--share", "100"],
        &["--share", "95", "--people", "2", "--application", "ERP"],
    ] {
        let rows =
            project.run(&[&["rights-model", "suggest", "--anew", "--format", "csv"], arguments].concat()).code(0);
        let (told, rows) = (rows.stderr.clone(), rows.csv());
        assert!(!rows.lines().is_empty(), "{arguments:?}: {told}");
        let number = |before: &str, after: &str| -> u64 {
            let from = told.find(before).unwrap_or_else(|| panic!("{before} in {told}")) + before.len();
            let rest = &told[from..];
            rest[..rest.find(after).unwrap_or_else(|| panic!("{after} in {told}"))].trim().parse().expect(&told)
        };
        let grants = project.run(&[&["rights-model", "suggest", "--anew", "--toml"], arguments].concat()).code(0);
        let other = sample();
        other.write("policies/rights_model.toml", format!("use_collected = false\n{}", grants.stdout));
        other.weekly("2026-11-02").code(0);
        let count = |query: &str| other.query(&format!("SELECT COUNT(*) AS n FROM ({query}) q")).number();
        let due = "SELECT DISTINCT identity_uid, permission_uid FROM theoretical_rights";
        assert_eq!(count(due), number("the rows give ", " rights"), "{arguments:?}");
        assert_eq!(
            count("SELECT identity_uid FROM entitlement_gaps WHERE gap = 'under'"),
            number("rights, ", " of which nobody holds"),
            "{arguments:?}"
        );
        let explained = format!(
            "SELECT DISTINCT e.identity_uid, e.permission_uid FROM effective_rights e JOIN ({due}) d
             ON d.identity_uid = e.identity_uid AND d.permission_uid = e.permission_uid"
        );
        assert_eq!(count(&explained), number(" rows ", " ("), "{arguments:?}");
        // What each row gives is read from a run with the rows, in their order; what is held is the same in both.
        let mut above =
            "SELECT CAST(NULL AS BIGINT) AS identity_uid, CAST(NULL AS BIGINT) AS permission_uid".to_owned();
        for row in rows.only(&["id", "people", "due", "held", "anew"]) {
            let [id, people, due, held, anew] = <[String; 5]>::try_from(row).expect("five cells");
            let of_rule = format!("SELECT identity_uid, permission_uid FROM theoretical_rights WHERE rule = '{id}'");
            let counted = Counted::of(&other, &of_rule, &above);
            assert_eq!(counted, Counted::told([&people, &due, &held, &anew]), "{id} of {arguments:?}");
            above = format!("{above} UNION ALL {of_rule}");
        }
    }
    project
        .run(&["rights-model", "suggest", "--by", "shoe_size"])
        .code(1)
        .stderr_has("identities have no text `shoe_size`");
    project.run(&["rights-model", "suggest", "--share", "0"]).code(2).stderr_has("more than 0 and at most 100");
}

#[test]
fn the_page_of_a_person_leads_from_each_right_to_why_it_is_held() {
    let project = example();
    user(&project, "vera", &["auditor"]);
    project.load("2026-01-05").code(0);
    let page = Page::serve(&project, &[]);
    let vera = page.sign_in("vera");
    let why = "/identities/E4/why?permission=ERP%2FREAD";
    let person = vera.get("/identities/E4").text;
    assert!(person.contains(&format!("href=\"{why}&#38;timeslot=2026-01-05\"")), "{person}");
    let told = vera.get(why).text;
    assert!(told.contains("Dan (E4) holds ERP/READ."), "{told}");
    assert!(
        told.contains("account ERP/dan &#62; group ERP/temps &#62; group ERP/all &#62; ERP/ORDER &#62; ERP/READ"),
        "{told}"
    );
    assert_eq!(vera.get("/identities/E4/why?permission=ERP%2FGONE").status, 404);
    assert_eq!(vera.get("/identities/E9/why?permission=ERP%2FREAD").status, 404);
    assert_eq!(vera.get("/identities/E4/why?permission=READ").status, 400);
}

#[test]
fn the_page_of_a_person_says_what_their_findings_add_up_to() {
    let project = sample();
    user(&project, "vera", &["auditor"]);
    project.weekly("2026-11-02").code(0);
    let worst = "FROM risk_scores s JOIN identities i ON i.uid = s.uid WHERE s.kind = 'identity' ORDER BY s.score DESC, i.employee_id LIMIT 1";
    let score = project.query(&format!("SELECT s.score {worst}")).number();
    let person = project.query(&format!("SELECT i.employee_id {worst}")).only(&["employee_id"]).remove(0).remove(0);
    let page = Page::serve(&project, &[]);
    let told = page.sign_in("vera").get(&format!("/identities/{person}")).text;
    let sum = told.split(&format!("{score} = ")).nth(1).unwrap_or_else(|| panic!("{score} of {person} in {told}"));
    let sum = sum.split("; rank 1").next().expect("it is the worst");
    let points = |term: &str| {
        let (found, weight) = term.split_once(" x ").expect("a product");
        let findings: u64 = found.rsplit(' ').next().and_then(|count| count.parse().ok()).expect("a count");
        findings * weight.parse::<u64>().expect("a weight")
    };
    assert_eq!(sum.split(" + ").map(points).sum::<u64>(), score, "{sum}");
}
