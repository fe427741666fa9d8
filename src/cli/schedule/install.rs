//! `ledgerline schedule install`: files by which a machine or a cluster starts a plan or makes a report when it is due.

mod sandbox;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use self::sandbox::Sandbox;
use super::calendar::calendar;
use super::{Scheduled, scheduled};
use crate::cli::clock::SystemClock;
use crate::cli::output::{print_text, say};
use crate::cli::{Failure, open};
use crate::env::Clock;
use crate::plan::{Plan, Project};
use crate::schedule::{Odd, odd_hours};
use crate::settings::report::Kind;
use crate::settings::schedule::{CatchUp, Schedule};
use crate::sql;

/// Write what makes this machine or a cluster start a plan when it is due.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    host: Host,
    /// The plan, by path or name. Default: every plan that has a schedule, and the reports.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// The page in place of timers: it starts plans when they are due.
    #[arg(long, conflicts_with = "plan")]
    page: bool,
    /// The folder to write to, such as /etc/systemd/system. Default: all is printed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The user that a systemd unit runs as.
    #[arg(long, default_value = "ledgerline")]
    user: String,
    /// The image that a cluster runs.
    #[arg(long, default_value = "ledgerline:latest")]
    image: String,
    #[command(flatten)]
    given: open::Given,
}

/// Who starts the plan.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Host {
    /// A systemd timer, and a service that may touch little besides the ledger.
    #[arg(long)]
    systemd: bool,
    /// A line for a crontab.
    #[arg(long)]
    cron: bool,
    /// A `CronJob` of Kubernetes.
    #[arg(long)]
    k8s: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments, folder: Option<PathBuf>) -> Result<u8, Failure> {
    if arguments.page {
        if !arguments.host.systemd {
            return Err(Failure::Usage("only systemd has a unit for the page: `--systemd --page`".to_owned()));
        }
        let project = open::project(folder.clone())?;
        let plans = open::plans(folder.as_ref(), &project, &arguments.given)?;
        return written(&[page(&project, &plans, arguments)?], arguments);
    }
    let (project, plans) = scheduled(folder, arguments.plan.as_ref(), &arguments.given)?;
    let mut files = Vec::new();
    for scheduled in &plans {
        files.extend(of(&Unit::of_plan(scheduled, arguments)?, &project, arguments)?);
    }
    if arguments.plan.is_none() {
        for due in project.report.due() {
            files.extend(of(&Unit::of_report(due, &project, &plans, arguments), &project, arguments)?);
        }
    }
    written(&files, arguments)
}

/// Prints the files, or writes them and says what to do with them.
fn written(files: &[(String, String)], arguments: &Arguments) -> Result<u8, Failure> {
    for (name, text) in files {
        let Some(out) = &arguments.out else {
            let title = if files.len() > 1 { format!("# ---- {name}\n") } else { String::new() };
            print_text(&format!("{title}{text}"));
            continue;
        };
        let path = out.join(name);
        fs::write(&path, text).map_err(|source| Failure::Write { path: path.clone(), source })?;
        say(&format!("wrote `{}`", path.display()));
    }
    if arguments.out.is_some() && arguments.host.systemd {
        let begins = if arguments.page { "service" } else { "timer" };
        let units = files.iter().map(|(name, _)| name.as_str()).filter(|name| has_extension(name, begins));
        let units = units.collect::<Vec<_>>().join(" ");
        say(&format!("hint: systemctl daemon-reload && systemctl enable --now {units}"));
    }
    Ok(0)
}

/// What is started when it is due.
struct Unit<'a> {
    name: String,
    /// What it is, in a sentence.
    what: String,
    title: String,
    schedule: &'a Schedule,
    /// The volume claim with the project, in a cluster.
    claim: String,
    /// What follows the program and its project.
    words: Vec<String>,
    /// The same where the project lies elsewhere, as in a cluster.
    moved: Vec<String>,
}

impl<'a> Unit<'a> {
    fn of_plan(Scheduled { plan, schedule }: &'a Scheduled, arguments: &Arguments) -> Result<Self, Failure> {
        let file = absolute(&plan.path)?.display().to_string();
        let words = |plan: String| [vec!["run".to_owned(), plan, "--batch".to_owned()], vars(arguments)].concat();
        Ok(Self {
            name: plan.name.to_string(),
            what: format!("the plan `{}`", plan.name),
            title: plan.title.clone(),
            claim: format!("ledgerline-{}", plan.name),
            schedule,
            words: words(file),
            moved: words(plan.name.to_string()),
        })
    }

    /// Reports live in the volume of the first plan.
    fn of_report(
        (kind, schedule): (Kind, &'a Schedule),
        project: &Project,
        plans: &[Scheduled],
        arguments: &Arguments,
    ) -> Self {
        let mut words = vec!["report".to_owned(), kind.to_string()];
        words.extend(project.mail.iter().map(|_| "--send".to_owned()));
        words.extend(vars(arguments));
        Self {
            name: kind.due_name().to_owned(),
            what: format!("the {}", kind.title()),
            title: format!("the {} of {}", kind.title(), project.name),
            claim: plans
                .first()
                .map_or_else(|| "ledgerline".to_owned(), |first| format!("ledgerline-{}", first.plan.name)),
            schedule,
            moved: words.clone(),
            words,
        }
    }
}

/// What is given here is given to whatever is started.
fn vars(arguments: &Arguments) -> Vec<String> {
    let vars = arguments.given.vars().into_iter();
    vars.flat_map(|(name, value)| ["--var".to_owned(), format!("{name}={value}")]).collect()
}

/// The files of a unit: names and texts.
fn of(about: &Unit<'_>, project: &Project, arguments: &Arguments) -> Result<Vec<(String, String)>, Failure> {
    let schedule = about.schedule;
    let unit = format!("ledgerline-{}", about.name);
    let exe = program()?;
    let root = absolute(&project.root)?;
    let values = [
        ("what", about.what.clone()),
        ("project", one_line(&project.name)),
        ("title", one_line(&about.title)),
        ("unit", unit.clone()),
        ("claim", about.claim.clone()),
        ("user", arguments.user.clone()),
        ("image", arguments.image.clone()),
        ("pattern", schedule.pattern.trim().to_owned()),
        ("zone", schedule.zone_name.clone()),
        ("deadline", schedule.grace.as_secs().max(60).to_string()),
    ];
    let Host { systemd, cron, .. } = arguments.host;
    let Some(events) = calendar(&schedule.pattern) else {
        return Err(Failure::Usage(format!(
            "no host has words for `{}`, which is when `{}` is due: let `ledgerline schedule run` start it",
            schedule.pattern, about.name
        )));
    };
    if !systemd && !cron {
        let words: Vec<String> =
            about.moved.iter().map(|word| serde_json::Value::from(word.as_str()).to_string()).collect();
        let values = [&values[..], &[("words", words.join(", "))]].concat();
        return Ok(vec![(format!("{unit}.yaml"), fill(include_str!("install/cronjob.txt"), &values))]);
    }
    let word = if systemd { unit_word } else { shell_word };
    let words: Vec<String> = about.words.iter().map(|text| word(Path::new(text))).collect();
    let paths = [("exe", word(&exe)), ("root", word(&root)), ("words", words.join(" "))];
    let values = [&values[..], &paths].concat();
    if cron {
        return Ok(vec![(format!("{unit}.crontab"), fill(include_str!("install/crontab.txt"), &values))]);
    }
    let more = [
        ("events", lines(schedule, &events)),
        ("persistent", (schedule.catch_up == CatchUp::Last).to_string()),
        ("jitter", format!("{}s", schedule.jitter.as_secs())),
    ];
    let values = [&values[..], &more, &Sandbox::of_a_run(project)?.values()].concat();
    Ok(vec![
        (format!("{unit}.service"), fill(include_str!("install/service.txt"), &values)),
        (format!("{unit}.timer"), fill(include_str!("install/timer.txt"), &values)),
    ])
}

/// The unit of the page.
fn page(project: &Project, plans: &[Plan], arguments: &Arguments) -> Result<(String, String), Failure> {
    let values = [
        ("project", one_line(&project.name)),
        ("user", arguments.user.clone()),
        ("exe", unit_word(&program()?)),
        ("root", unit_word(&absolute(&project.root)?)),
    ];
    let values = [&values[..], &Sandbox::of_the_page(project, plans)?.values()].concat();
    Ok(("ledgerline.service".to_owned(), fill(include_str!("install/page.txt"), &values)))
}

fn program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| Failure::Usage(format!("where is this program? {error}")))
}

/// So far ahead the days are named on which systemd would pass a time over.
const YEARS: i64 = 5;

/// The lines of a timer that say when. systemd passes over a time that clocks leave out; what is due instead is added.
fn lines(schedule: &Schedule, events: &[String]) -> String {
    let zone = &schedule.zone_name;
    let mut lines: Vec<String> = events.iter().map(|event| format!("OnCalendar={event} {zone}")).collect();
    let now = SystemClock.now();
    let until = now.saturating_add(SignedDuration::from_hours(YEARS * 366 * 24)).unwrap_or(now);
    let missing: Vec<_> = odd_hours(schedule, now, until).into_iter().filter(|hour| hour.odd == Odd::Missing).collect();
    if !missing.is_empty() {
        lines.push(format!(
            "# Clocks leave this time out on a day of each year, and systemd then lets it pass: {YEARS} years of them."
        ));
        lines
            .extend(missing.iter().map(|hour| format!("OnCalendar={} {zone}", hour.due.strftime("%Y-%m-%d %H:%M:%S"))));
    }
    lines.join("\n")
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    let absolute =
        std::path::absolute(path).map_err(|error| Failure::Usage(format!("there is no current folder: {error}")))?;
    Ok(absolute.components().collect())
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|own| own == extension)
}

/// A path, or a word, as systemd reads it: a `%` of its own and blanks would mean something else.
pub(super) fn unit_word(path: &Path) -> String {
    let text = path.display().to_string().replace('%', "%%");
    if text.contains([' ', '\t', '"', '\'', '\\', '$', ';']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$"))
    } else {
        text
    }
}

/// A path, or a word, as a shell reads it; cron takes a bare `%` for the end of the command.
pub(super) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")).replace('%', "\\%") }
}

/// A text that cannot begin a line of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().replace('%', "%%")
}

/// A template with those of the values that it names.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let named = values.iter().filter(|(name, _)| template.contains(&format!("{{{name}}}")));
    sql::fill(template, &named.map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
}
