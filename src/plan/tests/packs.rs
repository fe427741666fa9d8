//! What a plan takes of packs of controls, and what it says of them otherwise.

use super::*;
use crate::settings::controls::{Controls, Otherwise};

fn files(settings: &str) -> Files {
    Files::new().with("plans/weekly.toml", &format!("{PLAN}[stage.controls]\n{settings}"))
}

fn controls(settings: &str) -> Controls {
    let files = files(settings);
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    plan.stages.controls.unwrap()
}

fn ids(controls: &Controls) -> Vec<&str> {
    controls.controls.iter().map(|control| control.id.as_str()).collect()
}

/// What the controls that cannot be evaluated lack.
fn lacks<'a>(controls: &'a Controls, id: &str) -> Vec<&'a str> {
    let one = controls.unevaluated.iter().find(|one| one.control.id.as_str() == id);
    one.into_iter().flat_map(|one| &one.lacks).map(|lack| lack.reason.as_str()).collect()
}

#[test]
fn a_plan_takes_a_pack_with_one_line_and_what_it_does_not_collect_is_told() {
    let controls = controls("packs = ['standard']\n");
    assert!(controls.controls.len() + controls.unevaluated.len() >= 120);
    assert!(ids(&controls).contains(&"account_orphan_open"));
    assert_eq!(lacks(&controls, "account_unused"), ["`accounts.last_logon_on` is not collected"]);
    assert_eq!(lacks(&controls, "identity_excess_right"), ["the plan has no `[stage.rights_model]`"]);
    assert_eq!(lacks(&controls, "usage_permission_not_used"), ["no source fills `usages`"]);
    // A control lacks what the questions lack that it shares with others.
    assert_eq!(lacks(&controls, "group_empty"), ["no source fills `memberships`"]);
}

#[test]
fn a_column_of_another_type_than_the_pack_means_is_not_the_column_it_asks_for() {
    let other = DIRECTORY.replace("employee_id =", "password_set_on = \"PWD\"\nemployee_id =");
    let files = files("packs = ['standard']\n").with("collectors/directory.toml", &other);
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    let controls = plan.stages.controls.unwrap();
    assert_eq!(
        lacks(&controls, "account_password_old"),
        ["`accounts.password_set_on` is collected as a text, not as a day of the form 2026-11-21"]
    );
}

#[test]
fn the_questions_that_its_controls_share_run_as_rules_and_no_others() {
    let shared = |settings: &str| -> Vec<String> {
        let files = files(settings);
        let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
        plan.stages.rules.iter().flat_map(|rules| &rules.rules).map(|rule| rule.id.to_string()).collect()
    };
    assert_eq!(shared("packs = ['standard']\npack_controls = ['account_orphan_open']\n"), ["pack_accounts"]);
    assert!(shared("packs = ['standard']\npack_controls = ['identity_manages_itself']\n").is_empty());
}

#[test]
fn a_plan_sets_the_parameters_of_a_question_that_controls_share_and_nothing_else_of_it() {
    let settings = "packs = ['standard']\npack_controls = ['account_high_right']\n";
    let sensitive = "sensitivity = 'S'\n";
    let rights =
        "[source]\nfiles = '../r.csv'\nformat = 'csv'\n[table.permissions.columns]\napplication = 'A'\ncode = 'P'\n";
    let collector = format!(
        "{rights}{sensitive}[table.rights.columns]\nrepository = 'R'\naccount = 'L'\napplication = 'A'\npermission = 'P'\n"
    );
    let plan = |more: &str| {
        let plan = PLAN.replace("\"directory\"", "\"directory\", \"erp\"");
        Files::new()
            .with("plans/weekly.toml", &format!("{plan}[stage.controls]\n{settings}{more}"))
            .with("collectors/erp.toml", &collector)
    };
    let files = plan("set.pack_sensitive_rights.parameters.level = 2\n");
    let loaded = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    let rules = loaded.stages.rules.unwrap().rules;
    let rule = rules.iter().find(|rule| rule.id.as_str() == "pack_sensitive_rights").unwrap();
    assert_eq!(rule.others()[0][..3], ["level", "2", "3"]);
    assert_eq!(plan("set.pack_sensitive_rights.risk = 2\n").codes(), ["LL0113 weekly:17"]);
}

#[test]
fn masks_and_tags_select_and_an_exclamation_mark_leaves_out() {
    let count = |settings: &str| {
        let controls = controls(&format!("packs = ['standard']\n{settings}"));
        let all = controls.unevaluated.iter().map(|one| &one.control).chain(&controls.controls);
        all.map(|control| control.id.to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    let (all, accounts) = (count(""), count("pack_controls = ['account_*']\n"));
    let others = count("pack_controls = ['!account_*']\n");
    assert_eq!(accounts.len() + others.len(), all.len());
    assert!(others.iter().all(|id| !id.starts_with("account_")));
    let leavers = count("pack_controls = ['account_*', '!*_open']\npack_tags = ['leavers']\n");
    assert!(
        leavers.contains("account_kept_after_leaver") && !leavers.contains("account_of_leaver_open"),
        "{leavers:?}"
    );
    assert!(!leavers.contains("account_orphan_closed"));
}

#[test]
fn a_plan_sets_risk_and_parameters_and_a_profile_that_holds_sets_on_top() {
    let settings = "packs = ['standard']\nprofile = 'pilot'\n\
                    set.account_password_old = { risk = 4, parameters = { days = 60 } }\n\
                    set.group_empty = { enabled = false }\n\
                    profiles.pilot.account_password_old = { parameters = { days = 30 } }\n\
                    profiles.pilot.group_empty = { enabled = true }\n\
                    profiles.pilot.account_orphan_open = { enabled = false }\n\
                    profiles.usual.account_password_old = { risk = 0 }\n";
    let controls = controls(settings);
    let find = |id: &str| {
        let all = controls.unevaluated.iter().map(|one| &one.control).chain(&controls.controls);
        all.into_iter().find(|control| control.id.as_str() == id)
    };
    let old = find("account_password_old").unwrap();
    assert_eq!(old.risk, 4);
    let others = old.own_rule.as_ref().unwrap().others();
    assert_eq!(others[0][..3], ["days", "30", "90"]);
    assert!(others[0][3].ends_with("plans/weekly.toml:19"), "{others:?}");
    assert!(find("group_empty").is_some());
    assert!(find("account_orphan_open").is_none());
    let said = |one: &Otherwise| format!("{} {} {} {}", one.control, one.what, one.value, one.default);
    let said: Vec<String> = controls.otherwise.iter().map(said).collect();
    assert_eq!(said, ["account_password_old risk 4 1", "account_orphan_open enabled false true"]);
}

#[test]
fn what_is_said_of_controls_of_the_project_is_noted_with_its_place() {
    let control = "title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nall_of = ['E/A', 'E/B']\n";
    let settings = "profile = 'pilot'\nblocks = 'new'\n\
                    set.one = { risk = 1, blocks = 'all' }\n\
                    set.two = { enabled = false, blocks = 'new' }\n\
                    profiles.pilot.one = { risk = 5, blocks = 'none' }\n\
                    profiles.pilot.three = { blocks_since = '2026-10-01', enabled = true }\n\
                    profiles.usual.three = { risk = 0, enabled = false }\n";
    let files = ["one", "two", "three"]
        .iter()
        .fold(files(settings), |files, id| files.with(&format!("controls/{id}.toml"), control));
    let controls = files.plan().map_err(|problems| files.shown(&problems)).unwrap().stages.controls.unwrap();
    let said = |one: &Otherwise| {
        let line = one.place.to_string().rsplit_once(':').expect("a line").1.to_owned();
        format!("{} {} {} {:?} {line}", one.control, one.what, one.value, one.default)
    };
    let said: Vec<String> = controls.otherwise.iter().map(said).collect();
    assert_eq!(
        said,
        [
            "one risk 5 \"1\" 19",
            "one blocks none \"new\" 19",
            "two enabled false \"true\" 18",
            "three blocks_since 2026-10-01 \"\" 20"
        ]
    );
}

#[test]
fn what_is_said_of_a_control_or_a_pack_that_does_not_exist_is_told_where_it_stands() {
    let check = |settings: &str, expected: &[&str]| {
        let files = files(settings);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("packs = ['standart']\n", &["LL0201 weekly:15"]);
    check("packs = ['standard', 'standard']\n", &["LL0112 weekly:15"]);
    check("packs = ['standard']\npack_controls = ['acount_*']\n", &["LL0201 weekly:16"]);
    check("packs = ['standard']\npack_tags = ['leaver']\n", &["LL0201 weekly:16"]);
    check("packs = ['standard']\nprofile = 'x'\n", &["LL0201 weekly:16"]);
    check("packs = ['standard']\nset.account_unusd.risk = 1\n", &["LL0201 weekly:16"]);
    check("packs = ['standard']\nset.account_unused.risk = 6\n", &["LL0105 weekly:16"]);
    check("packs = ['standard']\nset.account_unused.parameters.dayz = 1\n", &["LL0102 weekly:16"]);
    check("packs = ['standard']\nset.account_unused.parameters.days = '1'\n", &["LL0103 weekly:16"]);
    // A profile that does not hold is checked all the same.
    check("packs = ['standard']\nprofiles.x.account_unusd.risk = 1\n", &["LL0201 weekly:16"]);
    let told = files("packs = ['standard']\nset.account_unusd.risk = 1\n").told();
    assert!(told.contains("did you mean `account_unused`?"), "{told}");
}

#[test]
fn a_control_of_the_project_may_not_have_the_name_of_one_of_a_pack() {
    let gap = "title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nall_of = ['A/B', 'A/C']\n";
    let files = files("packs = ['standard']\n").with("controls/account_unused.toml", gap);
    assert_eq!(files.codes(), ["LL0112 account_unused:1"], "{}", files.told());
}

#[test]
fn a_plan_sets_the_risk_of_its_own_controls_too() {
    let gap = "title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nall_of = ['A/B', 'A/C']\n";
    let files = files("set.mine.risk = 5\n").with("controls/mine.toml", gap);
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    assert_eq!(plan.stages.controls.unwrap().controls[0].risk, 5);
}
