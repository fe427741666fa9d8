//! Asks the ledger, the plans, the disk and the mail server what a report is made from. What cannot be had is noted as such;
//! that ends nothing.

mod plans;
mod questions;
mod sources;

use jiff::{SignedDuration, Timestamp};

use self::questions::Asked;
use super::Kind;
use super::facts::{Breach, Current, Disk, Facts, Figure, Origin, Relay, Verified, Waiting};
use crate::engine::{Engine, cells};
use crate::ids::StageName;
use crate::ledger::{Entry, Ledger, LedgerError, Log, Standing, Standings, State, Timeslot, What};
use crate::mail::{self, MailError};
use crate::model::TableSet;
use crate::plan::{Plan, Project};
use crate::run::chain;
use crate::stages::validate::without_samples;
use crate::summary::Summary;

/// What a report is gathered from.
pub struct Sight<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its plans, or why they cannot be read.
    pub plans: Result<&'a [Plan], String>,
    /// The ledger.
    pub ledger: &'a Ledger,
    /// Its last runs, the newest first.
    pub runs: &'a [Summary],
    /// What queries run on.
    pub engine: &'a dyn Engine,
    /// Which report.
    pub kind: Kind,
    /// Now.
    pub now: Timestamp,
    /// Whether the sum of every part is computed.
    pub with_sums: bool,
    /// When the last report was made: what was missed since then is told.
    pub last: Option<Timestamp>,
}

/// Gathers what a report is made from.
///
/// # Errors
/// Where what is known of due times cannot be read.
pub fn gather(sight: &Sight<'_>) -> Result<Facts, LedgerError> {
    let (project, ledger) = (sight.project, sight.ledger);
    // What is broken, the log or a manifest, is told by the proof of the ledger: a report is then needed most.
    let log = ledger.log().ok();
    let entries = log.as_ref().map(Log::entries).unwrap_or_default();
    let standings = Standings::follow(entries);
    let timeslot = ledger.current().ok().flatten();
    let asked = timeslot.as_ref().map(|timeslot| Asked::of(timeslot, ledger, sight.engine));
    let mut figures = asked.as_ref().map(|asked| asked.figures.clone()).unwrap_or_default();
    let (sources, of_sources) = sources::facts(timeslot.as_ref(), ledger);
    figures.extend(of_sources);
    let (operations, of_operations) = operations(ledger, sight);
    figures.extend(of_operations);
    let disk = disk(ledger, &standings);
    figures.push(bytes(&standings, disk.as_ref().ok()));
    Ok(Facts {
        kind: sight.kind,
        project: project.name.clone(),
        at: sight.now,
        zone: project.zone.clone(),
        head: log.as_ref().map(|log| log.head().to_string()),
        current: standings.current().map(|current| Current {
            id: current.id.clone(),
            as_of: current.as_of,
            confirmed_at: log.as_ref().and_then(|log| log.confirmation(&current.id)).map(|entry| entry.at),
        }),
        open: open(entries, &standings, sight),
        figures,
        controls: asked.and_then(|asked| asked.controls(sight.plans.as_deref().unwrap_or_default())),
        sources,
        plans: plans::facts(sight)?,
        broken: sight.plans.as_ref().err().cloned(),
        operations,
        verified: verified(ledger, sight.with_sums),
        disk,
        relay: relay(sight),
    })
}

/// How often what was done since a day before a daily report, or a week before a weekly one.
fn operations(ledger: &Ledger, sight: &Sight<'_>) -> (Vec<(What, u64)>, Vec<Figure>) {
    let back = SignedDuration::from_hours(if sight.kind == Kind::Weekly { 7 * 24 } else { 24 });
    let from = sight.now.saturating_sub(back).unwrap_or(Timestamp::MIN);
    let Ok((done, _)) = ledger.operations().since(from) else { return (Vec::new(), Vec::new()) };
    let count = |what: What| done.iter().filter(|operation| operation.what == what).count() as u64;
    let counts: Vec<(What, u64)> = What::ALL.into_iter().map(|what| (what, count(what))).collect();
    let figure = |(what, count): &(What, u64)| Figure {
        name: format!("operations.{}", what.as_str()),
        value: Some(*count),
        from: Origin::File {
            path: "operations.jsonl".to_owned(),
            counted: format!("lines from {from} up to {} whose `what` is `{}`", sight.now, what.as_str()),
        },
    };
    let figures = counts.iter().map(figure).collect();
    (counts, figures)
}

/// The open timeslot, and since when it is as it is.
fn open(entries: &[Entry], standings: &Standings, sight: &Sight<'_>) -> Option<Waiting> {
    let open = standings.open()?;
    let last = entries.iter().rev().find(|entry| entry.timeslot == open.id);
    let timeslot = sight.ledger.timeslot(&open.id).ok();
    let has_run = timeslot.as_ref().is_some_and(|timeslot| {
        let is_left = |stage: &StageName| *stage != StageName::Confirm && *stage != StageName::Maintain;
        !timeslot.manifest.stale_stages().iter().any(is_left)
    });
    let breaches =
        timeslot.filter(|_| !open.holding.is_empty()).map(|timeslot| breaches(&timeslot, open, sight.engine));
    Some(Waiting {
        id: open.id.clone(),
        state: open.state.to_string(),
        since: last.map(|entry| entry.at),
        holding: open.holding.clone(),
        breaches: breaches.unwrap_or_default(),
        is_decided_by_a_person: open.state == State::Held || (open.state == State::Active && has_run),
    })
}

/// What the timeslot that waits reached of what holds it. Where its tables cannot be read, the names of the thresholds will do.
fn breaches(timeslot: &Timeslot, open: &Standing, engine: &dyn Engine) -> Vec<Breach> {
    let tables = TableSet::of(timeslot, None);
    let query = include_str!("questions/breaches.sql");
    let rows = engine.rows(query, &tables).and_then(|rows| cells(&rows)).unwrap_or_default();
    let breach = |row: Vec<Option<String>>| {
        let [threshold, by, value, limit, sentence] =
            <[Option<String>; 5]>::try_from(row).ok()?.map(Option::unwrap_or_default);
        let sentence = without_samples(&sentence).to_owned();
        open.holding.contains(&threshold).then_some(Breach { threshold, by, value, limit, sentence })
    };
    rows.into_iter().filter_map(breach).collect()
}

fn verified(ledger: &Ledger, with_sums: bool) -> Result<Verified, String> {
    let found = ledger.verify(with_sums).map_err(|error| chain(&error))?;
    let damages = found.damages.iter().map(|damage| format!("`{}` {}", damage.path.display(), damage.what));
    Ok(Verified { timeslots: found.timeslots, parts: found.parts, with_sums, damages: damages.collect() })
}

fn disk(ledger: &Ledger, standings: &Standings) -> Result<Disk, String> {
    let load = standings.current().and_then(|current| ledger.bytes_of_load(&current.id).ok());
    Ok(Disk { free: ledger.free_bytes().map_err(|error| chain(&error))?, load })
}

/// How many bytes the last load takes, as a figure.
fn bytes(standings: &Standings, disk: Option<&Disk>) -> Figure {
    let from = standings.current().map_or_else(
        || Origin::Nothing("no timeslot is confirmed".to_owned()),
        |current| Origin::File {
            path: format!("timeslot={}", current.id),
            counted: "bytes of its files and of those of its run; a file with two names counts once".to_owned(),
        },
    );
    Figure { name: "load.bytes".to_owned(), value: disk.and_then(|disk| disk.load), from }
}

/// Whether mail leaves: the server is asked, and no mail sent.
fn relay(sight: &Sight<'_>) -> Relay {
    let Some(settings) = &sight.project.mail else { return Relay::Nobody };
    let mut damaged = Vec::new();
    let waiting = sight.ledger.outbox().waiting(&mut damaged).unwrap_or_default();
    let given_up = waiting.iter().filter(|(_, posted)| posted.next.is_none()).count();
    Relay::Asked {
        server: format!("{}:{}", settings.host, settings.port),
        refused: mail::reach(settings).err().map(|error| match error {
            // Who refuses is said already.
            MailError::Refused { reason, .. } => reason,
            error => chain(&error),
        }),
        waiting: waiting.len() - given_up,
        given_up: given_up + damaged.len(),
    }
}
