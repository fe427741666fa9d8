//! A project's SQL, and what is told about it.

mod pack;

use std::collections::BTreeMap;

use super::check_sql;
use crate::plan::{Plan, Project, Variables};
use crate::problem::Look;

const PLAN: &str = r#"
[plan]
title = "Weekly load"

[stage.collect]
sources = ["directory", "erp"]

[stage.activate]

[stage.reconcile]
policy = "owners"

[stage.leavers]
active = "i.status = 'active'"

[stage.rights_model]
policy = "model"

[stage.rules]
rules = ["idle", "worse"]

[stage.controls]
controls = ["idle"]

[stage.validate.threshold.few]
metric = "accounts.orphans"
by = "repository"
max = { hold = 10 }

[stage.validate.threshold.rate]
sql = "SELECT COUNT(*) FROM findings f JOIN rule_idle USING (uid);"
max = { hold = 10 }
"#;

/// A project whose SQL is sound, with one text of one file replaced, and what is told then: `code file:line:column`.
fn told(path: &str, from: &str, to: &str) -> Vec<String> {
    let files = [
        ("ledgerline.toml", "[project]\nname = \"Test\"\n"),
        ("plans/weekly.toml", PLAN),
        (
            "collectors/directory.toml",
            "[source]\nfiles = \"../a.csv\"\nformat = \"csv\"\n[table.accounts]\nkeep = \"category <> 'test' AND tier > 0 AND _class <> 'unit'\"\n[table.accounts.columns]\n_class = \"C\"\nrepository = \"R\"\nidentifier = \"I\"\ntier = { from = \"T\", type = \"integer\" }\n",
        ),
        (
            "collectors/erp.toml",
            "[source]\nfiles = \"../r.csv\"\nformat = \"csv\"\n[table.rights]\nkeep = \"account <> 'root'\"\n[table.rights.columns]\nrepository = \"R\"\naccount = \"A\"\npermission = \"P\"\n",
        ),
        (
            "policies/owners.toml",
            "[[ownerless]]\nid = \"service\"\nreason = \"service\"\nwhere = \"a.identifier LIKE 'svc%' OR a.tier = 3\"\n",
        ),
        (
            "policies/model.toml",
            "[[grant]]\nid = \"all\"\npopulation = \"i.job_code = 'ACC' AND EXISTS (SELECT 1 FROM ownership o WHERE o.identity_uid = i.uid)\"\npermissions = [\"ERP/X\"]\n",
        ),
        (
            "rules/idle.sql",
            "-- title: Idle\n-- parameter days integer = 90\nSELECT a.uid, a.tier\nFROM accounts a WHERE {days} > 3 AND a.last_logon_on < {as_of}\n",
        ),
        ("rules/worse.sql", "-- title: Worse\nSELECT w.uid FROM rule_idle w\nWHERE w.tier > 2\n"),
        (
            "controls/idle.toml",
            "title = \"Idle\"\nrisk = 2\nkind = \"rule\"\nrule = \"idle\"\nsubject = \"account\"\nwhere = \"a.is_privileged AND tier > 1\"\n",
        ),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        let text = if name == path {
            assert!(text.contains(from), "`{from}` is in {name}");
            text.replace(from, to)
        } else {
            text.to_owned()
        };
        std::fs::write(file, text).expect("a file");
    }
    let given = BTreeMap::new();
    let variables = Variables::new(&given, &|_| None);
    let project = Project::load(folder.path(), &variables).expect("a project");
    let plan = Plan::load(&project, &folder.path().join("plans/weekly.toml"), &variables);
    let plan = plan.unwrap_or_else(|problems| panic!("{}", problems.render(Look::Plain)));
    let problems = check_sql(&plan);
    let lines = problems.iter().map(|problem| {
        let place = problem.place.as_ref().expect("every problem has a place");
        let (line, column) = place.file.position(place.span.start);
        let name = place.file.path().file_name().expect("a name").to_string_lossy().into_owned();
        format!("{} {name}:{line}:{column} {}", problem.code.id, problem.message)
    });
    lines.collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of what is written and what is told")]
fn the_sql_of_a_plan_is_checked_where_it_stands() {
    let sound: Vec<String> = Vec::new();
    assert_eq!(told("rules/idle.sql", "Idle", "Idle"), sound);
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "policies/model.toml",
            "permissions = [\"ERP/X\"]\n",
            "permissions = [\"ERP/X\"]\nperimeter_of = \"i.job_code || i.contry\"\n",
            &["LL0403 model.toml:5:31 there is no column `i.contry`"],
        ),
        (
            "plans/weekly.toml",
            "active = \"i.status = 'active'\"",
            "inactive_when = { stauts = ['left'] }",
            &["LL0401 weekly.toml:14:19 `identities` has no column `stauts`"],
        ),
        (
            "plans/weekly.toml",
            "active = \"i.status = 'active'\"",
            "rule = [{ id = 'off', inactive = 'i.statsu = 1' }]",
            &["LL0403 weekly.toml:14:35 there is no column `i.statsu`"],
        ),
        ("rules/idle.sql", "a.tier", "a.teir", &["LL0403 idle.sql:3:15 there is no column `a.teir`"]),
        (
            "rules/idle.sql",
            "a.last_logon_on",
            "a.last_login_on",
            &["LL0403 idle.sql:4:38 there is no column `a.last_login_on`"],
        ),
        ("rules/idle.sql", "accounts", "acounts", &["LL0402 idle.sql:4:6 there is no table `acounts` here"]),
        (
            "rules/idle.sql",
            "FROM accounts",
            "FROM findings",
            &["LL0402 idle.sql:4:6 there is no table `findings` here"],
        ),
        ("rules/idle.sql", "{as_of}", "now()", &["LL0402 idle.sql:4:56 `now` does not depend on the rows alone"]),
        (
            "rules/idle.sql",
            "a.uid, ",
            "a.identifier, ",
            &[
                "LL0407 idle.toml:4:9 rule `idle` does not say which account its rows are about",
                "LL0403 weekly.toml:31:8 there is no column `uid`",
                "LL0403 worse.sql:2:8 there is no column `w.uid`",
            ],
        ),
        (
            "rules/idle.sql",
            "FROM accounts a",
            "FROM accounts a JOIN rule_worse w ON w.uid = a.uid",
            &[
                "LL0404 idle.sql:4:22 rule `idle` waits for itself, through `rule_worse`",
                "LL0404 worse.sql:2:19 rule `worse` waits for itself, through `rule_idle`",
            ],
        ),
        (
            "rules/worse.sql",
            "WHERE w.tier > 2",
            "ORDER BY w.uid LIMIT 5",
            &["LL0406 worse.sql:3:10 engines disagree where nulls come in this order"],
        ),
        ("controls/idle.toml", "tier > 1", "teir > 1", &["LL0403 idle.toml:6:30 there is no column `teir`"]),
        (
            "controls/idle.toml",
            "a.is_privileged AND tier > 1",
            "a.tier",
            &["LL0403 idle.toml:6:10 a predicate is true or false, this is Int64"],
        ),
        (
            "collectors/directory.toml",
            "tier > 0",
            "tier > 0 AND uid IN (SELECT uid FROM accounts)",
            &["LL0402 directory.toml:5:69 there is no table `accounts` here"],
        ),
        (
            "collectors/directory.toml",
            "category <> 'test'",
            "categry <> 'test'",
            &["LL0403 directory.toml:5:9 there is no column `categry`"],
        ),
        (
            "collectors/erp.toml",
            "account <> 'root'",
            "account_uid = 1",
            &["LL0403 erp.toml:5:9 there is no column `account_uid`"],
        ),
        (
            "policies/owners.toml",
            "a.tier = 3",
            "a.tier = random()",
            &["LL0402 owners.toml:4:47 `random` does not depend on the rows alone"],
        ),
        (
            "policies/model.toml",
            "FROM ownership",
            "FROM entitlement_gaps",
            &["LL0402 model.toml:3:60 there is no table `entitlement_gaps` here"],
        ),
        ("plans/weekly.toml", "i.status", "a.status", &["LL0403 weekly.toml:14:11 there is no column `a.status`"]),
        (
            "plans/weekly.toml",
            "accounts.orphans",
            "accounts.orphan",
            &["LL0405 weekly.toml:26:11 there is no metric `accounts.orphan`"],
        ),
        (
            "plans/weekly.toml",
            "by = \"repository\"",
            "by = \"repositori\"",
            &["LL0405 weekly.toml:27:7 `accounts.orphans` cannot be broken down by `repositori`"],
        ),
        (
            "plans/weekly.toml",
            "SELECT COUNT(*) FROM",
            "SELECT f.control FROM",
            &["LL0403 weekly.toml:31:8 a metric is a number"],
        ),
        (
            "plans/weekly.toml",
            "sql = \"SELECT COUNT(*) FROM",
            "by = \"kind\"\nsql = \"SELECT f.kind FROM",
            &["LL0403 weekly.toml:32:8 with `by`, a metric is two columns: a value, and its number"],
        ),
        (
            "plans/weekly.toml",
            "sql = \"SELECT COUNT(*) FROM findings f JOIN rule_idle USING (uid)",
            "by = \"kind\"\nsql = \"SELECT f.kind, COUNT(*) FROM findings f GROUP BY f.kind",
            &[],
        ),
        ("plans/weekly.toml", "by = \"repository\"", "by = \"organisation\"", &[]),
        (
            "plans/weekly.toml",
            "FROM findings f",
            "FROM metrics f",
            &["LL0402 weekly.toml:31:29 there is no table `metrics` here"],
        ),
    ];
    let mut differ = Vec::new();
    for (path, from, to, expected) in cases {
        let found = told(path, from, to);
        if found != *expected {
            differ.push(format!("{path}: {to}\n  {}", found.join("\n  ")));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_condition_that_says_nothing_of_the_rows_is_doubted() {
    for (path, from, to, expected) in [
        (
            "rules/worse.sql",
            "w.tier > 2",
            "1 = 1",
            "LL0505 worse.sql:2:1 the condition `Int64(1) = Int64(1)` of rule `worse` holds for every row",
        ),
        (
            "rules/worse.sql",
            "w.tier > 2",
            "w.tier > 2 AND FALSE",
            "LL0505 worse.sql:2:1 the condition `w.tier > Int64(2) AND Boolean(false)` of rule `worse` holds for no row: it \
             can find nothing there",
        ),
        (
            "controls/idle.toml",
            "a.is_privileged AND tier > 1",
            "tier > 1 OR TRUE",
            "LL0505 idle.toml:6:10 the condition holds for every row: no finding is left out",
        ),
        ("controls/idle.toml", "a.is_privileged AND tier > 1", "a.is_privileged AND NULL", ""),
        (
            "controls/idle.toml",
            "a.is_privileged AND tier > 1",
            "'a' = 'b'",
            "LL0505 idle.toml:6:10 the condition holds for no row: the control can find nothing",
        ),
        (
            "policies/model.toml",
            "i.job_code = 'ACC' AND EXISTS (SELECT 1 FROM ownership o WHERE o.identity_uid = i.uid)",
            "i.job_code = 'ACC' AND 1 = 2",
            "LL0505 model.toml:3:15 the population is nobody: the condition holds for no row",
        ),
        (
            "policies/model.toml",
            "i.job_code = 'ACC' AND EXISTS (SELECT 1 FROM ownership o WHERE o.identity_uid = i.uid)",
            "i.job_code = 'ACC' OR 1 = 1",
            "LL0505 model.toml:3:15 the population is everybody: the condition holds for every row",
        ),
        (
            "policies/model.toml",
            "i.job_code = 'ACC' AND EXISTS (SELECT 1 FROM ownership o WHERE o.identity_uid = i.uid)",
            "TRUE",
            "",
        ),
        (
            "rules/worse.sql",
            "-- title: Worse\n",
            "-- title: Worse\n-- test: nothing\n-- given accounts | uid\n--                | 1\n-- expect | uid\n",
            "LL0506 worse.sql:2:1 no test of rule `worse` expects a row: all would hold if it found nothing at all",
        ),
    ] {
        assert_eq!(told(path, from, to), if expected.is_empty() { vec![] } else { vec![expected.to_owned()] }, "{to}");
    }
}

#[test]
fn a_population_of_holders_that_is_everybody_or_nobody_is_doubted() {
    for (gap, population, expected) in [
        ("over", "i.job_code = 'ACC'", ""),
        ("over", "1 = 1", "LL0505 idle.toml:5:15 the population is everybody: the control can find nothing"),
        ("over", "TRUE", "LL0505 idle.toml:5:15 the population is everybody: the control can find nothing"),
        ("over", "1 = 2", "LL0505 idle.toml:5:15 the population is nobody: whoever holds the permissions is found"),
        ("over", "FALSE", ""),
        ("under", "1 = 2", "LL0505 idle.toml:5:15 the population is nobody: the control can find nothing"),
        ("under", "FALSE", "LL0505 idle.toml:5:15 the population is nobody: the control can find nothing"),
        ("under", "1 = 1", "LL0505 idle.toml:5:15 the population is everybody: the condition holds for every row"),
        ("under", "TRUE", ""),
    ] {
        let rule =
            "kind = \"rule\"\nrule = \"idle\"\nsubject = \"account\"\nwhere = \"a.is_privileged AND tier > 1\"\n";
        let holders = format!(
            "kind = \"permission_holders\"\npermissions = [\"ERP/X\"]\npopulation = \"{population}\"\ngap = \"{gap}\"\n"
        );
        let expected = if expected.is_empty() { vec![] } else { vec![expected.to_owned()] };
        assert_eq!(told("controls/idle.toml", rule, &holders), expected, "{gap}: {population}");
    }
}
