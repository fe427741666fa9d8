//! What can be decided about the owner of an account, and the search for whoever it may be.

use super::decide::Account;
use super::object::follow;
use crate::collect::decisions::Known;
use crate::web::answer::Refusal;
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Block, Cell, Form, Input, Table, Tone};
use crate::web::question::escaped;
use crate::web::questions;
use crate::web::site::Site;
use crate::web::users::May;

/// People that a search shows.
const FOUND: usize = 20;

fn hidden(name: &str, value: &str) -> Input {
    Input::Hidden { name: name.to_owned(), value: value.to_owned() }
}

fn timeslot(ask: &Ask) -> Input {
    hidden("timeslot", ask.query.get("timeslot").unwrap_or_default())
}

/// By which a decision is taken back.
pub(super) fn withdrawal(ask: &Ask, account: &Account<'_>, known: &Known) -> Form {
    Form {
        action: format!("{}/withdraw", account.here),
        inputs: vec![hidden("row", &known.id), timeslot(ask)],
        button: format!("Withdraw: {}", known.says()),
        tone: Tone::Warn,
        ..Form::default()
    }
}

/// Puts a link at the end of each row, by which its person is chosen.
pub(super) fn with_choices(mut table: Table, ask: &Ask, account: &Account<'_>) -> Table {
    if !ask.may(May::Operate) {
        return table;
    }
    let at = table.columns.iter().position(|column| column == "employee id");
    let timeslot = ask.query.get("timeslot").map(|id| format!("&timeslot={}", escaped(id))).unwrap_or_default();
    for row in &mut table.rows {
        let key = at.and_then(|at| row.get(at)).and_then(|cell| match cell {
            Cell::Text(key) | Cell::Link(key, _) => Some(escaped(key)),
            _ => None,
        });
        row.push(key.map_or(Cell::Nothing, |key| {
            Cell::Link("choose".to_owned(), format!("{}?identity={key}{timeslot}", account.here))
        }));
    }
    table.columns.push("whose".to_owned());
    table
}

/// A search for a person, and who was found.
pub(super) fn search(site: &Site, ask: &Ask, asked: &Asked, account: &Account<'_>) -> Result<Vec<Block>, Refusal> {
    let wanted = ask.query.get("q").unwrap_or_default();
    let mut blocks = vec![Block::Form(Form {
        title: Some("Look for a person".to_owned()),
        action: account.here.clone(),
        is_question: true,
        inputs: vec![
            Input::Line {
                name: "q".to_owned(),
                label: "A part of name, employee id or mail".to_owned(),
                value: wanted.to_owned(),
                hint: None,
                is_required: true,
            },
            timeslot(ask),
        ],
        button: "Find".to_owned(),
        ..Form::default()
    })];
    if !wanted.is_empty() {
        let question = questions::identities(&ask.query);
        let mut found = asked.table(site, &question, 1, None, None)?;
        follow(&mut found, asked, site)?;
        if found.rows.len() > FOUND {
            found.rows.truncate(FOUND);
            found.about = Some(format!("The first {FOUND} of more: say more of the name."));
        }
        "Who is called so".clone_into(&mut found.title);
        blocks.push(Block::Table(with_choices(found, ask, account)));
    }
    Ok(blocks)
}

/// What can be decided.
pub(super) fn forms(ask: &Ask, account: &Account<'_>) -> impl Iterator<Item = Form> {
    let line = |name: &str, label: &str, value: &str| Input::Line {
        name: name.to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        hint: None,
        is_required: true,
    };
    let why = || line("reason", "Why, in one line", "");
    let form = |title: &str, about: &str, inputs: Vec<Input>, button: &str| Form {
        title: Some(title.to_owned()),
        about: Some(about.to_owned()),
        action: account.here.clone(),
        inputs,
        button: button.to_owned(),
        ..Form::default()
    };
    let person = ask.query.get("identity").unwrap_or_default();
    let options = [("pin", "owns it"), ("forbid", "never owns it")];
    let verdict = Input::Choice {
        name: "decision".to_owned(),
        label: "This person".to_owned(),
        value: "pin".to_owned(),
        options: options.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect(),
    };
    [
        form(
            "A person",
            "The next load follows it, before any rule.",
            vec![line("value", "Employee id", person), verdict, why(), timeslot(ask)],
            "Decide",
        ),
        form(
            "A class",
            "What kind of account it is. personal and admin say that it is somebody's: rules look for the owner. \
             Any other word of lower-case letters, digits and _ says why nobody owns it.",
            vec![
                hidden("decision", "class"),
                line("value", "Class: a word such as admin or shared", ""),
                why(),
                timeslot(ask),
            ],
            "Set the class",
        ),
        form(
            "Nothing decides",
            "No rule, no flag and nothing that was known before decides who owns it: it is an orphan.",
            vec![hidden("decision", "break"), why(), timeslot(ask)],
            "Break it off",
        ),
    ]
    .into_iter()
}
