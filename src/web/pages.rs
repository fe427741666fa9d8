//! The pages: each file answers what belongs to one of them.

pub(super) mod accounts;
pub(super) mod assets;
pub(super) mod away;
mod choose;
pub(super) mod compare;
pub(super) mod controls;
pub(super) mod decide;
pub(super) mod door;
pub(super) mod except;
pub(super) mod findings;
pub(super) mod identities;
pub(super) mod launch;
mod left;
pub(super) mod log;
pub(super) mod now;
mod object;
pub(super) mod owner;
pub(super) mod ownerless;
pub(super) mod reports;
mod risk;
pub(super) mod run;
pub(super) mod runs;
pub(super) mod schedule;
pub(super) mod tables;
pub(super) mod timeslot;
pub(super) mod timeslots;
pub(super) mod why;

pub(super) use self::door::{come_back, sign_in_page};
use super::page::{Banner, Block, Link, Page, Tone};

/// A page that says why something is refused.
pub(super) fn refusal_page(status: u16, why: &str) -> Page {
    let (title, word) = match status {
        403 => ("Not allowed", "NOT ALLOWED"),
        404 => ("Not found", "NOT FOUND"),
        409 => ("Not as things stand", "NOT NOW"),
        429 => ("Too often", "WAIT"),
        500.. => ("Something is broken", "BROKEN"),
        _ => ("This makes no sense", "WRONG"),
    };
    let (sentence, rest) = why.split_once('\n').unwrap_or((why, ""));
    let banner = Banner {
        tone: Tone::Bad,
        word: word.to_owned(),
        sentence: sentence.to_owned(),
        links: vec![Link::new("Now", "/")],
    };
    let mut blocks = vec![Block::Banner(banner)];
    if !rest.trim().is_empty() {
        blocks.push(Block::Code { title: "All it said".to_owned(), text: why.to_owned(), is_open: true });
    }
    Page { title: title.to_owned(), blocks, ..Page::default() }
}
