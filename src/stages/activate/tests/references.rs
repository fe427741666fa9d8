//! References that lead nowhere: kept, rejected, or answered by a stub.

use super::*;

#[test]
fn a_reference_that_leads_nowhere_is_kept_and_told() {
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "identities", 0)],
        &[("staged_identities", NOW), ("uids", UIDS)],
        &[
            ("identities", "uid,organisation,organisation_uid\n1,SALES,7\n2,SALES,7\n4,NOWHERE,"),
            (
                "reference_problems",
                "column_name,problem,key,occurrences\norganisation,absent,SALES,2\norganisation,unknown,NOWHERE,1",
            ),
        ],
    );
}

fn referring(table: &str, column: &str, on_missing: OnMissing) -> Activate {
    let references = References([((table.to_owned(), column.to_owned()), on_missing)].into());
    Activate { references, ..Activate::default() }
}

#[test]
fn a_membership_of_an_account_that_left_is_a_reject_where_the_plan_says_so() {
    check_stage_with(
        &referring("memberships", "account", OnMissing::Reject),
        AS_OF,
        &[source("test", SourceState::Complete, "memberships", 0)],
        &[
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            (
                "staged_memberships",
                "account_uid,member_group_uid,group_uid,source,stale_loads\n1,,1,test,0\n3,,1,test,0\n1,,9,test,0",
            ),
            ("staged_rejects", "source,table_name,file,line,reason\ntest,memberships,a.csv,7,no group"),
            ("uids", &format!("{LINKED}\ngroup,AD,G9,9")),
        ],
        &[
            ("memberships", "account_uid,group_uid\n1,1"),
            ("unresolved_memberships", "account_key,group_key,problem_column\nann,G9,group"),
            (
                "rejects",
                "source,table_name,line,column_name,reason,raw
                 test,memberships,7,,no group,
                 test,memberships,,account,the account `gone` is not in this load,account=gone group=G1",
            ),
        ],
    );
}

#[test]
fn an_object_that_nobody_lists_is_made_where_the_plan_says_so() {
    check_stage_with(
        &referring("memberships", "account", OnMissing::Stub),
        AS_OF,
        &[source("test", SourceState::Complete, "memberships", 0), members_failed().remove(0)],
        &[
            (
                "before_accounts",
                "uid,repository,identifier,row_hash,source,stale_loads\n1,AD,ann,1,test,0\n2,AD,bob,0,(stub),0",
            ),
            ("before_memberships", "account_uid,group_uid,source,stale_loads\n4,1,members,0"),
            ("staged_accounts", ACCOUNTS),
            ("staged_groups", GROUPS),
            ("staged_memberships", "account_uid,group_uid,source,stale_loads\n1,1,test,0\n3,1,test,0"),
            ("uids", &format!("{LINKED}\naccount,AD,old,4")),
        ],
        &[
            (
                "accounts",
                "uid,repository,identifier,source\n1,AD,ann,test\n2,AD,bob,test\n3,AD,gone,(stub)\n4,AD,old,(stub)",
            ),
            ("memberships", "account_uid\n1\n3\n4"),
            ("unresolved_memberships", "account_key\n"),
            (
                "reference_problems",
                "table_name,column_name,problem,kind,key\naccounts,identifier,stub,account,gone\naccounts,identifier,stub,account,old",
            ),
            (
                "movements",
                "table_name,movement,uid\naccounts,modified,2\naccounts,new,3\naccounts,new,4\ngroups,new,1\nmemberships,new,1\nmemberships,new,3",
            ),
        ],
    );
}

#[test]
fn a_unit_that_people_name_and_nobody_lists_is_made_where_the_plan_says_so() {
    check_stage_with(
        &referring("identities", "organisation", OnMissing::Stub),
        AS_OF,
        &[source("test", SourceState::Complete, "identities", 0)],
        &[("staged_identities", NOW), ("uids", &format!("{UIDS}\norganisation,'',NOWHERE,8"))],
        &[
            ("organisations", "uid,code,source\n7,SALES,(stub)\n8,NOWHERE,(stub)"),
            ("identities", "uid,organisation_uid\n1,7\n2,7\n4,8"),
            ("reference_problems", "problem,key\nstub,SALES\nstub,NOWHERE"),
        ],
    );
}
