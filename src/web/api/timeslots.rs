//! Timeslots, their rows, decisions about them, the log and the metrics, for programs.

use super::shapes::{Confirmation, Done, Entry, Labelling, Log, Reason, Rows, Standing, Status, Timeslot};
use super::{body, told};
use crate::decide::{self, Decided};
use crate::ids::{InvalidName, Label, TimeslotId};
use crate::ledger::Standing as Found;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::pages::log::told as told_of;
use crate::web::pages::timeslot::decide_as;
use crate::web::questions;
use crate::web::site::Site;

pub(in crate::web) use crate::web::pages::tables::file;

/// Entries of a page.
const ENTRIES: usize = 100;

/// What stands.
pub(in crate::web) fn status(site: &Site, _: &Ask) -> Result<Answer, Refusal> {
    let project = site.project().name.clone();
    let ledger = match site.ledger() {
        Ok(ledger) => ledger,
        Err(Refusal::NotFound(_)) => return Ok(told(&Status { project, current: None, open: None, head: None })),
        Err(other) => return Err(other),
    };
    let standings = ledger.standings()?;
    Ok(told(&Status {
        project,
        current: standings.current().map(|current| current.id.to_string()),
        open: standings.open().map(standing),
        head: Some(ledger.log()?.head().to_string()),
    }))
}

fn standing(found: &Found) -> Standing {
    Standing {
        timeslot: found.id.to_string(),
        state: found.state.to_string(),
        as_of: found.as_of.to_string(),
        parent: found.parent.as_ref().map(ToString::to_string),
        holding: found.holding.clone(),
        overridden: found.overridden.clone(),
        labels: found.labels.iter().map(ToString::to_string).collect(),
        legal_hold: found.legal_hold.clone(),
        to_go: found.to_go.as_ref().map(|to_go| to_go.after.to_string()),
    }
}

/// All timeslots, in the order in which they were begun.
pub(in crate::web) fn timeslots(site: &Site, _: &Ask) -> Result<Answer, Refusal> {
    let all: Vec<Standing> = match site.ledger() {
        Ok(ledger) => ledger.standings()?.all().iter().map(standing).collect(),
        Err(Refusal::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    Ok(told(&all))
}

/// A timeslot with the rows of its tables.
pub(in crate::web) fn timeslot(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, id) = (site.ledger()?, ask.piece::<TimeslotId>("timeslot")?);
    let standings = ledger.standings()?;
    let found = standings.find(&id).ok_or_else(|| Refusal::NotFound(format!("there is no timeslot {id}")))?;
    // A timeslot whose data is gone is still in the log.
    let manifest = ledger.manifest(&id).ok();
    let tables = manifest
        .as_ref()
        .map(|manifest| manifest.tables.iter().map(|(name, table)| (name.clone(), table.rows())).collect());
    Ok(told(&Timeslot {
        standing: standing(found),
        plan: manifest.as_ref().map(|manifest| manifest.plan.clone()),
        run: manifest.as_ref().map(|manifest| manifest.run.clone()),
        tables: tables.unwrap_or_default(),
    }))
}

/// Rows of a table of a timeslot, a page at a time.
pub(in crate::web) fn rows(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let asked = Asked::open(&site.ledger()?, &ask.piece("timeslot")?)?;
    let question = questions::named(ask.pieces.get("table").unwrap_or_default(), &asked, &ask.query)?;
    let page = ask.query.page()? as u64 + 1;
    let (columns, rows, is_more) = asked.page(site, &question, page)?;
    let next = is_more.then_some(page + 1);
    Ok(told(&Rows { columns, rows, sql: question.sql(), next }))
}

/// Confirms.
pub(in crate::web) fn confirm(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Confirmation>(ask)?);
    let reason = asked.reason.as_deref();
    done(decide_as(site, ask, |ledger, deed| decide::confirm(ledger, &id, &asked.overrides, reason, deed)))
}

/// Rejects.
pub(in crate::web) fn reject(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Reason>(ask)?);
    done(decide_as(site, ask, |ledger, deed| decide::reject(ledger, &id, &asked.reason, deed)))
}

/// Hides.
pub(in crate::web) fn hide(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Reason>(ask)?);
    done(decide_as(site, ask, |ledger, deed| decide::hide(ledger, &id, &asked.reason, deed)))
}

/// Puts back in sight.
pub(in crate::web) fn show(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Reason>(ask)?);
    done(decide_as(site, ask, |ledger, deed| decide::show(ledger, &id, &asked.reason, deed)))
}

/// Gives it a name.
pub(in crate::web) fn label(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Labelling>(ask)?);
    let label = label_of(&asked)?;
    done(decide_as(site, ask, |ledger, deed| decide::label(ledger, &id, &label, &asked.reason, deed)))
}

/// Takes a name off.
pub(in crate::web) fn unlabel(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Labelling>(ask)?);
    let label = label_of(&asked)?;
    done(decide_as(site, ask, |ledger, deed| decide::unlabel(ledger, &id, &label, &asked.reason, deed)))
}

fn label_of(asked: &Labelling) -> Result<Label, Refusal> {
    asked.label.parse().map_err(|error: InvalidName| Refusal::Wrong(error.to_string()))
}

/// Puts a legal hold on it.
pub(in crate::web) fn hold(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Reason>(ask)?);
    done(decide_as(site, ask, |ledger, deed| decide::hold(ledger, &id, &asked.reason, deed)))
}

/// Lifts a legal hold, or that it is to go.
pub(in crate::web) fn release(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (id, asked) = (ask.piece::<TimeslotId>("timeslot")?, body::<Reason>(ask)?);
    done(decide_as(site, ask, |ledger, deed| decide::release(ledger, &id, &asked.reason, deed)))
}

fn done(decided: Result<Decided, Refusal>) -> Result<Answer, Refusal> {
    let Decided { sentence, head, .. } = decided?;
    Ok(told(&Done { done: sentence, head: Some(head.to_string()) }))
}

/// The log, newest entries first, a page at a time.
pub(in crate::web) fn log(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let log = site.ledger()?.log()?;
    let first = ask.query.page()?.saturating_mul(ENTRIES);
    let entries = log.entries().iter().rev().skip(first).take(ENTRIES).map(|entry| {
        let (what, why) = told_of(&entry.act);
        Entry {
            number: entry.number,
            at: entry.at.to_string(),
            by: entry.by.clone(),
            run: entry.run.clone(),
            timeslot: entry.timeslot.to_string(),
            what,
            why,
        }
    });
    Ok(told(&Log { head: log.head().to_string(), entries: entries.collect() }))
}

/// What a monitoring system wants to know.
pub(in crate::web) fn metrics(site: &Site, _: &Ask) -> Result<Answer, Refusal> {
    let text = crate::metrics::text(&site.project())?;
    Ok(Answer::Text("text/plain; version=0.0.4; charset=utf-8", text))
}
