//! One pass over the files of a source: in the first wave its records become objects, in the second relations.

use std::collections::BTreeMap;

use super::collector::{Collector, From, TableMap};
use super::ends::Ends;
use super::find::Found;
use super::gather::Gathered;
use super::key::KeyForms;
use super::numbered::ObjectRows;
use super::objects::ObjectIntake;
use super::read::{self, BadRecord, Notice, Request, Row, Rows, Sink};
use super::registry::Registry;
use super::rejects::{About, RAW_CHARACTERS, Reject};
use super::relations::{RelationIntake, RelationRows};
use crate::engine::EngineError;
use crate::settings::activate::OnMissing;
use crate::table::Sort;

/// Positions of records: the file's number, then the line.
const LINE_BITS: u32 = 40;

/// What one pass over a source gave.
#[derive(Default)]
pub(super) struct Pass {
    pub(super) objects: Vec<ObjectRows>,
    pub(super) relations: Vec<RelationRows>,
    /// Records that could not be read at all.
    pub(super) unreadable: Vec<Reject>,
    pub(super) records: u64,
    /// The columns of each file, sorted.
    pub(super) columns: Vec<Vec<String>>,
    /// That a file was not the same all the while, in a sentence. Nothing that was read of it counts.
    pub(super) changed: Option<String>,
    /// What is wrong with its files, in sentences.
    pub(super) faults: Vec<String>,
    /// What is worth a look, in sentences.
    pub(super) remarks: Vec<String>,
}

/// Which tables a pass fills.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wave {
    Objects,
    Relations,
}

impl Wave {
    /// Whether the wave fills a table.
    pub(super) fn fills(self, map: &TableMap) -> bool {
        (self == Self::Objects) == matches!(map.table.sort, Sort::Object(_))
    }
}

/// Reads the files of a source once, and makes sure that they are what they were when they were hashed.
///
/// # Errors
/// Where a keep-filter fails on a value.
pub(super) fn pass(
    gathered: &Gathered<'_>,
    wave: Wave,
    forms: &KeyForms,
    registry: &Registry,
) -> Result<Pass, EngineError> {
    let read = read_all(gathered, wave, forms, registry);
    match gathered.changed() {
        Some(changed) => Ok(Pass { changed: Some(changed), ..Pass::default() }),
        None => read,
    }
}

fn read_all(gathered: &Gathered<'_>, wave: Wave, forms: &KeyForms, registry: &Registry) -> Result<Pass, EngineError> {
    let collector = gathered.collector;
    let asked = asked_columns(collector);
    let source = collector.name.as_str();
    let mut taker = Taker {
        source,
        file: &gathered.files[0],
        file_number: 0,
        objects: Vec::new(),
        relations: Vec::new(),
        unreadable: Vec::new(),
        failed: None,
    };
    for map in collector.tables.iter().filter(|map| wave.fills(map)) {
        match wave {
            Wave::Objects => taker.objects.push(ObjectIntake::new(map, source, &asked, forms, registry)?),
            Wave::Relations => {
                let ends = Ends::new(map, gathered.references);
                taker.relations.push(RelationIntake::new(map, source, &asked, ends, forms, registry)?);
            }
        }
    }
    let mut pass = Pass::default();
    let request = Request { format: &collector.format, columns: &asked, explode: collector.explode.as_deref() };
    for (number, file) in gathered.files.iter().enumerate() {
        taker.file = file;
        taker.file_number = i64::try_from(number).expect("a source has few files");
        match read::read(&file.path, &request, &mut taker) {
            Ok(notice) => {
                pass.records += notice.records;
                pass.columns.push(columns_of(&notice, &asked));
                for column in notice.unseen_columns {
                    pass.remarks.push(format!("no record of `{}` has `{column}`", file.path.display()));
                }
            }
            Err(fault) => {
                pass.columns.push(Vec::new());
                let line = fault.line.map(|line| format!(", line {line}")).unwrap_or_default();
                let hint = fault.hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default();
                pass.faults.push(format!("`{}`{line}: {fault}{hint}", file.path.display()));
            }
        }
    }
    if let Some(error) = taker.failed {
        return Err(error);
    }
    let place = |position: i64| {
        let file = usize::try_from(position >> LINE_BITS).expect("positions are not negative");
        (gathered.files[file].path.display().to_string(), position & ((1 << LINE_BITS) - 1))
    };
    pass.unreadable = taker.unreadable;
    for intake in taker.objects {
        let mut rows = intake.finish(&place)?;
        rows.stubs = gathered.references.those(rows.table.name, OnMissing::Stub).map(str::to_owned).collect();
        pass.remarks.append(&mut rows.remarks);
        pass.objects.push(rows);
    }
    for intake in taker.relations {
        pass.relations.push(intake.finish(&place)?);
    }
    let rejects = pass.objects.iter_mut().flat_map(|rows| &mut rows.rejects);
    fill_raw(&request, rejects.chain(pass.relations.iter_mut().flat_map(|rows| &mut rows.rejects)).collect());
    Ok(pass)
}

/// Every column of a file: its header, or what its records showed where it has none.
fn columns_of(notice: &Notice, asked: &[String]) -> Vec<String> {
    let seen = asked.iter().filter(|column| !notice.unseen_columns.contains(column));
    let mut columns: Vec<String> = match notice.header.as_slice() {
        [] => seen.chain(&notice.unused_columns).cloned().collect(),
        header => header.iter().filter(|name| !name.is_empty()).cloned().collect(),
    };
    columns.sort();
    columns.dedup();
    columns
}

/// The source columns that any table of a collector takes, once each.
pub(super) fn asked_columns(collector: &Collector) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for column in collector.tables.iter().flat_map(|map| &map.columns) {
        if let From::Column(name) = &column.from
            && !asked.contains(name)
        {
            asked.push(name.clone());
        }
    }
    asked
}

/// Hands each record to every table of the wave.
struct Taker<'a> {
    source: &'a str,
    file: &'a Found,
    file_number: i64,
    objects: Vec<ObjectIntake<'a>>,
    relations: Vec<RelationIntake<'a>>,
    unreadable: Vec<Reject>,
    failed: Option<EngineError>,
}

impl Sink for Taker<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let n_cells = row.cells.len();
        self.rows(&Rows { lines: &[row.line], cells: row.cells, n_cells, raw: &|_| (row.raw)() });
    }

    fn rows(&mut self, rows: &Rows<'_>) {
        if self.failed.is_some() {
            return;
        }
        let start = self.file_number << LINE_BITS;
        let position = |at: usize| start | i64::try_from(rows.lines[at]).unwrap_or(0);
        for intake in &mut self.objects {
            for at in 0..rows.lines.len() {
                rows.with(at, |row| intake.row(row, self.file, position(at)));
            }
        }
        for intake in &mut self.relations {
            if let Err(error) = intake.rows(rows, self.file, position) {
                self.failed = Some(error);
                return;
            }
        }
    }

    fn bad(&mut self, mut record: BadRecord) {
        record.raw = cut(record.raw);
        let file = self.file;
        let mut is_told = true;
        for intake in &mut self.objects {
            is_told &= intake.bad(&record, file);
        }
        for intake in &mut self.relations {
            is_told &= intake.bad(&record, file);
        }
        if !is_told {
            self.unreadable.push(Reject::of_bad(self.source, None, file, &record, About::default()));
        }
    }
}

/// Reads the files again for the raw text of rejects that were found only when all rows were known.
fn fill_raw(request: &Request<'_>, mut rejects: Vec<&mut Reject>) {
    rejects.retain(|reject| reject.raw.is_empty());
    let mut wanted: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    for reject in &rejects {
        wanted.entry(reject.file.clone()).or_default().insert(reject.line, String::new());
    }
    for (file, lines) in &mut wanted {
        // The file was read a moment ago; whatever is wrong with it has been told.
        let _ = read::read(file.as_ref(), request, &mut RawTaker(lines));
    }
    for reject in rejects {
        if let Some(raw) = wanted.get(&reject.file).and_then(|lines| lines.get(&reject.line)) {
            reject.raw.clone_from(raw);
        }
    }
}

/// Keeps the raw text of certain lines.
struct RawTaker<'a>(&'a mut BTreeMap<i64, String>);

impl Sink for RawTaker<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let line = i64::try_from(row.line).unwrap_or(0);
        if let Some(raw) = self.0.get_mut(&line) {
            *raw = cut((row.raw)());
        }
    }

    fn bad(&mut self, _: BadRecord) {}
}

/// A raw text as it is kept.
fn cut(raw: String) -> String {
    match raw.char_indices().nth(RAW_CHARACTERS) {
        Some((end, _)) => raw[..end].to_owned(),
        None => raw,
    }
}
