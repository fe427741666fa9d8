//! Making a report: gather, judge, keep, mail.

use std::path::PathBuf;

use super::MakeArguments;
use super::kept::{self, newest};
use crate::cli::clock::SystemClock;
use crate::cli::operations::note;
use crate::cli::output::{Format, say};
use crate::cli::{Failure, machine, mail as mails, open};
use crate::env::Clock;
use crate::event::Verdict;
use crate::ledger::{Ledger, Settled, What};
use crate::mail::{MailError, Paper, Which, compose_paper, deliver, post};
use crate::plan::Project;
use crate::problem::Severity;
use crate::report::{Earlier, Kind, Outcome, Report, Sight, earlier_of, gather, html};
use crate::run::chain;
use crate::runs;
use crate::settings::mail::Mail;
use crate::summary::Summary;

/// Of so many runs the newest are looked at.
const RUNS: usize = 200;

pub(super) fn run(
    kind: Kind,
    arguments: &MakeArguments,
    folder: Option<PathBuf>,
    format: Format,
) -> Result<u8, Failure> {
    let project = open::project(folder.clone())?;
    if arguments.send && project.mail.is_none() {
        let message = "`ledgerline.toml` has no `[mail]`, so nothing says where reports go";
        return Err(Failure::Usage(message.to_owned()));
    }
    let ledger = Ledger::open_or_create(&project.ledger, SystemClock.now())?;
    let times = ledger.due_times_of(kind.due_name());
    if let Some(due) = arguments.due
        && times.told()?.settled.contains(&due)
    {
        return Ok(made_before(kind));
    }
    let report = report(kind, &project, &ledger, folder, &arguments.given)?;
    // The claim comes last: whoever dies before it leaves the due time to the next.
    let claim = || Settled::Begun { run: format!("{kind}-{}", report.day) };
    if let Some(due) = arguments.due
        && times.settle(due, SystemClock.now(), claim())?.is_some()
    {
        return Ok(made_before(kind));
    }
    let before = newest(&ledger, |_| true)?;
    let named = |name: &str| Report { name: name.to_owned(), ..report.clone() };
    let name = match ledger.reports().keep(kind.as_str(), report.day, &|name| named(name).json()) {
        Ok(name) => name,
        Err(error) => {
            // A report that nobody can read was not made.
            arguments.due.map_or(Ok(()), |due| times.give_back(due))?;
            return Err(error.into());
        }
    };
    let report = named(&name);
    ledger.reports().keep_beside(&name, "html", html(&report).as_bytes())?;
    note(&ledger, What::ReportMade, &name, format!("{}: {}", report.word, report.sentence));
    for probe in before.iter().flat_map(|before| report.turned(before)) {
        let what = if probe.outcome == Outcome::Good { What::TurnedGood } else { What::TurnedBad };
        note(&ledger, what, &probe.name, format!("{}: {}", probe.outcome, probe.sentence));
    }
    kept::print(&report, format);
    if let Some(settings) = &project.mail
        && let Err(why) = mail(&report, settings, &project, &ledger, arguments.send)
    {
        say(&format!("warning: the report is kept and not mailed: {why}"));
    }
    Ok(0)
}

fn made_before(kind: Kind) -> u8 {
    say(&format!("the {} for that due time was made before", kind.title()));
    Verdict::Unchanged.exit_code()
}

/// The report as of now.
fn report(
    kind: Kind,
    project: &Project,
    ledger: &Ledger,
    folder: Option<PathBuf>,
    given: &open::Given,
) -> Result<Report, Failure> {
    let plans = match open::plans(folder.as_ref(), project, given) {
        Ok(plans) => Ok(plans),
        Err(Failure::Problems(problems)) => Err(format!("{} errors", problems.count(Severity::Error))),
        Err(other) => Err(chain(&other)),
    };
    let names = runs::names(ledger)?;
    let summaries: Vec<Summary> =
        names.iter().rev().take(RUNS).filter_map(|name| runs::summary(ledger, name)).collect();
    let engine = machine::engine(project)?;
    let of_kind = format!("{kind}-");
    // What only sums find stays found until they are well again.
    let is_damaged =
        |report: Report| report.probes.iter().any(|probe| probe.name == "ledger" && probe.outcome == Outcome::Bad);
    let with_sums = kind == Kind::Weekly || newest(ledger, |name| name.starts_with("weekly-"))?.is_some_and(is_damaged);
    let facts = gather(&Sight {
        project,
        plans: plans.as_deref().map_err(Clone::clone),
        ledger,
        runs: &summaries,
        engine: &engine,
        kind,
        now: SystemClock.now(),
        with_sums,
        last: newest(ledger, |name| name.starts_with(&of_kind))?.map(|report| report.at),
    })?;
    let days = kept::days(&ledger.reports().names()?);
    let (day, week) = earlier_of(&days, facts.day());
    let read = |name: Option<&str>| name.map_or(Ok(None), |name| kept::read(ledger, name));
    let (day, week) = (read(day)?, read(week)?);
    Ok(Report::of(&facts, Earlier { day: day.as_ref(), week: week.as_ref() }))
}

/// Keeps the mail beside the report; puts it into the outbox and sends what waits there, where that was asked for.
fn mail(report: &Report, settings: &Mail, project: &Project, ledger: &Ledger, is_sent: bool) -> Result<(), String> {
    let settings = Mail {
        to: if project.report.to.is_empty() { settings.to.clone() } else { project.report.to.clone() },
        ..settings.clone()
    };
    // Two ledgers that mail from one domain have reports of the same day.
    let name = format!("report-{}-{}", report.name, ledger.id().get(..8).unwrap_or_default());
    let paper = Paper {
        name: name.clone(),
        subject: report.subject(),
        text: report.text(),
        html: html(report),
        thread: format!("{}-{}", report.kind.due_name(), ledger.id().get(..8).unwrap_or_default()),
    };
    let message = compose_paper(paper, &settings, report.at).map_err(|error: MailError| chain(&error))?;
    let kept = ledger.reports().keep_beside(&report.name, "eml", &message.formatted());
    kept.map_err(|error| chain(&error))?;
    if !is_sent {
        return Ok(());
    }
    let (outbox, now) = (ledger.outbox(), SystemClock.now());
    post(&outbox, &name, &message, now).map_err(|error| chain(&error))?;
    let deliveries = deliver(&outbox, &settings, Which::Due, now).map_err(|error| chain(&error))?;
    deliveries.iter().filter_map(mails::regret).for_each(|why| say(&format!("warning: {why}")));
    Ok(())
}
