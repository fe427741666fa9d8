//! Questions to a timeslot in SQL. Every table of rows that a page shows is one: it is paged by the engine, downloads whole, and is
//! shown with its SQL, so that an auditor gets the same rows from the same Parquet.

use std::fs::File;
use std::io::Seek;

use super::answer::{Answer, Refusal};
use super::answers::stamp;
use super::ask::Fields;
use super::page::{Cell, Link, Pager, Table};
use super::sheet::{FileKind, SheetError, file_name, write};
use super::site::Site;
use crate::engine::cells;
use crate::ledger::{Ledger, State, Timeslot};
use crate::model::TableSet;
use crate::sql;
use crate::table::{Field, Type};

/// Rows of a page.
pub(super) const ROWS: u64 = 50;

/// A row of an answer; `None` is null.
pub(super) type Row = [Option<String>];

/// The names of columns, rows, and whether there are more.
pub(super) type Page = (Vec<String>, Vec<Vec<Option<String>>>, bool);

/// The same with the types of the columns.
type FieldsAndRows = (Vec<Field>, Vec<Vec<Option<String>>>, bool);

/// Where a cell leads, told by its row.
pub(super) type Lead = fn(&Row) -> Option<String>;

/// More uids than this are not written into a question.
const MOST_UIDS: usize = 500;

/// Uids as they stand within `IN (..)`.
fn listed(uids: &[String]) -> String {
    if uids.is_empty() { "NULL".to_owned() } else { uids.join(", ") }
}

/// A question to a timeslot. One that is found a page at a time has nothing that is given.
#[derive(Clone)]
pub(super) struct Question {
    /// What the rows are.
    pub(super) title: String,
    /// A sentence about them.
    pub(super) about: Option<String>,
    /// The tables that it reads and that not every plan makes: where one lacks, there are no rows, and `empty` is said.
    pub(super) needs: &'static [&'static str],
    /// A SELECT without an order. Its columns are named as people read them, with `_` for blanks.
    pub(super) rows: String,
    /// Where telling of things costs more than finding them: a SELECT of their `uid`, with the columns of `order`, which stands in
    /// `rows` as `{found}`. There is one row of `rows` for each of its own, so that a page is found first, and then told.
    pub(super) found: Option<String>,
    /// Of whom or what it is asked: SELECTs of uids that stand in `rows` by their names, each within `IN ({name})`. They are read first: a uid
    /// that is known leads the engine to the few rows that are sorted by it.
    pub(super) given: Vec<(&'static str, String)>,
    /// Its columns in the order by which no two rows are alike; texts of SQL behind `ORDER BY`.
    pub(super) order: &'static str,
    /// What is said where there are no rows.
    pub(super) empty: &'static str,
    /// The columns that lead somewhere.
    pub(super) leads: Vec<(&'static str, Lead)>,
}

impl Question {
    /// The whole question, in order.
    pub(super) fn sql(&self) -> String {
        format!("{}\nORDER BY {}", self.whole(), self.order)
    }

    /// The whole question, without an order.
    fn whole(&self) -> String {
        let found = self.found.as_ref().map(|found| ("found", found.trim_end().to_owned()));
        self.filled(found.into_iter().chain(self.given.iter().cloned()))
    }

    /// The rows with something in each place.
    fn filled(&self, values: impl Iterator<Item = (&'static str, String)>) -> String {
        let values: Vec<(&str, String)> = values.collect();
        if values.is_empty() {
            // What somebody looks for may have braces.
            return self.rows.clone();
        }
        sql::fill(&self.rows, &values.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
    }

    /// The same question with the uids that are given, which `find` reads, in their places.
    pub(super) fn known<E>(&self, find: impl Fn(&str) -> Result<Vec<String>, E>) -> Result<Self, E> {
        let mut values = Vec::new();
        for (name, uids) in &self.given {
            let known = find(uids)?;
            values.push((*name, if known.len() > MOST_UIDS { uids.clone() } else { listed(&known) }));
        }
        Ok(Self { rows: self.filled(values.into_iter()), given: Vec::new(), ..self.clone() })
    }

    /// So many rows behind the first ones; `find` reads the uids of those that are found.
    pub(super) fn part<E>(
        &self,
        first: u64,
        count: u64,
        find: impl Fn(&str) -> Result<Vec<String>, E>,
    ) -> Result<String, E> {
        let (order, limit) = (self.order, format!("LIMIT {count} OFFSET {first}"));
        let Some(found) = &self.found else { return Ok(format!("{} {limit}", self.sql())) };
        let uids = find(&format!("SELECT f.uid FROM ({found}) AS f ORDER BY {order} {limit}"))?;
        let uids = match &uids[..] {
            [] => "SELECT 0 AS uid WHERE FALSE".to_owned(),
            some => format!("SELECT f.uid AS uid FROM (VALUES ({})) AS f(uid)", some.join("), (")),
        };
        Ok(format!("{}\nORDER BY {order}", self.filled(std::iter::once(("found", uids)))))
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> String {
        let rows = self.found.clone().unwrap_or_else(|| self.whole());
        format!("SELECT COUNT(*) AS n FROM ({rows}) AS all_rows")
    }
}

/// A timeslot that is asked, with its parent's tables as `before_`.
pub(super) struct Asked {
    pub(super) timeslot: Timeslot,
    tables: TableSet,
    /// What its tables are known by.
    stamp: String,
}

impl Asked {
    /// A timeslot whose tables may be read: confirmed and in sight, or open and published.
    ///
    /// # Errors
    /// Where there is none of that name, or it is not to be seen.
    pub(super) fn open(ledger: &Ledger, id: &crate::ids::TimeslotId) -> Result<Self, Refusal> {
        let standings = ledger.standings()?;
        let state = standings.find(id).map(|standing| standing.state);
        match state {
            None => Err(Refusal::NotFound(format!("there is no timeslot {id}"))),
            Some(State::Hidden | State::Rejected | State::Sandbox) => {
                Err(Refusal::NotFound(format!("timeslot {id} is not in sight: its tables cannot be read")))
            }
            Some(_) => Ok(Self::of(ledger, ledger.timeslot(id)?)),
        }
    }

    /// The one that `timeslot=` names, else the current one.
    ///
    /// # Errors
    /// As [`Self::open`]; where nothing is current.
    pub(super) fn named_or_current(ledger: &Ledger, fields: &Fields) -> Result<Self, Refusal> {
        match fields.parsed("timeslot")? {
            Some(id) => Self::open(ledger, &id),
            None => match ledger.current()? {
                Some(current) => Ok(Self::of(ledger, current)),
                None => Err(Refusal::NotFound("no timeslot has been confirmed yet".to_owned())),
            },
        }
    }

    /// The one that `timeslot=` names, else the open one where its tables are published, else the current one: what is to be
    /// decided now.
    ///
    /// # Errors
    /// As [`Self::named_or_current`].
    pub(super) fn named_or_latest(ledger: &Ledger, fields: &Fields) -> Result<Self, Refusal> {
        let standings = ledger.standings()?;
        let open = standings.open().filter(|open| open.state != State::Sandbox);
        match open.filter(|_| fields.get("timeslot").is_none()) {
            Some(open) => Self::open(ledger, &open.id),
            None => Self::named_or_current(ledger, fields),
        }
    }

    /// The columns of a table.
    pub(super) fn columns(&self, table: &str) -> Vec<Field> {
        self.tables.find(table).columns.clone()
    }

    fn of(ledger: &Ledger, timeslot: Timeslot) -> Self {
        // The parent may have gone by retention; its tables are then empty.
        let parent = timeslot.manifest.parent.as_ref().and_then(|parent| ledger.timeslot(parent).ok());
        let stamp = stamp(&timeslot, parent.as_ref());
        Self { tables: TableSet::of(&timeslot, parent.as_ref()), stamp, timeslot }
    }

    /// Whether it has a table.
    pub(super) fn has(&self, table: &str) -> bool {
        self.tables.contains(table)
    }

    /// The rows of a small answer.
    ///
    /// # Errors
    /// Where the engine fails.
    pub(super) fn rows(&self, site: &Site, sql: &str) -> Result<Vec<Vec<Option<String>>>, Refusal> {
        let ask = || Ok::<_, Refusal>((Vec::new(), cells(&site.engine().rows(sql, &self.tables)?)?));
        Ok(site.answers.of(&self.stamp, sql, ask)?.1)
    }

    /// The one column of a small answer.
    pub(super) fn uids(&self, site: &Site, sql: &str) -> Result<Vec<String>, Refusal> {
        Ok(self.rows(site, sql)?.into_iter().flatten().flatten().collect())
    }

    /// A page of the answer as a table. `here` is the address of the page without its number, `?` and all before it, where the
    /// answer is longer than a page and is to be paged; `files` is where the whole of it downloads.
    ///
    /// # Errors
    /// Where the engine fails.
    pub(super) fn table(
        &self,
        site: &Site,
        question: &Question,
        page: u64,
        here: Option<&str>,
        files: Option<&str>,
    ) -> Result<Table, Refusal> {
        let mut table = Table {
            title: question.title.clone(),
            about: question.about.clone(),
            empty: question.empty.to_owned(),
            sql: Some(question.sql()),
            ..Table::default()
        };
        if question.needs.iter().any(|needed| !self.has(needed)) {
            table.sql = None;
            return Ok(table);
        }
        let question = &question.known(|sql| self.uids(site, sql))?;
        let first = page.saturating_sub(1).saturating_mul(ROWS);
        let (columns, rows, is_more) = self.fields(site, question, page)?;
        let leads: Vec<Option<Lead>> = columns
            .iter()
            .map(|column| question.leads.iter().find(|(name, _)| *name == column.name).map(|(_, lead)| *lead))
            .collect();
        let cell = |row: &Row, at: usize| {
            let Some(text) = &row[at] else { return Cell::Nothing };
            match (leads[at].and_then(|lead| lead(row)), columns[at].kind) {
                (Some(href), _) => Cell::Link(text.clone(), href),
                (None, Type::Integer) => Cell::counted(text),
                (None, _) => Cell::Text(text.clone()),
            }
        };
        table.rows = rows.iter().map(|row| (0..row.len()).map(|at| cell(row, at)).collect()).collect();
        table.columns = columns.iter().map(|column| column.name.replace('_', " ")).collect();
        if (is_more || first > 0)
            && let Some(here) = here
        {
            let count = self.rows(site, &question.count())?;
            let count = count.into_iter().flatten().flatten().next().unwrap_or_default();
            let to = |page: u64| format!("{here}page={page}");
            table.pager = Some(Pager {
                place: format!("rows {} to {} of {count}", first + 1, first + rows.len() as u64),
                before: (page > 1).then(|| to(page - 1)),
                behind: is_more.then(|| to(page + 1)),
            });
        }
        if let Some(files) = files.filter(|_| !table.rows.is_empty()) {
            let file = |kind: &FileKind| {
                let (path, query) = files.split_once('?').unwrap_or((files, ""));
                let query = if query.is_empty() { String::new() } else { format!("?{query}") };
                Link::new(kind.extension().to_uppercase(), format!("{path}.{}{query}", kind.extension()))
            };
            table.files = FileKind::ALL.iter().map(file).collect();
        }
        Ok(table)
    }

    /// A page of the answer, counted from 1: the names of its columns, its rows, and whether there are more behind it.
    ///
    /// # Errors
    /// Where the engine fails, or a table that is needed lacks.
    pub(super) fn page(&self, site: &Site, question: &Question, page: u64) -> Result<Page, Refusal> {
        if question.needs.iter().any(|needed| !self.has(needed)) {
            return Err(Refusal::NotFound(question.empty.to_owned()));
        }
        let question = question.known(|sql| self.uids(site, sql))?;
        let (columns, rows, is_more) = self.fields(site, &question, page)?;
        Ok((columns.into_iter().map(|column| column.name).collect(), rows, is_more))
    }

    fn fields(&self, site: &Site, question: &Question, page: u64) -> Result<FieldsAndRows, Refusal> {
        // What an engine counts rows with ends at 2^63.
        let first = page.saturating_sub(1).min(u64::from(u32::MAX)) * ROWS;
        let part = question.part(first, ROWS + 1, |sql| self.uids(site, sql))?;
        // Beside other answers: they have no columns.
        let (columns, mut rows) = site.answers.of(&format!("{} page", self.stamp), &part, || {
            let columns = site.engine().columns(&part, &self.tables)?;
            Ok::<_, Refusal>((columns, cells(&site.engine().rows(&part, &self.tables)?)?))
        })?;
        let is_more = rows.len() as u64 > ROWS;
        rows.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
        Ok((columns, rows, is_more))
    }

    /// The whole answer as a file.
    ///
    /// # Errors
    /// Where the engine fails, or the kind of file cannot hold it.
    pub(super) fn file(&self, site: &Site, question: &Question, kind: FileKind) -> Result<Answer, Refusal> {
        let broken = |error: std::io::Error| Refusal::Broken(format!("no file for the download: {error}"));
        if question.needs.iter().any(|needed| !self.has(needed)) {
            return Err(Refusal::NotFound(question.empty.to_owned()));
        }
        let mut file: File = tempfile::tempfile().map_err(broken)?;
        let sql = question.sql();
        let columns = site.engine().columns(&sql, &self.tables)?;
        let into = file.try_clone().map_err(broken)?;
        // The question is ordered already: no column is needed to tell its rows apart.
        write(
            kind,
            &question.title,
            &columns,
            &mut |sink| site.engine().run(&sql, &self.tables, &columns, 0, sink),
            into,
        )?;
        file.rewind().map_err(broken)?;
        let name = file_name(&format!("{} {}", question.title, self.timeslot.manifest.timeslot), kind);
        Ok(Answer::File { name, media: kind.media_type(), file })
    }
}

impl From<SheetError> for Refusal {
    fn from(error: SheetError) -> Self {
        let why = crate::run::chain(&error);
        match error {
            SheetError::TooManyRows { .. } | SheetError::TooManyColumns { .. } | SheetError::CellTooLong { .. } => {
                Self::Conflict(why)
            }
            _ => Self::Broken(why),
        }
    }
}

/// Text for a piece of an address.
pub(super) fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Fields as they stand behind the `?` of an address, each with `&` behind it.
pub(super) fn query_of(fields: &Fields, names: &[&str]) -> String {
    let mut text = String::new();
    for name in names {
        for value in fields.all(name) {
            text.push_str(&format!("{name}={}&", escaped(value)));
        }
    }
    text
}
