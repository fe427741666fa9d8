//! The file of keys that became others, with every row of it that cannot be followed.

use std::path::Path;

use super::node::Spot;
use crate::collect::key::KeyForms;
use crate::collect::rekeys::{BadRekey, COLUMNS, Rekeys, read_rekeys};
use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::source::{Place, SourceFile};

/// Loads the file; nothing is renamed where a row of it is wrong.
pub(super) fn load(path: &Path, forms: &KeyForms, spot: Spot<'_>, problems: &mut Problems) -> Rekeys {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("`{}` cannot be read: {error}", path.display());
            let hint = format!("it lies below `policies`; its columns are {}", COLUMNS.join(", "));
            problems.add(spot.error(codes::NOT_FOUND, message).hint(hint));
            return Rekeys::default();
        }
    };
    match read_rekeys(path, forms) {
        Ok((rekeys, bad)) => {
            let file = SourceFile::new(path, text);
            for bad in bad {
                let place = Place::new(&file, span(file.text(), &bad));
                let problem = Problem::error(codes::NOT_TAKEN, bad.message).at(place);
                problems
                    .add(problem.hint("correct the row, or take it out: a load under a wrong key numbers for good"));
            }
            rekeys
        }
        Err(fault) => {
            let problem = spot.error(codes::NOT_TAKEN, format!("`{}`: {}", path.display(), fault.message));
            let columns = format!("its columns are {}", COLUMNS.join(", "));
            problems.add(problem.hint(columns));
            Rekeys::default()
        }
    }
}

/// Where a bad row stands: its cell, as far as the line is written plainly.
fn span(text: &str, bad: &BadRekey) -> std::ops::Range<usize> {
    let lines = text.split_inclusive('\n');
    let start: usize = lines.clone().take(bad.line.saturating_sub(1)).map(str::len).sum();
    let line =
        lines.skip(bad.line.saturating_sub(1)).map(|line| line.trim_end_matches(['\r', '\n'])).next().unwrap_or("");
    let header = text.lines().next().unwrap_or("");
    let at = bad.column.and_then(|name| header.split(',').position(|column| column.trim() == name));
    match at.filter(|_| !line.contains('"')) {
        Some(at) => {
            let before: usize = line.split(',').take(at).map(|cell| cell.len() + 1).sum();
            let cell = line.split(',').nth(at).unwrap_or("");
            start + before..start + before + cell.len()
        }
        None => start..start + line.len(),
    }
}
