//! One rule of retention as a person writes it: `first of month for 24 months`.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::Date;

/// Which timeslots stay, for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// Which of them.
    pub which: Which,
    /// Back to when; `None` = for ever.
    pub back: Option<Length>,
}

/// Which timeslots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Each.
    All,
    /// The first of each period.
    First(Period),
    /// The last of each period; of the one that goes on, the last so far.
    Last(Period),
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From Monday to Sunday, as ISO 8601 counts weeks.
    Week,
    /// A month.
    Month,
    /// Three months, from January, April, July or October.
    Quarter,
    /// A year.
    Year,
}

/// A number of days, weeks, months, quarters or years, counted back by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// How many; at least 1.
    pub number: u32,
    /// Of what.
    pub unit: Unit,
}

/// What a length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Day,
    /// Seven days.
    Week,
    /// Months.
    Month,
    /// Three months.
    Quarter,
    /// Years.
    Year,
}

/// A text that is no rule of retention.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no rule of retention: {why}")]
pub struct BadKeep {
    text: String,
    why: String,
}

const PERIODS: [(&str, Period); 4] =
    [("week", Period::Week), ("month", Period::Month), ("quarter", Period::Quarter), ("year", Period::Year)];

const UNITS: [(&str, Unit); 5] = [
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("quarter", Unit::Quarter),
    ("year", Unit::Year),
];

/// No ledger is kept for longer: further back, the calendar would end.
const MOST_YEARS: u32 = 1_000;

impl Period {
    /// The period that a day lies in: equal for two days of the same one.
    #[must_use]
    pub fn of(self, day: Date) -> (i16, i8) {
        match self {
            Self::Week => {
                let week = day.iso_week_date();
                (week.year(), week.week())
            }
            Self::Month => (day.year(), day.month()),
            Self::Quarter => (day.year(), (day.month() - 1) / 3),
            Self::Year => (day.year(), 0),
        }
    }
}

impl Length {
    /// The day that lies so far before another one; where a month has no such day, its last one.
    #[must_use]
    pub fn before(self, day: Date) -> Date {
        let number = i64::from(self.number);
        let span = match self.unit {
            Unit::Day => Span::new().days(number),
            Unit::Week => Span::new().weeks(number),
            Unit::Month => Span::new().months(number),
            Unit::Quarter => Span::new().months(3 * number),
            Unit::Year => Span::new().years(number),
        };
        day.saturating_sub(span)
    }

    fn is_too_long(self) -> bool {
        let a_year = match self.unit {
            Unit::Day => 366,
            Unit::Week => 53,
            Unit::Month => 12,
            Unit::Quarter => 4,
            Unit::Year => 1,
        };
        self.number > MOST_YEARS * a_year
    }
}

impl FromStr for Keep {
    type Err = BadKeep;

    fn from_str(text: &str) -> Result<Self, BadKeep> {
        let bad = |why: &str| BadKeep { text: text.to_owned(), why: why.to_owned() };
        let words: Vec<&str> = text.split_whitespace().collect();
        let (which, rest) = match words.as_slice() {
            ["all", rest @ ..] => (Which::All, rest),
            [place @ ("first" | "last"), "of", period, rest @ ..] => {
                let period = PERIODS.iter().find(|(name, _)| name == period).map(|(_, period)| *period);
                let period = period.ok_or_else(|| bad("periods are week, month, quarter and year"))?;
                (if *place == "first" { Which::First(period) } else { Which::Last(period) }, rest)
            }
            _ => return Err(bad("it begins with `all`, `first of` or `last of`")),
        };
        let back = match rest {
            [] => None,
            ["for", number, unit] => {
                let unit = UNITS.iter().find(|(name, _)| unit.strip_suffix('s').unwrap_or(unit) == *name);
                let (_, unit) = unit.ok_or_else(|| bad("lengths are days, weeks, months, quarters and years"))?;
                let number = number.parse().ok().filter(|number| *number > 0);
                let number = number.ok_or_else(|| bad("a length is a whole number from 1 on"))?;
                let length = Length { number, unit: *unit };
                Some(length).filter(|length| !length.is_too_long()).map(Some).ok_or_else(|| bad("that is too long"))?
            }
            _ => return Err(bad("behind that stands nothing, or `for` with a number and a unit")),
        };
        if which == Which::All && back.is_none() {
            return Err(bad("it keeps everything for ever, as nothing at all would"));
        }
        Ok(Self { which, back })
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |period: Period| PERIODS.iter().find(|(_, known)| *known == period).map_or("", |(name, _)| name);
        match self.which {
            Which::All => f.write_str("all")?,
            Which::First(period) => write!(f, "first of {}", name(period))?,
            Which::Last(period) => write!(f, "last of {}", name(period))?,
        }
        let Some(Length { number, unit }) = self.back else { return Ok(()) };
        let unit = UNITS.iter().find(|(_, known)| *known == unit).map_or("", |(name, _)| name);
        write!(f, " for {number} {unit}{}", if number == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_rule_reads_back_what_it_prints() {
        for text in ["all for 90 days", "first of month for 24 months", "last of quarter", "first of week for 1 year"] {
            assert_eq!(text.parse::<Keep>().map(|keep| keep.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "",
            "all",
            "first month",
            "first of day",
            "first of month for",
            "first of month for 0 months",
            "first of month for -1 months",
            "first of month for 24",
            "first of month for 24 moons",
            "last of year for 4000000000 years",
            "first of month for 2 months more",
        ] {
            assert!(text.parse::<Keep>().is_err(), "{text}");
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday() {
        assert_eq!(Period::Week.of(date(2026, 12, 31)), Period::Week.of(date(2027, 1, 3)));
        assert_ne!(Period::Week.of(date(2027, 1, 3)), Period::Week.of(date(2027, 1, 4)));
        assert_eq!(Period::Quarter.of(date(2026, 4, 1)), Period::Quarter.of(date(2026, 6, 30)));
    }

    #[test]
    fn a_month_back_from_a_day_that_it_lacks_is_its_last_day() {
        let back = |number, unit| Length { number, unit }.before(date(2026, 3, 31));
        assert_eq!(back(1, Unit::Month), date(2026, 2, 28));
        assert_eq!(back(1, Unit::Quarter), date(2025, 12, 31));
        assert_eq!(back(2, Unit::Week), date(2026, 3, 17));
    }
}
