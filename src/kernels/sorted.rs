//! The rows of a table's parts in the order of its key: what the kernels walk along.

use std::cmp::Ordering;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};

use super::rows::column;
use crate::engine::EngineError;
use crate::ledger::PartRows;
use crate::model::StoredTable;
use crate::table::{Field, Type};

/// What of a table is walked: numbers and texts of its key, and attributes.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// The columns that begin the key, all whole numbers.
    pub(super) numbers: Vec<String>,
    /// The columns that end it, all texts. Null and the empty text are the same key.
    pub(super) texts: Vec<String>,
    /// What else is wanted.
    pub(super) attributes: Vec<Field>,
}

/// Four numbers of a key in one, so that they are compared at once. Null is 0, and a number one more than itself.
type Packed = u128;
const IN_ONE: usize = 4;

/// The rows of all parts of a table, in the order of the key.
pub(super) struct SortedRows {
    walks: Vec<Walk>,
    /// Which of them stands at the smallest key; beyond the last where all are at their end.
    smallest: usize,
}

/// One part that is walked.
struct Walk {
    name: String,
    rows: PartRows,
    shape: Shape,
    chunk: Chunk,
    at: usize,
}

/// Some rows of a part.
#[derive(Default)]
struct Chunk {
    n_rows: usize,
    numbers: Vec<Vec<Packed>>,
    /// Those that say something in any row.
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
pub(super) struct SortedRow<'r> {
    chunk: &'r Chunk,
    at: usize,
}

impl SortedRows {
    /// Stands at the first row of a table.
    pub(super) fn open(stored: &StoredTable, shape: &Shape) -> Result<Self, EngineError> {
        let mut walks = Vec::new();
        for (name, rows) in stored.open(&columns(shape))? {
            let mut walk = Walk { name, rows, shape: shape.clone(), chunk: Chunk::default(), at: 0 };
            if walk.load()? {
                walks.push(walk);
            }
        }
        let mut rows = Self { walks, smallest: 0 };
        rows.find_smallest();
        Ok(rows)
    }

    /// The row it stands at; `None` at the end.
    pub(super) fn row(&self) -> Option<SortedRow<'_>> {
        self.walks.get(self.smallest).map(Walk::row)
    }

    /// The names of the parts that stand at this key. No part has a key twice, so these are all that have it.
    pub(super) fn parts_with_this_key(&self) -> impl Iterator<Item = &str> {
        let here = self.row();
        let is_here = move |walk: &&Walk| here.is_some_and(|here| walk.row().key_order(here) == Ordering::Equal);
        self.walks.iter().filter(is_here).map(|walk| walk.name.as_str())
    }

    /// Goes on by one row.
    pub(super) fn advance(&mut self) -> Result<(), EngineError> {
        let walk = &mut self.walks[self.smallest];
        walk.at += 1;
        if walk.at == walk.chunk.n_rows && !walk.load()? {
            self.walks.remove(self.smallest);
        }
        if self.walks.len() > 1 {
            self.find_smallest();
        } else {
            self.smallest = 0;
        }
        Ok(())
    }

    fn find_smallest(&mut self) {
        let mut smallest = 0;
        for at in 1..self.walks.len() {
            if self.walks[at].row().key_order(self.walks[smallest].row()) == Ordering::Less {
                smallest = at;
            }
        }
        self.smallest = smallest;
    }
}

impl Walk {
    fn row(&self) -> SortedRow<'_> {
        SortedRow { chunk: &self.chunk, at: self.at }
    }

    /// Takes the next rows. Returns whether there are any.
    fn load(&mut self) -> Result<bool, EngineError> {
        self.at = 0;
        loop {
            let Some(batch) = self.rows.next() else {
                self.chunk = Chunk::default();
                return Ok(false);
            };
            let batch = batch.map_err(EngineError::from_ledger)?;
            if batch.num_rows() > 0 {
                self.chunk = Chunk::of(&batch, &self.shape)?;
                return Ok(true);
            }
        }
    }
}

impl Chunk {
    fn of(batch: &RecordBatch, shape: &Shape) -> Result<Self, EngineError> {
        let text = |name: &String| {
            let column = column(batch, name, Type::Text);
            (column.null_count() < column.len()).then(|| column.as_string().clone())
        };
        let numbers: Result<_, EngineError> = shape.numbers.chunks(IN_ONE).map(|names| packed(batch, names)).collect();
        Ok(Self {
            n_rows: batch.num_rows(),
            numbers: numbers?,
            texts: shape.texts.iter().map(text).collect(),
            attributes: shape
                .attributes
                .iter()
                .map(|field| Attribute::of(&column(batch, &field.name, field.kind), field.kind))
                .collect(),
        })
    }
}

/// Columns of whole numbers, the first in the highest bits.
fn packed(batch: &RecordBatch, names: &[String]) -> Result<Vec<Packed>, EngineError> {
    let mut packed: Vec<Packed> = vec![0; batch.num_rows()];
    for (at, name) in names.iter().enumerate() {
        let column = column(batch, name, Type::Integer);
        if column.null_count() == column.len() {
            continue;
        }
        let shift = shift_of(at);
        for (packed, number) in packed.iter_mut().zip(column.as_primitive::<Int64Type>()) {
            let Some(number) = number else { continue };
            let number = u32::try_from(number).ok().and_then(|number| number.checked_add(1));
            let number = number.ok_or_else(|| EngineError { message: format!("a `{name}` has more than 32 bits") })?;
            *packed |= Packed::from(number) << shift;
        }
    }
    Ok(packed)
}

/// Where the so-many-th number begins.
fn shift_of(at: usize) -> usize {
    (IN_ONE - 1 - at % IN_ONE) * 32
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

    fn is_same(&self, at: usize, other: &Self, other_at: usize) -> bool {
        macro_rules! same {
            ($own:expr, $other:expr) => {
                match ($own.is_null(at), $other.is_null(other_at)) {
                    (false, false) => $own.value(at) == $other.value(other_at),
                    (own, other) => own == other,
                }
            };
        }
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => same!(own, other),
            (Self::Integer(own), Self::Integer(other)) => same!(own, other),
            (Self::Boolean(own), Self::Boolean(other)) => same!(own, other),
            (Self::Date(own), Self::Date(other)) => same!(own, other),
            (Self::Timestamp(own), Self::Timestamp(other)) => same!(own, other),
            (Self::Double(own), Self::Double(other)) => match (own.is_null(at), other.is_null(other_at)) {
                // Stored numbers are finite, so this is the equality of SQL.
                (false, false) => own.value(at).partial_cmp(&other.value(other_at)) == Some(Ordering::Equal),
                (own, other) => own == other,
            },
            _ => false,
        }
    }
}

impl<'r> SortedRow<'r> {
    /// A number of the key.
    pub(super) fn number(&self, at: usize) -> Option<i64> {
        let number = self.chunk.numbers[at / IN_ONE][self.at] >> shift_of(at) & Packed::from(u32::MAX);
        i64::try_from(number).ok().filter(|number| *number > 0).map(|number| number - 1)
    }

    /// A text of the key.
    pub(super) fn text(&self, at: usize) -> Option<&'r str> {
        let texts = self.chunk.texts[at].as_ref()?;
        texts.is_valid(self.at).then(|| texts.value(self.at))
    }

    /// The text of an attribute that is one.
    pub(super) fn attribute_text(&self, at: usize) -> Option<&'r str> {
        match self.chunk.attributes.get(at)? {
            Attribute::Text(texts) => texts.is_valid(self.at).then(|| texts.value(self.at)),
            _ => None,
        }
    }

    /// The day of an attribute that is one, since 1970-01-01.
    pub(super) fn attribute_date(&self, at: usize) -> Option<i32> {
        match self.chunk.attributes.get(at)? {
            Attribute::Date(days) => days.is_valid(self.at).then(|| days.value(self.at)),
            _ => None,
        }
    }

    /// How its key stands to that of another row.
    pub(super) fn key_order(&self, other: SortedRow<'_>) -> Ordering {
        for (own, other_column) in self.chunk.numbers.iter().zip(&other.chunk.numbers) {
            match own[self.at].cmp(&other_column[other.at]) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        for at in 0..self.chunk.texts.len() {
            if self.chunk.texts[at].is_none() && other.chunk.texts[at].is_none() {
                continue;
            }
            match self.text(at).unwrap_or("").cmp(other.text(at).unwrap_or("")) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
        Ordering::Equal
    }

    /// Whether every attribute is the same, null being like null.
    pub(super) fn has_attributes_of(&self, other: SortedRow<'_>) -> bool {
        let pairs = self.chunk.attributes.iter().zip(&other.chunk.attributes);
        pairs.into_iter().all(|(own, others)| own.is_same(self.at, others, other.at))
    }
}

fn columns(shape: &Shape) -> Vec<&str> {
    let attributes = shape.attributes.iter().map(|field| field.name.as_str());
    shape.numbers.iter().chain(&shape.texts).map(String::as_str).chain(attributes).collect()
}

/// A key of two tables: who has it.
pub(super) enum Met<'r> {
    Now(SortedRow<'r>),
    Before(SortedRow<'r>),
    Both(SortedRow<'r>, SortedRow<'r>),
}

/// Walks along two tables at once; no key comes twice in either.
pub(super) fn merge(
    now: &mut SortedRows,
    before: &mut SortedRows,
    mut take: impl FnMut(Met<'_>),
) -> Result<(), EngineError> {
    loop {
        let order = match (now.row(), before.row()) {
            (None, None) => return Ok(()),
            (Some(row), None) => {
                take(Met::Now(row));
                Ordering::Less
            }
            (None, Some(row)) => {
                take(Met::Before(row));
                Ordering::Greater
            }
            (Some(own), Some(other)) => {
                let order = own.key_order(other);
                take(match order {
                    Ordering::Less => Met::Now(own),
                    Ordering::Greater => Met::Before(other),
                    Ordering::Equal => Met::Both(own, other),
                });
                order
            }
        };
        if order != Ordering::Greater {
            now.advance()?;
        }
        if order != Ordering::Less {
            before.advance()?;
        }
    }
}
