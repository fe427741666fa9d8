//! How conflicts of duties are cleared, and what findings add up to.

use super::excepted::{EXCEPTIONS, with_exceptions};
use super::*;
use crate::settings::controls::RiskWeights;

pub(super) fn duties(on: Holder, conflict: Conflict, within: Within) -> Controls {
    only(control("pay", Check::SegregationOfDuties { on, conflict, within }))
}

#[test]
fn the_shortest_ways_to_a_conflict_and_the_fewest_removals_that_clear_it_are_told() {
    let tables = [
        ("identities", "uid,employee_id\n7,E7"),
        ("accounts", ACCOUNTS),
        ("ownership", "account_uid,identity_uid\n1,7\n2,7"),
        ("permissions", PERMISSIONS),
        // 5 includes PAY.
        ("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n2,2,0\n5,5,0\n5,1,1"),
        // 11 lies in 10; 12 stands alone.
        ("group_closure", "group_uid,ancestor_uid,depth\n10,10,0\n11,11,0\n11,10,1\n12,12,0"),
        // PAY: three ways. CREATE: a right of the second account, and a group.
        ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,1,FR\n,10,5,\n,12,1,\n2,,2,\n,12,2,"),
        ("memberships", "account_uid,member_group_uid,group_uid\n1,,11\n1,,12\n,11,10"),
        ("effective_rights", "identity_uid,permission_uid,perimeter\n7,1,FR\n7,1,\n7,2,\n7,5,"),
    ];
    check_stage(
        &duties(Holder::Identity, between(&["ERP/CREATE"], &["ERP/PAY"]), Within::Anywhere),
        AS_OF,
        &tables,
        &[
            (
                "finding_ways",
                "uid,account_uid,member_of_uid,group_uid,permission_uid,wanted_uid,perimeter,steps
                 7,1,,,1,1,FR,1
                 7,1,11,10,5,1,,4
                 7,1,12,12,1,1,,2
                 7,1,12,12,2,2,,2
                 7,2,,,2,2,,1",
            ),
            (
                "finding_paths",
                "uid,detail,wanted_uid,account_uid,member_of_uid,group_uid,permission_uid,steps
                 7,ERP/CREATE + ERP/PAY,1,1,,,1,1
                 7,ERP/CREATE + ERP/PAY,2,2,,,2,1",
            ),
            // To lose CREATE takes a right and a membership; to lose PAY takes three.
            (
                "finding_removals",
                "uid,detail,account_uid,group_uid,permission_uid,is_minimal
                 7,ERP/CREATE + ERP/PAY,1,12,,true
                 7,ERP/CREATE + ERP/PAY,2,,2,true",
            ),
        ],
    );
}

#[test]
fn where_the_perimeter_counts_one_side_is_taken_away_place_by_place() {
    check_stage(
        &duties(Holder::Account, Conflict::AllOf(names(&["ERP/PAY", "ERP/CREATE"])), Within::SamePerimeter),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("permissions", PERMISSIONS),
            // In DE two rights pay and one creates, in FR the other way round.
            ("rights", "account_uid,permission_uid,perimeter\n1,1,DE\n1,5,DE\n1,2,DE\n1,1,FR\n1,2,FR\n1,4,FR"),
            ("permission_closure", "permission_uid,included_uid,depth\n5,1,1\n4,2,1"),
        ],
        &[("finding_removals", "uid,account_uid,permission_uid,perimeter,is_minimal\n1,1,1,FR,true\n1,1,2,DE,true")],
    );
}

#[test]
fn scores_are_the_sums_of_their_points_and_equal_scores_have_equal_ranks() {
    let risk_weights = RiskWeights([0, 1, 2, 10, 20, 50]);
    let controls = Controls { risk_weights, ..with_exceptions(rule(Kind::Account)) };
    let exceptions = format!("{EXCEPTIONS}\ne1,idle,account,AD,bob,,eve,leave,2026-01-01,2026-12-31,,");
    let report = check_stage(
        &controls,
        AS_OF,
        &[
            ("identities", "uid,employee_id,organisation_uid\n7,E7,1\n8,E8,1\n9,E9,2"),
            ("accounts", ACCOUNTS),
            ("ownership", "account_uid,identity_uid\n1,7\n2,7\n3,8"),
            (
                "uids",
                "kind,namespace,key,uid\nidentity,'',E7,7\nidentity,'',E8,8\naccount,AD,ann,1\naccount,AD,bob,2\naccount,AD,cat,3\norganisation,'',LAB,1",
            ),
            ("rule_idle", "uid:integer,detail\n1,x\n1,y\n2,\n3,"),
            ("exceptions", &exceptions),
        ],
        &[
            (
                "risk_points",
                "kind,uid,control,risk,weight,findings,points,excepted_findings,excepted_points
                 account,1,idle,3,10,2,20,0,0
                 account,2,idle,3,10,0,0,1,10
                 account,3,idle,3,10,1,10,0,0
                 identity,7,idle,3,10,2,20,1,10
                 identity,8,idle,3,10,1,10,0,0
                 organisation,1,idle,3,10,3,30,1,10",
            ),
            (
                "risk_scores",
                "kind,uid,score,score_rank,findings,worst_risk,excepted_score,excepted_findings
                 account,1,20,1,2,3,0,0
                 account,2,0,3,0,,10,1
                 account,3,10,2,1,3,0,0
                 identity,7,20,1,2,3,10,1
                 identity,8,10,2,1,3,0,0
                 organisation,1,30,1,3,3,10,1",
            ),
        ],
    );
    let table = report.tables.iter().find(|table| table.title == "highest risk scores: samples").expect("it is told");
    assert_eq!(table.rows[0], ["account", "1", "AD/ann", "20", "idle 2 x 10"]);
}

#[test]
fn a_conflict_counts_for_each_application_that_a_right_of_it_is_in() {
    check_stage(
        &duties(Holder::Account, between(&["ERP/CREATE"], &["CRM/PAY"]), Within::Anywhere),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("permissions", PERMISSIONS),
            ("uids", "kind,namespace,key,uid\napplication,'',ERP,1\napplication,'',CRM,2"),
            ("rights", "account_uid,permission_uid\n1,2\n1,4\n2,2\n2,4"),
        ],
        &[(
            "risk_scores",
            "kind,uid,score,score_rank\naccount,1,3,1\naccount,2,3,1\napplication,1,6,1\napplication,2,6,1",
        )],
    );
}
