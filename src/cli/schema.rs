//! `ledgerline schema`: the JSON Schema of a kind of file, for editors.

use super::Failure;
use super::output::print_json;
use crate::plan::{FileKind, schema};

/// Print the JSON Schema of a kind of file.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The kind of file.
    kind: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let kind = FileKind::ALL.into_iter().find(|kind| kind.as_str() == arguments.kind).ok_or_else(|| {
        let known: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.as_str()).collect();
        Failure::Usage(format!("`{}` is no kind of file; there are {}", arguments.kind, known.join(", ")))
    })?;
    print_json(&schema(kind));
    Ok(0)
}
