//! DataFusion in this process: reads the parts where they lie, spills to disk when memory is short.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{DataFrame, SQLOptions, SessionConfig, SessionContext, cast, col};
use futures::StreamExt;
use tokio::runtime::Runtime;

use super::{Engine, EngineError, RowSink};
use crate::ledger::{arrow_schema, arrow_type};
use crate::model::{StoredTable, TableSet};
use crate::sql;
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
    runtime: Runtime,
    environment: Arc<RuntimeEnv>,
    config: SessionConfig,
}

impl DataFusionEngine {
    /// Starts the engine's threads.
    ///
    /// # Errors
    /// Where the threads or the spill folder cannot be had.
    pub fn new(settings: &EngineSettings) -> Result<Self, EngineError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads)
            .build()
            .map_err(|error| EngineError { message: format!("cannot start the engine's threads: {error}") })?;
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(settings.memory)))
            .with_temp_file_path(&settings.spill)
            .build_arc()
            .map_err(engine_error)?;
        let mut config = SessionConfig::new().with_target_partitions(settings.threads).with_information_schema(false);
        let options = config.options_mut();
        // The ledger has one text type; views of it would only be cast back.
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        Ok(Self { runtime, environment, config })
    }

    /// A session that knows just the tables a query names.
    fn session(&self, query: &str, tables: &TableSet) -> Result<SessionContext, EngineError> {
        let state = SessionStateBuilder::new()
            .with_config(self.config.clone())
            .with_runtime_env(Arc::clone(&self.environment))
            .with_default_features()
            .with_physical_optimizer_rules(rules())
            .build();
        let session = SessionContext::new_with_state(state);
        let names = sql::tables_of(query).map_err(|error| EngineError { message: error.message })?;
        for name in names {
            let stored = tables.find(&name);
            if !stored.columns.is_empty() {
                session.register_table(name.as_str(), provider(&stored)?).map_err(engine_error)?;
            }
        }
        Ok(session)
    }

    /// The query, planned; nothing but a reading query gets past here.
    async fn plan(session: &SessionContext, query: &str) -> Result<DataFrame, EngineError> {
        let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        session.sql_with_options(query, only_reading).await.map_err(engine_error)
    }
}

impl Engine for DataFusionEngine {
    fn columns(&self, query: &str, tables: &TableSet) -> Result<Vec<Field>, EngineError> {
        let session = self.session(query, tables)?;
        let frame = self.runtime.block_on(Self::plan(&session, query))?;
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
        let session = self.session(query, tables)?;
        self.runtime.block_on(async {
            let frame = Self::plan(&session, query).await?;
            let wanted = columns.iter().map(|column| {
                let name = sql::name(&column.name);
                cast(col(&name), arrow_type(column.kind)).alias(&column.name)
            });
            let order = columns.iter().take(telling).map(|column| col(sql::name(&column.name)).sort(true, true));
            let sorted = frame
                .select(wanted.collect::<Vec<_>>())
                .and_then(|frame| frame.sort(order.collect()))
                .map_err(engine_error)?;
            let schema = arrow_schema(columns);
            let mut stream = sorted.execute_stream().await.map_err(engine_error)?;
            while let Some(batch) = stream.next().await {
                let batch = batch.map_err(engine_error)?;
                let batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())
                    .map_err(|error| EngineError { message: error.to_string() })?;
                sink(batch)?;
            }
            Ok(())
        })
    }

    fn rows(&self, query: &str, tables: &TableSet) -> Result<Vec<RecordBatch>, EngineError> {
        let session = self.session(query, tables)?;
        self.runtime.block_on(async { Self::plan(&session, query).await?.collect().await.map_err(engine_error) })
    }
}

/// DataFusion's rules for physical plans, but for the pushing of filters: until apache/datafusion#25259 it takes columns
/// of the same name for each other, and a filter above an outer join of a table with its `before_` table silently loses
/// rows. The rules for logical plans push filters well before.
fn rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let rules = PhysicalOptimizer::new().rules.into_iter();
    rules.filter(|rule| !rule.name().starts_with("FilterPushdown")).collect()
}

/// The rows of a stored table, read from its files when a query needs them.
fn provider(stored: &StoredTable) -> Result<Arc<dyn TableProvider>, EngineError> {
    let schema = arrow_schema(&stored.columns);
    if !stored.held.is_empty() {
        let held = MemTable::try_new(schema, vec![stored.held.clone()]).map_err(engine_error)?;
        return Ok(Arc::new(held));
    }
    if stored.files.is_empty() {
        return Ok(Arc::new(EmptyTable::new(schema)));
    }
    // DataFusion takes an empty file for a part without rows.
    if let Some(message) = stored.cut() {
        return Err(EngineError { message });
    }
    let store = ObjectStoreUrl::local_filesystem();
    let urls = stored.files.iter().map(|path| {
        let path = path
            .canonicalize()
            .map_err(|error| EngineError { message: format!("cannot read the part `{}`: {error}", path.display()) })?;
        let mut url: url::Url = <ObjectStoreUrl as AsRef<url::Url>>::as_ref(&store).clone();
        let file = url::Url::from_file_path(&path)
            .map_err(|()| EngineError { message: format!("the path `{}` cannot be read as a part", path.display()) })?;
        url.set_path(file.path());
        ListingTableUrl::try_new(url, None).map_err(engine_error)
    });
    let options = ListingOptions::new(Arc::new(ParquetFormat::new())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls.collect::<Result<_, _>>()?)
        .with_listing_options(options)
        .with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config).map_err(engine_error)?))
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
            return Err(EngineError { message });
        }
    })
}

/// An error of DataFusion without its inner wrapping.
pub(super) fn engine_error(error: DataFusionError) -> EngineError {
    EngineError { message: error.strip_backtrace() }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array};
    use parquet::arrow::ArrowWriter;

    use super::*;

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
