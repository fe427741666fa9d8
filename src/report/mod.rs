//! The daily operations report and the weekly review: what needs somebody today, how every component is, how the company
//! stands, and what changed.
//!
//! 1. `gather` asks the ledger, the plans, the disk and the mail server once, and comes back with `facts`: plain data, each
//!    number with the query or file it was read from.
//! 2. Everything else is a function of the facts and of two earlier reports: `probe` judges components, `score` adds up,
//!    `advice` says what to do, `trend` compares.
//! 3. `text` and `html` show the report; as JSON it is kept in the ledger, where the next one finds it.
//!
//! What nobody can tell is never good: an unknown component is no good one, and a part of the score without data gives no
//! points. A report names counts, sources and commands, and no person.

mod advice;
mod facts;
mod gather;
mod html;
mod probe;
mod score;
#[cfg(test)]
mod tests;
mod text;
mod trend;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::advice::{Advice, When};
pub use self::facts::{
    ControlFacts, Current, Disk, Facts, Figure, Origin, PlanFacts, Relay, RunFacts, SourceFacts, Verified, Waiting,
};
pub use self::gather::{Sight, gather};
pub use self::html::html;
pub use self::probe::{Outcome, Probe};
pub use self::score::{Part, Score};
pub use self::trend::{Compared, Earlier, Trend, Wish, earlier_of};
use crate::event::ReportTable;
use crate::ids::TimeslotId;
pub use crate::settings::report::Kind;

/// A report, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its name: kind and day. Empty until it is kept.
    pub name: String,
    /// Which.
    pub kind: Kind,
    /// The project's name.
    pub project: String,
    /// When it was made.
    pub at: Timestamp,
    /// The day it is of, in the zone of the project.
    pub day: Date,
    /// When it was made, on the clocks of the project.
    pub made: String,
    /// The current timeslot.
    pub timeslot: Option<TimeslotId>,
    /// Number and hash of the newest log entry.
    pub head: Option<String>,
    /// The verdict in a word: `ACT TODAY`, `CAN WAIT`, `ALL WELL`.
    pub word: String,
    /// The verdict in a sentence.
    pub sentence: String,
    /// What to do, the most urgent first.
    pub advice: Vec<Advice>,
    /// How each component is.
    pub probes: Vec<Probe>,
    /// The compliance score.
    pub score: Score,
    /// What it is compared with.
    pub compared: Compared,
    /// What changed.
    pub trends: Vec<Trend>,
    /// What stands, table by table.
    pub tables: Vec<ReportTable>,
    /// Every number, with where it comes from.
    pub figures: Vec<Figure>,
}

impl Report {
    /// The report that facts make.
    #[must_use]
    pub fn of(facts: &Facts, earlier: Earlier<'_>) -> Self {
        let probes = probe::probes(facts);
        let advice = advice::advice(facts, &probes);
        let score = score::score(facts);
        let (word, sentence) = verdict(&advice, &probes, &score);
        let report = Self {
            name: String::new(),
            kind: facts.kind,
            project: facts.project.split(char::is_control).collect::<Vec<_>>().join(" "),
            at: facts.at,
            day: facts.day(),
            made: facts.shown(facts.at),
            timeslot: facts.current.as_ref().map(|current| current.id.clone()),
            head: facts.head.clone(),
            word: word.to_owned(),
            sentence,
            advice,
            probes,
            score,
            compared: Compared {
                day: earlier.day.map(|report| report.name.clone()),
                week: earlier.week.map(|report| report.name.clone()),
            },
            trends: Vec::new(),
            tables: text::tables(facts),
            figures: facts.figures.clone(),
        };
        let trends = trend::trends(&report, earlier);
        Self { trends, ..report }
    }

    /// A number by its name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<u64> {
        self.figures.iter().find(|figure| figure.name == name)?.value
    }

    /// `[project] daily report 2026-11-22: ACT TODAY`.
    #[must_use]
    pub fn subject(&self) -> String {
        format!("[{}] {} {}: {}", self.project, self.kind.title(), self.day, self.word)
    }

    /// The report as it is kept.
    #[must_use]
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("a report has only text keys");
        format!("{text}\n")
    }

    /// The components that were well in another report and are not in this one, and the other way round.
    #[must_use]
    pub fn turned<'a>(&'a self, earlier: &Self) -> Vec<&'a Probe> {
        let is_well = |probe: &Probe| probe.outcome == Outcome::Good;
        let turned = |probe: &&Probe| {
            let before = earlier.probes.iter().find(|before| before.name == probe.name);
            before.is_some_and(|before| is_well(before) != is_well(probe))
        };
        self.probes.iter().filter(turned).collect()
    }
}

/// The verdict: a word and a sentence.
fn verdict(advice: &[Advice], probes: &[Probe], score: &Score) -> (&'static str, String) {
    let today = advice.iter().filter(|advice| advice.when == When::Today).count();
    let later = advice.len() - today;
    let wanting = probes.iter().filter(|probe| probe.outcome != Outcome::Good).count();
    let score = format!("score {} of 100", score::points(score.tenths));
    match (today, later, wanting) {
        (0, 0, 0) => ("ALL WELL", format!("nothing needs anybody; {score}")),
        (0, later, wanting) => (
            "CAN WAIT",
            format!(
                "nothing needs anybody today; {} can wait, {wanting} of {} components are not known to be well; {score}",
                things(later),
                probes.len()
            ),
        ),
        (1, ..) => ("ACT TODAY", format!("1 thing needs somebody today; {score}")),
        (today, ..) => ("ACT TODAY", format!("{today} things need somebody today; {score}")),
    }
}

fn things(count: usize) -> String {
    if count == 1 { "1 thing".to_owned() } else { format!("{count} things") }
}
