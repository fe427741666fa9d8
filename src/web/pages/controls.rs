//! The controls: what each finds, how bad that is, how many findings stand, and what to do about them.

use std::collections::BTreeMap;

use super::except;
use super::findings::trend;
use super::object::{named, table};
use crate::settings::controls::{Check, Control};
use crate::settings::packs::Packed;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::{Ask, Fields};
use crate::web::asked::Asked;
use crate::web::page::{Block, Cell, Facts, Link, Page, Table, Tone};
use crate::web::question::escaped;
use crate::web::questions;
use crate::web::site::Site;
use crate::web::users::May;

/// The page: every control of every plan, with how many findings stand in the current timeslot.
pub(in crate::web) fn controls(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let counts = counts(site, ask)?;
    let row = |control: &Control| {
        let count = |at: usize| {
            let found = counts.get(control.id.as_str()).and_then(|row| row[at].as_deref());
            found.map_or(Cell::Nothing, Cell::counted)
        };
        vec![
            Cell::Link(control.id.to_string(), format!("/controls/{}", control.id)),
            risk(control.risk),
            Cell::from(control.title.as_str()),
            count(2),
            count(3),
            count(4),
            count(5),
            count(6),
            Cell::from(control.tags.join(", ")),
        ]
    };
    let (controls, mut blocks) = known(site);
    let columns = ["control", "risk", "what it finds", "standing", "opened", "reopened", "fixed", "excepted", "tags"];
    blocks.push(Block::Table(Table {
        title: "Controls, the worst first".to_owned(),
        about: Some("Findings of the current timeslot; opened, reopened and fixed by its load.".to_owned()),
        columns: columns.map(str::to_owned).to_vec(),
        rows: controls.iter().map(row).collect(),
        empty: "No plan has controls.".to_owned(),
        ..Table::default()
    }));
    Ok(Answer::Page(Page { title: "Controls".to_owned(), under: "/controls", blocks, live: None }))
}

/// A control: what it checks, its findings load by load, what stands, and what brings it about.
pub(in crate::web) fn control(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let name = ask.pieces.get("control").unwrap_or_default();
    let (controls, mut blocks) = known(site);
    let control = controls.into_iter().find(|control| control.id.as_str() == name);
    let Some(control) = control else { return Err(Refusal::NotFound(format!("there is no control `{name}`"))) };
    let facts = vec![
        ("risk".to_owned(), risk(control.risk)),
        ("checks".to_owned(), Cell::from(kind(&control.check))),
        ("tags".to_owned(), Cell::from(control.tags.join(", "))),
        ("file".to_owned(), Cell::from(control.path.display().to_string())),
    ];
    let facts = facts.into_iter().chain(control.packed.iter().flat_map(serves)).collect();
    blocks.push(Block::Facts(Facts { title: Some(control.title.clone()), facts }));
    let exceptions = except::file_of(site, &control);
    let is_chosen = except::is_chosen(ask);
    if is_chosen {
        blocks.push(except::form(ask, &control, exceptions.as_ref()));
    }
    if let Some(packed) = &control.packed {
        blocks.push(Block::Text { title: Some("Why".to_owned()), paragraphs: vec![packed.why.clone()] });
    }
    if let Some(mitigation) = &control.mitigation {
        let paragraphs = vec![mitigation.clone()];
        blocks.push(Block::Text { title: Some("What to do about a finding".to_owned()), paragraphs });
    }
    if let Ok(ledger) = site.ledger() {
        blocks.extend(trend(site, Some(name))?.map(Block::Chart));
        if ask.may(May::Read)
            && let Ok(asked) = Asked::named_or_current(&ledger, &ask.query)
        {
            let id = &asked.timeslot.manifest.timeslot;
            let fields = named(&[("control", name)]);
            let query = format!("control={}", escaped(name));
            let (here, files) = (format!("/findings?{query}&"), format!("/timeslots/{id}/files/findings?{query}"));
            let found = questions::findings(&asked, &fields)?;
            let found = asked.table(site, &found, 1, Some(&here), Some(&files))?;
            blocks.push(Block::Table(except::with_choices(found, ask)));
            if asked.has("exception_status") {
                blocks.push(Block::Table(table(site, &asked, "exceptions", &fields)?));
            }
            if let Some(exceptions) = &exceptions {
                blocks.extend(except::standing(site, ask, &control, exceptions));
            }
            if ask.may(May::Decide) && !is_chosen {
                blocks.push(except::form(ask, &control, exceptions.as_ref()));
            }
            blocks.extend(reasons(site, &asked, &control, &fields)?);
        }
    }
    let links = vec![Link::new("All controls", "/controls")];
    blocks.push(Block::Links { title: None, links });
    Ok(Answer::Page(Page { title: format!("Control {name}"), under: "/controls", blocks, live: None }))
}

/// What brings the findings of a control about, and what would clear them.
fn reasons(site: &Site, asked: &Asked, control: &Control, fields: &Fields) -> Result<Vec<Block>, Refusal> {
    let of_duties = matches!(control.check, Check::SegregationOfDuties { .. });
    let mut blocks = Vec::new();
    let causes = table(site, asked, "causes", fields)?;
    if of_duties || !causes.rows.is_empty() {
        blocks.push(Block::Table(causes));
    }
    for (name, needed) in [("paths", "finding_paths"), ("removals", "finding_removals")] {
        if of_duties && asked.has(needed) {
            blocks.push(Block::Table(table(site, asked, name, fields)?));
        }
    }
    Ok(blocks)
}

/// What a control of a pack serves.
fn serves(packed: &Packed) -> Vec<(String, Cell)> {
    let mapping = packed.mapping.iter();
    mapping.map(|(framework, clauses)| (framework.title().to_owned(), Cell::from(clauses.join(", ")))).collect()
}

/// The controls of all plans, the worst first, each once; and what is wrong with plans that cannot be read.
fn known(site: &Site) -> (Vec<Control>, Vec<Block>) {
    let (mut controls, mut blocks) = (BTreeMap::new(), Vec::new());
    for name in site.project().plans() {
        match (site.reading.plan)(name.as_str()) {
            Ok(plan) => {
                let found = plan.stages.controls.into_iter().flat_map(|controls| controls.controls);
                controls.extend(found.map(|control| (control.id.to_string(), control)));
            }
            Err(problems) => {
                blocks.push(Block::Code { title: format!("{name} cannot be read"), text: problems, is_open: true });
            }
        }
    }
    let mut controls: Vec<Control> = controls.into_values().collect();
    controls.sort_by_key(|control| std::cmp::Reverse(control.risk));
    (controls, blocks)
}

/// How many findings each control has in the current timeslot, as `findings_by_control` tells them.
fn counts(site: &Site, ask: &Ask) -> Result<BTreeMap<String, Vec<Option<String>>>, Refusal> {
    let Ok(ledger) = site.ledger() else { return Ok(BTreeMap::new()) };
    let Ok(asked) = Asked::named_or_current(&ledger, &ask.query) else { return Ok(BTreeMap::new()) };
    if !asked.has("findings") {
        return Ok(BTreeMap::new());
    }
    let rows = asked.rows(site, &questions::by_control().sql())?;
    Ok(rows.into_iter().map(|row| (row[0].clone().unwrap_or_default(), row)).collect())
}

/// A risk: 4 and 5 are what somebody must act on.
fn risk(risk: u8) -> Cell {
    let tone = match risk {
        4.. => Tone::Bad,
        2 | 3 => Tone::Warn,
        _ => Tone::Plain,
    };
    Cell::State(tone, format!("{risk} of 5"))
}

fn kind(check: &Check) -> &'static str {
    match check {
        Check::Rule { .. } => "what a rule finds",
        Check::SegregationOfDuties { .. } => "segregation of duties",
        Check::PermissionHolders { .. } => "who holds permissions",
        Check::Overlap { .. } => "how two rules overlap",
        Check::TheoreticalRights { .. } => "differences to the rights model",
    }
}
