//! Some rows of a part at once, and how a row of one chunk stands to a row of another.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};

use super::Shape;
use crate::kernels::rows::column;
use crate::table::{Field, Type};

/// Some rows of a part. Columns that say nothing in any row are left out.
#[derive(Default)]
pub(super) struct Chunk {
    /// The name of the part.
    part: Arc<str>,
    pub(super) n_rows: usize,
    numbers: Vec<Option<Int64Array>>,
    texts: Vec<Option<StringArray>>,
    attributes: Vec<Attribute>,
}

enum Attribute {
    Text(StringArray),
    Integer(Int64Array),
    Boolean(BooleanArray),
    Date(Date32Array),
    Timestamp(TimestampMicrosecondArray),
    Double(Float64Array),
}

/// A row that a walk stands at.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct SortedRow<'r> {
    pub(super) chunk: &'r Chunk,
    pub(super) at: usize,
}

impl Chunk {
    pub(super) fn of(part: &Arc<str>, batch: &RecordBatch, shape: &Shape) -> Self {
        let said = |name: &String, kind| {
            let column = column(batch, name, kind);
            (column.null_count() < column.len()).then_some(column)
        };
        let number = |name| said(name, Type::Integer).map(|column| column.as_primitive::<Int64Type>().clone());
        let text = |name| said(name, Type::Text).map(|column| column.as_string().clone());
        let attribute = |field: &Field| Attribute::of(&column(batch, &field.name, field.kind), field.kind);
        Self {
            part: Arc::clone(part),
            n_rows: batch.num_rows(),
            numbers: shape.numbers.iter().map(number).collect(),
            texts: shape.texts.iter().map(text).collect(),
            attributes: shape.attributes.iter().map(attribute).collect(),
        }
    }

    /// How many rows from `at` on, at most `most`, have the keys and attributes of those of another from `other_at` on.
    pub(super) fn same_rows(&self, at: usize, other: &Self, other_at: usize, most: usize) -> usize {
        let mut same = most;
        for pair in self.numbers.iter().zip(&other.numbers) {
            same = match pair {
                (None, None) => same,
                (Some(own), Some(others)) if own.null_count() == 0 && others.null_count() == 0 => {
                    let pairs = own.values()[at..at + same].iter().zip(&others.values()[other_at..other_at + same]);
                    pairs.take_while(|(own, others)| own == others).count()
                }
                (own, others) => {
                    count(same, |n| number_of(own.as_ref(), at + n) == number_of(others.as_ref(), other_at + n))
                }
            };
        }
        for pair in self.texts.iter().zip(&other.texts) {
            same = match pair {
                (None, None) => same,
                (own, others) => count(same, |n| {
                    text_of(own.as_ref(), at + n).unwrap_or("") == text_of(others.as_ref(), other_at + n).unwrap_or("")
                }),
            };
        }
        let attributes = self.attributes.iter().zip(&other.attributes);
        attributes.fold(same, |same, (own, others)| own.same_rows(at, others, other_at, same))
    }
}

/// How many of the first numbers below `most` fulfil a condition.
fn count(most: usize, is_so: impl Fn(usize) -> bool) -> usize {
    (0..most).take_while(|n| is_so(*n)).count()
}

fn number_of(column: Option<&Int64Array>, at: usize) -> Option<i64> {
    column.filter(|column| column.is_valid(at)).map(|column| column.value(at))
}

fn text_of(column: Option<&StringArray>, at: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(at)).map(|column| column.value(at))
}

impl Attribute {
    fn of(column: &ArrayRef, kind: Type) -> Self {
        match kind {
            Type::Text => Self::Text(column.as_string().clone()),
            Type::Integer => Self::Integer(column.as_primitive::<Int64Type>().clone()),
            Type::Boolean => Self::Boolean(column.as_boolean().clone()),
            Type::Date => Self::Date(column.as_primitive::<Date32Type>().clone()),
            Type::Timestamp => Self::Timestamp(column.as_primitive::<TimestampMicrosecondType>().clone()),
            Type::Double => Self::Double(column.as_primitive::<Float64Type>().clone()),
        }
    }

    fn same_rows(&self, at: usize, other: &Self, other_at: usize, most: usize) -> usize {
        macro_rules! same {
            ($own:expr, $other:expr, $is_same:expr) => {{
                let says_nothing = $own.null_count() == $own.len() && $other.null_count() == $other.len();
                let is_same = $is_same;
                if says_nothing {
                    most
                } else {
                    count(most, |n| match ($own.is_null(at + n), $other.is_null(other_at + n)) {
                        (false, false) => is_same($own.value(at + n), $other.value(other_at + n)),
                        (own, other) => own == other,
                    })
                }
            }};
        }
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => same!(own, other, |a, b| a == b),
            (Self::Integer(own), Self::Integer(other)) => same!(own, other, |a, b| a == b),
            (Self::Boolean(own), Self::Boolean(other)) => same!(own, other, |a, b| a == b),
            (Self::Date(own), Self::Date(other)) => same!(own, other, |a, b| a == b),
            (Self::Timestamp(own), Self::Timestamp(other)) => same!(own, other, |a, b| a == b),
            // Stored numbers are finite, so this is the equality of SQL.
            (Self::Double(own), Self::Double(other)) => {
                same!(own, other, |a: f64, b: f64| a.partial_cmp(&b) == Some(Ordering::Equal))
            }
            _ => 0,
        }
    }
}

impl<'r> SortedRow<'r> {
    /// It and those behind it in its chunk, so many in all.
    pub(in crate::kernels) fn and_next(self, rows: usize) -> impl Iterator<Item = SortedRow<'r>> {
        (self.at..self.at + rows).map(move |at| SortedRow { chunk: self.chunk, at })
    }

    /// The numbers of a column of it and those behind it in its chunk, so many in all; `None` where one may be missing.
    pub(in crate::kernels) fn numbers(self, at: usize, rows: usize) -> Option<&'r [i64]> {
        let column = self.chunk.numbers[at].as_ref().filter(|column| column.null_count() == 0)?;
        Some(&column.values()[self.at..self.at + rows])
    }

    /// The name of the part in which it lies.
    pub(in crate::kernels) fn part(&self) -> &'r str {
        &self.chunk.part
    }

    /// A number of the key.
    pub(in crate::kernels) fn number(&self, at: usize) -> Option<i64> {
        number_of(self.chunk.numbers[at].as_ref(), self.at)
    }

    /// A text of the key.
    pub(in crate::kernels) fn text(&self, at: usize) -> Option<&'r str> {
        text_of(self.chunk.texts[at].as_ref(), self.at)
    }

    /// The text of an attribute that is one.
    pub(in crate::kernels) fn attribute_text(&self, at: usize) -> Option<&'r str> {
        match self.chunk.attributes.get(at)? {
            Attribute::Text(texts) => texts.is_valid(self.at).then(|| texts.value(self.at)),
            _ => None,
        }
    }

    /// The number of an attribute that is one.
    pub(in crate::kernels) fn attribute_number(&self, at: usize) -> Option<i64> {
        match self.chunk.attributes.get(at)? {
            Attribute::Integer(numbers) => numbers.is_valid(self.at).then(|| numbers.value(self.at)),
            _ => None,
        }
    }

    /// An attribute of it and those behind it in its chunk, so many in all.
    pub(in crate::kernels) fn attribute(self, at: usize, rows: usize) -> ArrayRef {
        match &self.chunk.attributes[at] {
            Attribute::Text(values) => Arc::new(values.slice(self.at, rows)),
            Attribute::Integer(values) => Arc::new(values.slice(self.at, rows)),
            Attribute::Boolean(values) => Arc::new(values.slice(self.at, rows)),
            Attribute::Date(values) => Arc::new(values.slice(self.at, rows)),
            Attribute::Timestamp(values) => Arc::new(values.slice(self.at, rows)),
            Attribute::Double(values) => Arc::new(values.slice(self.at, rows)),
        }
    }

    /// The day of an attribute that is one, in days since 1970.
    pub(in crate::kernels) fn attribute_day(&self, at: usize) -> Option<i32> {
        match self.chunk.attributes.get(at)? {
            Attribute::Date(days) => days.is_valid(self.at).then(|| days.value(self.at)),
            _ => None,
        }
    }

    /// How its key stands to that of another row. Null comes before every number.
    pub(in crate::kernels) fn key_order(&self, other: SortedRow<'_>) -> Ordering {
        for (own, others) in self.chunk.numbers.iter().zip(&other.chunk.numbers) {
            match number_of(own.as_ref(), self.at).cmp(&number_of(others.as_ref(), other.at)) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        for (own, others) in self.chunk.texts.iter().zip(&other.chunk.texts) {
            if own.is_none() && others.is_none() {
                continue;
            }
            match text_of(own.as_ref(), self.at).unwrap_or("").cmp(text_of(others.as_ref(), other.at).unwrap_or("")) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        Ordering::Equal
    }
}
