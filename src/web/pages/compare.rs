//! Two timeslots side by side: how many rows of each table came, changed and went, and down to single attributes.

use crate::diff::{Answer as Rows, Diff, compared_tables};
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, State, Timeslot};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::asked::{Asked, ROWS};
use crate::web::page::{Block, Cell, Form, Input, Link, Page, Pager, Table};
use crate::web::question::{escaped, query_of};
use crate::web::questions::object_page;
use crate::web::site::Site;
use crate::web::taken;

/// The columns of counts that are no counts: the table, and perhaps the value by which it is broken down.
fn n_texts(by: Option<&str>) -> usize {
    1 + usize::from(by.is_some())
}

/// What is compared.
struct Pair {
    from: Timeslot,
    to: Timeslot,
}

impl Pair {
    /// The two that `from` and `to` name; else the open one and its parent, or the last two confirmed ones. `None` where
    /// there are not two yet.
    fn of(ledger: &Ledger, fields: &Fields) -> Result<Option<Self>, Refusal> {
        let (from, to) = (fields.parsed::<TimeslotId>("from")?, fields.parsed::<TimeslotId>("to")?);
        let visible = visible(ledger)?;
        let to = to.or_else(|| visible.last().cloned());
        let before = |to: &TimeslotId| -> Result<Option<TimeslotId>, Refusal> {
            let standings = ledger.standings()?;
            let parent = standings.find(to).and_then(|standing| standing.parent.clone());
            let parent = parent.filter(|parent| visible.contains(parent));
            Ok(parent.or_else(|| visible.iter().rev().find(|id| *id != to).cloned()))
        };
        let Some(to) = to else { return Ok(None) };
        let from = match from {
            Some(from) => Some(from),
            None => before(&to)?,
        };
        let Some(from) = from else { return Ok(None) };
        Ok(Some(Self { from: Asked::open(ledger, &from)?.timeslot, to: Asked::open(ledger, &to)?.timeslot }))
    }

    fn ids(&self) -> (String, String) {
        (self.from.manifest.timeslot.to_string(), self.to.manifest.timeslot.to_string())
    }
}

/// The timeslots whose tables may be read: the confirmed ones in sight, the current one last, and behind it the open one
/// where it is published.
fn visible(ledger: &Ledger) -> Result<Vec<TimeslotId>, Refusal> {
    let standings = ledger.standings()?;
    let mut confirmed: Vec<_> = standings.all().iter().filter(|found| found.state == State::Confirmed).collect();
    confirmed.sort_by_key(|found| found.confirmed_by);
    let open = standings.open().filter(|open| open.state != State::Sandbox);
    Ok(confirmed.into_iter().chain(open).map(|found| found.id.clone()).collect())
}

/// What was asked, answered: counts, or the details of one table.
fn rows(site: &Site, pair: &Pair, fields: &Fields) -> Result<Rows, Refusal> {
    let (table, by) = (fields.get("table"), fields.get("by"));
    let diff = Diff::new(&pair.from, &pair.to, site.engine())?;
    Ok(match table {
        Some(table) if by.is_none() => diff.details(table, false)?,
        table => diff.counts(table, by)?,
    })
}

/// How many of its first columns are texts, those behind them being counts.
fn texts_of(fields: &Fields, columns: usize) -> usize {
    let is_detailed = fields.get("table").is_some() && fields.get("by").is_none();
    if is_detailed { columns } else { n_texts(fields.get("by")) }
}

/// The page: `/compare?from=&to=&table=&by=`.
pub(in crate::web) fn compare(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let Some(pair) = Pair::of(&ledger, &ask.query)? else {
        let told = "There is only one timeslot, so that there is nothing to compare it with.";
        let blocks = vec![Block::Text { title: None, paragraphs: vec![told.to_owned()] }];
        return Ok(Answer::Page(Page { title: "Compare".to_owned(), under: "/timeslots", blocks, live: None }));
    };
    let (from, to) = pair.ids();
    let answer = rows(site, &pair, &ask.query)?;
    let mut blocks = vec![Block::Form(choice(&ledger, ask, &from, &to)?)];
    blocks.push(Block::Table(shown(ask, &from, &to, answer)?));
    if ask.query.get("table").is_some() {
        let all = format!("/compare?from={from}&to={to}");
        blocks.push(Block::Links { title: None, links: vec![Link::new("All tables", all)] });
    }
    let title = format!("From {from} to {to}");
    Ok(Answer::Page(Page { title, under: "/timeslots", blocks, live: None }))
}

fn choice(ledger: &Ledger, ask: &Ask, from: &str, to: &str) -> Result<Form, Refusal> {
    let same = |text: String| (text.clone(), text);
    let known: Vec<(String, String)> = visible(ledger)?.iter().rev().map(|id| same(id.to_string())).collect();
    let tables = compared_tables().into_iter().map(|name| same(name.to_owned()));
    let tables = std::iter::once((String::new(), "all".to_owned())).chain(tables).collect();
    let choice = |name: &str, label: &str, value: &str, options: Vec<(String, String)>| Input::Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        options,
    };
    let value = |name: &str| ask.query.get(name).unwrap_or_default();
    Ok(Form {
        about: Some(
            "One table is told object by object; by a column, such as repository, there are counts for each value."
                .to_owned(),
        ),
        action: "/compare".to_owned(),
        is_question: true,
        inputs: vec![
            choice("from", "From", from, known.clone()),
            choice("to", "To", to, known),
            choice("table", "Table", value("table"), tables),
            Input::line("by", "By column", value("by").to_owned()),
        ],
        button: "Compare".to_owned(),
        ..Form::default()
    })
}

/// One page of the answer.
fn shown(ask: &Ask, from: &str, to: &str, (columns, rows): Rows) -> Result<Table, Refusal> {
    let (table, by) = (ask.query.get("table"), ask.query.get("by"));
    let texts = texts_of(&ask.query, columns.len());
    let asked = format!("from={from}&to={to}&{}", query_of(&ask.query, &["table", "by"]));
    let count = rows.len();
    let last = (count as u64).div_ceil(ROWS).max(1);
    let page = ask.query.parsed::<u64>("page")?.unwrap_or(1).clamp(1, last);
    let first = (page - 1).saturating_mul(ROWS);
    let number = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
    let (skipped, most) = if taken::is_wanted(ask) { (0, usize::MAX) } else { (number(first), number(ROWS)) };
    let names = columns.clone();
    let cell = |at: usize, text: Option<String>| match text {
        None => Cell::Nothing,
        // A table of all leads to what moved in it.
        Some(name) if at == 0 && texts < columns.len() => {
            let href = format!("/compare?from={from}&to={to}&table={}", escaped(&name));
            Cell::Link(name, href)
        }
        Some(text) if at >= texts => Cell::counted(&text),
        Some(text) => match page_of(table.unwrap_or_default(), &names[at], &text) {
            Some(href) => Cell::Link(text, format!("{href}?timeslot={to}")),
            None => Cell::Text(text),
        },
    };
    let shown: Vec<Vec<Cell>> = rows
        .into_iter()
        .skip(skipped)
        .take(most)
        .map(|row| row.into_iter().enumerate().map(|(at, text)| cell(at, text)).collect())
        .collect();
    let behind = skipped.saturating_add(shown.len());
    let to_page = |page: u64| format!("/compare?{asked}page={page}");
    let pager = (count > most).then(|| Pager {
        place: format!("rows {} to {behind} of {count}", first + 1),
        before: (page > 1).then(|| to_page(page - 1)),
        behind: (behind < count).then(|| to_page(page + 1)),
    });
    Ok(Table {
        title: match (table, by) {
            (Some(table), None) => format!("What moved in {table}"),
            (Some(table), Some(by)) => format!("{table} by {by}"),
            (None, Some(by)) => format!("Rows by {by}"),
            (None, None) => "Rows of each table".to_owned(),
        },
        columns: columns.iter().map(|column| column.replace('_', " ")).collect(),
        rows: shown,
        empty: "Nothing differs.".to_owned(),
        pager,
        ..Table::default()
    })
}

/// The page of a person or an account that a column of details names.
fn page_of(table: &str, column: &str, key: &str) -> Option<String> {
    let kind = match (table, column) {
        ("identities", "key") => "identity",
        ("accounts", "key") => "account",
        (_, column) => column,
    };
    object_page(kind, key)
}
