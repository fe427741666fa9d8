//! That somebody left, as the stage of leavers found it: why, when, and what can still be logged on to.

use super::object::{facts, follow};
use crate::sql;
use crate::web::answer::Refusal;
use crate::web::asked::Asked;
use crate::web::page::{Block, Cell, Table};
use crate::web::questions::account_page;
use crate::web::site::Site;

/// What is told of a departure: a column of `departures`, and what a page calls it.
const TOLD: [(&str, &str); 7] = [
    ("reason", "why"),
    ("detail", "which"),
    ("departed_on", "departed on"),
    ("detected_on", "detected on"),
    ("last_listed_on", "last listed on"),
    ("missed_loads", "complete loads without them"),
    ("sources", "sources"),
];

/// Who left, and the blocks that say so.
pub(super) struct Left {
    /// The name as last displayed.
    pub(super) name: Option<String>,
    /// The departure, and accounts that are open longer than allowed where there are any.
    pub(super) blocks: Vec<Block>,
}

/// The departure of the person with an employee id; `None` where the timeslot knows of none.
pub(super) fn left(site: &Site, asked: &Asked, employee_id: &str) -> Result<Option<Left>, Refusal> {
    if !asked.has("departures") {
        return Ok(None);
    }
    let columns = TOLD.map(|(column, _)| format!("CAST(d.{column} AS VARCHAR)")).join(", ");
    let found = format!(
        "SELECT CAST(d.uid AS VARCHAR), d.full_name, {columns} FROM departures d WHERE d.employee_id = {}",
        sql::text(employee_id)
    );
    let Some(row) = asked.rows(site, &found)?.into_iter().next() else { return Ok(None) };
    let mut row = row.into_iter();
    let (uid, name) = (row.next().flatten(), row.next().flatten());
    let told = TOLD.iter().zip(row).filter_map(|((column, title), value)| {
        let value = value.filter(|value| *column != "missed_loads" || value != "0")?;
        Some(((*title).to_owned(), Cell::Text(value)))
    });
    let mut blocks = vec![facts("Left", told.collect())];
    if let Some(uid) = uid.filter(|_| asked.has("overdue_accounts")) {
        blocks.extend(overdue(site, asked, &uid)?);
    }
    Ok(Some(Left { name, blocks }))
}

/// The accounts of somebody who left that should have been closed by now.
fn overdue(site: &Site, asked: &Asked, uid: &str) -> Result<Option<Block>, Refusal> {
    let rows = asked.rows(
        site,
        &format!(
            "SELECT a.repository, a.identifier, CAST(v.due_on AS VARCHAR) AS due, CAST(v.days_overdue AS VARCHAR) AS days
FROM overdue_accounts v JOIN accounts a ON a.uid = v.account_uid
WHERE v.identity_uid = {uid}
ORDER BY v.days_overdue DESC NULLS LAST, a.repository NULLS LAST, a.identifier NULLS LAST"
        ),
    )?;
    let cells = |row: Vec<Option<String>>| {
        let [repository, identifier, due_on, days] = row.try_into().ok()?;
        let (repository, identifier): (String, String) = (repository?, identifier?);
        let page = account_page("/accounts", &repository, &identifier);
        Some(vec![Cell::Text(repository), Cell::Link(identifier, page), Cell::of(due_on), Cell::of(days)])
    };
    let rows: Vec<Vec<Cell>> = rows.into_iter().filter_map(cells).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let mut table = Table {
        title: "Accounts that are still open".to_owned(),
        about: Some("They can be logged on to for longer than the stage of leavers allows.".to_owned()),
        columns: ["repository", "identifier", "due on", "days overdue"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    };
    follow(&mut table, asked, site)?;
    Ok(Some(Block::Table(table)))
}
