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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::event::{ReportTable, StageReport, Verdict};
    use crate::ids::StageName;
    use crate::settings::mail::Security;
    use crate::summary::{StageSummary, Summary};

    fn held() -> Summary {
        let table = ReportTable {
            title: "sources".to_owned(),
            columns: ["source", "state", "kept", "rejected"].map(str::to_owned).to_vec(),
            rows: vec![
                ["hr", "complete", "1204", "0"].map(str::to_owned).to_vec(),
                ["<b>erp</b>\r\n.\r\nMAIL FROM:<x@y>", "partial", "17", "0"].map(str::to_owned).to_vec(),
            ],
        };
        let people = ReportTable {
            title: "newly leaved: samples".to_owned(),
            columns: vec!["former owner".to_owned()],
            rows: vec![vec!["Cleo Marsh".to_owned()]],
        };
        let report = StageReport { headline: "2 sources, 1221 rows".to_owned(), tables: vec![table, people] };
        Summary {
            run: "20261116T033000Z-ab12".to_owned(),
            plan: "weekly".to_owned(),
            timeslot: "2026-11-16".parse().ok(),
            parent: "2026-11-09".parse().ok(),
            stages: vec![StageSummary { stage: StageName::Collect, report, millis: 8410 }],
            verdict: Some(Verdict::Held { thresholds: vec!["guard_accounts".to_owned()] }),
            exit_code: Some(3),
            head: "42:9f3c1a22b7d0e1f2".to_owned(),
            millis: 23_610,
            ..Summary::default()
        }
    }

    fn settings() -> Mail {
        Mail {
            host: "localhost".to_owned(),
            port: 25,
            security: Security::None,
            login: None,
            root_certificate: None,
            from: "Ledgerline <ledger@example.org>".to_owned(),
            to: vec!["iga@example.org".to_owned()],
            on: BTreeMap::new(),
            late_after: None,
        }
    }

    fn sent(project: &str) -> String {
        let summary = held();
        let letter = Letter::of(project, &summary, None);
        let message = compose(&letter, &settings(), Timestamp::UNIX_EPOCH).expect("a mail");
        String::from_utf8(message.formatted()).expect("an encoded mail is ASCII")
    }

    #[test]
    fn the_same_run_gives_the_same_mail_and_says_the_verdict_first() {
        let text = sent("Halden");
        assert_eq!(text, sent("Halden"));
        assert!(text.contains("Message-ID: <ledgerline.20261116T033000Z-ab12@example.org>\r\n"), "{text}");
        assert!(text.contains("Subject: [Halden] weekly 2026-11-16: HELD\r\n"), "{text}");
        assert!(text.contains("References: <ledgerline.weekly.2026-11-16@example.org>\r\n"), "{text}");
        assert!(text.contains("ledgerline confirm 2026-11-16 --override guard_accounts"), "{text}");
        assert!(text.contains("42:9f3c1a22b7d0e1f2"), "{text}");
    }

    #[test]
    fn no_cell_ends_the_mail_and_no_name_adds_a_header() {
        let text = sent("Halden\r\nBcc: x@example.org");
        let bare = text.replace("\r\n", "");
        assert!(!bare.contains(['\r', '\n']), "{text}");
        assert!(!text.contains("\r\n.\r\n"), "{text}");
        assert!(!text.contains("\r\nBcc:"), "{text}");
    }

    #[test]
    fn ten_thousand_hostile_names_add_no_header_and_nobody() {
        let pieces = [
            "\r\n",
            "\n",
            "\r",
            "\0",
            "Bcc: x@example.org",
            "To: y@z",
            ": ",
            "\u{85}",
            "\u{2028}",
            "é",
            "<a@b>",
            ",",
            "=?utf-8?q?=0D=0A?=",
            "\t ",
            ".",
        ];
        let names = |mail: &str| -> Vec<String> {
            let head = mail.split("\r\n\r\n").next().unwrap_or_default().split("\r\n");
            head.filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split(':').next().unwrap_or_default().to_owned())
                .collect()
        };
        let composed = |project: &str, about: &str| {
            let notice = Notice {
                name: "n".to_owned(),
                about: about.to_owned(),
                text: about.to_owned(),
                thread: None,
                to: To::All,
            };
            compose_notice(project, notice, &settings(), Timestamp::UNIX_EPOCH).expect("a mail")
        };
        let expected = names(&String::from_utf8(composed("Halden", "TEST").formatted()).expect("ASCII"));
        assert!(expected.contains(&"Subject".to_owned()) && !expected.contains(&"Bcc".to_owned()), "{expected:?}");
        for number in 0..10_000_usize {
            let text: String =
                (0..6).map(|at| pieces[(number / pieces.len().pow(at % 4) + at as usize) % pieces.len()]).collect();
            let message = composed(&text, &format!("{text}{number}"));
            let mail = String::from_utf8(message.formatted()).expect("an encoded mail is ASCII");
            assert_eq!(names(&mail), expected, "{text:?}");
            assert_eq!(message.envelope().to().len(), 1, "{text:?}");
            assert!(!mail.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
        }
    }

    #[test]
    fn what_a_source_says_is_shown_and_never_run() {
        let summary = held();
        let page = html(&Letter::of("A & B <i>", &summary, None));
        assert!(page.contains("&lt;b&gt;erp&lt;/b&gt;"), "{page}");
        assert!(page.contains("A &amp; B &lt;i&gt;"), "{page}");
        assert!(!page.contains("<b>erp"), "{page}");
        assert!(!page.contains("http"), "a page that asks nobody for anything: {page}");
    }

    #[test]
    fn a_held_run_leads_to_where_it_is_decided_and_to_the_run() {
        let summary = held();
        let letter = Letter::of("Halden", &summary, None).linked(Some("https://ledger.example.org"));
        let lines = [
            "  look and decide:  https://ledger.example.org/timeslots/2026-11-16\n",
            "  the run:  https://ledger.example.org/runs/20261116T033000Z-ab12\n",
        ];
        for line in lines {
            assert!(letter.text().contains(line), "{}", letter.text());
        }
        let page = html(&letter);
        assert!(page.contains("href=\"https://ledger.example.org/timeslots/2026-11-16\""), "{page}");
        assert_eq!(page.matches("href=").count(), 2, "nothing else is a link: {page}");
    }

    #[test]
    fn a_confirmed_run_leads_to_the_run_alone() {
        let summary = Summary { verdict: Some(Verdict::Confirmed), ..held() };
        let text = Letter::of("Halden", &summary, None).linked(Some("https://ledger.example.org")).text();
        assert!(text.contains("/runs/") && !text.contains("/timeslots/"), "{text}");
    }

    #[test]
    fn a_notice_about_a_timeslot_leads_to_it_where_there_is_a_page() {
        let id: TimeslotId = "2026-11-16".parse().expect("an id");
        let notice = |thread| Notice {
            name: "n".to_owned(),
            about: "a".to_owned(),
            text: "t\n".to_owned(),
            thread,
            to: To::All,
        };
        let text = |thread, url| linked(notice(thread), url).text;
        let url = Some("https://ledger.example.org");
        assert!(text(Some(("weekly", &id)), url).contains("  https://ledger.example.org/timeslots/2026-11-16\n"));
        assert_eq!(text(Some(("weekly", &id)), None), "t\n");
        assert_eq!(text(None, url), "t\n");
    }

    fn warned() -> Summary {
        let table = ReportTable {
            title: "limits reached".to_owned(),
            columns: ["severity", "threshold", "what happened"].map(str::to_owned).to_vec(),
            rows: vec![["warn", "few_accounts", "accounts fell by 12"].map(str::to_owned).to_vec()],
        };
        let report = StageReport { headline: "1 limit judged".to_owned(), tables: vec![table] };
        let stages = vec![StageSummary { stage: StageName::Validate, report, millis: 1 }];
        Summary { verdict: Some(Verdict::Confirmed), stages, ..held() }
    }

    #[test]
    fn a_run_in_which_thresholds_warned_says_so_in_its_subject() {
        let summary = warned();
        let letter = Letter::of("Halden", &summary, None);
        assert_eq!(letter.subject(), "[Halden] weekly 2026-11-16: CONFIRMED, WARNED");
        assert!(letter.text().starts_with("CONFIRMED, WARNED: timeslot 2026-11-16 is current\n"), "{}", letter.text());
        let calm = Summary { stages: Vec::new(), ..warned() };
        assert_eq!(Letter::of("Halden", &calm, None).subject(), "[Halden] weekly 2026-11-16: CONFIRMED");
    }

    #[test]
    fn each_verdict_goes_to_those_who_are_named_for_it() {
        let named = |who: &str| vec![format!("{who}@example.org")];
        let on = BTreeMap::from([
            (On::Warned, named("warned")),
            (On::Held, named("held")),
            (On::Failed, named("failed")),
            (On::Confirmed, Vec::new()),
        ]);
        let mail = Mail { on, ..settings() };
        let to = |verdict: Option<Verdict>, stages: Vec<StageSummary>| {
            let summary = Summary { stages, verdict, ..held() };
            Letter::of("Halden", &summary, None).addressed(&mail).map(|mail| mail.to.join(" "))
        };
        let said = |who: &str| Some(format!("{who}@example.org"));
        assert_eq!(to(Some(Verdict::Confirmed), warned().stages), said("warned"));
        assert_eq!(to(Some(Verdict::Confirmed), Vec::new()), None);
        assert_eq!(to(held().verdict, warned().stages), said("held"));
        assert_eq!(to(Some(Verdict::Failed { stage: None }), Vec::new()), said("failed"));
        assert_eq!(to(Some(Verdict::Interrupted { signal: 15 }), Vec::new()), said("failed"));
        assert_eq!(to(None, Vec::new()), said("failed"));
        assert_eq!(to(Some(Verdict::Open { stale: Vec::new() }), Vec::new()), said("iga"));
    }

    #[test]
    fn samples_that_name_people_stay_at_home() {
        let summary = held();
        let letter = Letter::of("Halden", &summary, None);
        assert!(!letter.text().contains("Cleo") && !html(&letter).contains("Cleo"));
    }

    #[test]
    fn a_run_that_did_not_begin_says_why() {
        let summary = Summary { run: "r1".to_owned(), plan: "weekly".to_owned(), ..Summary::default() };
        let letter = Letter::of("Halden", &summary, Some("the ledger is locked by anna"));
        assert_eq!(letter.subject(), "[Halden] weekly: FAILED");
        assert!(letter.text().starts_with("FAILED"), "{}", letter.text());
        assert!(letter.text().contains("the ledger is locked by anna"));
    }
}
