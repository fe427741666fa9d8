//! Now: what is current and how old it is, what waits for somebody, when plans are due next, the last runs, and a button that runs
//! a plan.

use jiff::Timestamp;

use super::runs::{row, table};
use super::schedule::next_due;
use crate::ledger::{Ledger, State, TableRecord, Timeslot};
use crate::runs;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Banner, Block, Cell, Facts, Form, Input, Link, Page, Tone};
use crate::web::site::Site;
use crate::web::users::May;

/// So many runs are shown.
const RUNS: usize = 8;

/// The page.
pub(in crate::web) fn now(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let mut blocks = Vec::new();
    let ledger = match site.ledger() {
        Ok(ledger) => Some(ledger),
        Err(Refusal::NotFound(_)) => None,
        Err(other) => return Err(other),
    };
    let mut live = None;
    if let Some(ledger) = &ledger {
        let names = runs::names(ledger)?;
        let under_way = names.iter().rev().take(RUNS).find(|name| runs::is_under_way(&ledger.runs_folder().join(name)));
        live = under_way.map(|run| format!("/runs/{run}/events"));
        blocks.push(Block::Banner(banner(ledger, under_way)?));
        if let Some(current) = ledger.current()? {
            blocks.push(Block::Facts(current_facts(ledger, &current, ask.now)?));
        }
    } else {
        blocks.push(Block::Banner(Banner {
            tone: Tone::Plain,
            word: "EMPTY".to_owned(),
            sentence: "No plan has run yet, so there is nothing to see.".to_owned(),
            links: Vec::new(),
        }));
    }
    if ask.may(May::Operate) {
        let is_busy = live.is_some();
        blocks.extend(site.project().plans().iter().map(|plan| Block::Form(one_click(plan.as_str(), is_busy))));
    }
    blocks.push(Block::Facts(next_due(site, ask.now)));
    if let Some(ledger) = &ledger {
        blocks.extend(mails(ledger)?);
        let names = runs::names(ledger)?;
        let rows = names.iter().rev().take(RUNS).map(|name| row(ledger, name)).collect();
        blocks.push(Block::Table(table("Last runs", rows, None)));
    }
    Ok(Answer::Page(Page { title: "Now".to_owned(), under: "/", blocks, live }))
}

/// What matters most now.
fn banner(ledger: &Ledger, under_way: Option<&String>) -> Result<Banner, Refusal> {
    let standings = ledger.standings()?;
    if let Some(run) = under_way {
        return Ok(Banner {
            tone: Tone::Busy,
            word: "UNDER WAY".to_owned(),
            sentence: format!("Run {run} is under way."),
            links: vec![Link::new("Follow it", format!("/runs/{run}"))],
        });
    }
    if let Some(open) = standings.open() {
        let id = &open.id;
        let sentence = match open.state {
            State::Held if open.holding.is_empty() => format!("Timeslot {id} waits for somebody to confirm it."),
            State::Held => format!("Timeslot {id} is held by {}; somebody decides.", open.holding.join(", ")),
            State::Sandbox => {
                format!("Timeslot {id} is a sandbox: a run stopped, or was told to stop, before activate.")
            }
            _ => format!("Timeslot {id} is open and not yet decided."),
        };
        let links = vec![Link::new("Look and decide", format!("/timeslots/{id}"))];
        return Ok(Banner { tone: Tone::Warn, word: "WAITS".to_owned(), sentence, links });
    }
    Ok(match standings.current() {
        Some(current) => Banner {
            tone: Tone::Good,
            word: "CURRENT".to_owned(),
            sentence: format!("Timeslot {} is current, and nothing waits for a decision.", current.id),
            links: vec![Link::new("What it says", format!("/timeslots/{}", current.id))],
        },
        None => Banner {
            tone: Tone::Plain,
            word: "EMPTY".to_owned(),
            sentence: "No timeslot has been confirmed yet.".to_owned(),
            links: Vec::new(),
        },
    })
}

fn current_facts(ledger: &Ledger, current: &Timeslot, now: Timestamp) -> Result<Facts, Refusal> {
    let manifest = &current.manifest;
    let log = ledger.log()?;
    let confirmed = log.confirmation(&manifest.timeslot);
    let mut facts = vec![
        (
            "current timeslot".to_owned(),
            Cell::Link(manifest.timeslot.to_string(), format!("/timeslots/{}", manifest.timeslot)),
        ),
        ("speaks about".to_owned(), Cell::from(manifest.as_of.to_string())),
    ];
    if let Some(entry) = confirmed {
        facts.push(("confirmed".to_owned(), Cell::At(entry.at)));
        facts.push(("age".to_owned(), Cell::from(age(now, entry.at))));
        facts.push(("by".to_owned(), Cell::from(entry.by.as_str())));
    }
    for table in ["identities", "accounts", "groups", "rights"] {
        let rows = manifest.tables.get(table).map_or(0, TableRecord::rows);
        facts.push((table.to_owned(), Cell::count(rows)));
    }
    Ok(Facts { title: Some("Who has access to what".to_owned()), facts })
}

/// How long ago, in the two units that matter.
pub(in crate::web) fn age(now: Timestamp, at: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// The button.
fn one_click(plan: &str, is_busy: bool) -> Form {
    Form {
        action: "/runs".to_owned(),
        inputs: vec![Input::Hidden { name: "plan".to_owned(), value: plan.to_owned() }],
        button: format!("Run {plan}"),
        barred: is_busy.then(|| "A run is under way.".to_owned()),
        ..Form::default()
    }
}

/// Mails that wait, or were given up; nothing where none does.
fn mails(ledger: &Ledger) -> Result<Option<Block>, Refusal> {
    let waiting = ledger.outbox().waiting(&mut Vec::new())?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let given_up = waiting.iter().filter(|(_, posted)| posted.next.is_none()).count();
    let sentence = format!(
        "{} mails wait to be sent, {given_up} of them are given up; `ledgerline mail outbox` says why.",
        waiting.len()
    );
    Ok(Some(Block::Text { title: Some("Mail".to_owned()), paragraphs: vec![sentence] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_units_that_matter() {
        let at = Timestamp::UNIX_EPOCH;
        let told = |seconds: i64| age(at + jiff::SignedDuration::from_secs(seconds), at);
        assert_eq!(told(59), "less than a minute");
        assert_eq!(told(600), "10 min");
        assert_eq!(told(3 * 3600 + 60), "3 h 1 min");
        assert_eq!(told(49 * 3600), "2 d 1 h");
        assert_eq!(told(-5), "less than a minute");
    }
}
