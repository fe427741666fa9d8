//! The questions that pages ask of a timeslot, by name: the same name shows a table, pages it and downloads it.

mod findings;
mod timeslot;

use super::answer::Refusal;
use super::ask::Fields;
use super::question::{Asked, Question};

pub(super) use self::findings::{FIELDS as FINDING_FIELDS, by_control, causes, findings};
pub(super) use self::timeslot::{by_repository, changes, moved, movements, owners, problems, rejects, thresholds};

/// The question of a name, with its fields filled in.
///
/// # Errors
/// Where there is no such question, or a field makes no sense.
pub(super) fn named(name: &str, asked: &Asked, fields: &Fields) -> Result<Question, Refusal> {
    match name {
        "findings" => findings(asked, fields),
        "findings_by_control" => Ok(by_control()),
        "causes" => Ok(causes(fields)),
        "thresholds" => Ok(thresholds(fields)),
        "movements" => Ok(movements(asked)),
        "moved" => Ok(moved(fields)),
        "changes" => Ok(changes(fields)),
        "owners" => Ok(owners(asked)),
        "owners_by_repository" => Ok(by_repository()),
        "rejects" => Ok(rejects(fields)),
        "problems" => Ok(problems()),
        _ => Err(Refusal::NotFound(format!("there is no table `{name}`"))),
    }
}
