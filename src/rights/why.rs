//! Why somebody holds a permission, and why they should or should not: every path that brings it, every rule that speaks
//! of it, and what was found.

mod held;
mod meant;

use crate::engine::{Engine, EngineError};
use crate::model::TableSet;
use crate::settings::PermissionName;
use crate::sql;
use crate::stages::Ask;

/// Something that bears on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// `held`, `due`, `excluded`, `excepted`, `gap`, `derogation`, `finding`.
    pub what: &'static str,
    /// Where; `None` = everywhere, or no matter where.
    pub perimeter: Option<String>,
    /// What brings it or says so, from the account or the rule to the permission, with ` > ` between.
    pub how: String,
}

/// All that bears on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Name of the person, where the source has one.
    pub full_name: Option<String>,
    /// Whether the person is active.
    pub is_active: bool,
    /// In the order of their words above; held ones the shortest first.
    pub reasons: Vec<Reason>,
    /// Whether there are more paths than were asked for.
    pub is_cut: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// Nobody has the employee id.
    #[error("nobody has the employee id `{0}`")]
    NoSuchIdentity(String),
    /// No catalogue brought the permission.
    #[error("there is no permission `{0}`")]
    NoSuchPermission(String),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Who and what is asked about.
struct Subject {
    person: i64,
    permission: i64,
}

/// What bears on a permission of a person, both by their names in key form; at most `most` paths that bring it.
///
/// # Errors
/// Where one of them is not there, or a table cannot be read.
pub fn why(
    tables: &TableSet,
    engine: &dyn Engine,
    employee_id: &str,
    permission: &PermissionName,
    most: usize,
) -> Result<Why, WhyError> {
    let ask = Ask { engine, tables };
    let person = ask.rows(&format!(
        "SELECT i.uid, i.full_name, s.status FROM identities i LEFT JOIN identity_status s ON s.uid = i.uid
         WHERE i.employee_id = {}",
        sql::text(employee_id)
    ))?;
    let Some([uid, full_name, status]) = person.into_iter().next().and_then(|row| <[String; 3]>::try_from(row).ok())
    else {
        return Err(WhyError::NoSuchIdentity(employee_id.to_owned()));
    };
    let known = ask.rows(&format!(
        "SELECT p.uid FROM permissions p WHERE p.application = {} AND p.code = {}",
        sql::text(&permission.application),
        sql::text(&permission.code)
    ))?;
    let uid_of = |text: Option<&String>| text.and_then(|text| text.parse().ok());
    let (Some(person), Some(permission)) = (uid_of(Some(&uid)), uid_of(known.first().map(|row| &row[0]))) else {
        return Err(WhyError::NoSuchPermission(permission.to_string()));
    };
    let subject = Subject { person, permission };
    let (mut reasons, is_cut) = held::reasons(&ask, &subject, most)?;
    reasons.extend(meant::reasons(&ask, &subject)?);
    let full_name = Some(full_name).filter(|name| !name.is_empty());
    Ok(Why { full_name, is_active: status == "active", reasons, is_cut })
}

/// A cell that says nothing where it is empty.
fn told(cell: &str) -> Option<String> {
    (!cell.is_empty()).then(|| cell.to_owned())
}
