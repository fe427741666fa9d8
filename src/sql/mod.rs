//! SQL as text: quoting, filling templates, and reading off which tables a query names.
//!
//! Every model is SQL that DataFusion and DuckDB answer alike; `engine/` runs it.

pub mod admit;

use std::collections::BTreeSet;

use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::resolve::resolve_table_references;
use jiff::civil::Date;

/// A text as a literal: quotes doubled, nothing else has a meaning.
#[must_use]
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A text or null as a literal.
#[must_use]
pub fn text_or_null(value: Option<&str>) -> String {
    value.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), text)
}

/// A list of texts, for `IN (..)`; an empty list matches nothing.
#[must_use]
pub fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let list: Vec<String> = values.into_iter().map(text).collect();
    if list.is_empty() { "NULL".to_owned() } else { list.join(", ") }
}

/// A day as a literal.
#[must_use]
pub fn date(value: Date) -> String {
    format!("DATE '{value}'")
}

/// A column or table name in quotes, so that no reserved word breaks the query.
#[must_use]
pub fn name(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// Replaces each `{name}` of a template by its text. The texts are SQL already: literals, predicates, lists.
///
/// # Panics
/// Where the template names something that is not given, or is given something it does not name: both are mistakes in
/// the program, not in anyone's data.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut used = BTreeSet::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let end = start + rest[start..].find('}').expect("a placeholder ends");
        let wanted = &rest[start + 1..end];
        let (_, value) = values
            .iter()
            .find(|(name, _)| *name == wanted)
            .unwrap_or_else(|| panic!("the template names `{wanted}`, which is not given"));
        filled.push_str(&rest[..start]);
        filled.push_str(value);
        used.insert(wanted.to_owned());
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    for (name, _) in values {
        assert!(used.contains(*name), "the template does not name `{name}`");
    }
    filled
}

/// A text that is no SQL query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NotAQuery {
    /// What the parser says.
    pub message: String,
}

/// The tables a query names, without those it defines itself with `WITH`.
///
/// # Errors
/// Where the text is not exactly one statement.
pub fn tables_of(query: &str) -> Result<BTreeSet<String>, NotAQuery> {
    tables_in(&parsed(query)?)
}

/// A query, parsed.
///
/// # Errors
/// As [`tables_of`].
pub fn parsed(query: &str) -> Result<Statement, NotAQuery> {
    let not_a_query = |message: String| NotAQuery { message };
    let mut statements = DFParserBuilder::new(query)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| not_a_query(error.to_string()))?;
    let statement = statements.pop_front().ok_or_else(|| not_a_query("there is no query".to_owned()))?;
    if !statements.is_empty() {
        return Err(not_a_query("there is more than one statement".to_owned()));
    }
    Ok(statement)
}

/// As [`tables_of`].
///
/// # Errors
/// As [`tables_of`].
pub fn tables_in(statement: &Statement) -> Result<BTreeSet<String>, NotAQuery> {
    let (tables, _) =
        resolve_table_references(statement, true).map_err(|error| NotAQuery { message: error.to_string() })?;
    Ok(tables.iter().map(|table| table.table().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_literal_cannot_be_left() {
        assert_eq!(text("O'Brien'; DROP"), "'O''Brien''; DROP'");
    }

    #[test]
    fn a_template_takes_each_value_as_it_is() {
        let query = fill("SELECT {a} FROM t WHERE d < {b} AND {a}", &[("a", "x = '{b}'"), ("b", "DATE '2026-11-21'")]);
        assert_eq!(query, "SELECT x = '{b}' FROM t WHERE d < DATE '2026-11-21' AND x = '{b}'");
    }

    #[test]
    #[should_panic(expected = "not given")]
    fn a_template_that_names_an_unknown_value_is_a_mistake() {
        let _ = fill("SELECT {a}", &[]);
    }

    #[test]
    fn the_tables_of_a_query_leave_out_its_own_ctes() {
        let query = "WITH orphans AS (SELECT * FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = a.uid))
                     SELECT * FROM orphans JOIN before_accounts USING (uid)";
        let tables = tables_of(query).expect("it parses");
        assert_eq!(tables.into_iter().collect::<Vec<_>>(), ["accounts", "before_accounts", "ownership"]);
    }

    #[test]
    fn two_statements_are_no_query() {
        assert!(tables_of("SELECT 1; SELECT 2").is_err());
        assert!(tables_of("").is_err());
    }
}
