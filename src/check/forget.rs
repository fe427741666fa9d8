//! Whether what a run is asked to forget is there to be forgotten.

use crate::collect::key::KeyForms;
use crate::engine::{Engine, EngineError, cells};
use crate::ledger::Timeslot;
use crate::model::TableSet;
use crate::names::suggest;
use crate::table::Kind;

/// What is wrong with the first of `names` that is neither a rule which decided owners in the current timeslot nor one of
/// its repositories.
///
/// # Errors
/// Where the timeslot cannot be read.
pub fn check_forgotten(
    names: &[String],
    current: Option<&Timeslot>,
    forms: &KeyForms,
    engine: &dyn Engine,
) -> Result<Option<String>, EngineError> {
    if names.is_empty() {
        return Ok(None);
    }
    let Some(current) = current else {
        return Ok(Some("there is nothing to forget: no timeslot has been confirmed yet".to_owned()));
    };
    let query = "SELECT rule AS name FROM ownership UNION SELECT repository AS name FROM accounts";
    let rows = cells(&engine.rows(query, &TableSet::of(current, None))?)?;
    let known: Vec<String> = rows.into_iter().flatten().flatten().collect();
    let form = forms.of(Kind::Repository, "");
    let is_known = |name: &String| known.contains(name) || known.iter().any(|code| *code == form.apply(name));
    let unknown = names.iter().find(|name| !is_known(name));
    Ok(unknown.map(|name| {
        let hint = suggest(name, "repositories and rules that decided owners", known.iter().map(String::as_str));
        format!("nothing of `{name}` is carried; {hint}")
    }))
}
