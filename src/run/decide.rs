//! The end of a run: what validate concluded, what was let pass beforehand, and what becomes of the timeslot.

use super::{RunError, Running};
use crate::event::Verdict;
use crate::ids::StageName;
use crate::ledger::{ActiveTimeslot, Timeslot, is_same_person};
use crate::maintain::maintain;
use crate::model::TableSet;
use crate::names::suggest;
use crate::plan::Plan;
use crate::select::Selection;
use crate::settings::Mode;
use crate::settings::controls::Blocks;
use crate::stages::Ask;
use crate::stages::validate::Judgement;
use crate::tables;

impl Running<'_> {
    /// What validate concluded.
    fn judgement(&self, active: &ActiveTimeslot) -> Result<Judgement, RunError> {
        let timeslot = Timeslot { folder: active.folder().to_owned(), manifest: active.manifest().clone() };
        let tables = TableSet::of(&timeslot, self.parent.as_ref());
        Judgement::read(&Ask { engine: self.engine, tables: &tables }).map_err(|error| RunError::Stage {
            stage: StageName::Validate,
            timeslot: active.manifest().timeslot.clone(),
            source: error.into(),
        })
    }

    /// Holds the timeslot where a threshold was reached, or something in error was left out, whether or not the run was to confirm; else confirms it where
    /// the plan says so.
    pub(super) fn decide(
        &self,
        mut active: ActiveTimeslot,
        wants_confirm: bool,
    ) -> Result<(Verdict, String), RunError> {
        let judgement = self.judgement(&active)?;
        let overridden = active.overridden();
        let in_error = active.manifest().in_error.iter().cloned();
        let holding: Vec<String> =
            judgement.holding().into_iter().chain(in_error).filter(|held| !overridden.contains(held)).collect();
        // What held an earlier pass and no longer does must not hold on.
        if active.holding() != holding {
            active.hold(&self.deed(), holding.clone())?;
        }
        let (allowed, holding) = self.let_pass(&mut active, holding)?;
        if !holding.is_empty() {
            return Ok((Verdict::Held { thresholds: holding }, active.writer().head().to_string()));
        }
        if !wants_confirm {
            return Ok((Verdict::Open { stale: Vec::new() }, active.writer().head().to_string()));
        }
        let is_first = self.parent.is_none();
        let stages = &self.job.plan.stages;
        // Who runs a load may not let it pass alone, where that takes four eyes: not beforehand, either.
        let is_approved = stages.confirm.is_none_or(|confirm| !confirm.four_eyes) || !allowed;
        let is_manual = stages.confirm.is_some_and(|confirm| confirm.mode == Mode::Manual)
            || !is_approved
            || (is_first && stages.validate.first_load == Mode::Manual);
        if is_manual {
            return Ok((Verdict::Held { thresholds: Vec::new() }, active.writer().head().to_string()));
        }
        let (mut writer, _) = active.confirm(&self.deed())?;
        if let Some(settings) = stages.maintain.as_ref().filter(|_| self.stages().contains(&StageName::Maintain)) {
            writer = maintain(writer, settings, Some(&self.job.run), self.env)?.0;
        }
        Ok((Verdict::Confirmed, writer.head().to_string()))
    }

    /// Why who approved what may pass cannot have, where that takes four eyes: the message and a hint. Whoever runs a load, or
    /// ran stages of it, approves nothing of it.
    pub(super) fn approves_own(&self, timeslot: Option<&Timeslot>) -> Option<(String, String)> {
        let approver = self.job.selection.allowance.as_ref()?.approved_by.as_ref()?;
        let manifest = timeslot.map(|timeslot| &timeslot.manifest);
        let takes_four_eyes = self.job.plan.stages.confirm.is_some_and(|confirm| confirm.four_eyes)
            || manifest.is_some_and(|manifest| manifest.four_eyes);
        let has_run = manifest
            .is_some_and(|manifest| manifest.launched_by.iter().any(|launched| is_same_person(launched, approver)));
        (takes_four_eyes && (has_run || self.deed().is_by(approver))).then(|| {
            let message =
                format!("this load takes four eyes, and {approver} runs it: nobody approves a load of their own");
            (message, "name another person with `--approved-by`".to_owned())
        })
    }

    /// Lets those of the thresholds pass that were allowed beforehand. Whether there were any, and what is left.
    fn let_pass(&self, active: &mut ActiveTimeslot, holding: Vec<String>) -> Result<(bool, Vec<String>), RunError> {
        let Some(allowance) = &self.job.selection.allowance else { return Ok((false, holding)) };
        let (passing, left): (Vec<String>, Vec<String>) =
            holding.into_iter().partition(|threshold| allowance.thresholds.contains(threshold));
        for threshold in &passing {
            active.allow(&self.deed(), threshold, &allowance.reason, allowance.approved_by.as_deref())?;
            let by = allowance.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
            self.env.note(format!("threshold {threshold} was reached and passes: {}{by}", allowance.reason));
        }
        for threshold in allowance.thresholds.iter().filter(|threshold| !passing.contains(threshold)) {
            self.env.note(format!("threshold {threshold} was allowed and is not what holds"));
        }
        // What passed in an earlier part of the run still does.
        let passed = !passing.is_empty() || !active.overridden().is_empty();
        Ok((passed, left))
    }
}

/// Why what is to be allowed cannot be: the message and a hint.
pub(super) fn cannot_allow(plan: &Plan, selection: &Selection) -> Option<(String, String)> {
    let allowance = selection.allowance.as_ref()?;
    if !selection.takes(StageName::Validate) {
        let hint = "let validate run, too".to_owned();
        return Some(("thresholds are allowed, but validate does not run".to_owned(), hint));
    }
    if allowance.approved_by.is_none() {
        let hint = "run the plan again, and name with `--approved-by` who approved it".to_owned();
        return Some(("thresholds are allowed, but nobody is named who approved it".to_owned(), hint));
    }
    let known = thresholds(plan);
    let unknown = allowance.thresholds.iter().find(|threshold| !known.contains(threshold))?;
    let own = plan.stages.validate.thresholds.iter().map(|threshold| threshold.id.as_str());
    let of_controls = known.iter().map(String::as_str).filter(|id| id.starts_with("control:"));
    let hint = suggest(unknown, "thresholds of the plan", own.chain(of_controls));
    Some((format!("there is no threshold `{unknown}`"), hint))
}

/// The ids of every threshold that can hold a load of the plan.
fn thresholds(plan: &Plan) -> Vec<String> {
    let validate = &plan.stages.validate;
    let mut ids: Vec<String> = validate.thresholds.iter().map(|threshold| threshold.id.clone()).collect();
    if validate.has_guards {
        let of = |table: &&crate::table::Table| {
            ["removed", "added", "empty"].map(|what| format!("guard_{what}_{}", table.name))
        };
        ids.extend(tables::COLLECTED.iter().flat_map(of));
        ids.push("guard_owners_lost".to_owned());
    }
    ids.extend(validate.brake.map(|_| "guard_leavers".to_owned()));
    let controls = plan.stages.controls.iter().flat_map(|settings| &settings.controls);
    let blocking = controls.filter(|control| control.blocks.which.is_some_and(|which| which != Blocks::None));
    ids.extend(blocking.map(|control| format!("control:{}", control.id)));
    ids.extend(plan.collectors.iter().map(|collector| format!("guard_source_{}", collector.name)));
    ids
}
