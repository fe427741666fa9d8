//! Permissions that few people of the same job and unit have: people by job and unit, and a count of what each such class holds.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};

use super::number;
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::gaps::{END, Pairs, permission, person};
use crate::kernels::rows::{column, each, numbers};
use crate::kernels::theoretical::active;
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::table::{Field, Type};

/// The question of the standard pack that this answers.
pub(super) const QUESTION: &str = include_str!("../../../packs/standard/shared/pack_atypical_rights.sql");

/// What active people hold of which at most a share of their colleagues does.
#[derive(Debug)]
pub(super) struct Atypical {
    /// So many colleagues, themselves included, are needed to tell.
    min_people: i64,
    /// The share.
    share: f64,
}

impl Atypical {
    /// With the values of the question's parameters.
    pub(super) fn of(values: &[&str]) -> Option<Self> {
        let [min_people, share] = values.try_into().ok()?;
        Some(Self { min_people: number(min_people)?, share: number(share)? })
    }
}

/// People of one job and unit.
type Class = Vec<u32>;

/// What people hold, each permission once: the people in order, where the permissions of each end, and these one behind the
/// other.
struct Held {
    people: Vec<u32>,
    ends: Vec<usize>,
    permissions: Vec<u32>,
}

impl Kernel for Atypical {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let classes = self.classes(tables)?;
        let held = Held::of(&classes, tables)?;
        let mut found: Vec<[i64; 4]> = Vec::new();
        // Holders by permission, of one class after the other: uids are given one after the other.
        let mut holders: Vec<u32> = Vec::new();
        for class in &classes {
            let permissions = || class.iter().flat_map(|person| held.by(*person));
            for permission in permissions() {
                if holders.len() <= permission {
                    holders.resize(permission + 1, 0);
                }
                holders[permission] += 1;
            }
            let peers = i64::try_from(class.len()).unwrap_or(i64::MAX);
            for person in class {
                for permission in held.by(*person) {
                    if self.are_few(holders[permission], class.len()) {
                        let permission_uid = i64::try_from(permission).unwrap_or(i64::MAX);
                        found.push([i64::from(*person), permission_uid, peers, i64::from(holders[permission])]);
                    }
                }
            }
            for permission in permissions() {
                holders[permission] = 0;
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        found.sort_unstable();
        let column = |at: usize| -> ArrayRef { Arc::new(found.iter().map(|row| row[at]).collect::<Int64Array>()) };
        let rows = RecordBatch::try_new(arrow_schema(columns), (0..4).map(column).collect());
        sink(rows.map_err(EngineError::from_arrow)?)
    }
}

impl Atypical {
    /// Whether so many of a class are few.
    #[expect(clippy::cast_precision_loss, reason = "the query counts in doubles, and people are far fewer than 2^53")]
    fn are_few(&self, holders: u32, people: usize) -> bool {
        f64::from(holders) <= self.share * people as f64
    }

    /// The active people of each job and unit that has enough of them.
    fn classes(&self, tables: &TableSet) -> Result<Vec<Class>, EngineError> {
        let active = active(tables)?;
        let mut places: HashMap<u32, HashMap<String, usize>> = HashMap::new();
        let mut classes: Vec<Class> = Vec::new();
        each(tables, "identities", &["uid", "organisation_uid", "job_code"], |batch| {
            let (uids, units) = (numbers(batch, "uid")?, numbers(batch, "organisation_uid")?);
            let jobs = column(batch, "job_code", Type::Text);
            let jobs = jobs.as_string::<i32>();
            for (row, uid) in uids.into_iter().enumerate() {
                let uid = uid.filter(|uid| active.contains(i64::from(*uid)) && jobs.is_valid(row));
                let (Some(uid), Some(unit)) = (uid, units[row]) else { continue };
                let of_unit = places.entry(unit).or_default();
                let place = of_unit.get(jobs.value(row)).copied().unwrap_or_else(|| {
                    classes.push(Class::new());
                    of_unit.insert(jobs.value(row).to_owned(), classes.len() - 1);
                    classes.len() - 1
                });
                classes[place].push(uid);
            }
            Ok(())
        })?;
        classes.retain(|class| i64::try_from(class.len()).is_ok_and(|people| people >= self.min_people));
        Ok(classes)
    }
}

impl Held {
    /// Of the people of some classes.
    fn of(classes: &[Class], tables: &TableSet) -> Result<Self, EngineError> {
        let mut people: Vec<u32> = classes.iter().flat_map(|class| class.iter().copied()).collect();
        people.sort_unstable();
        let (mut ends, mut permissions) = (Vec::with_capacity(people.len()), Vec::new());
        let mut rights = Pairs::open(&tables.find("effective_rights"))?;
        while rights.pair() != END && ends.len() < people.len() {
            let pair = rights.pair();
            let (who, what) = (person(pair), permission(pair));
            while people.get(ends.len()).is_some_and(|person| i64::from(*person) < who) {
                ends.push(permissions.len());
            }
            if people.get(ends.len()).is_some_and(|person| i64::from(*person) == who) {
                permissions.push(u32::try_from(what).map_err(|_| EngineError::new("a uid has more than 32 bits"))?);
            }
            rights.pass(pair)?;
        }
        ends.resize(people.len(), permissions.len());
        Ok(Self { people, ends, permissions })
    }

    /// What somebody of them holds.
    fn by(&self, person: u32) -> impl Iterator<Item = usize> {
        let place = self.people.binary_search(&person).expect("whoever is of a class is known");
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.permissions[start..self.ends[place]]
            .iter()
            .map(|permission| usize::try_from(*permission).expect("32 bits"))
    }
}
