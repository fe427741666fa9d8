//! Small tables in, small tables out.

mod kernels;

use super::{Managed, identity_movement_models};
use crate::ids::StageName;
use crate::stages::check::{Alone, Csv, check_stage};
use crate::stages::{Context, Stage};

fn identity_movements(managed: Managed) -> impl Stage {
    Alone(StageName::Managers, move |context: &Context<'_>| identity_movement_models(context, managed))
}

const NOW: Csv<'_> = (
    "identities",
    "uid,employee_id,organisation,organisation_uid,job_code,job_title\n1,E1,NEW,2,J1,Clerk\n2,E2,OLD,,,Chief\n3,E3,RENAMED,1,J2,\n4,E4,,,,",
);
const BEFORE: Csv<'_> = (
    "before_identities",
    "uid,employee_id,organisation,organisation_uid,job_code,job_title\n1,E1,OLD,1,J1,Assistant\n2,E2,OLD,1,,Clerk\n3,E3,OLD,1,J1,\n8,E8,OLD,1,J1,",
);

const RIGHTS_BEFORE: Csv<'_> = ("before_effective_rights", "identity_uid,permission_uid\n1,1");

#[test]
fn whether_rights_moved_is_unknown_where_the_parent_did_not_compute_them() {
    let expected = ("identity_movements", "uid,is_permission_changed\n1,\n2,\n3,");
    check_stage(&identity_movements(Managed::No), "2026-11-21", &[NOW, BEFORE], &[expected]);
}

#[test]
fn identities_move_with_their_unit_their_job_their_accounts_and_their_rights() {
    check_stage(
        &identity_movements(Managed::No),
        "2026-11-21",
        &[
            NOW,
            BEFORE,
            ("ownership", "account_uid,identity_uid\n1,1\n2,2\n3,1"),
            ("before_ownership", "account_uid,identity_uid\n1,1\n2,2"),
            RIGHTS_BEFORE,
            (
                "link_changes",
                "kind,uid,change,related_kind,related_uid,detail\nidentity,2,gained,permission,1,FR\naccount,3,lost,permission,1,",
            ),
        ],
        &[(
            "identity_movements",
            "uid,is_organisation_changed,is_job_changed,is_account_changed,is_permission_changed,is_manager_changed
             1,true,false,true,false,\n2,false,true,false,true,\n3,false,true,false,false,",
        )],
    );
}

#[test]
fn identities_move_with_their_managers_where_both_loads_know_them() {
    let changes = "kind,uid,change,related_kind,related_uid,detail\nidentity,1,gained,identity,2,manager\nidentity,2,gained,account,7,\naccount,3,gained,identity,1,manager";
    let tables = [NOW, BEFORE, ("link_changes", changes)];
    let expected = |rows: &str| {
        let expected = format!("uid,is_manager_changed\n{rows}");
        let with_managers = [&tables[..], &[("before_managers", "kind,uid,identity_uid\n")]].concat();
        check_stage(
            &identity_movements(Managed::Yes),
            "2026-11-21",
            &with_managers,
            &[("identity_movements", &expected)],
        );
    };
    expected("1,true\n2,false\n3,false");
    let unknown = "uid,is_manager_changed\n1,\n2,\n3,";
    check_stage(&identity_movements(Managed::Yes), "2026-11-21", &tables, &[("identity_movements", unknown)]);
}
