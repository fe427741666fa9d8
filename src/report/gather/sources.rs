//! What each source brought to the current timeslot, since when it is complete, and since when its files are the same.

use jiff::civil::Date;

use crate::collect::report::known_only;
use crate::collect::reports_of;
use crate::collect::source::{SourceReport, SourceState};
use crate::ledger::{Ledger, Timeslot};
use crate::report::facts::{Figure, Origin, SourceFacts};

/// So many timeslots are looked back.
const BACK: usize = 12;

/// The sources of a timeslot, and how many they are.
pub(super) fn facts(timeslot: Option<&Timeslot>, ledger: &Ledger) -> (Vec<SourceFacts>, Vec<Figure>) {
    let Some(timeslot) = timeslot else { return (Vec::new(), Vec::new()) };
    let now = reports_of(Some(timeslot));
    let past = past(timeslot, ledger);
    let sources = now.iter().map(|source| {
        let then = |report: &[SourceReport]| report.iter().find(|then| then.source == source.source).cloned();
        let all = || {
            let before = past.iter().map_while(|(day, report)| Some((*day, then(report)?)));
            std::iter::once((timeslot.manifest.as_of, source.clone())).chain(before)
        };
        let is_same = |then: &SourceReport| {
            let sums = |report: &SourceReport| -> Vec<String> {
                report.files.iter().map(|file| file.sha256.clone()).collect()
            };
            !then.files.is_empty() && sums(then) == sums(source)
        };
        SourceFacts {
            name: source.source.clone(),
            state: source.state,
            remarks: source.remarks.iter().map(|remark| known_only(remark, source)).collect(),
            complete_on: all().find(|(_, then)| then.state == SourceState::Complete).map(|(day, _)| day),
            same_since: all().take_while(|(_, then)| is_same(then)).last().map(|(day, _)| day),
            stale_loads: source.stale_loads,
        }
    });
    let complete = now.iter().filter(|source| source.state == SourceState::Complete).count();
    let figure = |name: &str, value: usize, counted: &str| Figure {
        name: name.to_owned(),
        value: Some(value as u64),
        from: Origin::File {
            path: format!("timeslot={}/manifest.json", timeslot.manifest.timeslot),
            counted: counted.to_owned(),
        },
    };
    let figures = vec![
        figure("sources.all", now.len(), "entries of stages.collect"),
        figure("sources.complete", complete, "entries of stages.collect whose state is `complete`"),
    ];
    (sources.collect(), figures)
}

/// What collect said in the timeslots before, the newest first.
fn past(timeslot: &Timeslot, ledger: &Ledger) -> Vec<(Date, Vec<SourceReport>)> {
    let mut past = Vec::new();
    let mut parent = timeslot.manifest.parent.clone();
    while let Some(before) = parent.take().filter(|_| past.len() < BACK).and_then(|id| ledger.timeslot(&id).ok()) {
        parent.clone_from(&before.manifest.parent);
        past.push((before.manifest.as_of, reports_of(Some(&before))));
    }
    past
}
