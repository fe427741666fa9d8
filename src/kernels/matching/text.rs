//! The text that a match rule compares, made of columns and what stands between them.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::engine::EngineError;
use crate::kernels::rows::column;
use crate::settings::transliteration::Transliteration;
use crate::table::{Field, Type};

/// Pieces that make a text together. One that is null or empty makes it null.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<TextPiece>);

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPiece {
    /// The same for everybody; may be empty.
    Between(String),
    /// The value of a column.
    Column {
        /// The column.
        field: Field,
        /// How its letters are written; as they are, where there is `None`.
        letters: Option<Arc<Transliteration>>,
        /// Which characters count; all, where there is `None`.
        keep: Option<Kept>,
        /// How many characters count.
        first: Option<u32>,
    },
    /// Null: no table has the column.
    Nothing,
}

/// Which characters of a value count besides digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whether a to z do.
    pub has_letters: bool,
    /// Which others do.
    pub others: String,
}

impl Kept {
    fn counts(&self, character: char) -> bool {
        character.is_ascii_digit()
            || (self.has_letters && character.is_ascii_lowercase())
            || self.others.contains(character)
    }
}

impl Text {
    /// The columns it is made of.
    pub(in crate::kernels) fn columns(&self) -> impl Iterator<Item = &Field> {
        self.0.iter().filter_map(|piece| match piece {
            TextPiece::Column { field, .. } => Some(field),
            _ => None,
        })
    }

    /// Hands over the text of each row.
    pub(in crate::kernels) fn each(
        &self,
        rows: &RecordBatch,
        mut take: impl FnMut(usize, Option<&str>),
    ) -> Result<(), EngineError> {
        let values = |piece: &TextPiece| match piece {
            TextPiece::Column { field, .. } => {
                let values = cast(&column(rows, &field.name, field.kind), &DataType::Utf8);
                values.map(Some).map_err(EngineError::from_arrow)
            }
            _ => Ok(None),
        };
        let values: Vec<Option<ArrayRef>> = self.0.iter().map(values).collect::<Result<_, _>>()?;
        let mut text = String::new();
        for row in 0..rows.num_rows() {
            text.clear();
            let mut pieces = self.0.iter().zip(&values);
            let is_whole = pieces.all(|(piece, values)| piece.append(values.as_ref(), row, &mut text));
            take(row, is_whole.then_some(text.as_str()));
        }
        Ok(())
    }
}

/// The columns that texts are made of, behind others.
pub(in crate::kernels) fn columns<'t>(first: &[&str], texts: impl Iterator<Item = &'t Text>) -> Vec<Field> {
    let kind = |name: &str| if name == "uid" { Type::Integer } else { Type::Text };
    let mut columns: Vec<Field> = first.iter().map(|name| Field::new(*name, kind(name))).collect();
    for field in texts.flat_map(Text::columns) {
        if !columns.iter().any(|known| known.name == field.name) {
            columns.push(field.clone());
        }
    }
    columns
}

impl TextPiece {
    /// Adds what it gives in a row. Returns whether that is anything.
    fn append(&self, values: Option<&ArrayRef>, row: usize, text: &mut String) -> bool {
        let (letters, keep, first) = match self {
            Self::Between(between) => {
                text.push_str(between);
                return true;
            }
            Self::Nothing => return false,
            Self::Column { letters, keep, first, .. } => (letters, keep, first),
        };
        let Some(values) = values.map(AsArray::as_string::<i32>).filter(|values| values.is_valid(row)) else {
            return false;
        };
        let start = text.len();
        let value = values.value(row);
        let value = letters.as_ref().map_or(Cow::Borrowed(value), |letters| letters.apply(value));
        match (keep, first) {
            (None, None) => text.push_str(&value),
            (None, Some(first)) => text.extend(value.chars().take(*first as usize)),
            (Some(keep), first) => {
                let most = first.map_or(usize::MAX, |first| first as usize);
                text.extend(value.chars().filter(|character| keep.counts(*character)).take(most));
            }
        }
        text.len() > start
    }
}
