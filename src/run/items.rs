//! The items of a stage that a selection may name: sources, rules, controls, thresholds, models; and those that a run
//! leaves out, with what depends on them.

use std::collections::{BTreeMap, BTreeSet};

use super::{models_of, planned_stages};
use crate::cause::Causes;
use crate::check::Ahead;
use crate::ids::StageName;
use crate::ledger::{LEFT_OUT, Manifest, Timeslot};
use crate::model::{BEFORE, Model, TableSet};
use crate::names::suggest;
use crate::plan::Plan;
use crate::select::{Pick, Selection};
use crate::settings::validate::Threshold;
use crate::stages::Context;
use crate::stages::controls::findings_of;
use crate::{collect, tables};

/// A model by table and name.
pub(super) type Id = (String, String);

/// The item of a selection that is not there, with the nearest that is.
pub(super) fn unknown_item(plan: &Plan, selection: &Selection) -> Option<(String, String)> {
    let picks = selection.only.iter().chain(&selection.skip);
    picks.filter_map(|pick| Some((pick.stage, pick.item.as_ref()?))).find_map(|(stage, item)| {
        if !planned_stages(plan).contains(&stage) {
            return Some((format!("the plan has no stage {stage}"), String::new()));
        }
        let known = items(plan, stage);
        (!known.contains(item)).then(|| {
            let hint = suggest(item, "items", known.iter().map(String::as_str));
            (format!("stage {stage} has no item `{item}`"), hint)
        })
    })
}

/// Every item of a stage, by any of its names.
fn items(plan: &Plan, stage: StageName) -> BTreeSet<String> {
    if stage == StageName::Collect {
        return plan.collectors.iter().map(|collector| collector.name.to_string()).collect();
    }
    if stage >= StageName::Confirm {
        return BTreeSet::new();
    }
    let ahead = Ahead::of(plan, None);
    let mut names = BTreeSet::new();
    for has_parent in [false, true] {
        let context = Context {
            as_of: jiff::civil::Date::constant(2000, 1, 1),
            tables: &ahead.tables,
            has_parent,
            parent_as_of: None,
            sources: &ahead.sources,
            sources_before: &ahead.sources,
            causes: &Causes::default(),
        };
        for model in models_of(plan, stage, &context) {
            names.insert(format!("{}/{}", model.table, model.name));
            names.extend([model.table, model.name]);
        }
    }
    if stage == StageName::Validate {
        names.extend(plan.stages.validate.thresholds.iter().map(|threshold| threshold.id.clone()));
    }
    names
}

/// Whether an item of a selection means a model.
fn means(item: &str, stage: StageName, model: &Model, thresholds: &[Threshold]) -> bool {
    let is_result = || {
        let of_threshold = thresholds.iter().any(|threshold| threshold.id == item);
        let side = model.name.strip_prefix(item).and_then(|rest| rest.strip_prefix('_'));
        stage == StageName::Validate
            && model.table == "threshold_results"
            && of_threshold
            && side.is_some_and(|side| ["drop", "rise", "change", "min", "max"].contains(&side))
    };
    item == model.name || item == model.table || item == format!("{}/{}", model.table, model.name) || is_result()
}

/// What is made of the findings of all controls, and of what is said of them: it follows each.
const OF_ALL_CONTROLS: [&str; 5] =
    ["evaluated_controls", "valid_exceptions", "exception_status", "risk_points", "risk_scores"];

/// Whether a selection takes a model of a stage that runs.
fn is_taken(selection: &Selection, stage: StageName, model: &Model, plan: &Plan) -> bool {
    let thresholds = &plan.stages.validate.thresholds;
    let packed = packed_together(stage, model, plan);
    let is_of_all = stage == StageName::Controls && OF_ALL_CONTROLS.contains(&model.table.as_str());
    let asked = |pick: &Pick| {
        pick.stage == stage && pick.item.as_deref().is_some_and(|item| is_of_all || packed.contains(&item))
    };
    if selection.only.iter().any(asked) {
        let skipped = Selection { only: BTreeSet::new(), ..selection.clone() };
        return skipped.takes_item(stage, &|item| means(item, stage, model, thresholds));
    }
    selection.takes_item(stage, &|item| means(item, stage, model, thresholds))
}

/// The controls of a pack whose findings this model makes, all of them together.
fn packed_together<'a>(stage: StageName, model: &Model, plan: &'a Plan) -> Vec<&'a str> {
    if stage != StageName::Controls || model.table != "findings" {
        return Vec::new();
    }
    let controls = plan.stages.controls.iter().flat_map(|settings| &settings.controls);
    let of_model = controls
        .filter(|control| control.packed.as_ref().is_some_and(|packed| findings_of(&packed.pack) == model.name));
    of_model.map(|control| control.id.as_str()).collect()
}

/// The models of a stage that are not made, each with the reason: those that the selection leaves out, and those that
/// read what is not there or are decided by what was never made.
pub(super) fn left_out(
    stage: StageName,
    models: &[Model],
    selection: &Selection,
    plan: &Plan,
    tables: &TableSet,
    manifest: &Manifest,
) -> BTreeMap<Id, String> {
    let id = |model: &Model| (model.table.clone(), model.name.clone());
    let mut left: BTreeMap<Id, String> = BTreeMap::new();
    for model in models.iter().filter(|model| !is_taken(selection, stage, model, plan)) {
        left.insert(id(model), LEFT_OUT.to_owned());
    }
    let stands = |(table, name): &Id| {
        manifest.tables.get(table).is_some_and(|record| record.parts.iter().any(|part| part.name == *name))
    };
    loop {
        let is_made = |table: &str| models.iter().any(|model| model.table == table && !left.contains_key(&id(model)));
        let missing = |model: &Model| {
            let decider = model.decided_by().find(|decider| left.contains_key(*decider) && !stands(decider));
            let read = model
                .reads()
                .iter()
                .find(|read| {
                    let has_columns = !tables.find(read).columns.is_empty() || tables::by_name(read).is_some();
                    !read.starts_with(BEFORE) && !has_columns && !is_made(read)
                })
                .cloned();
            read.or_else(|| decider.map(|(table, _)| table.clone()))
        };
        let mut next = models.iter().filter(|model| !left.contains_key(&id(model)));
        let Some((model, table)) = next.find_map(|model| Some((id(model), missing(model)?))) else {
            return left;
        };
        left.insert(model, format!("`{table}` is not there"));
    }
}

/// What of a stage cannot be relied on once it has run: what was left out and does not stand as it would be made now,
/// and what reads a table of which something was left out.
pub(super) fn not_reliable(
    stage: StageName,
    models: &[Model],
    left: &BTreeMap<Id, String>,
    selection: &Selection,
    tables: &TableSet,
    manifest: &Manifest,
) -> BTreeMap<String, String> {
    let mut items = in_error(stage, selection);
    let incomplete: BTreeSet<&str> = manifest
        .left_out
        .values()
        .flat_map(BTreeMap::keys)
        .filter_map(|item| item.split_once('/').map(|(table, _)| table))
        .collect();
    for model in models {
        let id = (model.table.clone(), model.name.clone());
        let item = format!("{}/{}", model.table, model.name);
        let why = match left.get(&id) {
            Some(why) if !stands_as_made_now(stage, model, tables, manifest) => why.clone(),
            Some(_) => continue,
            None => match model.reads().iter().find(|read| incomplete.contains(read.as_str())) {
                Some(read) => format!("`{read}` is not complete"),
                None => continue,
            },
        };
        items.insert(item, why);
    }
    items
}

/// The models of a stage that the items in error would have.
fn in_error(stage: StageName, selection: &Selection) -> BTreeMap<String, String> {
    let items = selection.in_error.iter().filter(|pick| pick.stage == stage).filter_map(|pick| pick.item.as_ref());
    let models = items.flat_map(|id| match stage {
        StageName::Rules => vec![format!("rule_{id}/{id}")],
        StageName::Controls => vec![format!("control_hits/{id}"), format!("findings/{id}")],
        _ => vec![format!("metrics/{id}"), format!("threshold_results/{id}")],
    });
    models.map(|model| (model, "it is in error".to_owned())).collect()
}

fn stands_as_made_now(stage: StageName, model: &Model, tables: &TableSet, manifest: &Manifest) -> bool {
    let record = manifest.tables.get(&model.table);
    let part = record.and_then(|record| record.parts.iter().find(|part| part.name == model.name));
    part.is_some_and(|part| crate::graph::possible(stage, model, tables).contains(&part.fingerprint))
}

/// The sources that a selection leaves out.
pub(super) fn left_out_sources(plan: &Plan, selection: &Selection) -> Vec<String> {
    let names = plan.collectors.iter().map(|collector| collector.name.as_str());
    names.filter(|name| !selection.takes_item(StageName::Collect, &|item| item == *name)).map(str::to_owned).collect()
}

/// The sources that stand in a timeslot and that a run of some sources only would throw away.
pub(super) fn thrown_away(plan: &Plan, selection: &Selection, timeslot: Option<&Timeslot>) -> Vec<String> {
    let is_some = selection.only.iter().any(|Pick { stage, item }| *stage == StageName::Collect && item.is_some());
    if !is_some || !selection.takes(StageName::Collect) {
        return Vec::new();
    }
    let stand: Vec<String> = collect::reports_of(timeslot)
        .into_iter()
        .filter(|report| report.state != collect::source::SourceState::NotCollected)
        .map(|report| report.source)
        .collect();
    left_out_sources(plan, selection).into_iter().filter(|source| stand.contains(source)).collect()
}
