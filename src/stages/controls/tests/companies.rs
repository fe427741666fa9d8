//! Random small companies: what controls of duties find in them, why, by which ways, and what clears it, against the same said
//! plainly. What is suggested is taken away, and everything is made again.

mod company;
mod plain;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use self::company::{Company, Link, Removable, Way, company};
use self::plain::{fewest, held, shortest, stands};
use super::pairs::{CODES, PLACES, activity, permission};
use super::removals::duties;
use super::*;
use crate::ids::StageName;
use crate::settings::activate::Cycles;
use crate::settings::duties::{Duty, Pair};
use crate::stages::Context;
use crate::stages::check::{Alone, after_stages, rows};
use crate::stages::closures::closure_models;
use crate::stages::effective::effective_rights_models;

/// A conflict, and each of its findings with the duties that make it.
fn conflict(which: usize) -> (Conflict, Vec<(String, Vec<Duty>)>) {
    let pair = |left: &Duty, right: &Duty| Pair::new(None, left.clone(), right.clone());
    let of = |pairs: Vec<Pair>| {
        let cases = pairs.iter().map(|pair| (pair.detail.clone(), pair.sides().map(Duty::clone).to_vec())).collect();
        (Conflict::Pairs(pairs), cases)
    };
    let named = |code: &&str| permission(code);
    match which {
        0 => {
            let conflict = Conflict::AllOf(names(&["ERP/PAY", "ERP/CREATE", "ERP/READ"]));
            (conflict, vec![(String::new(), ["PAY", "CREATE", "READ"].iter().map(named).collect())])
        }
        1 => {
            let both = |left: &str, right: &str| {
                (format!("ERP/{left} + ERP/{right}"), [left, right].iter().map(named).collect())
            };
            let cases = vec![both("PAY", "READ"), both("PAY", "CREATE"), both("ALL", "READ"), both("ALL", "CREATE")];
            (between(&["ERP/PAY", "ERP/ALL"], &["ERP/READ", "ERP/CREATE"]), cases)
        }
        2 => of(vec![pair(&activity("supply", "PAY & READ | CREATE & !X"), &activity("reads", "READ | X & ALL"))]),
        3 => {
            let builds = activity("builds", "ALL | CREATE & X");
            of(vec![
                pair(&permission("PAY"), &permission("CREATE")),
                pair(&permission("READ"), &builds),
                pair(&builds, &permission("PAY")),
            ])
        }
        _ => of(vec![Pair::whole(activity("whole", "PAY & CREATE & !X | READ & ALL | READ & CREATE & X"))]),
    }
}

const QUESTIONS: [&str; 4] = [
    "SELECT h.uid, h.detail FROM control_hits h",
    "SELECT c.uid, c.detail, c.account_uid, c.group_uid, c.permission_uid, c.wanted_uid, c.perimeter FROM finding_causes c",
    "SELECT p.uid, p.detail, p.account_uid, p.member_of_uid, p.group_uid, p.permission_uid, p.wanted_uid, p.perimeter, p.steps
     FROM finding_paths p",
    "SELECT r.uid, r.detail, r.account_uid, r.group_uid, r.permission_uid, r.perimeter, r.is_minimal FROM finding_removals r",
];

/// Findings, causes, paths and removals, once everything is made of a company.
fn made_of(company: &Company, settings: &Controls) -> [Vec<Vec<String>>; 4] {
    let text = |uid: Option<u8>| uid.map(|uid| uid.to_string()).unwrap_or_default();
    let link = |(one, other): &(u8, u8)| format!("{one},{other}");
    // Some groups lie in others as their members.
    let (as_members, as_nested): (Vec<&Link>, Vec<&Link>) =
        company.nested.iter().partition(|(child, _)| child % 2 == 0);
    let memberships = company.members.iter().map(|(account, group)| (Some(*account), None, *group));
    let memberships = memberships.chain(as_members.iter().map(|(child, group)| (None, Some(*child), *group)));
    let memberships = rows("account_uid,member_group_uid,group_uid", memberships, |(account, child, group)| {
        format!("{},{},{group}", text(account), text(child))
    });
    let own = company.own.iter().map(|(account, right, place)| (Some(*account), None, *right, *place));
    let rights = own.chain(company.of_groups.iter().map(|(group, right, place)| (None, Some(*group), *right, *place)));
    let rights = rows("account_uid,group_uid,permission_uid,perimeter", rights, |(account, group, right, place)| {
        format!("{},{},{right},{}", text(account), text(group), PLACES[place])
    });
    let permissions =
        rows("uid,application,code", (1..).zip(CODES), |(uid, code): (u8, _)| format!("{uid},ERP,{code}"));
    let found = after_stages(
        &[
            &Alone(StageName::Activate, |_: &Context<'_>| closure_models(Cycles::Keep)),
            &Alone(StageName::Reconcile, effective_rights_models),
            settings,
        ],
        AS_OF,
        &[
            ("identities", "uid,employee_id\n101,E1\n102,E2\n103,E3"),
            ("accounts", "uid,repository,identifier\n1,AD,a\n2,AD,b\n3,AD,c\n4,AD,d"),
            ("groups", "uid,repository,code\n10,AD,G10\n11,AD,G11\n12,AD,G12\n13,AD,G13"),
            ("permissions", &permissions),
            ("ownership", &rows("account_uid,identity_uid", &company.owners, |(one, other)| format!("{one},{other}"))),
            ("memberships", &memberships),
            ("group_nesting", &rows("group_uid,parent_uid", as_nested, link)),
            ("permission_links", &rows("permission_uid,included_uid", &company.included, link)),
            ("rights", &rights),
            ("organisations", "uid,code\n1,LAB"),
        ],
        &QUESTIONS,
    );
    found.try_into().expect("four answers")
}

fn check(company: &Company, on: Holder, within: Within, which: usize) {
    let (conflict, findings) = conflict(which);
    let settings = duties(on, conflict, within);
    let [hits, causes, paths, removals] = made_of(company, &settings);
    let text = |uid: Option<u8>| uid.map(|uid| uid.to_string()).unwrap_or_default();
    let mut expected: Vec<Vec<String>> = Vec::new();
    let mut taken: BTreeSet<Removable> = BTreeSet::new();
    for (subject, accounts) in company.subjects(on) {
        let ways = company.ways(&accounts);
        let row_of = |way: &Way| {
            let [account, right, wanted] = [way.account, way.permission, way.wanted].map(|uid| uid.to_string());
            let place = PLACES[way.place].to_owned();
            [account, text(way.member_of), text(way.group), right, wanted, place, way.steps.to_string()]
        };
        for (detail, duties) in &findings {
            if !stands(duties, &held(&ways, within), within) {
                continue;
            }
            let finding = vec![subject.to_string(), detail.clone()];
            let about = |rows: &[Vec<String>]| -> Vec<Vec<String>> {
                rows.iter().filter(|row| row[..2] == finding[..]).map(|row| row[2..].to_vec()).collect()
            };
            // Why it is there: rights that are there, that lead to what conflicts, and that make the conflict by themselves.
            let named: Vec<&Way> = about(&causes)
                .iter()
                .map(|row| {
                    let is_it = |way: &&Way| {
                        let [account, _, group, right, wanted, place, _] = row_of(way);
                        *row == [account, group, right, wanted, place]
                    };
                    ways.iter()
                        .find(is_it)
                        .unwrap_or_else(|| panic!("{finding:?}: the cause {row:?} leads nowhere in {ways:?}"))
                })
                .collect();
            assert!(
                stands(duties, &held(named.iter().copied(), within), within),
                "{finding:?}: the causes {named:?} are no conflict"
            );
            // One way in which it stands, and no shorter one.
            let path: Vec<&Way> = about(&paths)
                .iter()
                .map(|row| {
                    let way = ways.iter().find(|way| row_of(way)[..] == row[..]);
                    way.unwrap_or_else(|| panic!("{finding:?}: the path {row:?} leads nowhere in {ways:?}"))
                })
                .collect();
            assert!(
                stands(duties, &held(path.iter().copied(), within), within),
                "{finding:?}: the paths {path:?} are no conflict"
            );
            let steps = path.iter().map(|way| way.steps).sum::<usize>();
            assert_eq!(
                (path.len(), steps),
                shortest(duties, &ways, within),
                "{finding:?}: the paths {path:?} of {ways:?}"
            );
            // What to take away: things that are there, and no more than needed.
            let suggested = about(&removals);
            for row in &suggested {
                let is_it = |removable: &Removable| {
                    let (account, group, right, place) = *removable;
                    row[..4] == [account.to_string(), text(group), text(right), PLACES[place].to_owned()]
                };
                let found = ways.iter().map(Way::removable).find(is_it);
                taken.insert(found.unwrap_or_else(|| panic!("{finding:?}: there is no {row:?} to take away")));
                assert_eq!(row[4], "true", "{finding:?}: every set could be tried");
            }
            assert_eq!(suggested.len(), fewest(duties, &ways, within), "{finding:?}: {suggested:?} of {ways:?}");
            expected.push(finding);
        }
    }
    let sorted = |mut rows: Vec<Vec<String>>| {
        rows.sort();
        rows
    };
    assert_eq!(sorted(hits), sorted(expected), "what is found");
    if !taken.is_empty() {
        let [hits, causes, paths, removals] = made_of(&company.without(&taken), &settings);
        assert_eq!(hits, Vec::<Vec<String>>::new(), "what is found once {taken:?} are taken away");
        assert!([causes, paths, removals].concat().is_empty(), "of nothing there is no cause");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn why_there_is_a_finding_is_there_and_to_take_away_what_is_suggested_clears_it(
        company in company(),
        is_person in any::<bool>(),
        in_one_place in any::<bool>(),
        which in 0..5_usize,
    ) {
        let on = if is_person { Holder::Identity } else { Holder::Account };
        check(&company, on, if in_one_place { Within::SamePerimeter } else { Within::Anywhere }, which);
    }
}

#[test]
fn the_shortest_conflict_lies_in_one_place() {
    // PAY is shortest in FR and CREATE in DE; together they are shortest in DE.
    let company = Company {
        owners: BTreeMap::from([(1, 101)]),
        members: BTreeSet::from([(1, 10)]),
        nested: BTreeSet::from([(10, 11)]),
        included: BTreeSet::new(),
        own: BTreeSet::from([(1, 1, 2), (1, 2, 1)]),
        of_groups: BTreeSet::from([(10, 1, 1), (11, 2, 2)]),
    };
    for which in [1, 3] {
        check(&company, Holder::Identity, Within::SamePerimeter, which);
    }
    let [_, _, paths, _] = made_of(&company, &duties(Holder::Identity, conflict(1).0, Within::SamePerimeter));
    let places: Vec<&str> = paths.iter().map(|row| row[7].as_str()).collect();
    assert_eq!(places, ["DE", "DE"], "{paths:?}");
}
