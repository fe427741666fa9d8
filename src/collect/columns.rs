//! Cleaned values on their way into Arrow columns.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use jiff::civil::Date;

use crate::table::Type;

/// A cleaned value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00 UTC.
    Timestamp(i64),
    Double(f64),
}

impl Value<'_> {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The same value, free of what it was read from.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Integer(number) => Value::Integer(number),
            Self::Boolean(truth) => Value::Boolean(truth),
            Self::Date(days) => Value::Date(days),
            Self::Timestamp(micros) => Value::Timestamp(micros),
            Self::Double(number) => Value::Double(number),
        }
    }

    /// The text of a text.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as the row hash takes it: texts as they are, numbers in decimal, days and instants in ISO 8601.
    pub(super) fn canonical(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Boolean(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            Self::Date(days) => {
                let mut text = String::with_capacity(10);
                write_day(*days, &mut text);
                Cow::Owned(text)
            }
            Self::Timestamp(micros) => Cow::Owned(
                jiff::Timestamp::from_microsecond(*micros).map(|instant| instant.to_string()).unwrap_or_default(),
            ),
            Self::Double(number) => Cow::Owned(number.to_string()),
        }
    }

    /// Appends what [`Self::canonical`] gives.
    pub(super) fn write_canonical(&self, text: &mut String) {
        match self {
            Self::Date(days) => write_day(*days, text),
            other => text.push_str(&other.canonical()),
        }
    }
}

/// The same allocation for values of another lifetime: a row of its own would be an allocation for each record.
pub(super) fn recycled<'b>(mut values: Vec<Value<'_>>) -> Vec<Value<'b>> {
    values.clear();
    values.into_iter().map(|_| Value::Null).collect()
}

/// The first day that counts.
pub(super) const EPOCH: Date = Date::constant(1970, 1, 1);

/// The day that lies so many days after 1970-01-01; the calendar's last or first day where it has none such.
pub(super) fn date_of(days: i32) -> Date {
    EPOCH.saturating_add(jiff::Span::new().days(i64::from(days).clamp(-4_371_587, 2_932_896)))
}

/// Days from 1970-01-01 to a day.
pub(super) fn days_of(date: Date) -> i32 {
    i32::try_from(date.duration_since(EPOCH).as_hours() / 24).expect("the calendar has fewer than 2^31 days")
}

/// Days from 1970-01-01 to a day of the years 0 to 9999; `None` where the calendar has no such day.
pub(super) fn day_number(year: i32, month: i32, day: i32) -> Option<i32> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that begin in March have their leap day at the end; 400 years before year 0 keep all of them positive.
    let since_march = (month + 9) % 12;
    let year = year + 400 - i32::from(month < 3);
    let leap_days = year / 4 - year / 100 + year / 400;
    Some(365 * year + leap_days + (153 * since_march + 2) / 5 + day - 1 - 719_468 - 146_097)
}

/// Appends a day in ISO 8601.
fn write_day(days: i32, text: &mut String) {
    // From 0000-03-01 to 9999-12-31 by the calendar of years that begin in March; others are rare.
    let (Ok(since), true) = (u32::try_from(days.saturating_add(719_468)), days <= 2_932_896) else {
        text.push_str(&date_of(days).to_string());
        return;
    };
    let (era, day) = (since / 146_097, since % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let since_march = (5 * day + 2) / 153;
    let day = day - (153 * since_march + 2) / 5 + 1;
    let month = if since_march < 10 { since_march + 3 } else { since_march - 9 };
    let year = 400 * era + year + u32::from(month < 3);
    let digit = |number: u32| char::from(b'0' + u8::try_from(number % 10).unwrap_or_default());
    text.extend([year / 1_000, year / 100, year / 10, year].map(digit));
    for part in [month, day] {
        text.extend(['-', digit(part / 10), digit(part)]);
    }
}

/// A column being filled.
pub(super) enum ColumnBuilder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Double(Float64Builder),
}

impl ColumnBuilder {
    pub(super) fn new(kind: Type) -> Self {
        match kind {
            Type::Text => Self::Text(StringBuilder::new()),
            Type::Integer => Self::Integer(Int64Builder::new()),
            Type::Boolean => Self::Boolean(BooleanBuilder::new()),
            Type::Date => Self::Date(Date32Builder::new()),
            Type::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            Type::Double => Self::Double(Float64Builder::new()),
        }
    }

    /// Appends a value of the column's type, or null.
    pub(super) fn push(&mut self, value: &Value<'_>) {
        match (self, value) {
            (Self::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Integer(builder), Value::Integer(number)) => builder.append_value(*number),
            (Self::Integer(builder), _) => builder.append_null(),
            (Self::Boolean(builder), Value::Boolean(truth)) => builder.append_value(*truth),
            (Self::Boolean(builder), _) => builder.append_null(),
            (Self::Date(builder), Value::Date(days)) => builder.append_value(*days),
            (Self::Date(builder), _) => builder.append_null(),
            (Self::Timestamp(builder), Value::Timestamp(micros)) => builder.append_value(*micros),
            (Self::Timestamp(builder), _) => builder.append_null(),
            (Self::Double(builder), Value::Double(number)) => builder.append_value(*number),
            (Self::Double(builder), _) => builder.append_null(),
        }
    }

    /// Appends nulls.
    pub(super) fn push_nulls(&mut self, n_nulls: usize) {
        match self {
            Self::Text(builder) => builder.append_nulls(n_nulls),
            Self::Integer(builder) => builder.append_nulls(n_nulls),
            Self::Boolean(builder) => builder.append_nulls(n_nulls),
            Self::Date(builder) => builder.append_nulls(n_nulls),
            Self::Timestamp(builder) => builder.append_nulls(n_nulls),
            Self::Double(builder) => builder.append_nulls(n_nulls),
        }
    }

    /// How long its texts are together.
    #[inline]
    pub(super) fn text_bytes(&self) -> usize {
        if let Self::Text(builder) = self { builder.values_slice().len() } else { 0 }
    }

    /// The column so far; the builder is empty afterwards.
    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Timestamp(builder) => Arc::new(builder.finish()),
            Self::Double(builder) => Arc::new(builder.finish()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in [-719_162, -1, 0, 1, 20_778, 2_932_896] {
            assert_eq!(days_of(date_of(days)), days);
        }
        assert_eq!(date_of(i32::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn a_day_is_written_as_iso_8601_has_it() {
        let days = (-720_000..2_933_000).step_by(97).chain(-719_600..-719_400).chain(2_932_890..2_932_900);
        for days in days.chain([i32::MIN, i32::MAX]) {
            assert_eq!(Value::Date(days).canonical(), date_of(days).to_string());
        }
    }

    #[test]
    fn a_day_has_a_number_where_the_calendar_has_it() {
        for year in [0, 1, 4, 100, 399, 400, 1600, 1899, 1900, 1969, 1970, 2000, 2023, 2024, 2100, 9999] {
            for (month, day) in (0..14).flat_map(|month| (0..33).map(move |day| (month, day))) {
                let date = Date::new(year, month, day).ok().map(days_of);
                assert_eq!(day_number(year.into(), month.into(), day.into()), date, "{year}-{month}-{day}");
            }
        }
    }
}
