//! Conditions of admitted SQL that hold for every row or for none, whatever the tables say: whoever wrote them meant
//! something else.

use std::collections::BTreeSet;

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use super::resolve::{Over, planned, predicate_query};
use crate::model::TableSet;

/// For which rows a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// For every row.
    Always,
    /// For none.
    Never,
}

/// Every condition behind WHERE and HAVING of a query that resolves and that holds always or never, as the engine
/// writes it.
#[must_use]
pub fn constant_conditions(text: &str, reads: &BTreeSet<String>, tables: &TableSet) -> Vec<(String, Holds)> {
    let Ok((session, plan)) = planned(text, reads, tables) else { return Vec::new() };
    let mut found = Vec::new();
    let _ = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::Filter(filter) = node {
            let projected = LogicalPlanBuilder::from(filter.input.as_ref().clone())
                .project([filter.predicate.clone().alias("holds")])
                .and_then(LogicalPlanBuilder::build)
                .and_then(|plan| session.state().optimize(&plan));
            if let Some(holds) = projected.ok().as_ref().and_then(constant) {
                found.push((filter.predicate.to_string(), holds));
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
    found
}

/// Whether a predicate that resolves holds always or never; `None` where that depends on the row.
#[must_use]
pub fn constant_predicate(text: &str, over: Over<'_>, reads: &BTreeSet<String>, tables: &TableSet) -> Option<Holds> {
    let mut reads = reads.clone();
    reads.insert(over.table.to_owned());
    let (session, plan) = planned(&predicate_query(text, over), &reads, tables).ok()?;
    constant(&session.state().optimize(&plan).ok()?)
}

/// What the one column of a plan always is, where it is a constant.
fn constant(plan: &LogicalPlan) -> Option<Holds> {
    let LogicalPlan::Projection(projection) = plan else { return None };
    let mut expression = projection.expr.first()?;
    while let Expr::Alias(alias) = expression {
        expression = &alias.expr;
    }
    match expression {
        Expr::Literal(ScalarValue::Boolean(Some(true)), _) => Some(Holds::Always),
        Expr::Literal(ScalarValue::Boolean(_) | ScalarValue::Null, _) => Some(Holds::Never),
        _ => None,
    }
}

/// The columns of each table that a query which resolves reads, for tests of what people say that it does.
#[cfg(test)]
pub(crate) fn columns_read(text: &str, reads: &BTreeSet<String>, tables: &TableSet) -> BTreeSet<(String, String)> {
    let (session, plan) = planned(text, reads, tables).expect("it resolves");
    let plan = session.state().optimize(&plan).expect("it resolves");
    let mut read = BTreeSet::new();
    let _ = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            let columns = scan.projected_schema.fields().iter().map(|field| field.name().clone());
            read.extend(columns.map(|column| (scan.table_name.table().to_owned(), column)));
        }
        Ok(TreeNodeRecursion::Continue)
    });
    read
}
