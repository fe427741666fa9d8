//! Metrics that are shares of a hundred: how much of a table was exchanged, how well a column is filled, how much of it
//! one value holds.
//!
//! A net count hides what comes and goes at once, and no count shows a column that came empty, or in which one value took
//! the place of all others. Each share keeps the two counts that it is made of.

use super::catalogue::{By, Measure, Row, Rows};
use super::leads::as_text;
use super::measure::{by_of, counted, measured_before};
use super::movers::{self, Behind, Movers};
use super::words::top;
use crate::settings::validate::Threshold;
use crate::sql;
use crate::stages::Context;
use crate::table::{Table, Type};
use crate::tables;

/// A share with a name.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    /// The table it is about.
    pub(crate) table: &'static Table,
    /// The column it is about; `None` = rows as such.
    pub(crate) column: Option<String>,
    what: What,
}

/// What is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Rows that are new or gone, of those of the parent.
    Churn,
    /// Rows that are gone and in whose place another is new, of those of the parent: keys that are written otherwise now.
    KeysReplaced,
    /// Rows with a value in the column.
    Fill,
    /// Rows that hold the most frequent value of the column.
    Top,
}

const OF_ROWS: [(&str, What); 2] = [("churn", What::Churn), ("keys_replaced", What::KeysReplaced)];
const OF_A_COLUMN: [(&str, What); 2] = [("fill", What::Fill), ("top", What::Top)];

/// The share of that name: `accounts.churn`, `accounts.email.fill`. Whether the table has the column is not asked.
pub(crate) fn find(name: &str) -> Option<Rate> {
    let known =
        |among: &[(&str, What)], what: &str| among.iter().find(|(known, _)| *known == what).map(|(_, what)| *what);
    match name.split('.').collect::<Vec<_>>().as_slice() {
        [table, what] => {
            let table = tables::by_name(table).filter(|table| table.is_collected())?;
            known(&OF_ROWS, what).map(|what| Rate { table, column: None, what })
        }
        [table, column, what] => {
            let (table, column) = (tables::by_name(table)?, Some((*column).to_owned()));
            known(&OF_A_COLUMN, what).map(|what| Rate { table, column, what })
        }
        _ => None,
    }
}

/// The names of the shares that are about no column.
pub(crate) fn names() -> impl Iterator<Item = String> {
    tables::COLLECTED.iter().flat_map(|table| OF_ROWS.map(|(what, _)| format!("{}.{what}", table.name)))
}

impl Rate {
    /// Whether it is about what moved since the parent, so that a first load has none.
    pub(super) fn is_of_movements(&self) -> bool {
        matches!(self.what, What::Churn | What::KeysReplaced)
    }

    /// The query of a threshold that measures it.
    pub(super) fn query(&self, threshold: &Threshold, context: &Context<'_>) -> String {
        let (id, by_column) = (sql::text(&threshold.id), sql::text_or_null(threshold.by.as_deref()));
        let (now, before) = if self.is_of_movements() {
            (self.moved(threshold, context), measured_before(&id, threshold.by.as_deref()))
        } else {
            let before = if context.has_parent {
                format!(
                    "  SELECT s.by_value, {VALUE} AS n FROM (\n{}\n  ) s",
                    self.of_column(threshold, "before_", context)
                )
            } else {
                "  SELECT CAST(NULL AS VARCHAR) AS by_value, CAST(NULL AS DOUBLE) AS n WHERE FALSE".to_owned()
            };
            (self.of_column(threshold, "", context), before)
        };
        format!(
            "WITH now_counts AS (\n{now}\n),\nbefore_values AS (\n{before}\n)
SELECT {id} AS threshold, {by_column} AS by_column, s.by_value, b.n AS before_value, {VALUE} AS value,
       CAST(s.counted AS DOUBLE) AS counted, CAST(s.out_of AS DOUBLE) AS out_of
FROM now_counts s LEFT JOIN before_values b ON COALESCE(b.by_value, '') = COALESCE(s.by_value, '')
WHERE s.out_of > 0 OR s.counted > 0"
        )
    }

    /// Rows with a value, or those that hold the most frequent one, and all rows, by value of the other column.
    fn of_column(&self, threshold: &Threshold, prefix: &str, context: &Context<'_>) -> String {
        let by = by_of(self.table, threshold.by.as_deref(), Row { prefix, joined: "b_" }, context);
        let held = self.held(prefix, context);
        let counted = if self.what == What::Fill {
            "SUM(CASE WHEN v.held IS NOT NULL THEN v.n ELSE 0 END)"
        } else {
            "COALESCE(MAX(CASE WHEN v.held IS NOT NULL THEN v.n END), 0)"
        };
        format!(
            "  SELECT v.by_value, CAST({counted} AS BIGINT) AS counted, CAST(SUM(v.n) AS BIGINT) AS out_of
  FROM (
    SELECT x.by_value, x.held, CAST(COUNT(*) AS BIGINT) AS n
    FROM (SELECT {} AS by_value, {held} AS held FROM {prefix}{} t{}) x
    GROUP BY x.by_value, x.held
  ) v
  GROUP BY v.by_value",
            by.expression, self.table.name, by.joins
        )
    }

    /// The value of the column in a row `t`, as text; empty text is none.
    fn held(&self, prefix: &str, context: &Context<'_>) -> String {
        let column = self.column.as_deref().unwrap_or_default();
        let fields = &context.tables.find(&format!("{prefix}{}", self.table.name)).columns;
        match fields.iter().find(|field| field.name == column) {
            Some(field) if field.kind == Type::Text => format!("NULLIF({}, '')", as_text(field, "t")),
            Some(field) => as_text(field, "t"),
            // The parent may not have had it.
            None => By::nothing().expression,
        }
    }

    /// Rows that came and went, and those of the parent, by value of the column.
    fn moved(&self, threshold: &Threshold, context: &Context<'_>) -> String {
        let all = Measure::all(self.table);
        let by = |prefix: &str| by_of(self.table, threshold.by.as_deref(), Row { prefix, joined: "b_" }, context);
        let nothing = || Rows { from: format!("{} t", self.table.name), condition: "FALSE".to_owned() };
        let come = counted(&all.come().unwrap_or_else(nothing), &by(""));
        let gone = counted(&all.gone().unwrap_or_else(nothing), &by("before_"));
        let base = counted(&all.before().unwrap_or_else(nothing), &by("before_"));
        let counted = if self.what == What::Churn {
            "SUM(m.come) + SUM(m.gone)"
        } else {
            "CASE WHEN SUM(m.come) < SUM(m.gone) THEN SUM(m.come) ELSE SUM(m.gone) END"
        };
        let part = |rows: &str, [come, gone, base]: [&str; 3]| {
            format!("    SELECT c.by_value, {come} AS come, {gone} AS gone, {base} AS base FROM (\n{rows}\n    ) c")
        };
        format!(
            "  SELECT m.by_value, CAST({counted} AS BIGINT) AS counted, CAST(SUM(m.base) AS BIGINT) AS out_of
  FROM (\n{}\n    UNION ALL\n{}\n    UNION ALL\n{}\n  ) m
  GROUP BY m.by_value",
            part(&come, ["c.n", "0", "0"]),
            part(&gone, ["0", "c.n", "0"]),
            part(&base, ["0", "0", "c.n"]),
        )
    }

    /// The rows behind a breach.
    pub(super) fn movers(&self, context: &Context<'_>) -> Vec<Movers> {
        if self.is_of_movements() {
            let all = Measure::all(self.table);
            let moved = [(all.gone(), "before_"), (all.come(), "")];
            return moved
                .into_iter()
                .filter(|_| context.has_parent)
                .filter_map(|(rows, prefix)| Some(Movers { rows: rows?, prefix, weight: 1 }))
                .collect();
        }
        let condition = format!("{} IS NULL", self.held("", context));
        let rows = Rows { from: format!("{} t", self.table.name), condition };
        vec![Movers { rows, prefix: "", weight: 1 }]
    }

    /// What stands behind a share of the most frequent value: the rows that hold it, and which values are held most. These
    /// stand behind the rows, as values of columns may be those of people.
    pub(super) fn behind_the_most_frequent(&self, threshold: &Threshold, context: &Context<'_>) -> Option<Behind> {
        if self.what != What::Top {
            return None;
        }
        let held = self.held("", context);
        let rows = Rows { from: format!("{} t", self.table.name), condition: format!("{held} IS NOT NULL") };
        let holding = movers::told(
            self.table,
            threshold,
            &Movers { rows, prefix: "", weight: 1 },
            &format!(", {held} AS held"),
            context,
        );
        let by = by_of(self.table, threshold.by.as_deref(), Row { prefix: "", joined: "b_" }, context);
        let sums = format!(
            "SELECT x.by_value AS by_value, x.held AS name, CAST(COUNT(*) AS BIGINT) AS n FROM (SELECT {} AS by_value, {held} AS held FROM {} t{}) x WHERE x.held IS NOT NULL GROUP BY x.by_value, x.held",
            by.expression, self.table.name, by.joins
        );
        let first = format!(
            "SELECT z.by_value, z.name FROM (SELECT y.by_value, y.name, ROW_NUMBER() OVER (PARTITION BY y.by_value ORDER BY y.n DESC NULLS LAST, y.name NULLS LAST) AS place FROM ({sums}) y) z WHERE z.place = 1"
        );
        let all = format!(
            "SELECT a.by_value, a.belongs_to, a.name, a.weight FROM (\n  {holding}\n  ) a JOIN ({first}) m ON m.name = a.held AND COALESCE(m.by_value, '') = COALESCE(a.by_value, '')"
        );
        let Behind { contributors, samples } = movers::summed(self.table, threshold, &all);
        let samples = samples.map(|samples| {
            format!(
                "  SELECT i.by_value, i.named || '; the values held most are ' || v.named AS named\n  FROM (\n{samples}\n  ) i JOIN (\n{}\n  ) v ON COALESCE(v.by_value, '') = COALESCE(i.by_value, '')",
                top(&["by_value"], &sums)
            )
        });
        Some(Behind { contributors, samples })
    }
}

/// The share in hundredths; anything is all of nothing.
const VALUE: &str =
    "CASE WHEN s.out_of > 0 THEN CAST(100 AS DOUBLE) * CAST(s.counted AS DOUBLE) / CAST(s.out_of AS DOUBLE)
            WHEN s.counted > 0 THEN CAST(100 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END";
