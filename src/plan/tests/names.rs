//! Keys in policies, controls and the project are written as the project says.

use super::*;
use crate::settings::controls::{Check, Conflict};

const FORMS: &str = "[project]\nname = 'x'\n[keys.applications]\ncase = 'upper'\n[keys.permissions]\ncase = 'upper'\n\
                     [keys.identities]\ncase = 'upper'\n[keys.repositories]\ncase = 'upper'\n\
                     [repository.ad]\naccounts = { case = 'lower' }\n";

/// A project with a policy of each kind and a control.
fn files() -> Files {
    let plan = format!(
        "{PLAN}[stage.managers]\npolicy = 'managers'\n[stage.rights_model]\npolicy = 'model'\n[stage.controls]\n"
    );
    let manager = "[[manager]]\nof = 'groups'\nresolve = ['fallback']\nfallback = ' e1 '\n";
    let model = "[[grant]]\nid = 'all'\npopulation = 'TRUE'\npermissions = ['erp/pay ']\nexcept = ['Erp/Read']\n";
    let duties = "title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nleft = ['erp/pay']\nright = ['erp/create']\n";
    Files::new()
        .with("ledgerline.toml", FORMS)
        .with("plans/weekly.toml", &plan)
        .with("policies/owners.toml", &OWNERS.replace("[[match]]", "repositories = ['ad']\n[[match]]"))
        .with("policies/managers.toml", manager)
        .with("policies/model.toml", model)
        .with("controls/duties.toml", duties)
}

#[test]
fn names_of_objects_are_taken_in_key_form() {
    let files = files();
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    let stages = &plan.stages;
    assert_eq!(stages.reconcile.policy.ownerless[0].repositories, ["AD"]);
    assert_eq!(stages.managers.as_ref().unwrap().policy.managers[0].fallback.as_deref(), Some("E1"));
    let grant = &stages.rights_model.as_ref().unwrap().policy.grants[0];
    assert_eq!(format!("{} {}", grant.permissions[0], grant.except[0]), "ERP/PAY ERP/READ");
    let Check::SegregationOfDuties { conflict: Conflict::Between { left, right }, .. } =
        &stages.controls.as_ref().unwrap().controls[0].check
    else {
        panic!("a control of duties")
    };
    assert_eq!(format!("{} {}", left[0], right[0]), "ERP/PAY ERP/CREATE");
    let project = files.project().unwrap();
    assert_eq!(project.key_forms.of(Kind::Account, "AD").case, Case::Lower);
    let names: Vec<String> =
        plan.names.iter().map(|name| format!("{} {}/{}", name.kind, name.namespace, name.key)).collect();
    assert_eq!(
        names,
        [
            "repository /AD",
            "identity /E1",
            "permission ERP/PAY",
            "permission ERP/READ",
            "permission ERP/PAY",
            "permission ERP/CREATE",
            "repository /AD",
        ]
    );
}

#[test]
fn two_spellings_of_one_name_are_told() {
    let duties = "title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nall_of = ['ERP/PAY', 'erp/pay']\n";
    let files = files().with("controls/duties.toml", duties);
    assert_eq!(files.codes(), ["LL0112 duties:4"], "{}", files.told());
    let files = files.with("ledgerline.toml", &format!("{FORMS}[repository.AD]\n"));
    assert!(files.told().contains("repository `AD` is given twice"), "{}", files.told());
}

#[test]
fn the_columns_that_name_managers_are_there_and_normalised() {
    let check = |by: &str, resolve: &str, expected: &[&str]| {
        let policy = format!("[[manager]]\nof = 'identities'\nresolve = ['{resolve}']\nby = '{by}'\n");
        let hr = format!("{HR}manager = {{ from = \"BOSS\", match = true }}\nbadge = \"B\"\n");
        let directory = format!("{DIRECTORY}dn = {{ from = \"dn\", match = true }}\n");
        let files = Files::new()
            .with("plans/weekly.toml", &format!("{PLAN}[stage.managers]\npolicy = 'managers'\n"))
            .with("collectors/hr.toml", &hr)
            .with("collectors/directory.toml", &directory)
            .with("policies/managers.toml", &policy);
        assert_eq!(files.codes(), expected, "{by}: {}", files.told());
    };
    check("email", "stated", &[]);
    check("account.dn", "stated", &[]);
    check("employee_id", "stated", &[]);
    check("e mail", "stated", &["LL0111 managers:4"]);
    check("badge", "stated", &["LL0401 managers:4"]);
    check("bagde", "stated", &["LL0401 managers:4"]);
    check("account.distinguished_name", "stated", &["LL0401 managers:4"]);
    check("email", "link", &["LL0113 managers:4"]);
    check("email", "organisation_head", &["LL0401 managers:4"]);
}

#[test]
fn a_resolver_that_never_knows_a_kind_is_an_error_where_it_stands() {
    let told = |of: &str, resolve: &str| {
        let policy = format!("[[manager]]\nof = '{of}'\n{resolve}");
        let files = Files::new()
            .with("plans/weekly.toml", &format!("{PLAN}[stage.managers]\npolicy = 'managers'\n"))
            .with("policies/managers.toml", &policy);
        (files.codes(), files.told())
    };
    for (of, resolve) in [
        ("accounts", "resolve = ['link', 'organisation_head']"),
        ("groups", "resolve = ['stated', 'link']"),
        ("permissions", "resolve = ['fallback']\nfallback = 'E1'"),
        ("organisations", "resolve = ['stated', 'link', 'organisation_head']"),
    ] {
        assert_eq!(told(of, resolve).0, [""; 0], "{of}: {resolve}");
    }
    let (codes, text) = told("repositories", "resolve = [\n  'stated',\n  'fallback',\n  'link',\n]\nfallback = 'E1'");
    assert_eq!(codes, ["LL0113 managers:4", "LL0113 managers:6"], "{text}");
    assert!(text.contains("resolver `stated` never knows who manages repositories"), "{text}");
    assert!(text.contains("of repositories ask `fallback` alone"), "{text}");
    let (codes, text) = told("groups", "resolve = ['organisation_head']");
    assert_eq!(codes, ["LL0113 managers:3"], "{text}");
    assert!(text.contains("of groups ask `stated`, `link` or `fallback` alone"), "{text}");
    // The default asks the row, and rows of permissions name nobody.
    assert_eq!(told("permissions", "").0, ["LL0113 managers:2"]);
}
