//! The cleaning of one column, compiled once: the same function for objects and relations, whatever the format.
//!
//! Blanks and case, texts that stand for null, the type, then the checks. What does not fit is told, never guessed.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime};
use regex::Regex;

use super::collector::{Case, ColumnMap, OnBadValue};
use super::columns::{Value, date_of, day_number, days_of};
use super::read::Cell;
use crate::table::Type;

/// The cleaning of one column.
pub(super) struct Cleaner {
    kind: Type,
    /// Whether nothing is done to a text but that blanks are taken off it.
    is_bare: bool,
    /// How days are mostly written, where a text so written is a day whatever else is said of the column.
    day: Option<FixedOrder>,
    trim: bool,
    case: Case,
    formats: Vec<DayFormat>,
    null: Vec<String>,
    is_true: Vec<String>,
    is_false: Vec<String>,
    default: Option<String>,
    pattern: Option<Regex>,
    one_of: Vec<String>,
    /// A null makes the row a reject.
    pub(super) required: bool,
    /// What a value does that does not fit.
    pub(super) on_bad_value: OnBadValue,
}

impl Cleaner {
    /// Compiles a column's settings.
    ///
    /// # Panics
    /// Where the pattern is no regular expression: `plan/` has compiled it before.
    pub(super) fn new(map: &ColumnMap) -> Self {
        let is_unchecked = map.null.is_empty() && map.pattern.is_none() && map.one_of.is_empty();
        let formats: Vec<DayFormat> = map.formats.iter().map(|format| DayFormat::new(format)).collect();
        let is_day = is_unchecked && map.kind == Type::Date;
        Self {
            kind: map.kind,
            day: formats.first().and_then(|format| format.order).filter(|_| is_day),
            is_bare: is_unchecked && map.kind == Type::Text && map.trim && map.case == Case::Keep,
            trim: map.trim,
            case: map.case,
            formats,
            null: map.null.clone(),
            is_true: map.is_true.clone(),
            is_false: map.is_false.clone(),
            default: map.default.clone(),
            pattern: map.pattern.as_deref().map(|text| Regex::new(text).expect("the plan's check compiled it")),
            one_of: map.one_of.clone(),
            required: map.required,
            on_bad_value: map.on_bad_value,
        }
    }

    /// The cleaned value; `Err` where it does not fit.
    #[inline]
    pub(super) fn clean<'a>(&'a self, cell: Cell<'a>) -> Result<Value<'a>, Unfit<'a>> {
        if let (Some(order), Cell::Text(text)) = (self.day, cell)
            && let Some(days) = order.parse(text.as_bytes())
        {
            return Ok(Value::Date(days));
        }
        self.clean_any(cell)
    }

    fn clean_any<'a>(&'a self, cell: Cell<'a>) -> Result<Value<'a>, Unfit<'a>> {
        let text = match cell {
            // Most columns are such: a text that is taken as it is.
            Cell::Text(text) if self.is_bare => {
                let text = trim(text);
                return if text.is_empty() { self.instead_of_null() } else { Ok(Value::Text(Cow::Borrowed(text))) };
            }
            Cell::Absent => return self.instead_of_null(),
            Cell::Day(days) if self.kind == Type::Date => return Ok(Value::Date(days)),
            Cell::Day(days) if self.kind == Type::Timestamp => {
                return Ok(Value::Timestamp(i64::from(days) * MICROS_OF_A_DAY));
            }
            Cell::Instant(micros) if self.kind == Type::Timestamp => return Ok(Value::Timestamp(micros)),
            Cell::Instant(micros) if self.kind == Type::Date => {
                let days = i32::try_from(micros.div_euclid(MICROS_OF_A_DAY));
                return days.map(Value::Date).map_err(|_| Unfit::Instant);
            }
            Cell::Day(days) => Cow::Owned(date_of(days).to_string()),
            Cell::Instant(micros) => Cow::Owned(Value::Timestamp(micros).canonical().into_owned()),
            Cell::Text(text) => Cow::Borrowed(text),
        };
        let text = self.tidy(text);
        if text.is_empty() || self.null.iter().any(|null| *null == *text) {
            return self.instead_of_null();
        }
        self.fit(text)
    }

    /// The default, or null.
    pub(super) fn instead_of_null(&self) -> Result<Value<'_>, Unfit<'_>> {
        match &self.default {
            Some(text) => self.fit(Cow::Borrowed(text)),
            None => Ok(Value::Null),
        }
    }

    fn tidy<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        let trimmed = match text {
            text if !self.trim => text,
            Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
            Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
        };
        fold(trimmed, self.case)
    }

    /// The checks, then the type.
    fn fit<'a>(&self, text: Cow<'a, str>) -> Result<Value<'a>, Unfit<'a>> {
        if self.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&text)) {
            return Err(Unfit::Pattern(text));
        }
        if !self.one_of.is_empty() && !self.one_of.iter().any(|allowed| *allowed == *text) {
            return Err(Unfit::OneOf(text));
        }
        let value = match self.kind {
            Type::Text => return Ok(Value::Text(text)),
            Type::Integer => text.parse().ok().map(Value::Integer),
            Type::Double => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Double),
            Type::Boolean => self.truth(&text).map(Value::Boolean),
            Type::Date => self.formats.iter().find_map(|format| format.parse(&text)).map(Value::Date),
            Type::Timestamp => self.instant(&text).map(Value::Timestamp),
        };
        value.ok_or(Unfit::Type(text))
    }

    /// Why a value does not fit, as a lower-case fragment.
    pub(super) fn reason(&self, unfit: &Unfit<'_>) -> String {
        match (unfit, self.kind) {
            (Unfit::Instant, _) => "lies outside the calendar".to_owned(),
            (Unfit::Pattern(text), _) => {
                format!("`{text}` does not match `{}`", self.pattern.as_ref().map_or("", Regex::as_str))
            }
            (Unfit::OneOf(text), _) => format!("`{text}` is none of {}", self.one_of.join(", ")),
            (Unfit::Type(text), Type::Integer) => format!("`{text}` is no whole number of 64 bits"),
            (Unfit::Type(text), Type::Boolean) => {
                format!("`{text}` is neither {} nor {}", self.is_true.join(", "), self.is_false.join(", "))
            }
            (Unfit::Type(text), Type::Date | Type::Timestamp) => format!("`{text}` is no {}", self.wanted()),
            (Unfit::Type(text), Type::Double | Type::Text) => format!("`{text}` is no number"),
        }
    }

    fn truth(&self, text: &str) -> Option<bool> {
        let is_in = |list: &[String]| list.iter().any(|known| known.eq_ignore_ascii_case(text));
        if is_in(&self.is_true) { Some(true) } else { is_in(&self.is_false).then_some(false) }
    }

    /// ISO 8601 with a zone or as UTC, or one of the formats, as microseconds since 1970.
    fn instant(&self, text: &str) -> Option<i64> {
        let utc = |civil: DateTime| civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        let by_format = || self.formats.iter().find_map(|format| DateTime::strptime(&format.text, text).ok());
        let instant = text.parse().ok().or_else(|| text.parse().ok().or_else(by_format).and_then(utc));
        instant.map(jiff::Timestamp::as_microsecond)
    }

    /// What a day or instant should look like.
    fn wanted(&self) -> String {
        let formats: Vec<&str> = self.formats.iter().map(|format| format.text.as_str()).collect();
        format!("{} of the form {}", if self.kind == Type::Date { "day" } else { "instant" }, formats.join(" or "))
    }
}

const MICROS_OF_A_DAY: i64 = 86_400_000_000;

/// A value that does not fit. It is put into words only where somebody reads them: a column may have very many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfit<'a> {
    /// An instant that is no day of the calendar.
    Instant,
    /// A text that the pattern does not match.
    Pattern(Cow<'a, str>),
    /// A text that is none of the allowed ones.
    OneOf(Cow<'a, str>),
    /// A text that is no value of the type.
    Type(Cow<'a, str>),
}

/// Takes blanks, no-break spaces and zero-width characters off both ends.
#[inline]
pub(super) fn trim(text: &str) -> &str {
    // Nearly every text begins and ends with a letter or digit, which is no such character.
    if let (Some(first), Some(last)) = (text.as_bytes().first(), text.as_bytes().last())
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}'))
}

/// Folds the case of a text.
pub(super) fn fold(text: Cow<'_, str>, case: Case) -> Cow<'_, str> {
    let is_folded = match case {
        Case::Keep => true,
        Case::Upper => is_ascii_without(text.as_bytes(), b'a'),
        Case::Lower => is_ascii_without(text.as_bytes(), b'A'),
    };
    if is_folded {
        return text;
    }
    match case {
        Case::Keep => text,
        Case::Upper => Cow::Owned(text.to_uppercase()),
        Case::Lower => Cow::Owned(text.to_lowercase()),
    }
}

/// Whether a text is ASCII and has none of the 26 letters from `first` on.
fn is_ascii_without(text: &[u8], first: u8) -> bool {
    // Eight bytes at a time: the upper bit of each is free, and tells in the sums whether a byte reaches a letter.
    const EACH: u64 = 0x0101_0101_0101_0101;
    let (reach, pass) = (EACH * u64::from(0x80 - first), EACH * u64::from(0x80 - first - 26));
    let found = |word: u64| word | (word.wrapping_add(reach) & !word.wrapping_add(pass));
    let (words, rest) = text.as_chunks::<8>();
    let rest = rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
    let found = words.iter().fold(found(rest), |all, word| all | found(u64::from_le_bytes(*word)));
    found & (EACH * 0x80) == 0
}

/// A way of writing days, in `strftime` notation. A text fits only if the day written so is the very same text: no
/// missing zero, no blank, no 31st of February.
struct DayFormat {
    text: String,
    order: Option<FixedOrder>,
}

/// The positions of year, month and day in a text of ten characters, which is how most sources write days.
#[derive(Clone, Copy)]
struct FixedOrder {
    year: usize,
    month: usize,
    day: usize,
    separators: [(usize, u8); 2],
}

impl DayFormat {
    fn new(text: &str) -> Self {
        Self { text: text.to_owned(), order: FixedOrder::of(text) }
    }

    /// Days since 1970-01-01.
    fn parse(&self, text: &str) -> Option<i32> {
        match self.order {
            Some(order) => order.parse(text.as_bytes()),
            None => Date::strptime(&self.text, text)
                .ok()
                .filter(|date| jiff::fmt::strtime::format(&self.text, *date).is_ok_and(|again| again == text))
                .map(days_of),
        }
    }
}

impl FixedOrder {
    fn of(format: &str) -> Option<Self> {
        let bytes = format.as_bytes();
        let [b'%', first, left, b'%', second, right, b'%', third] = *bytes else { return None };
        let width = |directive| if directive == b'Y' { 4 } else { 2 };
        let starts = [0, width(first) + 1, width(first) + width(second) + 2];
        let directives = [first, second, third];
        let start_of = |wanted| directives.iter().position(|directive| *directive == wanted).map(|at| starts[at]);
        Some(Self {
            year: start_of(b'Y')?,
            month: start_of(b'm')?,
            day: start_of(b'd')?,
            separators: [(starts[1] - 1, left), (starts[2] - 1, right)],
        })
    }

    fn parse(self, text: &[u8]) -> Option<i32> {
        let text: &[u8; 10] = text.try_into().ok()?;
        if self.separators.iter().any(|(at, separator)| text[*at] != *separator) {
            return None;
        }
        let digit = |at: usize| Some(i32::from(text[at].wrapping_sub(b'0'))).filter(|digit| *digit < 10);
        let pair = |at: usize| Some(10 * digit(at)? + digit(at + 1)?);
        let year = 100 * pair(self.year)? + pair(self.year + 2)?;
        day_number(year, pair(self.month)?, pair(self.day)?)
    }
}
