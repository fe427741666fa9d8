//! Controls: checks whose answers are findings, followed from load to load.
//!
//! Reads   answers of rules, `effective_rights`, rights, memberships, closures, `entitlement_gaps`, exceptions,
//!         `before_findings`.
//! Writes  `control_hits`: what each control finds now; findings: with their history; `finding_causes`: the rights that
//!         bring a conflict of duties about, and what a rule's answer names; `skipped_controls`: those that this load does not evaluate;
//!         `unevaluated_controls`: those of packs that no load of this project can; `evaluated_controls`: all
//!         others; `valid_exceptions` and
//!         `exception_status`: what people answer for, and what that comes to.
//!
//! A finding is the same as before if control, subject and detail are the same. One that is no longer found stays as
//! `fixed`, so that its return is known as a reopening.

mod duties;
mod evaluated;
mod excepted;
mod hits;
mod holders;
mod named;
mod newest;
mod packed;
mod pairs;
mod removals;
mod report;
mod risk;
mod said;
mod skipped;
#[cfg(test)]
mod tests;
mod unevaluated;

use self::duties::Duties;
pub(crate) use self::hits::{alias, packed_columns, subject, subject_column};
pub(crate) use self::packed::findings_of;
use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::kernels::FollowedFindings;
use crate::model::Model;
use crate::settings::controls::{Check, Conflict, Control, Controls, Gap};
use crate::sql;

impl Stage for Controls {
    fn name(&self) -> StageName {
        StageName::Controls
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let mut packed: Vec<&Control> = Vec::new();
        let (mut models, mut evaluated): (Vec<Model>, Vec<&Control>) = (Vec::new(), Vec::new());
        for control in &self.controls {
            let made = self.models(control, context, &mut packed);
            evaluated.extend(made.iter().any(|model| model.table == "control_hits").then_some(control));
            models.extend(made.into_iter().map(|model| of_control(model, control)));
        }
        models.extend(evaluated::model(&evaluated));
        models.extend(risk::models(self));
        models.extend(packed::models(&packed, self.exceptions.is_some(), context));
        models.extend(unevaluated::models(&self.unevaluated, self.exceptions.is_some()));
        models.extend(self.exceptions.iter().flat_map(|exceptions| excepted::models(self, exceptions, context)));
        models
    }

    fn report(&self, _: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(self, ask)
    }
}

impl Controls {
    /// The models of one control. The findings of one of a pack are made with those of the others: it is noted for that.
    fn models<'a>(&self, control: &'a Control, context: &Context<'_>, packed: &mut Vec<&'a Control>) -> Vec<Model> {
        let id = control.id.as_str();
        let hits = hits::model(control, context);
        if let Some(why) = skipped::skipped(self, &hits, context) {
            return skipped::models(control, &why, self.exceptions.is_some());
        }
        if control.packed.is_some() {
            packed.push(control);
            return vec![hits];
        }
        let findings = findings(control, self.exceptions.is_some(), context);
        if let Check::PermissionHolders { permissions, gap: Gap::Over, .. } = &control.check {
            let causes = Model::sql("finding_causes", id, holders::causes(id, permissions));
            return vec![hits, findings, causes];
        }
        let Check::SegregationOfDuties { on, conflict, within } = &control.check else {
            return [hits, findings].into_iter().chain(named::causes(control, context)).collect();
        };
        let duties = Duties { on: *on, conflict, within: *within };
        let causes = Model::sql("finding_causes", id, duties.causes(id, subject(&control.check).as_str()));
        // A filter may ask for other rights than those that conflict.
        let hits = if control.filter.is_none() { hits.sifted(duties.sieves()) } else { hits };
        let mut models = vec![hits, findings];
        models.extend(removals::models(id, subject(&control.check).as_str(), duties));
        if let Conflict::Pairs(of_matrix) = conflict {
            models.extend(pairs::models(id, of_matrix));
            models.extend([pairs::exercised(id, duties), causes]);
        } else {
            models.push(causes.sifted(duties.sieves_of_causes(id)));
        }
        models
    }
}

/// What this stage keeps of each control in a part of its own.
const BY_CONTROL: [&str; 6] =
    ["control_hits", "finding_ways", "finding_causes", "duty_pairs", "duty_literals", "exercised_duties"];

/// A model about one control, which reads nothing that others found.
fn of_control(model: Model, control: &Control) -> Model {
    BY_CONTROL.iter().fold(model, |model, table| model.of_parts(table, [control.id.as_str()]))
}

/// What a control finds now, held against what it found before.
fn findings(control: &Control, has_exceptions: bool, context: &Context<'_>) -> Model {
    let as_of = sql::date(context.as_of);
    let id = sql::text(control.id.as_str());
    let (risk, rated) = match &control.check {
        Check::SegregationOfDuties { conflict: Conflict::Pairs(_), .. } => (
            format!("COALESCE(q.risk, {})", control.risk),
            format!("\n  LEFT JOIN duty_pairs q ON q.control = {id} AND q.detail = COALESCE(h.detail, k.detail)"),
        ),
        _ => (control.risk.to_string(), String::new()),
    };
    let values = [("control", id.as_str()), ("as_of", &as_of), ("risk", &risk), ("rated", &rated)];
    let query = excepted::findings(&sql::fill(include_str!("findings.sql"), &values), has_exceptions);
    let model = Model::sql("findings", control.id.as_str(), query);
    if !rated.is_empty() {
        return model;
    }
    let controls = vec![(control.id.to_string(), i64::from(control.risk))];
    model.by(FollowedFindings { controls, as_of: context.day(), has_exceptions })
}
