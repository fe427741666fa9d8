//! Running a plan: with one click, or with a choice of stages; taking up a run; ending one.

use super::run::found;
use crate::ids::{PlanName, StageName, TimeslotId};
use crate::plan::Plan;
use crate::run::planned_stages;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::page::{Banner, Block, Form, Input, Link, Page, Tone};
use crate::web::processes;
use crate::web::site::Site;

/// What the names of fields begin with that give variables of the plan.
const VARIABLE: &str = "var.";

/// What runs and how, to be chosen; and what is worth a look before.
pub(in crate::web) fn launch(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let project = site.project();
    let plans = project.plans();
    let asked = ask.query.parsed::<PlanName>("plan")?;
    let chosen = asked.or_else(|| plans.first().cloned());
    let Some(chosen) = chosen else {
        return Err(Refusal::NotFound("the project has no plan".to_owned()));
    };
    let mut blocks = Vec::new();
    if plans.len() > 1 {
        let options = plans.iter().map(|plan| (plan.to_string(), plan.to_string())).collect();
        blocks.push(Block::Form(Form {
            action: "/launch".to_owned(),
            is_question: true,
            inputs: vec![Input::Choice {
                name: "plan".to_owned(),
                label: "Plan".to_owned(),
                value: chosen.to_string(),
                options,
            }],
            button: "Choose".to_owned(),
            ..Form::default()
        }));
    }
    let check = (site.reading.check)(chosen.as_str());
    if !check.is_empty() {
        blocks.push(Block::Code { title: "What the check says".to_owned(), text: check, is_open: true });
    }
    match (site.reading.plan)(chosen.as_str()) {
        Ok(plan) => {
            let open = site.ledger().ok().and_then(|ledger| ledger.standings().ok());
            let open =
                open.and_then(|standings| standings.open().map(|open| (open.id.clone(), open.state.to_string())));
            if let Some((id, state)) = &open {
                blocks.push(Block::Banner(Banner {
                    tone: Tone::Warn,
                    word: "OPEN".to_owned(),
                    sentence: format!(
                        "Timeslot {id} is {state}: a new one begins only when somebody has decided about it. Chosen stages can run on it again."
                    ),
                    links: vec![Link::new("Look and decide", format!("/timeslots/{id}"))],
                }));
            }
            blocks.push(Block::Form(choices(&plan, open.map(|(id, _)| id))));
        }
        Err(_) if blocks.is_empty() => {
            let sentence = format!("`{chosen}` cannot be read.");
            blocks.push(Block::Text { title: None, paragraphs: vec![sentence] });
        }
        Err(_) => {}
    }
    Ok(Answer::Page(Page { title: format!("Run {chosen}"), under: "/runs", blocks, live: None }))
}

fn choices(plan: &Plan, open: Option<TimeslotId>) -> Form {
    let stages: Vec<StageName> = planned_stages(plan);
    let options = |nothing: &str| {
        let mut options = vec![(String::new(), nothing.to_owned())];
        options.extend(stages.iter().map(|stage| (stage.to_string(), stage.to_string())));
        options
    };
    let choice = |name: &str, label: &str, nothing: &str| Input::Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        value: String::new(),
        options: options(nothing),
    };
    let tick = |name: &str, value: &str, label: String| Input::Tick {
        name: name.to_owned(),
        value: value.to_owned(),
        label,
        is_on: false,
    };
    let mut inputs = vec![
        Input::Hidden { name: "plan".to_owned(), value: plan.name.to_string() },
        choice("from", "From stage", "the first"),
        choice("until", "Until stage", "the last"),
    ];
    inputs.push(Input::Heading("Stages to leave out".to_owned()));
    inputs.extend(stages.iter().map(|stage| tick("skip", stage.as_str(), stage.to_string())));
    inputs.push(Input::Heading("How".to_owned()));
    if let Some(id) = open {
        inputs.push(tick("timeslot", &id.to_string(), format!("on the open timeslot {id}")));
    }
    inputs.push(tick("dry_run", "yes", "dry run: compute everything, keep nothing".to_owned()));
    inputs.push(tick("if_changed", "yes", "only if something differs from the current timeslot".to_owned()));
    if !plan.vars.is_empty() {
        inputs.push(Input::Heading("Variables of the plan".to_owned()));
        let variables = plan.vars.iter();
        inputs.extend(variables.map(|(name, value)| Input::line(&format!("{VARIABLE}{name}"), name, value)));
    }
    Form {
        title: Some("What runs".to_owned()),
        about: Some("Without a choice, all stages of the plan run, as with one click.".to_owned()),
        action: "/runs".to_owned(),
        inputs,
        button: format!("Run {}", plan.name),
        ..Form::default()
    }
}

/// Runs a plan.
pub(in crate::web) fn start(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let run = begin(site, ask, &ask.form)?;
    Ok(Answer::Go(run.map_or_else(|| "/runs".to_owned(), |run| format!("/runs/{run}"))))
}

/// Runs a plan as fields say: `plan`, and perhaps `from`, `until`, `skip`, `only`, `timeslot`, `dry_run`, `if_changed`. Returns
/// the run; `None` where it has not said yet that it began.
///
/// # Errors
/// Where a field makes no sense, or the run ends before it begins.
pub(in crate::web) fn begin(site: &Site, ask: &Ask, fields: &Fields) -> Result<Option<String>, Refusal> {
    let project = site.project();
    let plan = fields.parsed::<PlanName>("plan")?.ok_or_else(|| Refusal::Wrong("which plan?".to_owned()))?;
    if !project.plans().contains(&plan) {
        return Err(Refusal::NotFound(format!("there is no plan `{plan}`")));
    }
    let mut words = vec!["run".to_owned(), plan.to_string(), "--batch".to_owned()];
    let mut add = |flag: &str, value: String| words.extend([format!("--{flag}"), value]);
    for flag in ["from", "until"] {
        if let Some(stage) = fields.parsed::<StageName>(flag)? {
            add(flag, stage.to_string());
        }
    }
    for flag in ["skip", "only"] {
        for stage in fields.all(flag) {
            let stage: crate::select::Pick =
                stage.parse().map_err(|_| Refusal::Wrong(format!("`{stage}` is no stage, and no item of one")))?;
            add(flag, stage.to_string());
        }
    }
    if let Some(id) = fields.parsed::<TimeslotId>("timeslot")? {
        add("timeslot", id.to_string());
    }
    for (field, value) in fields.0.iter().filter(|(_, value)| !value.trim().is_empty()) {
        if let Some(name) = field.strip_prefix(VARIABLE) {
            add("var", format!("{name}={}", value.trim()));
        }
    }
    for (field, flag) in [("dry_run", "--dry-run"), ("if_changed", "--if-changed")] {
        if fields.get(field).is_some() {
            words.push(flag.to_owned());
        }
    }
    processes::start(&site.root, &project.ledger, &ask.person()?.name, &words)
}

/// Takes up a run.
pub(in crate::web) fn retry(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let again = take_up(site, ask)?;
    Ok(Answer::Go(again.map_or_else(|| "/runs".to_owned(), |run| format!("/runs/{run}"))))
}

/// Takes up the run that the path names. Returns the new run.
///
/// # Errors
/// Where it left no open timeslot, or cannot begin.
pub(in crate::web) fn take_up(site: &Site, ask: &Ask) -> Result<Option<String>, Refusal> {
    let (_, run) = found(site, ask)?;
    let words = ["retry".to_owned(), run, "--batch".to_owned()];
    processes::start(&site.root, &site.project().ledger, &ask.person()?.name, &words)
}

/// Tells a run to end.
pub(in crate::web) fn cancel(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let (ledger, run) = found(site, ask)?;
    processes::cancel(&ledger, &run)?;
    Ok(Answer::Go(format!("/runs/{run}")))
}
