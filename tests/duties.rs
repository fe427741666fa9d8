//! The scenarios of another product's tests of duties, rebuilt with rows of our own: who has which roles after each step, as
//! loads one after the other, and which violations stand then. The product is midPoint, the tests are those of its
//! `TestSegregationOfDuties`; each step names the number of the test that it rebuilds.
//!
//! That product refuses or prunes what violates a rule; a ledger sees what is there. A step that was refused is loaded as if it
//! had gone through, and must be found; a step that pruned is loaded with both roles, then without the pruned one. With `blocks`
//! a ledger refuses as well: each of these steps is loaded a second time so, and nothing of it is seen.

use crate::support::Project;

const PEOPLE: &str = r#"
[source]
files = "../people.csv"
format = "csv"

[table.identities.columns]
employee_id = "ID"
organisation = "UNIT"

[table.accounts.columns]
repository = { value = "ROLES" }
identifier = "ID"
employee_id = "ID"
"#;

const UNITS: &str = r#"
[source]
files = "../units.csv"
format = "csv"

[table.organisations.columns]
code = "UNIT"
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

/// Roles after a step, a unit behind an `@` among them, and the violations that stand then.
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
    // 210 to 222: colours. 221 computes everything again: the same rows in a further load.
    (
        "GUYBRUSH210",
        &[
            ("RED", &[]),
            ("RED GREEN", &["R/RED + R/GREEN"]),
            ("GREEN NONE", &["R/GREEN + R/NONE"]),
            ("NONE", &[]),
            ("NONE BLUE", &["R/BLUE + R/NONE"]),
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
    // 240 to 259: two classes. 260: a unit that is called like an executive makes none of those in it.
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
            ("CONTROLLING-1 @EXECUTIVE-1", &[]),
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
        .collector("units", UNITS)
        .collector("roles", ROLES)
        .collector("induced", INDUCED)
        .collector("assigned", ASSIGNED)
        .plan_of(&["people", "units", "roles", "induced", "assigned"])
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
        .flat_map(|(roles, _)| roles.split_whitespace().filter(|role| !role.starts_with('@')))
        .chain(INCLUDED.lines().skip(1).flat_map(|line| line.split(',')))
        .collect();
    roles.sort_unstable();
    roles.dedup();
    project.write("roles.csv", format!("ROLE\n{}\n", roles.join("\n")));
    project.write("units.csv", "UNIT\nEXECUTIVE-1\n");
    project
}

/// Writes who has which roles, and who is in which unit.
fn write(project: &Project, states: &[(&str, &str)]) {
    let (mut people, mut assigned) = (String::from("ID,UNIT\n"), String::from("ID,ROLE\n"));
    for (person, roles) in states {
        let unit = roles.split_whitespace().find_map(|role| role.strip_prefix('@')).unwrap_or_default();
        people.push_str(&format!("{person},{unit}\n"));
        let roles = roles.split_whitespace().filter(|role| !role.starts_with('@'));
        roles.for_each(|role| assigned.push_str(&format!("{person},{role}\n")));
    }
    project.write("people.csv", people);
    project.write("assigned.csv", assigned);
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
        let mut expected = Vec::new();
        for chain in CHAINS {
            let (_, violations) = step(chain, load);
            expected.extend(violations.iter().map(|violation| match violation.strip_prefix("excepted ") {
                Some(violation) => format!("{},{violation},excepted", chain.0),
                None => format!("{},{violation},", chain.0),
            }));
        }
        let states: Vec<(&str, &str)> = CHAINS.iter().map(|chain| (chain.0, step(chain, load).0)).collect();
        write(&project, &states);
        let day =
            jiff::civil::date(2026, 1, 5).saturating_add(jiff::Span::new().weeks(i64::try_from(load).expect("few")));
        project.load(&day.to_string()).code(0);
        expected.sort();
        assert_eq!(project.query(STANDING).lines(), expected, "after load {}", load + 1);
    }
    // 221: to compute again what stands opens nothing again.
    let again = "SELECT f.state, f.opened_on FROM findings f JOIN identities i ON i.uid = f.uid
        WHERE i.employee_id = 'GUYBRUSH210' AND f.detail = 'R/BLUE + R/NONE'";
    assert_eq!(project.query_of("2026-02-02", again).lines(), ["opened,2026-02-02"]);
    assert_eq!(project.query_of("2026-02-09", again).lines(), ["persisting,2026-02-02"]);
    // 260: who is in the unit is there, and what is called like it is what another one is excluded from.
    let unit = "SELECT i.employee_id, o.code FROM identities i JOIN organisations o ON o.uid = i.organisation_uid";
    assert_eq!(project.query(unit).lines(), ["GUYBRUSH240,EXECUTIVE-1"]);
    let reopened = "SELECT f.state FROM findings f JOIN identities i ON i.uid = f.uid
        WHERE i.employee_id = 'GUYBRUSH240' AND f.detail = 'R/EXECUTIVE-1 + R/CONTROLLING-1'";
    assert_eq!(project.query(reopened).lines(), ["fixed"]);
    let risks =
        "SELECT DISTINCT f.detail, f.risk FROM findings f WHERE f.control = 'citizens' OR f.detail LIKE '%THIEF'";
    let risks = format!("{risks} ORDER BY 1 NULLS LAST, 2 NULLS LAST");
    assert_eq!(project.query(&risks).lines(), ["R/CITIZEN-SK + R/CITIZEN-US,4", "criminal: R/JUDGE + R/THIEF,5"]);
}

/// Whether a step is refused: something is violated that is not excepted.
fn is_refused((_, violations): &Step) -> bool {
    violations.iter().any(|violation| !violation.starts_with("excepted "))
}

/// A step that is refused, and whose.
type Case = (&'static str, &'static Step);

/// The control that refuses a step.
fn control((_, (_, violations)): &Case) -> &'static str {
    match violations.iter().find(|violation| !violation.starts_with("excepted ")).expect("it is refused") {
        colour if ["RED", "GREEN", "BLUE"].iter().any(|name| colour.contains(name)) => "colours",
        class if class.contains("EXECUTIVE") => "executives",
        country if country.contains("CITIZEN") => "citizens",
        _ => "pairs",
    }
}

/// All refused steps, in loads in which every person has one at most, and every control so few that it names all of them.
fn rounds() -> Vec<Vec<Case>> {
    let mut rounds: Vec<Vec<Case>> = Vec::new();
    for chain in CHAINS {
        for step in chain.1.iter().filter(|step| is_refused(step)) {
            let case = (chain.0, step);
            let findings = |round: &Vec<Case>| {
                round.iter().filter(|one| control(one) == control(&case)).map(|one| one.1.1.len()).sum::<usize>()
            };
            let has_room = |round: &&mut Vec<Case>| {
                findings(round) + step.1.len() <= 10 && round.iter().all(|one| one.0 != chain.0)
            };
            match rounds.iter_mut().find(has_room) {
                Some(round) => round.push(case),
                None => rounds.push(vec![case]),
            }
        }
    }
    rounds
}

#[test]
fn with_blocks_each_refused_step_is_held_and_nothing_of_it_is_seen() {
    const FIRST: &str = "2026-01-05";
    const SECOND: &str = "2026-01-12";
    let project = project();
    let plan = project.read("plans/load.toml").replace("[stage.controls]\n", "[stage.controls]\nblocks = \"new\"\n");
    project.write("plans/load.toml", plan);
    // Everybody before the first step that is refused.
    let at_first = |chain: &Chain| chain.1.iter().take_while(|step| !is_refused(step)).last().map_or("", |step| step.0);
    let before: Vec<(&str, &str)> = CHAINS.iter().map(|chain| (chain.0, at_first(chain))).collect();
    write(&project, &before);
    project.load(FIRST).code(0);
    const ROLES: &str = "SELECT a.identifier, p.code FROM rights r JOIN accounts a ON a.uid = r.account_uid
        JOIN permissions p ON p.uid = r.permission_uid ORDER BY a.identifier NULLS LAST, p.code NULLS LAST";
    let seen = || [ROLES, STANDING].map(|sql| project.query(sql).lines());
    let stands = seen();
    assert_eq!(stands[1], [format!("JACK180,{JUDGE_PIRATE},excepted")], "what is excepted holds nothing");
    for round in &rounds() {
        let then = |(person, roles): &(&'static str, &'static str)| {
            (*person, round.iter().find(|case| case.0 == *person).map_or(*roles, |case| case.1.0))
        };
        write(&project, &before.iter().map(then).collect::<Vec<_>>());
        let mut held = project.load(SECOND).code(3).stdout_has(&format!("current is still {FIRST}"));
        for case in round {
            held = held.stdout_has(&format!("{} (", case.0)).stdout_has(&format!("control:{}", control(case)));
        }
        assert_eq!(seen(), stands, "{round:?}: what is held is not seen");
        let asked = ["query", ROLES, "--as-of", SECOND, "--format", "csv"];
        assert_eq!(project.run(&asked).code(0).csv().lines(), stands[0], "{round:?}: the day is not there");
        let timeslots = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
        let open: Vec<&Vec<String>> = timeslots.rows.iter().filter(|row| row[1] == "held").collect();
        assert_eq!(open.len(), 1, "{round:?}: {:?}", timeslots.rows);
        project.run(&["reject", &open[0][0], "--reason", "it is refused"]).code(0);
    }
    // What violates nothing goes through as ever.
    write(&project, &before);
    project.load(SECOND).code(0);
}
