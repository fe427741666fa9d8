//! What changed: figures of today beside those of the last report of an earlier day, and of one a week old.

use std::cmp::Ordering;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Report;

/// Whether it is well that a number rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// The more the better.
    More,
    /// The fewer the better.
    Fewer,
    /// Neither.
    Neither,
}

/// A number now and then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// What it counts, in words.
    pub name: String,
    /// The figure, or the score.
    pub from: String,
    /// Whether all three are tenths.
    pub is_tenths: bool,
    /// Whether it is well that it rises.
    pub wish: Wish,
    /// Now.
    pub now: Option<u64>,
    /// In the last report of an earlier day.
    pub day: Option<u64>,
    /// In the newest report that is at least a week older.
    pub week: Option<u64>,
}

/// The reports that are compared with, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The last report of an earlier day.
    pub day: Option<String>,
    /// The newest report that is at least a week older.
    pub week: Option<String>,
}

/// Earlier reports to compare with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Earlier<'a> {
    /// The last one of an earlier day.
    pub day: Option<&'a Report>,
    /// The newest one that is at least a week older.
    pub week: Option<&'a Report>,
}

/// What is compared: words, figure, wish.
const COMPARED: [(&str, &str, Wish); 11] = [
    ("identities", "identities.present", Wish::Neither),
    ("high-risk identities", "identities.risk_high", Wish::Fewer),
    ("open findings", "findings.open", Wish::Fewer),
    ("open findings of risk 5", "findings.risk_5.open_now", Wish::Fewer),
    ("open findings of risk 4", "findings.risk_4.open_now", Wish::Fewer),
    ("accounts", "accounts.present", Wish::Neither),
    ("accounts without an owner", "accounts.orphans", Wish::Fewer),
    ("accounts nobody decided about", "accounts.undecided", Wish::Fewer),
    ("enabled accounts of leavers", "leavers.enabled", Wish::Fewer),
    ("sources complete", "sources.complete", Wish::More),
    ("bytes of a load", "load.bytes", Wish::Neither),
];

/// Compares a report with earlier ones.
pub(super) fn trends(now: &Report, earlier: Earlier<'_>) -> Vec<Trend> {
    let score = Trend {
        name: "score".to_owned(),
        from: "score".to_owned(),
        is_tenths: true,
        wish: Wish::More,
        now: Some(now.score.tenths),
        day: earlier.day.map(|report| report.score.tenths),
        week: earlier.week.map(|report| report.score.tenths),
    };
    let figures = COMPARED.map(|(name, from, wish)| Trend {
        name: name.to_owned(),
        from: from.to_owned(),
        is_tenths: false,
        wish,
        now: now.value(from),
        day: earlier.day.and_then(|report| report.value(from)),
        week: earlier.week.and_then(|report| report.value(from)),
    });
    std::iter::once(score).chain(figures).collect()
}

/// Which of some reports, each with its day, are compared with one of a day: the last of an earlier day, and the newest that is
/// at least a week older.
#[must_use]
pub fn earlier_of(reports: &[(String, Date)], day: Date) -> (Option<&str>, Option<&str>) {
    let newest_up_to = |last: Date| {
        let known = reports.iter().filter(|(_, of)| *of <= last);
        // Of several of one day the last one counts.
        known.max_by_key(|(_, of)| *of).map(|(name, _)| name.as_str())
    };
    let back = |days: i64| day.saturating_sub(jiff::Span::new().days(days));
    (newest_up_to(back(1)), newest_up_to(back(7)))
}

impl Trend {
    /// A number as it is shown.
    #[must_use]
    pub fn shown(&self, value: Option<u64>) -> String {
        match value {
            None => "no data".to_owned(),
            Some(tenths) if self.is_tenths => super::score::points(tenths),
            Some(value) => value.to_string(),
        }
    }

    /// What changed since then, with its sign, and whether that is for the worse.
    #[must_use]
    pub fn change(&self, then: Option<u64>) -> String {
        let (Some(now), Some(before)) = (self.now, then) else { return "no data".to_owned() };
        let by = self.shown(Some(now.abs_diff(before)));
        let change = match now.cmp(&before) {
            Ordering::Equal => return "same".to_owned(),
            Ordering::Greater => format!("+{by}"),
            Ordering::Less => format!("-{by}"),
        };
        if self.is_worse(then) { format!("{change}, worse") } else { change }
    }

    /// Whether what changed since then is for the worse.
    #[must_use]
    pub fn is_worse(&self, then: Option<u64>) -> bool {
        match (self.now, then, self.wish) {
            (Some(now), Some(then), Wish::More) => now < then,
            (Some(now), Some(then), Wish::Fewer) => now > then,
            _ => false,
        }
    }
}
