//! Text files that people wrote and places in them: what problems and SQL errors point at.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file as it was read, kept so that a later error can show its lines.
pub struct SourceFile {
    path: PathBuf,
    text: String,
}

impl SourceFile {
    /// The file at `path`, with the text that was read from it.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into() })
    }

    /// Where the file lies, as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte, both counted from 1; the column counts characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The span moved onto the text and onto whole characters.
    #[must_use]
    pub fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.boundary(span.start);
        start..self.boundary(span.end).max(start)
    }

    fn boundary(&self, offset: usize) -> usize {
        (0..=offset.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({})", self.path.display())
    }
}

/// Some bytes of a file.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes, from and up to.
    pub span: Range<usize>,
}

impl Place {
    /// The bytes `span` of `file`.
    #[must_use]
    pub fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Self {
        Self { file: Arc::clone(file), span }
    }

    /// The place of the bytes `part` of `text`, which was read from this place. Exact as far as the file spells
    /// `text` literally; behind the first escape or variable it is this whole place.
    #[must_use]
    pub fn within(&self, text: &str, part: Range<usize>) -> Self {
        let written = &self.file.text()[self.file.clamp(&self.span)];
        let is_literal = written.get(..part.end).is_some_and(|literal| text.get(..part.end) == Some(literal));
        let span =
            if is_literal { self.span.start + part.start..self.span.start + part.end } else { self.span.clone() };
        Self { file: Arc::clone(&self.file), span }
    }
}

impl fmt::Display for Place {
    /// File and line: `plans/weekly.toml:12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.path().display(), self.file.position(self.span.start).0)
    }
}

/// SQL that someone wrote into a file, with its place, so that an engine's error can point at line and column.
#[derive(Debug, Clone)]
pub struct SqlText {
    /// The SQL, with variables filled in.
    pub text: String,
    /// Where it stands, without the quotes around it.
    pub place: Place,
}

/// Two are the same where they say the same, wherever they stand.
impl PartialEq for SqlText {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for SqlText {}

impl SqlText {
    /// The place of some bytes of the SQL.
    #[must_use]
    pub fn place_of(&self, part: Range<usize>) -> Place {
        self.place.within(&self.text, part)
    }

    /// The place of a line and column of the SQL, both counted from 1, as engines report them. Covers the word
    /// that starts there; the whole SQL where there is no such position.
    #[must_use]
    pub fn place_at(&self, line: usize, column: usize) -> Place {
        let line_start = match line {
            0 | 1 => Some(0),
            _ => self.text.match_indices('\n').nth(line - 2).map(|(newline, _)| newline + 1),
        };
        let start = line_start.and_then(|start| {
            let (within, _) = self.text[start..].char_indices().nth(column.saturating_sub(1))?;
            Some(start + within)
        });
        let Some(start) = start else { return self.place.clone() };
        let rest = &self.text[start..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let length = if word == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { word };
        self.place_of(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(file: &str, text: &str) -> SqlText {
        let start = file.find('|').unwrap() + 1;
        let end = file.rfind('|').unwrap();
        SqlText { text: text.to_owned(), place: Place::new(&SourceFile::new("a.toml", file), start..end) }
    }

    #[test]
    fn a_position_counts_characters_from_one() {
        let file = SourceFile::new("a", "né\nab");
        assert_eq!(file.position(0), (1, 1));
        assert_eq!(file.position(3), (1, 3));
        assert_eq!(file.position(5), (2, 2));
        assert_eq!(file.position(99), (2, 3));
        assert_eq!(file.position(2), (1, 2), "inside a character");
    }

    #[test]
    fn an_error_in_sql_points_into_the_file() {
        let text = sql("where = |a = 1\n AND bb = 2|", "a = 1\n AND bb = 2");
        let place = text.place_at(2, 6);
        assert_eq!(&place.file.text()[place.span.clone()], "bb");
        assert_eq!(place.file.position(place.span.start), (2, 6));
    }

    #[test]
    fn behind_a_variable_the_whole_sql_is_pointed_at() {
        let text = sql("|a = ${x} AND b|", "a = 17 AND b");
        assert_eq!(text.place_at(1, 1).span, 1..2);
        assert_eq!(text.place_at(1, 12).span, text.place.span);
        assert_eq!(text.place_at(9, 9).span, text.place.span);
    }
}
