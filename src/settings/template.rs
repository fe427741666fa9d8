//! A text made of columns: `{given_name:1}{family_name}@corp.example`, or a column's plain name.

use std::fmt;
use std::sync::Arc;

use super::transliteration::Transliteration;
use crate::ids::is_slug;

/// A text made of columns and literal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its pieces in order; at least one is a column.
    pub pieces: Vec<Piece>,
    /// How its columns are written where they are compared without accents and case.
    pub letters: Arc<Transliteration>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The value of a column.
    Column {
        /// The column.
        name: String,
        /// Only its first characters.
        first: Option<u32>,
    },
    /// The text itself.
    Text(String),
}

impl Template {
    /// Pieces whose columns are written as they are.
    #[must_use]
    pub fn of(pieces: Vec<Piece>) -> Self {
        Self { pieces, letters: Arc::default() }
    }

    /// Reads a column's name or a template; says what is wrong otherwise.
    ///
    /// # Errors
    /// A lower-case fragment that names the bad piece.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.contains(['{', '}']) {
            let name = column(text)?;
            return Ok(Self::of(vec![Piece::Column { name, first: None }]));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            if rest[open..].starts_with('}') {
                return Err("`}` without `{`".to_owned());
            }
            let close = rest[open..].find('}').ok_or("`{` without `}`")? + open;
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            let inside = &rest[open + 1..close];
            let (name, first) = match inside.split_once(':') {
                None => (column(inside)?, None),
                Some((name, count)) => {
                    let count = count.parse().ok().filter(|count| *count > 0);
                    (column(name)?, Some(count.ok_or(format!("`{inside}` needs a number behind `:`"))?))
                }
            };
            pieces.push(Piece::Column { name, first });
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self::of(pieces))
    }

    /// The columns it needs.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Column { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }
}

impl fmt::Display for Template {
    /// As a policy writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [Piece::Column { name, first: None }] = self.pieces.as_slice() {
            return f.write_str(name);
        }
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Column { name, first: None } => write!(f, "{{{name}}}"),
            Piece::Column { name, first: Some(first) } => write!(f, "{{{name}:{first}}}"),
            Piece::Text(text) => f.write_str(text),
        })
    }
}

fn column(text: &str) -> Result<String, String> {
    if is_slug(text) { Ok(text.to_owned()) } else { Err(format!("`{text}` is no column")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_a_column() {
        let template = Template::parse("employee_id").unwrap();
        assert_eq!(template.pieces, [Piece::Column { name: "employee_id".to_owned(), first: None }]);
    }

    #[test]
    fn a_template_mixes_columns_and_text() {
        let template = Template::parse("{given_name:1}.{family_name}@x").unwrap();
        assert_eq!(template.columns().collect::<Vec<_>>(), ["given_name", "family_name"]);
        assert_eq!(template.pieces[0], Piece::Column { name: "given_name".to_owned(), first: Some(1) });
        assert_eq!(template.pieces[3], Piece::Text("@x".to_owned()));
        assert_eq!(template.to_string(), "{given_name:1}.{family_name}@x");
        assert_eq!(Template::parse("login").unwrap().to_string(), "login");
    }

    #[test]
    fn a_broken_template_says_what_is_wrong() {
        for text in ["", "a b", "{a", "a}", "{a:0}", "{a:x}", "{}", "{A}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
