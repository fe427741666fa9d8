//! The report as text, and the tables that all its forms show.

use super::advice::{Advice, When};
use super::facts::{Breach, Facts};
use super::score::points;
use super::{Kind, Report};
use crate::event::ReportTable;
use crate::text_table::aligned;

/// The tables of what stands: decisions due, risk, sources, runs.
pub(super) fn tables(facts: &Facts) -> Vec<ReportTable> {
    let all = [
        decisions(facts),
        breaches(facts),
        findings(facts),
        risk(facts),
        controls(facts),
        plans(facts),
        sources(facts),
        operations(facts),
    ];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn table(title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> ReportTable {
    ReportTable::new(title, columns, rows)
}

fn told(value: Option<u64>) -> String {
    value.map_or_else(|| "no data".to_owned(), |value| value.to_string())
}

fn decisions(facts: &Facts) -> ReportTable {
    let mut rows = Vec::new();
    if let Some(open) = &facts.open {
        let why = if open.holding.is_empty() { open.state.clone() } else { open.holding.join(", ") };
        let since = open.since.map(|since| facts.shown(since)).unwrap_or_default();
        rows.push(vec![format!("timeslot {}: {why}", open.id), "1".to_owned(), since]);
    }
    let accounts = |what: &str, figure: &str| vec![what.to_owned(), told(facts.value(figure)), String::new()];
    // Told where there is any.
    let known =
        |what: &str, figure: &str| facts.value(figure).filter(|count| *count > 0).map(|_| accounts(what, figure));
    if facts.current.is_some() {
        rows.push(accounts("accounts without an owner", "accounts.orphans"));
        rows.push(accounts("accounts whose owner is gone", "accounts.leaved"));
        rows.push(accounts("of both, those nobody decided about", "accounts.undecided"));
        rows.push(accounts("accounts open for too long after their owner left", "overdue.accounts"));
        rows.extend(known("accounts without an owner of which somebody is in question", "candidates.orphans"));
        rows.extend(known("accounts whose owner the rule would not find now", "drift.accounts"));
        rows.extend(EXCEPTIONS.iter().filter_map(|(what, figure)| known(what, figure)));
    }
    table("decisions due", &["what", "count", "since"], rows)
}

/// What the timeslot that waits reached. It names no row: those are people's.
fn breaches(facts: &Facts) -> ReportTable {
    let reached = facts.open.iter().flat_map(|open| &open.breaches);
    let row = |breach: &Breach| {
        let Breach { threshold, by, value, limit, sentence } = breach;
        [threshold, by, value, limit, sentence].map(Clone::clone).to_vec()
    };
    table(
        "limits reached by what waits",
        &["threshold", "by", "value", "limit", "what happened"],
        reached.map(row).collect(),
    )
}

/// What somebody has to decide about exceptions; told where there is any.
const EXCEPTIONS: [(&str, &str); 4] = [
    ("exceptions that end soon", "exceptions.ending"),
    ("exceptions that have ended, and what they excepted stands", "exceptions.ended"),
    ("exceptions that except nothing", "exceptions.idle"),
    ("exceptions that cannot be taken", "exceptions.rejected"),
];

const AGES: [&str; 4] = ["days_0_to_6", "days_7_to_29", "days_30_to_89", "days_90_and_more"];

fn findings(facts: &Facts) -> ReportTable {
    let row = |risk: u8| {
        let value = |column: &str| told(facts.value(&format!("findings.risk_{risk}.{column}")));
        let mut row = vec![risk.to_string(), value("open_now"), value("opened_by_this_load")];
        row.extend(AGES.map(value));
        row.push(value("excepted"));
        row
    };
    let rows = if facts.controls.is_some() { (0..=5).rev().map(row).collect() } else { Vec::new() };
    let columns = ["risk", "open", "new", "0-6 days", "7-29 days", "30-89 days", "90 days and more", "excepted"];
    table("open findings by risk and age", &columns, rows)
}

fn risk(facts: &Facts) -> ReportTable {
    let mut rows = Vec::new();
    if let (Some(_), Some([high, present])) =
        (&facts.controls, facts.values(["identities.risk_high", "identities.present"]))
    {
        let share = |count: u64| {
            let tenths = (count * 1_000).checked_div(present);
            tenths.map_or_else(|| "no data".to_owned(), |tenths| format!("{} %", points(tenths)))
        };
        rows.push(vec!["high: 4 and 5".to_owned(), high.to_string(), share(high)]);
        for risk in ["5", "4", "3", "2", "1", "0", "none"] {
            let count = facts.value(&format!("identities.risk_{risk}")).unwrap_or(0);
            rows.push(vec![risk.to_owned(), count.to_string(), share(count)]);
        }
    }
    table("identities by their highest risk", &["risk", "identities", "share"], rows)
}

fn controls(facts: &Facts) -> ReportTable {
    let rows = facts.controls.iter().flatten().map(|control| {
        vec![
            control.id.clone(),
            control.risk.to_string(),
            control.open.to_string(),
            control.opened.to_string(),
            control.oldest.clone(),
            control.excepted.to_string(),
        ]
    });
    table("controls with findings", &["control", "risk", "open", "new", "oldest", "excepted"], rows.collect())
}

fn plans(facts: &Facts) -> ReportTable {
    let rows = facts.plans.iter().map(|plan| {
        let last = plan.last.as_ref();
        let began = last.and_then(|last| last.began).map(|began| facts.shown(began)).unwrap_or_default();
        vec![
            plan.name.clone(),
            plan.pattern.clone().unwrap_or_else(|| "not scheduled".to_owned()),
            began,
            last.map_or_else(|| "never ran".to_owned(), |last| last.verdict.clone()),
            plan.next.clone().unwrap_or_default(),
        ]
    });
    table("plans", &["plan", "due", "last run", "verdict", "next"], rows.collect())
}

fn sources(facts: &Facts) -> ReportTable {
    let rows = facts.sources.iter().map(|source| {
        let day = |day: Option<jiff::civil::Date>, otherwise: &str| {
            day.map_or_else(|| otherwise.to_owned(), |day| day.to_string())
        };
        vec![
            source.name.clone(),
            source.state.as_str().replace('_', " "),
            day(source.complete_on, "longer ago"),
            day(source.same_since, "no file"),
            source.stale_loads.to_string(),
            source.remarks.join("; "),
        ]
    });
    let columns = ["source", "state", "complete on", "same files since", "stale loads", "remark"];
    table("sources", &columns, rows.collect())
}

fn operations(facts: &Facts) -> ReportTable {
    let rows = facts.operations.iter().filter(|(_, count)| *count > 0);
    let rows = rows.map(|(what, count)| vec![what.as_str().replace('_', " "), count.to_string()]).collect();
    let title = if facts.kind == Kind::Weekly { "operations of seven days" } else { "operations of 24 hours" };
    table(title, &["what", "count"], rows)
}

impl Report {
    /// The report as text: the verdict, what to do, and then how it came about.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.word, self.sentence);
        text.push_str(&self.list("today", When::Today));
        for table in [self.health(), self.arithmetic(), self.changes()] {
            text.push_str(&shown(&table));
            if table.title == SCORE {
                text.push_str(&format!("  {}\n", self.score.sum()));
            }
        }
        text.push_str(&self.list("can wait", When::Soon));
        text.extend(self.tables.iter().map(shown));
        text.push('\n');
        for (what, is) in self.facts() {
            text.push_str(&format!("{what}: {is}\n"));
        }
        text
    }

    /// What to do, so soon.
    fn list(&self, title: &str, when: When) -> String {
        let wanted: Vec<&Advice> = self.advice.iter().filter(|advice| advice.when == when).collect();
        let mut text = if wanted.is_empty() { String::new() } else { format!("\n{title}\n") };
        for (at, advice) in wanted.into_iter().enumerate() {
            text.push_str(&format!("  {}. {}\n", at + 1, plain(&advice.what)));
            for line in [&advice.command, &advice.page].into_iter().flatten() {
                text.push_str(&format!("     {line}\n"));
            }
        }
        text
    }

    /// How each component is.
    pub(super) fn health(&self) -> ReportTable {
        let rows =
            self.probes.iter().map(|probe| vec![probe.name.clone(), probe.outcome.to_string(), probe.sentence.clone()]);
        table("health", &["component", "is", "what was seen"], rows.collect())
    }

    /// What the score is the sum of.
    pub(super) fn arithmetic(&self) -> ReportTable {
        let rows = self.score.parts.iter().map(|part| {
            let share = match (part.share, &part.missing) {
                (Some((_, 0)), _) => "none there".to_owned(),
                (Some((good, all)), _) => format!("{good} of {all}"),
                (None, why) => format!("no data: {}", why.as_deref().unwrap_or_default()),
            };
            vec![part.name.clone(), share, format!("{} of {}", points(part.tenths), part.weight)]
        });
        table(SCORE, &["part", "share", "points"], rows.collect())
    }

    /// What changed since the earlier reports that are kept.
    pub(super) fn changes(&self) -> ReportTable {
        let since = |name: &String| format!("since {name}");
        let (day, week) = (self.compared.day.as_ref().map(since), self.compared.week.as_ref().map(since));
        let title = match (&day, &week) {
            (None, None) => "trends: no earlier report is kept",
            (_, None) => "trends: no report of a week ago is kept",
            _ => "trends",
        };
        let rows = self.trends.iter().map(|trend| {
            let mut row = vec![trend.name.clone(), trend.shown(trend.now)];
            row.extend(day.iter().map(|_| trend.change(trend.day)));
            row.extend(week.iter().map(|_| trend.change(trend.week)));
            row
        });
        let rows = rows.collect();
        let columns = ["what", "now"].into_iter().map(str::to_owned).chain(day).chain(week);
        let columns: Vec<String> = columns.collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        ReportTable::new(title, &columns, rows)
    }

    /// What tells the report apart.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("report", self.name.clone()), ("made", self.made.clone())];
        facts.extend(self.timeslot.as_ref().map(|timeslot| ("timeslot", timeslot.to_string())));
        facts.extend(self.head.as_ref().map(|head| ("head of the log", head.clone())));
        facts.push(("where each number comes from", format!("reports/{}.json in the ledger, `figures`", self.name)));
        facts
    }
}

/// A table under its title.
fn shown(table: &ReportTable) -> String {
    let lines: String = aligned(&table.columns, &table.rows).lines().map(|line| format!("  {line}\n")).collect();
    format!("\n{}\n{lines}", table.title)
}

/// The title of the table of the score.
pub(super) const SCORE: &str = "compliance score";

/// A text that ends no line and moves no cursor.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
