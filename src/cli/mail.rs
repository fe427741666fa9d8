//! `ledgerline mail`: what a run's mail looks like, whether the server takes one, what waits, and sending it again.

use std::path::PathBuf;

use super::clock::SystemClock;
use super::output::{Format, Rows, print_text, say};
use super::{Failure, open};
use crate::env::Clock;
use crate::ledger::Ledger;
use crate::mail::{Delivery, Letter, Notice, To, Which, compose, deliver, html, post, post_notice};
use crate::plan::Project;
use crate::run::chain;
use crate::runs::{self, read_json};
use crate::settings::mail::Mail;
use crate::summary::Summary;

/// What is done about mail.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print the mail about a run.
    Render(RenderArguments),
    /// Send a mail that says only that it came.
    Test,
    /// List the mails that no server has taken yet.
    Outbox,
    /// Send the mail about a run again, or all that wait.
    Resend(ResendArguments),
}

/// Print the mail about a run.
#[derive(clap::Args)]
pub(super) struct RenderArguments {
    /// The run. Default: the last one.
    run: Option<String>,
    /// As a page instead of as text.
    #[arg(long)]
    html: bool,
}

/// Send the mail about a run again, or all that wait.
#[derive(clap::Args)]
pub(super) struct ResendArguments {
    /// The run. Default: every mail that waits, those that were given up among them.
    run: Option<String>,
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    match command {
        Command::Test => test(&project),
        Command::Render(arguments) => render(&project, arguments),
        Command::Outbox => outbox(&project, format),
        Command::Resend(arguments) => resend(&project, arguments.run.as_deref()),
    }
}

fn settings(project: &Project) -> Result<&Mail, Failure> {
    let missing = || Failure::Usage("`ledgerline.toml` has no `[mail]`, so nothing says where mails go".to_owned());
    project.mail.as_ref().ok_or_else(missing)
}

fn render(project: &Project, arguments: &RenderArguments) -> Result<u8, Failure> {
    let summary = summary(&Ledger::open(&project.ledger)?, arguments.run.as_deref())?;
    let letter = Letter::of(&project.name, &summary, None).linked(project.serve.url.as_deref());
    if arguments.html {
        print_text(&html(&letter));
    } else {
        print_text(&format!("Subject: {}\n\n{}", letter.subject(), letter.text()));
    }
    Ok(0)
}

/// What is known of a run; of the last one where none is named.
fn summary(ledger: &Ledger, run: Option<&str>) -> Result<Summary, Failure> {
    let last = || runs::names(ledger).ok().and_then(|mut names| names.pop());
    let Some(run) = run.map(str::to_owned).or_else(last) else {
        return Err(Failure::Usage("there was no run yet".to_owned()));
    };
    let path = ledger.runs_folder().join(&run).join("run.json");
    read_json(&path).map_err(|why| Failure::Usage(format!("run {run} cannot be told of: {why}")))
}

fn test(project: &Project) -> Result<u8, Failure> {
    let settings = settings(project)?;
    let now = SystemClock.now();
    let ledger = Ledger::open_or_create(&project.ledger, now)?;
    let name = format!("test-{}", now.strftime("%Y%m%dT%H%M%S.%3fZ"));
    let text = "This mail was sent by `ledgerline mail test`. Mails about runs come the same way.\n".to_owned();
    let notice = Notice { name: name.clone(), about: "TEST".to_owned(), text, thread: None, to: To::All };
    post_notice(project, &ledger, notice, now).map_err(Failure::Usage)?;
    let deliveries = deliver(&ledger.outbox(), settings, Which::Due, SystemClock.now())?;
    if deliveries.iter().any(|delivery| delivery.name == name && delivery.failure.is_none()) {
        say(&format!("{}:{} took the mail to {}", settings.host, settings.port, settings.to.join(", ")));
        return Ok(0);
    }
    tell(&deliveries);
    Ok(1)
}

/// Mails a few words now, where the project has mail. What fails is told and changes nothing about what was done.
pub(super) fn notify(project: &Project, ledger: &Ledger, notice: Notice<'_>) {
    let Some(settings) = &project.mail else { return };
    if let Err(why) = post_notice(project, ledger, notice, SystemClock.now()) {
        say(&format!("warning: there is no mail of it: {why}"));
    }
    match deliver(&ledger.outbox(), settings, Which::Due, SystemClock.now()) {
        Ok(deliveries) => {
            deliveries.iter().filter_map(regret).for_each(|why| say(&format!("warning: {why}")));
        }
        Err(error) => say(&format!("warning: what waits to be mailed cannot be read: {}", chain(&error))),
    }
}

fn outbox(project: &Project, format: Format) -> Result<u8, Failure> {
    let mut damaged = Vec::new();
    let waiting = Ledger::open(&project.ledger)?.outbox().waiting(&mut damaged)?;
    let mut rows = Rows::new(&["mail", "since", "attempts", "next", "last"]).numbers(&["attempts"]);
    rows.rows.extend(waiting.into_iter().map(|(name, posted)| {
        let next = posted.next.map_or_else(|| "given up".to_owned(), |next| next.to_string());
        vec![Some(name), Some(posted.since.to_string()), Some(posted.attempts.to_string()), Some(next), posted.last]
    }));
    rows.print(format);
    for name in damaged {
        say(&format!("warning: what is known of `{name}` cannot be read"));
    }
    Ok(0)
}

fn resend(project: &Project, run: Option<&str>) -> Result<u8, Failure> {
    let settings = settings(project)?;
    let (ledger, now) = (Ledger::open(&project.ledger)?, SystemClock.now());
    if let Some(run) = run {
        let summary = summary(&ledger, Some(run))?;
        let letter = Letter::of(&project.name, &summary, None).linked(project.serve.url.as_deref());
        let Some(settings) = letter.addressed(settings) else {
            return Err(Failure::Usage(format!("`[mail.on]` says that nobody gets the mail about run {run}")));
        };
        let message = compose(&letter, &settings, now).map_err(|error| Failure::Usage(chain(&error)))?;
        post(&ledger.outbox(), run, &message, now)?;
    }
    let which = if run.is_some() { Which::Due } else { Which::All };
    let deliveries = deliver(&ledger.outbox(), settings, which, now)?;
    if deliveries.is_empty() {
        say("no mail waits, or another process sends it");
    }
    tell(&deliveries);
    Ok(u8::from(deliveries.iter().any(|delivery| delivery.failure.is_some())))
}

/// Says what became of mails.
pub(super) fn tell(deliveries: &[Delivery]) {
    for delivery in deliveries {
        say(&regret(delivery).map_or_else(|| format!("`{}` was taken", delivery.name), |why| format!("warning: {why}")));
    }
}

/// Why a mail was not taken, and what becomes of it; `None` where it was.
pub(super) fn regret(delivery: &Delivery) -> Option<String> {
    let failure = delivery.failure.as_ref()?;
    let next = match delivery.next {
        Some(next) => format!("it is tried again from {} on", next.strftime("%Y-%m-%d %H:%M:%SZ")),
        None => "it is given up; `ledgerline mail resend` tries it again".to_owned(),
    };
    Some(format!("the mail `{}` was not sent: {}; {next}", delivery.name, chain(failure)))
}
