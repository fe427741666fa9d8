//! `ledgerline schedule run`: stays, and starts plans when they are due. A run is a process of its own: whatever becomes of
//! it, this one goes on, and the other way round.

mod late;
mod reports;
mod running;

use std::path::PathBuf;
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Zoned};
use xxhash_rust::xxh3::xxh3_64;

use self::reports::Reports;
use self::running::{Attempts, Running};
use super::{Scheduled, all_scheduled, nothing_is_due};
use crate::cli::clock::SystemClock;
use crate::cli::operations::note;
use crate::cli::output::say;
use crate::cli::{Failure, look, mail, metrics, open, signals, telemetry};
use crate::env::{Clock, Stop};
use crate::ids::PlanName;
use crate::ledger::{Ledger, Settled, What};
use crate::mail::{Notice, To, Which, deliver, post_notice};
use crate::plan::Project;
use crate::run::chain;
use crate::schedule::{Known, decide};
use crate::settings::mail::On;
use crate::settings::schedule::Overlap;

/// Stay, and start every plan of the project when it is due.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    given: open::Given,
}

/// However long nothing is due, the clock is looked at so often: it may have been put.
const AT_MOST: SignedDuration = SignedDuration::from_secs(20);

/// How soon a signal and the end of a run are noticed.
const MOMENT: Duration = Duration::from_millis(200);

pub(in crate::cli) fn run(arguments: &Arguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    let (project, plans) = all_scheduled(folder.clone(), &arguments.given)?;
    let reports = project.report.due();
    if plans.is_empty() && reports.is_empty() {
        return Err(nothing_is_due());
    }
    let stop = Stop::default();
    signals::listen(&stop);
    let names = plans.iter().map(|scheduled| format!("`{}`", scheduled.plan.name));
    let names = names.chain(reports.iter().map(|(kind, _)| format!("the {}", kind.title())));
    say(&format!("waiting for {}", names.collect::<Vec<_>>().join(", ")));
    watch(project, plans, folder, &arguments.given, &stop)?;
    Ok(0)
}

/// The watch beside something else that stays.
pub(in crate::cli) struct Watching(JoinHandle<()>);

impl Watching {
    /// Begins to watch the plans that have a schedule, those that get one later, too, until told to stop.
    pub(in crate::cli) fn begin(folder: Option<PathBuf>, stop: &Stop) -> Self {
        let stop = stop.clone();
        Self(spawn(move || {
            let given = open::Given::default();
            while stop.signal().is_none() {
                // What is wrong here is wrong with a file or the disk, and may be mended while the page stays.
                let watched = all_scheduled(folder.clone(), &given)
                    .and_then(|(project, plans)| watch(project, plans, folder.clone(), &given, &stop));
                match watched {
                    Ok(()) => break,
                    Err(failure) => say(&format!("warning: nothing is started when due: {}", chain(&failure))),
                }
                for _ in 0..60 * 5 {
                    if stop.signal().is_some() {
                        break;
                    }
                    sleep(MOMENT);
                }
            }
        }))
    }

    /// Waits for its end, which comes with the signal.
    pub(in crate::cli) fn end(self) {
        let _ = self.0.join();
    }
}

/// Starts what is due until told to stop.
fn watch(
    project: Project,
    plans: Vec<Scheduled>,
    folder: Option<PathBuf>,
    given: &open::Given,
    stop: &Stop,
) -> Result<(), Failure> {
    let ledger = Ledger::open_or_create(&project.ledger, SystemClock.now())?;
    let mut watch = Watch {
        project,
        plans,
        ledger,
        running: None,
        reports: Reports::default(),
        attempts: Attempts::default(),
        sender: None,
        last_problem: String::new(),
        vars: given.vars().into_iter().collect(),
    };
    while stop.signal().is_none() {
        watch.read_again(folder.clone(), given);
        let now = SystemClock.now();
        let mut until = now.saturating_add(AT_MOST).unwrap_or(now);
        for at in 0..watch.plans.len() {
            until = watch.look_at(at, now)?.map_or(until, |next| until.min(next));
        }
        until = watch
            .reports
            .look_at(&watch.project, &watch.ledger, &watch.vars, now)?
            .map_or(until, |next| until.min(next));
        late::look(&watch.project, &watch.ledger, now);
        watch.send_mails();
        while stop.signal().is_none() && SystemClock.now() < until && !watch.has_ended()? {
            sleep(MOMENT);
            // A clock that was put back would make the wait endless.
            if SystemClock.now() < now {
                break;
            }
        }
    }
    watch.end();
    Ok(())
}

/// What is watched, and the run that is under way.
struct Watch {
    project: Project,
    plans: Vec<Scheduled>,
    ledger: Ledger,
    running: Option<Running>,
    reports: Reports,
    attempts: Attempts,
    /// Sends mails.
    sender: Option<JoinHandle<()>>,
    /// What was said last about files that cannot be read: it is said once.
    last_problem: String,
    vars: Vec<(String, String)>,
}

impl Watch {
    /// Reads the plans again, as long as they can be read.
    fn read_again(&mut self, folder: Option<PathBuf>, given: &open::Given) {
        let problem = match all_scheduled(folder, given) {
            Ok((project, plans)) => {
                (self.project, self.plans) = (project, plans);
                String::new()
            }
            Err(Failure::Problems(problems)) => problems.render(look()),
            Err(other) => other.to_string(),
        };
        if problem != self.last_problem && !problem.is_empty() {
            say(&format!("{problem}\nwarning: the schedules stay what they were"));
        }
        self.last_problem = problem;
    }

    /// Does what is to be done about a plan. Returns when to look again.
    fn look_at(&mut self, at: usize, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let Scheduled { plan, schedule } = &self.plans[at];
        let times = self.ledger.due_times(&plan.name);
        let told = times.told()?;
        let known = Known {
            since: times.since(&schedule.pattern, &schedule.zone_name, now)?,
            settled: told.settled,
            missed: told.missed,
            seed: xxh3_64(format!("{}\n{}", machine(), plan.name).as_bytes()),
        };
        let decision = decide(schedule, &known, now);
        for due in &decision.missed {
            times.miss(due.timestamp(), now)?;
        }
        if let [first, .., last] | [first @ last] = decision.missed.as_slice() {
            let times = match decision.missed.len() {
                1 => format!("at {}", shown(first)),
                count => format!("{count} times from {} to {}", shown(first), shown(last)),
            };
            self.tell(&plan.name, last.timestamp(), "MISSED", &format!("was due {times} and is missed"));
        }
        let Some(due) = decision.begin else { return Ok(decision.next) };
        match &self.running {
            // It is the run of this very due time, and has not said so yet.
            Some(running) if running.is_for(&plan.name, due.timestamp()) => {}
            Some(running) if schedule.overlap == Overlap::Skip => {
                let why = format!("a run of `{}` was under way", running.plan);
                let sentence = format!("was due at {} and is left out: {why}", shown(&due));
                times.settle(due.timestamp(), now, Settled::LeftOut { why })?;
                self.tell(&plan.name, due.timestamp(), "LEFT OUT", &sentence);
            }
            None if self.attempts.may_begin(&plan.name, due.timestamp(), now) => {
                let running = Running::start(&self.project.root, plan, due.timestamp(), &self.vars)?;
                say(&format!("`{}` is due since {}: begins", plan.name, shown(&due)));
                self.running = Some(running);
            }
            // It waits, for the other run or for its next attempt.
            Some(_) | None => {}
        }
        Ok(decision.next)
    }

    /// Whether the run that was under way has ended. One that ended before it began is tried again later.
    fn has_ended(&mut self) -> Result<bool, Failure> {
        let Some(code) = self.running.as_mut().and_then(Running::ended) else { return Ok(false) };
        let Some(running) = self.running.take() else { return Ok(false) };
        let now = SystemClock.now();
        let times = self.ledger.due_times(&running.plan);
        if times.told()?.settled.contains(&running.due) {
            say(&format!("`{}` ended with exit code {code}", running.plan));
            return Ok(true);
        }
        let overlap = self.plans.iter().find(|scheduled| scheduled.plan.name == running.plan);
        let is_skipped = overlap.is_some_and(|scheduled| scheduled.schedule.overlap == Overlap::Skip);
        let why = match code {
            LOCKED if is_skipped => Some("another run was under way".to_owned()),
            LOCKED => {
                self.attempts.later(&running.plan, running.due, now);
                None
            }
            _ => self.attempts.failed(&running.plan, running.due, code, now),
        };
        if let Some(why) = why {
            let sentence = format!("was due at {} and is left out: {why}", running.due);
            times.settle(running.due, now, Settled::LeftOut { why })?;
            self.tell(&running.plan, running.due, "LEFT OUT", &sentence);
        }
        Ok(true)
    }

    /// Says what became of a due time without a run, and mails it.
    fn tell(&self, plan: &PlanName, due: Timestamp, word: &str, sentence: &str) {
        say(&format!("warning: `{plan}` {sentence}"));
        note(&self.ledger, What::DueMissed, plan.as_str(), format!("{word}: {sentence}"));
        metrics::write(&self.project);
        telemetry::beside(&self.project);
        let name = format!("{}-{plan}-{}", word.to_lowercase().replace(' ', "-"), due.strftime("%Y%m%dT%H%M%SZ"));
        let text = format!(
            "{word}: `{plan}` {sentence}.\n\n  to run it now:  ledgerline run {plan}\n  what comes:  ledgerline schedule next\n"
        );
        let notice = Notice { name, about: format!("{plan}: {word}"), text, thread: None, to: To::On(On::Missed) };
        if let Err(why) = post_notice(&self.project, &self.ledger, notice, SystemClock.now()) {
            say(&format!("warning: there is no mail of it: {why}"));
        }
    }

    /// Sends the mails whose time has come, beside what else is done: a server may be slow.
    fn send_mails(&mut self) {
        let Some(settings) = self.project.mail.clone() else { return };
        if self.sender.as_ref().is_some_and(|sender| !sender.is_finished()) {
            return;
        }
        let outbox = self.ledger.outbox();
        self.sender = Some(spawn(move || match deliver(&outbox, &settings, Which::Due, SystemClock.now()) {
            Ok(deliveries) => mail::tell(&deliveries),
            Err(error) => say(&format!("warning: what waits to be mailed cannot be read: {}", chain(&error))),
        }));
    }

    /// Tells the run that is under way to end, and waits for it.
    fn end(&mut self) {
        if let Some(running) = self.running.take() {
            say(&format!("`{}` is told to end", running.plan));
            running.end();
        }
        self.reports.end();
    }
}

fn shown(due: &Zoned) -> String {
    due.strftime("%Y-%m-%d %H:%M %:z").to_string()
}

/// The exit code of a run that found another one under way.
const LOCKED: i32 = 6;

/// The name of this machine.
fn machine() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
