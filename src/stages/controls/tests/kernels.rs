//! Random rights that conflict, by sieves and without: `check_stage` wants the same bytes of both.

use proptest::prelude::*;

use super::excepted::{EXCEPTIONS, with_exceptions};
use super::*;
use crate::stages::check::rows;

const PLACES: [&str; 3] = ["", "DE", "FR"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn sieves_leave_all_that_conflicts(
        rights in proptest::collection::vec((1..6_u8, 1..6_u8, 0..3_usize), 0..24),
        group_rights in proptest::collection::vec((1..4_u8, 1..6_u8, 0..3_usize), 0..6),
        members in proptest::collection::vec((1..6_u8, 1..4_u8), 0..8),
        owners in proptest::collection::vec(proptest::option::of(1..4_u8), 5),
        includes in proptest::collection::vec((1..6_u8, 1..6_u8), 0..4),
        pairs in proptest::collection::vec((1..6_u8, 1..6_u8, 0..3_usize), 0..5),
        which in 0..3_usize,
        of_people in any::<bool>(),
        in_one_place in any::<bool>(),
    ) {
        let own = rights.iter().map(|(account, permission, place)| format!("{account},,{permission},{}", PLACES[*place]));
        let of_groups = group_rights.iter().map(|(group, permission, place)| format!(",{group},{permission},{}", PLACES[*place]));
        let all = rows("account_uid,group_uid,permission_uid,perimeter", own.chain(of_groups), |row| row);
        // Who holds what need not follow from the rest here.
        let held = rights.iter().map(|(person, permission, place)| format!("{person},{permission},{}", PLACES[*place]));
        let held = rows("identity_uid,permission_uid,perimeter", held, |row| row);
        let members = rows("account_uid,group_uid", members.iter().map(|(account, group)| format!("{account},{group}")), |row| row);
        let owners = (1..).zip(&owners).filter_map(|(account, owner): (u8, _)| Some(format!("{account},{}", (*owner)?)));
        let owners = rows("account_uid,identity_uid", owners, |row| row);
        let oneself = (1..6_u8).map(|uid| format!("{uid},{uid},0"));
        let includes = includes.iter().filter(|(outer, inner)| outer != inner).map(|(outer, inner)| format!("{outer},{inner},1"));
        let closure = rows("permission_uid,included_uid,depth", oneself.chain(includes), |row| row);
        let pairs = pairs.iter().map(|(left, right, rule)| format!("{left},{right},{}", ["", "R1", "R2"][*rule]));
        let pairs = rows("permission_uid,conflicting_uid,rule", pairs, |row| row);
        let conflict = match which {
            0 => Conflict::AllOf(names(&["ERP/PAY", "ERP/CREATE"])),
            1 => between(&["ERP/PAY", "CRM/PAY"], &["ERP/CREATE", "ERP/PAY", "ERP/NONE"]),
            _ => Conflict::Collected,
        };
        let check = Check::SegregationOfDuties {
            on: if of_people { Holder::Identity } else { Holder::Account },
            conflict,
            within: if in_one_place { Within::SamePerimeter } else { Within::Anywhere },
        };
        check_stage(
            &only(control("duties", check)),
            AS_OF,
            &[
                ("permissions", PERMISSIONS),
                ("permission_closure", &closure),
                ("group_closure", "group_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n3,3,0\n1,2,1"),
                ("rights", &all),
                ("effective_rights", &held),
                ("memberships", &members),
                ("ownership", &owners),
                ("duty_conflicts", &pairs),
            ],
            &[],
        );
    }

    #[test]
    fn queries_and_kernels_follow_findings_from_load_to_load_and_to_the_same_bearers(
        hits in proptest::collection::vec((0..6_usize, 1..5_u8, 0..3_usize), 0..30),
        risks in proptest::collection::vec(0..6_u8, 7),
        owners in proptest::collection::vec(proptest::option::of(1..5_u8), 4),
        units in proptest::collection::vec(proptest::option::of(1..3_u8), 4),
        rights in proptest::collection::vec((1..5_u8, 1..6_u8), 0..12),
        excepted in proptest::collection::btree_set(1..5_usize, 0..3),
        listed in proptest::collection::btree_set(0..2_usize, 0..3),
        before in proptest::collection::btree_map((0..8_usize, 1..5_u8, 0..3_usize), (0..5_usize, any::<bool>()), 0..24),
        may_except in any::<bool>(),
    ) {
        let kinds = [Kind::Account, Kind::Identity, Kind::Permission, Kind::Organisation, Kind::Application, Kind::Group];
        let id = |kind: Kind| format!("of_{kind}");
        let mut controls: Vec<Control> = (kinds.iter().zip(&risks))
            .map(|(kind, risk)| {
                let check = Check::Rule { rule: id(*kind).parse().expect("a rule id"), subject: *kind };
                Control { risk: *risk, ..control(&id(*kind), check) }
            })
            .collect();
        let conflict = between(&["ERP/PAY", "CRM/PAY"], &["ERP/CREATE", "ERP/READ"]);
        let duties = Check::SegregationOfDuties { on: Holder::Account, conflict, within: Within::Anywhere };
        controls.push(Control { risk: risks[6], ..control("duties", duties) });
        let answers = kinds.map(|kind| {
            let own = hits.iter().filter(|(at, ..)| kinds[*at] == kind);
            (format!("rule_{}", id(kind)), rows("uid:integer,detail", own, |(_, uid, detail)| format!("{uid},{}", ["", "x", "y"][*detail])))
        });
        let numbered = |column: &str, values: &[Option<u8>]| {
            let values = (1..).zip(values).filter_map(|(uid, value): (u8, _)| Some(format!("{uid},{}", (*value)?)));
            rows(column, values, |row| row)
        };
        let owners = numbered("account_uid,identity_uid", &owners);
        let people = numbered("uid,organisation_uid", &units);
        let held = rows("account_uid,permission_uid", &rights, |(account, permission)| format!("{account},{permission}"));
        // Of two applications the registry may know neither, one or both; accounts have exceptions.
        let applications = listed.iter().map(|at| format!("application,'',{},{}", ["ERP", "CRM"][*at], at + 1));
        let known = rows("kind,namespace,key,uid", applications.chain((1..5).map(|uid| format!("account,AD,a{uid},{uid}"))), |row| row);
        let exceptions = rows(EXCEPTIONS, &excepted, |uid| format!("e{uid},of_account,account,AD,a{uid},,eve,leave,2026-01-01,2026-12-31,,"));
        // What the parent found: of these controls, of another kind than now, of duties, and of a control that is gone.
        let before = rows(
            "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk,exception,excepted_until_on",
            &before,
            |((at, uid, detail), (state, was_excepted))| {
                let (control, kind) = match at {
                    0..6 => (id(kinds[*at]), kinds[*at].to_string()),
                    6 => ("duties".to_owned(), "account".to_owned()),
                    _ => ("of_gone".to_owned(), "account".to_owned()),
                };
                let state = ["opened", "persisting", "reopened", "fixed", "lapsed"][*state];
                let fixed_on = if state == "fixed" { "2026-11-01" } else { "" };
                let excepted = if *was_excepted { "e9,2026-11-20" } else { "," };
                format!("{control},{kind},{uid},{},{state},2026-10-01,2026-09-0{uid},{fixed_on},1,{excepted}", ["", "x", "y"][*detail])
            },
        );
        let mut tables = vec![
            ("before_findings", before.as_str()),
            ("permissions", PERMISSIONS), ("identities", people.as_str()), ("ownership", &owners), ("uids", &known),
            ("rights", &held), ("exceptions", &exceptions), ("group_closure", "group_uid,ancestor_uid,depth"),
        ];
        tables.extend(answers.iter().map(|(table, rows)| (table.as_str(), rows.as_str())));
        let base = if may_except { with_exceptions(rule(Kind::Account)) } else { Controls::default() };
        check_stage(&Controls { controls, ..base }, AS_OF, &tables, &[]);
    }
}
