//! One column of a batch as cells, whatever its arrow type.

use std::borrow::Cow;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, Date32Array, GenericListArray, Int64Array, ListArray, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float16Type, Float32Type, Float64Type, TimeUnit,
};

use crate::collect::read::Cell;
use crate::collect::read::output::text;

/// A column in one of the forms cells are made of.
#[derive(Debug)]
pub(super) enum Column {
    Text(StringArray),
    /// Bytes that are text if they are UTF-8: old writers do not mark text as such.
    Bytes(BinaryArray),
    Day(Date32Array),
    Instant(Int64Array, TimeUnit),
    List(ListArray, Box<Column>),
}

impl Column {
    /// Converts an array.
    ///
    /// # Errors
    /// The name of a type that has no text form.
    pub(super) fn new(array: &ArrayRef) -> Result<Self, String> {
        use DataType as T;
        let to = |kind: DataType| cast(array, &kind).map_err(|_| array.data_type().to_string());
        Ok(match array.data_type() {
            T::Utf8 => Column::Text(array.as_string().clone()),
            T::Int8
            | T::Int16
            | T::Int32
            | T::Int64
            | T::UInt8
            | T::UInt16
            | T::UInt32
            | T::UInt64
            | T::Boolean
            | T::Null
            | T::LargeUtf8
            | T::Utf8View
            | T::Time32(_)
            | T::Time64(_) => Column::Text(to(T::Utf8)?.as_string().clone()),
            // Adding zero takes the sign off -0.
            T::Float16 => numbers::<Float16Type>(array, |value| (f32::from(value) + 0.0).to_string()),
            T::Float32 => numbers::<Float32Type>(array, |value| (value + 0.0).to_string()),
            T::Float64 => numbers::<Float64Type>(array, |value| (value + 0.0).to_string()),
            T::Decimal32(..) => decimals::<Decimal32Type>(array),
            T::Decimal64(..) => decimals::<Decimal64Type>(array),
            T::Decimal128(..) => decimals::<Decimal128Type>(array),
            T::Decimal256(..) => decimals::<Decimal256Type>(array),
            T::Date32 => Column::Day(array.as_primitive().clone()),
            T::Date64 => {
                let days = array.as_primitive::<Date64Type>();
                Column::Day(days.unary_opt(|millis| i32::try_from(millis.div_euclid(86_400_000)).ok()))
            }
            // Instants with a zone are stored as UTC; those without one are taken as UTC.
            T::Timestamp(unit, _) => Column::Instant(to(T::Int64)?.as_primitive().clone(), *unit),
            T::Binary => Column::Bytes(array.as_binary().clone()),
            T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => Column::Bytes(to(T::Binary)?.as_binary().clone()),
            T::Dictionary(_, values) => Column::new(&to(values.as_ref().clone())?)?,
            T::List(_) => {
                let lists: &GenericListArray<i32> = array.as_list();
                Column::List(lists.clone(), Box::new(Column::new(lists.values())?))
            }
            T::LargeList(item) | T::FixedSizeList(item, _) => Column::new(&to(T::List(item.clone()))?)?,
            other => return Err(other.to_string()),
        })
    }

    /// Converts an array of UUIDs to their usual text.
    pub(super) fn uuids(array: &ArrayRef) -> Self {
        let to_text = |bytes: &[u8]| {
            let number = bytes.iter().fold(0_u128, |number, &byte| number << 8 | u128::from(byte));
            let mut text = format!("{number:032x}");
            for at in [20, 16, 12, 8] {
                text.insert(at, '-');
            }
            text
        };
        Column::Text(array.as_fixed_size_binary().iter().map(|bytes| bytes.map(to_text)).collect())
    }

    /// The values of a row: none, one, or the items of a list.
    ///
    /// # Errors
    /// The reason why the value is none.
    pub(super) fn values(&self, at: usize) -> Result<Vec<Cell<'_>>, String> {
        match self {
            Column::List(lists, _) if lists.is_null(at) => Ok(Vec::new()),
            Column::List(lists, items) => {
                let offsets = lists.value_offsets();
                let mut values = Vec::new();
                for at in offsets[at].try_into().unwrap_or(0)..offsets[at + 1].try_into().unwrap_or(0) {
                    values.extend(items.values(at)?);
                }
                Ok(values)
            }
            _ => Ok(self.cell(at)?.into_iter().collect()),
        }
    }

    /// A row as text for rejects, also where its value is none.
    pub(super) fn shown(&self, at: usize) -> Option<Cow<'_, str>> {
        match self.values(at) {
            Err(reason) => Some(Cow::Owned(reason)),
            Ok(values) => match values.as_slice() {
                [] => None,
                [value] => text(*value),
                values => {
                    Some(Cow::Owned(values.iter().filter_map(|&value| text(value)).collect::<Vec<_>>().join("|")))
                }
            },
        }
    }

    fn cell(&self, at: usize) -> Result<Option<Cell<'_>>, String> {
        Ok(match self {
            Column::Text(texts) => texts.is_valid(at).then(|| Cell::Text(texts.value(at))),
            Column::Day(days) => days.is_valid(at).then(|| Cell::Day(days.value(at))),
            Column::Bytes(values) if values.is_valid(at) => {
                let value = str::from_utf8(values.value(at)).map_err(|_| "a value that is not UTF-8 text")?;
                Some(Cell::Text(value))
            }
            Column::Instant(ticks, unit) if ticks.is_valid(at) => {
                let micros = micros(ticks.value(at), *unit);
                Some(Cell::Instant(micros.ok_or("an instant too far away to be told")?))
            }
            Column::Bytes(_) | Column::Instant(..) | Column::List(..) => None,
        })
    }
}

fn micros(ticks: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => ticks.checked_mul(1_000_000),
        TimeUnit::Millisecond => ticks.checked_mul(1_000),
        TimeUnit::Microsecond => Some(ticks),
        TimeUnit::Nanosecond => Some(ticks.div_euclid(1_000)),
    }
}

fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef, to_text: impl Fn(T::Native) -> String) -> Column {
    Column::Text(array.as_primitive::<T>().iter().map(|value| value.map(&to_text)).collect())
}

/// Decimals without zeros at their end: a key written as `decimal(38,10)` is still a whole number.
fn decimals<T: DecimalType + ArrowPrimitiveType>(array: &ArrayRef) -> Column {
    let decimals = array.as_primitive::<T>();
    let to_text = |at: usize| {
        let text = decimals.value_as_string(at);
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    };
    Column::Text((0..decimals.len()).map(|at| decimals.is_valid(at).then(|| to_text(at))).collect())
}
