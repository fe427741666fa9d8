//! A rule with its parameters filled in, and where each byte of it came from.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::settings::rules::{AS_OF, Rule, placeholders};
use crate::sql;
use crate::table::Type;

/// A rule's query as it runs.
pub(crate) struct Filled {
    /// The query.
    pub(crate) text: String,
    /// Bytes of the query that a placeholder became, and the bytes of the placeholder.
    pieces: Vec<(Range<usize>, Range<usize>)>,
}

impl Filled {
    /// The byte of the rule's own text that a byte of the query came from.
    pub(crate) fn origin(&self, byte: usize) -> usize {
        let Some((filled, own)) = self.pieces.iter().rfind(|(filled, _)| filled.start <= byte) else { return byte };
        if byte < filled.end { own.start } else { own.end + (byte - filled.end) }
    }
}

/// Puts the value of every parameter into a rule as a literal of its type, and the as-of.
pub(crate) fn fill(rule: &Rule, as_of: Date) -> Filled {
    let own = &rule.sql.text;
    let mut filled = Filled { text: String::with_capacity(own.len()), pieces: Vec::new() };
    let mut done = 0;
    for (name, at) in placeholders(own) {
        filled.text.push_str(&own[done..at.start]);
        let start = filled.text.len();
        let parameter = rule.parameters.iter().find(|parameter| parameter.name == name);
        match parameter {
            Some(parameter) if parameter.is_list => {
                filled.text.push_str(&sql::texts(parameter.value.split(',').map(str::trim)));
            }
            Some(parameter) => filled.text.push_str(&literal(parameter.kind, &parameter.value)),
            None if name == AS_OF => filled.text.push_str(&sql::date(as_of)),
            None => filled.text.push_str(&own[at.clone()]),
        }
        done = at.end;
        filled.pieces.push((start..filled.text.len(), at));
    }
    filled.text.push_str(&own[done..]);
    filled
}

/// A value as a literal that every engine gives the same type. `plan/` has read it as that type.
fn literal(kind: Type, value: &str) -> String {
    match kind {
        Type::Text => sql::text(value),
        // Bare, so that a day minus it is a day in DuckDB too. In brackets, a minus sign cannot become a comment.
        Type::Integer => format!("({value})"),
        Type::Boolean => value.to_uppercase(),
        Type::Date => format!("DATE '{value}'"),
        Type::Timestamp => format!("TIMESTAMP '{}'", utc(value)),
        Type::Double => format!("CAST({value} AS DOUBLE)"),
    }
}

/// An instant as its day and time in UTC; without a zone it is in UTC already.
fn utc(value: &str) -> String {
    let instant = value.parse::<jiff::Timestamp>().map(|instant| instant.to_zoned(TimeZone::UTC).datetime());
    let civil = instant.or_else(|_| value.parse::<jiff::civil::DateTime>());
    civil.map_or_else(|_| value.replace('\'', ""), |civil| civil.to_string().replace('T', " "))
}
