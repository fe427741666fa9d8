//! Pairs of duties: of a matrix, and over activities.

use proptest::prelude::*;

use super::*;
use crate::collect::key::KeyForms;
use crate::settings::duties::{Duty, Pair, Term};
use crate::stages::check::rows;

/// An activity by its ways: `a & b & !c | d`, of permissions of the ERP.
pub(super) fn activity(name: &str, ways: &str) -> Duty {
    let permission =
        |code: &str| PermissionName::parse(&format!("ERP/{code}"), &KeyForms::default()).expect("a permission");
    let term = |way: &str| {
        let (not_held, held): (Vec<&str>, Vec<&str>) =
            way.split('&').map(str::trim).partition(|code| code.starts_with('!'));
        Term {
            held: held.into_iter().map(permission).collect(),
            not_held: not_held.into_iter().map(|code| permission(&code[1..])).collect(),
        }
    };
    Duty { name: name.to_owned(), terms: ways.split('|').map(term).collect() }
}

pub(super) fn permission(code: &str) -> Duty {
    Duty { name: format!("ERP/{code}"), ..activity("", code) }
}

fn pairs(on: Holder, within: Within, pairs: Vec<Pair>) -> Controls {
    only(control("sod", Check::SegregationOfDuties { on, conflict: Conflict::Pairs(pairs), within }))
}

#[test]
fn a_pair_of_a_matrix_is_found_with_its_own_risk() {
    let rated = Pair { risk: Some(5), ..Pair::new(Some("S1".to_owned()), permission("PAY"), permission("CREATE")) };
    let plain = Pair::new(None, permission("PAY"), permission("READ"));
    let report = check_stage(
        &pairs(Holder::Identity, Within::Anywhere, vec![rated, plain]),
        AS_OF,
        &[
            ("identities", "uid,employee_id\n1,E1\n2,E2"),
            ("permissions", "uid,application,code\n1,ERP,PAY\n2,ERP,CREATE\n4,CRM,PAY"),
            ("ownership", "account_uid,identity_uid\n7,1"),
            ("rights", "account_uid,permission_uid\n7,1\n7,2"),
            ("effective_rights", "identity_uid,permission_uid\n1,1\n1,2\n2,2\n2,4"),
            (
                "before_findings",
                "control,kind,uid,detail,state,opened_on,first_opened_on,risk\nsod,identity,2,GONE,opened,2026-11-14,2026-11-14,5",
            ),
        ],
        &[
            ("findings", "uid,detail,state,risk\n1,S1: ERP/PAY + ERP/CREATE,opened,5\n2,GONE,fixed,3"),
            (
                "finding_causes",
                "uid,detail,account_uid,wanted_uid\n1,S1: ERP/PAY + ERP/CREATE,7,1\n1,S1: ERP/PAY + ERP/CREATE,7,2",
            ),
            (
                "duty_pairs",
                "control,detail,rule,risk,left_duty,right_duty\nsod,S1: ERP/PAY + ERP/CREATE,S1,5,ERP/PAY,ERP/CREATE\nsod,ERP/PAY + ERP/READ,,,ERP/PAY,ERP/READ",
            ),
        ],
    );
    let unknown = report.tables.iter().find(|table| table.title.starts_with("permissions that controls name"));
    assert_eq!(unknown.expect("it is told").rows, [["sod", "ERP/READ"]]);
}

#[test]
fn an_activity_is_exercised_where_all_it_asks_for_is_held_and_nothing_it_excludes() {
    // READ resolves the conflict where it is held: a second person reads along.
    let supply = activity("supply", "CREATE & !READ | ALL");
    let pay = activity("pay", "PAY");
    let tables = [
        ("identities", "uid,employee_id\n1,E1\n2,E2\n3,E3\n4,E4\n5,E5"),
        ("permissions", PERMISSIONS),
        (
            "effective_rights",
            // 1: everywhere but in FR. 2: in FR alone, where it is excluded. 3: in different places. 4: through ALL. 5: excluded everywhere.
            "identity_uid,permission_uid,perimeter\n1,1,\n1,2,\n1,3,FR\n2,1,FR\n2,2,FR\n2,3,FR\n3,1,DE\n3,2,FR\n4,1,DE\n4,5,\n4,3,\n5,1,DE\n5,2,\n5,3,",
        ),
    ];
    for (within, found) in [(Within::SamePerimeter, "1\n4"), (Within::Anywhere, "3\n4")] {
        let pair = Pair::new(None, supply.clone(), pay.clone());
        let expected = format!("uid\n{found}");
        check_stage(&pairs(Holder::Identity, within, vec![pair]), AS_OF, &tables, &[("findings", &expected)]);
    }
}

#[test]
fn only_rights_by_which_both_duties_are_exercised_in_one_place_are_causes() {
    let supply = activity("supply", "CREATE & READ | ALL");
    let pair = Pair::new(None, supply, permission("PAY"));
    check_stage(
        &pairs(Holder::Account, Within::SamePerimeter, vec![pair]),
        AS_OF,
        &[
            ("accounts", ACCOUNTS),
            ("permissions", PERMISSIONS),
            ("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n2,2,0\n3,3,0\n5,5,0"),
            ("group_closure", "group_uid,ancestor_uid,depth\n10,10,0\n11,11,0\n11,10,1"),
            ("memberships", "account_uid,group_uid\n1,11"),
            // CREATE alone, in FR, adds up to nothing; ALL in DE does, and PAY is everywhere.
            ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,2,FR\n1,,5,DE\n,10,1,\n1,,3,DE"),
        ],
        &[
            ("findings", "uid,detail\n1,supply + ERP/PAY"),
            ("finding_causes", "account_uid,group_uid,permission_uid,wanted_uid,perimeter\n1,,5,5,DE\n1,10,1,1,"),
        ],
    );
}

pub(super) const PLACES: [&str; 3] = ["", "DE", "FR"];
pub(super) const CODES: [&str; 5] = ["PAY", "CREATE", "READ", "X", "ALL"];

/// Who exercises a duty at a place, as one would say it.
pub(super) fn exercises(duty: &Duty, held: &[(u8, usize)], place: &str) -> bool {
    let holds = |name: &PermissionName| {
        held.iter().any(|(permission, at)| {
            CODES[usize::from(*permission) - 1] == name.code && (PLACES[*at].is_empty() || PLACES[*at] == place)
        })
    };
    duty.terms.iter().any(|term| term.held.iter().all(holds) && !term.not_held.iter().any(holds))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_found_is_what_somebody_exercises_at_a_place(
        held in proptest::collection::vec((1..4_u8, 1..6_u8, 0..3_usize), 0..20),
        which in 0..4_usize,
        in_one_place in any::<bool>(),
    ) {
        let left = activity("left", ["PAY", "PAY & !X", "PAY & READ | CREATE & !X", "ALL | X & !PAY"][which]);
        let right = activity("right", ["CREATE", "READ | ALL & !PAY", "X | PAY", "READ & CREATE | ALL"][which]);
        let within = if in_one_place { Within::SamePerimeter } else { Within::Anywhere };
        let mut expected = String::from("uid");
        for person in 1..4_u8 {
            let own: Vec<(u8, usize)> = held.iter().filter(|(who, ..)| *who == person)
                .map(|(_, permission, place)| (*permission, if in_one_place { *place } else { 0 })).collect();
            // A place that nobody names stands for all of these.
            if ["DE", "FR", "elsewhere"].iter().any(|place| exercises(&left, &own, place) && exercises(&right, &own, place)) {
                expected.push_str(&format!("\n{person}"));
            }
        }
        let rights = rows("identity_uid,permission_uid,perimeter", &held, |(person, permission, place)| {
            format!("{person},{permission},{}", PLACES[*place])
        });
        check_stage(
            &pairs(Holder::Identity, within, vec![Pair::new(None, left, right)]),
            AS_OF,
            &[
                ("identities", "uid,employee_id\n1,E1\n2,E2\n3,E3"),
                ("permissions", "uid,application,code\n1,ERP,PAY\n2,ERP,CREATE\n3,ERP,READ\n4,ERP,X\n5,ERP,ALL"),
                ("effective_rights", &rights),
            ],
            &[("findings", &expected)],
        );
    }
}
