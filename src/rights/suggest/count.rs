//! What the populations of a grouping hold in common.

use std::collections::{BTreeMap, HashMap};

use super::company::Company;

/// The values of a population, by the columns of its grouping; unused places are 0.
pub(super) type Class = [u32; 2];

/// What a population is to be granted.
pub(super) struct Row {
    pub(super) class: Class,
    /// In order; none includes another.
    pub(super) permissions: Vec<u32>,
    pub(super) people: u64,
    pub(super) due: u64,
    pub(super) held: u64,
    pub(super) anew: u64,
}

/// Holders of a permission in a population.
#[derive(Default)]
struct Holders {
    all: u32,
    /// Those whose right nothing explains.
    unexplained: u32,
}

/// The rows of a grouping that are worth having, in the order of their values. What they give is explained from then on.
pub(super) fn accepted(company: &mut Company, columns: &[usize], share: f64, fewest: u32) -> Vec<Row> {
    let classes: Vec<Option<Class>> = (0..company.len()).map(|person| company.class(person, columns)).collect();
    let mut members: BTreeMap<Class, Vec<usize>> = BTreeMap::new();
    for (person, class) in classes.iter().enumerate() {
        if let Some(class) = class {
            members.entry(*class).or_default().push(person);
        }
    }
    members.retain(|_, people| people.len() >= fewest.max(1) as usize);
    let mut rows = Vec::new();
    for (class, people) in members {
        let mut holders: HashMap<u32, Holders> = HashMap::new();
        for (permission, is_explained) in people.iter().flat_map(|person| company.rights(*person)) {
            let holders = holders.entry(permission).or_default();
            holders.all += 1;
            holders.unexplained += u32::from(!is_explained);
        }
        let mut common: Vec<u32> = holders
            .into_iter()
            .filter(|(_, holders)| reaches(holders.all, people.len(), share) && holders.unexplained >= fewest.max(1))
            .map(|(permission, _)| permission)
            .collect();
        common.sort_unstable();
        let named: Vec<u32> = common.iter().copied().filter(|one| !is_included(company, *one, &common)).collect();
        if named.is_empty() {
            continue;
        }
        let granted = company.closure(&named);
        let (mut held, mut anew) = (0, 0);
        for (person, permission) in people.iter().flat_map(|person| granted.iter().map(move |one| (*person, *one))) {
            let (is_held, is_new) = company.explain(person, permission);
            held += u64::from(is_held);
            anew += u64::from(is_new);
        }
        let due = (people.len() * granted.len()) as u64;
        rows.push(Row { class, permissions: named, people: people.len() as u64, due, held, anew });
    }
    rows
}

/// Whether another permission of the same row brings one. Of permissions that include each other, the first stays.
fn is_included(company: &Company, one: u32, among: &[u32]) -> bool {
    let includes = |outer: u32, inner: u32| company.closure(&[outer]).binary_search(&inner).is_ok();
    among.iter().any(|other| *other != one && includes(*other, one) && !(includes(one, *other) && one < *other))
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn reaches(holders: u32, people: usize, share: f64) -> bool {
    f64::from(holders) >= share * people as f64
}
