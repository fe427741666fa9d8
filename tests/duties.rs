//! The scenarios of another product's tests of duties, rebuilt with rows of our own: who has which roles after each step, as
//! loads one after the other, and which violations stand then. The product is midPoint, the tests are those of its
//! `TestSegregationOfDuties`; each step names the number of the test that it rebuilds.
//!
//! That product refuses or prunes what violates a rule; a ledger sees what is there. A step that was refused is loaded as if it
//! had gone through, and must be found; a step that pruned is loaded with both roles, then without the pruned one.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"

[table.accounts.columns]
repository = { value = "ROLES" }
identifier = "ID"
employee_id = "ID"
"#;

const ROLES: &str = r#"
[source]
files = "../roles.csv"
format = "csv"

[table.permissions.columns]
application = { value = "R" }
code = "ROLE"
"#;

const INDUCED: &str = r#"
[source]
files = "../induced.csv"
format = "csv"

[table.permission_links.columns]
permission = "ROLE"
included = "INCLUDED"
"#;

/// What each role includes: a manager is a member as well, an approver is not.
const INCLUDED: &str =
    "ROLE,INCLUDED\nJUDGE:MANAGER,JUDGE\nBUSINESS1,APPLICATION1\nBUSINESS2,APPLICATION2\nGOLD:BY-MAPPING,GOLD\n";

/// Exclusions of single roles. One side says so, and it holds for both.
const PAIRS: &str = "left,right,severity,rule,title
R/JUDGE,R/PIRATE,4,criminal,Judges are no pirates
R/JUDGE,R/THIEF,5,criminal,Judges are no thieves
R/GOLD,R/SILVER,3,prize,One prize each
R/GOLD,R/BRONZE,3,prize,One prize each
R/SILVER,R/BRONZE,3,prize,One prize each
R/CRIMINAL,R/MINISTER,5,government,
R/SELF:APPROVER,R/SELF:OWNER,,self,
R/SELF2,R/SELF2:MANAGER,,self,
R/COORDINATOR,R/WORKER-1,,,
R/COORDINATOR,R/WORKER-2,,,
R/APPLICATION1,R/APPLICATION2,,,
";

/// All colours exclude all, citizenships by the rule for all of them: half a square is enough.
const COLOURS: &str = ";R/RED;R/GREEN;R/BLUE;R/NONE\nR/RED;;x;x;x\nR/GREEN;;;x;x\nR/BLUE;;;;x\nR/NONE;;;;\n";
const CITIZENS: &str = ",R/CITIZEN-SK,R/CITIZEN-US\nR/CITIZEN-SK,,4\nR/CITIZEN-US,4,\n";

const EXECUTIVES: &str = "title = 'Executes and controls'
risk = 4
kind = 'segregation_of_duties'
left = ['R/EXECUTIVE-1', 'R/EXECUTIVE-2']
right = ['R/CONTROLLING-1', 'R/CONTROLLING-2']
";

/// 171 to 180: the exception is for one pair.
const EXCEPTIONS: &str = "control,kind,subject,detail,owner,reason,valid_from,valid_until,ticket
pairs,identity,JACK171,criminal: R/JUDGE + R/PIRATE,the court,he is one of ours,2026-01-01,2026-12-31,T-171
pairs,identity,JACK180,criminal: R/JUDGE + R/PIRATE,the court,he is one of ours,2026-01-01,2026-12-31,T-180
";

const JUDGE_PIRATE: &str = "criminal: R/JUDGE + R/PIRATE";
const JUDGE_THIEF: &str = "criminal: R/JUDGE + R/THIEF";
const GOLD_SILVER: &str = "prize: R/GOLD + R/SILVER";
const SILVER_BRONZE: &str = "prize: R/SILVER + R/BRONZE";

/// Roles after a step, and the violations that stand then.
type Step = (&'static str, &'static [&'static str]);

/// A person and the steps, one a load.
type Chain = (&'static str, &'static [Step]);

const CHAINS: &[Chain] = &[
    // 110, 120: one role, then the other as well, refused; then none. 120 begins with the other one.
    ("JACK110", &[("PIRATE", &[]), ("PIRATE JUDGE", &[JUDGE_PIRATE]), ("", &[])]),
    ("JACK120", &[("JUDGE", &[]), ("JUDGE PIRATE", &[JUDGE_PIRATE]), ("", &[])]),
    // 130, 140: both at once. 150, 160: both sides say so, and it is one violation.
    ("JACK130", &[("JUDGE PIRATE", &[JUDGE_PIRATE]), ("", &[])]),
    ("JACK150", &[("THIEF JUDGE", &[JUDGE_THIEF]), ("", &[])]),
    // 171 to 174: the same with an exception, in whichever order.
    (
        "JACK171",
        &[("JUDGE", &[]), ("JUDGE PIRATE", &["excepted criminal: R/JUDGE + R/PIRATE"]), ("PIRATE", &[]), ("", &[])],
    ),
    // 180: the exception is for the pirate, not for the thief.
    (
        "JACK180",
        &[
            ("JUDGE PIRATE", &["excepted criminal: R/JUDGE + R/PIRATE"]),
            ("JUDGE PIRATE THIEF", &[JUDGE_THIEF, "excepted criminal: R/JUDGE + R/PIRATE"]),
            ("", &[]),
        ],
    ),
    // 190, 193: an approver of judges is no judge. 194: a manager of judges is.
    ("JACK190", &[("JUDGE:APPROVER PIRATE", &[]), ("", &[])]),
    ("JACK193", &[("JUDGE:APPROVER PIRATE:APPROVER", &[]), ("", &[])]),
    ("JACK194", &[("JUDGE:MANAGER PIRATE", &[JUDGE_PIRATE]), ("", &[])]),
    // 200 to 209: prizes, each step with what it prunes, and without.
    (
        "GUYBRUSH200",
        &[
            ("GOLD", &[]),
            ("GOLD SILVER", &[GOLD_SILVER]),
            ("SILVER", &[]),
            ("SILVER SAILOR", &[]),
            ("SILVER SAILOR BRONZE", &[SILVER_BRONZE]),
            ("SAILOR BRONZE", &[]),
            ("SAILOR", &[]),
            ("", &[]),
        ],
    ),
    // 209a, 209b: two at once; said on both sides it is one violation.
    ("GUYBRUSH209", &[("GOLD SILVER", &[GOLD_SILVER]), ("", &[])]),
    // 210 to 222: colours.
    (
        "GUYBRUSH210",
        &[
            ("RED", &[]),
            ("RED GREEN", &["R/RED + R/GREEN"]),
            ("GREEN NONE", &["R/GREEN + R/NONE"]),
            ("NONE", &[]),
            ("NONE BLUE", &["R/BLUE + R/NONE"]),
            ("BLUE", &[]),
            ("", &[]),
            ("BLUE", &[]),
            ("BLUE RED", &["R/RED + R/BLUE"]),
            ("RED", &[]),
        ],
    ),
    // 230: three at once are three violations.
    ("GUYBRUSH230", &[("RED BLUE GREEN", &["R/GREEN + R/BLUE", "R/RED + R/BLUE", "R/RED + R/GREEN"]), ("", &[])]),
    // 240 to 259: two classes. 260: what is called like an executive and is a unit is none.
    (
        "GUYBRUSH240",
        &[
            ("EXECUTIVE-1", &[]),
            ("EXECUTIVE-1 CONTROLLING-1", &["R/EXECUTIVE-1 + R/CONTROLLING-1"]),
            ("EXECUTIVE-1 EXECUTIVE-2", &[]),
            (
                "EXECUTIVE-1 EXECUTIVE-2 CONTROLLING-2",
                &["R/EXECUTIVE-1 + R/CONTROLLING-2", "R/EXECUTIVE-2 + R/CONTROLLING-2"],
            ),
            ("EXECUTIVE-2", &[]),
            ("EXECUTIVE-2 CONTROLLING-1", &["R/EXECUTIVE-2 + R/CONTROLLING-1"]),
            ("", &[]),
            ("CONTROLLING-1", &[]),
            ("CONTROLLING-1 EXECUTIVE-1", &["R/EXECUTIVE-1 + R/CONTROLLING-1"]),
            ("CONTROLLING-1 EXECUTIVE-RANDOM", &[]),
        ],
    ),
    // 810 to 819: a rule for all roles of a class.
    (
        "GUYBRUSH810",
        &[
            ("CITIZEN-SK", &[]),
            ("CITIZEN-SK CITIZEN-US", &["R/CITIZEN-SK + R/CITIZEN-US"]),
            ("CITIZEN-SK EMPTY", &[]),
            ("EMPTY", &[]),
            ("", &[]),
        ],
    ),
    // 820 to 829 and 920 to 929: nothing is enforced, and the violation is there all the same.
    (
        "GUYBRUSH820",
        &[
            ("CRIMINAL", &[]),
            ("CRIMINAL MINISTER", &["government: R/CRIMINAL + R/MINISTER"]),
            ("MINISTER", &[]),
            ("", &[]),
        ],
    ),
    // 830, 835: the same role twice, through a business role and by itself, excludes nothing. Through two of them it does.
    ("PETR", &[("BUSINESS1", &[]), ("BUSINESS1 APPLICATION1", &[])]),
    ("MARTIN", &[("APPLICATION2", &[]), ("APPLICATION2 BUSINESS2", &[])]),
    ("BOTH", &[("BUSINESS1", &[]), ("BUSINESS1 BUSINESS2", &["R/APPLICATION1 + R/APPLICATION2"])]),
    // 840: gold and silver, silver and bronze, from either side. 845: one against several.
    ("U840-1", &[("GOLD", &[]), ("GOLD SILVER", &[GOLD_SILVER])]),
    ("U840-2", &[("SILVER", &[]), ("SILVER BRONZE", &[SILVER_BRONZE])]),
    ("U840-3", &[("BRONZE", &[]), ("BRONZE SILVER", &[SILVER_BRONZE])]),
    ("U845-1", &[("COORDINATOR", &[]), ("COORDINATOR WORKER-1", &["R/COORDINATOR + R/WORKER-1"])]),
    ("U845-2", &[("WORKER-1", &[]), ("WORKER-1 COORDINATOR", &["R/COORDINATOR + R/WORKER-1"])]),
    (
        "U845-3",
        &[
            ("COORDINATOR", &[]),
            ("COORDINATOR WORKER-1 WORKER-2", &["R/COORDINATOR + R/WORKER-1", "R/COORDINATOR + R/WORKER-2"]),
        ],
    ),
    (
        "U845-4",
        &[
            ("WORKER-1", &[]),
            ("WORKER-1 COORDINATOR WORKER-2", &["R/COORDINATOR + R/WORKER-1", "R/COORDINATOR + R/WORKER-2"]),
        ],
    ),
    // 950, 952: a role that excludes itself in another relation.
    (
        "JACK950",
        &[("SELF:APPROVER", &[]), ("SELF:APPROVER SELF:OWNER", &["self: R/SELF:APPROVER + R/SELF:OWNER"]), ("", &[])],
    ),
    ("JACK952", &[("SELF2", &[]), ("SELF2 SELF2:MANAGER", &["self: R/SELF2 + R/SELF2:MANAGER"]), ("", &[])]),
    // 960: gold that a mapping brings.
    ("JIM", &[("SILVER", &[]), ("SILVER GOLD:BY-MAPPING", &[GOLD_SILVER]), ("GOLD:BY-MAPPING", &[])]),
];

/// The state of a person at a load; the last one stays.
fn step(chain: &Chain, load: usize) -> Step {
    chain.1[load.min(chain.1.len() - 1)]
}

fn project() -> Project {
    let project = Project::new()
        .collector("people", PEOPLE)
        .collector("roles", ROLES)
        .collector("induced", INDUCED)
        .collector("assigned", ASSIGNED)
        .plan_of(&["people", "roles", "induced", "assigned"])
        .file("induced.csv", INCLUDED)
        .file("policies/pairs.csv", PAIRS)
        .file("policies/colours.csv", COLOURS)
        .file("policies/citizens.csv", CITIZENS)
        .file("policies/exceptions.csv", EXCEPTIONS)
        .file("controls/executives.toml", EXECUTIVES);
    for matrix in ["pairs", "colours", "citizens"] {
        let control =
            format!("title = '{matrix}'\nrisk = 3\nkind = 'segregation_of_duties'\nmatrix = '{matrix}.csv'\n");
        project.write(&format!("controls/{matrix}.toml"), control);
    }
    let stage = "[stage.controls]\nexceptions = \"exceptions.csv\"\n\n[stage.validate]";
    let plan = project.read("plans/load.toml").replace("[stage.validate]", stage);
    project.write("plans/load.toml", plan);
    let mut roles: Vec<&str> = CHAINS
        .iter()
        .flat_map(|(_, steps)| steps.iter())
        .flat_map(|(roles, _)| roles.split_whitespace())
        .chain(INCLUDED.lines().skip(1).flat_map(|line| line.split(',')))
        .collect();
    roles.sort_unstable();
    roles.dedup();
    project.write("roles.csv", format!("ROLE\n{}\n", roles.join("\n")));
    let people: Vec<&str> = CHAINS.iter().map(|(person, _)| *person).collect();
    project.write("people.csv", format!("ID\n{}\n", people.join("\n")));
    project
}

const ASSIGNED: &str = r#"
[source]
files = "../assigned.csv"
format = "csv"

[table.rights.columns]
repository = { value = "ROLES" }
account = "ID"
permission = "ROLE"
"#;

const STANDING: &str =
    "SELECT i.employee_id, f.detail, CASE WHEN f.exception IS NOT NULL THEN 'excepted' END AS excepted
    FROM findings f JOIN identities i ON i.uid = f.uid WHERE f.state <> 'fixed'
    ORDER BY i.employee_id NULLS LAST, f.detail NULLS LAST";

#[test]
fn violations_stand_after_each_step_as_that_product_finds_them() {
    let project = project();
    let loads = CHAINS.iter().map(|(_, steps)| steps.len()).max().expect("there are chains");
    for load in 0..loads {
        let mut assigned = String::from("ID,ROLE\n");
        let mut expected = Vec::new();
        for chain in CHAINS {
            let (roles, violations) = step(chain, load);
            roles.split_whitespace().for_each(|role| assigned.push_str(&format!("{},{role}\n", chain.0)));
            expected.extend(violations.iter().map(|violation| match violation.strip_prefix("excepted ") {
                Some(violation) => format!("{},{violation},excepted", chain.0),
                None => format!("{},{violation},", chain.0),
            }));
        }
        project.write("assigned.csv", assigned);
        let day =
            jiff::civil::date(2026, 1, 5).saturating_add(jiff::Span::new().weeks(i64::try_from(load).expect("few")));
        project.load(&day.to_string()).code(0);
        expected.sort();
        assert_eq!(project.query(STANDING).lines(), expected, "after load {}", load + 1);
    }
    let reopened = "SELECT f.state FROM findings f JOIN identities i ON i.uid = f.uid
        WHERE i.employee_id = 'GUYBRUSH240' AND f.detail = 'R/EXECUTIVE-1 + R/CONTROLLING-1'";
    assert_eq!(project.query(reopened).lines(), ["fixed"]);
    let risks =
        "SELECT DISTINCT f.detail, f.risk FROM findings f WHERE f.control = 'citizens' OR f.detail LIKE '%THIEF'";
    let risks = format!("{risks} ORDER BY 1 NULLS LAST, 2 NULLS LAST");
    assert_eq!(project.query(&risks).lines(), ["R/CITIZEN-SK + R/CITIZEN-US,4", "criminal: R/JUDGE + R/THIEF,5"]);
}
