//! The stages of a plan: their settings, with the policies, rules and controls they name.

use std::path::PathBuf;

use crate::collect::collector::OnFailure;
use crate::ids::{InvalidName, SourceName};
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::files::join;
use crate::plan::leavers;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::plan::pack::Taken;
use crate::plan::project::Project;
use crate::plan::raw::plan::{CollectTable, ControlsTable, StageTable, ValidateTable};
use crate::plan::references;
use crate::plan::retention;
use crate::plan::thresholds;
use crate::plan::units::DurationText;
use crate::problem::Problems;
use crate::settings::Stages;
use crate::settings::activate::Activate;
use crate::settings::collect::Collect;
use crate::settings::confirm::Confirm;
use crate::settings::controls::{Blocks, Control, Controls, Exceptions, RiskWeights, Skipping};
use crate::settings::managers::Managers;
use crate::settings::reconcile::Reconcile;
use crate::settings::rights_model::RightsModel;
use crate::settings::rules::Rules;
use crate::settings::validate::{Brake, Validate};

/// The settings of every stage; `None` where a policy could not be loaded.
pub(super) fn check(
    raw: StageTable,
    named: Named,
    taken: Taken,
    project: &Project,
    spot: Spot<'_>,
    problems: &mut Problems,
) -> Option<Stages> {
    let collect = collect(&raw.collect, spot.key("collect"), problems);
    let about_leavers = spot.key("leavers");
    let leavers = raw.leavers.as_ref().map(|raw| leavers::check(raw, about_leavers, problems));
    let authoritative = raw
        .leavers
        .as_ref()
        .map(|raw| leavers::authoritative(raw, &named, about_leavers, problems))
        .unwrap_or_default();
    // Who says nothing of leavers has it among the guards; who does turns it off by name.
    let guards = raw.validate.guards;
    let brake = raw.leavers.as_ref().map_or_else(|| guards.then(Brake::default), |raw| raw.brake.brake());
    let validate = Validate { brake, ..validate(&raw.validate, spot.key("validate"), problems) };
    let decisions = raw.reconcile.decisions.as_ref();
    let decisions = decisions.map(|file| said_file(file, project, spot.key("reconcile").key("decisions"), problems));
    let overlay = raw.managers.as_ref().and_then(|managers| managers.overlay.as_ref());
    let overlay = overlay.map(|file| said_file(file, project, spot.key("managers").key("overlay"), problems));
    let exceptions = raw.controls.as_ref().and_then(|raw| exceptions(raw, project, spot.key("controls"), problems));
    let risk_weights = raw
        .controls
        .as_ref()
        .map_or_else(RiskWeights::default, |raw| risk_weights(raw, spot.key("controls"), problems));
    let skipping = skipping(&named);
    let maintain = raw.maintain.map(|raw| retention::check(&raw, &validate, spot.key("maintain"), problems));
    Some(Stages {
        collect,
        activate: Activate {
            grace_loads: raw.leavers.as_ref().map_or(0, |raw| raw.grace_loads),
            authoritative,
            references: references::check(&raw.activate.references, spot.key("activate").key("references"), problems),
            cycles: raw.activate.cycles,
        },
        leavers,
        reconcile: Reconcile { policy: named.owners?.1, decisions },
        managers: match raw.managers {
            Some(_) => Some(Managers { policy: named.managers?.1, overlay }),
            None => None,
        },
        rights_model: match raw.rights_model {
            Some(_) => Some(RightsModel { policy: named.rights_model?.1 }),
            None => None,
        },
        // The questions that controls of packs share run as rules, whether the plan has some of its own or not.
        rules: (raw.rules.is_some() || !taken.rules.is_empty())
            .then(|| Rules { rules: named.rules.into_iter().chain(taken.rules).collect() }),
        controls: raw.controls.map(|raw| Controls {
            controls: blocking(
                raw.blocks,
                named.controls.into_iter().map(|(_, control)| control).chain(taken.controls),
            ),
            skipping,
            unevaluated: taken.unevaluated,
            otherwise: taken.otherwise,
            exceptions,
            risk_weights,
        }),
        validate,
        confirm: raw.confirm.map(|raw| Confirm { mode: raw.mode, four_eyes: raw.four_eyes }),
        maintain,
    })
}

/// Controls, those that do not say which of their findings hold a timeslot as the plan says of all. A day alone means the new.
fn blocking(otherwise: Blocks, controls: impl Iterator<Item = Control>) -> Vec<Control> {
    let said = |mut control: Control| {
        let by_day = control.blocks.since.map(|_| Blocks::New);
        control.blocks.which = control.blocks.which.or(by_day).or(Some(otherwise));
        control
    };
    controls.map(said).collect()
}

/// The most that one finding may add: sums stay whole numbers.
const MOST_WEIGHT: u32 = 1_000_000;

/// What findings add to risk scores.
fn risk_weights(raw: &ControlsTable, spot: Spot<'_>, problems: &mut Problems) -> RiskWeights {
    let Some(weights) = &raw.risk_weights else { return RiskWeights::default() };
    let at = spot.key("risk_weights");
    for (weight, place) in weights.iter().zip(at.items()).filter(|(weight, _)| **weight > MOST_WEIGHT) {
        problems.add(place.error(codes::NOT_ALLOWED, format!("{weight} is more than {MOST_WEIGHT}")));
    }
    <[u32; 6]>::try_from(weights.as_slice()).map_or_else(
        |_| {
            let problem = at.error(codes::NOT_ALLOWED, format!("{} weights are given", weights.len()));
            problems.add(problem.hint("give six, for the risks 0 to 5, such as `[0, 1, 2, 3, 4, 5]`"));
            RiskWeights::default()
        },
        RiskWeights,
    )
}

/// Where people answer for findings.
fn exceptions(raw: &ControlsTable, project: &Project, spot: Spot<'_>, problems: &mut Problems) -> Option<Exceptions> {
    let alarm_days = whole_days(raw.exceptions_alarm, spot.key("exceptions_alarm"), problems);
    let Some(file) = &raw.exceptions else {
        for key in ["exceptions_alarm", "exceptions_without_end"].into_iter().filter_map(|key| spot.get(key)) {
            let problem = key.key_error(codes::KEYS_DISAGREE, "no file of exceptions is named");
            problems.add(problem.hint("add `exceptions = \"exceptions.csv\"`"));
        }
        return None;
    };
    let file = said_file(file, project, spot.key("exceptions"), problems);
    Some(Exceptions { file, alarm_days, may_be_open_ended: raw.exceptions_without_end })
}

/// A CSV file in which people say something, which must be there.
fn said_file(file: &str, project: &Project, spot: Spot<'_>, problems: &mut Problems) -> PathBuf {
    let path = join(&project.root.join("policies"), file);
    if !path.is_file() {
        let message = format!("`{}` does not exist", path.display());
        let files = std::fs::read_dir(project.root.join("policies")).into_iter().flatten().flatten();
        let found: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
        let csv = found.iter().map(String::as_str).filter(|name| name.to_lowercase().ends_with("csv"));
        problems.add(spot.error(codes::NOT_FOUND, message).hint(suggest(file, "CSV files in `policies`", csv)));
    }
    path
}

/// The sources whose failure leaves controls out, with the tables they fill.
fn skipping(named: &Named) -> Vec<Skipping> {
    let skips = named.collectors.iter().filter(|(_, collector)| collector.on_failure == OnFailure::Skip);
    skips
        .map(|(_, collector)| Skipping {
            source: collector.name.clone(),
            tables: collector.tables.iter().map(|map| map.table.name).collect(),
        })
        .collect()
}

fn collect(raw: &CollectTable, spot: Spot<'_>, problems: &mut Problems) -> Collect {
    let retire = spot.key("retire");
    for (at, name) in raw.retire.iter().enumerate().filter(|(_, name)| raw.sources.contains(name)) {
        let problem = retire.item(at).error(codes::KEYS_DISAGREE, format!("source `{name}` is loaded and retired"));
        problems.add(problem.hint("remove it from `sources` or from `retire`"));
    }
    // A source that does not exist was reported where its file was looked for.
    let sources = raw.sources.iter().filter_map(|name| name.parse().ok()).collect();
    let retire = raw.retire.iter().enumerate().filter_map(|(at, name)| {
        let parsed: Result<SourceName, InvalidName> = name.parse();
        parsed.map_err(|error| problems.add(retire.item(at).error(codes::BAD_NAME, error.to_string()))).ok()
    });
    Collect { sources, retire: retire.collect() }
}

/// The days of a length of time that dates are compared by.
pub(super) fn whole_days(length: DurationText, spot: Spot<'_>, problems: &mut Problems) -> u32 {
    let seconds = length.0.as_secs();
    if !seconds.is_multiple_of(86_400) {
        let problem = spot.error(codes::NOT_ALLOWED, "dates are compared by it: it must be whole days");
        problems.add(problem.hint("write it in days or weeks, such as `30 days`"));
    }
    u32::try_from(seconds / 86_400).unwrap_or(u32::MAX)
}

fn validate(raw: &ValidateTable, spot: Spot<'_>, problems: &mut Problems) -> Validate {
    let thresholds = spot.key("threshold");
    let in_order = thresholds.entries().into_iter().filter(|_| !raw.threshold.is_empty());
    let thresholds = in_order.filter_map(|(id, spot)| thresholds::check(id, raw.threshold.get(id)?, spot, problems));
    Validate {
        thresholds: thresholds.collect(),
        has_guards: raw.guards,
        max_stale_loads: raw.max_stale_loads,
        first_load: raw.first_load,
        brake: None,
    }
}
