//! Values with units, written as strings: `90 days`, `4 GiB`, `0.1 %`. A bare number never implies a unit.

use std::borrow::Cow;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A text that is no value with a unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}")]
pub struct BadUnit {
    text: String,
    what: &'static str,
    /// What a valid one looks like.
    pub hint: &'static str,
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DurationText(pub Duration);

/// An amount of memory or disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SizeText(pub u64);

/// A share; 5 % is 0.05.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct PercentText(pub f64);

const DURATION_HINT: &str = "write a whole number and a unit, such as `30 min`, `12h`, `7 days` or `2 weeks`";
const SIZE_HINT: &str = "write a whole number and a unit, such as `512 MiB` or `4 GiB`";
const PERCENT_HINT: &str = "write a number that is not negative and `%`, such as `0.1 %`";

impl TryFrom<String> for DurationText {
    type Error = BadUnit;

    fn try_from(text: String) -> Result<Self, BadUnit> {
        let read = || {
            let (number, unit) = split(&text);
            let seconds = match unit {
                "s" | "sec" | "second" | "seconds" => 1,
                "min" | "minute" | "minutes" => 60,
                "h" | "hour" | "hours" => 3_600,
                "d" | "day" | "days" => 86_400,
                "w" | "week" | "weeks" => 7 * 86_400,
                _ => return None,
            };
            number.parse::<u32>().ok().map(|number| Duration::from_secs(u64::from(number) * seconds))
        };
        read().map(Self).ok_or(BadUnit { text, what: "duration", hint: DURATION_HINT })
    }
}

impl TryFrom<String> for SizeText {
    type Error = BadUnit;

    fn try_from(text: String) -> Result<Self, BadUnit> {
        let read = || {
            let (number, unit) = split(&text);
            let bytes: u64 = match unit {
                "B" => 1,
                "kB" | "KB" => 1_000,
                "MB" => 1_000_000,
                "GB" => 1_000_000_000,
                "TB" => 1_000_000_000_000,
                "KiB" => 1 << 10,
                "MiB" => 1 << 20,
                "GiB" => 1 << 30,
                "TiB" => 1 << 40,
                _ => return None,
            };
            number.parse::<u64>().ok()?.checked_mul(bytes)
        };
        read().map(Self).ok_or(BadUnit { text, what: "size", hint: SIZE_HINT })
    }
}

impl TryFrom<String> for PercentText {
    type Error = BadUnit;

    fn try_from(text: String) -> Result<Self, BadUnit> {
        let (number, unit) = split(&text);
        match number.parse::<f64>() {
            Ok(number) if unit == "%" && number.is_finite() => Ok(Self(number / 100.0)),
            _ => Err(BadUnit { text, what: "percentage", hint: PERCENT_HINT }),
        }
    }
}

/// Digits and decimal point, then the unit.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

macro_rules! text_schema {
    ($type:ty, $name:literal, $format:literal, $hint:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format, "description": $hint })
            }
        }
    };
}

text_schema!(DurationText, "Duration", "duration-with-unit", DURATION_HINT);
text_schema!(SizeText, "Size", "size-with-unit", SIZE_HINT);
text_schema!(PercentText, "Percentage", "percentage", PERCENT_HINT);

/// Reads `text` as the schema's `format` wants it. Other formats take anything.
///
/// # Errors
/// [`BadUnit`] where it is no such value.
pub fn check_format(format: &str, text: &str) -> Result<(), BadUnit> {
    match format {
        "duration-with-unit" => DurationText::try_from(text.to_owned()).map(drop),
        "size-with-unit" => SizeText::try_from(text.to_owned()).map(drop),
        "percentage" => PercentText::try_from(text.to_owned()).map(drop),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit() {
        let seconds = |text: &str| DurationText::try_from(text.to_owned()).ok().map(|read| read.0.as_secs());
        assert_eq!(seconds("90 days"), Some(90 * 86_400));
        assert_eq!(seconds("12h"), Some(43_200));
        assert_eq!(seconds("7d"), Some(7 * 86_400));
        assert_eq!(seconds("30 min"), Some(1_800));
        for text in ["90", "days", "", "-1 days", "1.5 h", "1 month", "99999999999 days", "1 d 2 h"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_size_has_a_unit() {
        let bytes = |text: &str| SizeText::try_from(text.to_owned()).ok().map(|read| read.0);
        assert_eq!(bytes("4 GiB"), Some(4 << 30));
        assert_eq!(bytes("500MB"), Some(500_000_000));
        for text in ["4", "4 GB/s", "99999999999 TiB", "4 gib"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn a_percentage_is_a_share_and_never_negative() {
        let share = |text: &str| PercentText::try_from(text.to_owned()).ok().map(|read| read.0);
        assert_eq!(share("5%"), Some(0.05));
        assert_eq!(share("0.1 %"), Some(0.001));
        for text in ["5", "-5 %", "NaN %", "inf %", "%", "1e400 %", "1.2.3 %"] {
            assert_eq!(share(text), None, "{text}");
        }
    }
}
