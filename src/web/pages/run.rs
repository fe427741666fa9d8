//! A run: how it stands, each stage with rows and time while it is under way, its sources, what it had to say, and what can be
//! done about it.

mod stages;

use std::fs;
use std::path::Path;

use self::stages::Stages;
use super::runs::{seconds, told};
use crate::event::{ReportTable, RunEvent, RunEventKind};
use crate::ledger::Ledger;
use crate::runs::{self, Life};
use crate::summary::Summary;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Banner, Block, Cell, Facts, Form, Link, Page, Table, Tone};
use crate::web::site::Site;
use crate::web::users::May;

/// The tables of reports that hold counts alone. All others may name people or rows.
const COUNTS: [&str; 13] = [
    "sources",
    "movements",
    "references that lead nowhere",
    "identities",
    "since the parent",
    "accounts",
    "by rule",
    "several candidates",
    "managers",
    "rules of the rights model",
    "gaps",
    "rules",
    "controls",
];

/// The page.
pub(in crate::web) fn run(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, name) = found(site, ask)?;
    let folder = ledger.runs_folder().join(&name);
    let events = events(&folder);
    let summary =
        Summary { run: name.clone(), ..runs::summary(&ledger, &name).unwrap_or_else(|| Summary::of(&events)) };
    let life = runs::life(&folder);
    let mut blocks = vec![Block::Banner(banner(&ledger, &name, &summary, life))];
    blocks.push(Block::Facts(facts(&ledger, &name, &summary)));
    let stages = Stages::follow(&events, &summary, life, ask.now);
    blocks.push(Block::Table(stages.table()));
    blocks.extend(stages.chart().map(Block::Chart));
    if ask.may(May::Operate) {
        blocks.extend(deeds(&ledger, &name, &summary, life)?);
    }
    for table in summary.stages.iter().flat_map(|stage| &stage.report.tables).filter(|table| !table.rows.is_empty()) {
        if ask.may(May::Read) || COUNTS.contains(&table.title.as_str()) {
            blocks.push(Block::Table(report(table)));
        }
    }
    if !summary.notes.is_empty() {
        blocks.push(Block::Text { title: Some("Along the way".to_owned()), paragraphs: summary.notes.clone() });
    }
    if ask.may(May::Read) {
        let text = events.iter().map(line).collect::<Vec<_>>().join("\n");
        blocks.push(Block::Code { title: format!("Log of the run: {} events", events.len()), text, is_open: false });
    }
    let events_at = (life == Life::UnderWay).then(|| format!("/runs/{name}/events?from={}", events.len()));
    Ok(Answer::Page(Page { title: format!("Run {name}"), under: "/runs", blocks, live: events_at }))
}

/// The events of a run as they come. A browser that lost the connection says which it had last.
pub(in crate::web) fn events_live(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, run) = found(site, ask)?;
    let from = ask.last_event.or(ask.query.parsed("from")?).unwrap_or(0);
    Ok(Answer::Live { events: ledger.runs_folder().join(&run).join("events.jsonl"), from })
}

/// The run that the path names; no other folder.
pub(in crate::web) fn found(site: &Site, ask: &Ask) -> Result<(Ledger, String), Refusal> {
    let (ledger, name) = (site.ledger()?, ask.pieces.get("run").unwrap_or_default());
    let is_run = runs::names(&ledger)?.iter().any(|known| known == name);
    if is_run { Ok((ledger, name.to_owned())) } else { Err(Refusal::NotFound(format!("there is no run `{name}`"))) }
}

/// What the run said so far; a line that is not whole yet is left for later.
fn events(folder: &Path) -> Vec<RunEvent> {
    let text = fs::read_to_string(folder.join("events.jsonl")).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn banner(ledger: &Ledger, name: &str, summary: &Summary, life: Life) -> Banner {
    let (tone, word) = told(ledger, name, summary);
    let sentence = match life {
        Life::UnderWay => match summary.stages.last() {
            Some(stage) => format!("It is under way; {} has ended.", stage.stage),
            None => "It is under way.".to_owned(),
        },
        Life::Dead => {
            "Its process is gone, and it never came to a verdict: it was killed, or the machine went down. What \
                       stood stands; it can be taken up."
                .to_owned()
        }
        Life::Ended | Life::Unknown => summary.verdict_line(),
    };
    let mut links = Vec::new();
    let is_kept = ledger
        .standings()
        .is_ok_and(|standings| summary.timeslot.as_ref().is_some_and(|id| standings.find(id).is_some()));
    if let Some(id) = summary.timeslot.as_ref().filter(|_| is_kept) {
        links.push(Link::new(format!("Timeslot {id}"), format!("/timeslots/{id}")));
    }
    Banner { tone, word: word.to_owned(), sentence, links }
}

fn facts(ledger: &Ledger, name: &str, summary: &Summary) -> Facts {
    let asked = runs::asked(ledger, name);
    let mut facts = vec![("plan".to_owned(), Cell::from(summary.plan.as_str()))];
    let mut add = |name: &str, is: Cell| facts.push((name.to_owned(), is));
    if let Some(asked) = &asked {
        let by = if asked.by.is_empty() { Cell::Nothing } else { Cell::from(asked.by.as_str()) };
        add("asked by", by);
        if let Some(due) = asked.command.due {
            add("for the due time", Cell::At(due));
        }
    }
    add("began", runs::began(name).map_or(Cell::Nothing, Cell::At));
    if summary.verdict.is_some() {
        add("took", Cell::from(format!("{} s", seconds(summary.millis))));
    }
    add("compared with", summary.parent.as_ref().map_or(Cell::Nothing, |id| Cell::from(id.to_string())));
    if !summary.head.is_empty() {
        add("head of the log", Cell::from(summary.head.as_str()));
    }
    Facts { title: None, facts }
}

/// A table of a report, with counts as counts.
pub(in crate::web) fn report(table: &ReportTable) -> Table {
    let is_count =
        |cell: &String| !cell.is_empty() && cell.len() < 19 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let numeric: Vec<bool> = (0..table.columns.len())
        .map(|at| table.rows.iter().all(|row| row.get(at).is_some_and(|cell| cell.is_empty() || is_count(cell))))
        .collect();
    let cell = |(at, cell): (usize, &String)| match numeric.get(at) {
        _ if cell.is_empty() => Cell::Nothing,
        Some(true) => Cell::counted(cell),
        _ => Cell::from(cell.as_str()),
    };
    let is_conserved = table.title == "sources";
    Table {
        title: table.title.clone(),
        about: is_conserved
            .then(|| "Nothing vanishes: of each table, rows read = kept + rejected + filtered + duplicate.".to_owned()),
        columns: table.columns.iter().map(|column| column.replace('_', " ")).collect(),
        rows: table.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect(),
        ..Table::default()
    }
}

/// An event as a line for people.
fn line(event: &RunEvent) -> String {
    let at = event.at.strftime("%H:%M:%S%.3f");
    let what = match &event.kind {
        RunEventKind::RunBegan { plan, timeslot, as_of, .. } => {
            format!("{plan} begins timeslot {timeslot}, as of {as_of}")
        }
        RunEventKind::Note { message } => message.clone(),
        RunEventKind::StageBegan { stage } => format!("{stage} begins"),
        RunEventKind::Progress { stage, item, rows, millis, .. } => {
            format!("{stage}: {item}, {rows} rows, {millis} ms")
        }
        RunEventKind::StageEnded { stage, report, millis, .. } => format!("{stage}: {}, {millis} ms", report.headline),
        RunEventKind::StageFailed { stage, message } => format!("{stage} failed: {message}"),
        RunEventKind::RunEnded { exit_code, head, millis, .. } => {
            format!("ended with exit code {exit_code} after {millis} ms; log {head}")
        }
    };
    format!("{at}  {what}")
}

/// What can be done about the run.
fn deeds(ledger: &Ledger, name: &str, summary: &Summary, life: Life) -> Result<Vec<Block>, Refusal> {
    let form = |title: &str, about: &str, deed: &str, button: &str, tone: Tone| {
        Block::Form(Form {
            title: Some(title.to_owned()),
            about: Some(about.to_owned()),
            action: format!("/runs/{name}/{deed}"),
            button: button.to_owned(),
            tone,
            ..Form::default()
        })
    };
    if life == Life::UnderWay {
        let about = "It ends between two pieces of work and keeps what stands; it can be taken up again.";
        return Ok(vec![form("End it", about, "cancel", "End the run", Tone::Bad)]);
    }
    let standings = ledger.standings()?;
    let is_open =
        summary.timeslot.as_ref().and_then(|id| standings.find(id)).is_some_and(|found| found.state.is_open());
    if !is_open {
        return Ok(Vec::new());
    }
    let about =
        "The same command on the timeslot that is still open, from where it stopped; what stands is not made again.";
    Ok(vec![form("Take it up", about, "retry", "Go on from where it stopped", Tone::Plain)])
}
