//! What collect would do with each source now, without reading a row of it.

use jiff::Timestamp;

use super::gather::{Gathered, gather};
use super::source::{SourceReport, SourceState};
use super::standing::{Standing, moved};
use super::{Collection, reports_of};
use crate::ledger::Timeslot;

/// What would become of a source.
#[derive(Debug, Clone)]
pub struct Foretold {
    /// The source.
    pub source: String,
    /// Whether the rows that the parent has of it are taken over; else its files are read.
    pub is_reused: bool,
    /// Why.
    pub why: String,
}

/// Looks at the files of every source and holds them against what the parent was collected from.
#[must_use]
pub fn foretell(collection: &Collection<'_>, parent: Option<&Timeslot>, now: Timestamp) -> Vec<Foretold> {
    let before = reports_of(parent);
    let standing = Standing { parent, before: &before };
    let sources = collection.collectors.iter().map(|collector| {
        let gathered = gather(collector, collection, now);
        let source = collector.name.to_string();
        let known = before.iter().find(|report| report.source == source);
        if standing.known(&gathered).is_some() {
            let why = "the same files and settings as in the parent, as long as no new key changes what its rows mean";
            return Foretold { source, is_reused: true, why: why.to_owned() };
        }
        Foretold { source, is_reused: false, why: why_read(&gathered, known) }
    });
    sources.collect()
}

fn why_read(gathered: &Gathered<'_>, known: Option<&SourceReport>) -> String {
    if let Some((state, why)) = &gathered.missing {
        return format!("it would be {}: {why}", state.as_str());
    }
    let Some(known) = known else { return "it was never collected".to_owned() };
    if known.state != SourceState::Complete {
        return format!("in the parent it is {}", known.state.as_str());
    }
    let other = gathered.facts.iter().find(|file| !known.files.iter().any(|before| before.sha256 == file.sha256));
    match other {
        Some(file) => format!("`{}` is not what the parent was collected from", file.path),
        None if gathered.facts.len() != known.files.len() => "it has fewer files than in the parent".to_owned(),
        None if moved(gathered, known) => {
            "its files lie elsewhere than in the parent, and rejects name them".to_owned()
        }
        None => "changed: its settings, or the program".to_owned(),
    }
}
