//! How many findings each control has, in which states, and the first new ones: one walk along the few columns that tell.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use rayon::prelude::*;

use super::State;
use crate::engine::EngineError;
use crate::kernels::pick::{add_row, places_of_words};
use crate::kernels::rows::{column, numbers, text_at, words};
use crate::ledger::{PartRows, Wanted};
use crate::model::{BEFORE, TableSet};
use crate::table::{Kind, Type};

/// The findings of a control.
#[derive(Debug, Default)]
pub struct FindingCounts {
    /// Those that are not fixed.
    pub standing: u64,
    /// Those that no load before found.
    pub opened: u64,
    /// Those that this load fixed.
    pub fixed: u64,
    /// Those that were fixed before.
    pub reopened: u64,
    /// Those that stand under an exception.
    pub excepted: u64,
    /// Those whose exception has ended.
    pub lapsed: u64,
    /// The first few of those that were none before, or were answered for, in the order of the table.
    pub newest: Vec<NewFinding>,
}

impl FindingCounts {
    fn add(&mut self, others: Self, samples: usize) {
        self.standing += others.standing;
        self.opened += others.opened;
        self.fixed += others.fixed;
        self.reopened += others.reopened;
        self.excepted += others.excepted;
        self.lapsed += others.lapsed;
        self.newest.extend(others.newest);
        self.newest.truncate(samples);
    }
}

/// A finding that was none before, or was answered for.
#[derive(Debug)]
pub struct NewFinding {
    /// `opened`, `reopened` or `lapsed`.
    pub state: &'static str,
    /// What kind of subject it has.
    pub kind: Kind,
    /// The subject.
    pub uid: u32,
    /// Which of several findings about the subject it is; `None` where there is one.
    pub detail: Option<String>,
}

/// A finding, wherever it is kept.
type Key = (String, Kind, u32, String);

/// The findings of each control that has any, with at most `samples` new ones.
///
/// # Errors
/// Where a part cannot be read.
pub fn tally_findings(tables: &TableSet, samples: usize) -> Result<BTreeMap<String, FindingCounts>, EngineError> {
    let findings = tables.find("findings");
    let parts = findings.paths()?.par_iter().map(|path| Tally::of_part(path, samples));
    let mut tally = Tally { samples, ..Tally::default() };
    parts.collect::<Result<Vec<_>, _>>()?.into_iter().for_each(|part| tally.add(part));
    if tally.fixed.is_empty() {
        return Ok(tally.counts.into_iter().collect());
    }
    let before = tables.find(&format!("{BEFORE}findings"));
    let fixed_before = before.paths()?.par_iter().map(|path| fixed(path)).collect::<Result<Vec<_>, _>>()?;
    let fixed_before: HashSet<Key> = fixed_before.into_iter().flatten().collect();
    for key in std::mem::take(&mut tally.fixed) {
        if !fixed_before.contains(&key) {
            tally.of(&key.0).fixed += 1;
        }
    }
    Ok(tally.counts.into_iter().collect())
}

/// What was counted so far.
#[derive(Default)]
struct Tally {
    samples: usize,
    /// Where each control stands in `counts`.
    places: HashMap<String, usize>,
    counts: Vec<(String, FindingCounts)>,
    /// How many new findings of each are told or are to be.
    told: Vec<usize>,
    /// Those that are fixed, by this load or an earlier one.
    fixed: Vec<Key>,
}

impl Tally {
    /// The findings of a part.
    fn of_part(path: &Path, samples: usize) -> Result<Self, EngineError> {
        let mut tally = Self { samples, ..Self::default() };
        let places = tally.count(path)?;
        each_finding(path, places, |key, state| tally.tell(key, state))?;
        Ok(tally)
    }

    /// Adds those of a part that comes later.
    fn add(&mut self, part: Self) {
        let samples = self.samples;
        for (control, counts) in part.counts {
            self.of(&control).add(counts, samples);
        }
        self.fixed.extend(part.fixed);
    }

    fn place(&mut self, control: &str) -> usize {
        if let Some(known) = self.places.get(control) {
            return *known;
        }
        self.places.insert(control.to_owned(), self.counts.len());
        self.counts.push((control.to_owned(), FindingCounts::default()));
        self.told.push(0);
        self.counts.len() - 1
    }

    fn of(&mut self, control: &str) -> &mut FindingCounts {
        let place = self.place(control);
        &mut self.counts[place].1
    }

    /// Counts the findings of a part; where those lie of which more is to be known.
    fn count(&mut self, path: &Path) -> Result<Vec<Range<usize>>, EngineError> {
        let dictionaries = ["control", "state"].map(str::to_owned).to_vec();
        let wanted = Wanted { rows: None, dictionaries };
        let (mut places, mut start): (Vec<Range<usize>>, usize) = (Vec::new(), 0);
        let rows = PartRows::open_as(path, &["control", "state", "excepted_until_on"], &wanted);
        for batch in rows.map_err(EngineError::from_ledger)? {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let controls = words(&batch, "control", |control| Some(self.place(control)))?;
            let states = words(&batch, "state", State::named)?;
            let excepted = column(&batch, "excepted_until_on", Type::Date);
            for row in 0..batch.num_rows() {
                let (Some(control), Some(state)) = (controls[row], states[row]) else { continue };
                let counts = &mut self.counts[control].1;
                counts.standing += u64::from(state != State::Fixed);
                counts.opened += u64::from(state == State::Opened);
                counts.reopened += u64::from(state == State::Reopened);
                counts.lapsed += u64::from(state == State::Lapsed);
                counts.excepted += u64::from(excepted.is_valid(row));
                let is_new = !matches!(state, State::Fixed | State::Persisting) && self.told[control] < self.samples;
                self.told[control] += usize::from(is_new);
                if is_new || state == State::Fixed {
                    add_row(&mut places, start + row);
                }
            }
            start += batch.num_rows();
        }
        Ok(places)
    }

    /// Takes a finding that is fixed, or one of the first new ones.
    fn tell(&mut self, key: (&str, Kind, u32, Option<&str>), state: State) {
        if state == State::Fixed {
            self.fixed.push(with_any_detail(key));
            return;
        }
        let (control, kind, uid, detail) = key;
        let new = NewFinding { state: state.as_str(), kind, uid, detail: detail.map(str::to_owned) };
        self.of(control).newest.push(new);
    }
}

/// No detail and one without letters are the same.
fn with_any_detail((control, kind, uid, detail): (&str, Kind, u32, Option<&str>)) -> Key {
    (control.to_owned(), kind, uid, detail.unwrap_or_default().to_owned())
}

/// The findings of a part that are fixed.
fn fixed(path: &Path) -> Result<Vec<Key>, EngineError> {
    let mut fixed = Vec::new();
    let places = places_of_words(path, "state", |word| word == State::Fixed.as_str())?;
    each_finding(path, places, |key, _| fixed.push(with_any_detail(key)))?;
    Ok(fixed)
}

/// Hands over some findings of a part, whole.
fn each_finding(
    path: &Path,
    places: Vec<Range<usize>>,
    mut take: impl FnMut((&str, Kind, u32, Option<&str>), State),
) -> Result<(), EngineError> {
    if places.is_empty() {
        return Ok(());
    }
    let wanted = Wanted { rows: Some(places), dictionaries: vec!["kind".to_owned(), "state".to_owned()] };
    let columns = ["control", "kind", "uid", "detail", "state"];
    for batch in PartRows::open_as(path, &columns, &wanted).map_err(EngineError::from_ledger)? {
        let batch: RecordBatch = batch.map_err(EngineError::from_ledger)?;
        let kinds = words(&batch, "kind", Kind::named)?;
        let states = words(&batch, "state", State::named)?;
        let [controls, details] = ["control", "detail"].map(|name| column(&batch, name, Type::Text));
        let [controls, details] = [controls.as_string::<i32>(), details.as_string::<i32>()];
        for (row, uid) in numbers(&batch, "uid")?.into_iter().enumerate() {
            if let (Some(control), Some(kind), Some(uid), Some(state)) =
                (text_at(controls, row), kinds[row], uid, states[row])
            {
                take((control, kind, uid, text_at(details, row)), state);
            }
        }
    }
    Ok(())
}
