//! What a person wants found anew: repositories and rules whose owners this load does not carry.
//!
//! Reads   what the run was asked.
//! Writes  `forgotten_owners`, so that whoever recomputes the timeslot finds it there.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::key::KeyForms;
use crate::ledger::{LedgerError, OpenTimeslot, arrow_schema, sha256_hex};
use crate::table::{Field, Kind};
use crate::tables::FORGOTTEN_OWNERS;

/// Puts what is to be forgotten into the open timeslot: each name as a rule, and in key form as a repository. A pass
/// that names nothing leaves what an earlier pass of the same timeslot named. Nothing is committed.
///
/// # Errors
/// Where the disk fails.
pub fn put_forgotten(names: &[String], forms: &KeyForms, open: &mut OpenTimeslot) -> Result<(), LedgerError> {
    if names.is_empty() {
        return Ok(());
    }
    let form = forms.of(Kind::Repository, "");
    let rules = names.iter().map(|name| ("rule", name.clone()));
    let repositories = names.iter().map(|name| ("repository", form.apply(name).into_owned()));
    let rows: BTreeSet<(&str, String)> = repositories.chain(rules).collect();
    let columns: Vec<Field> =
        FORGOTTEN_OWNERS.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    let sorts: ArrayRef = Arc::new(rows.iter().map(|(kind, _)| Some(*kind)).collect::<StringArray>());
    let texts: ArrayRef = Arc::new(rows.iter().map(|(_, name)| Some(name.as_str())).collect::<StringArray>());
    let batch = RecordBatch::try_new(arrow_schema(&columns), vec![sorts, texts]).expect("one array for each column");
    let fingerprint = sha256_hex(format!("{rows:?}").as_bytes());
    let mut part = open.create_part(FORGOTTEN_OWNERS.name, "asked", &fingerprint, &columns)?;
    part.write(batch)?;
    let part = part.finish()?;
    open.put(FORGOTTEN_OWNERS.name, columns, vec![part]);
    Ok(())
}
