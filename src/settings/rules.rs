//! Settings of rules: saved questions in SQL.

use std::ops::Range;
use std::path::PathBuf;

use jiff::civil::Date;

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
    /// What it answers over small tables.
    pub tests: Vec<RuleTest>,
    /// The query behind the header, with `{name}` placeholders.
    pub sql: SqlText,
    /// The file.
    pub path: PathBuf,
}

impl Rule {
    /// The parameters that are others than their defaults: name, value, default, and where that was said.
    #[must_use]
    pub fn others(&self) -> Vec<[String; 4]> {
        let said = self.parameters.iter().filter(|parameter| parameter.value != parameter.default);
        said.map(|parameter| {
            let at = parameter.set_at.as_ref().map(Place::to_string).unwrap_or_default();
            [parameter.name.clone(), parameter.value.clone(), parameter.default.clone(), at]
        })
        .collect()
    }
}

/// A parameter of a rule.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Lower-snake; `{name}` in the SQL.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Whether it is several texts, with commas between.
    pub is_list: bool,
    /// What the header says, as text that reads as its type.
    pub default: String,
    /// What is filled in: the default, or what the plan or a control says instead.
    pub value: String,
    /// Where somebody said otherwise; `None` = the default.
    pub set_at: Option<Place>,
    /// The header line.
    pub place: Place,
}

/// A test of a rule: small tables in, the rows of the answer.
#[derive(Debug, Clone)]
pub struct RuleTest {
    /// What is tested, in a sentence.
    pub name: String,
    /// The header line.
    pub place: Place,
    /// The day of the load; there if the query asks for it.
    pub as_of: Option<Date>,
    /// Values of parameters: name, text that reads as its type, and the header line.
    pub with: Vec<(String, String, Place)>,
    /// Tables by name; every other table is empty.
    pub given: Vec<(String, Grid)>,
    /// The rows of the answer, in any order; always there once the plan is checked.
    pub expected: Option<Grid>,
}

/// A small table as people write it.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The columns that are named.
    pub columns: Vec<String>,
    /// A cell for each of them; `None` = null.
    pub rows: Vec<Vec<Option<String>>>,
    /// The header line.
    pub place: Place,
}

impl Parameter {
    /// What a value of it is called.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        if self.is_list { "texts with commas between" } else { type_name(self.kind) }
    }
}

/// What a value of a type is called.
#[must_use]
pub fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::Text => "a text",
        Type::Integer => "a whole number",
        Type::Boolean => "`true` or `false`",
        Type::Date => "a day of the form 2026-11-21",
        Type::Timestamp => "an instant of the form 2026-11-21T08:30:00Z",
        Type::Double => "a number",
    }
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
