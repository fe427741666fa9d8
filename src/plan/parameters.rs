//! Parameters of rules that a plan sets for everybody, or a control for itself.

use crate::ids::RuleId;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::problem::Problems;
use crate::settings::controls::Check;
use crate::settings::rules::{AS_OF, Rule};

/// Puts `[stage.rules.parameters.<rule>]` into the rules, and `parameters` of controls into rules of their own.
pub(super) fn apply(named: &mut Named, stage: Spot<'_>, problems: &mut Problems) {
    let given = stage.get("rules").and_then(|rules| rules.get("parameters"));
    for (id, table) in given.map(Spot::entries).unwrap_or_default() {
        if let Some(rule) = named.rules.iter_mut().find(|rule| rule.id.as_str() == id) {
            set(rule, table, problems);
        } else if !named.rule_ids.iter().any(|known| known.as_str() == id) {
            let known = named.rule_ids.iter().map(RuleId::as_str);
            let message = format!("rule `{id}` is none of those that the plan runs");
            problems.add(table.key_error(codes::NOT_FOUND, message).hint(suggest(id, "rules", known)));
        }
    }
    for (file, control) in &mut named.controls {
        let Check::Rule { rule, .. } = &control.check else { continue };
        let Some(table) = file.root().get("parameters") else { continue };
        let own = named.rules.iter().find(|known| known.id == *rule).cloned();
        control.own_rule = own.map(|mut own| {
            set(&mut own, table, problems);
            own
        });
    }
}

/// Sets the parameters of a rule that a table names.
pub(super) fn set(rule: &mut Rule, table: Spot<'_>, problems: &mut Problems) {
    for (name, spot) in table.entries() {
        let names: Vec<String> = rule.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        let Some(parameter) = rule.parameters.iter_mut().find(|parameter| parameter.name == name) else {
            let message = format!("rule `{}` has no parameter `{name}`", rule.id);
            let problem = spot.key_error(codes::UNKNOWN_KEY, message);
            problems.add(problem.hint(match name {
                AS_OF => "the day of the load is the run's".to_owned(),
                name => suggest(name, "parameters", names.iter().map(String::as_str)),
            }));
            continue;
        };
        if let Some(value) = spot.reads(parameter.kind) {
            parameter.value = value;
            parameter.set_at = Some(spot.on_value());
        } else {
            let message = format!("parameter `{name}` of rule `{}` is {}", rule.id, parameter.type_name());
            problems.add(spot.error(codes::WRONG_TYPE, message));
        }
    }
}
