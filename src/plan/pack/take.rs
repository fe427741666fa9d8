//! What a plan takes of the packs it names: which controls, with what said otherwise, and which of them it can evaluate.

use super::needs::Brought;
use super::{open_pack, set, texts};
use crate::ids::ControlId;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::files::matches;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::problem::Problems;
use crate::settings::controls::{Control, Otherwise};
use crate::settings::packs::{Need, Pack, Unevaluated};
use crate::settings::rules::Rule;

/// What a plan takes of packs.
#[derive(Default)]
pub(in crate::plan) struct Taken {
    pub(in crate::plan) controls: Vec<Control>,
    /// The questions that these controls share.
    pub(in crate::plan) rules: Vec<Rule>,
    pub(in crate::plan) unevaluated: Vec<Unevaluated>,
    /// What the plan says otherwise of controls.
    pub(in crate::plan) otherwise: Vec<Otherwise>,
}

/// Takes the controls of the packs that a plan names, and says of its own and of theirs what the plan says otherwise.
pub(in crate::plan) fn take(named: &mut Named, stage: Spot<'_>, problems: &mut Problems) -> Taken {
    let Some(settings) = stage.get("controls") else { return Taken::default() };
    let mut packs = packs(settings, problems);
    let mut controls: Vec<Control> = packs.iter().flat_map(|pack| pack.controls.clone()).collect();
    check_names(&controls, &packs, named, settings, problems);
    let selected = selected(&controls, settings, problems);
    let own: Vec<ControlId> = named.controls.iter().map(|(_, control)| control.id.clone()).collect();
    let (off, mut otherwise) = set::apply(named, &mut controls, &mut packs, settings, problems);
    otherwise.retain(|one| own.contains(&one.control) || selected.contains(&one.control));
    controls.retain(|control| selected.contains(&control.id) && !off.contains(&control.id));
    named.controls.retain(|(_, control)| !off.contains(&control.id));
    let mut taken = Taken { otherwise, ..Taken::default() };
    for control in controls {
        let columns = packs.iter().find(|pack| Some(&pack.name) == control.packed.as_ref().map(|said| &said.pack));
        let brought = Brought {
            collectors: named.collectors.iter().map(|(_, collector)| collector).collect(),
            has_managers: stage.get("managers").is_some(),
            has_rights_model: stage.get("rights_model").is_some(),
            columns: columns.map(|pack| pack.columns.as_slice()).unwrap_or_default(),
        };
        let needs = control.packed.as_ref().map(|said| said.needs.as_slice()).unwrap_or_default();
        let lacks: Vec<_> = needs.iter().filter_map(|need| brought.lack(need)).collect();
        if lacks.is_empty() {
            taken.controls.push(control);
        } else {
            taken.unevaluated.push(Unevaluated { control, lacks });
        }
    }
    let needed = |rule: &Rule| {
        let mut needs =
            taken.controls.iter().filter_map(|control| control.packed.as_ref()).flat_map(|said| &said.needs);
        needs.any(|need| matches!(need, Need::Shared(name) if name == rule.id.as_str()))
    };
    let shared = packs.iter().flat_map(|pack| &pack.shared).map(|(rule, _)| rule);
    taken.rules = shared.filter(|rule| needed(rule)).cloned().collect();
    taken
}

/// The packs that a plan names.
fn packs(settings: Spot<'_>, problems: &mut Problems) -> Vec<Pack> {
    let Some(names) = settings.get("packs") else { return Vec::new() };
    let mut packs: Vec<Pack> = Vec::new();
    for (spot, name) in names.items().into_iter().filter_map(|spot| Some((spot, spot.text()?))) {
        if packs.iter().any(|pack| pack.name == name) {
            problems.add(spot.error(codes::DUPLICATE_NAME, format!("pack `{name}` is given twice")));
            continue;
        }
        match open_pack(name) {
            Ok(Some(pack)) => packs.push(pack),
            Ok(None) => {
                let problem = spot.error(codes::NOT_FOUND, format!("there is no pack `{name}`"));
                problems.add(problem.hint(suggest(name, "packs", texts::names())));
            }
            Err(found) => problems.extend(found),
        }
    }
    packs
}

/// No control and no question of a pack has the name of one of the project.
fn check_names(controls: &[Control], packs: &[Pack], named: &Named, settings: Spot<'_>, problems: &mut Problems) {
    for (file, own) in &named.controls {
        if controls.iter().any(|control| control.id == own.id) {
            let message = format!("control `{}` is one of the project and one of a pack", own.id);
            let problem = file.root().key("title").error(codes::DUPLICATE_NAME, message);
            problems.add(problem.hint("rename the file: findings are told apart by the names of their controls"));
        }
    }
    let shared = packs.iter().flat_map(|pack| &pack.shared).map(|(rule, _)| rule);
    for rule in shared.filter(|rule| named.rule_ids.contains(&rule.id)) {
        let message = format!("rule `{}` is one of the project and one of a pack", rule.id);
        problems.add(settings.key("packs").error(codes::DUPLICATE_NAME, message).hint("rename the file of the rule"));
    }
}

/// The controls that masks and tags select.
fn selected(controls: &[Control], settings: Spot<'_>, problems: &mut Problems) -> Vec<ControlId> {
    let ids = || controls.iter().map(|control| control.id.as_str());
    let mut selected: Vec<ControlId> = Vec::new();
    match settings.get("pack_controls") {
        None => selected = controls.iter().map(|control| control.id.clone()).collect(),
        Some(masks) => {
            let masks: Vec<(Spot<'_>, &str)> =
                masks.items().into_iter().filter_map(|spot| Some((spot, spot.text()?))).collect();
            let excludes_only = masks.iter().all(|(_, mask)| mask.starts_with('!'));
            if excludes_only {
                selected = controls.iter().map(|control| control.id.clone()).collect();
            }
            for (spot, mask) in masks {
                let (glob, is_out) = mask.strip_prefix('!').map_or((mask, false), |glob| (glob, true));
                let found: Vec<&Control> =
                    controls.iter().filter(|control| matches(glob, control.id.as_str())).collect();
                if found.is_empty() {
                    let message = format!("`{glob}` selects none of the controls of the packs");
                    problems.add(spot.error(codes::NOT_FOUND, message).hint(suggest(glob, "controls", ids())));
                }
                if is_out {
                    selected.retain(|id| !found.iter().any(|control| control.id == *id));
                } else {
                    selected.extend(found.into_iter().map(|control| control.id.clone()));
                }
            }
        }
    }
    let Some(tags) = settings.get("pack_tags").map(Spot::items).filter(|tags| !tags.is_empty()) else {
        return selected;
    };
    let known = || controls.iter().flat_map(|control| &control.tags).map(String::as_str);
    for spot in &tags {
        if let Some(tag) = spot.text().filter(|tag| !known().any(|known| known == *tag)) {
            let mut all: Vec<&str> = known().collect();
            all.sort_unstable();
            all.dedup();
            let message = format!("no control of the packs has the tag `{tag}`");
            problems.add(spot.error(codes::NOT_FOUND, message).hint(suggest(tag, "tags", all)));
        }
    }
    let has_tag =
        |control: &Control| tags.iter().any(|spot| control.tags.iter().any(|tag| Some(tag.as_str()) == spot.text()));
    selected.retain(|id| controls.iter().any(|control| control.id == *id && has_tag(control)));
    selected
}
