//! Where permissions should be held.

use super::*;

const WHERE: &str = "identity_uid,permission_uid,gap,perimeter";

fn judged(grants: Vec<Grant>) -> RightsModelPolicy {
    RightsModelPolicy { perimeters: Perimeters::Judged, ..policy(true, grants) }
}

fn within(these: &[&str]) -> Within {
    Within::These(these.iter().map(|one| (*one).to_owned()).collect())
}

#[test]
fn what_is_due_in_a_perimeter_is_missing_there_and_too_much_elsewhere_and_without_one_it_is_held_everywhere() {
    check_policy(
        judged(vec![Grant { within: within(&["FR", "DE"]), ..grant("all", "TRUE", &["CRM/READ"], &[]) }]),
        &[("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR\n1,20,US\n2,20,")],
        &[
            (
                "theoretical_rights",
                "identity_uid,permission_uid,rule,perimeter
                 1,20,all,FR\n1,20,all,DE\n2,20,all,FR\n2,20,all,DE\n4,20,all,FR\n4,20,all,DE",
            ),
            (
                "entitlement_gaps",
                &format!("{WHERE}\n1,20,over,US\n1,20,under,DE\n2,20,over,\n4,20,under,DE\n4,20,under,FR"),
            ),
        ],
    );
}

#[test]
fn what_is_due_no_matter_where_is_held_anywhere_and_justified_anywhere() {
    check_policy(
        judged(vec![grant("all", "TRUE", &["CRM/READ"], &[])]),
        &[("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR\n1,20,US\n2,20,")],
        &[("entitlement_gaps", &format!("{WHERE}\n4,20,under,"))],
    );
}

#[test]
fn an_expression_gives_everybody_their_own_perimeter_and_whoever_has_none_nothing() {
    let text = "CASE i.employee_id WHEN 'A' THEN 'FR' WHEN 'B' THEN 'DE' END -- by person";
    let Grant { population: of, .. } = grant("of", text, &[], &[]);
    check_policy(
        judged(vec![Grant { within: Within::Of(of), ..grant("all", "TRUE", &["ERP/ORDER"], &[]) }]),
        &[("effective_rights", "identity_uid,permission_uid,perimeter\n1,11,FR\n2,11,FR\n2,12,FR\n4,12,DE")],
        &[
            ("theoretical_rights", "identity_uid,permission_uid,perimeter\n1,11,FR\n1,12,FR\n2,11,DE\n2,12,DE"),
            (
                "entitlement_gaps",
                &format!(
                    "{WHERE}\n1,12,under,FR\n2,11,over,FR\n2,11,under,DE\n2,12,over,FR\n2,12,under,DE\n4,12,over,DE"
                ),
            ),
        ],
    );
}

#[test]
fn each_perimeter_keeps_its_own_first_day_and_a_derogation_excuses_its_own_or_all() {
    check_policy(
        judged(vec![grant("none", "FALSE", &["CRM/READ", "CRM/WRITE"], &[])]),
        &[
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR\n1,20,US\n1,30,FR\n1,30,"),
            (
                "derogations",
                "identity_uid,permission_uid,perimeter,until_on\n1,20,FR,2026-12-31\n1,20,DE,2027-12-31\n1,30,,2026-12-01\n1,30,FR,2026-12-05",
            ),
            (
                "before_entitlement_gaps",
                "identity_uid,permission_uid,gap,perimeter,first_seen_on\n1,20,over,US,2026-10-01\n1,20,over,DE,2026-10-02\n1,30,over,,2026-10-03",
            ),
        ],
        &[(
            "entitlement_gaps",
            "permission_uid,perimeter,first_seen_on,excused_until_on
             20,FR,2026-11-21,2026-12-31\n20,US,2026-10-01,\n30,FR,2026-11-21,2026-12-05\n30,,2026-10-03,2026-12-01",
        )],
    );
}

#[test]
fn a_collected_rule_names_its_perimeter() {
    check_policy(
        judged(vec![]),
        &[
            ("theoretical_links", "rule,organisation_uid,permission_uid,perimeter\nR1,2,20,FR\nR1,2,20,DE"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR"),
        ],
        &[("entitlement_gaps", &format!("{WHERE}\n1,20,under,DE"))],
    );
}

#[test]
fn a_derogation_for_another_perimeter_than_the_gap_is_told_to_excuse_nothing() {
    let tables = [
        ("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,DE\n2,20,DE\n4,20,DE"),
        (
            "derogations",
            "identity_uid,permission_uid,perimeter,until_on,reason
             1,20,US,2026-12-01,elsewhere\n2,20,DE,2026-12-01,here\n4,20,,2026-12-01,anywhere\n1,20,FR,2026-11-20,over",
        ),
    ];
    let told = |perimeters| {
        let policy = RightsModelPolicy { perimeters, ..judged(vec![grant("none", "FALSE", &["CRM/READ"], &[])]) };
        let report = check_policy(policy, &tables, &[]);
        let table = report.tables.into_iter().find(|table| table.title == "derogations to look at").expect("a table");
        table.rows.iter().map(|row| row.join(",")).collect::<Vec<_>>()
    };
    assert_eq!(
        told(Perimeters::Judged),
        [
            "ends soon,B,CRM/READ,DE,2026-12-01,here",
            "ends soon,D,CRM/READ,,2026-12-01,anywhere",
            "excuses nothing,A,CRM/READ,FR,2026-11-20,over",
            "excuses nothing,A,CRM/READ,US,2026-12-01,elsewhere",
        ]
    );
    // Where held anywhere is held, every derogation excuses.
    assert_eq!(
        told(Perimeters::Ignored),
        [
            "ends soon,A,CRM/READ,US,2026-12-01,elsewhere",
            "ends soon,B,CRM/READ,DE,2026-12-01,here",
            "ends soon,D,CRM/READ,,2026-12-01,anywhere",
            "is over,A,CRM/READ,FR,2026-11-20,over",
        ]
    );
}

#[test]
fn of_two_loads_of_one_day_a_gap_in_another_perimeter_is_new() {
    let report = check_policy(
        judged(vec![grant("none", "FALSE", &["CRM/READ"], &[])]),
        &[
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR\n1,20,DE"),
            (
                "before_entitlement_gaps",
                "identity_uid,permission_uid,gap,perimeter,first_seen_on\n1,20,over,FR,2026-11-21\n1,20,over,US,2026-11-21",
            ),
        ],
        &[],
    );
    let gaps = report.tables.iter().find(|table| table.title == "gaps").expect("a table");
    assert_eq!(gaps.rows[0], ["over", "2", "1", "1", "0"]);
}
