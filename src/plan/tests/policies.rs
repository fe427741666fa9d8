//! Policies, controls and thresholds.

use super::*;

#[test]
fn a_policy_compares_columns_that_exist() {
    let owners = OWNERS.replace("account = \"employee_id\"", "account = \"{badge}@{emplyee_id}\"");
    let files = Files::new().with("policies/owners.toml", &owners);
    assert_eq!(files.codes(), ["LL0401 owners:9", "LL0401 owners:9"]);
    assert!(files.told().contains("did you mean `employee_id`?"));
    let files = files.with("collectors/directory.toml", &format!("{DIRECTORY}badge = 'B'\nemplyee_id = 'E'\n"));
    assert_eq!(files.codes(), Vec::<String>::new().as_slice(), "{}", files.told());
}

#[test]
fn a_policy_compares_normalised_what_has_a_normalised_form() {
    let owners = format!("{OWNERS}compare = 'normalised'\n");
    let files = Files::new().with("policies/owners.toml", &owners);
    assert_eq!(files.codes(), ["LL0401 owners:10"], "{}", files.told());
    assert!(files.told().contains("match = true"));
    let hr = HR.replace("employee_id = \"EMPLOYEE_ID\"", "employee_id = { from = \"EMPLOYEE_ID\", match = true }");
    let files = files.with("collectors/hr.toml", &hr);
    assert_eq!(files.codes(), Vec::<String>::new().as_slice(), "{}", files.told());
}

#[test]
fn a_rule_is_not_named_like_a_decision() {
    let files = Files::new().with("policies/owners.toml", &OWNERS.replace("\"by_employee_id\"", "\"leaved\""));
    assert_eq!(files.codes(), ["LL0111 owners:8"], "{}", files.told());
}

#[test]
fn repositories_of_a_policy_are_in_key_form() {
    let project = "[project]\nname = \"Test\"\n[keys.repositories]\ncase = \"upper\"\n";
    let owners = format!("{OWNERS}repositories = [' erp']\n");
    let files = Files::new().with("ledgerline.toml", project).with("policies/owners.toml", &owners);
    assert_eq!(files.plan().unwrap().stages.reconcile.policy.matches[0].repositories, ["ERP"]);
}

#[test]
fn controls_need_what_they_are_made_from() {
    let control = "title = 'Idle'\nrisk = 2\nkind = 'rule'\nrule = 'idle'\nsubject = 'account'\n";
    let plan = format!("{PLAN}[stage.controls]\n");
    let files = Files::new().with("plans/weekly.toml", &plan).with("controls/idle.toml", control);
    assert_eq!(files.codes(), ["LL0202 idle:4"]);
    let files = files.with("plans/weekly.toml", &format!("{plan}[stage.rules]\nrules = ['id*']\n"));
    assert_eq!(files.codes(), ["LL0201 idle:4", "LL0201 weekly:16"]);
    let files = files.with("rules/idle.sql", "-- title: Idle\nSELECT 1\n");
    let plan = files.plan().unwrap();
    let control = &plan.stages.controls.as_ref().unwrap().controls[0];
    assert_eq!(control.check, Check::Rule { rule: "idle".parse().unwrap(), subject: Kind::Account });
    let gap = "title = 'x'\nrisk = 6\nkind = 'theoretical_rights'\ngap = 'over'\nrule = 'idle'\n";
    assert_eq!(files.with("controls/gap.toml", gap).codes(), ["LL0105 gap:2"]);
}

#[test]
fn a_control_of_holders_or_of_two_rules_says_all_that_it_needs() {
    let check = |lines: &str, expected: &[&str]| {
        let text = format!("title = 'x'\nrisk = 5\n{lines}\n");
        let plan = format!("{PLAN}[stage.rules]\nrules = ['idle']\n[stage.controls]\n");
        let files = Files::new().with("plans/weekly.toml", &plan).with("controls/c.toml", &text);
        let files = files.with("rules/idle.sql", "-- title: Idle\nSELECT uid FROM accounts\n");
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    let holders = "kind = 'permission_holders'\npermissions = ['ERP/PAY']\npopulation = 'TRUE'\ngap = 'over'";
    check(holders, &[]);
    check(&holders.replace("'ERP/PAY'", "'PAY'"), &["LL0111 c:4"]);
    check(&holders.replace("gap = 'over'", "rule = 'idle'"), &["LL0104 c:3", "LL0113 c:6"]);
    check("kind = 'permission_holders'\ngap = 'under'", &["LL0104 c:3", "LL0104 c:3"]);
    let overlap = "kind = 'overlap'\nfirst = 'idle'\nsecond = 'idle'\nsubject = 'account'\nresult = 'both'";
    check(overlap, &[]);
    check(&overlap.replace("second = 'idle'", "second = 'idel'"), &["LL0201 c:5"]);
    check(&overlap.replace("result = 'both'", ""), &["LL0104 c:3"]);
}

#[test]
fn duties_are_segregated_by_a_list_or_by_two_sides() {
    let check = |lines: &str, expected: &[&str]| {
        let text = format!("title = 'x'\nrisk = 5\nkind = 'segregation_of_duties'\n{lines}\n");
        let plan = format!("{PLAN}[stage.controls]\n");
        let files = Files::new().with("plans/weekly.toml", &plan).with("controls/sod.toml", &text);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("all_of = ['ERP/A', 'ERP/B']", &[]);
    check("left = ['ERP/A']\nright = ['ERP/B/C']\non = 'account'", &[]);
    check("all_of = ['ERP/A']", &["LL0105 sod:4"]);
    check("all_of = ['ERP/A', 'B']", &["LL0201 sod:4"]);
    check("all_of = ['ERP/A', '/B']", &["LL0111 sod:4"]);
    check("expression = 'ERP/A and (ERP/B or ERP/C)'", &[]);
    check("expression = 'ERP/A'\nall_of = ['ERP/A', 'ERP/B']", &["LL0113 sod:3"]);
    check("left = ['ERP/A']\nright = ['ERP/A']", &["LL0113 sod:5"]);
    check("left = ['ERP/A']", &["LL0113 sod:3"]);
    check("use_collected = true", &["LL0202 sod:4"]);
    check("use_collected = true\nall_of = ['ERP/A', 'ERP/B']", &["LL0113 sod:3"]);
    check("use_collected = false", &["LL0113 sod:3"]);
    check("all_of = ['ERP/A', 'ERP/B']\ngap = 'over'", &["LL0113 sod:5"]);
}

#[test]
fn thresholds_can_be_reached() {
    let check = |lines: &str, expected: &[&str]| {
        let plan = format!("{PLAN}[stage.validate.threshold.accounts]\n{lines}\n");
        let files = Files::new().with("plans/weekly.toml", &plan);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("metric = 'accounts.count'\nby = 'repository'\ndrop = { warn = '5 %', hold = 20 }", &[]);
    check("sql = 'SELECT 1'\nmin = { hold = 1.5 }\nrise = { warn = '300 %' }", &[]);
    check("metric = 'accounts.count'\ndrop = { hold = '101 %' }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = -1 }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = nan }", &["LL0105 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = '5' }", &["LL0107 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = true }", &["LL0103 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { warn = '5 %', hold = '2 %' }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\nmin = { hold = '5 %' }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\nsql = 'SELECT 1'\nrise = { warn = 1 }", &["LL0113 weekly:14"]);
    check("metric = 'accounts.count'", &["LL0203 weekly:14"]);
    check("metric = 'accounts.count'\nmax_dorp = {}\ndrop = {}", &["LL0102 weekly:16", "LL0203 weekly:17"]);
    let guard = format!("{PLAN}threshold.guard_x = {{ metric = 'a', drop = {{ warn = 1 }} }}\n");
    let files = Files::new().with("plans/weekly.toml", &guard);
    assert_eq!(files.codes(), ["LL0111 weekly:14"], "{}", files.told());
    let plan = format!("{PLAN}threshold.a = {{ metric = 'a', drop = {{ warn = '5 %' }} }}\n");
    let plan = Files::new().with("plans/weekly.toml", &plan).plan().unwrap();
    assert_eq!(plan.stages.validate.thresholds[0].limits[0].warn, Some(Amount::Share(0.05)));
}

#[test]
fn leavers_name_sources_that_list_people_and_rules_of_their_own() {
    let check = |leavers: &str, expected: &[&str]| {
        let plan = format!("{PLAN}[stage.leavers]\n{leavers}\n");
        let files = Files::new().with("plans/weekly.toml", &plan);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("authoritative = ['hr']\ngrace_loads = 2\ninactive_when = { status = ['left'] }", &[]);
    check("authoritative = ['hr', 'hr']", &["LL0112 weekly:15"]);
    check("authoritative = ['hrr']", &["LL0201 weekly:15"]);
    check("grace_loads = -1", &["LL0105 weekly:15"]);
    check("inactive_when = { status = [] }", &["LL0105 weekly:15"]);
    check("inactive_when = { status = 'left' }", &["LL0103 weekly:15"]);
    check("accounts_closed_within = '36 h'", &["LL0105 weekly:15"]);
    check("brake = { share = '5' }", &["LL0107 weekly:15"]);
    check("brake = { number = 0 }", &["LL0105 weekly:15"]);
    check(
        "rule = [{ id = 'on_leave', inactive = 'TRUE' }, { id = 'on_leave', inactive = 'TRUE' }]",
        &["LL0112 weekly:15"],
    );
    check("rule = [{ id = 'absent', inactive = 'TRUE' }]", &["LL0111 weekly:15"]);
    check("rule = [{ id = 'On leave', inactive = 'TRUE' }]", &["LL0111 weekly:15"]);
    check("rule = [{ id = 'on_leave' }]", &["LL0104 weekly:15"]);
}

#[test]
fn managers_have_a_fallback_if_they_ask_for_it() {
    let check = |policy: &str, expected: &[&str]| {
        let plan = format!("{PLAN}[stage.managers]\npolicy = 'managers'\n");
        let files = Files::new().with("plans/weekly.toml", &plan).with("policies/managers.toml", policy);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    let resolve = "resolve = ['stated', 'link', 'organisation_head', 'fallback']";
    check(&format!("[[manager]]\nof = 'identities'\n{resolve}\nfallback = 'E1'\n"), &[]);
    check(&format!("[[manager]]\nof = 'identities'\n{resolve}\n"), &["LL0113 managers:3"]);
    check(
        "[[manager]]\nof = 'groups'\nfallback = 'E1'\n[[manager]]\nof = 'groups'\n",
        &["LL0113 managers:3", "LL0112 managers:5"],
    );
    check("[[manager]]\nof = 'people'\nresolve = []\n", &["LL0105 managers:2", "LL0105 managers:3"]);
}

#[test]
fn a_rights_model_names_permissions() {
    let plan = format!("{PLAN}[stage.rights_model]\npolicy = 'rights_model'\n");
    let text = "[[grant]]\nid = 'all'\npopulation = 'TRUE'\npermissions = ['ERP/A', 'ERP', 'ERP/A']\nexcept = []\n";
    let files = Files::new().with("plans/weekly.toml", &plan).with("policies/rights_model.toml", text);
    assert_eq!(files.codes(), ["LL0111 rights_model:4", "LL0112 rights_model:4"], "{}", files.told());
}

#[test]
fn a_rights_model_knows_its_roles_and_its_days() {
    let check = |text: &str, expected: &[&str]| {
        let plan = format!("{PLAN}[stage.rights_model]\npolicy = 'rights_model'\n");
        let files = Files::new().with("plans/weekly.toml", &plan).with("policies/rights_model.toml", text);
        assert_eq!(files.codes(), expected, "{}", files.told());
        files
    };
    let all = "[[grant]]\nid = 'all'\npopulation = 'TRUE'\n";
    check(all, &["LL0104 rights_model:1"]);
    let clerk =
        format!("{all}roles = ['clerk']\n[[role]]\nid = 'clerk'\nincludes = ['staff']\n[[role]]\nid = 'staff'\n");
    check(&format!("{clerk}permissions = ['ERP/A']\n"), &[]);
    check(&clerk, &["LL0104 rights_model:8"]);
    check(&format!("{clerk}includes = ['clerk']\n"), &["LL0205 rights_model:7", "LL0205 rights_model:10"]);
    let files = check(
        &format!("{all}roles = ['clark']\n[[role]]\nid = 'clerk'\npermissions = ['ERP/A']\n"),
        &["LL0201 rights_model:4"],
    );
    assert!(files.told().contains("did you mean `clerk`?"), "{}", files.told());
    let dated = format!("{all}permissions = ['ERP/A']\nvalid_from = '2026-12-01'\nvalid_until = ");
    check(&format!("{dated}'2026-12-01'"), &[]);
    check(&format!("{dated}'2026-11-30'"), &["LL0113 rights_model:6"]);
    check(&format!("{dated}'30.11.2026'"), &["LL0105 rights_model:6"]);
    let placed = format!("{all}permissions = ['ERP/A']\nperimeters = ['FR', 'DE', 'FR']\n");
    check(&placed, &["LL0112 rights_model:5"]);
    let twice = format!("{all}permissions = ['ERP/A']\nperimeters = ['FR']\nperimeter_of = 'i.country'\n");
    check(&twice, &["LL0113 rights_model:6"]);
    check(
        &format!("perimeters = 'ignored'\n{all}permissions = ['ERP/A']\nperimeters = ['FR']\n"),
        &["LL0113 rights_model:1"],
    );
}
