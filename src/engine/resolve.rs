//! Plans admitted user SQL over empty tables: does every name and type fit, before any row is read?

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::SchemaError;
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};

use super::datafusion::ledger_type;
use crate::ledger::arrow_schema;
use crate::model::TableSet;
use crate::names::suggest;
use crate::sql;
use crate::sql::admit::Refusal;
use crate::table::Field;

/// The row that a predicate is about.
#[derive(Debug, Clone, Copy)]
pub struct Over<'a> {
    /// The table.
    pub table: &'a str,
    /// What the predicate may call it.
    pub alias: &'a str,
}

/// The columns an admitted query gives over tables with the columns of `tables`.
///
/// # Errors
/// The first thing that does not fit, with its position where the engine knows it.
pub fn resolve(text: &str, reads: &BTreeSet<String>, tables: &TableSet) -> Result<Vec<Field>, Refusal> {
    let plan = plan(text, reads, tables).map_err(|error| refusal(&error))?;
    let mut names = BTreeSet::new();
    let fields = plan.schema().fields().iter().map(|field| {
        if !names.insert(field.name().clone()) {
            return Err(Refusal::new(format!("two columns are called `{}`", field.name())).hint("name one with AS"));
        }
        let kind = ledger_type(field.name(), field.data_type()).map_err(|error| Refusal::new(error.message))?;
        Ok(Field::new(field.name(), kind))
    });
    fields.collect()
}

/// Whether an admitted predicate can be asked of the rows of a table.
///
/// # Errors
/// As [`resolve`]; where it is neither true nor false.
pub fn resolve_predicate(
    text: &str,
    over: Over<'_>,
    reads: &BTreeSet<String>,
    tables: &TableSet,
) -> Result<(), Refusal> {
    let mut reads = reads.clone();
    reads.insert(over.table.to_owned());
    let query = predicate_query(text, over);
    let plan = plan(&query, &reads, tables).map_err(|error| {
        let found = refusal(&error);
        Refusal { line: found.line.saturating_sub(1), ..found }
    })?;
    match plan.schema().field(0).data_type() {
        DataType::Boolean | DataType::Null => Ok(()),
        other => Err(Refusal::new(format!("a predicate is true or false, this is {other}"))),
    }
}

/// A query for what a predicate says of each row. The predicate has lines of its own, so that only line numbers shift.
pub(super) fn predicate_query(text: &str, over: Over<'_>) -> String {
    format!("SELECT (\n{text}\n) AS holds FROM {} AS {}", sql::name(over.table), sql::name(over.alias))
}

fn plan(query: &str, reads: &BTreeSet<String>, tables: &TableSet) -> Result<LogicalPlan, DataFusionError> {
    planned(query, reads, tables).map(|(_, plan)| plan)
}

/// A query planned over empty tables, with the session that planned it.
pub(super) fn planned(
    query: &str,
    reads: &BTreeSet<String>,
    tables: &TableSet,
) -> Result<(SessionContext, LogicalPlan), DataFusionError> {
    let mut config = SessionConfig::new().with_information_schema(false);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    let session = SessionContext::new_with_config(config);
    for name in reads {
        let stored = tables.find(name);
        session.register_table(name.as_str(), Arc::new(EmptyTable::new(arrow_schema(&stored.columns))))?;
    }
    let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let plan = runtime.block_on(async {
        let frame = session.sql_with_options(query, only_reading).await?;
        let (state, plan) = frame.into_parts();
        // Types are only brought together here; the plan before it keeps the names of its columns.
        state.optimize(&plan)?;
        Ok::<_, DataFusionError>(plan)
    })?;
    Ok((session, plan))
}

fn refusal(error: &DataFusionError) -> Refusal {
    let diagnostic = error.diagnostic();
    let said = diagnostic.map_or_else(|| error.find_root().strip_backtrace(), |found| found.message.clone());
    let said = said.lines().next().unwrap_or_default();
    let said = said.trim_start_matches("Error during planning: ").trim_start_matches("Schema error: ");
    let mut refusal = Refusal::new(said.replace('\'', "`"));
    if let Some(help) = diagnostic.and_then(|found| found.helps.first()) {
        refusal = refusal.hint(help.message.clone());
    } else if let Some(note) = diagnostic.and_then(|found| found.notes.first()) {
        refusal = refusal.hint(note.message.clone());
    }
    if let DataFusionError::SchemaError(schema, _) = error.find_root()
        && let SchemaError::FieldNotFound { field, valid_fields } = schema.as_ref()
    {
        refusal.message = format!("there is no column `{}`", field.flat_name());
        let known: BTreeSet<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
        refusal = refusal.hint(suggest(&field.name, "columns", known));
    }
    match diagnostic.and_then(|found| found.span) {
        Some(span) => refusal.at(span.start.line, span.start.column),
        None => refusal,
    }
}
