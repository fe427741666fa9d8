//! What people should hold by collected rules: found once for each unit and job, then handed to the people.

mod block;
mod tally;

use std::collections::{BTreeSet, HashMap};

use arrow::array::{Array, AsArray};

use self::block::Block;
pub use self::tally::{RuleCounts, tally_rules};
use super::Kernel;
use super::presence::Uids;
use super::rows::{column, each, numbers};
use crate::engine::{EngineError, RowSink};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// What active people should hold by `valid_links`.
#[derive(Debug)]
pub struct CollectedRights {
    /// Ids of grants: a collected rule of the same id is told apart.
    pub grants: BTreeSet<String>,
}

/// Rows that are handed over at once.
const BATCH_ROWS: usize = 262_144;

/// A unit, where one is known, and a job; the job of nobody is the empty text.
type Class = (Option<u32>, String);

/// The place of a class among all.
type ClassId = usize;

/// Somebody with the class they are in.
type Member = (u32, ClassId);

/// A permission, the rule that says so, and where.
type Due = (u32, u32, PlaceId);

/// A unit, a job, the permission, the rule, and where, as a row has them.
type Link = (Option<u32>, Option<String>, u32, String, Option<String>);

/// The place of a perimeter among all; 0 = no matter where.
type PlaceId = u32;

/// What rules say, by unit; `None` is any.
struct Links {
    of_units: HashMap<Option<u32>, OfUnit>,
    /// The names of the rules, in order.
    rules: Vec<String>,
    /// The perimeters, in order, behind the one that is none.
    places: Vec<Option<String>>,
    above: HashMap<u32, Vec<u32>>,
    includes: HashMap<u32, Vec<u32>>,
}

/// What rules say of a unit: to everybody, and by job.
#[derive(Default)]
struct OfUnit {
    to_all: Vec<Due>,
    to_jobs: HashMap<String, Vec<Due>>,
}

impl Kernel for CollectedRights {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let links = self.links(tables)?;
        let (people, classes) = active_people(tables)?;
        let mut due: Vec<Option<Block>> = classes.iter().map(|_| None).collect();
        let mut rows = Block::default();
        for (person, class) in people {
            let block = due[class].get_or_insert_with(|| Block::of(links.due(&classes[class]), &links.rules));
            rows.append(block, person);
            if rows.len() >= BATCH_ROWS {
                sink(std::mem::take(&mut rows).rows(columns, &links.places)?)?;
            }
        }
        if rows.len() == 0 { Ok(()) } else { sink(rows.rows(columns, &links.places)?) }
    }
}

impl CollectedRights {
    fn links(&self, tables: &TableSet) -> Result<Links, EngineError> {
        let mut rows: Vec<Link> = Vec::new();
        let wanted = ["organisation_uid", "job_code", "permission_uid", "rule", "perimeter"];
        each(tables, "valid_links", &wanted, |batch| {
            let (units, permissions) = (numbers(batch, "organisation_uid")?, numbers(batch, "permission_uid")?);
            let (jobs, rules) = (column(batch, "job_code", Type::Text), column(batch, "rule", Type::Text));
            let places = column(batch, "perimeter", Type::Text);
            let text = |column: &dyn Array, row| {
                let column = column.as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            for (row, permission) in permissions.into_iter().enumerate() {
                let Some(permission) = permission else { continue };
                let rule = self.name(text(&rules, row));
                rows.push((units[row], text(&jobs, row), permission, rule, text(&places, row)));
            }
            Ok(())
        })?;
        let rules: BTreeSet<String> = rows.iter().map(|row| row.3.clone()).collect();
        let rules: Vec<String> = rules.into_iter().collect();
        // None is the first in order.
        let places: BTreeSet<Option<String>> = rows.iter().map(|row| row.4.clone()).chain([None]).collect();
        let places: Vec<Option<String>> = places.into_iter().collect();
        let mut of_units: HashMap<Option<u32>, OfUnit> = HashMap::new();
        for (unit, job, permission, rule, place) in rows {
            let rule = rules.binary_search(&rule).expect("every rule is among them");
            let rule = u32::try_from(rule).map_err(|_| EngineError::new("too many rules"))?;
            let place = places.binary_search(&place).expect("every perimeter is among them");
            let place = PlaceId::try_from(place).map_err(|_| EngineError::new("too many perimeters"))?;
            let of_unit = of_units.entry(unit).or_default();
            let due = match job {
                Some(job) => of_unit.to_jobs.entry(job).or_default(),
                None => &mut of_unit.to_all,
            };
            due.push((permission, rule, place));
        }
        let above = closure(tables, "organisation_closure", "organisation_uid", "ancestor_uid")?;
        let includes = closure(tables, "permission_closure", "permission_uid", "included_uid")?;
        Ok(Links { of_units, rules, places, above, includes })
    }

    /// What a rule is called: as the source does, but for one that is called like a grant.
    fn name(&self, rule: Option<String>) -> String {
        match rule {
            Some(rule) if self.grants.contains(&rule) => format!("{rule} (collected)"),
            Some(rule) => rule,
            None => "collected".to_owned(),
        }
    }
}

impl Links {
    /// Permissions with their rules, in order, that the people of a class should hold.
    fn due(&self, (unit, job): &Class) -> Vec<Due> {
        let above = unit.and_then(|unit| self.above.get(&unit)).into_iter().flatten();
        let units = std::iter::once(None).chain(above.map(|unit| Some(*unit)));
        let mut due = Vec::new();
        for of_unit in units.filter_map(|unit| self.of_units.get(&unit)) {
            for (permission, rule, place) in of_unit.to_all.iter().chain(of_unit.to_jobs.get(job).into_iter().flatten())
            {
                let included = self.includes.get(permission).into_iter().flatten();
                due.extend(included.map(|permission| (*permission, *rule, *place)));
            }
        }
        due.sort_unstable();
        due.dedup();
        due
    }
}

/// Active people in the order of their uids, each with the place of their class, and the classes.
fn active_people(tables: &TableSet) -> Result<(Vec<Member>, Vec<Class>), EngineError> {
    let active = active(tables)?;
    let (mut people, mut classes) = (Vec::new(), Vec::new());
    let mut places: HashMap<Option<u32>, HashMap<String, ClassId>> = HashMap::new();
    each(tables, "identities", &["uid", "organisation_uid", "job_code"], |batch| {
        let (uids, units) = (numbers(batch, "uid")?, numbers(batch, "organisation_uid")?);
        let jobs = column(batch, "job_code", Type::Text);
        let jobs = jobs.as_string::<i32>();
        for (row, uid) in uids.into_iter().enumerate() {
            let Some(uid) = uid.filter(|uid| active.contains(i64::from(*uid))) else { continue };
            let job = if jobs.is_valid(row) { jobs.value(row) } else { "" };
            let of_unit = places.entry(units[row]).or_default();
            let class = of_unit.get(job).copied().unwrap_or_else(|| {
                classes.push((units[row], job.to_owned()));
                of_unit.insert(job.to_owned(), classes.len() - 1);
                classes.len() - 1
            });
            people.push((uid, class));
        }
        Ok(())
    })?;
    people.sort_unstable();
    Ok((people, classes))
}

/// The uids of active people.
pub(super) fn active(tables: &TableSet) -> Result<Uids, EngineError> {
    let mut active = Uids::default();
    each(tables, "identity_status", &["uid", "status"], |batch| {
        let status = column(batch, "status", Type::Text);
        for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
            if let Some(uid) = uid.filter(|_| status.as_string::<i32>().value(row) == "active") {
                active.insert(i64::from(uid));
            }
        }
        Ok(())
    })?;
    Ok(active)
}

/// Each node of a closure with all it reaches.
pub(super) fn closure(
    tables: &TableSet,
    table: &str,
    node: &str,
    reached: &str,
) -> Result<HashMap<u32, Vec<u32>>, EngineError> {
    let mut closure: HashMap<u32, Vec<u32>> = HashMap::new();
    each(tables, table, &[node, reached], |batch| {
        for pair in numbers(batch, node)?.into_iter().zip(numbers(batch, reached)?) {
            if let (Some(node), Some(reached)) = pair {
                closure.entry(node).or_default().push(reached);
            }
        }
        Ok(())
    })?;
    Ok(closure)
}
