//! Staged parts: one per table and source, written or taken over from the parent.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};

use super::gather::Gathered;
use super::registry::{self, NewKey, Registry, Renamed};
use super::rejects;
use super::source::{FileFact, SourceReport, SourceState, TableCounts, columns_of};
use super::wave::{Pass, asked_columns};
use super::{Reject, Staged};
use crate::ledger::{LedgerError, OpenTimeslot, Part, Timeslot, arrow_schema, sha256_hex};
use crate::table::{Field, Kind, Table};
use crate::tables::UIDS;

/// So many keys without a number are listed in the report of a source, and no more.
const FEW: usize = 1_000;

/// Rows of the registry, with the new key where one was renamed.
fn with_new_keys(rows: &RecordBatch, renamed: &Renamed) -> RecordBatch {
    let column = |name| Arc::clone(rows.column_by_name(name).expect("`uids` has its columns"));
    let [kinds, namespaces, keys, uids] = registry::COLUMNS.map(column);
    let text = |column: &ArrayRef, row| column.as_string::<i32>().value(row).to_owned();
    let key = |row: usize| {
        let key = text(&keys, row);
        let kind = Kind::named(&text(&kinds, row));
        let new = kind.and_then(|kind| renamed.get(&(kind, text(&namespaces, row), key.clone())));
        new.cloned().unwrap_or(key)
    };
    let named: ArrayRef = Arc::new((0..rows.num_rows()).map(|row| Some(key(row))).collect::<StringArray>());
    let arrays = vec![Arc::clone(&kinds), Arc::clone(&namespaces), named, uids];
    RecordBatch::try_new(arrow_schema(&born_with(&UIDS)), arrays).expect("the arrays follow the columns")
}

/// Where staged parts come from and go to.
pub(super) struct Staging<'a> {
    open: &'a OpenTimeslot,
    parent: Option<&'a Timeslot>,
}

impl<'a> Staging<'a> {
    pub(super) fn new(open: &'a OpenTimeslot, parent: Option<&'a Timeslot>) -> Self {
        Self { open, parent }
    }

    /// The registry: the parent's parts, and one with the new keys. Where keys were renamed, the parts are written anew.
    pub(super) fn uids(&self, new_keys: &[NewKey], renamed: &Renamed) -> Result<Staged, LedgerError> {
        let columns = born_with(&UIDS);
        let mut parts = Vec::new();
        if let Some((parent, record)) =
            self.parent.and_then(|parent| Some((parent, parent.manifest.tables.get("uids")?)))
        {
            for part in record.parts.iter().filter(|_| renamed.is_empty()) {
                parts.push(self.open.link_part(&parent.folder, part, "uids")?);
            }
            if !renamed.is_empty() {
                let shas: Vec<&str> = record.parts.iter().map(|part| part.sha256.as_str()).collect();
                let fingerprint = sha256_hex(format!("{shas:?}\n{renamed:?}").as_bytes());
                let mut rows = Vec::new();
                parent.read("uids", &registry::COLUMNS, &mut |_, batch| {
                    rows.push(with_new_keys(&batch, renamed));
                    Ok(())
                })?;
                parts.push(self.write("uids", "collect", &fingerprint, &columns, rows)?);
            }
        }
        if !new_keys.is_empty() {
            let known: Vec<&str> = parts.iter().map(|part| part.sha256.as_str()).collect();
            let fingerprint = sha256_hex(format!("{known:?}\n{new_keys:?}").as_bytes());
            let text = |of: fn(&NewKey) -> &str| -> ArrayRef {
                Arc::new(StringArray::from_iter_values(new_keys.iter().map(of)))
            };
            let arrays = vec![
                text(|row| row.0.as_str()),
                text(|row| &row.1),
                text(|row| &row.2),
                Arc::new(Int64Array::from_iter_values(new_keys.iter().map(|row| row.3))),
            ];
            let rows = RecordBatch::try_new(arrow_schema(&columns), arrays).expect("the arrays follow the columns");
            parts.push(self.write("uids", "collect", &fingerprint, &columns, [rows])?);
        }
        Ok(Staged::from([("uids".to_owned(), (columns, parts))]))
    }

    /// Takes the parts of a source over from the parent.
    pub(super) fn reuse(&self, source: &Gathered<'_>, known: &SourceReport) -> Result<StagedSource, LedgerError> {
        let parent = self.parent.expect("only what the parent has is reused");
        let mut parts = Vec::new();
        for (table, record) in parent.manifest.tables.iter().filter(|(table, _)| table.starts_with("staged_")) {
            for part in record.parts.iter().filter(|part| part.name == source.collector.name.as_str()) {
                let linked = self.open.link_part(&parent.folder, part, table)?;
                parts.push((table.clone(), record.columns.clone(), linked));
            }
        }
        // The same bytes have the same columns, whatever their files are called now.
        let columns = known.files.iter().map(|file| file.columns.clone());
        let files = source.facts.iter().cloned().zip(columns).map(|(file, columns)| FileFact { columns, ..file });
        let report = SourceReport { files: files.collect(), drift: Vec::new(), reused: true, ..known.clone() };
        Ok(StagedSource { report, parts })
    }

    /// Writes what the passes over a source gave, and judges the source.
    pub(super) fn stage(
        &self,
        source: &Gathered<'_>,
        passes: (Option<Pass>, Option<Pass>),
        registry: &Registry,
        known: Option<&SourceReport>,
    ) -> Result<StagedSource, LedgerError> {
        let name = source.collector.name.as_str();
        let fingerprint = |table: &str| sha256_hex(format!("{}\n{table}", source.fingerprint).as_bytes());
        let mut passes: Vec<Pass> = [passes.0, passes.1].into_iter().flatten().collect();
        let mut judged = Judged::of(source, &passes);
        if passes.iter().any(|pass| pass.changed.is_some()) {
            passes.clear();
        }
        let columns = passes.first().map(|pass| pass.columns.clone()).unwrap_or_default().into_iter();
        let columns = columns.chain(std::iter::repeat(Vec::new()));
        let files = source.facts.iter().cloned().zip(columns).map(|(file, columns)| FileFact { columns, ..file });
        let files: Vec<FileFact> = files.collect();
        let drift = self.drift(source, &files, known);
        let mut rejected: Vec<Reject> = Vec::new();
        let mut unknown = BTreeSet::new();
        let mut parts: Vec<StagedPart> = Vec::new();
        for (number, pass) in passes.into_iter().enumerate() {
            if number == 0 {
                rejected.extend(pass.unreadable);
            }
            for mut rows in pass.objects {
                rejected.append(&mut rows.rejects);
                unknown.append(&mut rows.unknown);
                let table = format!("staged_{}", rows.table.name);
                let part =
                    self.write(&table, name, &fingerprint(&table), &rows.columns, rows.batches(name, registry))?;
                parts.push((table, rows.columns, part));
                judged.counts.push(rows.counts);
            }
            for mut rows in pass.relations {
                unknown.extend(rows.rejects.iter_mut().flat_map(|reject| std::mem::take(&mut reject.about.unknown)));
                rejected.append(&mut rows.rejects);
                let table = format!("staged_{}", rows.table.name);
                let part = self.write(&table, name, &fingerprint(&table), &rows.columns, rows.rows.batches())?;
                parts.push((table, rows.columns, part));
                let side = format!("staged_unresolved_{}", rows.table.name);
                let part = self.write(&side, name, &fingerprint(&side), &rows.side, [rows.unresolved])?;
                parts.push((side, rows.side, part));
                judged.counts.push(rows.counts);
            }
        }
        judged.judge(source, rejected.len() as u64);
        let table = "staged_rejects";
        let part = self.write(table, name, &fingerprint(table), &rejects::columns(), [rejects::batch(rejected)])?;
        parts.push((table.to_owned(), rejects::columns(), part));
        let report = SourceReport {
            source: name.to_owned(),
            state: judged.state,
            remarks: judged.remarks,
            drift,
            files,
            tables: judged.counts,
            stale_loads: match judged.state {
                SourceState::Complete => 0,
                _ => known.map_or(0, |known| known.stale_loads) + 1,
            },
            fingerprint: source.fingerprint.clone(),
            configuration: match judged.state {
                SourceState::Complete | SourceState::Partial => source.configuration.clone(),
                _ => known.map_or_else(String::new, |known| known.configuration.clone()),
            },
            unknown: (unknown.len() <= FEW).then_some(unknown),
            reused: false,
        };
        Ok(StagedSource { report, parts })
    }

    /// What the files' columns say that nobody asked for: against the parent, or on their own where it knows nothing.
    fn drift(&self, source: &Gathered<'_>, files: &[FileFact], known: Option<&SourceReport>) -> Vec<String> {
        let now = columns_of(files);
        let before = known.map(|known| columns_of(&known.files)).unwrap_or_default();
        let asked = asked_columns(source.collector);
        let is_taken = |column: &&str| asked.iter().any(|asked| asked.trim() == *column);
        let list = |columns: &[&str]| {
            let ticked: Vec<String> = columns.iter().map(|column| format!("`{}`", column.escape_debug())).collect();
            ticked.join(", ")
        };
        let mut remarks = Vec::new();
        match self.parent.filter(|_| !before.is_empty()) {
            _ if now.is_empty() => {}
            None => {
                let unused: Vec<&str> = now.into_iter().filter(|column| !is_taken(column)).collect();
                if !unused.is_empty() {
                    remarks.push(format!("columns that no table takes: {}", list(&unused)));
                }
            }
            Some(parent) => {
                let timeslot = &parent.manifest.timeslot;
                let added: Vec<&str> = now.difference(&before).copied().filter(|column| !is_taken(column)).collect();
                let gone: Vec<&str> = before.difference(&now).copied().collect();
                if !added.is_empty() {
                    let added = list(&added);
                    remarks.push(format!("columns that timeslot {timeslot} did not have, and no table takes: {added}"));
                }
                if !gone.is_empty() {
                    remarks.push(format!("columns that timeslot {timeslot} had and that are gone: {}", list(&gone)));
                }
            }
        }
        remarks
    }

    fn write(
        &self,
        table: &str,
        name: &str,
        fingerprint: &str,
        columns: &[Field],
        rows: impl IntoIterator<Item = RecordBatch>,
    ) -> Result<Part, LedgerError> {
        let mut writer = self.open.create_part(table, name, fingerprint, columns)?;
        for batch in rows {
            writer.write(batch)?;
        }
        writer.finish()
    }
}

/// A source while it is judged.
struct Judged {
    state: SourceState,
    remarks: Vec<String>,
    counts: Vec<TableCounts>,
    records: u64,
    keyless: u64,
}

impl Judged {
    fn of(source: &Gathered<'_>, passes: &[Pass]) -> Self {
        let mut remarks = Vec::new();
        let mut state = SourceState::Complete;
        if let Some((missing, why)) = &source.missing {
            state = *missing;
            remarks.push(why.clone());
        }
        let records = passes.iter().map(|pass| pass.records).max().unwrap_or(0);
        if let Some(changed) = passes.iter().find_map(|pass| pass.changed.clone()) {
            return Self {
                state: SourceState::Failed,
                remarks: vec![changed],
                counts: Vec::new(),
                records: 0,
                keyless: 0,
            };
        }
        for remark in passes.iter().flat_map(|pass| pass.faults.iter().chain(&pass.remarks)) {
            if !remarks.contains(remark) {
                remarks.push(remark.clone());
            }
        }
        if passes.iter().any(|pass| !pass.faults.is_empty()) {
            let kept = |pass: &Pass| {
                pass.objects.iter().any(|rows| rows.counts.kept > 0)
                    || pass.relations.iter().any(|rows| rows.counts.kept > 0)
            };
            state = if passes.iter().any(kept) { SourceState::Partial } else { SourceState::Failed };
        }
        let keyless = passes
            .iter()
            .map(|pass| {
                let objects = pass.objects.iter().map(|rows| rows.keyless);
                objects.chain(pass.relations.iter().map(|rows| rows.keyless)).max().unwrap_or(0)
            })
            .max()
            .unwrap_or(0);
        Self { state, remarks, counts: Vec::new(), records, keyless }
    }

    /// Facts that make a source partial though its file could be read.
    fn judge(&mut self, source: &Gathered<'_>, rejects: u64) {
        if self.state != SourceState::Complete {
            return;
        }
        let demands = &source.collector.demands;
        if self.records < demands.min_rows {
            let remark = format!("{} records, where at least {} are expected", self.records, demands.min_rows);
            self.partial(remark);
        }
        if demands.max_rejects.is_exceeded(rejects, self.records) {
            self.partial(format!("{rejects} of {} records are rejects, more than `max_rejects` allows", self.records));
        }
        if self.keyless > demands.max_keyless {
            self.partial(format!(
                "{} rejects have no readable key, so which object they meant is unknown",
                self.keyless
            ));
        }
    }

    fn partial(&mut self, remark: String) {
        self.state = SourceState::Partial;
        self.remarks.push(remark);
    }
}

/// A part with its table and that table's columns.
type StagedPart = (String, Vec<Field>, Part);

/// A source whose parts are written.
pub(super) struct StagedSource {
    pub(super) report: SourceReport,
    pub(super) parts: Vec<StagedPart>,
}

/// Adds a part to a table; columns it has and the table has not are added behind, in the order of their names.
pub(super) fn add(tables: &mut Staged, table: &str, columns: &[Field], part: Part) {
    let (known, parts) = tables.entry(table.to_owned()).or_insert_with(|| (columns.to_vec(), Vec::new()));
    let born = crate::tables::by_name(table.trim_start_matches("staged_")).map_or(0, |table| table.columns.len());
    let is_new = |column: &&Field| !known.iter().any(|known| known.name == column.name);
    let missing: Vec<Field> = columns.iter().filter(is_new).cloned().collect();
    if !missing.is_empty() {
        known.extend(missing);
        known[born..].sort_by(|a, b| a.name.cmp(&b.name));
    }
    parts.push(part);
}

/// The columns a table is born with.
fn born_with(table: &Table) -> Vec<Field> {
    table.columns.iter().map(|column| Field::new(column.name, column.kind)).collect()
}
