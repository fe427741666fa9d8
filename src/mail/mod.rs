//! One mail per run: the summary as text and as HTML, from the run record alone; and a few words where something else is to be
//! told, such as a decision or a due time that was missed.
//!
//! The mail about a run is always kept in the run's folder; `run --batch` also puts it into the ledger's outbox and sends what waits there
//! (`delivery`). A mail that fails changes no verdict: it is tried again, by the next run, by `schedule run`, or when
//! somebody asks for it.

mod delivery;
mod html;
mod letter;
pub(crate) mod look;
mod secret;
mod send;
pub(crate) mod sources;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

pub use self::delivery::{Delivery, Which, deliver, post};
pub use self::html::html;
pub use self::letter::Letter;
pub(crate) use self::secret::read as secret;
pub use self::send::reach;
use crate::decide::Decided;
use crate::ids::TimeslotId;
use crate::ledger::Ledger;
use crate::plan::Project;
use crate::run::chain;
use crate::settings::mail::{Mail, On};

/// Why a mail was not made or not sent. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address is none.
    #[error("`{address}` is no mail address")]
    Address {
        /// As written.
        address: String,
    },
    /// The parts do not make a mail.
    #[error("the mail cannot be put together")]
    Build(#[from] lettre::error::Error),
    /// The secret is not where it should be.
    #[error("the password is not in {place}")]
    NoSecret {
        /// Where it was looked for.
        place: String,
    },
    /// The certificate that should be trusted is none.
    #[error("the certificate `{path}` cannot be used: {reason}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The server did not take it.
    #[error("{server} did not take the mail: {reason}")]
    Refused {
        /// Host and port.
        server: String,
        /// What it or the connection said.
        reason: String,
        /// Whether it would say so again.
        is_final: bool,
    },
    /// A mail in the outbox is not as it was put there.
    #[error("the mail is not as it was put where it waits: {reason}")]
    Damaged {
        /// In which way.
        reason: String,
    },
}

impl MailError {
    /// Whether another attempt would fail, too: nobody's password, certificate or server has to be mended for it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Refused { is_final, .. } => *is_final,
            Self::NoSecret { .. } | Self::Certificate { .. } => false,
            Self::Address { .. } | Self::Build(_) | Self::Damaged { .. } => true,
        }
    }
}

/// The mail about a run.
///
/// # Errors
/// Where an address is none.
pub fn compose(letter: &Letter<'_>, mail: &Mail, now: Timestamp) -> Result<Message, MailError> {
    let bodies = Bodies { text: letter.text(), html: Some(html(letter)) };
    build(letter.run, letter.subject(), bodies, root_of(letter.thread()), mail, now)
}

/// What all mails about a timeslot refer to.
fn root_of(thread: Option<(&str, &TimeslotId)>) -> Option<String> {
    thread.map(|(plan, timeslot)| format!("{plan}.{timeslot}"))
}

/// A mail of a few words, where there is no run to tell of.
pub struct Notice<'a> {
    /// What tells it from all other mails.
    pub name: String,
    /// How its subject ends.
    pub about: String,
    /// What it says.
    pub text: String,
    /// The plan and the timeslot it is about: mails about one stand together.
    pub thread: Option<(&'a str, &'a TimeslotId)>,
    /// Who gets it.
    pub to: To,
}

/// Who gets a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Those who get whatever is not said to go elsewhere.
    All,
    /// Those who get mails about this.
    On(On),
    /// One address.
    One(String),
}

/// A mail of a few words.
///
/// # Errors
/// Where an address is none.
pub fn compose_notice(project: &str, notice: Notice<'_>, mail: &Mail, now: Timestamp) -> Result<Message, MailError> {
    let Notice { name, about, text, thread, .. } = notice;
    let subject = format!("[{project}] {about}").split(char::is_control).collect::<Vec<_>>().join(" ");
    build(&name, subject, Bodies { text, html: None }, root_of(thread), mail, now)
}

/// A mail with a page of its own, such as a report.
pub struct Paper {
    /// What tells it from all other mails.
    pub name: String,
    /// Its subject.
    pub subject: String,
    /// What it says, as text.
    pub text: String,
    /// What it says, as a page.
    pub html: String,
    /// What it has in common with the mails that stand together with it.
    pub thread: String,
}

/// A mail with a page of its own.
///
/// # Errors
/// Where an address is none.
pub fn compose_paper(paper: Paper, mail: &Mail, now: Timestamp) -> Result<Message, MailError> {
    let Paper { name, subject, text, html, thread } = paper;
    let subject = subject.split(char::is_control).collect::<Vec<_>>().join(" ");
    build(&name, subject, Bodies { text, html: Some(html) }, Some(thread), mail, now)
}

/// Tells of a decision.
#[must_use]
pub fn of_decision(decided: &Decided) -> Notice<'_> {
    let Decided { timeslot, plan, word, sentence, reason, by, head } = decided;
    let shout = word.as_str().to_uppercase();
    let mut text = format!("{shout}: {sentence}.\n\nby: {by}\n");
    if let Some(reason) = reason {
        text.push_str(&format!("because: {reason}\n"));
    }
    text.push_str(&format!("head of the log: {head}\n"));
    let name = format!("{}-{timeslot}-{}", word.as_str(), head.number);
    Notice {
        name,
        about: format!("{plan} {timeslot}: {shout}"),
        text,
        thread: Some((plan, timeslot)),
        to: To::On(On::Decided),
    }
}

/// Puts a mail of a few words into the outbox, where the project has mail and somebody gets it.
///
/// # Errors
/// A sentence, where an address is none or the outbox cannot be written.
pub fn post_notice(project: &Project, ledger: &Ledger, notice: Notice<'_>, now: Timestamp) -> Result<(), String> {
    let Some(settings) = project.mail.as_ref().and_then(|mail| notice.to.settings(mail)) else { return Ok(()) };
    let name = notice.name.clone();
    let notice = linked(notice, project.serve.url.as_deref());
    let message = compose_notice(&project.name, notice, &settings, now).map_err(|error| chain(&error))?;
    post(&ledger.outbox(), &name, &message, now).map_err(|error| chain(&error))
}

impl To {
    /// The settings of mail with those who get it; `None` = nobody does.
    fn settings(&self, mail: &Mail) -> Option<Mail> {
        match self {
            Self::All => Some(mail.clone()),
            Self::On(on) => mail.about(*on),
            Self::One(address) => Some(Mail { to: vec![address.clone()], ..mail.clone() }),
        }
    }
}

/// A notice about a timeslot leads to its page, where there is one.
fn linked<'a>(mut notice: Notice<'a>, url: Option<&str>) -> Notice<'a> {
    if let (Some(url), Some((_, timeslot))) = (url, notice.thread) {
        notice.text.push_str(&format!("\nlook at it:  {url}/timeslots/{timeslot}\n"));
    }
    notice
}

/// What a mail says, as text and perhaps as a page.
struct Bodies {
    text: String,
    html: Option<String>,
}

/// A mail. `name` tells it from all others, and is what its Message-ID is made of.
fn build(
    name: &str,
    subject: String,
    bodies: Bodies,
    root: Option<String>,
    mail: &Mail,
    now: Timestamp,
) -> Result<Message, MailError> {
    let from = mailbox(&mail.from)?;
    let id = |name: &str| format!("<ledgerline.{name}@{}>", from.email.domain());
    // No mail has this id: programs that thread take all that refer to it for answers to one.
    let root = root.map(|root| id(&root));
    let id = id(name);
    let header = |name, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned());
    let mut message = Message::builder()
        .from(from)
        .subject(subject)
        .message_id(Some(id))
        .date(SystemTime::from(now))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"));
    if let Some(root) = root {
        message = message.references(root.clone()).in_reply_to(root);
    }
    for address in &mail.to {
        message = message.to(mailbox(address)?);
    }
    // Encoded bodies only: a bare line break of a cell could otherwise end the mail (RUSTSEC-2026-0561).
    let part = |kind, text: String| {
        SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text)
    };
    let text = part(ContentType::TEXT_PLAIN, bodies.text);
    let Some(page) = bodies.html else { return Ok(message.singlepart(text)?) };
    let parts = MultiPart::alternative().boundary(format!("ledgerline-{name}")).singlepart(text);
    Ok(message.multipart(parts.singlepart(part(ContentType::TEXT_HTML, page)))?)
}

fn mailbox(address: &str) -> Result<Mailbox, MailError> {
    address.parse().map_err(|_| MailError::Address { address: address.to_owned() })
}
