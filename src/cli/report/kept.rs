//! What is kept: reports, and the operations log.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{LogArguments, ShowArguments};
use crate::cli::output::{Format, Rows, print_json, print_text, say};
use crate::cli::{Failure, open};
use crate::ledger::{Ledger, LedgerError};
use crate::report::{Outcome, Report, When, html};

/// A report that is kept, and the name of its file.
pub(super) fn read(ledger: &Ledger, name: &str) -> Result<Option<Report>, LedgerError> {
    ledger.reports().read::<Report>(name)
}

/// The names of all reports, each with its day.
pub(super) fn days(names: &[String]) -> Vec<(String, Date)> {
    let day = |name: &String| -> Option<Date> {
        let (_, day) = name.split_once('-')?;
        day.split('_').next()?.parse().ok()
    };
    names.iter().filter_map(|name| Some((name.clone(), day(name)?))).collect()
}

/// The report that was made last, of those that are wanted.
pub(super) fn newest(ledger: &Ledger, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Report>, LedgerError> {
    let names: Vec<String> = ledger.reports().names()?.into_iter().filter(|name| is_wanted(name)).collect();
    let days = days(&names);
    let Some(last) = days.iter().map(|(_, day)| *day).max() else { return Ok(None) };
    let mut newest: Option<Report> = None;
    // A day has few of them; which was made last only they know.
    for (name, _) in days.iter().filter(|(_, day)| *day == last) {
        let report = read(ledger, name)?;
        if report.as_ref().map(|report| report.at) > newest.as_ref().map(|newest| newest.at) {
            newest = report;
        }
    }
    Ok(newest)
}

pub(super) fn list(folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let mut rows = Rows::new(&["report", "made", "verdict", "score", "today", "not_well"])
        .numbers(&["score", "today", "not_well"]);
    for name in ledger.reports().names()? {
        let Some(report) = read(&ledger, &name)? else {
            let cells = [Some(name), None, Some("cannot be read".to_owned()), None, None, None];
            rows.rows.push(cells.to_vec());
            continue;
        };
        let today = report.advice.iter().filter(|advice| advice.when == When::Today).count();
        let not_well = report.probes.iter().filter(|probe| probe.outcome != Outcome::Good).count();
        let score = format!("{}.{}", report.score.tenths / 10, report.score.tenths % 10);
        let cells = [name, report.made, report.word, score, today.to_string(), not_well.to_string()];
        rows.rows.push(cells.map(Some).to_vec());
    }
    rows.print(format);
    Ok(0)
}

pub(super) fn show(arguments: &ShowArguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let report = match &arguments.name {
        Some(name) => read(&ledger, name)?.ok_or_else(|| {
            Failure::Usage(format!("no report `{name}` is kept; `ledgerline report list` names them"))
        })?,
        None => newest(&ledger, |_| true)?
            .ok_or_else(|| Failure::Usage("no report was made yet; `ledgerline report daily` makes one".to_owned()))?,
    };
    if arguments.html {
        print_text(&html(&report));
    } else {
        print(&report, format);
    }
    Ok(0)
}

/// Prints a report: as text, as it is kept, or its numbers.
pub(super) fn print(report: &Report, format: Format) {
    match format {
        Format::Table => print_text(&report.text()),
        Format::Json => print_json(report),
        Format::Csv => {
            let mut rows = Rows::new(&["figure", "value"]).numbers(&["value"]);
            rows.rows.extend(
                report
                    .figures
                    .iter()
                    .map(|figure| vec![Some(figure.name.clone()), figure.value.map(|value| value.to_string())]),
            );
            rows.print(format);
        }
    }
}

pub(super) fn log(arguments: &LogArguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let ledger = Ledger::open(&project.ledger)?;
    let from = match arguments.since {
        None => Timestamp::MIN,
        Some(day) => match day.to_zoned(project.zone.clone()) {
            Ok(midnight) => midnight.timestamp(),
            Err(error) => return Err(Failure::Usage(format!("{day} is no day of the calendar here: {error}"))),
        },
    };
    let (operations, unreadable) = ledger.operations().since(from)?;
    let mut rows = Rows::new(&["at", "who", "what", "about", "outcome"]);
    rows.rows.extend(operations.into_iter().map(|operation| {
        let at = operation.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        [at, operation.who, operation.what.as_str().to_owned(), operation.about, operation.outcome].map(Some).to_vec()
    }));
    rows.print(format);
    if unreadable > 0 {
        say(&format!("warning: {unreadable} lines cannot be read: a crash may have cut them short"));
    }
    Ok(0)
}
