//! The log: who did what, and its head.

use crate::ledger::{Act, Entry};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Block, Cell, Facts, Page, Pager, Table};
use crate::web::site::Site;
use crate::web::taken;

/// Entries of a page.
const ROWS: usize = 50;

/// The page: newest entries first.
pub(in crate::web) fn log(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let log = site.ledger()?.log()?;
    let (page, rows_a_page) = if taken::is_wanted(ask) { (1, usize::MAX) } else { (ask.query.page()? + 1, ROWS) };
    let first = (page - 1).saturating_mul(rows_a_page);
    let entries = log.entries();
    let rows: Vec<Vec<Cell>> = entries.iter().rev().skip(first).take(rows_a_page).map(row).collect();
    let to = |page: usize| format!("/log?page={page}");
    let pager = (entries.len() > ROWS).then(|| Pager {
        place: format!("entries {} to {} of {}, newest first", first + 1, first + rows.len(), entries.len()),
        before: (page > 1).then(|| to(page - 1)),
        behind: (first + rows.len() < entries.len()).then(|| to(page + 1)),
    });
    let head = Facts {
        title: None,
        facts: vec![
            ("head".to_owned(), Cell::from(log.head().to_string())),
            ("its hash".to_owned(), Cell::from(log.head().hash.as_str())),
            ("entries".to_owned(), Cell::count(log.head().number)),
        ],
    };
    let kept = "Whoever keeps the head elsewhere notices that the log was cut or written anew: `ledgerline verify --expect HEAD`.";
    let blocks = vec![
        Block::Facts(head),
        Block::Text { title: None, paragraphs: vec![kept.to_owned()] },
        Block::Table(Table {
            title: "Who did what".to_owned(),
            columns: ["number", "at", "by", "what", "timeslot", "why", "run"].map(str::to_owned).to_vec(),
            rows,
            empty: "Nothing has been done yet.".to_owned(),
            pager,
            ..Table::default()
        }),
    ];
    Ok(Answer::Page(Page { title: "Log".to_owned(), under: "/log", blocks, live: None }))
}

fn row(entry: &Entry) -> Vec<Cell> {
    let (what, why) = told(&entry.act);
    vec![
        Cell::count(entry.number),
        Cell::At(entry.at),
        Cell::from(entry.by.as_str()),
        Cell::from(what),
        Cell::Link(entry.timeslot.to_string(), format!("/timeslots/{}", entry.timeslot)),
        Cell::of(why),
        entry.run.as_ref().map_or(Cell::Nothing, |run| Cell::Link(run.clone(), format!("/runs/{run}"))),
    ]
}

/// What an entry says was done, and why.
pub(in crate::web) fn told(act: &Act) -> (String, Option<String>) {
    match act {
        Act::Begin { as_of, parent } => {
            let parent = parent.as_ref().map_or_else(|| "as the first".to_owned(), |parent| format!("behind {parent}"));
            (format!("begun for {as_of}, {parent}"), None)
        }
        Act::Activate => ("activated".to_owned(), None),
        Act::Hold { thresholds } if thresholds.is_empty() => ("held: it is confirmed by hand".to_owned(), None),
        Act::Hold { thresholds } => (format!("held by {}", thresholds.join(", ")), None),
        Act::Override { threshold, reason, approved_by: None } => {
            (format!("let {threshold} pass"), Some(reason.clone()))
        }
        Act::Override { threshold, reason, approved_by: Some(by) } => {
            (format!("let {threshold} pass, as {by} approved beforehand"), Some(reason.clone()))
        }
        Act::Confirm { .. } => ("confirmed".to_owned(), None),
        Act::Reject { reason } => ("rejected".to_owned(), Some(reason.clone())),
        Act::Hide { reason } => ("hidden".to_owned(), Some(reason.clone())),
        Act::Show { reason } => ("put back in sight".to_owned(), Some(reason.clone())),
        Act::Label { label, reason } => (format!("labelled {label}"), Some(reason.clone())),
        Act::Unlabel { label, reason } => (format!("no longer labelled {label}"), Some(reason.clone())),
        Act::LegalHold { reason } => ("legal hold".to_owned(), Some(reason.clone())),
        Act::Release { reason } => ("released".to_owned(), Some(reason.clone())),
        Act::Mark { after, reason } => {
            (format!("marked to go after {}", after.strftime("%Y-%m-%d")), Some(reason.clone()))
        }
        Act::Spare { reason } => ("spared: it stays".to_owned(), Some(reason.clone())),
        Act::Purge { parts, bytes, reason, .. } => {
            (format!("purged: {parts} parts, {bytes} bytes"), Some(reason.clone()))
        }
    }
}
