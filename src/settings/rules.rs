//! Settings of rules: saved questions in SQL.

use std::ops::Range;
use std::path::PathBuf;

use crate::ids::{RuleId, is_slug};
use crate::source::{Place, SqlText};
use crate::table::Type;

/// The parameter that every rule has: the day of the load.
pub const AS_OF: &str = "as_of";

/// `[stage.rules]`
#[derive(Debug, Clone)]
pub struct Rules {
    /// The rules that run, by id.
    pub rules: Vec<Rule>,
}

/// A question in SQL whose answer is kept in the timeslot.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The file's stem.
    pub id: RuleId,
    /// What it asks, in one line.
    pub title: String,
    /// Words to select and group by.
    pub tags: Vec<String>,
    /// What fills its placeholders, in the order of the header.
    pub parameters: Vec<Parameter>,
    /// The query behind the header, with `{name}` placeholders.
    pub sql: SqlText,
    /// The file.
    pub path: PathBuf,
}

/// A parameter of a rule.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Lower-snake; `{name}` in the SQL.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// The value, as text that reads as its type.
    pub default: String,
    /// The header line.
    pub place: Place,
}

/// Every `{name}` outside literals, quoted names and comments, with its bytes.
#[must_use]
pub fn placeholders(sql: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let behind =
            |open: usize, close: &str| rest[open..].find(close).map_or(rest.len(), |end| open + end + close.len());
        at += match c {
            '\'' => behind(1, "'"),
            '"' => behind(1, "\""),
            '-' if rest.starts_with("--") => behind(2, "\n"),
            '/' if rest.starts_with("/*") => behind(2, "*/"),
            '{' => match rest[1..].split_once('}') {
                Some((name, _)) if is_slug(name) => {
                    found.push((name, at..at + name.len() + 2));
                    name.len() + 2
                }
                _ => 1,
            },
            other => other.len_utf8(),
        };
    }
    found
}
