//! A timeslot that is asked: which one a page is about, and its answers as tables, rows and files.

use std::fs::File;
use std::io::Seek;

use super::answer::{Answer, Refusal};
use super::answers::stamp;
use super::ask::Fields;
use super::page::{Cell, Link, Pager, Table};
use super::question::{Lead, Question, Row};
use super::sheet::{FileKind, SheetError, file_name, write};
use super::site::Site;
use crate::engine::cells;
use crate::ledger::{Ledger, State, Timeslot};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// Rows of a page.
pub(super) const ROWS: u64 = 50;

/// The names of columns, rows, and whether there are more.
pub(super) type Page = (Vec<String>, Vec<Vec<Option<String>>>, bool);

/// The same with the types of the columns.
type FieldsAndRows = (Vec<Field>, Vec<Vec<Option<String>>>, bool);

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
            Some(State::Hidden | State::Rejected | State::Sandbox | State::Purged) => {
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

    /// All its tables, for questions that are several queries.
    pub(super) fn tables(&self) -> &TableSet {
        &self.tables
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
