//! Exceptions granted and withdrawn on the page of a control. They go into the file that the next load reads; nothing else changes.

use super::decide::noted;
use crate::collect::exceptions::{KnownException, NewException, add_exception, exceptions_of, withdraw_exception};
use crate::csv_line::is_run;
use crate::ledger::What;
use crate::run::chain;
use crate::settings::controls::{Control, Exceptions};
use crate::stages::controls::subject;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Block, Cell, Form, Input, Table, Tone};
use crate::web::question::escaped;
use crate::web::site::Site;
use crate::web::users::May;

/// The fields that a link to the form fills in.
const CHOSEN: [&str; 2] = ["subject", "detail"];

/// A control that a plan has, with the file of exceptions of that plan.
type Found = (Control, Option<Exceptions>);

fn find(site: &Site, name: &str) -> Option<Found> {
    let plans = site.project().plans();
    let controls = plans.iter().filter_map(|plan| (site.reading.plan)(plan.as_str()).ok()?.stages.controls);
    let mut with_it: Vec<Found> = controls
        .filter_map(|settings| {
            let control = settings.controls.into_iter().find(|control| control.id.as_str() == name)?;
            Some((control, settings.exceptions))
        })
        .collect();
    // Several plans may have the control: one that has a file comes first.
    with_it.sort_by_key(|(_, exceptions)| exceptions.is_none());
    with_it.into_iter().next()
}

/// The file of exceptions of a control, where a plan that has the control names one.
pub(super) fn file_of(site: &Site, control: &Control) -> Option<Exceptions> {
    find(site, control.id.as_str()).and_then(|(_, exceptions)| exceptions)
}

/// What the file says about a control, and by what each of it is taken back.
pub(super) fn standing(site: &Site, ask: &Ask, control: &Control, said: &Exceptions) -> Vec<Block> {
    let title = "Exceptions that stand in the file".to_owned();
    let known = match exceptions_of(said, &site.project().key_forms, control.id.as_str()) {
        Ok(known) => known,
        // What a control finds is to be seen in spite of it.
        Err(error) => return vec![Block::Text { title: Some(title), paragraphs: vec![chain(&error)] }],
    };
    let row = |known: &KnownException| {
        let shown = ["subject", "detail", "owner", "reason", "valid_from", "valid_until", "ticket"];
        let cells = shown.iter().map(|column| Cell::of(known.cell(column)));
        cells.chain([Cell::of(known.problem.as_deref())]).collect()
    };
    let table = Table {
        title,
        about: Some(format!(
            "In {}, which every load reads. Who adds or withdraws one here stands in the operations log; what is written into the file by hand is noted nowhere.",
            said.file.display()
        )),
        columns: ["subject", "detail", "owner", "why", "from", "until", "ticket", "problem"]
            .map(str::to_owned)
            .to_vec(),
        rows: known.iter().map(row).collect(),
        empty: "Nobody answers for a finding of this control.".to_owned(),
        ..Table::default()
    };
    let mut blocks = vec![Block::Table(table)];
    if ask.may(May::Decide) {
        blocks.extend(known.iter().map(|known| Block::Form(withdrawal(control, known))));
    }
    blocks
}

fn withdrawal(control: &Control, known: &KnownException) -> Form {
    Form {
        action: format!("/controls/{}/exceptions/withdraw", escaped(control.id.as_str())),
        inputs: vec![Input::Hidden { name: "row".to_owned(), value: known.id.clone() }],
        button: format!("Withdraw: {}", says(known)),
        tone: Tone::Warn,
        ..Form::default()
    }
}

/// What an exception is about, and until when.
fn says(known: &KnownException) -> String {
    let until = known.cell("valid_until").map(|day| format!("until {day}"));
    let pieces = [known.cell("subject"), known.cell("detail"), until.as_deref()];
    pieces.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Whether a finding was chosen to be answered for: then the form is to be seen at once.
pub(super) fn is_chosen(ask: &Ask) -> bool {
    ask.may(May::Decide) && ask.query.get("subject").is_some()
}

/// Puts a link at the end of each finding that stands, by which somebody answers for it.
pub(super) fn with_choices(mut table: Table, ask: &Ask) -> Table {
    if !ask.may(May::Decide) {
        return table;
    }
    let at = ["control", "subject", "detail", "fixed on"].map(|name| table.columns.iter().position(|one| one == name));
    let timeslot = ask.query.get("timeslot").map(|id| format!("&timeslot={}", escaped(id))).unwrap_or_default();
    for row in &mut table.rows {
        let [control, subject, detail, fixed] = at.map(|at| at.and_then(|at| row.get(at)).and_then(Cell::text));
        let href = control.zip(subject).filter(|_| fixed.is_none()).map(|(control, subject)| {
            let detail = detail.map(|detail| format!("&detail={}", escaped(&detail))).unwrap_or_default();
            format!("/controls/{}?subject={}{detail}{timeslot}", escaped(&control), escaped(&subject))
        });
        row.push(href.map_or(Cell::Nothing, |href| Cell::Link("except".to_owned(), href)));
    }
    table.columns.push("answer for it".to_owned());
    table
}

/// The form by which somebody answers for a finding of a control, with the one that was chosen; or what is lacking for it.
pub(super) fn form(ask: &Ask, control: &Control, said: Option<&Exceptions>) -> Block {
    let line = |name: &str, label: &str, is_required: bool| Input::Line {
        name: name.to_owned(),
        label: label.to_owned(),
        value: ask.query.get(name).filter(|_| CHOSEN.contains(&name)).unwrap_or_default().to_owned(),
        hint: None,
        is_required,
    };
    let kind = subject(&control.check);
    let sample = match kind.namespace() {
        Some(of) => format!("The {kind}, with its {of} before it, as in the table"),
        None => format!("The {kind}, as in the table"),
    };
    if said.is_none() {
        let told = "The plan names no file of exceptions. Make `policies/exceptions.csv`, and put the line `exceptions = \"exceptions.csv\"` below `[stage.controls]` of the plan.";
        return Block::Text {
            title: Some("Nothing can be excepted here yet".to_owned()),
            paragraphs: vec![told.to_owned()],
        };
    }
    Block::Form(Form {
        title: Some("Answer for a finding".to_owned()),
        about: Some(
            "It stands until the day you give, and is counted apart from the open ones. The next load reads it."
                .to_owned(),
        ),
        action: format!("/controls/{}/exceptions", escaped(control.id.as_str())),
        inputs: vec![
            line("subject", &sample, true),
            line("detail", "The detail, where it is to be one finding of several", false),
            line("until", "The last day, such as 2026-11-21", true),
            line("reason", "Why", true),
            line("ticket", "Where it is kept elsewhere", false),
        ],
        button: "Except it until then".to_owned(),
        tone: Tone::Warn,
        ..Form::default()
    })
}

/// Puts an exception into the file: `subject`, `detail`, `until`, `reason`, `ticket`.
pub(in crate::web) fn except(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let name = ask.pieces.get("control").unwrap_or_default();
    let (control, exceptions) = with_file(site, name)?;
    let field = |name: &str| ask.form.get(name).unwrap_or_default();
    for value in ["subject", "detail", "reason", "ticket"].map(field) {
        if is_run(value) {
            let told =
                "a spreadsheet would run what is written here as a formula: let it begin with a letter or a digit";
            return Err(Refusal::Wrong(told.to_owned()));
        }
    }
    let project = site.project();
    let new = NewException {
        control: name,
        kind: subject(&control.check).as_str(),
        subject: field("subject"),
        detail: field("detail"),
        owner: &ask.person()?.name,
        reason: field("reason"),
        from: ask.now.to_zoned(project.zone.clone()).date(),
        until: field("until"),
        ticket: field("ticket"),
    };
    let added = add_exception(&exceptions, &project.key_forms, &new)?;
    note(site, ask, What::RowAdded, &exceptions, &added)?;
    Ok(Answer::Go(format!("/controls/{}", escaped(name))))
}

/// Takes an exception out of the file: `row` tells which.
pub(in crate::web) fn withdraw(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let name = ask.pieces.get("control").unwrap_or_default();
    let (_, exceptions) = with_file(site, name)?;
    let row = ask.form.get("row").unwrap_or_default();
    let withdrawn = withdraw_exception(&exceptions, &site.project().key_forms, name, row)?;
    note(site, ask, What::RowWithdrawn, &exceptions, &withdrawn)?;
    Ok(Answer::Go(format!("/controls/{}", escaped(name))))
}

fn with_file(site: &Site, name: &str) -> Result<(Control, Exceptions), Refusal> {
    let found = find(site, name).ok_or_else(|| Refusal::NotFound(format!("there is no control `{name}`")))?;
    match found {
        (control, Some(exceptions)) => Ok((control, exceptions)),
        (_, None) => Err(Refusal::Conflict("the plan names no file of exceptions".to_owned())),
    }
}

fn note(site: &Site, ask: &Ask, what: What, said: &Exceptions, known: &KnownException) -> Result<(), Refusal> {
    let reason = known.cell("reason").unwrap_or_default();
    let outcome = format!("{}, in {}: {reason}", says(known), said.file.display());
    site.note(&noted(ask, what, known.cell("control").unwrap_or_default().to_owned(), outcome)?);
    Ok(())
}
