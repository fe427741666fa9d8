//! Runs that are late: under way for longer than they should be, or begun too long behind their due time. Each is told once,
//! whoever began it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cli::output::say;
use crate::ledger::Ledger;
use crate::mail::{Notice, To, post_notice};
use crate::plan::Project;
use crate::runs::{self, Life};
use crate::settings::mail::On;

/// Of so many runs the newest are looked at.
const RUNS: usize = 20;

/// A run that began longer ago is no news.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// A run as far as its lateness goes.
struct Seen {
    began: Timestamp,
    due: Option<Timestamp>,
    is_under_way: bool,
}

/// Mails each run that is late and was not told yet.
pub(super) fn look(project: &Project, ledger: &Ledger, now: Timestamp) {
    let Some(after) = project.mail.as_ref().and_then(|mail| mail.late_after) else { return };
    let Ok(names) = runs::names(ledger) else { return };
    for run in names.iter().rev().take(RUNS) {
        let Some(began) = runs::began(run) else { continue };
        let asked = runs::asked(ledger, run);
        let seen = Seen {
            began,
            due: asked.as_ref().and_then(|asked| asked.command.due),
            is_under_way: runs::life(&ledger.runs_folder().join(run)) == Life::UnderWay,
        };
        let Some(why) = why_late(&seen, after, now) else { continue };
        let name = format!("late-{run}");
        if !ledger.outbox().knows(&name) {
            tell(project, ledger, run, name, &why, now);
        }
    }
}

/// Says it and mails it.
fn tell(project: &Project, ledger: &Ledger, run: &str, name: String, why: &str, now: Timestamp) {
    say(&format!("warning: run {run} {why}"));
    let summary = runs::summary(ledger, run).unwrap_or_default();
    let mut text = format!("LATE: run {run} of plan {} {why}.\n\n  what it does:  ledgerline status\n", summary.plan);
    if let Some(url) = &project.serve.url {
        text.push_str(&format!("  the run:  {url}/runs/{run}\n"));
    }
    let thread = summary.timeslot.as_ref().map(|timeslot| (summary.plan.as_str(), timeslot));
    let notice = Notice { name, about: format!("{}: LATE", summary.plan), text, thread, to: To::On(On::Late) };
    if let Err(why) = post_notice(project, ledger, notice, now) {
        say(&format!("warning: there is no mail of it: {why}"));
    }
}

/// Why a run is late; `None` = it is not.
fn why_late(seen: &Seen, after: Duration, now: Timestamp) -> Option<String> {
    let after = SignedDuration::try_from(after).ok()?;
    let took = now.duration_since(seen.began);
    if seen.is_under_way && took > after {
        return Some(format!("is under way for {}: more than {}", minutes(took), minutes(after)));
    }
    let due = seen.due?;
    let behind = seen.began.duration_since(due);
    (behind > after && took < NEWS)
        .then(|| format!("was due at {due} and began {} later: more than {}", minutes(behind), minutes(after)))
}

fn minutes(duration: SignedDuration) -> String {
    match (duration.as_hours(), duration.as_mins() % 60) {
        (0, _) if duration.as_mins() == 0 => format!("{} s", duration.as_secs()),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn why(began: &str, due: Option<&str>, is_under_way: bool) -> Option<String> {
        let seen = Seen { began: at(began), due: due.map(at), is_under_way };
        why_late(&seen, Duration::from_hours(2), at("2026-11-22T06:00:00Z"))
    }

    #[test]
    fn a_run_is_late_while_it_takes_longer_than_said() {
        let late = why("2026-11-22T03:30:00Z", None, true);
        assert_eq!(late.as_deref(), Some("is under way for 2 h 30 min: more than 2 h"));
        assert_eq!(why("2026-11-22T03:30:00Z", None, false), None, "it ended");
        assert_eq!(why("2026-11-22T04:30:00Z", None, true), None, "it has time");
    }

    #[test]
    fn a_run_that_began_long_after_it_was_due_is_late_for_a_day() {
        let late = why("2026-11-22T05:50:00Z", Some("2026-11-22T03:00:00Z"), false);
        assert_eq!(late.as_deref(), Some("was due at 2026-11-22T03:00:00Z and began 2 h 50 min later: more than 2 h"));
        assert_eq!(why("2026-11-22T05:50:00Z", Some("2026-11-22T05:00:00Z"), true), None);
        assert_eq!(why("2026-11-20T05:50:00Z", Some("2026-11-20T03:00:00Z"), false), None, "no news");
    }
}
