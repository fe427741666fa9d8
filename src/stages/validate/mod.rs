//! Validate: the timeslot is held against its parent before anybody sees it.
//!
//! Reads   every table, what controls say of their findings among them, of this timeslot and of its parent.
//! Writes  `source_counts`, `movement_counts`, metrics, `threshold_results`.
//!
//! A comparison needs a parent; a limit of the value itself does not. Nothing here holds by itself: the results say
//! what was reached, and the run decides.

mod baseline;
mod blocking;
mod brake;
pub(crate) mod catalogue;
mod causes;
mod guards;
mod judge;
mod judgement;
mod leads;
mod measure;
mod movers;
pub(crate) mod rates;
mod sides;
mod sources;
#[cfg(test)]
mod tests;
mod words;

pub use self::judgement::{Judgement, Reached, without_samples};
use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::{Mailed, ReportTable, StageReport};
use crate::ids::StageName;
use crate::model::Model;
use crate::settings::validate::{Metric, Side, Threshold, Validate};

/// Whether there is anything to measure: what moved since the parent needs one.
fn can_be_measured(threshold: &Threshold, context: &Context<'_>) -> bool {
    match &threshold.metric {
        Metric::Named(name) => context.has_parent || !rates::find(name).is_some_and(|rate| rate.is_of_movements()),
        Metric::Sql(_) => true,
    }
}

impl Stage for Validate {
    fn name(&self) -> StageName {
        StageName::Validate
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let mut models = Vec::new();
        for threshold in self.thresholds.iter().filter(|threshold| can_be_measured(threshold, context)) {
            models.push(Model::sql("metrics", &threshold.id, measure::query(threshold, context)));
            for limit in &threshold.limits {
                let is_absolute = matches!(limit.of, Side::Min | Side::Max);
                if is_absolute || context.has_parent {
                    models.push(judge::model(threshold, limit, context));
                }
            }
        }
        if self.has_guards && context.has_parent {
            models.extend(guards::models(context));
        }
        models.extend(self.brake.iter().flat_map(|brake| brake::models(brake, context)));
        models.extend(sources::models(self, context));
        models.push(blocking::model(context));
        models.push(Model::sql(
            "threshold_results",
            "controls_not_evaluated",
            include_str!("not_evaluated.sql").to_owned(),
        ));
        models
    }

    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        let judgement = Judgement::read(ask)?;
        let told =
            [("hold", &judgement.holds), ("warn", &judgement.warnings), ("not evaluated", &judgement.not_evaluated)];
        let rows = |sentence: fn(&Reached) -> &str| -> Vec<Vec<String>> {
            let all = told.iter().flat_map(|(severity, reached)| reached.iter().map(move |one| (*severity, one)));
            all.map(|(severity, one)| vec![severity.to_owned(), one.threshold.clone(), sentence(one).to_owned()])
                .collect()
        };
        let headline = match (judgement.holding().len(), judgement.warnings.len()) {
            (0, 0) => format!("{} limits judged, none reached", judgement.judged),
            (holds, warnings) => {
                format!("{} limits judged: {holds} thresholds hold, {warnings} warnings", judgement.judged)
            }
        };
        let headline = match judgement.not_evaluated.len() {
            0 => headline,
            unknown => format!("{headline}; {unknown} not evaluated"),
        };
        let columns = ["severity", "threshold", "what happened"];
        let table = ReportTable {
            mailed: Mailed::Instead(rows(Reached::without_samples)),
            ..ReportTable::new("limits reached", &columns, rows(|reached| &reached.sentence))
        };
        let tables = [table].into_iter().chain(causes::told(context, ask)?).collect();
        Ok(StageReport { headline, tables })
    }
}
