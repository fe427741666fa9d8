//! `ledgerline schema`: the JSON Schema of a kind of file, for editors; the page of tables and metrics, for people.

use super::Failure;
use super::output::{print_json, print_text};
use crate::plan::{FileKind, open_pack, pack_names, pack_page, schema};
use crate::stages::validate::catalogue;
use crate::tables;

/// What prints a page instead of a schema.
const TABLES: &str = "tables";
const CONTROLS: &str = "controls";

/// Print the JSON Schema of a kind of file; with `tables` all tables and metrics of a ledger, with `controls` the controls
/// that come with the program.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The kind of file, `tables` or `controls`.
    kind: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    if arguments.kind == TABLES {
        print_text(&page());
        return Ok(0);
    }
    if arguments.kind == CONTROLS {
        print_text(&controls()?);
        return Ok(0);
    }
    let kind = FileKind::ALL.into_iter().find(|kind| kind.as_str() == arguments.kind).ok_or_else(|| {
        let known: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.as_str()).collect();
        Failure::Usage(format!(
            "`{}` is no kind of file; there are {}, {TABLES} and {CONTROLS}",
            arguments.kind,
            known.join(", ")
        ))
    })?;
    print_json(&schema(kind));
    Ok(0)
}

/// `docs/tables.md`.
fn page() -> String {
    let of_any_table = [".count", ".new", ".modified", ".deleted", ".churn", ".keys_replaced"];
    let is_own = |name: &String| !of_any_table.iter().any(|end| name.ends_with(end));
    let own: Vec<String> = catalogue::names().into_iter().filter(is_own).map(|name| format!("- `{name}`\n")).collect();
    format!("{}{METRICS}{}", tables::page(), own.concat())
}

/// `docs/controls.md`.
fn controls() -> Result<String, Failure> {
    let mut page = String::new();
    for name in pack_names() {
        page.extend(open_pack(name).map_err(Failure::Problems)?.iter().map(pack_page));
    }
    Ok(page)
}

const METRICS: &str = "
## Metrics

What `metric` of a threshold names. `by` takes any column of the table that is counted, and whatever its rows lead to: the
objects that they name (`account`, `group`, `permission`, ..), where those live (`repository`, `application`), their
columns, and through an account those of its owner (`organisation`).

- `<table>.count`: rows of any table
- `<table>.new`, `<table>.modified`, `<table>.deleted`: movements of a table that collectors fill
- `<table>.churn`: share of rows that are new or gone, of the parent's, of a table that collectors fill
- `<table>.keys_replaced`: share of rows that are gone and in whose place another is new: keys that are written otherwise
- `<table>.<column>.fill`: share of rows with a value in the column
- `<table>.<column>.top`: share of rows that hold the column's most frequent value
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_tables_is_what_the_program_prints() {
        let page = page();
        assert!(
            include_str!("../../docs/tables.md") == page,
            "docs/tables.md is old: ledgerline schema tables > docs/tables.md"
        );
    }

    #[test]
    fn the_page_of_controls_is_what_the_program_prints() {
        let page = controls().unwrap_or_else(|failure| panic!("{failure}"));
        assert!(
            include_str!("../../docs/controls.md") == page,
            "docs/controls.md is old: ledgerline schema controls > docs/controls.md"
        );
    }
}
