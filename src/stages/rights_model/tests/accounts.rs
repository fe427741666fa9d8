//! The accounts that gaps are about.

use super::*;

#[test]
fn what_is_too_much_names_every_account_group_and_role_that_brings_it_and_what_is_missing_where_it_could_be_held() {
    let report = check_policy(
        RightsModelPolicy {
            tell_accounts: true,
            ..policy(false, vec![grant("buyers", "uid = 2", &["ERP/BUYER"], &[]), grant("crm", "uid < 3", &["CRM/READ"], &[]), grant("also", "uid = 2", &["CRM/READ"], &[])])
        },
        &[
            ("accounts", "uid,repository,identifier\n100,AD,ann\n101,ERP,ANN\n102,ERP,BOB\n103,ERP,X"),
            ("ownership", "account_uid,identity_uid\n100,1\n101,1\n102,2\n103,"),
            // Role 10 includes 11 and 12. The account ERP/ANN holds 11 itself; AD/ann is in a group inside one with 10.
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n101,,11,FR\n,51,10,\n102,,30,\n103,,10,"),
            ("memberships", "account_uid,group_uid\n100,50"),
            ("group_closure", "group_uid,ancestor_uid,depth\n50,50,0\n50,51,1\n51,51,0"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,10,\n1,11,\n1,11,FR\n1,12,\n1,12,FR\n2,30,"),
        ],
        &[(
            "gap_accounts",
            "identity_uid,permission_uid,gap,account_uid,group_uid,held_uid,held_perimeter,rule
             1,10,over,100,51,10,,\n1,11,over,100,51,10,,\n1,11,over,101,,11,FR,\n1,12,over,100,51,10,,\n1,12,over,101,,11,FR,
             1,20,under,,,,,crm
             2,10,under,,,,,buyers\n2,11,under,,,,,buyers\n2,12,under,,,,,buyers\n2,20,under,102,,,,also\n2,20,under,102,,,,crm",
        )],
    );
    let told = report.tables.iter().find(|table| table.title == "held without reason, by repository").expect("a table");
    assert_eq!(told.rows, [["AD", "1", "1", "3"], ["ERP", "1", "1", "2"]]);
}

#[test]
fn where_perimeters_are_judged_each_gap_names_the_accounts_of_its_own() {
    check_policy(
        RightsModelPolicy {
            tell_accounts: true,
            perimeters: Perimeters::Judged,
            ..policy(false, vec![grant("none", "FALSE", &["CRM/READ"], &[])])
        },
        &[
            ("ownership", "account_uid,identity_uid\n100,1\n101,1"),
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n100,,20,FR\n101,,20,"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR\n1,20,"),
        ],
        &[("gap_accounts", "perimeter,account_uid,held_perimeter\nFR,100,FR\n,101,")],
    );
}

#[test]
fn each_account_keeps_the_day_on_which_the_gap_was_first_about_it_whichever_group_brings_it() {
    check_policy(
        RightsModelPolicy {
            tell_accounts: true,
            perimeters: Perimeters::Judged,
            ..policy(false, vec![grant("buyers", "uid = 2", &["ERP/READ"], &[]), grant("none", "FALSE", &["CRM/READ"], &[])])
        },
        &[
            ("ownership", "account_uid,identity_uid\n100,1\n101,1\n102,2"),
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n100,,20,FR\n,51,20,FR\n101,,20,FR\n101,,20,DE\n102,,11,"),
            ("memberships", "account_uid,group_uid\n100,51"),
            ("group_closure", "group_uid,ancestor_uid,depth\n51,51,0"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n1,20,FR\n1,20,DE"),
            (
                "before_gap_accounts",
                "identity_uid,permission_uid,gap,perimeter,account_uid,group_uid,held_uid,held_perimeter,rule,first_seen_on
                 1,20,over,FR,100,50,20,FR,,2026-10-02\n1,20,over,FR,100,51,20,FR,,2026-10-01\n1,20,over,US,101,,20,US,,2026-10-03
                 2,12,under,,,,,,buyers,2026-10-04",
            ),
        ],
        &[(
            "gap_accounts",
            // ERP/ORDER of 102 includes ERP/READ, but it is not told as held: 102 is an account where it could be.
            "identity_uid,permission_uid,gap,perimeter,account_uid,group_uid,rule,first_seen_on
             1,20,over,DE,101,,,2026-11-21\n1,20,over,FR,100,,,2026-10-01\n1,20,over,FR,100,51,,2026-10-01\n1,20,over,FR,101,,,2026-11-21
             2,12,under,,102,,buyers,2026-11-21",
        )],
    );
}
