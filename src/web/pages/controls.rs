//! The controls: what each finds, how bad that is, how many findings stand, and what to do about them.

use std::collections::BTreeMap;

use super::except;
use super::findings::trend;
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
            let fields = Fields(vec![("control".to_owned(), name.to_owned())]);
            let (path, query) = (format!("/timeslots/{id}"), format!("control={}", escaped(name)));
            let found = questions::findings(&asked, &fields)?;
            let (here, files) = (format!("/findings?{query}&"), format!("{path}/files/findings?{query}"));
            blocks.push(Block::Table(asked.table(site, &found, 1, Some(&here), Some(&files))?));
            if asked.has("exception_status") {
                let (here, files) =
                    (format!("{path}/tables/exceptions?{query}&"), format!("{path}/files/exceptions?{query}"));
                let exceptions = questions::exceptions(&fields);
                blocks.push(Block::Table(asked.table(site, &exceptions, 1, Some(&here), Some(&files))?));
            }
            if ask.may(May::Decide) {
                blocks.push(except::form(site, &control));
            }
            let of_duties = matches!(control.check, Check::SegregationOfDuties { .. });
            let (here, files) = (format!("{path}/tables/causes?{query}&"), format!("{path}/files/causes?{query}"));
            let causes = asked.table(site, &questions::causes(&fields), 1, Some(&here), Some(&files))?;
            if of_duties || !causes.rows.is_empty() {
                blocks.push(Block::Table(causes));
            }
            if of_duties && asked.has("finding_removals") {
                let (here, files) =
                    (format!("{path}/tables/removals?{query}&"), format!("{path}/files/removals?{query}"));
                let removals = questions::removals(&fields);
                blocks.push(Block::Table(asked.table(site, &removals, 1, Some(&here), Some(&files))?));
            }
        }
    }
    let links = vec![Link::new("All controls", "/controls")];
    blocks.push(Block::Links { title: None, links });
    Ok(Answer::Page(Page { title: format!("Control {name}"), under: "/controls", blocks, live: None }))
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
