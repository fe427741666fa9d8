//! The decision file as people and programs write it: its columns, what makes a row a decision, and which rows contradict
//! each other. Whoever reads or changes the file does so by what stands here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use super::super::clean::trim;
use super::super::key::KeyForms;
use super::super::read::{BadRecord, Cell, Csv, Fault, Format, Request, Row, Sink, read};
use super::super::said::is_toml;
use super::toml::read_tables;
use crate::ids::is_slug;
use crate::settings::reconcile::AccountClass;
use crate::table::Kind;

/// The columns of the file.
pub(crate) const COLUMNS: [&str; 7] = ["repository", "identifier", "decision", "value", "reason", "who", "decided_on"];

/// A row of the file: its cells in the order of the columns, the day, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Decision {
    pub(super) cells: [Option<String>; 6],
    pub(super) decided_on: Option<Date>,
    pub(super) problem: Option<String>,
    /// Only of a row that cannot be taken: the order of the others means nothing.
    pub(super) line: Option<i64>,
}

impl Decision {
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells[at].as_deref().unwrap_or_default()
    }

    pub(super) fn spoilt(self, line: i64, problem: impl Into<String>) -> Self {
        Self { problem: Some(problem.into()), line: Some(line), ..self }
    }
}

/// Every row of the file, sorted, each once.
pub(super) fn read_decisions(path: &Path, forms: &KeyForms) -> Result<BTreeSet<Decision>, Fault> {
    Ok(read_lines(path, forms)?.rows.into_iter().map(|(_, decision)| decision).collect())
}

/// The file as it stands.
pub(super) struct Lines {
    /// Every row with the line on which it begins, in the order of lines.
    pub(super) rows: Vec<(i64, Decision)>,
    /// Its columns, in their order.
    pub(super) header: Vec<String>,
}

/// Reads the file, line by line; as TOML, table by table, where its name says so.
pub(super) fn read_lines(path: &Path, forms: &KeyForms) -> Result<Lines, Fault> {
    if is_toml(path) {
        return Ok(Lines { rows: in_order(read_tables(path, forms)?), header: COLUMNS.map(str::to_owned).to_vec() });
    }
    let columns = COLUMNS.map(str::to_owned);
    let csv =
        Csv { delimiter: b',', quote: Some(b'"'), encoding: "utf-8".to_owned(), skip_lines: 0, columns: Vec::new() };
    let mut found = Rows { forms, sorted: Sorted::default() };
    let format = Format::Csv(csv);
    let notice = read(path, &Request { format: &format, columns: &columns, explode: None }, &mut found)?;
    if let Some(column) = notice.unused_columns.first() {
        let hint = format!("its columns are {}", COLUMNS.join(", "));
        return Err(Fault::new(format!("the column `{column}` is none of a decision")).hint(hint));
    }
    Ok(Lines { rows: in_order(found.sorted), header: notice.header })
}

/// All rows by line, those that contradict each other spoilt.
fn in_order(Sorted { taken, spoilt }: Sorted) -> Vec<(i64, Decision)> {
    let spoilt = spoilt.into_iter().map(|decision| (decision.line.unwrap_or_default(), decision));
    let mut rows: Vec<(i64, Decision)> = spoilt.chain(without_contradictions(taken)).collect();
    rows.sort_by_key(|(line, _)| *line);
    rows
}

/// The rows of a file: those that can be taken, with the line on which each begins, and those that cannot.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) taken: Vec<(i64, Decision)>,
    pub(super) spoilt: Vec<Decision>,
}

struct Rows<'a> {
    forms: &'a KeyForms,
    sorted: Sorted,
}

impl Sink for Rows<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        let text = |at: usize| match row.cells[at] {
            Cell::Text(text) => Some(trim(text)).filter(|text| !text.is_empty()),
            _ => None,
        };
        let plain = Decision { cells: [0, 1, 2, 3, 4, 5].map(|at| text(at).map(str::to_owned)), ..Decision::default() };
        match taken(&plain, text(6), self.forms) {
            Ok(decision) => self.sorted.taken.push((line, decision)),
            Err(problem) => self.sorted.spoilt.push(plain.spoilt(line, problem)),
        }
    }

    fn bad(&mut self, record: BadRecord) {
        let line = i64::try_from(record.line).unwrap_or(i64::MAX);
        self.sorted.spoilt.push(Decision::default().spoilt(line, record.reason));
    }
}

/// The decision with its keys in key form, or what is wrong with it.
pub(super) fn taken(plain: &Decision, decided_on: Option<&str>, forms: &KeyForms) -> Result<Decision, String> {
    let is_break = plain.cell(2) == "break";
    if is_break && plain.cells[3].is_some() {
        return Err("a `break` has no `value`".to_owned());
    }
    let is_missing = |at: &usize| plain.cells[*at].is_none() && !(is_break && *at == 3);
    let missing = (0..6).find(is_missing).or_else(|| decided_on.is_none().then_some(6));
    if let Some(at) = missing {
        return Err(format!("`{}` is missing", COLUMNS[at]));
    }
    let day = decided_on.unwrap_or_default();
    let decided_on = day.parse::<Date>().ok().filter(|date| date.to_string() == day);
    let decided_on = decided_on.ok_or_else(|| format!("`{day}` is no day of the form 2026-11-21"))?;
    let value = plain.cell(3);
    let value = match plain.cell(2) {
        "pin" | "forbid" => forms.key(Kind::Identity, "", value).into_owned(),
        "class" if is_slug(value) => value.to_owned(),
        "class" => return Err(format!("`{value}` is no reason: write lower-case letters, digits and `_`")),
        "break" => String::new(),
        other => return Err(format!("`{other}` is none of pin, forbid, class, break")),
    };
    let repository = forms.of(Kind::Repository, "").apply(plain.cell(0)).into_owned();
    let identifier = forms.key(Kind::Account, &repository, plain.cell(1)).into_owned();
    let mut decision = Decision { decided_on: Some(decided_on), ..plain.clone() };
    (decision.cells[0], decision.cells[1], decision.cells[3]) =
        (Some(repository), Some(identifier), Some(value).filter(|_| !is_break));
    Ok(decision)
}

/// The rows with those spoilt that give an account two owners or classes, an owner and a reason for none, or that pin and
/// forbid the same person.
fn without_contradictions(rows: Vec<(i64, Decision)>) -> Vec<(i64, Decision)> {
    let mut by_account: BTreeMap<(String, String), Vec<(i64, Decision)>> = BTreeMap::new();
    for (line, decision) in rows {
        let account = (decision.cell(0).to_owned(), decision.cell(1).to_owned());
        by_account.entry(account).or_default().push((line, decision));
    }
    let mut kept = Vec::new();
    for about_one in by_account.into_values() {
        for (line, decision) in &about_one {
            let against = about_one.iter().find(|(_, other)| other != decision && contradict(decision, other));
            // The same twice is said once, by the first.
            let first = about_one.iter().find(|(_, other)| other == decision).map_or(*line, |(first, _)| *first);
            let decision = decision.clone();
            kept.push(match against {
                Some((other, _)) => (*line, decision.spoilt(first, format!("line {other} says otherwise"))),
                None => (*line, decision),
            });
        }
    }
    kept
}

/// Whether a decision says of an account that it is somebody's, and not whose.
fn is_somebodys(decision: &Decision) -> bool {
    decision.cell(2) == "class" && AccountClass::somebodys().any(|class| class == decision.cell(3))
}

/// Whether two decisions about an account cannot both be followed. Two prohibitions always can.
pub(super) fn contradict(one: &Decision, other: &Decision) -> bool {
    match (one.cell(2), other.cell(2)) {
        ("forbid", "pin") | ("pin", "forbid") => one.cell(3) == other.cell(3),
        // A break stands above the others.
        ("forbid" | "break", _) | (_, "forbid" | "break") => false,
        // What kind of account it is, and whose.
        ("class", "pin") => !is_somebodys(one),
        ("pin", "class") => !is_somebodys(other),
        _ => true,
    }
}
