//! Models: named result tables and the queries that make them.

mod stored;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;

pub use self::stored::{StoredTable, TableSet};
use crate::kernels::{Kernel, Sieve};
use crate::ledger::sha256_hex;
use crate::table::Field;
use crate::{sql, tables};

/// The build that computed something: part of every fingerprint.
pub const BUILD: &str = env!("LEDGERLINE_BUILD");

/// Before the name of a table of the parent.
pub const BEFORE: &str = "before_";

/// Whether parts that stand already, in the timeslot or in its parent, are taken over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reuse {
    /// Where what they were made from is the same.
    #[default]
    WhereEqual,
    /// Never: every source is read and every model computed.
    Never,
}

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
    /// When the rows of the parent's part are its rows.
    pub lasting: Option<Lasting>,
    /// A hash of what its settings make of it, day and parent left out. `None` where only a load with a parent has it.
    pub configuration: Option<String>,
    /// Of which tables it reads some parts alone, by name.
    pub parts: BTreeMap<String, BTreeSet<String>>,
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

/// A model whose rows stay what they are for as long as all that it reads stays what it is, although its query names the
/// as-of and reads what its own table had in the parent: it carries along when something was first seen.
#[derive(Debug, Clone)]
pub struct Lasting {
    /// Its query without the as-of.
    pub undated: String,
    /// What it reads of which rows wait for a day: these tables must be without rows.
    pub waiting: Vec<String>,
}

/// What is faster than a query over stored tables.
#[derive(Debug, Clone)]
pub enum Way {
    /// A kernel gives the rows.
    Kernel(Arc<dyn Kernel>),
    /// The query runs over the few rows that sieves leave of tables; where one leaves none, it has no rows itself.
    Sifted(Vec<(String, Arc<dyn Sieve>)>),
    /// The same query, but that a row may come more than once: in their order, that is told by looking at the one before.
    Once {
        /// The query.
        query: String,
    },
    /// A shorter query gives the same rows where all of its rows have this text in this column; else it says nothing.
    Shorter {
        /// The query.
        query: String,
        /// The column.
        column: &'static str,
        /// The text.
        text: &'static str,
        /// Over what the query of the model then runs, as for [`Self::Sifted`].
        else_sifted: Vec<(String, Arc<dyn Sieve>)>,
    },
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

/// Turns the rows of an input query into result rows, both as Arrow batches. Result rows are handed over in parts, as there
/// may be far more of them than of input rows.
pub type RustFn = fn(Vec<RecordBatch>, &mut dyn FnMut(RecordBatch) -> Result<(), ArrowError>) -> Result<(), ArrowError>;

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
            lasting: None,
            configuration: None,
            parts: BTreeMap::new(),
            reads: OnceLock::new(),
        }
    }

    /// The same model, made by a kernel.
    #[must_use]
    pub fn by(self, kernel: impl Kernel + 'static) -> Self {
        self.by_shared(Arc::new(kernel))
    }

    /// The same of a kernel that was looked for.
    #[must_use]
    pub fn by_shared(self, kernel: Arc<dyn Kernel>) -> Self {
        Self { faster: Some(Faster { unless: None, way: Way::Kernel(kernel) }), ..self }
    }

    /// The same model, over what a sieve leaves of each table.
    #[must_use]
    pub fn sifted(self, sieves: Vec<(String, Arc<dyn Sieve>)>) -> Self {
        Self { faster: Some(Faster { unless: None, way: Way::Sifted(sieves) }), ..self }
    }

    /// The same model, by a query that may give a row more than once.
    #[must_use]
    pub fn once(self, query: String) -> Self {
        Self { faster: Some(Faster { unless: None, way: Way::Once { query } }), ..self }
    }

    /// The same model, by a shorter query where all rows of that have `text` in `column`.
    #[must_use]
    pub fn shorter(self, query: String, column: &'static str, text: &'static str) -> Self {
        self.shorter_or_sifted(query, column, text, Vec::new())
    }

    /// The same, and where that says nothing, over what a sieve leaves of each table.
    #[must_use]
    pub fn shorter_or_sifted(
        self,
        query: String,
        column: &'static str,
        text: &'static str,
        else_sifted: Vec<(String, Arc<dyn Sieve>)>,
    ) -> Self {
        Self { faster: Some(Faster { unless: None, way: Way::Shorter { query, column, text, else_sifted } }), ..self }
    }

    /// The same model, which lasts while what it reads does.
    #[must_use]
    pub fn lasting(self, lasting: Lasting) -> Self {
        Self { lasting: Some(lasting), ..self }
    }

    /// The same model, which reads of `table` only the parts of these names: whoever says so knows that its query leaves out
    /// the rows of all others. It is then the same for as long as these parts are.
    #[must_use]
    pub fn of_parts<'n>(mut self, table: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.parts.insert(table.to_owned(), names.into_iter().map(str::to_owned).collect());
        self
    }

    /// Tables as it reads them: of some only the parts that concern it.
    #[must_use]
    pub fn narrowed<'t>(&self, tables: &'t TableSet) -> Cow<'t, TableSet> {
        if self.parts.is_empty() {
            return Cow::Borrowed(tables);
        }
        let narrow = |tables: TableSet, (table, names): (&String, &BTreeSet<String>)| tables.of_parts(table, names);
        Cow::Owned(self.parts.iter().fold(tables.clone(), narrow))
    }

    /// A model of a fixed table that a function makes from the rows of `input`; `check` recomputes it in `DuckDB`.
    #[must_use]
    pub fn rust(table: &str, name: &str, input: String, run: RustFn, check: String) -> Self {
        Self { make: Make::Rust { input, run, check }, ..Self::sql(table, name, String::new()) }
    }

    /// What it is configured to be, where it was compiled without day and parent.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256_hex(format!("{:?}\n{}", self.columns, self.query()).as_bytes())
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
        let mut pieces =
            BTreeMap::from([("build".to_owned(), BUILD.to_owned()), (QUERY.to_owned(), sha256_hex(query.as_bytes()))]);
        if let Some(lasting) = &self.lasting {
            pieces.insert(UNDATED.to_owned(), sha256_hex(lasting.undated.as_bytes()));
        }
        pieces.extend(self.configuration.clone().map(|hash| (CONFIGURATION.to_owned(), hash)));
        let tables = self.narrowed(tables);
        for read in self.reads() {
            let stored = tables.find(read);
            let mut text = format!("{:?}", stored.columns);
            for part in &stored.parts {
                text.push_str(&part.sha256);
            }
            pieces.insert(table_piece(read), sha256_hex(text.as_bytes()));
        }
        pieces
    }
}

/// Among what a part was made from: the query with the columns.
pub const QUERY: &str = "query";

/// Among what a part was made from, where it can last: the query without the as-of.
const UNDATED: &str = "undated query";

/// Among what a part was made from: the configuration of its model, see [`Model::configuration`].
pub const CONFIGURATION: &str = "configuration";

/// Among what a part was made from: before the name of a table.
pub const TABLE: &str = "table ";

/// Among what a part was made from: a table.
#[must_use]
pub fn table_piece(table: &str) -> String {
    format!("{TABLE}{table}")
}

/// One hash over the pieces that something was made from. Equal fingerprints mean equal bytes.
#[must_use]
pub fn fingerprint(made_from: &BTreeMap<String, String>) -> String {
    sha256_hex(format!("{made_from:?}").as_bytes())
}

impl Model {
    /// Whether the rows of the parent's part of it, which was made from `before`, are its rows: it lasts, and of what it is
    /// made from `now` nothing is new but the day and the parent itself.
    #[must_use]
    pub fn lasts(&self, before: &BTreeMap<String, String>, now: &BTreeMap<String, String>, tables: &TableSet) -> bool {
        let Some(lasting) = &self.lasting else { return false };
        let own = table_piece(&format!("{BEFORE}{}", self.table));
        before.keys().eq(now.keys())
            && now.iter().all(|(piece, what)| before[piece] == *what || *piece == own || piece == QUERY)
            && lasting.waiting.iter().all(|table| tables.find(table).rows() == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Part;
    use crate::table::Type;

    /// A table of no columns with a part of so many rows and such content.
    fn table(rows: u64, sha256: &str) -> StoredTable {
        let parts = vec![Part { rows, sha256: sha256.to_owned(), ..Part::default() }];
        StoredTable { parts, columns: vec![Field::new("uid", Type::Integer)], ..StoredTable::default() }
    }

    fn model(day: &str) -> Model {
        let query = |day: &str| format!("SELECT {day} FROM rights r, derogations d, before_gaps b");
        let lasting = Lasting { undated: query("as_of"), waiting: vec!["derogations".to_owned()] };
        Model::sql("gaps", "gaps", query(day)).lasting(lasting)
    }

    fn lasts(day: &str, rights: &str, derogations: u64) -> bool {
        let mut tables = TableSet::default();
        tables.insert("rights", table(3, "a"));
        tables.insert("derogations", table(derogations, "d"));
        tables.insert("before_gaps", table(2, "before"));
        let before = model("'monday'").made_from(&tables, false);
        tables.insert("before_gaps", table(5, "of that load"));
        tables.insert("rights", table(3, rights));
        let now = model(day);
        now.lasts(&before, &now.made_from(&tables, false), &tables)
    }

    #[test]
    fn a_model_of_some_parts_is_the_same_whatever_the_others_are() {
        let part =
            |name: &str, sha256: &str| Part { name: name.to_owned(), sha256: sha256.to_owned(), ..Part::default() };
        let made_from = |own: &str, other: &str| {
            let mut tables = TableSet::default();
            let parts = vec![part("other", other), part("own", own)];
            tables.insert("control_hits", StoredTable { parts, ..StoredTable::default() });
            let model = Model::sql("findings", "own", "SELECT h.uid FROM control_hits h".to_owned());
            model.of_parts("control_hits", ["own"]).made_from(&tables, false)
        };
        assert_eq!(made_from("a", "b"), made_from("a", "c"));
        assert_ne!(made_from("a", "b"), made_from("c", "b"));
    }

    #[test]
    fn a_model_lasts_until_what_it_reads_is_another_or_something_waits_for_a_day() {
        assert!(lasts("'tuesday'", "a", 0));
        assert!(!lasts("'tuesday'", "other rights", 0));
        assert!(!lasts("'tuesday'", "a", 1));
        let other = Model { lasting: None, ..model("'tuesday'") };
        assert!(!other.lasts(&BTreeMap::new(), &BTreeMap::new(), &TableSet::default()));
    }
}
