//! Walks over parsed user SQL and notes every construct that may not be there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Distinct, Expr, Ident, JoinConstraint, JoinOperator, NamedWindowExpr, ObjectName, OrderByExpr, OrderByKind, Query,
    Select, SetExpr, SetOperator, SetQuantifier, Spanned, TableAlias, TableFactor, Visitor,
};
use datafusion::sql::sqlparser::tokenizer::Location;

use super::{Admitted, Refusal, Walked};
use crate::names::suggest;

/// What is known of a text while it is walked over.
pub(super) struct Gate<'a> {
    tables: &'a BTreeSet<String>,
    /// What the text defines itself with `WITH`.
    defined: BTreeSet<String>,
    /// Named windows, and whether they have an order.
    pub(super) windows: BTreeMap<String, bool>,
    admitted: Admitted,
    refusals: Vec<Refusal>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(tables: &'a BTreeSet<String>) -> Self {
        Self {
            tables,
            defined: BTreeSet::new(),
            windows: BTreeMap::new(),
            admitted: Admitted::default(),
            refusals: Vec::new(),
        }
    }

    /// Walks over a query or an expression.
    pub(super) fn pass(mut self, sql: &impl Walked) -> Result<Admitted, Vec<Refusal>> {
        let mut definitions = Definitions::default();
        let _ = sql.visit(&mut definitions);
        (self.defined, self.windows) = (definitions.names, definitions.windows);
        let _ = sql.visit(&mut self);
        self.refusals.sort_by_key(|refusal| (refusal.line, refusal.column));
        self.refusals.dedup();
        if self.refusals.is_empty() { Ok(self.admitted) } else { Err(self.refusals) }
    }

    pub(super) fn refuse(&mut self, at: Location, message: impl Into<String>, hint: impl Into<String>) {
        self.refusals.push(Refusal::new(message).hint(hint).at(at.line, at.column));
    }

    /// A new name may not hide a table: who reads the query would take one for the other.
    fn check_new_name(&mut self, name: &Ident, own: Option<&str>) {
        let text = folded(name);
        if self.tables.contains(&text) && own != Some(text.as_str()) {
            self.refuse(name.span.start, format!("`{text}` is a table of the ledger"), "take another name");
        }
    }

    fn check_alias(&mut self, alias: Option<&TableAlias>, own: Option<&str>) {
        if let Some(alias) = alias {
            self.check_new_name(&alias.name, own);
        }
    }

    fn check_table(&mut self, name: &ObjectName) {
        let at = name.span().start;
        let parts: Vec<&Ident> = name.0.iter().filter_map(|part| part.as_ident()).collect();
        let [ident] = parts.as_slice() else {
            self.refuse(at, format!("`{name}` names a schema"), "write the table's name alone");
            return;
        };
        let text = folded(ident);
        if self.defined.contains(&text) {
            return;
        }
        if self.tables.contains(&text) {
            self.admitted.tables.insert(text);
        } else if text.contains(['/', '\\', '.', '*', ':']) {
            self.refuse(at, format!("`{text}` is a file, not a table of the ledger"), "let a collector bring it");
        } else {
            let hint = suggest(&text, "tables", self.tables.iter().map(String::as_str));
            self.refuse(at, format!("there is no table `{text}` here"), hint);
        }
    }

    fn check_body(&mut self, body: &SetExpr, at: Location) {
        match body {
            SetExpr::SetOperation { op, set_quantifier, left, right } => {
                let counts = matches!(set_quantifier, SetQuantifier::All | SetQuantifier::AllByName);
                if counts && matches!(op, SetOperator::Except | SetOperator::Intersect | SetOperator::Minus) {
                    let at = right.span().start;
                    self.refuse(at, format!("`{op} ALL` is not answered alike by every engine"), "count in a GROUP BY");
                }
                if matches!(
                    set_quantifier,
                    SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
                ) {
                    self.refuse(
                        right.span().start,
                        format!("`{op} BY NAME` is no standard SQL"),
                        "name the columns in order",
                    );
                }
                self.check_body(left, at);
                self.check_body(right, at);
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.refuse(body.span().start, "a query changes nothing", "begin with SELECT or WITH");
            }
            SetExpr::Table(_) => self.refuse(at, "`TABLE ..` is not allowed here", "write SELECT .. FROM .."),
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => {}
        }
    }

    pub(super) fn check_order(&mut self, order: &[OrderByExpr]) {
        for key in order.iter().filter(|key| key.options.nulls_first.is_none()) {
            let at = key.span().start;
            let warning = Refusal::new("engines disagree where nulls come in this order").at(at.line, at.column);
            self.admitted.warnings.push(warning.hint("write NULLS FIRST or NULLS LAST"));
        }
    }

    fn check_join(&mut self, operator: &JoinOperator, at: Location) {
        match operator {
            JoinOperator::FullOuter(JoinConstraint::Using(_) | JoinConstraint::Natural) => {
                self.refuse(
                    at,
                    "FULL JOIN .. USING is not answered alike by every engine",
                    "write ON, and COALESCE the two columns",
                );
            }
            JoinOperator::Semi(_)
            | JoinOperator::LeftSemi(_)
            | JoinOperator::RightSemi(_)
            | JoinOperator::Anti(_)
            | JoinOperator::LeftAnti(_)
            | JoinOperator::RightAnti(_) => {
                self.refuse(at, "SEMI and ANTI joins are no standard SQL", "write EXISTS or NOT EXISTS");
            }
            JoinOperator::AsOf { .. } | JoinOperator::CrossApply | JoinOperator::OuterApply => {
                self.refuse(at, "this join is no standard SQL", "write it with JOIN .. ON");
            }
            _ => {}
        }
    }
}

impl Visitor for Gate<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let at = query.body.span().start;
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.check_new_name(&cte.alias.name, None);
        }
        self.check_body(&query.body, at);
        if (query.limit_clause.is_some() || query.fetch.is_some()) && query.order_by.is_none() {
            let at = query.limit_clause.as_ref().map_or(at, |limit| first_of(limit.span().start, at));
            self.refuse(
                at,
                "which rows LIMIT leaves is left to chance",
                "add ORDER BY, with keys that no two rows share",
            );
        }
        if let Some(OrderByKind::Expressions(order)) = query.order_by.as_ref().map(|order| &order.kind) {
            self.check_order(order);
        }
        if let Some(OrderByKind::All(_)) = query.order_by.as_ref().map(|order| &order.kind) {
            self.refuse(at, "`ORDER BY ALL` is no standard SQL", "name the columns");
        }
        let odd = !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
            || !query.pipe_operators.is_empty();
        if odd {
            self.refuse(
                at,
                "the query has a clause that is no standard SQL",
                "leave FOR, SETTINGS, FORMAT and `|>` out",
            );
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let at = select.select_token.0.span.start;
        if select.into.is_some() {
            self.refuse(at, "a query changes nothing", "leave INTO out");
        }
        if select.top.is_some() {
            self.refuse(at, "TOP is no standard SQL", "write ORDER BY .. LIMIT ..");
        }
        if matches!(select.distinct, Some(Distinct::On(_))) {
            self.refuse(
                at,
                "which row DISTINCT ON leaves is left to chance",
                "number the rows with ROW_NUMBER and take the first",
            );
        }
        for from in &select.from {
            for join in &from.joins {
                self.check_join(&join.join_operator, first_of(join.relation.span().start, at));
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        let at = factor.span().start;
        match factor {
            TableFactor::Table { name, alias, args, sample, version, with_ordinality, .. } => {
                if args.is_some() {
                    self.refuse(at, format!("`{name}(..)` is a table function"), "read tables of the ledger by name");
                } else {
                    self.check_table(name);
                }
                if sample.is_some() {
                    self.refuse(at, "a sample is left to chance", "leave TABLESAMPLE out");
                }
                if version.is_some() || *with_ordinality {
                    self.refuse(at, "only the tables of this load and of the one before are here", "read `before_..`");
                }
                let own = name.0.last().and_then(|part| part.as_ident()).map(folded);
                self.check_alias(alias.as_ref(), own.as_deref());
            }
            TableFactor::Derived { alias, sample, .. } => {
                if sample.is_some() {
                    self.refuse(at, "a sample is left to chance", "leave TABLESAMPLE out");
                }
                self.check_alias(alias.as_ref(), None);
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                for join in &table_with_joins.joins {
                    self.check_join(&join.join_operator, first_of(join.relation.span().start, at));
                }
                self.check_alias(alias.as_ref(), None);
            }
            _ => self.refuse(at, "only tables of the ledger can be read here", "name a table of the ledger"),
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression {
            self.check_function(function);
        }
        ControlFlow::Continue(())
    }
}

/// Gathers the names that a text defines itself, wherever it does.
#[derive(Default)]
struct Definitions {
    names: BTreeSet<String>,
    windows: BTreeMap<String, bool>,
}

impl Visitor for Definitions {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.names.extend(tables.map(|cte| folded(&cte.alias.name)));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for window in &select.named_window {
            let is_ordered = match &window.1 {
                NamedWindowExpr::WindowSpec(spec) => !spec.order_by.is_empty(),
                NamedWindowExpr::NamedWindow(_) => true,
            };
            self.windows.insert(folded(&window.0), is_ordered);
        }
        ControlFlow::Continue(())
    }
}

/// A name as the engine takes it: lower case, unless it is quoted.
pub(super) fn folded(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

/// The first position, where the parser kept it.
fn first_of(location: Location, otherwise: Location) -> Location {
    if location.line == 0 { otherwise } else { location }
}
