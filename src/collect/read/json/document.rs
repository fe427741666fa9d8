//! A walk through a document: down to the array of records, then record by record.

use super::cursor::Cursor;
use crate::collect::read::Fault;

/// A document with an array of records in it.
pub(super) struct Document<'a> {
    cursor: Cursor<'a>,
    /// How many objects are open around the array.
    n_open: usize,
    is_first: bool,
}

impl<'a> Document<'a> {
    /// Goes down to the array under the keys `path`.
    ///
    /// # Errors
    /// A [`Fault`] where the way is not there, or leads to something else.
    pub(super) fn open(text: &'a str, path: &[String]) -> Result<Self, Fault> {
        let mut cursor = Cursor::new(text);
        for (depth, key) in path.iter().enumerate() {
            if !enter(&mut cursor, key)? {
                return Err(nothing_under(&path[..=depth], cursor.line));
            }
        }
        if !cursor.take(b'[') {
            return Err(nothing_under(path, cursor.line));
        }
        Ok(Self { cursor, n_open: path.len(), is_first: true })
    }

    /// The text of the next record and the line on which it starts.
    ///
    /// # Errors
    /// A [`Fault`] where the syntax is wrong.
    pub(super) fn next_record(&mut self) -> Result<Option<(u64, &'a str)>, Fault> {
        let cursor = &mut self.cursor;
        let has_more = if std::mem::take(&mut self.is_first) { cursor.peek() != Some(b']') } else { cursor.take(b',') };
        if has_more {
            cursor.peek();
            let line = cursor.line;
            return cursor.value().map(|record| Some((line, record)));
        }
        if cursor.take(b']') { Ok(None) } else { Err(cursor.unexpected("`,` or `]`")) }
    }

    /// Goes from the end of the array to the end of the document, so that one cut short is noticed.
    ///
    /// # Errors
    /// A [`Fault`] where the syntax is wrong.
    pub(super) fn close(mut self) -> Result<(), Fault> {
        let cursor = &mut self.cursor;
        for _ in 0..self.n_open {
            while cursor.take(b',') {
                cursor.key()?;
                cursor.value()?;
            }
            if !cursor.take(b'}') {
                return Err(cursor.unexpected("`,` or `}`"));
            }
        }
        if cursor.is_at_end() { Ok(()) } else { Err(cursor.unexpected("the end of the file")) }
    }
}

/// Stands at the value of `wanted` afterwards; false where there is no object, or none with this key.
fn enter(cursor: &mut Cursor<'_>, wanted: &str) -> Result<bool, Fault> {
    if !cursor.take(b'{') || cursor.peek() == Some(b'}') {
        return Ok(false);
    }
    loop {
        if cursor.key()? == wanted {
            return Ok(true);
        }
        cursor.value()?;
        if !cursor.take(b',') {
            return if cursor.peek() == Some(b'}') { Ok(false) } else { Err(cursor.unexpected("`,` or `}`")) };
        }
    }
}

fn nothing_under(path: &[String], line: u64) -> Fault {
    let message = match path {
        [] => "the document is no array of records".to_owned(),
        _ => format!("the document has no array of records under `{}`", path.join(".")),
    };
    Fault::new(message).at(line).hint("`records` names the keys that lead to the array")
}
