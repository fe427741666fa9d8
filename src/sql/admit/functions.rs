//! Which functions user SQL may call: immutable ones that several engines know alike.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use datafusion::execution::SessionStateDefaults;
use datafusion::logical_expr::Volatility;

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
pub(super) fn refused(name: &str) -> Option<(String, &'static str)> {
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
pub(super) fn needs_order(name: &str) -> bool {
    ORDERED.contains(&name)
}

/// Whether a window function needs an order in its window.
pub(super) fn needs_window_order(name: &str) -> bool {
    WINDOWED.contains(&name) || ORDERED.contains(&name)
}
