//! Tables as models find them: where their rows lie, with what columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::BEFORE;
use crate::collect::side_columns;
use crate::engine::EngineError;
use crate::ledger::{Manifest, Part, PartRows, TableRecord, Timeslot, Wanted, bytes_of_file, sha256_of_file};
use crate::table::Field;
use crate::tables;

/// A table as the engine finds it.
#[derive(Debug, Clone, Default)]
pub struct StoredTable {
    /// Its columns.
    pub columns: Vec<Field>,
    /// Where its rows lie; parts without rows have no file.
    pub files: Vec<PathBuf>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Rows in memory, in place of files.
    pub held: Vec<RecordBatch>,
}

impl StoredTable {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.parts.iter().map(|part| part.rows).sum()
    }

    /// The same without the parts that fulfil a condition.
    #[must_use]
    pub fn without(self, is_left_out: impl Fn(&Part) -> bool) -> Self {
        let mut files = self.files.into_iter();
        let (mut stay, mut stay_files) = (Vec::new(), Vec::new());
        for part in self.parts {
            let file = if part.rows > 0 { files.next() } else { None };
            if !is_left_out(&part) {
                stay_files.extend(file);
                stay.push(part);
            }
        }
        Self { files: stay_files, parts: stay, ..self }
    }

    /// The name of each part that has rows, with those rows in the order in which they lie; of the columns that are
    /// named those which the part has.
    ///
    /// # Errors
    /// Where a part was cut or cannot be opened.
    pub fn open(&self, columns: &[&str]) -> Result<Vec<(String, PartRows)>, EngineError> {
        self.open_as(columns, |_| Ok(Wanted::default()))
    }

    /// The same, with what else `wanted` says of the rows of each file.
    ///
    /// # Errors
    /// Where a part was cut or cannot be opened; what `wanted` says.
    pub fn open_as(
        &self,
        columns: &[&str],
        wanted: impl Fn(&Path) -> Result<Wanted, EngineError>,
    ) -> Result<Vec<(String, PartRows)>, EngineError> {
        self.paths()?;
        let open = |(part, file): (&Part, &PathBuf)| {
            let rows = PartRows::open_as(file, columns, &wanted(file)?).map_err(EngineError::from_ledger)?;
            Ok((part.name.clone(), rows))
        };
        self.stored_parts().map(open).collect()
    }

    /// The file of each part that has rows.
    ///
    /// # Errors
    /// Where one was cut: what was cut may still have a footer.
    pub fn paths(&self) -> Result<&[PathBuf], EngineError> {
        self.cut().map_or(Ok(&self.files), |message| Err(EngineError::new(message)))
    }

    /// The first file that has not the size with which its part was written, and what is wrong with it.
    #[must_use]
    pub fn cut(&self) -> Option<String> {
        self.stored_parts().find_map(|(part, file)| match bytes_of_file(file) {
            Ok(bytes) if bytes == part.bytes => None,
            Ok(bytes) => {
                Some(format!("`{}` has {bytes} bytes and had {} when it was written", file.display(), part.bytes))
            }
            Err(error) => Some(format!("`{}` cannot be read: {error}", file.display())),
        })
    }

    /// The first file that is not as its part was written, and what is wrong with it. Reads every byte: this is for
    /// saying why a query failed.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        self.stored_parts().find_map(|(part, file)| match sha256_of_file(file) {
            Ok((sha256, _)) if sha256 == part.sha256 => None,
            Ok(_) => Some(format!("`{}` is not as it was written; `ledgerline verify` tells more", file.display())),
            Err(error) => Some(format!("`{}` cannot be read: {error}", file.display())),
        })
    }

    /// The parts that have a file, with it.
    fn stored_parts(&self) -> impl Iterator<Item = (&Part, &PathBuf)> {
        self.parts.iter().filter(|part| part.rows > 0).zip(&self.files)
    }

    fn of(record: &TableRecord, folder: &Path) -> Self {
        let files = record.parts.iter().filter(|part| part.rows > 0).map(|part| folder.join(&part.path)).collect();
        Self { columns: record.columns.clone(), files, parts: record.parts.clone(), held: Vec::new() }
    }

    /// The same with every column that a table which stages make is born with now: null where an older build made it.
    fn with_born_columns(mut self, name: &str) -> Self {
        let made = tables::by_name(name).filter(|table| !table.is_collected());
        for column in made.map_or(&[][..], |table| table.columns) {
            if !self.columns.iter().any(|known| known.name == column.name) {
                self.columns.push(Field::new(column.name, column.kind));
            }
        }
        self
    }

    /// The rows of one table in several timeslots, of these columns.
    #[must_use]
    pub fn of_several(timeslots: &[Timeslot], table: &str, columns: Vec<Field>) -> Self {
        let mut all = Self { columns, ..Self::default() };
        for timeslot in timeslots {
            let Some(record) = timeslot.manifest.tables.get(table) else { continue };
            let one = Self::of(record, &timeslot.folder);
            all.files.extend(one.files);
            all.parts.extend(one.parts);
        }
        all
    }

    /// A table of that name that nothing filled, with the columns it is born with.
    fn empty(name: &str) -> Self {
        let born_with = |name: &str| -> Vec<Field> {
            let columns = tables::by_name(name).map_or(&[][..], |table| table.columns);
            columns.iter().map(|column| Field::new(column.name, column.kind)).collect()
        };
        let columns = match name.strip_prefix("unresolved_").and_then(tables::by_name) {
            Some(relation) => side_columns(relation, &born_with(relation.name)),
            None => born_with(name),
        };
        Self { columns, ..Self::default() }
    }
}

/// Every table a model may read: those of this timeslot, and with `before_` those of its parent.
#[derive(Debug, Clone, Default)]
pub struct TableSet(BTreeMap<String, Arc<StoredTable>>);

impl TableSet {
    /// The tables of a timeslot and of its parent.
    #[must_use]
    pub fn of(now: &Timeslot, parent: Option<&Timeslot>) -> Self {
        Self::before(parent).and(&now.folder, &now.manifest)
    }

    /// The tables of a parent alone.
    #[must_use]
    pub fn before(parent: Option<&Timeslot>) -> Self {
        let mut set = Self::default();
        if let Some(parent) = parent {
            for (name, record) in &parent.manifest.tables {
                set.insert(&format!("{BEFORE}{name}"), StoredTable::of(record, &parent.folder).with_born_columns(name));
            }
        }
        set
    }

    /// The same with those of another set, too.
    #[must_use]
    pub fn with(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().map(|(name, table)| (name.clone(), Arc::clone(table))));
        self
    }

    /// The same without the tables of a parent.
    #[must_use]
    pub fn without_parent(mut self) -> Self {
        self.0.retain(|name, _| !name.starts_with(BEFORE));
        self
    }

    /// The same with the tables of a timeslot.
    #[must_use]
    pub fn and(mut self, folder: &Path, manifest: &Manifest) -> Self {
        for (name, record) in &manifest.tables {
            self.insert(name, StoredTable::of(record, folder).with_born_columns(name));
        }
        self
    }

    /// The table of that name; one that nothing filled is empty, with the columns it is born with.
    #[must_use]
    pub fn find(&self, name: &str) -> Arc<StoredTable> {
        self.0.get(name).cloned().unwrap_or_else(|| {
            let bare = name.strip_prefix(BEFORE).unwrap_or(name);
            // A table that only this timeslot has looks the same in the parent, but without rows.
            let shape = self.0.get(bare).map(|stored| stored.columns.clone());
            let empty = StoredTable::empty(bare.strip_prefix("staged_").unwrap_or(bare));
            Arc::new(StoredTable { columns: shape.unwrap_or(empty.columns), ..empty })
        })
    }

    /// The same with the parts of these names alone of a table.
    #[must_use]
    pub fn of_parts(mut self, table: &str, names: &BTreeSet<String>) -> Self {
        if let Some(all) = self.0.get_mut(table)
            && all.parts.iter().any(|part| !names.contains(&part.name))
        {
            *all = Arc::new(StoredTable::clone(all).without(|part| !names.contains(&part.name)));
        }
        self
    }

    /// The same with every column of a table in that of the parent, too: null where the parent did not have it.
    #[must_use]
    pub fn widened(mut self) -> Self {
        let names: Vec<String> =
            self.0.keys().filter_map(|name| name.strip_prefix(BEFORE)).map(str::to_owned).collect();
        for name in names {
            let columns = self.0.get(&name).map(|now| now.columns.clone()).unwrap_or_default();
            let Some(before) = self.0.get_mut(&format!("{BEFORE}{name}")) else { continue };
            for column in columns {
                if !before.columns.iter().any(|known| known.name == column.name) {
                    Arc::make_mut(before).columns.push(column);
                }
            }
        }
        self
    }

    /// Whether a table of that name was filled.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Puts a table in, as it will be found.
    pub fn insert(&mut self, name: &str, table: impl Into<Arc<StoredTable>>) {
        self.0.insert(name.to_owned(), table.into());
    }

    /// Every table that was filled, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StoredTable)> {
        self.0.iter().map(|(name, table)| (name.as_str(), table.as_ref()))
    }
}
