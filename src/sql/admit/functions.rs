//! Which functions user SQL may call: immutable ones that several engines know alike.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::Volatility;
use datafusion::sql::sqlparser::ast::{Function, FunctionArgumentClause, FunctionArguments, Spanned, WindowType};

use super::constructs::{Gate, folded};

/// Functions of the engine whose answer depends on more than their arguments.
static CHANGING: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    for function in SessionStateDefaults::default_scalar_functions() {
        if function.signature().volatility != Volatility::Immutable {
            names.insert(function.name().to_owned());
            names.extend(function.aliases().iter().cloned());
        }
    }
    names
});

/// What other engines call such functions, and what tells about the session or the machine.
const CHANGING_ELSEWHERE: [&str; 24] = [
    "now",
    "today",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "sysdate",
    "getdate",
    "random",
    "rand",
    "setseed",
    "uuid",
    "gen_random_uuid",
    "newid",
    "version",
    "current_user",
    "session_user",
    "user",
    "current_database",
    "current_schema",
    "input_file_name",
    "getenv",
    "current_setting",
];

/// Functions that estimate, or that only this engine has.
const NOT_ALIKE: [&str; 11] = [
    "approx_distinct",
    "approx_median",
    "approx_percentile_cont",
    "approx_percentile_cont_with_weight",
    "arrow_cast",
    "arrow_typeof",
    "arrow_metadata",
    "any_value",
    "arbitrary",
    "row_hash",
    "get_field",
];

/// Aggregates whose answer depends on the order of rows.
const ORDERED: [&str; 12] = [
    "array_agg",
    "string_agg",
    "listagg",
    "group_concat",
    "first_value",
    "last_value",
    "nth_value",
    "first",
    "last",
    "list",
    "make_list",
    "collect_list",
];

/// Window functions that mean nothing without an order.
const WINDOWED: [&str; 12] = [
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "ntile",
    "lag",
    "lead",
    "first_value",
    "last_value",
    "nth_value",
    "array_agg",
];

/// Why a function may not be called, and what to do.
fn refused(name: &str) -> Option<(String, &'static str)> {
    if CHANGING.contains(name) || CHANGING_ELSEWHERE.contains(&name) {
        let hint = "the same load must always give the same answer; the day of the load is `{as_of}` in rules";
        return Some((format!("`{name}` does not depend on the rows alone"), hint));
    }
    if name == "any_value" || name == "arbitrary" {
        return Some((format!("`{name}` takes whichever row comes first"), "write MIN(..) or MAX(..)"));
    }
    NOT_ALIKE
        .contains(&name)
        .then(|| (format!("`{name}` is not answered alike by every engine"), "write it with standard SQL"))
}

/// Whether an aggregate needs an order of its own.
fn needs_order(name: &str) -> bool {
    ORDERED.contains(&name)
}

/// Whether a window function needs an order in its window.
fn needs_window_order(name: &str) -> bool {
    WINDOWED.contains(&name) || ORDERED.contains(&name)
}

impl Gate<'_> {
    /// Whether a function may be called so.
    pub(super) fn check_function(&mut self, function: &Function) {
        let at = function.name.span().start;
        let [part] = function.name.0.as_slice() else {
            self.refuse(at, format!("`{}` names a schema", function.name), "write the function's name alone");
            return;
        };
        let Some(name) = part.as_ident().map(|ident| ident.value.to_lowercase()) else { return };
        if let Some((message, hint)) = refused(&name) {
            self.refuse(at, message, hint);
            return;
        }
        let mut is_ordered = !function.within_group.is_empty();
        if let FunctionArguments::List(list) = &function.args {
            for clause in &list.clauses {
                match clause {
                    FunctionArgumentClause::OrderBy(order) => {
                        is_ordered = true;
                        self.check_order(order);
                    }
                    FunctionArgumentClause::Limit(_) => self.refuse(at, "LIMIT within a function", "leave it out"),
                    _ => {}
                }
            }
        }
        self.check_order(&function.within_group);
        match &function.over {
            None if needs_order(&name) && !is_ordered => {
                let hint = format!("write {name}(.. ORDER BY ..)");
                self.refuse(at, format!("the answer of `{name}` depends on the order of rows"), hint);
            }
            Some(window) => {
                let (ordered, framed) = match window {
                    WindowType::WindowSpec(spec) => {
                        self.check_order(&spec.order_by);
                        let inherits = spec.window_name.as_ref().map(folded);
                        let inherited = inherits.is_some_and(|name| self.windows.get(&name).copied().unwrap_or(true));
                        (!spec.order_by.is_empty() || inherited, spec.window_frame.is_some())
                    }
                    WindowType::NamedWindow(name) => (self.windows.get(&folded(name)).copied().unwrap_or(true), false),
                };
                if !ordered && (framed || needs_window_order(&name)) {
                    let message = format!("the window of `{name}` has no order");
                    self.refuse(at, message, "write OVER (.. ORDER BY ..), with keys that no two rows share");
                }
            }
            None => {}
        }
    }
}
