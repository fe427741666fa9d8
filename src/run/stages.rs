//! The stages of a plan and the models they compile to.

use jiff::civil::Date;

use crate::cause::Causes;
use crate::ids::StageName;
use crate::ledger::sha256_hex;
use crate::model::{Model, TableSet};
use crate::plan::Plan;
use crate::stages::closures::closure_models;
use crate::stages::effective::effective_rights_models;
use crate::stages::identity_movements::{Managed, identity_movement_models};
use crate::stages::leavers::overdue_account_models;
use crate::stages::{Context, Stage};

/// The stages that a plan has, in order.
#[must_use]
pub fn planned_stages(plan: &Plan) -> Vec<StageName> {
    let stages = &plan.stages;
    let has = |stage: &StageName| match stage {
        StageName::Managers => stages.managers.is_some(),
        StageName::RightsModel => stages.rights_model.is_some(),
        StageName::Rules => stages.rules.is_some(),
        StageName::Controls => stages.controls.is_some(),
        StageName::Confirm => stages.confirm.is_some(),
        StageName::Maintain => stages.maintain.is_some(),
        _ => true,
    };
    StageName::ALL.into_iter().filter(has).collect()
}

/// The models of a stage, with those that belong to it whatever its settings; each knows what it is configured to be.
pub(crate) fn models_of(plan: &Plan, name: StageName, context: &Context<'_>) -> Vec<Model> {
    let (bare, unmoved) = (context.tables.clone().without_parent(), Causes::default());
    let undated = Context {
        as_of: Date::constant(1970, 1, 1),
        tables: &bare,
        has_parent: false,
        parent_as_of: None,
        sources: &[],
        sources_before: &[],
        causes: &unmoved,
    };
    let mut bare_models = compiled(plan, name, &undated);
    for model in &mut bare_models {
        model.configuration = Some(model.hash());
    }
    let causes = if context.has_parent {
        Causes::of(&bare_models, context.tables, context.sources, context.sources_before)
    } else {
        unmoved.clone()
    };
    let mut models = compiled(plan, name, &Context { causes: &causes, ..*context });
    for model in &mut models {
        let same = |other: &&Model| other.table == model.table && other.name == model.name;
        model.configuration = bare_models.iter().find(same).and_then(|other| other.configuration.clone());
    }
    models
}

fn compiled(plan: &Plan, name: StageName, context: &Context<'_>) -> Vec<Model> {
    let mut models = stage_of(plan, name).compile(context);
    match name {
        StageName::Activate => models.extend(closure_models(plan.stages.activate.cycles)),
        StageName::Reconcile => {
            models.extend(effective_rights_models(context));
            models.extend(overdue_account_models(plan.stages.leavers.as_ref(), context));
        }
        _ => {}
    }
    match (name, plan.stages.managers.is_some()) {
        (StageName::Managers, true) => models.extend(identity_movement_models(context, Managed::Yes)),
        (StageName::Reconcile, false) => models.extend(identity_movement_models(context, Managed::No)),
        _ => {}
    }
    models
}

/// The tables as a stage reads them. What people wrote may ask the parent for a column that a collector has only now.
pub(crate) fn tables_for(stage: StageName, tables: TableSet) -> TableSet {
    if stage >= StageName::Rules { tables.widened() } else { tables }
}

/// The stage of that name, with the plan's settings.
pub(super) fn stage_of(plan: &Plan, name: StageName) -> Box<dyn Stage + '_> {
    match name {
        StageName::Activate => Box::new(plan.stages.activate.clone()),
        StageName::Leavers => Box::new(plan.stages.leavers.clone()),
        StageName::Reconcile => Box::new(plan.stages.reconcile.clone()),
        StageName::Managers => Box::new(plan.stages.managers.clone().expect("the plan has the stage")),
        StageName::RightsModel => Box::new(plan.stages.rights_model.clone().expect("the plan has the stage")),
        StageName::Rules => Box::new(plan.stages.rules.clone().expect("the plan has the stage")),
        StageName::Controls => Box::new(plan.stages.controls.clone().expect("the plan has the stage")),
        StageName::Validate => Box::new(plan.stages.validate.clone()),
        other => unreachable!("{other} is not compiled to models"),
    }
}

/// The stages that must have run before a timeslot of the plan can be confirmed.
pub(super) fn must_run(plan: &Plan) -> Vec<StageName> {
    planned_stages(plan).into_iter().filter(|stage| *stage < StageName::Confirm).collect()
}

/// SHA-256 over every file of the configuration and the variables.
pub(crate) fn configuration(plan: &Plan) -> String {
    // The names, not the paths: the same project read from another folder is the same configuration.
    let mut files: Vec<_> = plan.files.iter().map(|file| (file.path().file_name(), file.text())).collect();
    files.sort();
    sha256_hex(format!("{files:?}\n{:?}", plan.vars).as_bytes())
}
