//! Numbers and names in sentences, as SQL expressions.

use crate::settings::validate::Amount;

/// A limit as a person writes it.
pub(super) fn amount(amount: Amount) -> String {
    match amount {
        // Sixteen digits of a share are one more than a person wrote.
        Amount::Share(share) => format!("{} %", (share * 1e9).round() / 1e7),
        Amount::Number(number) => format!("{number}"),
    }
}

/// A number as text, without `.0`.
pub(super) fn number(expression: &str) -> String {
    format!(
        "CASE WHEN {expression} = FLOOR({expression}) THEN CAST(CAST({expression} AS BIGINT) AS VARCHAR) ELSE CAST(ROUND({expression}, 2) AS VARCHAR) END"
    )
}

/// How many hundredths a number is of a base that is not 0, with one digit behind the point.
pub(super) fn percent(of: &str, base: &str) -> String {
    format!("CAST(ROUND(100.0 * {of} / {base}, 1) AS VARCHAR)")
}

/// How many rows a sentence names.
const SAMPLES: usize = 10;

/// How many of those that moved most a sentence names.
const CONTRIBUTORS: usize = 3;

/// The first of `names`, a query for `(keys.., name)` without duplicates, as one text `named` per combination of the
/// keys: `AD/ann, AD/bob`.
pub(super) fn first(keys: &[&str], names: &str) -> String {
    some(SAMPLES, keys, names, "p.name IS NOT NULL", "p.name NULLS LAST", "r.name")
}

/// The largest of `parts`, a query for `(keys.., name, n)`, as one text `named` per combination of the keys:
/// `SALES 12, IT 5`.
pub(super) fn top(keys: &[&str], parts: &str) -> String {
    let text = "COALESCE(r.name, '(none)') || ' ' || CAST(r.n AS VARCHAR)";
    some(CONTRIBUTORS, keys, parts, "p.n > 0", "p.n DESC NULLS LAST, p.name NULLS LAST", text)
}

/// The first so many rows `p` of a query that meet a condition, in an order, as one text `named` per combination of the
/// keys; `text` says each as row `r`.
fn some(number: usize, keys: &[&str], query: &str, condition: &str, order: &str, text: &str) -> String {
    let of = |alias: &str| keys.iter().map(|key| format!("{alias}.{key}")).collect::<Vec<_>>().join(", ");
    let at = |place: usize| format!("MAX(CASE WHEN r.place = {place} THEN {text} END)");
    let further: String = (2..=number).map(|place| format!(" || COALESCE(', ' || {}, '')", at(place))).collect();
    let (keys_of_r, keys_of_p) = (of("r"), of("p"));
    format!(
        "  SELECT {keys_of_r}, {}{further} AS named
  FROM (
    SELECT p.*, ROW_NUMBER() OVER (PARTITION BY {keys_of_p} ORDER BY {order}) AS place
    FROM (\n  {query}\n    ) p
    WHERE {condition}
  ) r
  WHERE r.place <= {number}
  GROUP BY {keys_of_r}",
        at(1)
    )
}
