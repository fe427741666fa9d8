//! `ledgerline history`: one object through all visible confirmed timeslots.

use std::path::PathBuf;

use super::output::{Format, Rows};
use super::{Failure, machine, open};
use crate::collect::key::KeyForms;
use crate::history::{HistoryError, history};
use crate::ids::TimeslotName;
use crate::ledger::Ledger;
use crate::table::Kind;

/// Follow one object through all timeslots.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  ledgerline history identity E10017\n  ledgerline history account AD/ines.pena")]
pub(super) struct Arguments {
    /// identity, account, group, permission, application, organisation, repository.
    #[arg(value_parser = kind)]
    kind: Kind,
    /// Its key; that of accounts and groups with the repository, that of permissions with the application in front:
    /// `AD/ines.pena`.
    key: String,
    /// Also this timeslot, which is still open.
    #[arg(long, value_name = "ID")]
    timeslot: Option<TimeslotName>,
}

fn kind(text: &str) -> Result<Kind, String> {
    let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    Kind::named(text).ok_or_else(|| format!("there are {}", known.join(", ")))
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let (namespace, key) = key_of(arguments.kind, &arguments.key, &project.key_forms)?;
    let open = arguments.timeslot.as_ref().map(|name| ledger.named(name)).transpose()?;
    if let Some(id) = &open {
        open::readable(&ledger, id)?;
    }
    let engine = machine::engine(&project)?;
    let mut rows = Rows::new(&["timeslot", "what", "name", "before", "now"]);
    for told in history(&ledger, arguments.kind, &namespace, &key, &engine, open.as_ref(), None)? {
        let timeslot = Some(told.timeslot.to_string());
        rows.rows.push(vec![timeslot, Some(told.what.to_owned()), told.name, told.before, told.now]);
    }
    rows.print(format);
    Ok(0)
}

/// Namespace and key in key form, as the project writes them.
fn key_of(kind: Kind, text: &str, forms: &KeyForms) -> Result<(String, String), Failure> {
    let Some(within) = kind.namespace() else {
        return Ok((String::new(), forms.key(kind, "", text).into_owned()));
    };
    let (namespace, key) = text
        .split_once('/')
        .ok_or_else(|| Failure::Usage(format!("`{text}` names no {kind}: write {}/KEY", within.to_uppercase())))?;
    let of = if within == "application" { Kind::Application } else { Kind::Repository };
    let namespace = forms.of(of, "").apply(namespace).into_owned();
    let key = forms.key(kind, &namespace, key).into_owned();
    Ok((namespace, key))
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Ledger(error) => Self::Ledger(error),
            HistoryError::Engine(error) => Self::Engine(error),
            unknown @ HistoryError::Unknown { .. } => Self::Usage(unknown.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::collector::{Case, KeyForm};

    #[test]
    fn a_key_is_looked_for_as_the_project_writes_it() {
        let upper = KeyForm { case: Case::Upper, ..KeyForm::default() };
        let lower = KeyForm { case: Case::Lower, ..KeyForm::default() };
        let kinds = [(Kind::Repository, upper), (Kind::Account, lower)].into();
        let forms = KeyForms { kinds, ..KeyForms::default() };
        let found = key_of(Kind::Account, "ad/Ines.Pena", &forms).unwrap_or_default();
        assert_eq!(found, ("AD".to_owned(), "ines.pena".to_owned()));
        assert!(key_of(Kind::Account, "ines.pena", &forms).is_err());
        assert_eq!(key_of(Kind::Identity, "E/1", &forms).unwrap_or_default(), (String::new(), "E/1".to_owned()));
    }
}
