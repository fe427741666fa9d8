//! Records that become objects: cleaned, filtered, hashed, and settled by key. Their uids come between the waves.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::collector::{OnDuplicate, TableMap};
use super::columns::{Value, recycled};
use super::fill::{Fill, KeyColumns, fills, full_name, key_source, normalised, position_of, text_or_null};
use super::find::Found;
use super::hash::RowHasher;
use super::key::KeyForms;
use super::numbered::{Key, ObjectRows};
use super::pile::PiledColumn;
use super::read::{BadRecord, Row};
use super::record::{Flaw, Nulled, RecordCleaner};
use super::registry::Registry;
use super::rejects::{About, Reject};
use super::settle::{Rows, settle};
use super::source::{TableCounts, Unknown};
use super::spelling::Spellings;
use super::stored::{counts_of, filtered_columns, stored_columns};
use crate::engine::{EngineError, Predicate};
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind, Role, Sort};

/// Rows are filtered in chunks of this many.
const CHUNK_ROWS: usize = 65_536;

/// The records of one file being turned into objects of one table.
pub(super) struct ObjectIntake<'a> {
    map: &'a TableMap,
    kind: Kind,
    source: &'a str,
    forms: &'a KeyForms,
    known: &'a Registry,
    cleaner: RecordCleaner,
    keep: Option<Predicate>,
    /// The columns of the table, then helper columns of the filter.
    columns: Vec<Field>,
    fills: Vec<Fill>,
    keys: KeyColumns,
    /// Which of `fills` is the full name.
    full_name: Option<usize>,
    hasher: RowHasher,
    piled: Vec<PiledColumn>,
    /// What a row needs while it is taken, empty between rows.
    values: Vec<Value<'static>>,
    spare: Vec<usize>,
    norm: String,
    /// Where each row stands, and what all of it says.
    positions: Vec<i64>,
    contents: Vec<i64>,
    /// Rows that are rejects unless the filter leaves them out.
    flawed: Vec<(usize, Reject, bool)>,
    rejects: Vec<Reject>,
    unknown: BTreeSet<Unknown>,
    counts: TableCounts,
    nulled: Nulled,
    keyless: u64,
}

impl<'a> ObjectIntake<'a> {
    pub(super) fn new(
        map: &'a TableMap,
        source: &'a str,
        asked: &[String],
        forms: &'a KeyForms,
        known: &'a Registry,
    ) -> Result<Self, EngineError> {
        let Sort::Object(kind) = map.table.sort else { unreachable!("only object tables come here") };
        let mut fills = fills(map, &stored_columns(map));
        let columns = filtered_columns(map);
        for helper in &columns[fills.len()..] {
            fills.push(Fill::Value(position_of(map, &helper.name).expect("it is a column of the map")));
        }
        let keep = map.keep.as_ref().map(|keep| Predicate::new(&keep.text, &columns)).transpose()?;
        let piled = columns.iter().map(|column| PiledColumn::new(column.kind)).collect();
        Ok(Self {
            map,
            kind,
            source,
            forms,
            known,
            cleaner: RecordCleaner::new(map, asked),
            keep,
            columns,
            keys: KeyColumns::of(map, kind),
            full_name: fills.iter().position(|fill| matches!(fill, Fill::FullName { .. })),
            fills,
            hasher: RowHasher::new(map),
            piled,
            values: Vec::new(),
            spare: Vec::new(),
            norm: String::new(),
            positions: Vec::new(),
            contents: Vec::new(),
            flawed: Vec::new(),
            rejects: Vec::new(),
            unknown: BTreeSet::new(),
            counts: counts_of(map),
            nulled: Nulled::default(),
            keyless: 0,
        })
    }

    /// Takes one record; `position` orders the records of the source.
    pub(super) fn row(&mut self, row: &Row<'_>, file: &Found, position: i64) {
        self.counts.read += 1;
        let Self { cleaner, piled, fills, keys, norm, .. } = self;
        let (mut values, mut nulled) = (recycled(std::mem::take(&mut self.values)), std::mem::take(&mut self.spare));
        let flaw = cleaner.clean(row, file, &mut values, &mut nulled);
        let is_readable = keys.form(self.forms, &mut values);
        if let Some(Flaw { column, reason }) = flaw {
            let (namespace, key) = keys.texts(&values);
            let about = if is_readable {
                about(self.kind, self.known, namespace, key, &mut self.unknown)
            } else {
                About::default()
            };
            let reject = Reject {
                source: self.source.to_owned(),
                table: Some(self.map.table.name),
                file: file.path.display().to_string(),
                line: i64::try_from(row.line).unwrap_or(i64::MAX),
                column: Some(cleaner.name(column).to_owned()),
                reason,
                raw: (row.raw)(),
                about,
            };
            self.flawed.push((self.positions.len(), reject, !is_readable));
        } else {
            self.nulled.count(cleaner, &nulled);
        }
        let full_name = full_name(self.full_name.map(|at| &fills[at]), &values);
        let full_name = full_name.as_deref();
        let (row_hash, content) = self.hasher.hashes(&values, full_name);
        for (fill, column) in fills.iter().zip(piled) {
            match fill {
                // The same in all rows: made when all are known.
                Fill::Null | Fill::Source | Fill::Fresh => {}
                Fill::Value(at) => column.push(&values[*at]),
                Fill::KeySource => column.push(&key_source(keys, cleaner, row, file)),
                Fill::Norm(at) => column.push(&normalised(values[*at].as_text(), norm)),
                Fill::FullName { .. } => column.push(&text_or_null(full_name)),
                Fill::FullNameNorm => column.push(&normalised(full_name, norm)),
                Fill::RowHash => column.push(&Value::Integer(row_hash)),
            }
        }
        (self.values, self.spare) = (recycled(values), nulled);
        self.positions.push(position);
        self.contents.push(content);
    }

    /// Takes a record that could not be read as a whole. Returns whether it says whom it is about: then it is told here.
    pub(super) fn bad(&mut self, record: &BadRecord, file: &Found) -> bool {
        self.counts.read += 1;
        self.counts.rejected += 1;
        let known = self.map.columns.iter().enumerate().all(|(at, column)| {
            let role = self.map.table.column(&column.name).map(|column| column.role);
            !matches!(role, Some(Role::Key | Role::Namespace(_))) || self.cleaner.is_sound(at, &record.cells)
        });
        let about = known.then(|| self.about_bad(record, file)).flatten();
        let Some(about) = about else {
            self.keyless += 1;
            return false;
        };
        self.rejects.push(Reject::of_bad(self.source, Some(self.map.table.name), file, record, about));
        true
    }

    /// The object that a bad record speaks of. `None` where its key cannot be read, or where nobody has it and it may
    /// be the text of another column.
    fn about_bad(&mut self, record: &BadRecord, file: &Found) -> Option<About> {
        let cells = record.row_cells();
        let row = Row { line: record.line, cells: &cells, raw: &String::new };
        let (mut values, mut nulled) = (Vec::new(), Vec::new());
        let _ = self.cleaner.clean(&row, file, &mut values, &mut nulled);
        if !self.keys.form(self.forms, &mut values) {
            return None;
        }
        let (namespace, key) = self.keys.texts(&values);
        if key.is_empty() {
            return None;
        }
        let about = about(self.kind, self.known, namespace, key, &mut self.unknown);
        (record.is_aligned || about.first.is_some()).then_some(about)
    }

    /// All rows that were read.
    fn rows(&mut self) -> Result<RecordBatch, EngineError> {
        let n_rows = self.positions.len();
        let arrays = self.fills.iter().zip(&mut self.piled).map(|(fill, column)| match fill {
            // Only a filter may ask for these: they are written as they are due.
            Fill::Source if self.keep.is_some() => {
                Ok(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(self.source, n_rows))) as ArrayRef)
            }
            Fill::Fresh if self.keep.is_some() => Ok(Arc::new(Int64Array::from_value(0, n_rows)) as ArrayRef),
            Fill::Null | Fill::Source | Fill::Fresh => Ok(column.nulls(n_rows)),
            _ => column.finish(),
        });
        let arrays = arrays.collect::<Result<_, EngineError>>()?;
        RecordBatch::try_new(arrow_schema(&self.columns), arrays).map_err(EngineError::from_arrow)
    }

    /// Which of the rows are neither left out by the filter nor rejects.
    fn sifted(&mut self, rows: &RecordBatch) -> Result<Vec<u32>, EngineError> {
        let n_rows = rows.num_rows();
        let mut stay = vec![true; n_rows];
        if let Some(keep) = &self.keep {
            for start in (0..n_rows).step_by(CHUNK_ROWS) {
                let chunk = rows.slice(start, CHUNK_ROWS.min(n_rows - start));
                for (stays, holds) in stay[start..].iter_mut().zip(&keep.holds(&chunk)?) {
                    *stays = holds == Some(true);
                }
            }
        }
        self.counts.filtered = stay.iter().filter(|stays| !**stays).count() as u64;
        for (row, reject, is_keyless) in self.flawed.drain(..) {
            if stay[row] {
                stay[row] = false;
                self.counts.rejected += 1;
                self.keyless += u64::from(is_keyless);
                self.rejects.push(reject);
            }
        }
        Ok((0..).zip(stay).filter_map(|(row, stays)| stays.then_some(row)).collect())
    }

    /// Settles the rows by key. `place` names file and line of a position, `raw` the text that stands there.
    pub(super) fn finish(mut self, place: &dyn Fn(i64) -> (String, i64)) -> Result<ObjectRows, EngineError> {
        let rows = self.rows()?;
        let stay = self.sifted(&rows)?;
        let key = Key::of(self.map.table, &rows);
        let (position, content) = (&self.positions, &self.contents);
        let sorted = key.sorted(stay, |a, b| {
            let order = |of: &[i64]| of[a as usize].cmp(&of[b as usize]);
            order(content).then_with(|| key.source(a).cmp(key.source(b))).then_with(|| order(position))
        });
        let smallest = match &self.map.on_duplicate {
            OnDuplicate::Min(column) => rows.column_by_name(column).cloned(),
            _ => None,
        };
        let spellings = Spellings::of(&sorted, &key);
        let says_the_same = |a: u32, b: u32| content[a as usize] == content[b as usize];
        let facts = Rows { says_the_same: &says_the_same, position: &|row| position[row as usize], smallest };
        let settled = settle(&sorted, |a, b| key.order(a, b).is_eq(), &facts, &self.map.on_duplicate);
        for (row, copies) in &settled.rejected {
            let (namespace, text) = key.texts(*row);
            let about = about(self.kind, self.known, namespace, text, &mut self.unknown);
            let (file, line) = place(position[*row as usize]);
            self.rejects.push(Reject {
                source: self.source.to_owned(),
                table: Some(self.map.table.name),
                file,
                line,
                column: None,
                reason: format!(
                    "the key `{text}` is given {copies} times with different values{}",
                    spellings.written(namespace, text)
                ),
                raw: String::new(),
                about,
            });
        }
        self.counts.kept = settled.kept.len() as u64;
        self.counts.rejected += settled.rejected.len() as u64;
        self.counts.duplicate = settled.duplicates;
        self.counts.nulled = std::mem::take(&mut self.nulled).into_map();
        self.counts.carrying = self.rejects.iter().filter(|reject| reject.about.first.is_some()).count() as u64;
        let columns = stored_columns(self.map);
        let stored: Vec<usize> = (0..columns.len()).collect();
        let uids = settled.kept.iter().map(|row| {
            let (namespace, text) = key.texts(*row);
            self.known.find(self.kind, namespace, text)
        });
        Ok(ObjectRows {
            table: self.map.table,
            kind: self.kind,
            columns,
            uids: uids.collect(),
            rows: rows.project(&stored).map_err(EngineError::from_arrow)?,
            kept: settled.kept,
            key,
            rejects: self.rejects,
            unknown: self.unknown,
            counts: self.counts,
            keyless: self.keyless,
            stubs: Vec::new(),
            remarks: spellings.remark(self.map.table.name).into_iter().collect(),
        })
    }
}

/// What a reject speaks of whose key can be read: the object that had it in the parent, so that it is the same whether
/// other sources were read before or not. Where none had it, the key is noted.
fn about(kind: Kind, known: &Registry, namespace: &str, key: &str, unknown: &mut BTreeSet<Unknown>) -> About {
    let uid = known.find_before(kind, namespace, key);
    if uid.is_none() {
        unknown.insert(Unknown { kind, namespace: Some(namespace.to_owned()), key: key.to_owned() });
    }
    About { first: uid.map(|uid| (kind, uid)), ..About::default() }
}
