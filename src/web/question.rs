//! Questions to a timeslot in SQL. Every table of rows that a page shows is one: it is paged by the engine, downloads whole, and is
//! shown with its SQL, so that an auditor gets the same rows from the same Parquet.

use super::ask::Fields;
use crate::sql;

/// A row of an answer; `None` is null.
pub(super) type Row = [Option<String>];

/// Where a cell leads, told by its row.
pub(super) type Lead = fn(&Row) -> Option<String>;

/// More uids than this are not written into a question.
const MOST_UIDS: usize = 500;

/// Uids as they stand within `IN (..)`.
fn listed(uids: &[String]) -> String {
    if uids.is_empty() { "NULL".to_owned() } else { uids.join(", ") }
}

/// A question to a timeslot. One that is found a page at a time has nothing that is given.
#[derive(Clone)]
pub(super) struct Question {
    /// What the rows are.
    pub(super) title: String,
    /// A sentence about them.
    pub(super) about: Option<String>,
    /// The tables that it reads and that not every plan makes: where one lacks, there are no rows, and `empty` is said.
    pub(super) needs: &'static [&'static str],
    /// A SELECT without an order. Its columns are named as people read them, with `_` for blanks.
    pub(super) rows: String,
    /// Where telling of things costs more than finding them: a SELECT of their `uid`, with the columns of `order`, which stands in
    /// `rows` as `{found}`. There is one row of `rows` for each of its own, so that a page is found first, and then told.
    pub(super) found: Option<String>,
    /// Of whom or what it is asked: SELECTs of uids that stand in `rows` by their names, each within `IN ({name})`. They are read first: a uid
    /// that is known leads the engine to the few rows that are sorted by it.
    pub(super) given: Vec<(&'static str, String)>,
    /// Its columns in the order by which no two rows are alike; texts of SQL behind `ORDER BY`.
    pub(super) order: &'static str,
    /// What is said where there are no rows.
    pub(super) empty: &'static str,
    /// The columns that lead somewhere.
    pub(super) leads: Vec<(&'static str, Lead)>,
}

impl Question {
    /// The whole question, in order.
    pub(super) fn sql(&self) -> String {
        format!("{}\nORDER BY {}", self.whole(), self.order)
    }

    /// The whole question, without an order.
    fn whole(&self) -> String {
        let found = self.found.as_ref().map(|found| ("found", found.trim_end().to_owned()));
        self.filled(found.into_iter().chain(self.given.iter().cloned()))
    }

    /// The rows with something in each place.
    fn filled(&self, values: impl Iterator<Item = (&'static str, String)>) -> String {
        let values: Vec<(&str, String)> = values.collect();
        if values.is_empty() {
            // What somebody looks for may have braces.
            return self.rows.clone();
        }
        sql::fill(&self.rows, &values.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
    }

    /// The same question with the uids that are given, which `find` reads, in their places.
    pub(super) fn known<E>(&self, find: impl Fn(&str) -> Result<Vec<String>, E>) -> Result<Self, E> {
        let mut values = Vec::new();
        for (name, uids) in &self.given {
            let known = find(uids)?;
            values.push((*name, if known.len() > MOST_UIDS { uids.clone() } else { listed(&known) }));
        }
        Ok(Self { rows: self.filled(values.into_iter()), given: Vec::new(), ..self.clone() })
    }

    /// So many rows behind the first ones; `find` reads the uids of those that are found.
    pub(super) fn part<E>(
        &self,
        first: u64,
        count: u64,
        find: impl Fn(&str) -> Result<Vec<String>, E>,
    ) -> Result<String, E> {
        let (order, limit) = (self.order, format!("LIMIT {count} OFFSET {first}"));
        let Some(found) = &self.found else { return Ok(format!("{} {limit}", self.sql())) };
        let uids = find(&format!("SELECT f.uid FROM ({found}) AS f ORDER BY {order} {limit}"))?;
        let uids = match &uids[..] {
            [] => "SELECT 0 AS uid WHERE FALSE".to_owned(),
            some => format!("SELECT f.uid AS uid FROM (VALUES ({})) AS f(uid)", some.join("), (")),
        };
        Ok(format!("{}\nORDER BY {order}", self.filled(std::iter::once(("found", uids)))))
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> String {
        let rows = self.found.clone().unwrap_or_else(|| self.whole());
        format!("SELECT COUNT(*) AS n FROM ({rows}) AS all_rows")
    }
}

/// Text for a piece of an address.
pub(super) fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Fields as they stand behind the `?` of an address, each with `&` behind it.
pub(super) fn query_of(fields: &Fields, names: &[&str]) -> String {
    let mut text = String::new();
    for name in names {
        for value in fields.all(name) {
            text.push_str(&format!("{name}={}&", escaped(value)));
        }
    }
    text
}
