//! Random small companies: what controls of duties find in them, why, by which ways, and what clears it, against the same said
//! plainly. What is suggested is taken away, and everything is made again.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::pairs::{CODES, PLACES, activity, exercises, permission};
use super::removals::duties;
use super::*;
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::model::Model;
use crate::settings::activate::Cycles;
use crate::settings::duties::{Duty, Pair};
use crate::stages::check::{after_stages, rows};
use crate::stages::closures::closure_models;
use crate::stages::effective::effective_rights_models;
use crate::stages::{Ask, Context, Stage};

/// What lies in, or includes, another.
type Link = (u8, u8);

/// A holder, a permission and the place where it counts.
type Right = (u8, u8, usize);

#[derive(Debug, Clone)]
struct Company {
    /// The person of each account.
    owners: BTreeMap<u8, u8>,
    members: BTreeSet<(u8, u8)>,
    nested: BTreeSet<(u8, u8)>,
    included: BTreeSet<(u8, u8)>,
    own: BTreeSet<Right>,
    of_groups: BTreeSet<Right>,
}

/// How an account holds a permission: by a right of its own, or of a group that it is in or that lies around one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    account: u8,
    member_of: Option<u8>,
    group: Option<u8>,
    permission: u8,
    wanted: u8,
    place: usize,
    steps: usize,
}

/// What an administrator takes away: account, group, permission, place.
type Removable = (u8, Option<u8>, Option<u8>, usize);

impl Way {
    fn removable(&self) -> Removable {
        match self.member_of {
            Some(group) => (self.account, Some(group), None, 0),
            None => (self.account, None, Some(self.permission), self.place),
        }
    }
}

/// What is reached over links, and how far away it is.
fn reached(links: &BTreeSet<(u8, u8)>, from: u8) -> BTreeMap<u8, usize> {
    let mut found = BTreeMap::from([(from, 0)]);
    for depth in 1.. {
        let edge: Vec<u8> = found.iter().filter(|(_, at)| **at + 1 == depth).map(|(one, _)| *one).collect();
        if edge.is_empty() {
            break;
        }
        for (_, to) in links.iter().filter(|(of, _)| edge.contains(of)) {
            found.entry(*to).or_insert(depth);
        }
    }
    found
}

impl Company {
    /// Every way by which accounts hold permissions.
    fn ways(&self, accounts: &[u8]) -> Vec<Way> {
        let mut ways = Vec::new();
        for account in accounts.iter().copied() {
            for (_, right, place) in self.own.iter().filter(|(of, ..)| *of == account) {
                for (wanted, depth) in reached(&self.included, *right) {
                    let (permission, place, steps) = (*right, *place, 1 + depth);
                    ways.push(Way { account, member_of: None, group: None, permission, wanted, place, steps });
                }
            }
            for (_, member_of) in self.members.iter().filter(|(of, _)| *of == account) {
                for (group, around) in reached(&self.nested, *member_of) {
                    for (_, right, place) in self.of_groups.iter().filter(|(of, ..)| *of == group) {
                        for (wanted, depth) in reached(&self.included, *right) {
                            let (permission, place, steps) = (*right, *place, 2 + around + depth);
                            let (member_of, group) = (Some(*member_of), Some(group));
                            ways.push(Way { account, member_of, group, permission, wanted, place, steps });
                        }
                    }
                }
            }
        }
        ways
    }

    /// Whom a control may find, each with the accounts that count.
    fn subjects(&self, on: Holder) -> Vec<(u8, Vec<u8>)> {
        let of =
            |person: u8| self.owners.iter().filter(move |(_, owner)| **owner == person).map(|(account, _)| *account);
        match on {
            Holder::Account => (1..5).map(|account| (account, vec![account])).collect(),
            Holder::Identity => (101..104).map(|person| (person, of(person).collect())).collect(),
        }
    }

    /// The company without what is taken away.
    fn without(&self, taken: &BTreeSet<Removable>) -> Self {
        let mut left = self.clone();
        left.members.retain(|(account, group)| !taken.contains(&(*account, Some(*group), None, 0)));
        left.own.retain(|(account, right, place)| !taken.contains(&(*account, None, Some(*right), *place)));
        left
    }
}

fn company() -> impl Strategy<Value = Company> {
    let links = |range: std::ops::Range<u8>, most: usize| {
        btree_set((range.clone(), range), 0..most)
            .prop_map(|links| links.into_iter().filter(|(one, other)| one != other).collect::<BTreeSet<_>>())
    };
    (
        vec(101..104_u8, 4),
        btree_set((1..5_u8, 10..14_u8), 0..7),
        links(10..14, 5),
        links(1..6, 4),
        // Not more: every set of what somebody could lose is tried.
        btree_set((1..5_u8, 1..6_u8, 0..3_usize), 0..8),
        btree_set((10..14_u8, 1..6_u8, 0..3_usize), 0..9),
    )
        .prop_map(|(owners, members, nested, included, own, of_groups)| {
            let owners = (1..).zip(owners).collect();
            Company { owners, members, nested, included, own, of_groups }
        })
}

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

struct Closures;
struct EffectiveRights;

impl Stage for Closures {
    fn name(&self) -> StageName {
        StageName::Activate
    }

    fn compile(&self, _: &Context<'_>) -> Vec<Model> {
        closure_models(Cycles::Keep)
    }

    fn report(&self, _: &Context<'_>, _: &Ask<'_>) -> Result<StageReport, EngineError> {
        Ok(StageReport::default())
    }
}

impl Stage for EffectiveRights {
    fn name(&self) -> StageName {
        StageName::Reconcile
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        effective_rights_models(context)
    }

    fn report(&self, _: &Context<'_>, _: &Ask<'_>) -> Result<StageReport, EngineError> {
        Ok(StageReport::default())
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
        &[&Closures, &EffectiveRights, settings],
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

/// The places where duties may be exercised together: any, or each of those named and one that nothing names.
fn places(within: Within) -> &'static [&'static str] {
    match within {
        Within::Anywhere => &["anywhere"],
        Within::SamePerimeter => &["elsewhere", "DE", "FR"],
    }
}

/// What is held, with its place as far as that counts.
fn held<'a>(ways: impl IntoIterator<Item = &'a Way>, within: Within) -> Vec<(u8, usize)> {
    let place = |way: &Way| if within == Within::Anywhere { 0 } else { way.place };
    ways.into_iter().map(|way| (way.wanted, place(way))).collect()
}

fn stands(duties: &[Duty], held: &[(u8, usize)], within: Within) -> bool {
    places(within).iter().any(|place| duties.iter().all(|duty| exercises(duty, held, place)))
}

/// Of all sets of permissions by which the duties are exercised at a place the fewest permissions, and then the fewest steps.
fn shortest(duties: &[Duty], ways: &[Way], within: Within) -> (usize, usize) {
    let all = held(ways, within);
    let mut best = None;
    for place in places(within) {
        let is_there = |way: &&Way| within == Within::Anywhere || [PLACES[0], place].contains(&PLACES[way.place]);
        let mut sets: Vec<BTreeSet<usize>> = vec![BTreeSet::new()];
        for duty in duties {
            let fulfilled = |term: &&crate::settings::duties::Term| {
                exercises(&Duty { name: String::new(), terms: vec![(*term).clone()] }, &all, place)
            };
            let number = |name: &PermissionName| 1 + CODES.iter().position(|code| *code == name.code).expect("known");
            let terms: Vec<BTreeSet<usize>> =
                duty.terms.iter().filter(fulfilled).map(|term| term.held.iter().map(number).collect()).collect();
            sets =
                sets.iter().flat_map(|set| terms.iter().map(move |term| set.union(term).copied().collect())).collect();
        }
        for set in sets {
            let steps = |wanted: &usize| {
                let to = ways.iter().filter(is_there).filter(|way| usize::from(way.wanted) == *wanted);
                to.map(|way| way.steps).min().expect("it is held there")
            };
            let found = (set.len(), set.iter().map(steps).sum());
            best = Some(best.map_or(found, |best: (usize, usize)| best.min(found)));
        }
    }
    best.expect("the conflict stands")
}

/// How many of the removable things must go at least, by trying every set.
fn fewest(duties: &[Duty], ways: &[Way], within: Within) -> usize {
    let of_it: BTreeSet<&str> = duties.iter().flat_map(Duty::permissions).map(|name| name.code.as_str()).collect();
    let ways: Vec<&Way> = ways.iter().filter(|way| of_it.contains(CODES[usize::from(way.wanted) - 1])).collect();
    let removable: BTreeSet<Removable> = ways.iter().map(|way| way.removable()).collect();
    let removable: Vec<Removable> = removable.into_iter().collect();
    let mut sets: Vec<u32> = (0..1 << removable.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    let clears = |set: &&u32| {
        let stays = |way: &&&Way| {
            let at = removable.iter().position(|one| *one == way.removable()).expect("it is one of them");
            *set >> at & 1 == 0
        };
        !stands(duties, &held(ways.iter().filter(stays).copied(), within), within)
    };
    sets.iter().find(clears).expect("to take everything clears it").count_ones() as usize
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
