//! The health of each component: what was really looked at, and what it comes to. What nobody could look at is `unknown`,
//! and that is never good.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::facts::{Disk, Facts, PlanFacts, Relay};
use crate::collect::source::SourceState;

/// How a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should be.
    Good,
    /// Nobody could tell.
    Unknown,
    /// It will need somebody.
    Warn,
    /// It needs somebody.
    Bad,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
            Self::Bad => "BAD",
        })
    }
}

/// A component that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Which.
    pub name: String,
    /// How it is.
    pub outcome: Outcome,
    /// What was seen.
    pub sentence: String,
}

/// Into so many loads like the last one the free room should go.
const LOADS: u64 = 3;

/// Judges every component.
pub(super) fn probes(facts: &Facts) -> Vec<Probe> {
    let mut probes = vec![ledger(facts), disk(facts), schedule(facts), mail(facts)];
    probes.extend(facts.plans.iter().map(|plan| run(facts, plan)));
    probes.push(sources(facts));
    probes
}

fn probe(name: impl Into<String>, outcome: Outcome, sentence: impl Into<String>) -> Probe {
    Probe { name: name.into(), outcome, sentence: sentence.into() }
}

fn ledger(facts: &Facts) -> Probe {
    let name = "ledger";
    match &facts.verified {
        Err(why) => probe(name, Outcome::Bad, format!("cannot be verified: {why}")),
        Ok(verified) if !verified.damages.is_empty() => {
            let first = &verified.damages[0];
            let more = match verified.damages.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            probe(name, Outcome::Bad, format!("is not as it was confirmed: {first}{more}"))
        }
        Ok(verified) if verified.timeslots == 0 => probe(name, Outcome::Unknown, "has no confirmed timeslot yet"),
        Ok(verified) => {
            let how = if verified.with_sums { "every sum computed" } else { "presence and size; sums come weekly" };
            let sentence = format!("{} timeslots, {} parts as confirmed ({how})", verified.timeslots, verified.parts);
            probe(name, Outcome::Good, sentence)
        }
    }
}

fn disk(facts: &Facts) -> Probe {
    let name = "disk";
    let Disk { free, load } = match &facts.disk {
        Ok(disk) => *disk,
        Err(why) => return probe(name, Outcome::Unknown, format!("nobody tells how much is free: {why}")),
    };
    let Some(load) = load else {
        let sentence = format!("{} free; how much a load needs is known after the first", size(free));
        return probe(name, Outcome::Unknown, sentence);
    };
    let sentence = format!("{} free; the last load takes {}", size(free), size(load));
    let outcome = match free {
        _ if free < load => Outcome::Bad,
        _ if free < load.saturating_mul(LOADS) => Outcome::Warn,
        _ => Outcome::Good,
    };
    probe(name, outcome, sentence)
}

fn schedule(facts: &Facts) -> Probe {
    let name = "schedule";
    if let Some(why) = &facts.broken {
        return probe(name, Outcome::Bad, format!("the files of the project cannot be read: {why}"));
    }
    let scheduled: Vec<&PlanFacts> = facts.plans.iter().filter(|plan| plan.pattern.is_some()).collect();
    if scheduled.is_empty() {
        return probe(name, Outcome::Unknown, "no plan says when it is due");
    }
    let missed: usize = scheduled.iter().map(|plan| plan.missed.len()).sum();
    let left_out: usize = scheduled.iter().map(|plan| plan.left_out.len()).sum();
    let next = scheduled.iter().filter_map(|plan| Some(format!("{} {}", plan.name, plan.next.as_ref()?)));
    let next = next.collect::<Vec<_>>().join(", ");
    let sentence = format!("{missed} due times missed and {left_out} left out since the last report; next: {next}");
    // A timer of the machine leaves no trace but its runs.
    let is_started = |plan: &&&PlanFacts| plan.is_watched || is_in_time(plan) == Some(true);
    let unknown = scheduled.iter().filter(|plan| !is_started(plan)).map(|plan| plan.name.as_str()).collect::<Vec<_>>();
    match (missed + left_out, unknown.as_slice()) {
        (0, []) => probe(name, Outcome::Good, sentence),
        (0, unknown) => {
            probe(name, Outcome::Unknown, format!("nobody is known to start {}; {sentence}", unknown.join(", ")))
        }
        _ => probe(name, Outcome::Warn, sentence),
    }
}

fn mail(facts: &Facts) -> Probe {
    let name = "mail";
    let Relay::Asked { server, refused, waiting, given_up } = &facts.relay else {
        return probe(name, Outcome::Unknown, "nobody is mailed: `ledgerline.toml` has no `[mail]`");
    };
    let outbox = format!("{waiting} mails wait, {given_up} are given up");
    match refused {
        Some(why) => probe(name, Outcome::Bad, format!("{server} would take no mail: {why}; {outbox}")),
        None if *given_up > 0 => probe(name, Outcome::Bad, format!("{server} answers; {outbox}")),
        None if *waiting > 0 => probe(name, Outcome::Warn, format!("{server} answers; {outbox}")),
        None => probe(name, Outcome::Good, format!("{server} answers and lets us in; no mail waits")),
    }
}

/// Exit codes of runs after which all is well: confirmed, or nothing to do.
pub(super) const WELL: [u8; 2] = [0, 4];

/// With what a run ends that waits for a decision.
pub(super) const HELD: u8 = 3;

fn run(facts: &Facts, plan: &PlanFacts) -> Probe {
    let name = format!("plan {}", plan.name);
    let Some(last) = &plan.last else { return probe(name, Outcome::Unknown, "never ran") };
    let when = last.began.map(|began| format!("{} ago, ", facts.ago(began))).unwrap_or_default();
    let sentence = format!("last run {when}{}", last.verdict);
    match (last.exit_code, is_in_time(plan)) {
        (Some(HELD) | None, _) => probe(name, Outcome::Warn, sentence),
        (Some(code), _) if !WELL.contains(&code) => probe(name, Outcome::Bad, sentence),
        (_, Some(true)) => probe(name, Outcome::Good, format!("{sentence}; in time")),
        (_, Some(false)) => {
            let due = plan.due.map(|due| facts.shown(due)).unwrap_or_default();
            probe(name, Outcome::Bad, format!("{sentence}; none for what was due at {due}"))
        }
        (_, None) => probe(name, Outcome::Unknown, format!("{sentence}; nothing says whether that is in time")),
    }
}

/// Whether a run that went well began since the plan was due last; `None` = nothing says when it was due.
pub(super) fn is_in_time(plan: &PlanFacts) -> Option<bool> {
    let due = plan.due?;
    Some(plan.well.is_some_and(|well| well >= due))
}

fn sources(facts: &Facts) -> Probe {
    let name = "sources";
    let Some(days) = facts.days_old() else { return probe(name, Outcome::Unknown, "nothing was loaded yet") };
    let of = |wanted: &[SourceState]| -> Vec<&str> {
        facts
            .sources
            .iter()
            .filter(|source| wanted.contains(&source.state))
            .map(|source| source.name.as_str())
            .collect()
    };
    let failed = of(&[SourceState::Failed]);
    let lacking = of(&[SourceState::Partial, SourceState::Stale, SourceState::NotCollected]);
    let age = match days {
        i32::MIN..=0 => "of today".to_owned(),
        1 => "of yesterday".to_owned(),
        days => format!("{days} days old"),
    };
    let told = |names: &[&str], what: &str| match names {
        [] => String::new(),
        names => format!(", {what}: {}", names.join(", ")),
    };
    let complete = facts.sources.len() - failed.len() - lacking.len();
    let sentence = format!(
        "{complete} of {} complete, {age}{}{}",
        facts.sources.len(),
        told(&failed, "failed"),
        told(&lacking, "not complete")
    );
    let outcome = match () {
        () if facts.sources.is_empty() => Outcome::Unknown,
        () if !failed.is_empty() => Outcome::Bad,
        () if !lacking.is_empty() || days > super::score::MOST_DAYS => Outcome::Warn,
        () => Outcome::Good,
    };
    probe(name, outcome, sentence)
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut tenths = bytes.saturating_mul(10);
    while tenths >= 10_240 && unit + 1 < units.len() {
        tenths /= 1_024;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{}.{} {}", tenths / 10, tenths % 10, units[unit]) }
}
