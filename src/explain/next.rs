//! What the next run of a plan would do: which sources it would read, which models it would make, and why.
//!
//! A source whose files are as they were is taken over from the parent, and so is every model whose inputs are; whoever
//! reads something that is made anew is made anew.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::changed;
use crate::cause::Causes;
use crate::check::Ahead;
use crate::collect::decisions::fingerprint_of_decisions;
use crate::collect::exceptions::fingerprint_of_exceptions;
use crate::collect::overlay::fingerprint_of_overlay;
use crate::collect::{Collection, Foretold, foretell};
use crate::graph::{pieces, possible, ready};
use crate::ids::StageName;
use crate::ledger::{TableRecord, Timeslot};
use crate::model::{BEFORE, Make, Model, StoredTable, TableSet};
use crate::plan::{Plan, Project};
use crate::run::{models_of, planned_stages, tables_for};
use crate::stages::Context;

/// Something that the next run would do.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// The stage.
    pub stage: StageName,
    /// The table; `None` for a source, which may fill several.
    pub table: Option<String>,
    /// The source or the model.
    pub item: String,
    /// `source`, `sql`, `publish`, `rust`.
    pub kind: &'static str,
    /// `read`, `run`, `reuse`.
    pub decision: &'static str,
    /// Why.
    pub why: String,
}

/// Foretells a run that begins a timeslot as of a day, compared with `parent`.
#[must_use]
pub fn next_run(project: &Project, plan: &Plan, parent: Option<&Timeslot>, as_of: Date, now: Timestamp) -> Vec<Step> {
    let (forms, references) = (&project.key_forms, &plan.stages.activate.references);
    let collection = Collection { collectors: &plan.collectors, forms, references, retire: &[], left_out: &[] };
    let sources = foretell(&collection, parent, now);
    let mut steps: Vec<Step> = sources
        .iter()
        .map(|source| Step {
            stage: StageName::Collect,
            table: None,
            item: source.source.clone(),
            kind: "source",
            decision: if source.is_reused { "reuse" } else { "read" },
            why: source.why.clone(),
        })
        .collect();
    let mut next = Next::of(plan, parent, &sources);
    next.take_decisions(project, plan);
    for stage in planned_stages(plan) {
        if stage > StageName::Collect && stage < StageName::Confirm {
            let tables = tables_for(stage, next.ahead.tables.clone());
            let context = Context {
                as_of,
                tables: &tables,
                has_parent: parent.is_some(),
                parent_as_of: parent.map(|parent| parent.manifest.as_of),
                sources: &next.ahead.sources,
                sources_before: &next.before,
                causes: &Causes::default(),
            };
            let models = models_of(plan, stage, &context);
            steps.extend(next.judge(stage, models));
        }
    }
    steps
}

/// What is known of the next run's tables.
struct Next<'a> {
    ahead: Ahead,
    parent: Option<&'a Timeslot>,
    before: Vec<crate::collect::source::SourceReport>,
    /// The tables that the parent has, as they would be taken over.
    standing: TableSet,
    /// Tables that are made anew, as far as the run has come.
    anew: BTreeSet<String>,
}

impl<'a> Next<'a> {
    fn of(plan: &Plan, parent: Option<&'a Timeslot>, sources: &[Foretold]) -> Self {
        let mut ahead = Ahead::of(plan, parent);
        let standing = parent.map(|parent| TableSet::of(parent, None)).unwrap_or_default();
        let mut anew = BTreeSet::new();
        let is_reused = |name: &str| sources.iter().any(|source| source.source == name && source.is_reused);
        for collector in &plan.collectors {
            let is_read = !is_reused(collector.name.as_str());
            for map in collector.tables.iter().filter(|_| is_read) {
                let table = map.table.name;
                anew.extend([format!("staged_{table}"), format!("staged_unresolved_{table}")]);
                anew.extend(["staged_rejects".to_owned(), "uids".to_owned()]);
            }
        }
        let taken: Vec<(String, StoredTable)> = standing
            .iter()
            .filter(|(name, _)| (name.starts_with("staged_") || *name == "uids") && !anew.contains(*name))
            .map(|(name, stored)| (name.to_owned(), stored.clone()))
            .collect();
        for (name, stored) in taken {
            ahead.tables.insert(&name, stored);
        }
        Self { ahead, parent, before: crate::collect::reports_of(parent), standing, anew }
    }

    /// The decision file is data of its own, read when reconcile runs.
    fn take_decisions(&mut self, project: &Project, plan: &Plan) {
        let (stages, forms) = (&plan.stages, &project.key_forms);
        if let Some(path) = stages.reconcile.decisions.as_deref() {
            self.take("decisions", fingerprint_of_decisions(path, forms).as_ref());
        }
        if let Some(path) = stages.managers.as_ref().and_then(|managers| managers.overlay.as_deref()) {
            self.take("manager_overlay", fingerprint_of_overlay(path, forms).as_ref());
        }
        if let Some(said) = stages.controls.as_ref().and_then(|controls| controls.exceptions.as_ref()) {
            self.take("exceptions", fingerprint_of_exceptions(said, forms).as_ref());
        }
    }

    fn take(&mut self, table: &str, now: Option<&String>) {
        let stored = self.standing.find(table);
        if now.is_some() && stored.parts.first().map(|part| &part.fingerprint) == now {
            self.ahead.tables.insert(table, stored);
        } else {
            self.anew.insert(table.to_owned());
        }
    }

    /// Judges the models of a stage, those first that others read.
    fn judge(&mut self, stage: StageName, models: Vec<Model>) -> Vec<Step> {
        let mut steps: BTreeMap<(&str, &str), Step> = BTreeMap::new();
        let mut waiting: Vec<&Model> = models.iter().collect();
        while !waiting.is_empty() {
            let (ready, later) = ready(&waiting);
            // Models that wait for each other are a mistake that a run tells; here each is judged by itself.
            let (ready, later) = if ready.is_empty() { (later, Vec::new()) } else { (ready, later) };
            for model in &ready {
                steps.insert((&model.table, &model.name), self.step(stage, model));
            }
            for table in ready.iter().map(|model| model.table.as_str()).collect::<BTreeSet<_>>() {
                let is_whole = !later.iter().any(|model| model.table == table);
                let all_stand =
                    steps.iter().filter(|((of, _), _)| *of == table).all(|(_, step)| step.decision == "reuse");
                if !all_stand {
                    self.anew.insert(table.to_owned());
                } else if is_whole {
                    self.ahead.tables.insert(table, self.standing.find(table));
                }
            }
            waiting = later;
        }
        models.iter().filter_map(|model| steps.remove(&(model.table.as_str(), model.name.as_str()))).collect()
    }

    fn step(&self, stage: StageName, model: &Model) -> Step {
        let (decision, why) = match self.why_run(stage, model) {
            Some(why) => ("run", why),
            None => ("reuse", "the same inputs as in the parent".to_owned()),
        };
        let kind = match &model.make {
            Make::Sql(_) => "sql",
            Make::Publish { .. } => "publish",
            Make::Rust { .. } => "rust",
        };
        Step { stage, table: Some(model.table.clone()), item: model.name.clone(), kind, decision, why }
    }

    /// Why a model would run; `None` = what the parent has is taken over.
    fn why_run(&self, stage: StageName, model: &Model) -> Option<String> {
        let nothing = TableRecord::default();
        let record = self.parent.and_then(|parent| parent.manifest.tables.get(&model.table)).unwrap_or(&nothing);
        let Some(part) = record.parts.iter().find(|part| part.name == model.name) else {
            return Some(match self.parent {
                Some(_) => "the parent does not have it".to_owned(),
                None => "it has never run".to_owned(),
            });
        };
        let anew: Vec<String> = model.reads().iter().filter(|read| self.anew.contains(*read)).cloned().collect();
        if !anew.is_empty() {
            return Some(format!("made anew: {}", anew.join(", ")));
        }
        let tables = &tables_for(stage, self.ahead.tables.clone());
        let fingerprints = possible(stage, model, tables);
        if record.parts.iter().any(|part| fingerprints.contains(&part.fingerprint)) {
            return None;
        }
        if model.lasts(&part.made_from, &pieces(stage, model, tables, false), tables) {
            return None;
        }
        let why = changed(&part.made_from, &pieces(stage, model, tables, false));
        // What was compared with the parent's parent is compared with the parent now.
        Some(if why.contains(BEFORE) { format!("{why}, which is the parent now") } else { why })
    }
}
