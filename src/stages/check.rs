//! Tests of stages: small tables in, small tables out. Tables are CSV texts; the models run on the real engine and a
//! real ledger in a folder of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::{SortColumn, lexsort_to_indices, take_record_batch};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Ask, Context, Stage};
use crate::cause::Causes;
use crate::collect::source::SourceReport;
use crate::engine::{DataFusionEngine, Engine, EngineError, EngineSettings};
use crate::env::{Env, FixedClock, Stop};
use crate::event::{Silent, StageReport};
use crate::graph::{Round, run_models};
use crate::ids::StageName;
use crate::ledger::{Beginning, Deed, Ledger, OpenTimeslot, Part, Sandbox, Timeslot, Writer, arrow_schema};
use crate::model::{BEFORE, Model, Reuse, TableSet};
use crate::table::{Field, Type};
use crate::tables;

/// A table's name and its rows as CSV with a header. A column that the table is not born with may say its type:
/// `weight:integer`. An empty cell is null,
/// `''` the empty text.
pub(crate) type Csv<'a> = (&'a str, &'a str);

/// Models of a stage by themselves, as a stage that has nothing to say.
pub(crate) struct Alone<F>(pub(crate) StageName, pub(crate) F);

impl<F: Fn(&Context<'_>) -> Vec<Model>> Stage for Alone<F> {
    fn name(&self) -> StageName {
        self.0
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        self.1(context)
    }

    fn report(&self, _: &Context<'_>, _: &Ask<'_>) -> Result<StageReport, EngineError> {
        Ok(StageReport::default())
    }
}

/// Runs a stage over tables and holds its results against those expected: the named columns, rows in any order.
/// Tables named `before_..` are the parent's; without any there is no parent. Returns the stage's report.
#[track_caller]
pub(crate) fn check_stage(stage: &dyn Stage, as_of: &str, inputs: &[Csv<'_>], expected: &[Csv<'_>]) -> StageReport {
    check_stage_with(stage, as_of, &[], inputs, expected)
}

/// Like [`check_stage`], with what became of the sources. Where a stage has kernels, it runs a second time without them
/// and every part must have the same bytes.
#[track_caller]
pub(crate) fn check_stage_with(
    stage: &dyn Stage,
    as_of: &str,
    sources: &[SourceReport],
    inputs: &[Csv<'_>],
    expected: &[Csv<'_>],
) -> StageReport {
    check_stage_after(stage, as_of, [sources, &[]], inputs, expected)
}

/// Like [`check_stage_with`], with what became of the sources in the parent, too.
#[track_caller]
pub(crate) fn check_stage_after(
    stage: &dyn Stage,
    as_of: &str,
    sources: [&[SourceReport]; 2],
    inputs: &[Csv<'_>],
    expected: &[Csv<'_>],
) -> StageReport {
    let made = make(&[stage], as_of, sources, inputs, By::Kernels, &mut |ask| compare(ask, expected));
    if made.has_kernels {
        let plain = make(&[stage], as_of, sources, inputs, By::Queries, &mut |ask| compare(ask, expected));
        assert_eq!(made.parts, plain.parts, "what kernels and queries make of {inputs:#?}");
    }
    made.report
}

/// Runs stages over tables, each over what those before it made, and returns the rows of queries; null is the empty cell.
#[track_caller]
pub(crate) fn after_stages(
    stages: &[&dyn Stage],
    as_of: &str,
    inputs: &[Csv<'_>],
    queries: &[&str],
) -> Vec<Vec<Vec<String>>> {
    let mut found = Vec::new();
    make(stages, as_of, [&[], &[]], inputs, By::Kernels, &mut |ask| {
        let answer = |query: &&str| ask.rows(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        found = queries.iter().map(answer).collect();
    });
    found
}

/// How models are made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Kernels,
    Queries,
}

/// What a stage made.
struct MadeByStage {
    report: StageReport,
    /// Rows and SHA-256 of every part, by table and name.
    parts: BTreeMap<(String, String), (u64, String)>,
    has_kernels: bool,
}

#[track_caller]
fn make(
    stages: &[&dyn Stage],
    as_of: &str,
    [sources, sources_before]: [&[SourceReport]; 2],
    inputs: &[Csv<'_>],
    by: By,
    look: &mut dyn FnMut(&Ask<'_>),
) -> MadeByStage {
    let as_of: Date = as_of.parse().expect("an as-of");
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open_or_create(folder.path(), Timestamp::UNIX_EPOCH).expect("a ledger");
    let (before, now): (Vec<Csv<'_>>, Vec<Csv<'_>>) = inputs.iter().partition(|(name, _)| name.starts_with(BEFORE));
    let mut writer = ledger.lock("a test").expect("the lock").0;
    let mut parent = None;
    if !before.is_empty() {
        let mut sandbox = begin(writer, as_of);
        for (name, text) in &before {
            put(&mut sandbox, name.trim_start_matches(BEFORE), text);
        }
        let active = sandbox.activate(&deed()).expect("active");
        let (returned, confirmed) = active.confirm(&deed()).expect("confirmed");
        (writer, parent) = (returned, Some(confirmed));
    }
    let mut sandbox = begin(writer, as_of);
    for (name, text) in &now {
        put(&mut sandbox, name, text);
    }
    sandbox.commit().expect("committed");
    let spill = folder.path().join("spill");
    let engine = DataFusionEngine::new(&EngineSettings { threads: 2, memory: 1 << 28, spill }).expect("an engine");
    let has_parent = parent.is_some();
    let parent_as_of = parent.as_ref().map(|parent| parent.manifest.as_of);
    let env =
        Env { clock: &FixedClock(Timestamp::UNIX_EPOCH), observer: &Silent, person: "a test", stop: &Stop::default() };
    let (mut has_kernels, mut report) = (false, StageReport::default());
    for (at, stage) in stages.iter().enumerate() {
        let tables = tables_of(&sandbox, parent.as_ref());
        let causes = if sources_before.is_empty() {
            Causes::default()
        } else {
            Causes::of(&[], &tables, sources, sources_before)
        };
        let context =
            Context { as_of, tables: &tables, has_parent, parent_as_of, sources, sources_before, causes: &causes };
        let mut models = stage.compile(&context);
        has_kernels |= models.iter().any(|model| model.faster.is_some());
        if by == By::Queries {
            for model in &mut models {
                model.faster = None;
            }
        }
        let (left_out, further) = (BTreeSet::new(), TableSet::default());
        let round = Round {
            stage: stage.name(),
            models: &models,
            left_out: &left_out,
            further: &further,
            reuse: Reuse::WhereEqual,
        };
        if let Err(error) = run_models(round, &mut sandbox, parent.as_ref(), &engine, env) {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            panic!("{error}: {source}");
        }
        if at + 1 < stages.len() {
            continue;
        }
        let tables = tables_of(&sandbox, parent.as_ref());
        let ask = Ask { engine: &engine, tables: &tables };
        look(&ask);
        let context = Context { tables: &tables, ..context };
        report = stage.report(&context, &ask).unwrap_or_else(|error| panic!("the report fails: {error}"));
    }
    let parts = sandbox.manifest().tables.iter().flat_map(|(table, record)| {
        let part = |part: &Part| ((table.clone(), part.name.clone()), (part.rows, part.sha256.clone()));
        record.parts.iter().map(part).collect::<Vec<_>>()
    });
    MadeByStage { report, parts: parts.collect(), has_kernels }
}

/// Holds tables against those expected.
#[track_caller]
fn compare(ask: &Ask<'_>, expected: &[Csv<'_>]) {
    for (name, text) in expected {
        let mut wanted: Vec<String> = text.trim().lines().map(|line| line.trim().to_owned()).collect();
        let header = wanted.remove(0);
        wanted.sort();
        let rows = ask.rows(&format!("SELECT {header} FROM {name}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        found.sort();
        assert_eq!(found, wanted, "rows of `{name}` ({header})");
    }
}

/// The rows of a query over tables, as it orders them; null is the empty cell.
#[track_caller]
pub(crate) fn answer(query: &str, inputs: &[Csv<'_>]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open_or_create(folder.path(), Timestamp::UNIX_EPOCH).expect("a ledger");
    let mut sandbox = begin(ledger.lock("a test").expect("the lock").0, Date::constant(2026, 1, 1));
    for (name, text) in inputs {
        put(&mut sandbox, name, text);
    }
    let spill = folder.path().join("spill");
    let engine = DataFusionEngine::new(&EngineSettings { threads: 2, memory: 1 << 28, spill }).expect("an engine");
    let found = engine.rows(query, &tables_of(&sandbox, None)).unwrap_or_else(|error| panic!("{query}: {error}"));
    let rows = crate::engine::cells(&found).expect("cells");
    rows.into_iter().map(|row| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(",")).collect()
}

fn deed() -> Deed {
    Deed { at: Timestamp::UNIX_EPOCH, by: "a test".to_owned(), account: None, run: None }
}

fn begin(writer: Writer, as_of: Date) -> Sandbox {
    let beginning = Beginning {
        as_of,
        plan: "test".to_owned(),
        configuration: String::new(),
        engine: "test".to_owned(),
        planned: Vec::new(),
    };
    writer.begin(&deed(), beginning).expect("a sandbox")
}

fn tables_of(open: &OpenTimeslot, parent: Option<&Timeslot>) -> TableSet {
    TableSet::of(&Timeslot { folder: open.folder().to_owned(), manifest: open.manifest().clone() }, parent)
}

/// Writes a table, one part per source; columns that it is born with and that the text leaves out are null.
fn put(open: &mut OpenTimeslot, name: &str, text: &str) {
    let mut lines = text.trim().lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let rows: Vec<Vec<&str>> = lines.collect();
    let born = tables::by_name(name.strip_prefix("staged_").unwrap_or(name));
    let given: BTreeMap<&str, usize> =
        header.iter().enumerate().map(|(at, column)| (column.split(':').next().unwrap_or(column), at)).collect();
    let mut columns: Vec<Field> = born
        .map(|table| table.columns.iter().map(|column| Field::new(column.name, column.kind)).collect())
        .unwrap_or_default();
    for column in &header {
        let (column, kind) = column.split_once(':').unwrap_or((column, "text"));
        if !columns.iter().any(|known: &Field| known.name == column) {
            columns.push(Field::new(column, type_of(kind)));
        }
    }
    let mut by_source: BTreeMap<&str, Vec<&Vec<&str>>> = BTreeMap::new();
    for row in &rows {
        let source = given.get("source").and_then(|at| row.get(*at)).copied().filter(|source| !source.is_empty());
        by_source.entry(source.unwrap_or("test")).or_default().push(row);
    }
    if rows.is_empty() {
        by_source.insert("test", Vec::new());
    }
    let mut parts = Vec::new();
    for (source, rows) in by_source {
        let arrays = columns.iter().map(|column| {
            let cells: Vec<Option<&str>> = rows
                .iter()
                .map(|row| {
                    given.get(column.name.as_str()).and_then(|at| row.get(*at)).copied().filter(|cell| !cell.is_empty())
                })
                .collect();
            array(column, &cells)
        });
        let batch = RecordBatch::try_new(arrow_schema(&columns), arrays.collect()).expect("equal lengths");
        let batch = sorted(&batch);
        let fingerprint = crate::ledger::sha256_hex(format!("{source}\n{text}").as_bytes());
        let mut part = open.create_part(name, source, &fingerprint, &columns).expect("a part");
        part.write(batch).expect("rows");
        parts.push(part.finish().expect("a finished part"));
    }
    open.put(name, columns, parts);
}

/// Rows in the order of all columns, as those of every part are.
fn sorted(batch: &RecordBatch) -> RecordBatch {
    let column = |values: &ArrayRef| SortColumn { values: Arc::clone(values), options: None };
    let columns: Vec<SortColumn> = batch.columns().iter().map(column).collect();
    let order = lexsort_to_indices(&columns, None).expect("columns of the ledger's types");
    take_record_batch(batch, &order).expect("rows of the batch")
}

fn type_of(name: &str) -> Type {
    match name {
        "integer" => Type::Integer,
        "boolean" => Type::Boolean,
        "date" => Type::Date,
        "double" => Type::Double,
        _ => Type::Text,
    }
}

fn array(column: &Field, cells: &[Option<&str>]) -> ArrayRef {
    fn parsed<T: std::str::FromStr>(column: &Field, cells: &[Option<&str>]) -> Vec<Option<T>> {
        let parse = |cell: &str| cell.parse().unwrap_or_else(|_| panic!("`{cell}` does not fit `{}`", column.name));
        cells.iter().map(|cell| cell.map(parse)).collect()
    }
    match column.kind {
        Type::Text => {
            let unquoted = |cell: Option<&str>| cell.map(|cell| if cell == "''" { "" } else { cell }.to_owned());
            Arc::new(StringArray::from(cells.iter().copied().map(unquoted).collect::<Vec<_>>()))
        }
        Type::Integer => Arc::new(Int64Array::from(parsed::<i64>(column, cells))),
        Type::Double => Arc::new(Float64Array::from(parsed::<f64>(column, cells))),
        Type::Boolean => Arc::new(BooleanArray::from(parsed::<bool>(column, cells))),
        Type::Date => {
            let epoch = Date::constant(1970, 1, 1);
            let days = |date: Date| i32::try_from(date.duration_since(epoch).as_hours() / 24).expect("few days");
            Arc::new(parsed::<Date>(column, cells).into_iter().map(|date| date.map(days)).collect::<Date32Array>())
        }
        Type::Timestamp => panic!("`{}`: instants are not needed here yet", column.name),
    }
}

/// Random rows as a table: sorted, each once.
pub(crate) fn rows<T>(header: &str, rows: impl IntoIterator<Item = T>, row: impl Fn(T) -> String) -> String {
    let lines: BTreeSet<String> = rows.into_iter().map(row).collect();
    format!("{header}\n{}", lines.into_iter().collect::<Vec<_>>().join("\n"))
}

/// A random cell.
pub(crate) fn cell(number: Option<u8>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
