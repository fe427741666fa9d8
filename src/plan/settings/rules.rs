//! Settings of rules: saved questions in SQL.

use std::path::PathBuf;

use crate::ids::RuleId;
use crate::source::{Place, SqlText};
use crate::table::Type;

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
