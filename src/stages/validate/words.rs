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

/// The first three of `names`, a query for `(keys.., name)` without duplicates, as one text `named` per combination of
/// the keys: `AD/ann, AD/bob`.
pub(super) fn first(keys: &[&str], names: &str) -> String {
    let of = |alias: &str| keys.iter().map(|key| format!("{alias}.{key}")).collect::<Vec<_>>().join(", ");
    let place = |place: u8| format!("MAX(CASE WHEN r.place = {place} THEN r.name END)");
    format!(
        "  SELECT {}, {} || COALESCE(', ' || {}, '') || COALESCE(', ' || {}, '') AS named
  FROM (
    SELECT {}, p.name, ROW_NUMBER() OVER (PARTITION BY {} ORDER BY p.name NULLS LAST) AS place
    FROM (\n  {names}\n    ) p
    WHERE p.name IS NOT NULL
  ) r
  WHERE r.place <= 3
  GROUP BY {}",
        of("r"),
        place(1),
        place(2),
        place(3),
        of("p"),
        of("p"),
        of("r"),
    )
}

/// The three largest of `parts`, a query for `(keys.., name, n)`, as one text `named` per combination of the keys:
/// `SALES 12, IT 5`.
pub(super) fn top(keys: &[&str], parts: &str) -> String {
    let of = |alias: &str| keys.iter().map(|key| format!("{alias}.{key}")).collect::<Vec<_>>().join(", ");
    let place = |place: u8| {
        format!("MAX(CASE WHEN r.place = {place} THEN COALESCE(r.name, '(none)') || ' ' || CAST(r.n AS VARCHAR) END)")
    };
    format!(
        "  SELECT {}, {} || COALESCE(', ' || {}, '') || COALESCE(', ' || {}, '') AS named
  FROM (
    SELECT {}, p.name, p.n,
           ROW_NUMBER() OVER (PARTITION BY {} ORDER BY p.n DESC NULLS LAST, p.name NULLS LAST) AS place
    FROM (\n  {parts}\n    ) p
    WHERE p.n > 0
  ) r
  WHERE r.place <= 3
  GROUP BY {}",
        of("r"),
        place(1),
        place(2),
        place(3),
        of("p"),
        of("p"),
        of("r"),
    )
}
