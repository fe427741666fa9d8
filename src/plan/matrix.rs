//! A matrix of duties that nobody may hold together: a square with the duties above and beside, or a list of pairs.
//!
//! The square is of unordered pairs: what is said above its diagonal need not be said below it, and must be the same where it
//! is. The diagonal is empty.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::collect::key::KeyForms;
use crate::names::suggest;
use crate::plan::activities::Duties;
use crate::plan::codes;
use crate::plan::grid::{Cell, rows};
use crate::problem::{Problem, Problems};
use crate::settings::PermissionName;
use crate::settings::duties::{Duty, Pair};
use crate::source::{Place, SourceFile};

/// The columns of a list of pairs.
const COLUMNS: [&str; 5] = ["left", "right", "severity", "rule", "title"];

/// What a cell says of a pair: nothing, or how bad it is, where it says so.
type Said = Option<Option<u8>>;

/// The pairs of a file, in its order.
pub(super) fn pairs(file: &Arc<SourceFile>, duties: &Duties<'_>, problems: &mut Problems) -> Vec<Pair> {
    let rows = rows(file, problems);
    let Some((header, rest)) = rows.split_first() else {
        let problem = Problem::error(codes::NOT_TAKEN, "the matrix has no line").at(Place::new(file, 0..0));
        problems.add(problem.hint("write `left,right,severity,rule,title` and pairs below it, or a square of duties"));
        return Vec::new();
    };
    let pairs =
        if is_list(header) { list(header, rest, duties, problems) } else { square(header, rest, duties, problems) };
    if pairs.is_empty() && !problems.has_errors() {
        let problem = Problem::error(codes::NOT_TAKEN, "the matrix has no pair").at(Place::new(file, 0..0));
        problems.add(problem.hint("write a severity from 0 to 5, or `x`, where two duties exclude each other"));
    }
    pairs
}

/// The permissions that a file names, in key form, each with its place.
pub(super) fn names_in(file: &Arc<SourceFile>, forms: &KeyForms) -> Vec<(PermissionName, Place)> {
    let rows = rows(file, &mut Problems::new());
    let cells: Vec<&Cell> = match rows.split_first() {
        None => Vec::new(),
        Some((header, rest)) if is_list(header) => {
            let is_side = |cell: &Cell| ["left", "right"].iter().any(|name| cell.text.eq_ignore_ascii_case(name));
            let sides = || header.iter().enumerate().filter(|(_, cell)| is_side(cell)).map(|(at, _)| at);
            rest.iter().flat_map(|row| sides().filter_map(|at| row.get(at))).collect()
        }
        Some((_, rest)) => rest.iter().map(|row| &row[0]).collect(),
    };
    let name = |cell: &&Cell| Some((PermissionName::parse(&cell.text, forms)?, cell.place.clone()));
    cells.iter().filter_map(name).collect()
}

fn is_list(header: &[Cell]) -> bool {
    ["left", "right"].iter().all(|name| header.iter().any(|cell| cell.text.eq_ignore_ascii_case(name)))
}

fn list(header: &[Cell], rows: &[Vec<Cell>], duties: &Duties<'_>, problems: &mut Problems) -> Vec<Pair> {
    let mut places: [Option<usize>; 5] = [None; 5];
    for (at, cell) in header.iter().enumerate() {
        match COLUMNS.iter().position(|column| cell.text.eq_ignore_ascii_case(column)) {
            Some(column) if places[column].is_none() => places[column] = Some(at),
            Some(_) => problems.add(cell.refused(codes::DUPLICATE_NAME, format!("`{}` is given twice", cell.text))),
            None => {
                let problem = cell.refused(codes::UNKNOWN_KEY, format!("`{}` is no column of pairs", cell.text));
                problems.add(problem.hint(suggest(&cell.text, "columns", COLUMNS.iter().copied())));
            }
        }
    }
    let mut known: BTreeMap<[String; 2], String> = BTreeMap::new();
    let mut pairs = Vec::new();
    for row in rows {
        if row.len() != header.len() {
            let message = format!("this row has {} cells, the header {}", row.len(), header.len());
            problems.add(row[0].refused(codes::NOT_TAKEN, message));
            continue;
        }
        let cell = |column: usize| places[column].map(|at| &row[at]).filter(|cell| !cell.text.is_empty());
        let [Some(left_cell), Some(right_cell)] = [cell(0), cell(1)] else {
            problems.add(row[0].error("a pair has a left and a right side"));
            continue;
        };
        let risk = cell(2).and_then(|cell| severity(cell, problems)).flatten();
        let sides = [left_cell, right_cell].map(|cell| duties.duty(&cell.text, cell, problems));
        let [Some(left), Some(right)] = sides else { continue };
        if left.name == right.name {
            problems.add(right_cell.error(format!("`{}` excludes itself", left.name)).hint("name two duties"));
            continue;
        }
        let mut key = [left.name.clone(), right.name.clone()];
        key.sort();
        if let Some(first) = known.get(&key) {
            let message = format!("`{}` and `{}` exclude each other already, at {first}", left.name, right.name);
            problems.add(left_cell.refused(codes::DUPLICATE_NAME, message).hint("remove one of the two"));
            continue;
        }
        known.insert(key, left_cell.at());
        let text = |column: usize| cell(column).map(|cell| cell.text.clone());
        pairs.push(Pair { risk, title: text(4), ..Pair::new(text(3), left, right) });
    }
    pairs
}

fn square(header: &[Cell], rows: &[Vec<Cell>], duties: &Duties<'_>, problems: &mut Problems) -> Vec<Pair> {
    let above = names(header[1..].iter(), duties, problems);
    let beside = names(rows.iter().map(|row| &row[0]), duties, problems);
    for (of, those, what) in [(&above, &beside, "above and not beside"), (&beside, &above, "beside and not above")] {
        for (cell, duty) in of.iter().filter_map(|(cell, duty)| Some((cell, duty.as_ref()?))) {
            if !those.iter().any(|(_, other)| other.as_ref().is_some_and(|other| other.name == duty.name)) {
                let problem = cell.error(format!("`{}` stands {what}", cell.text));
                problems.add(
                    problem.hint(
                        "a square has the same duties above and beside; a list has the columns `left` and `right`",
                    ),
                );
            }
        }
    }
    let mut said: BTreeMap<(usize, usize), (&Cell, Option<u8>)> = BTreeMap::new();
    for (row, (_, left)) in rows.iter().zip(&beside) {
        if row.len() != header.len() {
            let message = format!("this row has {} cells, the first {}", row.len(), header.len());
            problems.add(row[0].refused(codes::NOT_TAKEN, message));
            continue;
        }
        for (cell, (_, right)) in row[1..].iter().zip(&above) {
            let (Some(left), Some(right)) = (left, right) else { continue };
            let Some(risk) = severity(cell, problems) else { continue };
            if left.name == right.name {
                let problem = cell.error(format!("`{}` excludes itself", left.name));
                problems.add(problem.hint("leave the diagonal empty"));
                continue;
            }
            let place =
                |name: &str| beside.iter().position(|(_, duty)| duty.as_ref().is_some_and(|duty| duty.name == name));
            let (Some(one), Some(other)) = (place(&left.name), place(&right.name)) else { continue };
            match said.insert((one.min(other), one.max(other)), (cell, risk)) {
                Some((first, before)) if before != risk => {
                    let message = format!(
                        "`{}` here and `{}` at {} are said of the same pair",
                        cell.text,
                        first.text,
                        first.at()
                    );
                    problems.add(
                        cell.refused(codes::KEYS_DISAGREE, message)
                            .hint("say the same on both sides of the diagonal, or leave one empty"),
                    );
                }
                _ => {}
            }
        }
    }
    let pair = |((one, other), (_, risk)): ((usize, usize), (&Cell, Option<u8>))| {
        let (left, right) = (beside[one].1.clone()?, beside[other].1.clone()?);
        Some(Pair { risk, ..Pair::new(None, left, right) })
    };
    said.into_iter().filter_map(pair).collect()
}

/// The duties that cells name, none twice.
fn names<'a>(
    cells: impl Iterator<Item = &'a Cell>,
    duties: &Duties<'_>,
    problems: &mut Problems,
) -> Vec<(&'a Cell, Option<Duty>)> {
    let mut named: Vec<(&Cell, Option<Duty>)> = Vec::new();
    for cell in cells {
        let mut duty = duties.duty(&cell.text, cell, problems);
        let is_same = |other: &Option<Duty>| matches!((other, &duty), (Some(a), Some(b)) if a.name == b.name);
        if let Some((first, _)) = named.iter().find(|(_, other)| is_same(other)) {
            let message = format!("`{}` stands here and at {}", cell.text, first.at());
            problems.add(cell.refused(codes::DUPLICATE_NAME, message).hint("remove one of the two"));
            duty = None;
        }
        named.push((cell, duty));
    }
    named
}

/// What a cell says: nothing for an empty one and for `-`.
fn severity(cell: &Cell, problems: &mut Problems) -> Said {
    match cell.text.as_str() {
        "" | "-" => None,
        "x" | "X" => Some(None),
        text => {
            let risk = text.parse::<u8>().ok().filter(|risk| *risk <= 5);
            if risk.is_none() {
                let problem = cell.error(format!("`{text}` is no severity"));
                problems.add(problem.hint("write 0 to 5, or `x` for the risk of the control"));
            }
            risk.map(Some)
        }
    }
}
