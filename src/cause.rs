//! Causes: whether data or configuration moved a table since the parent.
//!
//! A source moved by its data where its files have other bytes, and by configuration where what its collector says is not
//! what it said. A model moved by configuration where its settings did; beyond that it moved by whatever moved the tables
//! that it reads. What people decide in decision files is data, and so is the day.
//!
//! Of the stage that is compiled nothing stands yet: there a table counts as moved where anything above it may have moved it.

mod trace;

use std::collections::BTreeMap;

use self::trace::Trace;
pub use self::trace::moved_parts;
use crate::collect::source::{SourceReport, SourceState};
use crate::model::{BEFORE, BUILD, CONFIGURATION, Model, TableSet};
use crate::sql;
use crate::table::{Kind, Role, Table};
use crate::tables;

/// What moved something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) by_data: bool,
    pub(crate) by_configuration: bool,
}

impl Moved {
    const BY_CONFIGURATION: Self = Self { by_data: false, by_configuration: true };

    fn and(self, other: Self) -> Self {
        Self {
            by_data: self.by_data || other.by_data,
            by_configuration: self.by_configuration || other.by_configuration,
        }
    }
}

/// What moved the rows of a table, told apart by the source that brought them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BySource {
    named: BTreeMap<String, &'static str>,
    otherwise: &'static str,
}

impl BySource {
    /// What moved a row of a source.
    #[must_use]
    pub fn of(&self, source: &str) -> &'static str {
        self.named.get(source).copied().unwrap_or(self.otherwise)
    }

    /// Whether all rows moved for the same cause.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.named.values().all(|cause| *cause == self.otherwise)
    }

    /// The same as SQL, over an expression for the source.
    #[must_use]
    pub fn sql(&self, source: &str) -> String {
        let other = self.named.iter().filter(|(_, cause)| **cause != self.otherwise);
        let cases: String = other.map(|(name, cause)| format!(" WHEN {} THEN '{cause}'", sql::text(name))).collect();
        if cases.is_empty() {
            format!("'{}'", self.otherwise)
        } else {
            format!("CASE {source}{cases} ELSE '{}' END", self.otherwise)
        }
    }
}

/// What moved the tables of a stage, and those before it.
#[derive(Debug, Clone, Default)]
pub struct Causes {
    sources: Sources,
    by_table: BTreeMap<&'static str, &'static str>,
}

/// The tables that tie objects and that stages compute.
const COMPUTED: [&str; 3] = ["ownership", "effective_rights", "managers"];

impl Causes {
    /// What moved tables against the parent. `models` are those of the stage that is compiled, as they are without day and
    /// parent; `tables` has those of the parent, too.
    #[must_use]
    pub fn of(models: &[Model], tables: &TableSet, now: &[SourceReport], before: &[SourceReport]) -> Self {
        let sources = Sources::of(tables, now, before);
        let trace = Trace::new(models, tables, &sources);
        let by_table = COMPUTED.map(|table| (table, sources.word(trace.table(table)))).into();
        Self { sources, by_table }
    }

    /// What moved a computed table.
    #[must_use]
    pub fn of_table(&self, table: &str) -> &'static str {
        self.by_table.get(table).copied().unwrap_or(DATA)
    }

    /// What moved a collected table, by source.
    #[must_use]
    pub fn of_sources(&self, table: &Table) -> BySource {
        let moved = |name: &str| self.sources.of_rows(name, table);
        let named = self.sources.moved.keys().map(|name| (name.clone(), self.sources.word(moved(name)))).collect();
        // Stubs, which no source brings: whatever names them does.
        let all = self.sources.moved.values().fold(Moved::default(), |all, one| all.and(*one));
        BySource { named, otherwise: self.sources.word(all) }
    }
}

const DATA: &str = "data";
const BOTH: &str = "both";

/// Every cause, as it is stored.
pub const CAUSES: [&str; 3] = [DATA, CONFIGURATION, BOTH];

/// What moved the sources.
#[derive(Debug, Clone, Default)]
struct Sources {
    moved: BTreeMap<String, Moved>,
    /// The sources of each table of objects.
    of_objects: BTreeMap<Kind, Vec<String>>,
    /// Whether another program made the parent.
    is_other_program: bool,
}

impl Sources {
    fn of(tables: &TableSet, now: &[SourceReport], before: &[SourceReport]) -> Self {
        let mut sources = Self { is_other_program: is_other_program(tables), ..Self::default() };
        // A parent without reports says nothing of its sources.
        if before.is_empty() {
            return sources;
        }
        for report in now {
            let was = before.iter().find(|was| was.source == report.source);
            sources.moved.insert(report.source.clone(), of_source(report, was));
        }
        for was in before.iter().filter(|was| !now.iter().any(|report| report.source == was.source)) {
            sources.moved.insert(was.source.clone(), Moved::BY_CONFIGURATION);
        }
        for kind in Kind::ALL {
            let table = tables::of_kind(kind).name;
            let parts = |name: &str| tables.find(name).parts.iter().map(|part| part.name.clone()).collect::<Vec<_>>();
            let mut names = parts(&format!("staged_{table}"));
            names.extend(parts(&format!("{BEFORE}{table}")));
            sources.of_objects.insert(kind, names);
        }
        sources
    }

    /// What moved the rows that a source brings for a table. A relation also comes and goes with the objects at its ends.
    fn of_rows(&self, source: &str, table: &Table) -> Moved {
        let own = self.moved.get(source).copied().unwrap_or_default();
        let ends = table.columns.iter().filter_map(|column| match column.role {
            Role::End(kind) => self.of_objects.get(&kind),
            _ => None,
        });
        ends.flatten().filter_map(|name| self.moved.get(name)).fold(own, |moved, end| moved.and(*end))
    }

    /// The cause as it is stored. Where nothing else moved it, the program did, or the day.
    fn word(&self, moved: Moved) -> &'static str {
        match (moved.by_data, moved.by_configuration) {
            (true, true) => BOTH,
            (false, true) => CONFIGURATION,
            (false, false) if self.is_other_program => CONFIGURATION,
            _ => DATA,
        }
    }
}

/// What moved a source since the parent.
fn of_source(now: &SourceReport, was: Option<&SourceReport>) -> Moved {
    let Some(was) = was else { return Moved::BY_CONFIGURATION };
    // What is carried does not move, whatever was written into its collector.
    let is_read = now.state == SourceState::Complete || now.state == SourceState::Partial;
    if !is_read || now.fingerprint == was.fingerprint {
        return Moved::default();
    }
    let hashes = |report: &SourceReport| report.files.iter().map(|file| file.sha256.clone()).collect::<Vec<_>>();
    let paths = |report: &SourceReport| report.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let is_known = !now.configuration.is_empty() && !was.configuration.is_empty();
    let by_configuration = is_known && now.configuration != was.configuration;
    // The same bytes under another name may say something else: a collector can read columns off it.
    let is_renamed = || !by_configuration && paths(now) != paths(was);
    Moved { by_data: hashes(now) != hashes(was) || is_renamed(), by_configuration }
}

/// Whether the parent has a part that another build computed.
fn is_other_program(tables: &TableSet) -> bool {
    let builds = tables.iter().filter(|(name, _)| name.starts_with(BEFORE)).flat_map(|(_, table)| &table.parts);
    builds.filter_map(|part| part.made_from.get("build")).any(|build| build != BUILD)
}
