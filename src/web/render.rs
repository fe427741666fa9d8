//! Pages as HTML, by one template.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::ask::Ask;
use super::page::{Block, Cell, Input, Page};
use super::site::Site;
use super::taken;
use super::users::May;

/// What tells the style sheet and the script of this version from others.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The whole page.
#[derive(Template)]
#[template(path = "document.html")]
struct Document<'a> {
    project: &'a str,
    head: String,
    page: &'a Page,
    ask: &'a Ask,
    person: Option<(&'a str, String)>,
    links: Vec<(&'static str, &'static str)>,
    shown: Shown,
}

/// What stands in the middle of it.
#[derive(Template)]
#[template(path = "middle.html")]
struct Middle<'a> {
    page: &'a Page,
    ask: &'a Ask,
    shown: Shown,
}

/// A page without anything of the project.
#[derive(Template)]
#[template(path = "bare.html")]
struct Bare<'a> {
    why: &'a str,
}

/// How cells are written.
struct Shown {
    zone: TimeZone,
}

impl Shown {
    fn at(&self, at: &Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]
    fn count(number: &i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if *number < 0 { format!("-{text}") } else { text }
    }
}

/// The pages that a person may look at, in the order of the navigation.
const PAGES: [(&str, &str, May); 10] = [
    ("/", "Now", May::See),
    ("/runs", "Runs", May::See),
    ("/timeslots", "Timeslots", May::See),
    ("/findings", "Findings", May::Read),
    ("/ownerless", "Ownerless", May::Read),
    ("/identities", "Identities", May::Read),
    ("/controls", "Controls", May::See),
    ("/schedule", "Schedule", May::See),
    ("/reports", "Reports", May::See),
    ("/log", "Log", May::Read),
];

/// The whole page as HTML.
pub(super) fn document(site: &Site, ask: &Ask, page: &Page) -> String {
    let project = site.project();
    let head = site.ledger().ok().and_then(|ledger| ledger.log().ok()).map(|log| log.head().to_string());
    let person = ask.person.as_ref();
    let roles =
        |person: &super::users::User| person.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    let document = Document {
        project: &project.name,
        head: head.filter(|_| person.is_some()).unwrap_or_default(),
        page,
        ask,
        person: person.map(|person| (person.name.as_str(), roles(person))),
        links: PAGES.iter().filter(|(_, _, may)| ask.may(*may)).map(|(path, name, _)| (*path, *name)).collect(),
        shown: Shown { zone: project.zone.clone() },
    };
    document.render().unwrap_or_else(|error| bare(&error.to_string()))
}

/// The page's middle as HTML.
pub(super) fn part(site: &Site, ask: &Ask, page: &Page) -> String {
    let middle = Middle { page, ask, shown: Shown { zone: site.project().zone.clone() } };
    middle.render().unwrap_or_else(|error| bare(&error.to_string()))
}

/// A page that says one thing.
pub(super) fn bare(why: &str) -> String {
    Bare { why }.render().unwrap_or_else(|_| "ledgerline\n".to_owned())
}

/// Whether every cell of a column is a count, so that it stands at the right.
fn is_numeric(rows: &[Vec<Cell>], at: usize) -> bool {
    let mut cells = rows.iter().filter_map(|row| row.get(at)).filter(|cell| **cell != Cell::Nothing).peekable();
    cells.peek().is_some() && cells.all(|cell| matches!(cell, Cell::Number(_)))
}
