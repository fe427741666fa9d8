//! A CSV file that is part of the configuration, cell by cell with the place of each, so that what is wrong with one can be
//! pointed at.

use std::sync::Arc;

use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::source::{Place, SourceFile};

/// A cell, without the blanks around it.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) place: Place,
}

impl Cell {
    pub(super) fn error(&self, message: impl Into<String>) -> Problem {
        self.refused(codes::NOT_ALLOWED, message)
    }

    pub(super) fn refused(&self, code: crate::problem::Code, message: impl Into<String>) -> Problem {
        Problem::error(code, message).at(self.place.clone())
    }

    /// Line and column, for another cell's message.
    pub(super) fn at(&self) -> String {
        let (line, column) = self.place.file.position(self.place.span.start);
        format!("line {line}, column {column}")
    }
}

/// The rows of a file; lines without any text are none. `;` stands between cells where the first line has no `,` and a `;`.
pub(super) fn rows(file: &Arc<SourceFile>, problems: &mut Problems) -> Vec<Vec<Cell>> {
    let text = file.text();
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let first = text[start..].lines().next().unwrap_or_default();
    let delimiter = if first.contains(';') && !first.contains(',') { ';' } else { ',' };
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut at = start;
    loop {
        let (cell, end) = cell(file, at, delimiter, problems);
        row.push(cell);
        let next = text[end..].chars().next();
        at = end + next.map_or(0, char::len_utf8);
        if next == Some(delimiter) {
            continue;
        }
        let is_empty = row.iter().all(|cell: &Cell| cell.text.is_empty());
        let whole = std::mem::take(&mut row);
        rows.extend((!is_empty).then_some(whole));
        if next.is_none() {
            return rows;
        }
    }
}

/// The cell that begins at a byte, and the byte of what ends it.
fn cell(file: &Arc<SourceFile>, start: usize, delimiter: char, problems: &mut Problems) -> (Cell, usize) {
    let text = file.text();
    let blanks = text[start..].len() - text[start..].trim_start_matches([' ', '\t']).len();
    let begin = start + blanks;
    let ends = |c: char| c == delimiter || c == '\n';
    if !text[begin..].starts_with('"') {
        let end = start + text[start..].find(ends).unwrap_or(text.len() - start);
        let written = text[start..end].trim();
        let from = start + (text[start..end].len() - text[start..end].trim_start().len());
        let place = Place::new(file, from..from + written.len());
        return (Cell { text: written.to_owned(), place }, end);
    }
    let (mut found, mut at) = (String::new(), begin + 1);
    loop {
        let Some(quote) = text[at..].find('"') else {
            let place = Place::new(file, begin..begin + 1);
            problems.add(Problem::error(codes::SYNTAX, "the quote is not closed").at(place.clone()));
            return (Cell { text: text[begin + 1..].trim().to_owned(), place }, text.len());
        };
        found.push_str(&text[at..at + quote]);
        at += quote + 1;
        if !text[at..].starts_with('"') {
            break;
        }
        found.push('"');
        at += 1;
    }
    let place = Place::new(file, begin..at);
    let end = at + text[at..].find(ends).unwrap_or(text.len() - at);
    if !text[at..end].trim().is_empty() {
        let rest = Place::new(file, at..end);
        problems.add(Problem::error(codes::SYNTAX, "something stands behind the closing quote").at(rest));
    }
    (Cell { text: found.trim().to_owned(), place }, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Severity;

    fn read(text: &str) -> (Vec<String>, usize) {
        let mut problems = Problems::new();
        let rows = rows(&SourceFile::new("a.csv", text), &mut problems);
        let shown = |cell: &Cell| format!("{}@{}", cell.text, cell.at().replace("line ", "").replace(", column ", ":"));
        let rows = rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join(" ")).collect();
        (rows, problems.count(Severity::Error))
    }

    #[test]
    fn cells_know_their_places() {
        let (rows, errors) = read("\u{feff}a, b\r\n\n\"x,\"\"y\"\"\" ,é\n,\n");
        assert_eq!((rows, errors), (vec!["a@1:2 b@1:5".to_owned(), "x,\"y\"@3:1 é@3:12".to_owned()], 0));
        assert_eq!(read("a;b\n1;2,5").0, ["a@1:1 b@1:3", "1@2:1 2,5@2:3"]);
        assert_eq!(read("a,\"b\nc").1, 1);
        assert_eq!(read("a,\"b\"c\n").1, 1);
        assert_eq!(read("").0.len(), 0);
    }
}
