//! Decisions put into the file and taken out of it by a program, with what such an edit of a file can fail by. What is written is read again before it replaces the file:
//! the new row must be read as it was meant, and every other one as before.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::file::{COLUMNS, Decision, Lines, contradict, read_lines, taken};
use super::replace::{is_unwritten, locked, quoted, replaced, without};
use crate::collect::clean::trim;
use crate::collect::key::KeyForms;
use crate::collect::read::Fault;
use crate::collect::said::is_toml;
use crate::ledger::sha256_hex;

/// What is decided about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This person owns it.
    Pin(String),
    /// This person never owns it.
    Forbid(String),
    /// It is of this class: where that is somebody's, rules look for the owner; else it has none, for this reason.
    Class(String),
    /// Nothing else decides its owner.
    Break,
}

impl Verdict {
    /// What it says, without why.
    pub(crate) fn says(&self) -> String {
        let (decision, value) = self.cells();
        in_words(decision, value)
    }

    fn cells(&self) -> (&'static str, &str) {
        match self {
            Self::Pin(person) => ("pin", person),
            Self::Forbid(person) => ("forbid", person),
            Self::Class(reason) => ("class", reason),
            Self::Break => ("break", ""),
        }
    }
}

/// A decision to be put into the file. The account's key is in key form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewDecision<'a> {
    pub(crate) repository: &'a str,
    pub(crate) identifier: &'a str,
    pub(crate) verdict: &'a Verdict,
    /// Why.
    pub(crate) reason: &'a str,
    pub(crate) who: &'a str,
    pub(crate) decided_on: Date,
}

/// A decision that stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// What tells it from every other one, for [`withdraw_decision`].
    pub(crate) id: String,
    /// The line on which it begins, counted from 1.
    pub(crate) line: i64,
    pub(crate) decision: String,
    pub(crate) value: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) who: Option<String>,
    pub(crate) decided_on: Option<Date>,
    /// Why it counts for nothing, if it does.
    pub(crate) problem: Option<String>,
}

impl Known {
    /// What it says, without why.
    pub(crate) fn says(&self) -> String {
        in_words(&self.decision, self.value.as_deref().unwrap_or_default())
    }
}

fn in_words(decision: &str, value: &str) -> String {
    format!("{decision} {value}").trim_end().to_owned()
}

/// Why the file was not changed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditError {
    /// The file as a whole is wrong.
    #[error("what people wrote in `{path}` cannot be read")]
    File { path: PathBuf, source: Fault },
    /// A text that cannot stand in one line.
    #[error("`{column}` holds a line break, a tab or another control character: write it in one line")]
    Control { column: &'static str },
    /// The load would not take it.
    #[error("that is no decision: {problem}")]
    NotTaken { problem: String },
    /// The load would not take it as an exception.
    #[error("that is no exception: {problem}")]
    NoException { problem: String },
    /// Something stands there that it contradicts.
    #[error("line {line} of the file already says `{says}` about this account: withdraw that first")]
    Against { line: i64, says: String },
    /// It stands there already.
    #[error("that stands already, in line {line} of the file")]
    Stands { line: i64 },
    /// No such row is there.
    #[error("that stands in the file no more: somebody may have withdrawn or changed it")]
    Gone,
    /// Other lines would be read otherwise.
    #[error("`{path}` cannot be changed without changing what its other lines say: change it by hand")]
    Entangled { path: PathBuf },
    /// It is no CSV.
    #[error("`{path}` is TOML: such a file is changed by hand, where the change is reviewed")]
    ByHand { path: PathBuf },
    /// The disk.
    #[error("cannot {what} `{path}`")]
    Io { what: &'static str, path: PathBuf, source: std::io::Error },
}

/// The decisions that the file has about an account; none where there is no file.
///
/// # Errors
/// Where the file as a whole cannot be read.
pub(crate) fn decisions_about(
    path: &Path,
    forms: &KeyForms,
    repository: &str,
    identifier: &str,
) -> Result<Vec<Known>, EditError> {
    let rows = lines_of(path, forms)?.rows.into_iter();
    Ok(rows.filter(|(_, row)| row.is_about(repository, identifier)).map(|(line, row)| known(line, row)).collect())
}

/// Puts a decision behind the last one. A file that is not there or empty gets its header.
///
/// # Errors
/// Where the load would not take it, another decision contradicts it, or the file cannot be read or written.
pub(crate) fn add_decision(path: &Path, forms: &KeyForms, new: &NewDecision<'_>) -> Result<(), EditError> {
    refuse_toml(path)?;
    let (decision, value) = new.verdict.cells();
    let day = new.decided_on.to_string();
    let cells = [new.repository, new.identifier, decision, value, new.reason, new.who, &day].map(trim);
    if let Some(at) = cells.iter().position(|cell| cell.chars().any(char::is_control)) {
        return Err(EditError::Control { column: COLUMNS[at] });
    }
    let cell = |at: usize| Some(cells[at]).filter(|cell| !cell.is_empty()).map(str::to_owned);
    let plain = Decision { cells: [0, 1, 2, 3, 4, 5].map(cell), ..Decision::default() };
    let wanted = taken(&plain, Some(&day), forms).map_err(|problem| EditError::NotTaken { problem })?;
    if !wanted.is_about(new.repository, new.identifier) {
        let problem = "the file writes the key of this account otherwise, as blanks around it are left off".to_owned();
        return Err(EditError::NotTaken { problem });
    }
    locked(path, |path, text| {
        let mut lines = if text.is_empty() { Lines::new() } else { lines_of(path, forms)? };
        refuse_contradictions(&wanted, &lines)?;
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut text = text.to_owned();
        if text.is_empty() {
            text = COLUMNS.join(",");
        }
        if !text.ends_with('\n') {
            text.push_str(end);
        }
        let place = |name: &String| COLUMNS.iter().position(|column| column == name);
        let row: Vec<String> = lines.header.iter().map(|name| quoted(place(name).map_or("", |at| cells[at]))).collect();
        text.push_str(&row.join(","));
        text.push_str(end);
        lines.rows.push((0, wanted.clone()));
        replaced(path, &text, |new_path| is_read_as(new_path, forms, &lines))
    })
}

/// Takes a decision out, with every row that says exactly the same, and returns it.
///
/// # Errors
/// Where it is not there any more, or the file cannot be read or written.
pub(crate) fn withdraw_decision(
    path: &Path,
    forms: &KeyForms,
    repository: &str,
    identifier: &str,
    id: &str,
) -> Result<Known, EditError> {
    refuse_toml(path)?;
    locked(path, |path, text| {
        let lines = lines_of(path, forms)?;
        let is_meant = |row: &Decision| row.is_about(repository, identifier) && id_of(row) == id;
        let starts: Vec<(i64, bool)> = lines.rows.iter().map(|(line, row)| (*line, is_meant(row))).collect();
        let (meant, others): (Vec<_>, Vec<_>) = lines.rows.into_iter().partition(|(_, row)| is_meant(row));
        let (line, withdrawn) = meant.into_iter().next().ok_or(EditError::Gone)?;
        let expected = Lines { rows: others, header: lines.header };
        replaced(path, &without(text, &starts), |new_path| is_read_as(new_path, forms, &expected))?;
        Ok(known(line, withdrawn))
    })
}

/// Such a file is changed by hand.
pub(in crate::collect) fn refuse_toml(path: &Path) -> Result<(), EditError> {
    if is_toml(path) { Err(EditError::ByHand { path: path.to_owned() }) } else { Ok(()) }
}

impl Decision {
    fn is_about(&self, repository: &str, identifier: &str) -> bool {
        self.cell(0) == repository && self.cell(1) == identifier
    }

    fn says(&self) -> String {
        in_words(self.cell(2), self.cell(3))
    }
}

impl Lines {
    /// A file without rows.
    fn new() -> Self {
        Self { rows: Vec::new(), header: COLUMNS.map(str::to_owned).to_vec() }
    }
}

fn lines_of(path: &Path, forms: &KeyForms) -> Result<Lines, EditError> {
    if is_unwritten(path) {
        return Ok(Lines::new());
    }
    read_lines(path, forms).map_err(|source| EditError::File { path: path.to_owned(), source })
}

fn known(line: i64, row: Decision) -> Known {
    let id = id_of(&row);
    let [_, _, decision, value, reason, who] = row.cells;
    let decision = decision.unwrap_or_default();
    Known { id, line, decision, value, reason, who, decided_on: row.decided_on, problem: row.problem }
}

fn id_of(row: &Decision) -> String {
    sha256_hex(format!("{:?} {:?}", row.cells, row.decided_on).as_bytes())
}

/// What `without_contradictions` would spoil is refused, and what a break would keep from counting.
fn refuse_contradictions(wanted: &Decision, lines: &Lines) -> Result<(), EditError> {
    // A row without a day could not be read: nobody knows what it means to say.
    let about_same =
        lines.rows.iter().filter(|(_, row)| row.decided_on.is_some() && row.cells[..2] == wanted.cells[..2]);
    for (line, row) in about_same {
        let line = *line;
        if row.cells[2..4] == wanted.cells[2..4] {
            return Err(EditError::Stands { line });
        }
        let is_owned = |row: &Decision| matches!(row.cell(2), "pin" | "class");
        let is_broken = |row: &Decision| row.cell(2) == "break";
        let breaks = (is_owned(row) && is_broken(wanted)) || (is_broken(row) && is_owned(wanted));
        if breaks || contradict(wanted, row) {
            return Err(EditError::Against { line, says: row.says() });
        }
    }
    Ok(())
}

/// Whether a file is read as these rows, whatever their lines. What contradicts what may have changed by what went.
fn is_read_as(path: &Path, forms: &KeyForms, expected: &Lines) -> bool {
    let said = |lines: &Lines| {
        let mut said: Vec<String> = lines.rows.iter().map(|(_, row)| id_of(row)).collect();
        said.sort();
        said
    };
    read_lines(path, forms).is_ok_and(|found| said(&found) == said(expected))
}
