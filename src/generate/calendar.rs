//! Days as numbers from the first load, and how files write them.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// The oldest day anything happened, before the first load.
const OLDEST: i32 = 12_000;
/// The farthest day anything is planned for, after the last load.
const FARTHEST: i32 = 1_000;

/// Every day that can be written, in every notation.
#[derive(Debug)]
pub(crate) struct Calendar {
    iso: Vec<String>,
    slashed: Vec<String>,
}

impl Calendar {
    /// The days around `loads` loads of which the first is on `first_load`.
    ///
    /// # Errors
    /// Where a day lies outside what a date can be.
    pub(crate) fn new(first_load: Date, loads: usize) -> Result<Self, jiff::Error> {
        let weeks = i32::try_from(loads).unwrap_or(i32::MAX);
        let mut calendar = Self { iso: Vec::new(), slashed: Vec::new() };
        let mut date = first_load.checked_sub(OLDEST.days())?;
        for _ in -OLDEST..weeks.saturating_mul(7).saturating_add(FARTHEST) {
            calendar.iso.push(date.to_string());
            calendar.slashed.push(format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()));
            date = date.tomorrow()?;
        }
        Ok(calendar)
    }

    /// `2026-11-02`.
    pub(crate) fn iso(&self, day: i32) -> &str {
        &self.iso[index(day)]
    }

    /// `02/11/2026`.
    pub(crate) fn slashed(&self, day: i32) -> &str {
        &self.slashed[index(day)]
    }
}

fn index(day: i32) -> usize {
    usize::try_from(day + OLDEST).expect("nothing happened before the oldest day")
}

/// The day of a load, counted from 1.
pub(crate) fn day_of_load(load: u16) -> i32 {
    7 * (i32::from(load) - 1)
}
