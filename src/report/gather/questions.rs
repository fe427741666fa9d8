//! The numbers that the tables of the current timeslot hold: queries whose answers anybody can ask for again.

use crate::engine::{Engine, EngineError, cells};
use crate::ids::TimeslotId;
use crate::ledger::{Ledger, Timeslot};
use crate::model::TableSet;
use crate::owners::in_question;
use crate::plan::Plan;
use crate::report::facts::{ControlFacts, Figure, Origin};
use crate::run::chain;
use crate::settings::controls::Control;
use crate::sql;

/// Risks that a control may have, the worst first.
const RISKS: [&str; 6] = ["5", "4", "3", "2", "1", "0"];

/// What the timeslot answered.
pub(super) struct Asked {
    pub(super) figures: Vec<Figure>,
    /// Rows of open findings by control; `None` = no control was evaluated.
    controls: Option<Vec<Vec<Option<String>>>>,
}

/// A row of an answer, by the names of its columns.
struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

impl Asked {
    /// Asks a timeslot.
    pub(super) fn of(timeslot: &Timeslot, ledger: &Ledger, engine: &dyn Engine) -> Self {
        let parent = timeslot.manifest.parent.as_ref().and_then(|parent| ledger.timeslot(parent).ok());
        let tables = TableSet::of(timeslot, parent.as_ref());
        let ask = |sql: &str| answer(sql, &tables, engine).map_err(|error| chain(&error));
        let id = &timeslot.manifest.timeslot;
        let mut figures = Vec::new();
        let has = |table: &str| timeslot.manifest.tables.contains_key(table);
        let in_question = in_question(has("owner_scores"));
        let candidates = sql::fill(include_str!("questions/candidates.sql"), &[("in_question", in_question)]);
        for (name, needed, text) in [
            ("identities", None, include_str!("questions/identities.sql")),
            ("accounts", None, include_str!("questions/accounts.sql")),
            ("candidates", Some("owner_candidates"), &*candidates),
            ("drift", Some("owner_drift"), include_str!("questions/drift.sql")),
            ("leavers", None, include_str!("questions/leavers.sql")),
            ("overdue", Some("overdue_accounts"), include_str!("questions/overdue.sql")),
            ("exceptions", None, include_str!("questions/exceptions.sql")),
        ] {
            // A load without the table, as a first one or that of an earlier program, tells nothing of it, which is not none.
            if needed.is_none_or(has) {
                let sql = statement(text);
                figures.extend(single(name, sql, id, ask(sql)));
            }
        }
        let has_controls = timeslot.manifest.tables.get("findings").is_some_and(|table| !table.parts.is_empty());
        if !has_controls {
            return Self { figures, controls: None };
        }
        let back = |days: i64| sql::date(timeslot.manifest.as_of.saturating_sub(jiff::Span::new().days(days)));
        let ages = [("week", &*back(7)), ("month", &*back(30)), ("quarter", &*back(90))];
        let findings = sql::fill(statement(include_str!("questions/findings.sql")), &ages);
        figures.extend(by_risk(&findings, id, ask(&findings)));
        let controls =
            ask(statement(include_str!("questions/controls.sql"))).map(|answer| answer.rows).unwrap_or_default();
        Self { figures, controls: Some(controls) }
    }

    /// Open findings by control, with what the plans say about the controls.
    pub(super) fn controls(self, plans: &[Plan]) -> Option<Vec<ControlFacts>> {
        let known = |id: &str| -> Option<&Control> {
            let all = plans.iter().filter_map(|plan| plan.stages.controls.as_ref()).flat_map(|stage| &stage.controls);
            all.into_iter().find(|control| control.id.as_str() == id)
        };
        let facts = |row: Vec<Option<String>>| {
            let [id, kind, risk, open, opened, oldest, excepted] = <[Option<String>; 7]>::try_from(row).ok()?;
            let number = |cell: Option<String>| cell.and_then(|cell| cell.parse().ok()).unwrap_or(0);
            let id = id?;
            let control = known(&id);
            Some(ControlFacts {
                title: control.map(|control| control.title.clone()),
                mitigation: control.and_then(|control| control.mitigation.clone()),
                id,
                kind: kind?,
                risk: number(risk),
                open: number(open),
                opened: number(opened),
                oldest: oldest.unwrap_or_default(),
                excepted: number(excepted),
            })
        };
        Some(self.controls?.into_iter().filter_map(facts).collect())
    }
}

/// A query without the comment that opens its file: a command line takes what begins with `--` for an option.
fn statement(text: &str) -> &str {
    text.split_once('\n').filter(|(first, _)| first.starts_with("--")).map_or(text, |(_, rest)| rest).trim_end()
}

fn answer(sql: &str, tables: &TableSet, engine: &dyn Engine) -> Result<Answer, EngineError> {
    let columns = engine.columns(sql, tables)?.into_iter().map(|column| column.name).collect();
    Ok(Answer { columns, rows: cells(&engine.rows(sql, tables)?)? })
}

/// The figures of an answer of one row: `accounts.orphans`.
fn single(name: &str, sql: &str, timeslot: &TimeslotId, answer: Result<Answer, String>) -> Vec<Figure> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return vec![unanswered(name, why)],
    };
    let Some(row) = answer.rows.first() else { return vec![unanswered(name, "it has no row".to_owned())] };
    let figures = answer.columns.iter().zip(row).map(|(column, cell)| Figure {
        name: format!("{name}.{column}"),
        value: cell.as_ref().and_then(|cell| cell.parse().ok()),
        from: Origin::Query { sql: sql.to_owned(), timeslot: timeslot.clone(), column: column.clone(), row: None },
    });
    figures.collect()
}

/// The figures of an answer with a row for each risk that occurs: `findings.risk_5.open_now`, and the sums of all.
fn by_risk(sql: &str, timeslot: &TimeslotId, answer: Result<Answer, String>) -> Vec<Figure> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(why) => return vec![unanswered("findings", why)],
    };
    let mut figures = Vec::new();
    let (mut open, mut excepted) = (0, 0);
    for risk in RISKS {
        let row = answer.rows.iter().find(|row| row.first().and_then(Option::as_deref) == Some(risk));
        for (at, column) in answer.columns.iter().enumerate().skip(1) {
            // A risk that does not occur has no row.
            let value = row.map_or(Some(0), |row| row.get(at)?.as_ref()?.parse::<u64>().ok());
            match column.as_str() {
                "open_now" => open += value.unwrap_or(0),
                "excepted" => excepted += value.unwrap_or(0),
                _ => {}
            }
            let from = Origin::Query {
                sql: sql.to_owned(),
                timeslot: timeslot.clone(),
                column: column.clone(),
                row: Some(risk.to_owned()),
            };
            figures.push(Figure { name: format!("findings.risk_{risk}.{column}"), value, from });
        }
    }
    for (name, column, value) in [("findings.open", "open_now", open), ("findings.excepted", "excepted", excepted)] {
        let sum = RISKS.map(|risk| format!("findings.risk_{risk}.{column}")).join(" + ");
        figures.push(Figure { name: name.to_owned(), value: Some(value), from: Origin::Formula(sum) });
    }
    figures
}

fn unanswered(name: &str, why: String) -> Figure {
    Figure { name: name.to_owned(), value: None, from: Origin::Nothing(why) }
}
