//! The gate for SQL that users write: one reading query over tables of the ledger, whose answer depends on nothing
//! but their rows, and which DataFusion and DuckDB answer alike.
//!
//! Everything that is refused is told at once, with line and column. What is let through still has to be planned
//! over the tables' columns: `engine/resolve.rs`.

mod constructs;
mod functions;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use datafusion::sql::parser::{DFParserBuilder, Statement as ParsedStatement};
use datafusion::sql::sqlparser::ast::{Statement, Visit};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};

use self::constructs::Gate;

/// Why a text is not let through, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What is wrong, as a lower-case fragment.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// Line within the text, counted from 1; 0 = the whole text.
    pub line: usize,
    /// Column within the line in characters, counted from 1; 0 = the whole text.
    pub column: usize,
}

impl Refusal {
    /// A refusal of the whole text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, line: 0, column: 0 }
    }

    /// The same, at a position.
    #[must_use]
    pub fn at(self, line: u64, column: u64) -> Self {
        let number = |value: u64| usize::try_from(value).unwrap_or(0);
        Self { line: number(line), column: number(column), ..self }
    }

    /// The same, with what to do.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    fn at_location(self, location: Location) -> Self {
        self.at(location.line, location.column)
    }
}

/// What was let through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admitted {
    /// The tables that it reads.
    pub tables: BTreeSet<String>,
    /// What probably is not meant.
    pub warnings: Vec<Refusal>,
}

/// Admits a query over the tables named.
///
/// # Errors
/// Everything that it may not be or do.
pub fn query(text: &str, tables: &BTreeSet<String>) -> Result<Admitted, Vec<Refusal>> {
    let mut statements = DFParserBuilder::new(text)
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| vec![unreadable(&error.strip_backtrace(), text)])?;
    let Some(first) = statements.pop_front() else {
        return Err(vec![Refusal::new("there is no query")]);
    };
    if !statements.is_empty() {
        let second = statement_starts(text).into_iter().nth(1).unwrap_or(Location::new(0, 0));
        return Err(vec![Refusal::new("there is more than one statement").at_location(second)]);
    }
    let start = statement_starts(text).into_iter().next().unwrap_or(Location::new(0, 0));
    let refused =
        || vec![Refusal::new("only queries are allowed here").hint("begin with SELECT or WITH").at_location(start)];
    let ParsedStatement::Statement(statement) = first else { return Err(refused()) };
    let Statement::Query(query) = *statement else { return Err(refused()) };
    Gate::new(tables).pass(query.as_ref())
}

/// Admits a predicate: one expression over the columns of a row, with sub-queries over the tables named.
///
/// # Errors
/// As [`query`].
pub fn predicate(text: &str, tables: &BTreeSet<String>) -> Result<Admitted, Vec<Refusal>> {
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, text)
        .tokenize_with_location()
        .map_err(|error| vec![Refusal::new(error.message).at_location(error.location)])?;
    // Where predicates are put into a query, such a comment would take in what follows.
    if let Some(last) = tokens.last()
        && matches!(&last.token, Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) if !comment.ends_with('\n'))
    {
        let refusal = Refusal::new("a predicate does not end in a comment").hint("write `/* .. */` in front of it");
        return Err(vec![refusal.at_location(last.span.start)]);
    }
    let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let expression = parser.parse_expr().map_err(|error| vec![unreadable(&error.to_string(), text)])?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let message = format!("the predicate ends before `{}`", next.token);
        return Err(vec![Refusal::new(message).at_location(next.span.start)]);
    }
    Gate::new(tables).pass(&expression)
}

/// The text without a semicolon at its end, so that it can be part of a larger query.
#[must_use]
pub fn without_end(text: &str) -> &str {
    match solid_tokens(text).last() {
        Some(last) if last.token == Token::SemiColon => {
            let Refusal { line, column, .. } = Refusal::new("").at_location(last.span.start);
            &text[..offset(text, line, column)]
        }
        _ => text,
    }
}

/// The byte of a line and column, both counted from 1; the end of the text where there is no such position.
#[must_use]
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let skipped = line.saturating_sub(1);
    let line_start = match skipped {
        0 => 0,
        _ => text.match_indices('\n').nth(skipped - 1).map_or(text.len(), |(newline, _)| newline + 1),
    };
    text[line_start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(byte, _)| line_start + byte)
}

/// The tokens of a text but blanks and comments; none where it cannot be cut into tokens.
fn solid_tokens(text: &str) -> Vec<TokenWithSpan> {
    let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location().unwrap_or_default();
    tokens.into_iter().filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF)).collect()
}

/// Where each statement begins.
fn statement_starts(text: &str) -> Vec<Location> {
    let (mut starts, mut expected) = (Vec::new(), true);
    for token in &solid_tokens(text) {
        if token.token == Token::SemiColon {
            expected = true;
        } else if expected {
            starts.push(token.span.start);
            expected = false;
        }
    }
    starts
}

/// What the parser says, with the position that it puts into its text.
fn unreadable(said: &str, text: &str) -> Refusal {
    let said = said.lines().next().unwrap_or_default();
    let said = said.trim_start_matches("SQL error: ").trim_start_matches("ParserError(\"").trim_end_matches("\")");
    let said = said.trim_start_matches("sql parser error: ");
    let Some((message, position)) = said.rsplit_once(" at Line: ") else {
        // The text ends too early: what it ends with is the best place there is.
        let refusal = Refusal::new(format!("no SQL that can be read: {said}"));
        return match solid_tokens(text).last() {
            Some(last) => refusal.at_location(last.span.start),
            None => refusal,
        };
    };
    let numbers: Vec<u64> =
        position.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    let refusal = Refusal::new(format!("no SQL that can be read: {message}"));
    if let [line, column, ..] = numbers.as_slice() { refusal.at(*line, *column) } else { refusal }
}

/// Something the gate can walk over.
trait Walked: Visit {}
impl<T: Visit> Walked for T {}
