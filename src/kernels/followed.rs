//! What controls find now, held against what they found before: one walk along both, in the order of their findings.

mod exceptions;
mod standing;
mod tally;

use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;

use self::exceptions::Exceptions;
pub use self::standing::StandingFindings;
pub use self::tally::{FindingCounts, NewFinding, tally_findings};
use super::Kernel;
use super::pick::places_of_words;
use super::rows::{numbers, text_at, words};
use crate::engine::{EngineError, RowSink};
use crate::ledger::{Wanted, arrow_schema};
use crate::model::{BEFORE, StoredTable, TableSet};
use crate::table::{Field, Kind};

/// Rows that are handed over at once.
const BATCH: usize = 1 << 16;

/// The findings of some controls.
#[derive(Debug)]
pub struct FollowedFindings {
    /// The controls with their risk, by id.
    pub controls: Vec<(String, i64)>,
    /// The day of this load, in days since 1970.
    pub as_of: i32,
    /// Whether anybody may answer for a finding.
    pub has_exceptions: bool,
}

/// A control by its place, the kind of a subject by that of its name, and its uid: as a number that is ordered like these.
type Subject = u64;

/// The kinds in the order of their names.
fn kinds() -> Vec<Kind> {
    let mut kinds = Kind::ALL.to_vec();
    kinds.sort_unstable_by_key(|kind| kind.as_str());
    kinds
}

/// A finding of one of the two sides.
#[derive(Debug, Clone, Copy)]
struct Found<'a> {
    subject: Subject,
    detail: Option<&'a str>,
    before: Before,
}

/// The states, in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Fixed,
    Lapsed,
    Opened,
    Persisting,
    Reopened,
}

impl State {
    const ALL: [Self; 5] = [Self::Fixed, Self::Lapsed, Self::Opened, Self::Persisting, Self::Reopened];

    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Lapsed => "lapsed",
            Self::Opened => "opened",
            Self::Persisting => "persisting",
            Self::Reopened => "reopened",
        }
    }
}

/// What the parent knew of a finding; nothing of one of now.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    state: Option<State>,
    opened_on: Option<i32>,
    first_opened_on: Option<i32>,
    fixed_on: Option<i32>,
    excepted_until_on: Option<i32>,
}

/// What a finding is about; no detail and one without letters are the same.
#[derive(Debug, Clone, Copy)]
struct Key<'a> {
    subject: Subject,
    detail: &'a str,
}

impl Key<'_> {
    /// The order of keys. Most have no detail: comparing no letters takes longer than seeing that there are none.
    fn order(self, other: Self) -> Ordering {
        let details = || match (self.detail, other.detail) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Less,
            (_, "") => Ordering::Greater,
            (one, other) => one.cmp(other),
        };
        self.subject.cmp(&other.subject).then_with(details)
    }
}

impl<'a> Found<'a> {
    fn key(&self) -> Key<'a> {
        Key { subject: self.subject, detail: self.detail.unwrap_or_default() }
    }
}

/// A row of findings.
struct Row<'a> {
    subject: Subject,
    detail: Option<&'a str>,
    state: State,
    opened_on: Option<i32>,
    first_opened_on: i32,
    fixed_on: Option<i32>,
    exception: Option<(&'a str, Option<i32>)>,
}

impl Kernel for FollowedFindings {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let kinds = kinds();
        let hits = self.batches(&tables.find("control_hits"), &["control", "kind", "uid", "detail"])?;
        let now = self.found(&hits, &kinds)?;
        let known = [
            "control",
            "kind",
            "uid",
            "detail",
            "state",
            "opened_on",
            "first_opened_on",
            "fixed_on",
            "excepted_until_on",
        ];
        let known = self.batches(&tables.find(&format!("{BEFORE}findings")), &known)?;
        let before = self.found(&known, &kinds)?;
        let exceptions = if self.has_exceptions { Exceptions::of(tables)? } else { Exceptions::default() };
        let mut rows = Vec::with_capacity(BATCH);
        let (mut now, mut before) = (now.as_slice(), before.as_slice());
        loop {
            let key = match (now.first(), before.first()) {
                (None, None) => break,
                (None, Some(other)) => other.key(),
                (Some(one), Some(other)) if other.key().order(one.key()).is_lt() => other.key(),
                (Some(one), _) => one.key(),
            };
            let hits = take(&mut now, key);
            let known = take(&mut before, key);
            let start = rows.len();
            // One of each, but where the same was found with and without a detail of no letters.
            for hit in hits {
                if known.is_empty() {
                    rows.push(self.row(Some(hit), None, &kinds, &exceptions));
                }
                rows.extend(known.iter().map(|known| self.row(Some(hit), Some(known), &kinds, &exceptions)));
            }
            if hits.is_empty() {
                rows.extend(known.iter().map(|known| self.row(None, Some(known), &kinds, &exceptions)));
            }
            rows[start..].sort_by(order);
            if rows.len() >= BATCH {
                sink(self.batch(&rows, &kinds, columns)?)?;
                rows.clear();
            }
        }
        if rows.is_empty() { Ok(()) } else { sink(self.batch(&rows, &kinds, columns)?) }
    }
}

/// Those at the beginning that have a key.
fn take<'s, 'a>(found: &mut &'s [Found<'a>], key: Key<'_>) -> &'s [Found<'a>] {
    let count = found.iter().take_while(|one| one.key().order(key).is_eq()).count();
    let (taken, left) = found.split_at(count);
    *found = left;
    taken
}

fn order(one: &Row<'_>, other: &Row<'_>) -> Ordering {
    let key = |row: &Row<'_>| (row.subject, row.state, row.opened_on, row.first_opened_on, row.fixed_on);
    let texts = (one.subject, one.detail).cmp(&(other.subject, other.detail));
    texts.then_with(|| key(one).cmp(&key(other))).then_with(|| one.exception.cmp(&other.exception))
}

impl FollowedFindings {
    /// The rows of a table that are of these controls.
    fn batches(&self, stored: &StoredTable, columns: &[&str]) -> Result<Vec<RecordBatch>, EngineError> {
        let only_meant = |path: &Path| {
            let places = places_of_words(path, "control", |control| self.place(control).is_some())?;
            let dictionaries = ["control", "kind", "state"].map(str::to_owned).to_vec();
            Ok(Wanted { rows: Some(places), dictionaries })
        };
        let mut batches = Vec::new();
        for (_, rows) in stored.open_as(columns, only_meant)? {
            for batch in rows {
                batches.push(batch.map_err(EngineError::from_ledger)?);
            }
        }
        Ok(batches)
    }

    fn place(&self, control: &str) -> Option<usize> {
        self.controls.binary_search_by(|(known, _)| known.as_str().cmp(control)).ok()
    }

    /// The findings of some rows, in their order.
    fn found<'a>(&self, batches: &'a [RecordBatch], kinds: &[Kind]) -> Result<Vec<Found<'a>>, EngineError> {
        let mut found = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
        for batch in batches {
            let controls = words(batch, "control", |control| self.place(control))?;
            let of_kind = words(batch, "kind", |word| kinds.iter().position(|kind| kind.as_str() == word))?;
            let states = words(batch, "state", State::named)?;
            let uids = numbers(batch, "uid")?;
            let details = batch.column_by_name("detail").map(AsArray::as_string::<i32>);
            let days = |name: &str| batch.column_by_name(name).map(AsArray::as_primitive::<Date32Type>);
            let [opened, first, fixed, excepted] =
                ["opened_on", "first_opened_on", "fixed_on", "excepted_until_on"].map(days);
            for row in 0..batch.num_rows() {
                let (Some(control), Some(kind), Some(uid)) = (controls[row], of_kind[row], uids[row]) else { continue };
                let (control, kind) = (u64::try_from(control), u64::try_from(kind));
                let (control, kind) = (control.unwrap_or(u64::MAX), kind.unwrap_or(u64::MAX));
                let day =
                    |days: Option<&Date32Array>| days.filter(|days| days.is_valid(row)).map(|days| days.value(row));
                found.push(Found {
                    subject: control << 40 | kind << 32 | u64::from(uid),
                    detail: details.and_then(|details| text_at(details, row)),
                    before: Before {
                        state: states[row],
                        opened_on: day(opened),
                        first_opened_on: day(first),
                        fixed_on: day(fixed),
                        excepted_until_on: day(excepted),
                    },
                });
            }
        }
        found.sort_by(|one, other| one.key().order(other.key()));
        Ok(found)
    }

    fn row<'a>(
        &self,
        hit: Option<&Found<'a>>,
        known: Option<&Found<'a>>,
        kinds: &[Kind],
        exceptions: &'a Exceptions,
    ) -> Row<'a> {
        let found = hit.or(known).expect("one of the two");
        let before = known.map(|known| known.before).unwrap_or_default();
        let was_fixed = before.state == Some(State::Fixed);
        let state = match (hit, known) {
            (None, _) => State::Fixed,
            (Some(_), None) => State::Opened,
            (Some(_), Some(_)) if was_fixed => State::Reopened,
            (Some(_), Some(_)) => State::Persisting,
        };
        let detail = hit.and_then(|hit| hit.detail).or(known.and_then(|known| known.detail));
        let exception =
            (state != State::Fixed).then(|| exceptions.of_finding(self.named(found.subject, kinds), detail)).flatten();
        let is_lapsed = state == State::Persisting && before.excepted_until_on.is_some() && exception.is_none();
        Row {
            subject: found.subject,
            detail,
            state: if is_lapsed { State::Lapsed } else { state },
            opened_on: if matches!(state, State::Opened | State::Reopened) {
                Some(self.as_of)
            } else {
                before.opened_on
            },
            first_opened_on: before.first_opened_on.unwrap_or(self.as_of),
            fixed_on: (state == State::Fixed).then(|| before.fixed_on.unwrap_or(self.as_of)),
            exception,
        }
    }

    /// Control, kind and uid of a subject.
    fn named(&self, subject: Subject, kinds: &[Kind]) -> (&str, &'static str, u32) {
        let uid = u32::try_from(subject & u64::from(u32::MAX)).expect("32 bits");
        (self.control(subject).0.as_str(), kinds[bits(subject, 32, 8)].as_str(), uid)
    }

    /// The control of a subject, with its risk.
    fn control(&self, subject: Subject) -> &(String, i64) {
        &self.controls[bits(subject, 40, 24)]
    }

    fn batch(&self, rows: &[Row<'_>], kinds: &[Kind], columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let named: Vec<(&str, &str, u32)> = rows.iter().map(|row| self.named(row.subject, kinds)).collect();
        let days = |day: &dyn Fn(&Row<'_>) -> Option<i32>| -> ArrayRef {
            Arc::new(rows.iter().map(day).collect::<Date32Array>())
        };
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(named.iter().map(|named| named.0))),
            Arc::new(StringArray::from_iter_values(named.iter().map(|named| named.1))),
            Arc::new(named.iter().map(|named| i64::from(named.2)).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| row.detail).collect::<StringArray>()),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.state.as_str()))),
            days(&|row| row.opened_on),
            days(&|row| Some(row.first_opened_on)),
            days(&|row| row.fixed_on),
            Arc::new(rows.iter().map(|row| self.control(row.subject).1).collect::<Int64Array>()),
            Arc::new(rows.iter().map(|row| row.exception.map(|exception| exception.0)).collect::<StringArray>()),
            days(&|row| row.exception.and_then(|exception| exception.1)),
        ];
        RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
    }
}

/// So many bits of a subject, from one on.
fn bits(subject: Subject, start: u32, count: u32) -> usize {
    usize::try_from(subject >> start & ((1 << count) - 1)).expect("a few bits")
}
