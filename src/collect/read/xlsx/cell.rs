//! What a cell of a sheet stores.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::collect::read::Cell;
use crate::collect::read::output::{EPOCH, text};

/// The first serial number that is no day of a sheet any more: 10000-01-01.
const END_OF_DAYS: f64 = 2_958_466.0;

/// A value of ours.
pub(super) enum Stored<'a> {
    Absent,
    Text(Cow<'a, str>),
    Day(i32),
    Instant(i64),
}

impl<'a> Stored<'a> {
    /// Reads a cell.
    ///
    /// # Errors
    /// The reason why it has no value.
    pub(super) fn new(cell: &'a DataRef<'a>) -> Result<Self, String> {
        Ok(match cell {
            DataRef::Empty => Stored::Absent,
            DataRef::String(text) | DataRef::DurationIso(text) => Stored::Text(Cow::Borrowed(text)),
            DataRef::SharedString(text) => Stored::Text(Cow::Borrowed(text)),
            DataRef::Bool(is_true) => Stored::Text(Cow::Borrowed(if *is_true { "true" } else { "false" })),
            DataRef::Int(number) => Stored::Text(Cow::Owned(number.to_string())),
            // The shortest decimal that is this number: never an exponent, no `.0`. Adding zero takes the sign off -0.
            DataRef::Float(number) => Stored::Text(Cow::Owned((number + 0.0).to_string())),
            DataRef::DateTime(serial) => from_serial(*serial)?,
            DataRef::DateTimeIso(written) => from_iso(written)?,
            DataRef::Error(error) => return Err(format!("the cell holds the error {error}")),
        })
    }

    /// As a cell of ours.
    pub(super) fn cell(&self) -> Cell<'_> {
        match self {
            Stored::Absent => Cell::Absent,
            Stored::Text(text) => Cell::Text(text),
            Stored::Day(day) => Cell::Day(*day),
            Stored::Instant(micros) => Cell::Instant(*micros),
        }
    }
}

/// Whether a cell holds nothing one could see.
pub(super) fn is_blank(cell: &DataRef<'_>) -> bool {
    match cell {
        DataRef::Empty => true,
        DataRef::String(text) => text.trim().is_empty(),
        DataRef::SharedString(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// A cell as text, for headers and rejects; also where its value is none.
pub(super) fn shown<'a>(cell: &'a DataRef<'a>) -> Option<Cow<'a, str>> {
    match Stored::new(cell) {
        Ok(stored) => text(stored.cell()).map(|text| Cow::Owned(text.into_owned())),
        Err(reason) => Some(Cow::Owned(reason)),
    }
}

fn from_serial<'a>(serial: ExcelDateTime) -> Result<Stored<'a>, String> {
    let value = serial.as_f64();
    if !(0.0..END_OF_DAYS).contains(&value) {
        return Err(format!("the number {value} is no day of a sheet"));
    }
    let (year, month, day, hour, minute, second, milli) = serial.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if serial.is_duration() || value < 1.0 {
        // A duration may be longer than a day, a time of day is not.
        return Ok(Stored::Text(Cow::Owned(if value < 1.0 { time } else { value.to_string() })));
    }
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    let (Ok(year), Ok(month), Ok(day)) = parts else {
        return Err(format!("the number {value} is no day of a sheet"));
    };
    // Sheets have a 29 February 1900, which never was.
    let date = Date::new(year, month, day).map_err(|_| format!("{year}-{month:02}-{day:02} is no day"))?;
    let days = days_since_epoch(date);
    let micros =
        ((i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second)) * 1_000_000 + i64::from(milli) * 1_000;
    Ok(if micros == 0 { Stored::Day(days) } else { Stored::Instant(i64::from(days) * 86_400_000_000 + micros) })
}

fn from_iso<'a>(written: &str) -> Result<Stored<'a>, String> {
    if let Ok(instant) = written.parse::<jiff::Timestamp>() {
        return Ok(Stored::Instant(instant.as_microsecond()));
    }
    if let Ok(moment) = written.parse::<DateTime>() {
        if moment.time() == Time::midnight() {
            return Ok(Stored::Day(days_since_epoch(moment.date())));
        }
        let instant = moment.to_zoned(TimeZone::UTC).map_err(|_| format!("`{written}` is no day"))?;
        return Ok(Stored::Instant(instant.timestamp().as_microsecond()));
    }
    match written.parse::<Time>() {
        Ok(_) => Ok(Stored::Text(Cow::Owned(written.to_owned()))),
        Err(_) => Err(format!("`{written}` is no day")),
    }
}

fn days_since_epoch(date: Date) -> i32 {
    (date - EPOCH).get_days()
}
