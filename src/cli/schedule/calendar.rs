//! A cron pattern as systemd writes it: `30 3 * * SUN` is `Sun *-*-* 03:30:00`.

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The calendar events that come together when the pattern does, without their zone; `None` where systemd has no words for
/// it, such as the last Friday of a month.
pub(super) fn calendar(pattern: &str) -> Option<Vec<String>> {
    let pattern = match pattern.trim().to_lowercase().as_str() {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => pattern,
    };
    let [minute, hour, day, month, weekday]: [&str; 5] =
        pattern.split_whitespace().collect::<Vec<_>>().try_into().ok()?;
    let time = format!("{}:{}:00", numbers(hour, 0, 23, &[])?, numbers(minute, 0, 59, &[])?);
    let month = numbers(month, 1, 12, &MONTHS)?;
    let days = numbers(day, 1, 31, &[])?;
    let weekdays = numbers(weekday, 0, 7, &DAYS)?;
    let named = (weekdays != "*").then(|| {
        let numbers = weekdays.split(',').filter_map(|number| number.parse::<usize>().ok());
        numbers.map(|number| DAYS[number % 7]).collect::<Vec<_>>().join(",")
    });
    let every = |weekday: &str, day: &str| {
        format!("{weekday}{space}*-{month}-{day} {time}", space = if weekday.is_empty() { "" } else { " " })
    };
    Some(match named {
        None => vec![every("", &days)],
        Some(named) if days == "*" => vec![every(&named, "*")],
        // A day of the month or one of the week: cron means either, a calendar event both.
        Some(named) => vec![every("", &days), every(&named, "*")],
    })
}

/// A field as a list of numbers; `*` where it is every one.
fn numbers(field: &str, least: u8, most: u8, names: &[&str]) -> Option<String> {
    if matches!(field, "*" | "?") {
        return Some("*".to_owned());
    }
    let number = |text: &str| {
        let number = match names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            Some(at) => u8::try_from(at).ok()? + least,
            None => text.parse().ok()?,
        };
        (least..=most).contains(&number).then_some(number)
    };
    let mut all = std::collections::BTreeSet::new();
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, step.parse::<u8>().ok().filter(|step| *step > 0)?),
            None => (item, 1),
        };
        let (start, end) = match (range, range.split_once('-')) {
            ("*" | "?", _) => (least, if most == 7 { 6 } else { most }),
            (_, Some((start, end))) => (number(start)?, number(end)?),
            (_, None) if item.contains('/') => (number(range)?, if most == 7 { 6 } else { most }),
            (_, None) => (number(range)?, number(range)?),
        };
        if start > end {
            return None;
        }
        all.extend((start..=end).step_by(step.into()));
    }
    // Both 0 and 7 are a Sunday.
    if most == 7 && all.remove(&7) {
        all.insert(0);
    }
    Some(all.iter().map(|number| format!("{number:02}")).collect::<Vec<_>>().join(","))
}
