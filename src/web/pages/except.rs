//! Exceptions granted on the page of a control. They go into the file that the next load reads; nothing else changes.

use crate::collect::exceptions::{NewException, add_exception};
use crate::csv_line::is_run;
use crate::settings::controls::{Control, Exceptions};
use crate::stages::controls::subject;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Block, Form, Input, Tone};
use crate::web::question::escaped;
use crate::web::site::Site;

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

/// The form below a control's findings, or what is lacking for it.
pub(super) fn form(site: &Site, control: &Control) -> Block {
    let line = |name: &str, label: &str, is_required: bool| Input::Line {
        name: name.to_owned(),
        label: label.to_owned(),
        value: String::new(),
        hint: None,
        is_required,
    };
    let kind = subject(&control.check);
    let sample = match kind.namespace() {
        Some(of) => format!("The {kind}, with its {of} before it, as in the table"),
        None => format!("The {kind}, as in the table"),
    };
    if find(site, control.id.as_str()).and_then(|(_, exceptions)| exceptions).is_none() {
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
    let Some((control, exceptions)) = find(site, name) else {
        return Err(Refusal::NotFound(format!("there is no control `{name}`")));
    };
    let Some(exceptions) = exceptions else {
        return Err(Refusal::Conflict("the plan names no file of exceptions".to_owned()));
    };
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
    add_exception(&exceptions, &project.key_forms, &new)?;
    Ok(Answer::Go(format!("/controls/{}", escaped(name))))
}
