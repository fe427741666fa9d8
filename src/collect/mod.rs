//! Collect: sources become staged parts, in two waves.
//!
//! 1. The files of every source are found and hashed (`gather`, `find`). What is unchanged since the parent is linked.
//! 2. First wave, sources in parallel: records become objects (`wave`, `read/`, `record`, `clean`, `objects`),
//!    settled by key (`settle`).
//! 3. New keys of all sources are sorted and numbered (`registry`, `key`); objects get their uids.
//! 4. Second wave: records become relations, their keys resolved as they are read (`ends`, `relations`). Where it meets
//!    keys that the plan wants stubs for, they are numbered too and the wave is repeated.
//! 5. Each source is written as soon as all of it is read (`turns`, `staging`), rejects too, and has its state and its
//!    conservation law (`source`).
//!
//! Nothing here compares with the parent or decides what is deleted: that is activate, in SQL.

mod clean;
pub mod collector;
mod columns;
pub mod decisions;
mod ends;
pub mod exceptions;
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
mod need;
mod numbered;
mod objects;
mod order;
pub mod overlay;
mod packed;
mod pile;
mod positions;
pub mod read;
mod record;
mod registry;
mod rejects;
pub mod rekeys;
mod relations;
pub mod report;
mod said;
mod settle;
mod side;
pub mod source;
mod spelling;
mod staging;
mod standing;
mod stored;
mod turns;
mod wave;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use self::collector::{Collector, OnFailure};
use self::gather::{Gathered, gather};
use self::key::KeyForms;
use self::registry::{NewKey, Registry};
use self::rejects::Reject;
use self::rekeys::put_rekeys;
use self::source::{SourceReport, SourceState};
use self::staging::Staging;
use self::standing::{Fresh, Standing};
use self::turns::{Halfway, Turns};
use self::wave::Pass;
use crate::engine::EngineError;
use crate::env::Env;
use crate::ledger::{LedgerError, OpenTimeslot, Timeslot};
use crate::model::Reuse;
use crate::settings::activate::References;
use crate::table::{Field, Kind};

pub use self::foretell::{Foretold, foretell};
pub use self::need::{Need, need};
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

/// Collects every source into staged parts of the open timeslot and commits them; what the parent has of a source that is
/// what it was then is taken over, where `reuse` allows it. Reports come in the order of the
/// plan, behind them sources that only the parent knows.
///
/// # Errors
/// Where a source that stops the load is not complete (the reports are kept in the timeslot all the same), where a
/// filter fails, or where the disk does.
pub fn collect(
    collection: &Collection<'_>,
    open: &mut OpenTimeslot,
    parent: Option<&Timeslot>,
    reuse: Reuse,
    env: Env<'_>,
) -> Result<Vec<SourceReport>, CollectError> {
    let now = env.clock.now();
    let collectors = collection.collectors;
    let before = reports_of(parent);
    let standing = Standing { parent, before: &before };
    let is_reuse_likely =
        reuse == Reuse::WhereEqual && collectors.iter().all(|collector| standing.is_likely(collector));
    let (gathered, registry) = rayon::join(
        || collectors.par_iter().map(|collector| gather(collector, collection, now)).collect::<Vec<Gathered<'_>>>(),
        || if is_reuse_likely { None } else { Some(Registry::load(parent)) },
    );
    // Where nothing is read, nothing is looked up.
    let is_needed = || !gathered.iter().all(|source| standing.stands_by_itself(source));
    let mut registry = match registry {
        Some(registry) => registry?,
        None if is_needed() => Registry::load(parent)?,
        None => Registry::default(),
    };
    let rekeys = &collection.forms.rekeys;
    let (renamed, refused) = registry.rename(rekeys);
    for why in refused {
        env.note(why);
    }
    let staging = Staging::new(open, parent);
    let stands =
        |source: &Gathered<'_>, fresh: &Fresh<'_>| reuse == Reuse::WhereEqual && standing.stands(source, fresh);
    let nothing_new = Fresh::of(&[], &registry);
    let reusable: Vec<bool> = gathered.iter().map(|source| stands(source, &nothing_new)).collect();

    let turns = Turns { gathered: &gathered, staging: &staging, before: &before, forms: collection.forms, env };
    let objects = turns.objects(&registry, &reusable)?;
    let mut new_keys = number(new_keys_of(&objects, &registry), &mut registry);
    let fresh = Fresh::of(&new_keys, &registry);
    let sources = objects.into_iter().enumerate().map(|(at, objects)| {
        let is_reused = reusable[at] && stands(&gathered[at], &fresh);
        Halfway { at, is_reused, objects, relations: None }
    });
    let mut sources: Vec<Halfway> = sources.collect();
    let staged = if turns.may_want_stubs() {
        sources = turns.relations(&registry, sources)?;
        let stubs = number(wanted_by(&sources), &mut registry);
        if !stubs.is_empty() {
            new_keys.extend(stubs);
            let fresh = Fresh::of(&new_keys, &registry);
            for source in &mut sources {
                source.is_reused = source.is_reused && stands(&gathered[source.at], &fresh);
            }
            sources = turns.relations(&registry, sources)?;
        }
        turns.written(&registry, sources)?
    } else {
        turns.relations_written(&registry, sources)?
    };

    let mut tables = staging.uids(&new_keys, &renamed)?;
    let mut reports = Vec::new();
    for source in staged {
        for (table, columns, part) in source.parts {
            staging::add(&mut tables, &table, &columns, part);
        }
        reports.push(source.report);
    }
    reports.extend(not_collected(&before, collection));
    for (table, (columns, parts)) in tables {
        open.put(&table, columns, parts);
    }
    put_rekeys(rekeys, open)?;
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
fn wanted_by(sources: &[Halfway]) -> Keys {
    let mut keys = Keys::new();
    for rows in sources.iter().flat_map(|source| &source.relations).flat_map(|pass| &pass.relations) {
        for (kind, namespace, key) in &rows.wanted {
            keys.entry(*kind).or_default().push((namespace.clone(), key.clone()));
        }
    }
    keys
}

/// Numbers those of the keys that are new. Returns the new rows of the registry.
fn number(keys: Keys, registry: &mut Registry) -> Vec<NewKey> {
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
            drift: Vec::new(),
            files: Vec::new(),
            tables: Vec::new(),
            stale_loads: report.stale_loads + 1,
            fingerprint: String::new(),
            configuration: report.configuration.clone(),
            unknown: None,
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

/// A table being staged: its columns and parts.
type Staged = BTreeMap<String, (Vec<Field>, Vec<crate::ledger::Part>)>;
