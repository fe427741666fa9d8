//! Small tables in, small tables out.

mod kernels;

use super::effective_rights_models;
use crate::ids::StageName;
use crate::stages::check::{Alone, Csv, check_stage};

#[track_caller]
fn check(inputs: &[Csv<'_>], expected: &[Csv<'_>]) {
    check_stage(&Alone(StageName::Reconcile, effective_rights_models), "2026-11-21", inputs, expected);
}

/// Permission 10 includes 11, which includes 12; 20 stands alone.
const ROLES: Csv<'_> = (
    "permission_closure",
    "permission_uid,included_uid,depth\n10,10,0\n10,11,1\n10,12,2\n11,11,0\n11,12,1\n12,12,0\n20,20,0",
);

/// Group 1 lies inside 2, 2 inside 3 and 3 inside 2.
const GROUPS: Csv<'_> =
    ("group_closure", "group_uid,ancestor_uid,depth\n1,1,0\n1,2,1\n1,3,2\n2,2,0\n2,3,1\n3,3,0\n3,2,1");

const OWNED: Csv<'_> = ("ownership", "account_uid,identity_uid,ownerless\n1,100,\n2,100,\n3,200,\n4,,service");

const ALL: &str = "identity_uid,permission_uid,perimeter,is_direct,is_through_group,is_through_role";

#[test]
fn several_accounts_give_one_row_and_ownerless_ones_none() {
    check(
        &[ROLES, GROUPS, OWNED, ("rights", "account_uid,group_uid,permission_uid\n1,,20\n2,,20\n3,,20\n4,,20\n9,,20")],
        &[("effective_rights", &format!("{ALL}\n100,20,,true,false,false\n200,20,,true,false,false"))],
    );
}

#[test]
fn a_right_of_an_outer_group_reaches_the_members_of_inner_ones_around_a_cycle() {
    check(
        &[
            ROLES,
            GROUPS,
            OWNED,
            ("memberships", "account_uid,member_group_uid,group_uid\n1,,1\n2,,2\n3,,3\n,1,2"),
            ("rights", "account_uid,group_uid,permission_uid\n,3,20\n,1,12\n1,,12"),
        ],
        &[(
            "effective_rights",
            &format!("{ALL}\n100,20,,false,true,false\n200,20,,false,true,false\n100,12,,true,true,false"),
        )],
    );
}

#[test]
fn a_role_brings_what_it_includes_and_is_direct_only_itself() {
    check(
        &[ROLES, GROUPS, OWNED, ("rights", "account_uid,group_uid,permission_uid\n3,,10\n3,,12\n3,,77")],
        &[(
            "effective_rights",
            &format!("{ALL}\n200,10,,true,false,false\n200,11,,false,false,true\n200,12,,true,false,true"),
        )],
    );
}

#[test]
fn each_perimeter_is_a_right_of_its_own() {
    check(
        &[
            ROLES,
            GROUPS,
            OWNED,
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n3,,11,FR\n3,,11,\n3,,12,FR"),
        ],
        &[(
            "effective_rights",
            &format!(
                "{ALL}\n200,11,FR,true,false,false\n200,11,,true,false,false\n200,12,FR,true,false,true\n200,12,,false,false,true"
            ),
        )],
    );
}

#[test]
fn people_of_both_loads_gain_and_lose_permissions() {
    check(
        &[
            ROLES,
            GROUPS,
            ("ownership", "account_uid,identity_uid\n1,100\n2,300\n3,200"),
            ("identities", "uid,employee_id\n100,A\n300,C"),
            ("before_identities", "uid,employee_id\n100,A\n200,B"),
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,20,FR\n1,,12,\n2,,20,"),
            ("before_effective_rights", "identity_uid,permission_uid,perimeter\n100,20,\n100,12,\n200,20,"),
        ],
        &[(
            "link_changes",
            "kind,uid,change,related_kind,related_uid,detail\nidentity,100,gained,permission,20,FR\nidentity,100,lost,permission,20,",
        )],
    );
}

#[test]
fn permissions_and_applications_of_both_loads_gain_and_lose_people_whoever_these_are() {
    let catalogue = "uid,application,code\n12,CRM,A\n20,ERP,B\n11,ERP,C";
    check(
        &[
            ROLES,
            GROUPS,
            ("ownership", "account_uid,identity_uid\n1,100\n2,300\n3,200"),
            ("identities", "uid,employee_id\n100,A\n300,C"),
            ("before_identities", "uid,employee_id\n100,A\n200,B"),
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,20,FR\n1,,12,\n2,,20,"),
            ("before_effective_rights", "identity_uid,permission_uid,perimeter\n100,20,\n200,20,\n200,11,\n200,12,"),
            ("applications", "uid,code\n1,ERP\n2,CRM"),
            ("before_applications", "uid,code\n1,ERP\n2,CRM"),
            ("permissions", catalogue),
            ("before_permissions", "uid,application,code\n12,CRM,A\n20,ERP,B"),
        ],
        &[(
            "link_changes",
            "kind,uid,change,related_kind,related_uid,detail,table_name,cause
             identity,100,gained,permission,20,FR,effective_rights,data
             identity,100,lost,permission,20,,effective_rights,data
             identity,100,gained,permission,12,,effective_rights,data
             permission,20,gained,identity,100,FR,effective_rights,data
             permission,20,lost,identity,100,,effective_rights,data
             permission,12,gained,identity,100,,effective_rights,data
             permission,20,gained,identity,300,,effective_rights,data
             permission,20,lost,identity,200,,effective_rights,data
             permission,12,lost,identity,200,,effective_rights,data
             application,2,gained,identity,100,,effective_rights,data
             application,1,gained,identity,300,,effective_rights,data
             application,1,lost,identity,200,,effective_rights,data
             application,2,lost,identity,200,,effective_rights,data",
        )],
    );
}

#[test]
fn without_effective_rights_in_the_parent_nothing_is_gained() {
    check(
        &[
            ROLES,
            OWNED,
            ("identities", "uid,employee_id\n100,A"),
            ("before_identities", "uid,employee_id\n100,A"),
            ("rights", "account_uid,permission_uid\n1,20"),
        ],
        &[("effective_rights", "identity_uid\n100"), ("link_changes", "uid\n")],
    );
}
