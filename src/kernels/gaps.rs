//! Where what active people hold and what they should hold differ: a merge of both.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;

use super::Kernel;
use super::presence::Uids;
use super::rows::{column, each, numbers};
use super::sorted::{Shape, SortedRow, SortedRows};
use super::theoretical::{active, closure};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Type};

/// What people hold without reason, and lack although they should hold it.
#[derive(Debug)]
pub struct Gaps {
    /// Application and code of the permissions that grants name.
    pub named: BTreeSet<(String, String)>,
    /// Application and code of those that are judged without what they include.
    pub except: BTreeSet<(String, String)>,
    /// Whether what collected rules name is judged, too.
    pub use_collected: bool,
    /// The as-of, as days since 1970-01-01.
    pub as_of: i32,
}

/// Rows that are handed over at once.
const BATCH_ROWS: usize = 65_536;

const OVER: &str = "over";
const UNDER: &str = "under";

/// A 9999-12-31, as days since 1970-01-01: a derogation without end.
const WITHOUT_END: i32 = 2_932_896;

/// Who, and which permission.
type Key = (i64, i64);

/// Gaps that were found and not handed over.
#[derive(Default)]
struct Found {
    people: Vec<i64>,
    permissions: Vec<i64>,
    gaps: Vec<&'static str>,
    first_seen: Vec<i32>,
    excused_until: Vec<Option<i32>>,
}

impl Kernel for Gaps {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let (active, judged, excuses) = (active(tables)?, self.judged(tables)?, self.excuses(tables)?);
        let mut held = SortedRows::open(&tables.find("effective_rights"), &shape(&[]))?;
        let mut due = SortedRows::open(&tables.find("theoretical_rights"), &shape(&[]))?;
        let seen = [Field::new("first_seen_on", Type::Date)];
        let before = tables.find(&format!("{BEFORE}entitlement_gaps"));
        let mut before = SortedRows::open(&before, &Shape { texts: vec!["gap".to_owned()], ..shape(&seen) })?;
        let mut found = Found::default();
        loop {
            let (holds, should) = (held.row().and_then(key), due.row().and_then(key));
            let key = match (holds, should) {
                (None, None) => break,
                (Some(one), None) | (None, Some(one)) => one,
                (Some(one), Some(other)) => one.min(other),
            };
            let is_held = holds == Some(key) && active.contains(key.0);
            let gap = match (is_held, should == Some(key)) {
                (true, false) if judged.contains(key.1) => Some(OVER),
                (false, true) => Some(UNDER),
                _ => None,
            };
            if let Some(gap) = gap {
                let first_seen = first_seen(&mut before, key, gap)?.unwrap_or(self.as_of);
                found.push(key, gap, first_seen, excuses.get(&key).copied());
                if found.people.len() == BATCH_ROWS {
                    sink(found.rows(columns)?)?;
                }
            }
            pass(&mut held, key)?;
            pass(&mut due, key)?;
        }
        if found.people.is_empty() { Ok(()) } else { sink(found.rows(columns)?) }
    }
}

impl Gaps {
    /// The permissions of which the rights model speaks.
    fn judged(&self, tables: &TableSet) -> Result<Uids, EngineError> {
        let (mut named, mut judged) = (Vec::new(), Uids::default());
        each(tables, "permissions", &["uid", "application", "code"], |batch| {
            let (applications, codes) = (column(batch, "application", Type::Text), column(batch, "code", Type::Text));
            let (applications, codes) = (applications.as_string::<i32>(), codes.as_string::<i32>());
            for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
                let Some(uid) = uid.filter(|_| applications.is_valid(row) && codes.is_valid(row)) else { continue };
                let name = (applications.value(row).to_owned(), codes.value(row).to_owned());
                if self.named.contains(&name) {
                    named.push(uid);
                }
                if self.except.contains(&name) {
                    judged.insert(i64::from(uid));
                }
            }
            Ok(())
        })?;
        if self.use_collected {
            each(tables, "theoretical_links", &["permission_uid"], |batch| {
                named.extend(numbers(batch, "permission_uid")?.into_iter().flatten());
                Ok(())
            })?;
        }
        named.sort_unstable();
        named.dedup();
        let includes = closure(tables, "permission_closure", "permission_uid", "included_uid")?;
        for included in named.iter().filter_map(|permission| includes.get(permission)).flatten() {
            judged.insert(i64::from(*included));
        }
        Ok(judged)
    }

    /// The last day of what excuses each gap.
    fn excuses(&self, tables: &TableSet) -> Result<HashMap<Key, i32>, EngineError> {
        let mut excuses: HashMap<Key, i32> = HashMap::new();
        each(tables, "derogations", &["identity_uid", "permission_uid", "until_on"], |batch| {
            let (people, permissions) = (numbers(batch, "identity_uid")?, numbers(batch, "permission_uid")?);
            let until = column(batch, "until_on", Type::Date);
            let until = until.as_primitive::<Date32Type>();
            for (row, pair) in people.into_iter().zip(permissions).enumerate() {
                let until = if until.is_valid(row) { until.value(row) } else { WITHOUT_END };
                if let (Some(person), Some(permission)) = pair
                    && until >= self.as_of
                {
                    let last = excuses.entry((i64::from(person), i64::from(permission))).or_insert(until);
                    *last = until.max(*last);
                }
            }
            Ok(())
        })?;
        Ok(excuses)
    }
}

/// When the parent first saw a gap. `before` goes on to it.
fn first_seen(before: &mut SortedRows, wanted: Key, gap: &str) -> Result<Option<i32>, EngineError> {
    while let Some(row) = before.row() {
        let Some(found) = key(row) else { return Ok(None) };
        match (found, row.text(0).unwrap_or("")).cmp(&(wanted, gap)) {
            std::cmp::Ordering::Less => before.advance()?,
            std::cmp::Ordering::Equal => return Ok(row.attribute_date(0)),
            std::cmp::Ordering::Greater => return Ok(None),
        }
    }
    Ok(None)
}

fn shape(attributes: &[Field]) -> Shape {
    let numbers = ["identity_uid", "permission_uid"].map(str::to_owned).to_vec();
    Shape { numbers, texts: Vec::new(), attributes: attributes.to_vec() }
}

fn key(row: SortedRow<'_>) -> Option<Key> {
    Some((row.number(0)?, row.number(1)?))
}

/// Goes past every row of a key.
fn pass(rows: &mut SortedRows, passed: Key) -> Result<(), EngineError> {
    while rows.row().and_then(key) == Some(passed) {
        rows.advance()?;
    }
    Ok(())
}

impl Found {
    fn push(&mut self, (person, permission): Key, gap: &'static str, first_seen: i32, excused_until: Option<i32>) {
        self.people.push(person);
        self.permissions.push(permission);
        self.gaps.push(gap);
        self.first_seen.push(first_seen);
        self.excused_until.push(excused_until);
    }

    fn rows(&mut self, columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let Self { people, permissions, gaps, first_seen, excused_until } = std::mem::take(self);
        let rows = RecordBatch::try_new(
            arrow_schema(columns),
            vec![
                Arc::new(Int64Array::from(people)),
                Arc::new(Int64Array::from(permissions)),
                Arc::new(StringArray::from_iter_values(gaps)),
                Arc::new(Date32Array::from(first_seen)),
                Arc::new(Date32Array::from(excused_until)),
            ],
        );
        rows.map_err(EngineError::from_arrow)
    }
}
