//! Small tables in, small tables out.

mod causes;
mod kernels;
mod listings;
mod references;

use crate::collect::source::{SourceReport, SourceState, TableCounts};
use crate::settings::activate::{Activate, OnMissing, References};
use crate::stages::check::check_stage_with;

const AS_OF: &str = "2026-11-21";

fn source(name: &str, state: SourceState, table: &str, carrying: u64) -> SourceReport {
    let columns = vec!["employee_id".to_owned(), "family_name".to_owned(), "organisation".to_owned()];
    SourceReport {
        source: name.to_owned(),
        state,
        remarks: Vec::new(),
        drift: Vec::new(),
        files: Vec::new(),
        tables: vec![TableCounts { table: table.to_owned(), carrying, columns, ..TableCounts::default() }],
        stale_loads: 0,
        fingerprint: String::new(),
        configuration: String::new(),
        unknown: None,
        reused: false,
    }
}

const BEFORE: &str = "uid,employee_id,family_name,organisation,row_hash,source,stale_loads
1,E1,Berg,SALES,11,test,0
2,E2,Dahl,SALES,12,test,0
3,E3,Lund,,13,test,0";

const NOW: &str = "uid,employee_id,family_name,organisation,row_hash,source,stale_loads
1,E1,Berg,SALES,11,test,0
2,E2,Moe,SALES,22,test,0
4,E4,Vik,NOWHERE,14,test,0";

const UIDS: &str = "kind,namespace:text,key,uid
organisation,'',SALES,7";

#[test]
fn what_a_complete_source_no_longer_brings_is_deleted() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "identities", 0)],
        &[("before_identities", BEFORE), ("staged_identities", NOW), ("uids", UIDS)],
        &[
            ("identities", "uid,family_name,stale_loads\n1,Berg,0\n2,Moe,0\n4,Vik,0"),
            (
                "movements",
                "table_name,movement,kind,uid\nidentities,modified,identity,2\nidentities,deleted,identity,3\nidentities,new,identity,4",
            ),
            ("changes", "uid,attribute,old_value,new_value\n2,family_name,Dahl,Moe"),
        ],
    );
}

#[test]
fn what_a_failed_source_does_not_bring_is_carried_and_stale() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Failed, "identities", 0)],
        &[("before_identities", BEFORE), ("uids", UIDS)],
        &[("identities", "uid,stale_loads\n1,1\n2,1\n3,1"), ("movements", "uid\n")],
    );
}

#[test]
fn a_rejected_row_with_a_readable_key_deletes_nothing() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "identities", 1)],
        &[
            ("before_identities", BEFORE),
            ("staged_identities", NOW),
            ("staged_rejects", "source,table_name,reason,kind,uid\ntest,identities,no date,identity,3"),
            ("uids", UIDS),
        ],
        &[("identities", "uid,stale_loads\n1,0\n2,0\n3,1\n4,0"), ("movements", "movement,uid\nmodified,2\nnew,4")],
    );
}

#[test]
fn an_absent_identity_is_carried_within_its_grace() {
    let before = BEFORE.replace("3,E3,Lund,,13,test,0", "3,E3,Lund,,13,test,1\n5,E5,Ness,,15,test,2");
    let listings = "uid,source,missed_loads,last_listed_on,missed_on
        1,test,0,,\n2,test,0,,\n3,test,1,2026-11-07,2026-11-14\n5,test,2,2026-10-31,2026-11-07";
    check_stage_with(
        &Activate { grace_loads: 2, ..Activate::default() },
        AS_OF,
        &[source("test", SourceState::Complete, "identities", 0)],
        &[("before_identities", &before), ("before_listings", listings), ("staged_identities", NOW), ("uids", UIDS)],
        &[
            (
                "absences",
                "uid,missed_loads,last_listed_on,missed_on,is_gone
                 3,2,2026-11-07,2026-11-14,false\n5,3,2026-10-31,2026-11-07,true",
            ),
            ("identities", "uid,stale_loads\n1,0\n2,0\n3,2\n4,0"),
            ("movements", "movement,uid\nmodified,2\nnew,4\ndeleted,5"),
        ],
    );
}

const ACCOUNTS: &str = "uid,repository,identifier,row_hash,source,stale_loads\n1,AD,ann,1,test,0\n2,AD,bob,2,test,0";
const GROUPS: &str = "uid,repository,code,row_hash,source,stale_loads\n1,AD,G1,1,test,0";
const LINKED: &str = "kind,namespace,key,uid\naccount,AD,ann,1\naccount,AD,bob,2\naccount,AD,gone,3\ngroup,AD,G1,1";

#[test]
fn a_membership_of_an_account_that_left_stays_as_text() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "memberships", 0)],
        &[
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("staged_memberships", "account_uid,group_uid,role,source,stale_loads\n1,1,chair,test,0\n3,1,,test,0"),
            ("uids", LINKED),
        ],
        &[
            ("memberships", "account_uid,group_uid,role\n1,1,chair"),
            (
                "unresolved_memberships",
                "account_repository,account_key,group_repository,group_key,problem_column,problem\nAD,gone,AD,G1,account,absent",
            ),
            ("reference_problems", "table_name,column_name,problem,key\nmemberships,account,absent,gone"),
        ],
    );
}

#[test]
fn relations_move_by_their_pair_and_change_what_both_ends_hold() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "memberships", 0)],
        &[
            ("before_memberships", "account_uid,group_uid,role,source,stale_loads\n1,1,member,test,0\n2,1,,test,0"),
            ("before_accounts", ACCOUNTS),
            ("before_groups", GROUPS),
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("staged_memberships", "account_uid,group_uid,role,source,stale_loads\n1,1,chair,test,0"),
            ("uids", LINKED),
        ],
        &[
            (
                "movements",
                "table_name,movement,kind,uid,related_kind,related_uid\nmemberships,modified,account,1,group,1
                 memberships,deleted,account,2,group,1",
            ),
            (
                "link_changes",
                "kind,uid,change,related_kind,related_uid\naccount,2,lost,group,1\ngroup,1,lost,account,2",
            ),
        ],
    );
}

#[test]
fn what_a_complete_source_no_longer_fills_is_deleted() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "accounts", 0)],
        &[("before_identities", BEFORE), ("staged_accounts", ACCOUNTS), ("uids", UIDS)],
        &[
            ("identities", "uid\n"),
            ("accounts", "uid\n1\n2"),
            (
                "movements",
                "table_name,movement,uid\nidentities,deleted,1\nidentities,deleted,2\nidentities,deleted,3
                 accounts,new,1\naccounts,new,2",
            ),
        ],
    );
}

#[test]
fn what_a_retired_source_alone_filled_is_deleted_and_lost_to_both_ends() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "accounts", 0)],
        &[
            ("before_memberships", "account_uid,group_uid,role,source,stale_loads\n1,1,,mainframe,0"),
            ("before_unresolved_memberships", &format!("{SIDE}\nAD,x,,,AD,G1,,account,unknown,mainframe")),
            ("before_accounts", ACCOUNTS),
            ("before_groups", GROUPS),
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("uids", LINKED),
        ],
        &[
            ("memberships", "account_uid\n"),
            ("unresolved_memberships", "account_key\n"),
            (
                "movements",
                "table_name,movement,uid,related_uid\nmemberships,deleted,1,1\nunresolved_memberships,deleted,,",
            ),
            (
                "link_changes",
                "kind,uid,change,related_kind,related_uid\naccount,1,lost,group,1\ngroup,1,lost,account,1",
            ),
        ],
    );
}

#[test]
fn a_source_that_changes_its_columns_still_carries() {
    let before = BEFORE
        .replace("stale_loads\n", "stale_loads,old_column\n")
        .replace("test,0\n", "test,0,x\n")
        .replace("13,test,0", "13,test,0,x");
    let now = NOW
        .replace("stale_loads\n", "stale_loads,new_column:integer\n")
        .replace("test,0\n", "test,0,5\n")
        .replace("14,test,0", "14,test,0,5");
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Partial, "identities", 0)],
        &[("before_identities", &before), ("staged_identities", &now), ("uids", UIDS)],
        &[("identities", "uid,stale_loads,new_column,old_column\n1,0,5,\n2,0,5,\n3,1,,x\n4,0,5,")],
    );
}

const SIDE: &str = "account_repository,account_key,member_group_repository,member_group_key,group_repository,group_key,role,problem_column,problem,source";

#[test]
fn unresolved_rows_of_a_source_that_changes_its_columns_are_carried_once() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Partial, "memberships", 0)],
        &[
            (
                "before_unresolved_memberships",
                &format!(
                    "{SIDE},old_column\nAD,x,,,AD,G1,,account,unknown,test,o\nAD,y,,,AD,G1,,account,unknown,test,o"
                ),
            ),
            ("before_memberships", "account_uid,group_uid,source,stale_loads,old_column\n1,1,test,0,o"),
            ("staged_unresolved_memberships", &format!("{SIDE},new_column\nAD,x,,,AD,G1,,account,unknown,test,n")),
            ("staged_memberships", "account_uid,group_uid,source,stale_loads,new_column\n2,1,test,0,n"),
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("uids", LINKED),
        ],
        &[
            ("memberships", "account_uid,stale_loads,new_column,old_column\n1,1,,o\n2,0,n,"),
            ("unresolved_memberships", "account_key,new_column,old_column\nx,n,\ny,,o"),
        ],
    );
}

const MEMBERS_FAILED: [(&str, SourceState, &str); 2] =
    [("members", SourceState::Failed, "memberships"), ("test", SourceState::Complete, "accounts")];

fn members_failed() -> Vec<SourceReport> {
    MEMBERS_FAILED.map(|(name, state, table)| SourceReport { stale_loads: 4, ..source(name, state, table, 0) }).into()
}

#[test]
fn a_carried_membership_of_an_account_that_left_stays_as_text() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &members_failed(),
        &[
            (
                "before_memberships",
                "account_uid,group_uid,role,source,stale_loads\n1,1,chair,members,0\n3,1,clerk,members,0",
            ),
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("uids", LINKED),
        ],
        &[
            ("memberships", "account_uid,group_uid,role,stale_loads\n1,1,chair,1"),
            (
                "unresolved_memberships",
                "account_repository,account_key,group_repository,group_key,role,problem_column,problem,source
                 AD,gone,AD,G1,clerk,account,absent,members",
            ),
            ("reference_problems", "table_name,column_name,problem,key\nmemberships,account,absent,gone"),
        ],
    );
}

#[test]
fn carried_text_becomes_a_membership_again_when_its_account_is_back() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &members_failed(),
        &[
            (
                "before_unresolved_memberships",
                &format!(
                    "{SIDE}\nAD,bob,,,AD,G1,clerk,account,absent,members
                     ,ann,,,AD,G1,,account,unknown,members
                     AD,new,,,AD,G1,,account,unknown,members
                     AD,gone,,,AD,G1,,account,unknown,members"
                ),
            ),
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("uids", LINKED),
        ],
        &[
            ("memberships", "account_uid,group_uid,role,source,stale_loads\n1,1,,members,4\n2,1,clerk,members,4"),
            (
                "unresolved_memberships",
                "account_key,role,problem_column,problem\nnew,,account,unknown\ngone,,account,absent",
            ),
        ],
    );
}
