//! What a plan says otherwise of single controls, its own and those of packs, and of the questions that these share: `set`
//! below `[stage.controls]`, then the profile that holds.

use crate::ids::ControlId;
use crate::names::suggest;
use crate::plan::control::blocking;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::plan::{codes, parameters};
use crate::problem::Problems;
use crate::settings::controls::{Blocking, Check, Control, Otherwise};
use crate::settings::packs::Pack;
use crate::settings::rules::Rule;

/// Applies what is said; returns the controls that are switched off, and what is otherwise than their files and packs say.
pub(super) fn apply(
    named: &mut Named,
    controls: &mut [Control],
    packs: &mut [Pack],
    settings: Spot<'_>,
    problems: &mut Problems,
) -> (Vec<ControlId>, Vec<Otherwise>) {
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
    let (mut off, mut otherwise) = (Vec::new(), Vec::new());
    let of_all = blocking(Blocking::default(), settings, &mut Problems::new());
    for (holds, tables) in [(true, plain)].into_iter().chain(of_profiles) {
        for (id, table) in tables {
            let own = named.controls.iter_mut().map(|(_, control)| control);
            if let Some(control) = own.chain(controls.iter_mut()).find(|control| control.id.as_str() == id) {
                // A profile that does not hold is checked all the same.
                let mut other = control.clone();
                let (before, changed) = (control.clone(), if holds { control } else { &mut other });
                set_control(changed, &named.rules, table, problems);
                if holds {
                    note(&mut otherwise, [&before, changed], of_all, table);
                }
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
    otherwise.retain(|one: &Otherwise| one.value != one.default);
    (off, otherwise)
}

/// Notes what is said of a control: what it was at first, and what it is now.
fn note(otherwise: &mut Vec<Otherwise>, [before, now]: [&Control; 2], of_all: Blocking, table: Spot<'_>) {
    let which = |control: &Control| control.blocks.which.or(of_all.which).unwrap_or_default().as_str().to_owned();
    let since = |control: &Control| control.blocks.since.or(of_all.since).map(|day| day.to_string());
    for (what, default, value) in [
        ("enabled", "true".to_owned(), table.get("enabled").and_then(Spot::boolean).unwrap_or(true).to_string()),
        ("risk", before.risk.to_string(), now.risk.to_string()),
        ("blocks", which(before), which(now)),
        ("blocks_since", since(before).unwrap_or_default(), since(now).unwrap_or_default()),
    ] {
        let Some(spot) = table.get(what) else { continue };
        let place = spot.on_value();
        match otherwise.iter_mut().find(|one| one.control == now.id && one.what == what) {
            Some(one) => (one.value, one.place) = (value, place),
            None => otherwise.push(Otherwise { control: now.id.clone(), what, value, default, place }),
        }
    }
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
