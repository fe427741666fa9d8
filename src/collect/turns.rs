//! What is done with each source in turn: read for one wave or the other, then written. Several sources at once, the
//! largest first, so that none is left alone at the end.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::CollectError;
use super::ends::Ends;
use super::gather::Gathered;
use super::key::KeyForms;
use super::registry::Registry;
use super::source::SourceReport;
use super::staging::{StagedSource, Staging};
use super::wave::{Pass, Wave, pass};
use crate::env::Env;
use crate::event::{How, RunEventKind};
use crate::ids::StageName;

/// What sources are read and written with.
#[derive(Clone, Copy)]
pub(super) struct Turns<'a> {
    pub(super) gathered: &'a [Gathered<'a>],
    pub(super) staging: &'a Staging<'a>,
    /// What the parent says of its sources.
    pub(super) before: &'a [SourceReport],
    pub(super) forms: &'a KeyForms,
    pub(super) env: Env<'a>,
}

/// A source whose relations are to be read.
pub(super) struct Halfway {
    /// Its number.
    pub(super) at: usize,
    /// Whether the parts that the parent has of it are taken over.
    pub(super) is_reused: bool,
    /// What the wave of objects gave.
    pub(super) objects: Option<Pass>,
    /// What the wave of relations gave, once it was read.
    pub(super) relations: Option<Pass>,
}

impl Turns<'_> {
    /// What a wave gives of each source that has tables for it and is not taken over from the parent.
    pub(super) fn objects(self, registry: &Registry, reusable: &[bool]) -> Result<Vec<Option<Pass>>, CollectError> {
        self.each(
            (0..self.gathered.len()).collect(),
            |at| *at,
            |at| self.read(registry, at, Wave::Objects, reusable[at]),
        )
    }

    /// Reads the relations of sources.
    pub(super) fn relations(self, registry: &Registry, sources: Vec<Halfway>) -> Result<Vec<Halfway>, CollectError> {
        self.each(sources, |source| source.at, |source| self.with_relations(registry, source))
    }

    /// Writes what was read of sources.
    pub(super) fn written(self, registry: &Registry, sources: Vec<Halfway>) -> Result<Vec<StagedSource>, CollectError> {
        self.each(sources, |source| source.at, |source| self.write(registry, source))
    }

    /// Reads the relations of sources, and writes each source as soon as it is read.
    pub(super) fn relations_written(
        self,
        registry: &Registry,
        sources: Vec<Halfway>,
    ) -> Result<Vec<StagedSource>, CollectError> {
        self.each(sources, |source| source.at, |source| self.write(registry, self.with_relations(registry, source)?))
    }

    /// Whether relations may ask for stubs of objects that nobody lists: then all are read before any is written,
    /// because they are read again when the stubs have numbers.
    pub(super) fn may_want_stubs(self) -> bool {
        self.gathered.iter().any(|source| {
            let relations = source.collector.tables.iter().filter(|map| Wave::Relations.fills(map));
            relations.into_iter().any(|map| Ends::new(map, source.references).may_want_stubs())
        })
    }

    fn with_relations(self, registry: &Registry, source: Halfway) -> Result<Halfway, CollectError> {
        let objects = match source.objects {
            // It was to be taken over, until a key that it could not resolve had a number: its objects have theirs.
            None => self.read(registry, source.at, Wave::Objects, source.is_reused)?,
            read => read,
        };
        let relations = self.read(registry, source.at, Wave::Relations, source.is_reused)?;
        Ok(Halfway { objects, relations, ..source })
    }

    fn read(self, registry: &Registry, at: usize, wave: Wave, is_reused: bool) -> Result<Option<Pass>, CollectError> {
        if self.env.stop.signal().is_some() {
            return Err(CollectError::ToldToEnd);
        }
        let source = &self.gathered[at];
        let has_tables = source.collector.tables.iter().any(|map| wave.fills(map));
        if is_reused || source.missing.is_some() || !has_tables {
            return Ok(None);
        }
        pass(source, wave, self.forms, registry)
            .map(Some)
            .map_err(|error| CollectError::Filter { collector: source.collector.name.to_string(), source: error })
    }

    fn write(self, registry: &Registry, source: Halfway) -> Result<StagedSource, CollectError> {
        let began = self.env.clock.now();
        let Halfway { at, is_reused, objects, relations } = source;
        let gathered = &self.gathered[at];
        let known = self.before.iter().find(|report| report.source == gathered.collector.name.as_str());
        let staged = if is_reused {
            self.staging.reuse(gathered, known.expect("only what the parent has is reused"))?
        } else {
            self.staging.stage(gathered, (objects, relations), registry, known)?
        };
        self.tell(&staged.report, self.env.millis_since(began));
        Ok(staged)
    }

    fn tell(self, report: &SourceReport, millis: u64) {
        self.env.notice(RunEventKind::Progress {
            stage: StageName::Collect,
            item: report.source.clone(),
            rows: report.tables.iter().map(|table| table.kept).sum(),
            bytes: report.files.iter().map(|file| file.bytes).sum(),
            how: if report.reused { How::Reused } else { How::Made },
            millis,
        });
    }

    /// What `work` gives for each item, in their order; `source` tells which source an item is of.
    fn each<T: Send, R: Send>(
        self,
        items: Vec<T>,
        source: impl Fn(&T) -> usize,
        work: impl Fn(T) -> Result<R, CollectError> + Sync,
    ) -> Result<Vec<R>, CollectError> {
        let bytes = |item: &T| self.gathered[source(item)].facts.iter().map(|file| file.bytes).sum::<u64>();
        let mut turns: Vec<(usize, T)> = items.into_iter().enumerate().collect();
        turns.sort_by_key(|(_, item)| Reverse(bytes(item)));
        let mut done: Vec<_> = turns.into_iter().par_bridge().map(|(at, item)| (at, work(item))).collect();
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, result)| result).collect()
    }
}
