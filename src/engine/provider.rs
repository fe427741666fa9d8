//! The rows of stored tables as the engine's planner finds them: those of small parts from memory, those of big ones from
//! where they lie. How many there are is known from the manifest, so that no folder is listed and no footer read to plan.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, Statistics};
use datafusion::datasource::listing::{ListingTableUrl, PartitionedFile};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{
    BinaryExpr, EmptyRelation, Expr, LogicalPlan, Operator, TableProviderFilterPushDown, TableType,
};
use datafusion::physical_plan::ExecutionPlan;

use super::EngineError;
use super::datafusion::engine_error;
use super::kept::Kept;
use crate::ledger::arrow_schema;
use crate::model::StoredTable;

/// One stored table.
#[derive(Debug)]
pub(super) struct Provider {
    table: Arc<StoredTable>,
    schema: SchemaRef,
    kept: Arc<Kept>,
    files: Vec<PartitionedFile>,
    /// Of a table without rows: the plan that says so, so that what joins it need not be planned.
    nothing: Option<LogicalPlan>,
}

impl Provider {
    /// # Errors
    /// Where a file was cut or is not there.
    pub(super) fn new(table: Arc<StoredTable>, kept: Arc<Kept>) -> Result<Self, EngineError> {
        // What was cut may still have a footer.
        if let Some(message) = table.cut() {
            return Err(EngineError::new(message));
        }
        let schema = arrow_schema(&table.columns);
        let nothing = if table.held.is_empty() && table.files.is_empty() {
            let schema = DFSchema::try_from(Arc::clone(&schema)).map_err(engine_error)?;
            Some(LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema: Arc::new(schema) }))
        } else {
            None
        };
        let files = table.files.iter().map(|path| located(path)).collect::<Result<_, _>>()?;
        Ok(Self { table, schema, kept, files, nothing })
    }

    /// All rows of the wanted columns, where they are in memory or few; by part.
    fn in_memory(&self, wanted: &[usize]) -> Result<Option<Vec<RecordBatch>>, DataFusionError> {
        if !self.table.held.is_empty() || self.files.is_empty() {
            let held = self.table.held.iter().map(|batch| Ok(batch.project(wanted)?));
            return held.collect::<Result<_, DataFusionError>>().map(Some);
        }
        let parts: Vec<_> = self.table.parts.iter().filter(|part| part.rows > 0).collect();
        if parts.len() != self.files.len() || self.table.rows() > self.kept.most_rows() {
            return Ok(None);
        }
        let columns: Vec<_> = wanted.iter().map(|at| self.table.columns[*at].clone()).collect();
        let read = parts.iter().zip(&self.table.files).map(|(part, file)| {
            let rows = usize::try_from(part.rows).unwrap_or(usize::MAX);
            self.kept.rows(file, rows, &columns)
        });
        let read = read.collect::<Result<Vec<_>, _>>().map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(Some(read.into_iter().flatten().collect()))
    }

    /// The files as the engine reads them.
    fn on_disk(
        &self,
        state: &dyn Session,
        wanted: Option<&Vec<usize>>,
        limit: Option<usize>,
        named: &[&Expr],
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let store = ObjectStoreUrl::local_filesystem();
        let environment = state.runtime_env();
        // Footers are parsed once for all queries.
        let footers = environment.cache_manager.get_file_metadata_cache();
        let readers = CachedParquetFileReaderFactory::new(environment.object_store(&store)?, footers);
        let mut source =
            ParquetSource::new(Arc::clone(&self.schema)).with_parquet_file_reader_factory(Arc::new(readers));
        if let Some(named) = conjunction(named.iter().map(|filter| (*filter).clone())) {
            let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
            // Other columns are decoded of the rows that are left alone.
            source = source.with_predicate(state.create_physical_expr(named, &schema)?).with_pushdown_filters(true);
        }
        let mut statistics = Statistics::new_unknown(&self.schema);
        if !self.table.parts.is_empty() {
            statistics.num_rows = Precision::Exact(usize::try_from(self.table.rows()).unwrap_or(usize::MAX));
        }
        let groups = FileGroup::new(self.files.clone()).split_files(state.config().target_partitions());
        let scan = FileScanConfigBuilder::new(store, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(wanted.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

#[async_trait]
impl TableProvider for Provider {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn get_logical_plan(&self) -> Option<Cow<'_, LogicalPlan>> {
        self.nothing.as_ref().map(Cow::Borrowed)
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        // They stay where they are, and are only looked at here.
        let support = if self.kept.leads_to_rows() {
            TableProviderFilterPushDown::Inexact
        } else {
            TableProviderFilterPushDown::Unsupported
        };
        Ok(vec![support; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        // Each is judged again behind this: here they only say which rows need not be read.
        let named: Vec<&Expr> = filters.iter().filter(|filter| named_by(filter).is_some()).collect();
        let first = self.table.columns.first().map(|column| column.name.as_str());
        let is_led = named.iter().any(|filter| named_by(filter) == first);
        let on_disk = |limit| self.on_disk(state, projection, limit, &named);
        if is_led && !self.files.is_empty() {
            return on_disk(None);
        }
        let wanted = projection.cloned().unwrap_or_else(|| (0..self.table.columns.len()).collect());
        let Some(rows) = self.in_memory(&wanted)? else { return on_disk(limit) };
        let schema = Arc::new(self.schema.project(&wanted)?);
        Ok(MemorySourceConfig::try_new_exec(&[rows], schema, None)?)
    }
}

/// The column of which a filter names values that rows must have.
fn named_by(filter: &Expr) -> Option<&str> {
    /// So many the engine looks for in the bounds of pages.
    const MOST: usize = 20;
    let column = |expr: &'_ Expr| matches!(expr, Expr::Column(_));
    let value = |expr: &'_ Expr| matches!(expr, Expr::Literal(..));
    let of = match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if column(left) && value(right) => left,
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) if value(left) && column(right) => right,
        Expr::InList(list) if !list.negated && list.list.len() <= MOST && list.list.iter().all(value) => &list.expr,
        _ => return None,
    };
    match of.as_ref() {
        Expr::Column(column) => Some(column.name()),
        _ => None,
    }
}

/// A file as the engine names it.
fn located(path: &std::path::Path) -> Result<PartitionedFile, EngineError> {
    let broken =
        |error: std::io::Error| EngineError::new(format!("cannot read the part `{}`: {error}", path.display()));
    let path = path.canonicalize().map_err(broken)?;
    let bytes = path.metadata().map_err(broken)?.len();
    let store = ObjectStoreUrl::local_filesystem();
    let mut url: url::Url = <ObjectStoreUrl as AsRef<url::Url>>::as_ref(&store).clone();
    let file = url::Url::from_file_path(&path)
        .map_err(|()| EngineError::new(format!("the path `{}` cannot be read as a part", path.display())))?;
    url.set_path(file.path());
    let place = ListingTableUrl::try_new(url, None).map_err(engine_error)?;
    // The constructor would encode a path that is encoded.
    let mut file = PartitionedFile::new(String::new(), bytes);
    file.object_meta.location = place.prefix().clone();
    Ok(file)
}
