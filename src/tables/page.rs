//! The page of all tables, `docs/tables.md`: for whoever writes a rule, a threshold or a question.

use std::fmt::Write;

use super::{COLLECTED, DERIVED};
use crate::table::Table;

const OPENING: &str = "# Tables

Written by `ledgerline schema tables`. Every timeslot holds these tables, and beside them:

- `before_<table>`: the table of the parent, empty on a first load.
- `unresolved_<table>`: relations of which an end is no object that any source ever listed. Each end stands there as
  text, `<end>_key` and its namespace, such as `account_key` and `account_repository`.
- `rule_<id>`: what a rule answered, with the columns that it names.

A collector may add columns to the tables it fills. Days are without a time zone; instants are UTC.
";

/// The page as Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = OPENING.to_owned();
    section(&mut page, "Filled by collectors", COLLECTED);
    section(&mut page, "Made by stages", DERIVED);
    page
}

fn section(page: &mut String, title: &str, tables: &[&Table]) {
    let _ = write!(page, "\n## {title}\n");
    for table in tables {
        let _ = write!(page, "\n### `{}`\n\n{}\n\n| column | type | |\n|---|---|---|\n", table.name, table.about);
        for column in table.columns {
            let _ = writeln!(page, "| `{}` | {} | {} |", column.name, column.kind.sql(), column.about);
        }
    }
}
