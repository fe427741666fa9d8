//! Rules with parameters that others set, and with tests.

use super::*;
use crate::settings::rules::Rule;

const IDLE: &str = "-- title: Idle\n-- parameter days integer = 90\n-- parameter share double = 0.5\n-- parameter name text = x\n\
                    SELECT a.uid FROM accounts a WHERE {days} > 1 AND {share} > 0 AND {name} <> ''\n";

fn files(plan: &str, control: &str) -> Files {
    let control = format!("title = 'x'\nrisk = 1\nkind = 'rule'\nrule = 'idle'\nsubject = 'account'\n{control}");
    Files::new()
        .with("plans/weekly.toml", &format!("{PLAN}[stage.controls]\n[stage.rules]\n{plan}"))
        .with("rules/idle.sql", IDLE)
        .with("controls/idle.toml", &control)
}

fn values(rule: &Rule) -> Vec<&str> {
    rule.parameters.iter().map(|parameter| parameter.value.as_str()).collect()
}

#[test]
fn a_plan_sets_parameters_for_all_and_a_control_for_itself() {
    let plan = "parameters.idle = { days = 30, share = 1, name = 'a' }\n";
    let files = files(plan, "parameters = { days = 7 }\n");
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    assert_eq!(values(&plan.stages.rules.as_ref().unwrap().rules[0]), ["30", "1", "a"]);
    let control = &plan.stages.controls.as_ref().unwrap().controls[0];
    assert_eq!(values(control.own_rule.as_ref().unwrap()), ["7", "1", "a"]);
    let files = self::files("", "");
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    assert_eq!(values(&plan.stages.rules.as_ref().unwrap().rules[0]), ["90", "0.5", "x"]);
    assert!(plan.stages.controls.unwrap().controls[0].own_rule.is_none());
}

#[test]
fn a_parameter_that_does_not_exist_or_has_another_type_is_told() {
    let check = |plan: &str, control: &str, expected: &[&str]| {
        let files = files(plan, control);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("parameters.idel = { days = 1 }\n", "", &["LL0201 weekly:16"]);
    check("parameters.idle = { dayz = 1 }\n", "", &["LL0102 weekly:16"]);
    check("parameters.idle = { days = '1' }\n", "", &["LL0103 weekly:16"]);
    check("parameters.idle = { days = 1.5 }\n", "", &["LL0103 weekly:16"]);
    check("parameters.idle = { name = 1 }\n", "", &["LL0103 weekly:16"]);
    check("parameters.idle = { as_of = '2026-01-01' }\n", "", &["LL0102 weekly:16"]);
    check("", "parameters = { dayz = 1 }\n", &["LL0102 idle:6"]);
    check("", "parameters = { share = true }\n", &["LL0103 idle:6"]);
    let gap = "title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nall_of = ['A/B', 'A/C']\nparameters = {}\n";
    let files = files("", "").with("controls/idle.toml", gap);
    assert_eq!(files.codes(), ["LL0113 idle:5"], "{}", files.told());
}

#[test]
fn a_test_of_a_rule_that_cannot_be_read_is_told_line_by_line() {
    let check = |test: &str, expected: &[&str]| {
        let (title, rest) = IDLE.split_once('\n').unwrap();
        let files = files("", "").with("rules/idle.sql", &format!("{title}\n{test}\n{rest}"));
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check(
        "-- test: a\n-- with days = 3\n-- given accounts | uid\n-- | 1\n-- plain words\n-- expect | uid\n-- | 1",
        &[],
    );
    check("-- test: a", &["LL0501 idle:2"]);
    check("-- | 1", &["LL0501 idle:2"]);
    check("-- test: a\n-- | 1\n-- expect | uid", &["LL0501 idle:3"]);
    check("-- test: a\n-- given accounts | uid\n-- | 1 | 2\n-- expect | uid", &["LL0501 idle:4"]);
    check("-- test: a\n-- with dayz = 3\n-- expect | uid", &["LL0501 idle:3"]);
    check("-- test: a\n-- with days = x\n-- expect | uid", &["LL0501 idle:3"]);
    check("-- test: a\n-- expct | uid\n-- expect | uid", &["LL0501 idle:3"]);
    check("-- test: a\n-- expect | uid\n-- expect | uid", &["LL0501 idle:4"]);
}
