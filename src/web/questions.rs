//! The questions that pages ask of a timeslot, by name: the same name shows a table, pages it and downloads it.

mod findings;

use super::answer::Refusal;
use super::ask::Fields;
use super::question::{Asked, Question};

pub(super) use self::findings::{FIELDS as FINDING_FIELDS, by_control, findings};

/// The question of a name, with its fields filled in.
///
/// # Errors
/// Where there is no such question, or a field makes no sense.
pub(super) fn named(name: &str, asked: &Asked, fields: &Fields) -> Result<Question, Refusal> {
    match name {
        "findings" => findings(asked, fields),
        "findings_by_control" => Ok(by_control()),
        _ => Err(Refusal::NotFound(format!("there is no table `{name}`"))),
    }
}
