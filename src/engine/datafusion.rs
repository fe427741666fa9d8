//! DataFusion in this process: reads the parts where they lie, spills to disk when memory is short.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
    SchemaProvider,
};
use datafusion::error::DataFusionError;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::{ExecutionPlan, collect, execute_stream};
use datafusion::prelude::{DataFrame, SQLOptions, SessionConfig, cast, col};
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::frugal::{compact, frugal, sorting_within};
use super::functions::added;
use super::kept::Kept;
use super::pool::Pool;
use super::provider::Provider;
use super::{Engine, EngineError, RowSink, STACK, ordered};
use crate::ledger::{arrow_schema, arrow_type};
use crate::model::TableSet;
use crate::sql::{self, NotAQuery};
use crate::table::{Field, Type};

/// What the engine may use of the machine.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Threads, and partitions of every query.
    pub threads: usize,
    /// Bytes of memory for joins, sorts and groups before they spill.
    pub memory: usize,
    /// Where they spill to.
    pub spill: PathBuf,
}

/// The engine, with its threads and its memory.
pub struct DataFusionEngine {
    usual: Queries,
    frugal: Queries,
}

/// A way to run queries.
struct Queries {
    runtime: Arc<Runtime>,
    /// What every session begins with: functions, rules, memory, threads.
    wide: SessionState,
    /// The same with a single partition, for queries over few rows: dealing them out costs more than it gives, and
    /// other models run meanwhile.
    narrow: SessionState,
    kept: Arc<Kept>,
    is_frugal: bool,
}

/// What is kept of small tables: of the engine's memory this share, at most so many bytes, of columns of at most so many, of
/// tables of at most so many rows.
struct Keeping {
    share: usize,
    bytes: usize,
    of_column: usize,
    rows: u64,
    /// Whether who asks for a few rows by what they are sorted by is led to these.
    leads_to_rows: bool,
}

/// A load asks the same small tables thirty times; of somewhat larger ones it asks the numbers and days again and again.
const OF_A_LOAD: Keeping =
    Keeping { share: 8, bytes: 96 << 20, of_column: 6 << 20, rows: 1 << 19, leads_to_rows: false };

/// Pages ask a few tables again and again, for days.
const OF_PAGES: Keeping =
    Keeping { share: 4, bytes: 128 << 20, of_column: 128 << 20, rows: 1 << 18, leads_to_rows: true };

/// So many rows, of all tables of a query together, are few.
const FEW: u64 = 1 << 20;

impl DataFusionEngine {
    /// Starts the engine's threads.
    ///
    /// # Errors
    /// Where the threads or the spill folder cannot be had.
    pub fn new(settings: &EngineSettings) -> Result<Self, EngineError> {
        Self::keeping(settings, &OF_A_LOAD)
    }

    /// The same for short questions about timeslots that stay the same: more of what was read is kept.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_questions(settings: &EngineSettings) -> Result<Self, EngineError> {
        Self::keeping(settings, &OF_PAGES)
    }

    fn keeping(settings: &EngineSettings, keeping: &Keeping) -> Result<Self, EngineError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads)
            .thread_stack_size(STACK)
            .build()
            .map_err(|error| EngineError::new(format!("cannot start the engine's threads: {error}")))?;
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(Pool::new(settings.memory)))
            .with_temp_file_path(&settings.spill)
            .build_arc()
            .map_err(engine_error)?;
        let mut config = SessionConfig::new().with_information_schema(false);
        let options = config.options_mut();
        // The ledger has one text type; views of it would only be cast back.
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        let config = sorting_within(config, settings.memory);
        let frugally = frugal(config.clone());
        let state = |config: &SessionConfig, partitions: usize| {
            SessionStateBuilder::new()
                .with_config(config.clone().with_target_partitions(partitions))
                .with_runtime_env(Arc::clone(&environment))
                .with_scalar_functions(added())
                .with_default_features()
                .with_physical_optimizer_rules(rules())
                .build()
        };
        let (wide, narrow, frugal) = (state(&config, settings.threads), state(&config, 1), state(&frugally, 1));
        let (runtime, kept) = (
            Arc::new(runtime),
            Arc::new(Kept::new(
                keeping.bytes.min(settings.memory / keeping.share),
                keeping.of_column,
                keeping.rows,
                keeping.leads_to_rows,
            )),
        );
        let queries = |wide, narrow, is_frugal| Queries {
            runtime: Arc::clone(&runtime),
            wide,
            narrow,
            kept: Arc::clone(&kept),
            is_frugal,
        };
        Ok(Self { usual: queries(wide, narrow, false), frugal: queries(frugal.clone(), frugal, true) })
    }
}

impl Engine for DataFusionEngine {
    fn columns(&self, query: &str, tables: &TableSet) -> Result<Vec<Field>, EngineError> {
        self.usual.columns(query, tables)
    }

    fn run(
        &self,
        query: &str,
        tables: &TableSet,
        columns: &[Field],
        telling: usize,
        sink: &mut RowSink<'_>,
    ) -> Result<(), EngineError> {
        self.usual.run(query, tables, columns, telling, sink)
    }

    fn rows(&self, query: &str, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        match self.usual.rows(query, tables) {
            Err(error) if error.lacks_memory => self.frugal.rows(query, tables),
            rows => rows,
        }
    }

    fn frugal(&self) -> &dyn Engine {
        &self.frugal
    }
}

impl Queries {
    /// The query, planned over just the tables it names; nothing but a reading query gets past here.
    async fn plan(&self, query: &str, tables: &TableSet) -> Result<DataFrame, EngineError> {
        let not_a_query = |error: NotAQuery| EngineError::new(error.message);
        let statement = sql::parsed(query).map_err(not_a_query)?;
        let mut rows = 0;
        let schema = MemorySchemaProvider::new();
        for name in sql::tables_in(&statement).map_err(not_a_query)? {
            let stored = tables.find(&name);
            if !stored.columns.is_empty() {
                rows += stored.rows();
                let provider = Provider::new(stored, Arc::clone(&self.kept))?;
                schema.register_table(name, Arc::new(provider)).map_err(engine_error)?;
            }
        }
        let mut state = if rows <= FEW { self.narrow.clone() } else { self.wide.clone() };
        let catalog = MemoryCatalogProvider::new();
        let names = &state.config_options().catalog;
        catalog.register_schema(&names.default_schema, Arc::new(schema)).map_err(engine_error)?;
        let catalogs = MemoryCatalogProviderList::new();
        catalogs.register_catalog(names.default_catalog.clone(), Arc::new(catalog));
        state.register_catalog_list(Arc::new(catalogs));
        let plan = state.statement_to_plan(statement).await.map_err(engine_error)?;
        let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        only_reading.verify_plan(&plan).map_err(engine_error)?;
        Ok(DataFrame::new(state, plan))
    }

    /// The plan as it is run.
    fn ready(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, EngineError> {
        if self.is_frugal { compact(plan).map_err(engine_error) } else { Ok(plan) }
    }
}

impl Engine for Queries {
    fn columns(&self, query: &str, tables: &TableSet) -> Result<Vec<Field>, EngineError> {
        let frame = self.runtime.block_on(self.plan(query, tables))?;
        let fields = frame.schema().fields().iter();
        fields.map(|field| Ok(Field::new(field.name(), ledger_type(field.name(), field.data_type())?))).collect()
    }

    fn run(
        &self,
        query: &str,
        tables: &TableSet,
        columns: &[Field],
        telling: usize,
        sink: &mut RowSink<'_>,
    ) -> Result<(), EngineError> {
        self.runtime.block_on(async {
            let frame = self.plan(query, tables).await?;
            let wanted = columns.iter().map(|column| {
                let name = sql::name(&column.name);
                cast(col(&name), arrow_type(column.kind)).alias(&column.name)
            });
            let wanted = frame.select(wanted.collect::<Vec<_>>()).map_err(engine_error)?;
            let context = Arc::new(wanted.task_ctx());
            let plan = wanted.create_physical_plan().await.map_err(engine_error)?;
            let schema = arrow_schema(columns);
            let stream = if self.is_frugal {
                execute_stream(self.ready(ordered::sorted(plan, telling))?, context)
            } else {
                ordered::run(plan, telling, context).await
            };
            let mut stream = stream.map_err(engine_error)?;
            while let Some(batch) = stream.next().await {
                let batch = batch.map_err(engine_error)?;
                let batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())
                    .map_err(|error| EngineError::new(error.to_string()))?;
                sink(batch)?;
            }
            Ok(())
        })
    }

    fn rows(&self, query: &str, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        self.runtime.block_on(async {
            let frame = self.plan(query, tables).await?;
            let context = Arc::new(frame.task_ctx());
            let plan = self.ready(frame.create_physical_plan().await.map_err(engine_error)?)?;
            collect(plan, context).await.map_err(engine_error)
        })
    }

    fn frugal(&self) -> &dyn Engine {
        self
    }
}

/// DataFusion's rules for physical plans, but for the pushing of filters: until apache/datafusion#25259 it takes columns
/// of the same name for each other, and a filter above an outer join of a table with its `before_` table silently loses
/// rows. The rules for logical plans push filters well before.
fn rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let rules = PhysicalOptimizer::new().rules.into_iter();
    rules.filter(|rule| !rule.name().starts_with("FilterPushdown")).collect()
}

/// The ledger's type for a result column.
pub(super) fn ledger_type(column: &str, data_type: &DataType) -> Result<Type, EngineError> {
    Ok(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Type::Text,
        DataType::Dictionary(_, values) => ledger_type(column, values)?,
        data_type if data_type.is_integer() => Type::Integer,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Type::Double,
        DataType::Boolean => Type::Boolean,
        DataType::Date32 | DataType::Date64 => Type::Date,
        DataType::Timestamp(..) => Type::Timestamp,
        other => {
            let message = format!("column `{column}` has the type {other}, which no ledger table can hold; cast it");
            return Err(EngineError::new(message));
        }
    })
}

/// An error of DataFusion without its inner wrapping.
pub(super) fn engine_error(error: DataFusionError) -> EngineError {
    match error.find_root() {
        // The pool says it in our words; what is around it names settings of the engine that are not ours.
        DataFusionError::ResourcesExhausted(message) => EngineError { message: message.clone(), lacks_memory: true },
        _ => EngineError::new(error.strip_backtrace()),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array};
    use parquet::arrow::ArrowWriter;

    use super::*;
    use crate::model::StoredTable;
    use crate::table::Field;

    /// A table of pairs (uid, value) in a file of its own.
    fn table(folder: &std::path::Path, name: &str, rows: &[(i64, i64)]) -> StoredTable {
        let uids: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0)));
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)));
        let columns = vec![Field::new("uid", Type::Integer), Field::new("value", Type::Integer)];
        let batch = RecordBatch::try_new(arrow_schema(&columns), vec![uids, values]).expect("two columns");
        let path = folder.join(format!("{name}.parquet"));
        let file = std::fs::File::create(&path).expect("a file");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("rows");
        writer.close().expect("a whole file");
        StoredTable { columns, files: vec![path], ..StoredTable::default() }
    }

    #[test]
    fn columns_of_the_same_name_on_two_sides_of_a_join_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut tables = TableSet::default();
        tables.insert("now", table(folder.path(), "now", &[(1, 10), (2, 20)]));
        tables.insert("former", table(folder.path(), "former", &[(1, 10), (2, 21), (3, 30)]));
        let spill = folder.path().join("spill");
        let engine = DataFusionEngine::new(&EngineSettings { threads: 2, memory: 1 << 26, spill }).expect("an engine");
        let count = |query: &str| {
            let batches = engine.rows(query, &tables).expect("an answer");
            batches.iter().map(RecordBatch::num_rows).sum::<usize>()
        };
        let join = "SELECT f.uid FROM now n FULL JOIN former f ON f.uid = n.uid WHERE f.value IS NOT NULL";
        assert_eq!(count(&format!("{join} AND (n.value IS DISTINCT FROM f.value)")), 2);
        assert_eq!(count(&format!("{join} AND n.value IS NULL")), 1);
    }
}
