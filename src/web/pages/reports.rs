//! The daily and weekly reports that are kept, and the operations log.

use jiff::{SignedDuration, Timestamp};

use super::run::report as table_of;
use crate::ledger::Ledger;
use crate::report::{Advice, Figure, Origin, Outcome, Probe, Report, Score, Trend, When};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Banner, Block, Cell, Facts, Link, Page, Table, Tone};
use crate::web::question::escaped;
use crate::web::site::Site;
use crate::web::taken;
use crate::web::users::May;

/// So many reports are listed, the newest.
const REPORTS: usize = 60;

/// So far back the operations log is shown, and so many lines of it.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 30);
const LINES: usize = 300;

/// The page: the newest report, and those before.
pub(in crate::web) fn reports(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let mut kept: Vec<Report> = Vec::new();
    let mut damaged = Vec::new();
    for name in ledger.reports().names()? {
        match ledger.reports().read::<Report>(&name)? {
            Some(report) => kept.push(report),
            None => damaged.push(format!("{name} cannot be read.")),
        }
    }
    kept.sort_by_key(|report| std::cmp::Reverse(report.at));
    let mut blocks = Vec::new();
    if let Some(newest) = kept.first() {
        blocks.push(Block::Banner(banner(newest)));
    }
    let row = |report: &Report| {
        let today = report.advice.iter().filter(|advice| advice.when == When::Today).count();
        let not_well = report.probes.iter().filter(|probe| probe.outcome != Outcome::Good).count();
        vec![
            Cell::Link(report.name.clone(), format!("/reports/{}", escaped(&report.name))),
            Cell::At(report.at),
            Cell::State(tone(&report.word), report.word.clone()),
            Cell::from(tenths(report.score.tenths)),
            Cell::count(today),
            Cell::count(not_well),
        ]
    };
    blocks.push(Block::Table(Table {
        title: "Reports, newest first".to_owned(),
        about: Some("A daily and a weekly one are made when due; `ledgerline report daily` makes one now.".to_owned()),
        columns: ["report", "made", "verdict", "score", "for today", "not known to be well"]
            .map(str::to_owned)
            .to_vec(),
        rows: kept.iter().take(if taken::is_wanted(ask) { usize::MAX } else { REPORTS }).map(row).collect(),
        empty: "None was made yet.".to_owned(),
        ..Table::default()
    }));
    if !damaged.is_empty() {
        blocks.push(Block::Text { title: Some("Damaged".to_owned()), paragraphs: damaged });
    }
    if ask.may(May::Read) {
        blocks.push(Block::Table(operations(&ledger, ask.now)?));
    }
    Ok(Answer::Page(Page { title: "Reports".to_owned(), under: "/reports", blocks, live: None }))
}

/// A report.
pub(in crate::web) fn report(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, name) = (site.ledger()?, ask.pieces.get("report").unwrap_or_default());
    let none = || Refusal::NotFound(format!("there is no report `{name}`"));
    // Only a name that is listed is read: no path.
    ledger.reports().names()?.iter().find(|known| *known == name).ok_or_else(none)?;
    let report: Report = ledger.reports().read(name)?.ok_or_else(none)?;
    let mut blocks = vec![Block::Banner(banner(&report)), Block::Facts(facts(&report))];
    blocks.push(Block::Table(advice(&report.advice)));
    blocks.push(Block::Table(probes(&report.probes)));
    blocks.push(Block::Table(score(&report.score)));
    blocks.push(Block::Table(trends(&report.trends)));
    blocks.extend(report.tables.iter().map(|table| Block::Table(table_of(table))));
    blocks.push(Block::Table(figures(&report.figures)));
    let title = format!("{} of {}", report.kind.title(), report.day);
    let title = title.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect();
    Ok(Answer::Page(Page { title, under: "/reports", blocks, live: None }))
}

fn tone(word: &str) -> Tone {
    match word {
        "ALL WELL" => Tone::Good,
        "CAN WAIT" => Tone::Warn,
        _ => Tone::Bad,
    }
}

fn banner(report: &Report) -> Banner {
    let links = vec![Link::new(report.name.clone(), format!("/reports/{}", escaped(&report.name)))];
    Banner { tone: tone(&report.word), word: report.word.clone(), sentence: report.sentence.clone(), links }
}

fn facts(report: &Report) -> Facts {
    let mut facts = vec![("made".to_owned(), Cell::from(report.made.as_str()))];
    let timeslot = report.timeslot.as_ref().map(|id| Cell::Link(id.to_string(), format!("/timeslots/{id}")));
    facts.push(("timeslot".to_owned(), timeslot.unwrap_or_default()));
    facts.push(("head of the log".to_owned(), Cell::of(report.head.clone())));
    facts.push(("compared with".to_owned(), Cell::of(report.compared.day.clone())));
    facts.push(("and with".to_owned(), Cell::of(report.compared.week.clone())));
    Facts { title: None, facts }
}

fn table(title: &str, columns: &[&str], rows: Vec<Vec<Cell>>, empty: &str) -> Table {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    Table { title: title.to_owned(), columns, rows, empty: empty.to_owned(), ..Table::default() }
}

fn advice(advice: &[Advice]) -> Table {
    let row = |advice: &Advice| {
        let when = match advice.when {
            When::Today => Cell::State(Tone::Bad, "today".to_owned()),
            When::Soon => Cell::State(Tone::Warn, "soon".to_owned()),
        };
        vec![when, Cell::from(advice.what.as_str()), Cell::of(advice.command.clone()), Cell::of(advice.page.clone())]
    };
    table("What to do", &["when", "what", "command", "the whole way"], advice.iter().map(row).collect(), "Nothing.")
}

fn probes(probes: &[Probe]) -> Table {
    let row = |probe: &Probe| {
        let (tone, word) = match probe.outcome {
            Outcome::Good => (Tone::Good, "good"),
            Outcome::Unknown => (Tone::Warn, "unknown"),
            Outcome::Warn => (Tone::Warn, "warn"),
            Outcome::Bad => (Tone::Bad, "bad"),
        };
        vec![Cell::from(probe.name.as_str()), Cell::State(tone, word.to_owned()), Cell::from(probe.sentence.as_str())]
    };
    let columns = ["component", "is", "what was seen"];
    table("How every component is", &columns, probes.iter().map(row).collect(), "Nothing was looked at.")
}

fn score(score: &Score) -> Table {
    let row = |part: &crate::report::Part| {
        let share = match (part.share, &part.missing) {
            (Some((well, all)), _) => format!("{well} of {all}"),
            (None, Some(missing)) => format!("no data: {missing}"),
            (None, None) => "no data".to_owned(),
        };
        let points = format!("{} of {}", tenths(part.tenths), part.weight);
        vec![Cell::from(part.name.as_str()), Cell::from(share), Cell::from(points), Cell::from(part.from.as_str())]
    };
    let mut rows: Vec<Vec<Cell>> = score.parts.iter().map(row).collect();
    rows.push(vec![
        Cell::from("sum"),
        Cell::Nothing,
        Cell::from(format!("{} of 100", tenths(score.tenths))),
        Cell::Nothing,
    ]);
    table("Compliance score", &["part", "share", "points", "made from"], rows, "")
}

fn trends(trends: &[Trend]) -> Table {
    let row = |trend: &Trend| {
        let value = |value: Option<u64>| match value {
            None => Cell::from("no data"),
            Some(value) if trend.is_tenths => Cell::from(tenths(value)),
            Some(value) => Cell::count(value),
        };
        vec![Cell::from(trend.name.as_str()), value(trend.now), value(trend.day), value(trend.week)]
    };
    let rows = trends.iter().map(row).collect();
    table("What changed", &["what", "now", "a day before", "a week before"], rows, "There is nothing to compare.")
}

fn figures(figures: &[Figure]) -> Table {
    let row = |figure: &Figure| {
        let from = match &figure.from {
            Origin::Query { sql, timeslot, .. } => format!("{timeslot}: {sql}"),
            Origin::File { path, counted } => format!("{path}: {counted}"),
            Origin::Formula(formula) => formula.clone(),
            Origin::Nothing(why) => format!("nothing: {why}"),
        };
        vec![
            Cell::from(figure.name.as_str()),
            figure.value.map_or(Cell::from("no data"), Cell::count),
            Cell::from(from),
        ]
    };
    let rows = figures.iter().map(row).collect();
    table("Every number, and where it comes from", &["figure", "is", "from"], rows, "")
}

fn operations(ledger: &Ledger, now: Timestamp) -> Result<Table, Refusal> {
    let (operations, unreadable) = ledger.operations().since(now.saturating_sub(BACK).unwrap_or(Timestamp::MIN))?;
    let rows = operations.iter().rev().take(LINES).map(|operation| {
        vec![
            Cell::At(operation.at),
            Cell::from(operation.who.as_str()),
            Cell::from(operation.what.as_str().replace('_', " ")),
            Cell::from(operation.about.as_str()),
            Cell::from(operation.outcome.as_str()),
        ]
    });
    let rows = rows.collect();
    let about = (unreadable > 0).then(|| format!("{unreadable} lines cannot be read."));
    let columns = ["at", "who", "what", "about", "outcome"];
    Ok(Table { about, ..table("Operations of the last 30 days, newest first", &columns, rows, "Nothing was done.") })
}

fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
