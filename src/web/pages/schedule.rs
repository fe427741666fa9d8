//! When plans are due: the coming due times of each, and those of late with what became of them.

use jiff::{Timestamp, Zoned};

use crate::plan::Plan;
use crate::schedule::due_after;
use crate::settings::schedule::{CatchUp, Overlap, Schedule};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Block, Cell, Facts, Page, Table, Tone};
use crate::web::site::Site;

/// Due times of each plan, coming and past.
const COMING: usize = 5;
const PAST: usize = 20;

/// The page.
pub(in crate::web) fn schedule(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let mut blocks = Vec::new();
    for name in site.project().plans() {
        match (site.reading.plan)(name.as_str()) {
            Ok(plan) => blocks.extend(of_plan(site, &plan, ask.now)?),
            Err(problems) => {
                blocks.push(Block::Code { title: format!("{name} cannot be read"), text: problems, is_open: true });
            }
        }
    }
    if blocks.is_empty() {
        let sentence = "The project has no plan.".to_owned();
        blocks.push(Block::Text { title: None, paragraphs: vec![sentence] });
    }
    Ok(Answer::Page(Page { title: "Schedule".to_owned(), under: "/schedule", blocks, live: None }))
}

fn of_plan(site: &Site, plan: &Plan, now: Timestamp) -> Result<Vec<Block>, Refusal> {
    let Some(schedule) = &plan.schedule else {
        let sentence = format!("`{}` has no `[schedule]`: it runs when somebody runs it.", plan.name);
        return Ok(vec![Block::Text { title: Some(plan.name.to_string()), paragraphs: vec![sentence] }]);
    };
    let coming = due_after(schedule, now).take(COMING);
    let mut blocks = vec![
        Block::Facts(settings(plan, schedule)),
        Block::Table(Table {
            title: format!("{}: due next", plan.name),
            columns: ["due", "zone", "UTC"].map(str::to_owned).to_vec(),
            rows: coming.map(|due| row(&due, schedule)).collect(),
            empty: "It is never due again.".to_owned(),
            ..Table::default()
        }),
    ];
    if let Ok(ledger) = site.ledger() {
        let told = ledger.due_times(&plan.name).told()?;
        let mut past: Vec<(Timestamp, bool)> = told.settled.iter().map(|due| (*due, true)).collect();
        past.extend(told.missed.difference(&told.settled).map(|due| (*due, false)));
        past.sort_unstable_by(|a, b| b.cmp(a));
        let state = |is_settled: bool| {
            if is_settled {
                Cell::State(Tone::Plain, "settled".to_owned())
            } else {
                Cell::State(Tone::Bad, "missed".to_owned())
            }
        };
        blocks.push(Block::Table(Table {
            title: format!("{}: due times of late", plan.name),
            about: Some(
                "Settled: a run was begun for it, or it was left out for another run; the mails say which.".to_owned(),
            ),
            columns: ["due", "what became of it"].map(str::to_owned).to_vec(),
            rows: past.into_iter().take(PAST).map(|(due, is_settled)| vec![Cell::At(due), state(is_settled)]).collect(),
            empty: "It was not due yet, as far as anybody watched.".to_owned(),
            ..Table::default()
        }));
    }
    Ok(blocks)
}

fn row(due: &Zoned, schedule: &Schedule) -> Vec<Cell> {
    vec![
        Cell::from(due.strftime("%a %Y-%m-%d %H:%M %:z").to_string()),
        Cell::from(schedule.zone_name.as_str()),
        Cell::from(due.timestamp().strftime("%Y-%m-%dT%H:%MZ").to_string()),
    ]
}

fn settings(plan: &Plan, schedule: &Schedule) -> Facts {
    let catch_up = match schedule.catch_up {
        CatchUp::Last => "the last one, within the grace",
        CatchUp::None => "none",
    };
    let overlap = match schedule.overlap {
        Overlap::Skip => "is left out",
        Overlap::Queue => "waits",
    };
    let minutes = |duration: std::time::Duration| format!("{} min", duration.as_secs() / 60);
    let facts = [
        ("cron", schedule.pattern.clone()),
        ("zone", schedule.zone_name.clone()),
        ("caught up", catch_up.to_owned()),
        ("grace", minutes(schedule.grace)),
        ("while another run is under way", overlap.to_owned()),
        ("jitter", format!("{} s", schedule.jitter.as_secs())),
    ];
    let facts = facts.into_iter().map(|(name, is)| (name.to_owned(), Cell::from(is))).collect();
    Facts { title: Some(plan.name.to_string()), facts }
}

/// When each plan is due next, in short.
pub(in crate::web) fn next_due(site: &Site, now: Timestamp) -> Facts {
    let of = |name: &crate::ids::PlanName| match (site.reading.plan)(name.as_str()) {
        Ok(plan) => match plan.schedule.as_ref().map(|schedule| due_after(schedule, now).next()) {
            Some(Some(due)) => Cell::from(due.strftime("%a %Y-%m-%d %H:%M %:z").to_string()),
            Some(None) => Cell::from("never again"),
            None => Cell::from("when somebody runs it"),
        },
        Err(_) => Cell::State(Tone::Bad, "cannot be read".to_owned()),
    };
    let facts = site.project().plans().iter().map(|name| (name.to_string(), of(name))).collect();
    Facts { title: Some("Due next".to_owned()), facts }
}
