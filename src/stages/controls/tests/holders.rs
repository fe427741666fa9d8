//! Permissions that are for a population, and how the answers of two rules overlap.

use super::*;
use crate::settings::controls::Overlap;

const PEOPLE: (&str, &str) = ("identities", "uid,employee_id,job_code\n7,E7,PAY\n8,E8,CLERK\n9,E9,PAY\n10,E10,CLERK");
/// 2 includes 1.
const ROLES: (&str, &str) = ("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n2,2,0\n2,1,1\n3,3,0");
const CATALOGUE: (&str, &str) = ("permissions", "uid,application,code\n1,ERP,PAY\n2,ERP,ALL\n3,ERP,READ");

fn holders(gap: Gap) -> Control {
    let text = "i.job_code = 'PAY' -- theirs";
    let file = SourceFile::new("controls/x.toml", text);
    let population = SqlText { text: text.to_owned(), place: Place::new(&file, 0..text.len()) };
    control("pay", Check::PermissionHolders { permissions: names(&["ERP/PAY", "ERP/GONE"]), population, gap })
}

#[test]
fn whoever_holds_what_is_for_others_is_found_with_the_rights_that_bring_it_active_or_not() {
    check_stage(
        &only(holders(Gap::Over)),
        AS_OF,
        &[
            PEOPLE,
            CATALOGUE,
            ROLES,
            ("identity_status", "uid,status\n7,active\n8,active\n9,active\n10,inactive"),
            ("accounts", "uid,repository,identifier\n1,ERP,ann\n2,ERP,bob\n3,ERP,cat"),
            ("ownership", "account_uid,identity_uid\n1,7\n2,8\n3,10"),
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,1,\n2,,2,FR\n,50,1,\n2,,3,"),
            ("memberships", "account_uid,group_uid\n3,50"),
            ("group_closure", "group_uid,ancestor_uid,depth\n50,50,0"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n7,1,\n8,2,FR\n8,1,FR\n8,3,\n10,1,\n11,1,"),
        ],
        &[
            (
                "findings",
                "control,kind,uid,detail,state\npay,identity,8,ERP/PAY,opened\npay,identity,10,ERP/PAY,opened",
            ),
            (
                "finding_causes",
                "uid,detail,account_uid,group_uid,permission_uid,wanted_uid,perimeter\n8,ERP/PAY,2,,2,1,FR\n10,ERP/PAY,3,50,1,1,",
            ),
        ],
    );
}

#[test]
fn whoever_is_active_and_lacks_what_the_population_should_hold_is_found() {
    check_stage(
        &only(holders(Gap::Under)),
        AS_OF,
        &[
            ("identities", "uid,employee_id,job_code\n7,E7,PAY\n8,E8,CLERK\n9,E9,PAY\n10,E10,PAY\n11,E11,PAY"),
            CATALOGUE,
            ROLES,
            ("identity_status", "uid,status\n7,active\n8,active\n9,active\n10,inactive\n11,active"),
            ("effective_rights", "identity_uid,permission_uid,perimeter\n7,1,DE\n9,3,"),
        ],
        &[("findings", "uid,detail\n9,ERP/PAY\n11,ERP/PAY"), ("finding_causes", "uid\n")][..1],
    );
}

#[test]
fn two_answers_overlap_in_both_in_one_alone_or_in_either() {
    let rule = |id: &str| id.parse().expect("a rule id");
    for (result, found) in
        [(Overlap::Both, "2"), (Overlap::FirstOnly, "1"), (Overlap::SecondOnly, "3"), (Overlap::Either, "1\n2\n3")]
    {
        let check = Check::Overlap { rules: [rule("idle"), rule("admin")], subject: Kind::Account, result };
        check_stage(
            &only(control("both", check)),
            AS_OF,
            &[
                ("accounts", ACCOUNTS),
                ("rule_idle", "uid:integer,detail:text\n1,a\n2,b\n2,c\n,d"),
                ("rule_admin", "account_uid:integer\n2\n3\n3"),
            ],
            &[(
                "findings",
                &format!(
                    "kind,uid,detail\n{}",
                    found.lines().map(|uid| format!("account,{uid},")).collect::<Vec<_>>().join("\n")
                ),
            )],
        );
    }
}
