//! Everybody who is not there, listed or not.

use super::{AS_OF, leavers, words};
use crate::settings::leavers::Leavers;
use crate::stages::check::check_stage;

const BEFORE: &str = "uid,employee_id,full_name,departure_on,source
1,E1,Ann Berg,,hr\n2,E2,Bob Dahl,2026-11-15,hr\n3,E3,Cleo Lund,,hr\n4,E4,Dan Moe,,hr\n5,E5,Eva Ness,,hr";

const STATUS_BEFORE: &str = "uid,status,reason,detail,since_on,departed_on,detected_on
1,active,,,2026-01-03,,
2,active,,,2026-01-03,,
3,inactive,status,status = left,2026-11-07,2026-11-05,2026-11-07
4,inactive,long_leave,,2026-06-06,2026-06-06,2026-06-06
5,active,,,2026-01-03,,";

#[test]
fn who_is_listed_no_more_keeps_the_reason_or_gets_one() {
    check_stage(
        &Some(leavers("", 0)),
        AS_OF,
        &[
            ("identities", "uid,employee_id,full_name\n5,E5,Eva Ness"),
            ("before_identities", BEFORE),
            ("before_identity_status", STATUS_BEFORE),
            (
                "absences",
                "uid,missed_loads,last_listed_on,missed_on,is_gone
                 1,3,2026-10-31,2026-11-07,true\n2,1,2026-11-14,2026-11-21,true\n3,1,2026-11-14,2026-11-21,true\n4,1,2026-11-14,2026-11-21,true",
            ),
            (
                "listings",
                "uid,source,last_listed_on\n1,hr,2026-10-31\n1,contractors,2026-10-24\n2,hr,2026-11-14\n3,hr,2026-11-14\n4,hr,2026-11-14\n5,hr,",
            ),
        ],
        &[(
            "departures",
            "uid,employee_id,full_name,reason,detail,departed_on,detected_on,last_listed_on,missed_loads,sources
             1,E1,Ann Berg,absent,,2026-11-07,2026-11-21,2026-10-31,3,contractors, hr
             2,E2,Bob Dahl,departed,,2026-11-15,2026-11-21,2026-11-14,1,hr
             3,E3,Cleo Lund,status,status = left,2026-11-05,2026-11-07,2026-11-14,1,hr
             4,E4,Dan Moe,absent,,2026-11-21,2026-06-06,2026-11-14,1,hr",
        )],
    );
}

#[test]
fn who_was_gone_stays_gone_until_they_are_back() {
    check_stage(
        &Some(Leavers { words: vec![words("status", &["left"])], ..leavers("", 0) }),
        AS_OF,
        &[
            ("identities", "uid,employee_id,full_name,status\n7,E7,Gil Ost,work\n8,E8,Hal Pik,left"),
            (
                "before_departures",
                "uid,employee_id,full_name,reason,detail,departed_on,detected_on,last_listed_on,missed_loads,sources
                 6,E6,Fay Nil,absent,,2026-05-02,2026-05-09,2026-04-25,2,hr
                 7,E7,Gil Ost,absent,,2026-05-02,2026-05-09,2026-04-25,2,hr
                 8,E8,Hal Pik,absent,,2026-05-02,2026-05-09,2026-04-25,2,hr",
            ),
            ("listings", "uid,source\n7,hr\n8,hr"),
        ],
        &[(
            "departures",
            "uid,reason,detail,departed_on,detected_on,last_listed_on,missed_loads,sources
             6,absent,,2026-05-02,2026-05-09,2026-04-25,2,hr
             8,status,status = left,2026-11-21,2026-11-21,,0,hr",
        )],
    );
}

#[test]
fn without_the_stage_those_have_left_who_are_listed_no_more() {
    check_stage(
        &None::<Leavers>,
        AS_OF,
        &[
            ("identities", "uid,employee_id,full_name,departure_on\n5,E5,Eva Ness,2020-01-01"),
            ("before_identities", BEFORE),
        ],
        &[
            // A source that was retired leaves no listing.
            (
                "departures",
                "uid,reason,departed_on,missed_loads,sources
                 1,absent,2026-11-21,,hr\n2,departed,2026-11-15,,hr\n3,absent,2026-11-21,,hr\n4,absent,2026-11-21,,hr",
            ),
            ("identity_status", "uid,status,departed_on\n5,active,"),
        ],
    );
}
