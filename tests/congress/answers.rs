//! The answers that were computed apart: counts from `EXPECTED.md`, keys from `expected/`.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::Table;

/// Tables of objects, in the order of the columns of `EXPECTED.md`.
pub(super) const OBJECTS: [&str; 5] = ["organisations", "identities", "repositories", "accounts", "groups"];

/// What happened to a row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Movement {
    New,
    Modified,
    Deleted,
}

impl fmt::Display for Movement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
        })
    }
}

/// What must come out.
pub(super) struct Answers {
    folder: PathBuf,
    text: String,
}

impl Answers {
    pub(super) fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join("EXPECTED.md")).expect("the answers lie beside the data");
        Self { folder: folder.to_owned(), text }
    }

    /// Rows of a table at a date.
    #[track_caller]
    pub(super) fn rows(&self, date: &str, table: &str) -> u64 {
        self.cell("## Rows per snapshot", date, table).parse().expect("a number of rows")
    }

    /// How many rows of a table moved so between two dates.
    #[track_caller]
    pub(super) fn count(&self, from: &str, to: &str, table: &str, movement: Movement) -> usize {
        let cell = self.cell("## new / modified / deleted", &format!("{from} → {to}"), table);
        let count = cell.split('/').nth(movement as usize).expect("three numbers");
        count.parse().expect("a number of movements")
    }

    /// New and gone identities between two dates.
    #[track_caller]
    pub(super) fn joiners_and_leavers(&self, from: &str, to: &str) -> (u64, u64) {
        let cell = |column: &str| {
            let cell = self.cell("## Identities between", &format!("{from} → {to}"), column);
            cell.parse().expect("a number of identities")
        };
        (cell("joiners_new_key"), cell("leavers_key_gone"))
    }

    /// Keys that moved, sorted; where nothing moved there is no file.
    pub(super) fn keys(&self, from: &str, to: &str, table: &str, movement: Movement) -> Vec<String> {
        let path = self.folder.join("expected").join(format!("{from}__{to}")).join(format!("{table}.{movement}.csv"));
        fs::read_to_string(path).map(|text| Table::parse(&text).lines()).unwrap_or_default()
    }

    /// The cell of a table below a heading, by the first cell of its row and its column's name.
    #[track_caller]
    fn cell(&self, heading: &str, row: &str, column: &str) -> &str {
        let below = self.text.split_once(heading).expect("the heading is there").1;
        let mut lines =
            below.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
        let cells = |line: &'_ str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_owned()).collect() };
        let header = cells(lines.next().expect("a table has a header"));
        let at = header.iter().position(|name| name == column).expect("the column is there");
        let line = lines.find(|line| line.split('|').nth(1).is_some_and(|cell| cell.trim() == row));
        line.expect("the row is there").split('|').nth(at).expect("the row has every column").trim()
    }
}
