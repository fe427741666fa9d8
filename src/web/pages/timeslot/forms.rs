//! The forms by which somebody decides about a timeslot.

use crate::ledger::{Manifest, Standing, State};
use crate::web::page::{Block, Form, Input, Tone};
use crate::web::users::User;

/// What can be decided about it.
pub(super) fn forms(standing: &Standing, manifest: &Manifest, person: &User) -> Vec<Block> {
    let id = &standing.id;
    let reason = |is_required: bool| Input::Line {
        name: "reason".to_owned(),
        label: "Reason, for the log".to_owned(),
        value: String::new(),
        hint: None,
        is_required,
    };
    let line = |name: &str| Input::Line {
        name: name.to_owned(),
        label: "Name: lower-case letters, digits, - and _".to_owned(),
        value: String::new(),
        hint: None,
        is_required: true,
    };
    let form = |title: &str, deed: &str, inputs: Vec<Input>, tone: Tone| Form {
        title: Some(title.to_owned()),
        action: format!("/timeslots/{id}/{deed}"),
        inputs,
        button: title.to_owned(),
        tone,
        ..Form::default()
    };
    match standing.state {
        State::Confirmed => {
            let mut forms = vec![Block::Form(form("Label", "label", vec![line("label"), reason(true)], Tone::Plain))];
            for label in &standing.labels {
                let taken = Input::Tick {
                    name: "label".to_owned(),
                    value: label.to_string(),
                    label: format!("{label} comes off"),
                    is_on: true,
                };
                forms.push(Block::Form(form("Remove label", "unlabel", vec![taken, reason(true)], Tone::Plain)));
            }
            forms.extend(kept(standing, form, reason));
            forms.push(Block::Form(form("Hide", "hide", vec![reason(true)], Tone::Bad)));
            forms
        }
        State::Hidden => {
            let show = Block::Form(form("Show", "show", vec![reason(true)], Tone::Plain));
            std::iter::once(show).chain(kept(standing, form, reason)).collect()
        }
        State::Rejected => kept(standing, form, reason),
        State::Purged => Vec::new(),
        State::Sandbox | State::Active | State::Held => {
            let holding = &standing.holding;
            let mut inputs: Vec<Input> = holding
                .iter()
                .map(|threshold| Input::Tick {
                    name: "pass".to_owned(),
                    value: threshold.clone(),
                    label: format!("let {threshold} pass"),
                    is_on: false,
                })
                .collect();
            inputs.push(reason(!holding.is_empty()));
            let stale = manifest.stale_stages();
            let is_own = manifest.launched_by.contains(&person.name);
            let barred = if manifest.four_eyes && is_own {
                Some(format!("{} ran it: it takes somebody else to confirm it.", person.name))
            } else if standing.state == State::Sandbox {
                Some("Its stages have not run yet.".to_owned())
            } else if !stale.is_empty() && !manifest.lacks_only_errors() {
                let stale = stale.iter().map(|stage| stage.as_str()).collect::<Vec<_>>().join(", ");
                Some(format!("{stale} must run before."))
            } else {
                None
            };
            let confirm = Form { barred, ..form("Confirm", "confirm", inputs, Tone::Good) };
            vec![Block::Form(confirm), Block::Form(form("Reject", "reject", vec![reason(true)], Tone::Bad))]
        }
    }
}

/// Whether it stays: a legal hold, and the end of one, or of what it is to go by.
fn kept(
    standing: &Standing,
    form: impl Fn(&str, &str, Vec<Input>, Tone) -> Form,
    reason: impl Fn(bool) -> Input,
) -> Vec<Block> {
    let mut forms = Vec::new();
    if standing.legal_hold.is_none() {
        forms.push(Block::Form(form("Hold", "hold", vec![reason(true)], Tone::Plain)));
    }
    if standing.legal_hold.is_some() || standing.to_go.is_some() {
        forms.push(Block::Form(form("Release", "release", vec![reason(true)], Tone::Plain)));
    }
    forms
}
