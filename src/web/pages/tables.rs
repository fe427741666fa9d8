//! A table of a timeslot on a page of its own, and as a file.

use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Block, Page};
use crate::web::question::escaped;
use crate::web::questions;
use crate::web::sheet::FileKind;
use crate::web::site::Site;

/// The page: `/timeslots/{timeslot}/tables/{table}`, with the fields of the question behind the `?`.
pub(in crate::web) fn table(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let id = ask.piece("timeslot")?;
    let asked = Asked::open(&site.ledger()?, &id)?;
    let name = ask.pieces.get("table").unwrap_or_default();
    let question = questions::named(name, &asked, &ask.query)?;
    let fields: String = ask
        .query
        .0
        .iter()
        .filter(|(field, _)| field != "page")
        .fold(String::new(), |all, (field, value)| format!("{all}{}={}&", escaped(field), escaped(value)));
    let here = format!("/timeslots/{id}/tables/{name}?{fields}");
    let files = format!("/timeslots/{id}/files/{name}?{}", fields.trim_end_matches('&'));
    let page = ask.query.parsed("page")?.unwrap_or(1);
    let table = asked.table(site, &question, page, Some(&here), Some(&files))?;
    let title = format!("{} of {id}", question.title);
    Ok(Answer::Page(Page { title, under: "/timeslots", blocks: vec![Block::Table(table)], live: None }))
}

/// The file: `/timeslots/{timeslot}/files/{table}.csv`, `.xlsx` or `.parquet`, with the same fields.
pub(in crate::web) fn file(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let asked = Asked::open(&site.ledger()?, &ask.piece("timeslot")?)?;
    let name = ask.pieces.get("file").unwrap_or_default();
    let none = || Refusal::NotFound(format!("there is no file `{name}`: tables come as .csv, .xlsx and .parquet"));
    let (table, extension) = name.rsplit_once('.').ok_or_else(none)?;
    let kind = FileKind::named(extension).ok_or_else(none)?;
    asked.file(site, &questions::named(table, &asked, &ask.query)?, kind)
}
