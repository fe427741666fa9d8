//! Collect: sources become staged parts, in two waves.
//!
//! 1. The files of every source are found and hashed (`gather`, `find`). What is unchanged since the parent is linked.
//! 2. First wave, sources in parallel: records become objects (`wave`, `read/`, `record`, `clean`, `objects`),
//!    settled by key (`settle`).
//! 3. New keys of all sources are sorted and numbered (`registry`, `key`); objects get their uids and are written.
//! 4. Second wave: records become relations, their keys resolved as they are read (`ends`, `relations`). Where it meets
//!    keys that the plan wants stubs for, they are numbered too and the wave is repeated.
//! 5. Rejects are written, and each source has its state and its conservation law (`source`).
//!
//! Nothing here compares with the parent or decides what is deleted: that is activate, in SQL.

mod clean;
pub mod collector;
mod columns;
pub mod decisions;
mod ends;
mod fill;
mod filter;
mod find;
mod foretell;
pub mod forgotten;
mod gather;
mod hash;
pub mod key;
#[doc(hidden)]
pub mod measured;
mod numbered;
mod objects;
mod order;
mod packed;
mod pile;
pub mod read;
mod record;
mod registry;
mod rejects;
mod relations;
pub mod report;
mod settle;
mod side;
pub mod source;
mod spelling;
mod staging;
mod stored;
mod wave;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use self::collector::{Collector, OnFailure};
use self::gather::{Gathered, gather};
use self::key::KeyForms;
use self::registry::Registry;
use self::rejects::Reject;
use self::source::{SourceReport, SourceState};
use self::staging::{StagedSource, Staging};
use self::wave::{Pass, Wave, pass};
use crate::engine::EngineError;
use crate::env::Env;
use crate::event::{How, RunEventKind};
use crate::ids::StageName;
use crate::ledger::{LedgerError, OpenTimeslot, Timeslot};
use crate::settings::activate::References;
use crate::table::{Field, Kind};

pub use self::foretell::{Foretold, foretell};
pub(crate) use self::side::side_columns;
pub(crate) use self::stored::{counts_of, filtered_columns, stored_columns};

/// What collect is told.
pub struct Collection<'a> {
    /// The sources, in the order of the plan: the first wins where two bring the same object.
    pub collectors: &'a [Collector],
    /// How keys are written.
    pub forms: &'a KeyForms,
    /// What becomes of references that lead nowhere.
    pub references: &'a References,
    /// Sources of the parent that this plan no longer has, and whose rows go.
    pub retire: &'a [String],
    /// Sources that this run leaves out: their rows are carried.
    pub left_out: &'a [String],
}

/// Why a collection ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// Sources that may not be missing are not complete.
    #[error("{} not complete: {}", sources.len(), sources.join("; "))]
    NotReady {
        /// Each with its state and why.
        sources: Vec<String>,
    },
    /// A keep-filter fails on a value.
    #[error("the filter of source `{collector}` fails")]
    Filter {
        /// The source.
        collector: String,
        /// Why.
        source: EngineError,
    },
    /// The process was told to end before every source was read.
    #[error("told to end")]
    ToldToEnd,
    /// The ledger cannot take the rows.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Collects every source into staged parts of the open timeslot and commits them. Reports come in the order of the
/// plan, behind them sources that only the parent knows.
///
/// # Errors
/// Where a source that stops the load is not complete (the reports are kept in the timeslot all the same), where a
/// filter fails, or where the disk does.
pub fn collect(
    collection: &Collection<'_>,
    open: &mut OpenTimeslot,
    parent: Option<&Timeslot>,
    env: Env<'_>,
) -> Result<Vec<SourceReport>, CollectError> {
    let now = env.clock.now();
    let gathered: Vec<Gathered<'_>> =
        collection.collectors.par_iter().map(|collector| gather(collector, collection, now)).collect();
    let mut registry = Registry::load(parent)?;
    let before = reports_of(parent);
    let staging = Staging::new(open, parent);
    let reusable: Vec<bool> = gathered.iter().map(|source| Staging::can_reuse(source, &before)).collect();

    let first = run_wave(Wave::Objects, &gathered, &reusable, collection.forms, &registry, env)?;
    let mut new_keys = number(new_keys_of(&first, &registry), &mut registry);
    let still_reusable = |reusable: &[bool], registry: &Registry| -> Vec<bool> {
        let sources = gathered.iter().zip(reusable);
        sources.map(|(source, reusable)| *reusable && !staging.resolves_now(source, registry)).collect()
    };
    let mut reusable = still_reusable(&reusable, &registry);
    let mut second = run_wave(Wave::Relations, &gathered, &reusable, collection.forms, &registry, env)?;
    let stubs = number(wanted_by(&second), &mut registry);
    if !stubs.is_empty() {
        new_keys.extend(stubs);
        reusable = still_reusable(&reusable, &registry);
        second = run_wave(Wave::Relations, &gathered, &reusable, collection.forms, &registry, env)?;
    }

    let mut tables = staging.uids(&new_keys)?;
    let mut reports = Vec::new();
    let stage = |((source, reusable), passes): ((&Gathered<'_>, bool), _)| {
        let began = env.clock.now();
        let known = before.iter().find(|report| report.source == source.collector.name.as_str());
        let staged = if reusable {
            staging.reuse(source, known.expect("only what the parent has is reused"))?
        } else {
            staging.stage(source, passes, &registry, known)?
        };
        notice(&staged.report, env.millis_since(began), env);
        Ok(staged)
    };
    let sources: Vec<_> = gathered.iter().zip(reusable).zip(first.into_iter().zip(second)).collect();
    let staged: Result<Vec<StagedSource>, LedgerError> = sources.into_par_iter().map(stage).collect();
    for source in staged? {
        for (table, columns, part) in source.parts {
            staging::add(&mut tables, &table, &columns, part);
        }
        reports.push(source.report);
    }
    reports.extend(not_collected(&before, collection));
    for (table, (columns, parts)) in tables {
        open.put(&table, columns, parts);
    }
    open.set_stage("collect", serde_json::to_value(&reports).expect("reports have only text keys"));
    open.commit()?;
    stop_where_asked(collection, &reports)?;
    Ok(reports)
}

/// Why a source could not be collected now, as far as its folder tells; `None` = its files are there.
#[must_use]
pub fn missing_files(collector: &Collector) -> Option<String> {
    gather::unfit(collector, &find::files(&collector.files))
}

/// What the collect of a timeslot said of its sources.
#[must_use]
pub fn reports_of(timeslot: Option<&Timeslot>) -> Vec<SourceReport> {
    let record = timeslot.and_then(|timeslot| timeslot.manifest.stages.get("collect"));
    record.and_then(|record| serde_json::from_value(record.clone()).ok()).unwrap_or_default()
}

/// One pass over every source that has tables of the wave and is not taken over from the parent.
fn run_wave(
    wave: Wave,
    gathered: &[Gathered<'_>],
    reusable: &[bool],
    forms: &KeyForms,
    registry: &Registry,
    env: Env<'_>,
) -> Result<Vec<Option<Pass>>, CollectError> {
    gathered
        .par_iter()
        .zip(reusable)
        .map(|(source, reusable)| {
            if env.stop.signal().is_some() {
                return Err(CollectError::ToldToEnd);
            }
            let has_tables = source.collector.tables.iter().any(|map| wave.fills(map));
            if *reusable || source.missing.is_some() || !has_tables {
                return Ok(None);
            }
            pass(source, wave, forms, registry)
                .map(Some)
                .map_err(|error| CollectError::Filter { collector: source.collector.name.to_string(), source: error })
        })
        .collect()
}

/// Keys by kind, each with its namespace.
type Keys = BTreeMap<Kind, Vec<(String, String)>>;

/// The keys without a number, of all objects that were read and of those for which the plan wants stubs.
fn new_keys_of(passes: &[Option<Pass>], registry: &Registry) -> Keys {
    let mut keys = Keys::new();
    for rows in passes.iter().flatten().flat_map(|pass| &pass.objects) {
        keys.entry(rows.kind).or_default().extend(rows.new_keys());
        for (kind, key) in rows.referred() {
            if registry.find(kind, "", key).is_none() {
                keys.entry(kind).or_default().push((String::new(), key.to_owned()));
            }
        }
    }
    keys
}

/// The keys for which relations want stubs.
fn wanted_by(passes: &[Option<Pass>]) -> Keys {
    let mut keys = Keys::new();
    for rows in passes.iter().flatten().flat_map(|pass| &pass.relations) {
        for (kind, namespace, key) in &rows.wanted {
            keys.entry(*kind).or_default().push((namespace.clone(), key.clone()));
        }
    }
    keys
}

/// Numbers those of the keys that are new. Returns the new rows of the registry.
fn number(keys: Keys, registry: &mut Registry) -> Vec<(Kind, String, String, i64)> {
    let mut new_rows = Vec::new();
    for (kind, keys) in keys {
        // Each source brings its keys in order, which sorting all of them at once makes use of.
        let keys: BTreeSet<(String, String)> = keys.into_iter().collect();
        let numbered = registry.number(kind, &keys).into_iter();
        new_rows.extend(numbered.map(|(namespace, key, uid)| (kind, namespace, key, uid)));
    }
    new_rows
}

/// Sources that the parent knows and this plan does not: their rows are carried, unless they are retired.
fn not_collected(before: &[SourceReport], collection: &Collection<'_>) -> Vec<SourceReport> {
    let is_known = |name: &str| {
        collection.collectors.iter().any(|collector| collector.name.as_str() == name)
            || collection.retire.iter().any(|retired| retired == name)
    };
    let why = |name: &String| {
        let is_left_out = collection.left_out.contains(name);
        let why = if is_left_out { "this run leaves it out" } else { "the plan no longer names it" };
        format!("{why}; its rows are carried")
    };
    let forgotten = before.iter().filter(|report| !is_known(&report.source));
    forgotten
        .map(|report| SourceReport {
            source: report.source.clone(),
            state: SourceState::NotCollected,
            remarks: vec![why(&report.source)],
            files: Vec::new(),
            tables: Vec::new(),
            stale_loads: report.stale_loads + 1,
            fingerprint: String::new(),
            reused: false,
        })
        .collect()
}

/// Ends the run where a source that stops the load is not complete.
fn stop_where_asked(collection: &Collection<'_>, reports: &[SourceReport]) -> Result<(), CollectError> {
    let stops = |name: &str| {
        let collector = collection.collectors.iter().find(|collector| collector.name.as_str() == name);
        collector.is_some_and(|collector| collector.on_failure == OnFailure::Stop)
    };
    let sources: Vec<String> = reports
        .iter()
        .filter(|report| report.state != SourceState::Complete && stops(&report.source))
        .map(|report| format!("`{}` is {}: {}", report.source, report.state.as_str(), report.remarks.join("; ")))
        .collect();
    if sources.is_empty() { Ok(()) } else { Err(CollectError::NotReady { sources }) }
}

fn notice(report: &SourceReport, millis: u64, env: Env<'_>) {
    env.notice(RunEventKind::Progress {
        stage: StageName::Collect,
        item: report.source.clone(),
        rows: report.tables.iter().map(|table| table.kept).sum(),
        bytes: report.files.iter().map(|file| file.bytes).sum(),
        how: if report.reused { How::Reused } else { How::Made },
        millis,
    });
}

/// A table being staged: its columns and parts.
type Staged = BTreeMap<String, (Vec<Field>, Vec<crate::ledger::Part>)>;
