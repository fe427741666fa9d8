//! Models: named result tables and the queries that make them, and the tables they read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;

use crate::collect::side_columns;
use crate::engine::EngineError;
use crate::kernels::{Kernel, Sieve};
use crate::ledger::{Part, PartRows, TableRecord, Timeslot, Wanted, bytes_of_file, sha256_hex, sha256_of_file};
use crate::table::Field;
use crate::{sql, tables};

/// The build that computed something: part of every fingerprint.
pub const BUILD: &str = env!("LEDGERLINE_BUILD");

/// Before the name of a table of the parent.
pub const BEFORE: &str = "before_";

/// One part of a result table and how it is made.
#[derive(Debug, Clone)]
pub struct Model {
    /// The table it belongs to. A table may be the union of several models.
    pub table: String,
    /// The model's name within the table, and the beginning of its part's file name.
    pub name: String,
    /// The columns of the result, where they are fixed; else they follow from the query.
    pub columns: Option<Vec<Field>>,
    /// How it is made.
    pub make: Make,
    /// A faster way to the rows of its query.
    pub faster: Option<Faster>,
    /// What [`Model::reads`] found, once it was asked: the query is parsed for it.
    pub reads: OnceLock<BTreeSet<String>>,
}

/// A faster way to the very rows that a model's query gives. It says nothing of what they are.
#[derive(Debug, Clone)]
pub struct Faster {
    /// The `(table, model)` pair of the same stage that must be without rows for it to be right.
    pub unless: Option<(String, String)>,
    /// The way.
    pub way: Way,
}

/// What is faster than a query over stored tables.
#[derive(Debug, Clone)]
pub enum Way {
    /// A kernel gives the rows.
    Kernel(Arc<dyn Kernel>),
    /// The query runs over the few rows that sieves leave of tables; where one leaves none, it has no rows itself.
    Sifted(Vec<(String, Arc<dyn Sieve>)>),
}

/// How the rows of a model come about.
#[derive(Debug, Clone)]
pub enum Make {
    /// A query; inputs are read off it.
    Sql(String),
    /// Staged parts become published parts as they are if none of the named models of this stage has rows, which
    /// means that nothing is lost, added or carried; else the query runs. Both give the same rows.
    Publish {
        /// The staged table.
        staged: String,
        /// `(table, model)` pairs that must be without rows.
        unless: Vec<(String, String)>,
        /// What is meant.
        sql: String,
    },
    /// A function over rows, for what is not set logic.
    Rust {
        /// The query that gives its input.
        input: String,
        /// The function.
        run: RustFn,
        /// A query that recomputes the result in DuckDB, for auditors.
        check: String,
    },
}

/// Turns the rows of an input query into result rows, both as Arrow batches.
pub type RustFn = fn(Vec<RecordBatch>) -> Result<RecordBatch, arrow::error::ArrowError>;

impl Model {
    /// A model with the columns that `tables.rs` gives its table, or with those of the query.
    #[must_use]
    pub fn sql(table: &str, name: &str, query: String) -> Self {
        let columns = tables::by_name(table)
            .filter(|table| !table.is_collected())
            .map(|table| table.columns.iter().map(|column| Field::new(column.name, column.kind)).collect());
        Self {
            table: table.to_owned(),
            name: name.to_owned(),
            columns,
            make: Make::Sql(query),
            faster: None,
            reads: OnceLock::new(),
        }
    }

    /// The same model, made by a kernel.
    #[must_use]
    pub fn by(self, kernel: impl Kernel + 'static) -> Self {
        Self { faster: Some(Faster { unless: None, way: Way::Kernel(Arc::new(kernel)) }), ..self }
    }

    /// The same model, over what a sieve leaves of each table.
    #[must_use]
    pub fn sifted(self, sieves: Vec<(String, Arc<dyn Sieve>)>) -> Self {
        Self { faster: Some(Faster { unless: None, way: Way::Sifted(sieves) }), ..self }
    }

    /// A model of a fixed table that a function makes from the rows of `input`; `check` recomputes it in `DuckDB`.
    #[must_use]
    pub fn rust(table: &str, name: &str, input: String, run: RustFn, check: String) -> Self {
        Self { make: Make::Rust { input, run, check }, ..Self::sql(table, name, String::new()) }
    }

    /// The query that is run, or that gives the input of what is run.
    #[must_use]
    pub fn query(&self) -> &str {
        match &self.make {
            Make::Sql(query) | Make::Publish { sql: query, .. } | Make::Rust { input: query, .. } => query,
        }
    }

    /// The tables it reads, with `before_` in front of those of the parent.
    ///
    /// # Panics
    /// Where the query does not parse: `plan/` has admitted what users wrote, and ours is tested.
    #[must_use]
    pub fn reads(&self) -> &BTreeSet<String> {
        self.reads.get_or_init(|| {
            let mut reads = sql::tables_of(self.query())
                .unwrap_or_else(|error| panic!("model {}/{}: {error}\n{}", self.table, self.name, self.query()));
            if let Make::Publish { staged, .. } = &self.make {
                reads.insert(staged.clone());
            }
            reads
        })
    }

    /// The `(table, model)` pairs of the same stage that decide how it is made.
    pub fn decided_by(&self) -> impl Iterator<Item = &(String, String)> {
        let unless = match &self.make {
            Make::Publish { unless, .. } => unless.as_slice(),
            Make::Sql(_) | Make::Rust { .. } => &[],
        };
        unless.iter().chain(self.faster.iter().filter_map(|faster| faster.unless.as_ref()))
    }

    /// What the rows depend on, by name: the build, the query with the columns, and the content of every table read.
    /// `is_linked` says whether a staged part is published as it is.
    #[must_use]
    pub fn made_from(&self, tables: &TableSet, is_linked: bool) -> BTreeMap<String, String> {
        let query = format!("{}\n{}\n{:?}\n{is_linked}\n{}", self.table, self.name, self.columns, self.query());
        let mut pieces = BTreeMap::from([
            ("build".to_owned(), BUILD.to_owned()),
            ("query".to_owned(), sha256_hex(query.as_bytes())),
        ]);
        for read in self.reads() {
            let stored = tables.find(read);
            let mut text = format!("{:?}", stored.columns);
            for part in &stored.parts {
                text.push_str(&part.sha256);
            }
            pieces.insert(format!("table {read}"), sha256_hex(text.as_bytes()));
        }
        pieces
    }
}

/// One hash over the pieces that something was made from. Equal fingerprints mean equal bytes.
#[must_use]
pub fn fingerprint(made_from: &BTreeMap<String, String>) -> String {
    sha256_hex(format!("{made_from:?}").as_bytes())
}

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
        if let Some(message) = self.cut() {
            return Err(EngineError { message });
        }
        let open = |(part, file): (&Part, &PathBuf)| {
            let rows = PartRows::open_as(file, columns, &wanted(file)?).map_err(EngineError::from_ledger)?;
            Ok((part.name.clone(), rows))
        };
        self.stored_parts().map(open).collect()
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
pub struct TableSet(BTreeMap<String, StoredTable>);

impl TableSet {
    /// The tables of a timeslot and of its parent.
    #[must_use]
    pub fn of(now: &Timeslot, parent: Option<&Timeslot>) -> Self {
        let mut set = BTreeMap::new();
        for (name, record) in &now.manifest.tables {
            set.insert(name.clone(), StoredTable::of(record, &now.folder));
        }
        if let Some(parent) = parent {
            for (name, record) in &parent.manifest.tables {
                set.insert(format!("{BEFORE}{name}"), StoredTable::of(record, &parent.folder));
            }
        }
        Self(set)
    }

    /// The table of that name; one that nothing filled is empty, with the columns it is born with.
    #[must_use]
    pub fn find(&self, name: &str) -> StoredTable {
        self.0.get(name).cloned().unwrap_or_else(|| {
            let bare = name.strip_prefix(BEFORE).unwrap_or(name);
            // A table that only this timeslot has looks the same in the parent, but without rows.
            let shape = self.0.get(bare).map(|stored| stored.columns.clone());
            let empty = StoredTable::empty(bare.strip_prefix("staged_").unwrap_or(bare));
            StoredTable { columns: shape.unwrap_or(empty.columns), ..empty }
        })
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
                    before.columns.push(column);
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
    pub fn insert(&mut self, name: &str, table: StoredTable) {
        self.0.insert(name.to_owned(), table);
    }

    /// Every table that was filled, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StoredTable)> {
        self.0.iter().map(|(name, table)| (name.as_str(), table))
    }
}
