//! What a plan says otherwise of single controls, its own and those of packs, and of the questions that these share: `set`
//! below `[stage.controls]`, then the profile that holds.

use crate::ids::ControlId;
use crate::names::suggest;
use crate::plan::control::blocking;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::plan::{codes, parameters};
use crate::problem::Problems;
use crate::settings::controls::{Check, Control};
use crate::settings::packs::Pack;
use crate::settings::rules::Rule;

/// Applies what is said; returns the controls that are switched off.
pub(super) fn apply(
    named: &mut Named,
    controls: &mut [Control],
    packs: &mut [Pack],
    settings: Spot<'_>,
    problems: &mut Problems,
) -> Vec<ControlId> {
    let profiles = settings.get("profiles").map(Spot::entries).unwrap_or_default();
    let profile = settings.get("profile");
    let holding = profile.and_then(Spot::text);
    if let (Some(spot), Some(name)) = (profile, holding)
        && !profiles.iter().any(|(known, _)| *known == name)
    {
        let problem = spot.error(codes::NOT_FOUND, format!("there is no profile `{name}`"));
        problems.add(problem.hint(suggest(name, "profiles", profiles.iter().map(|(known, _)| *known))));
    }
    let plain = settings.get("set").map(Spot::entries).unwrap_or_default();
    let of_profiles = profiles.iter().map(|(name, table)| (Some(*name) == holding, table.entries()));
    let mut off = Vec::new();
    for (holds, tables) in [(true, plain)].into_iter().chain(of_profiles) {
        for (id, table) in tables {
            let own = named.controls.iter_mut().map(|(_, control)| control);
            if let Some(control) = own.chain(controls.iter_mut()).find(|control| control.id.as_str() == id) {
                // A profile that does not hold is checked all the same.
                let mut other = control.clone();
                let changed = if holds { control } else { &mut other };
                set_control(changed, &named.rules, table, problems);
                match table.get("enabled").and_then(Spot::boolean).filter(|_| holds) {
                    Some(false) => off.push(changed.id.clone()),
                    Some(true) => off.retain(|id| *id != changed.id),
                    None => {}
                }
                continue;
            }
            let mut shared = packs.iter_mut().flat_map(|pack| &mut pack.shared).map(|(rule, _)| rule);
            if let Some(rule) = shared.find(|rule| rule.id.as_str() == id) {
                let mut other = rule.clone();
                set_shared(if holds { rule } else { &mut other }, table, problems);
                continue;
            }
            let known = named.controls.iter().map(|(_, control)| control.id.as_str());
            let known: Vec<&str> = known.chain(controls.iter().map(|control| control.id.as_str())).collect();
            let problem = table.key_error(codes::NOT_FOUND, format!("there is no control `{id}` here"));
            problems.add(problem.hint(suggest(id, "controls", known)));
        }
    }
    off
}

/// Applies what is said of one control.
fn set_control(control: &mut Control, rules: &[Rule], table: Spot<'_>, problems: &mut Problems) {
    if let Some(risk) = table.get("risk")
        && let Some(value) = risk.integer().and_then(|value| u8::try_from(value).ok())
    {
        control.risk = value;
        control.risk_set_at = Some(risk.on_value());
    }
    control.blocks = blocking(control.blocks, table, problems);
    let Some(given) = table.get("parameters") else { return };
    let Check::Rule { rule, .. } = &control.check else {
        let message = format!("control `{}` asks no question with parameters", control.id);
        problems.add(given.key_error(codes::KEYS_DISAGREE, message));
        return;
    };
    if control.own_rule.is_none() {
        control.own_rule = rules.iter().find(|known| known.id == *rule).cloned();
    }
    if let Some(own) = &mut control.own_rule {
        parameters::set(own, given, problems);
    }
}

/// Applies what is said of a question that several controls of a pack share.
fn set_shared(rule: &mut Rule, table: Spot<'_>, problems: &mut Problems) {
    for spot in ["enabled", "risk", "blocks", "blocks_since"].into_iter().filter_map(|key| table.get(key)) {
        let message = format!("`{}` is a question that controls share: it has parameters alone", rule.id);
        problems.add(spot.key_error(codes::KEYS_DISAGREE, message).hint("say this of the controls that ask it"));
    }
    if let Some(given) = table.get("parameters") {
        parameters::set(rule, given, problems);
    }
}
