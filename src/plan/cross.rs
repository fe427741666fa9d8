//! What only shows between files: columns with two types, columns nobody gives, rules and stages that do not run.

use std::collections::BTreeMap;

use crate::collect::collector::Collector;
use crate::ids::RuleId;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::load::Named;
use crate::plan::node::Spot;
use crate::problem::Problems;
use crate::settings::controls::{Check, Conflict};
use crate::settings::managers::{By, Resolver, stated_column};
use crate::settings::reconcile::Form;
use crate::settings::template::{Piece, Template};
use crate::source::Place;
use crate::table::{Table, Type};
use crate::tables::{self, ACCOUNTS, DUTY_CONFLICTS, IDENTITIES, ORGANISATIONS};

/// Checks what a plan names against each other and against the plan.
pub(super) fn check(named: &Named, plan: Spot<'_>, problems: &mut Problems) {
    check_types(named, problems);
    check_policy_columns(named, problems);
    check_manager_columns(named, problems);
    check_controls(named, plan.key("stage"), problems);
}

/// A column has one type, whoever gives it.
fn check_types(named: &Named, problems: &mut Problems) {
    let mut known: BTreeMap<(&str, &str), (Type, Place)> = BTreeMap::new();
    for (file, collector) in &named.collectors {
        for map in &collector.tables {
            let columns = file.root().key("table").key(map.table.name).key("columns");
            for column in &map.columns {
                let spot = columns.key(&column.name);
                let first =
                    known.entry((map.table.name, column.name.as_str())).or_insert_with(|| (column.kind, spot.on_key()));
                if first.0 != column.kind {
                    let message = format!("`{}` of `{}` is {} here", column.name, map.table.name, column.kind.sql());
                    let (line, _) = first.1.file.position(first.1.span.start);
                    let other = first.1.file.path().display();
                    let problem = spot.key("type").error(codes::TYPE_DISAGREES, message);
                    problems
                        .add(problem.hint(format!("it is {} at {other}:{line}; make them the same", first.0.sql())));
                }
            }
        }
    }
}

/// The columns that match rules compare are there.
fn check_policy_columns(named: &Named, problems: &mut Problems) {
    let Some((file, policy)) = named.owners.as_ref().filter(|_| named.has_all_collectors) else { return };
    let spots = file.root().key("match").items();
    let spot_of = |id: &str| spots.iter().find(|spot| spot.key("id").text() == Some(id)).copied();
    for rule in &policy.matches {
        let Some(spot) = spot_of(&rule.id) else { continue };
        check_compared(&rule.account, &ACCOUNTS, rule.compare, spot.key("account"), named, problems);
        check_compared(&rule.identity, &IDENTITIES, rule.compare, spot.key("identity"), named, problems);
    }
    for rule in policy.scoring.iter().flat_map(|scoring| &scoring.rules) {
        let Some(spot) = spot_of(&rule.id) else { continue };
        let several = |key: &str| spot.get(key).map(Spot::items).unwrap_or_default();
        let on = if spot.get("on").is_some() { several("on") } else { vec![spot] };
        let comparisons = rule.on.iter().zip(on).chain(rule.confirm.iter().zip(several("confirm")));
        for (comparison, spot) in comparisons {
            let form = comparison.likeness.form();
            check_compared(&comparison.account, &ACCOUNTS, form, spot.key("account"), named, problems);
            for (at, identity) in comparison.identity.iter().enumerate() {
                let spot = spot.key("identity");
                check_compared(identity, &IDENTITIES, form, spot.item(at), named, problems);
            }
        }
        for (key, spot) in rule.block.iter().zip(several("block")) {
            check_compared(&key.account, &ACCOUNTS, Form::Alphanumeric, spot.key("account"), named, problems);
            check_compared(&key.identity, &IDENTITIES, Form::Alphanumeric, spot.key("identity"), named, problems);
        }
    }
}

/// The columns of a template are there, in the form that is compared.
fn check_compared(
    template: &Template,
    table: &Table,
    form: Form,
    spot: Spot<'_>,
    named: &Named,
    problems: &mut Problems,
) {
    check_template(template, table, spot, named, problems);
    if matches!(form, Form::Normalised | Form::Alphanumeric) {
        check_norms(template, table, spot, "compare with `equal`", named, problems);
    }
}

/// The columns by which managers are named are there, on both sides and normalised.
fn check_manager_columns(named: &Named, problems: &mut Problems) {
    let Some((file, policy)) = named.managers.as_ref().filter(|_| named.has_all_collectors) else { return };
    for (rule, spot) in policy.managers.iter().zip(file.root().key("manager").items()) {
        let (table, column) = match &rule.by {
            By::EmployeeId => continue,
            By::Identity(column) => (&IDENTITIES, column),
            By::Account(column) => (&ACCOUNTS, column),
        };
        let by = spot.key("by");
        let plain = |column: &str| Template::of(vec![Piece::Column { name: column.to_owned(), first: None }]);
        check_template(&plain(column), table, by, named, problems);
        check_norms(&plain(column), table, by, "take another column", named, problems);
        for resolver in &rule.resolve {
            let (of, reference) = match resolver {
                Resolver::Stated => (tables::of_kind(rule.of), stated_column(rule.of)),
                Resolver::OrganisationHead => (&ORGANISATIONS, Some("head")),
                _ => continue,
            };
            if let Some(reference) = reference {
                check_norms(&plain(reference), of, by, "leave out `by`", named, problems);
            }
        }
    }
}

fn check_template(template: &Template, table: &Table, spot: Spot<'_>, named: &Named, problems: &mut Problems) {
    let added = named.collectors.iter().flat_map(|(_, collector)| columns(collector, table));
    let known: Vec<&str> = table.columns.iter().map(|column| column.name).chain(added).collect();
    for name in template.columns().filter(|name| !known.contains(name)) {
        let text = spot.text().unwrap_or_default();
        let at = text.find(name).unwrap_or(0);
        let place = spot.content().within(text, at..at + name.len());
        let hint = suggest(name, "columns", known.iter().copied());
        let message = format!("`{}` has no column `{name}`", table.name);
        problems.add(spot.error(codes::UNKNOWN_COLUMN, message).at(place).hint(hint));
    }
}

/// Columns that are compared normalised have a normalised form: one the table is born with, or one a collector keeps.
fn check_norms(
    template: &Template,
    table: &Table,
    spot: Spot<'_>,
    otherwise: &str,
    named: &Named,
    problems: &mut Problems,
) {
    let maps = named.collectors.iter().flat_map(|(_, collector)| &collector.tables);
    let maps: Vec<_> = maps.filter(|map| map.table.name == table.name).flat_map(|map| &map.columns).collect();
    let is_known = |name: &str| table.column(name).is_some() || maps.iter().any(|column| column.name == name);
    let has_norm = |name: &str| {
        let is_text = |kind: Type| kind == Type::Text;
        let born = table.column(name).is_some_and(|column| !is_text(column.kind));
        let added = maps.iter().any(|column| column.name == name && !is_text(column.kind));
        // Dates and numbers are compared as they are.
        born || added
            || table.column(&format!("{name}_norm")).is_some()
            || maps.iter().any(|column| column.name == name && column.is_matched)
    };
    for name in template.columns().filter(|name| is_known(name) && !has_norm(name)) {
        let message = format!("`{name}` of `{}` has no normalised form to compare", table.name);
        let hint = format!("map it with `{name} = {{ from = \"..\", match = true }}`, or {otherwise}");
        problems.add(spot.error(codes::UNKNOWN_COLUMN, message).hint(hint));
    }
}

fn columns<'a>(collector: &'a Collector, table: &Table) -> impl Iterator<Item = &'a str> {
    let maps = collector.tables.iter().filter(move |map| map.table.name == table.name);
    maps.flat_map(|map| map.columns.iter().map(|column| column.name.as_str()))
}

/// What controls are made from is there.
fn check_controls(named: &Named, stage: Spot<'_>, problems: &mut Problems) {
    for (file, control) in &named.controls {
        match &control.check {
            Check::Rule { rule, .. } => runs(rule, "rule", file.root(), named, stage, problems),
            Check::Overlap { rules: [first, second], .. } => {
                runs(first, "first", file.root(), named, stage, problems);
                runs(second, "second", file.root(), named, stage, problems);
            }
            Check::SegregationOfDuties { conflict: Conflict::Collected, .. } if named.has_all_collectors => {
                let maps = named.collectors.iter().flat_map(|(_, collector)| &collector.tables);
                if !maps.into_iter().any(|map| map.table.name == DUTY_CONFLICTS.name) {
                    let message = "no source of the plan fills `duty_conflicts`, so that nothing would be found";
                    let problem = file.root().key("use_collected").error(codes::NEEDS_STAGE, message);
                    problems.add(problem.hint("name a collector that fills it in `sources` of `[stage.collect]`"));
                }
            }
            Check::TheoreticalRights { .. } if stage.get("rights_model").is_none() => {
                let message = "the plan has no `[stage.rights_model]` to compare rights with";
                let problem = file.root().key("kind").error(codes::NEEDS_STAGE, message);
                problems.add(problem.hint("add `[stage.rights_model]`, or leave this control out of `controls`"));
            }
            _ => {}
        }
    }
}

/// Reports a rule that the plan does not run, named by a key of a control.
fn runs(rule: &RuleId, key: &str, control: Spot<'_>, named: &Named, stage: Spot<'_>, problems: &mut Problems) {
    if stage.get("rules").is_none() {
        let message = format!("rule `{rule}` does not run: the plan has no `[stage.rules]`");
        let problem = control.key(key).error(codes::NEEDS_STAGE, message);
        problems.add(problem.hint(format!("add `[stage.rules]` with `rules = [\"{rule}\"]`")));
    } else if !named.rule_ids.contains(rule) {
        let known = named.rule_ids.iter().map(RuleId::as_str);
        let message = format!("rule `{rule}` is none of those that the plan runs");
        let hint = suggest(rule.as_str(), "rules", known);
        problems.add(control.key(key).error(codes::NOT_FOUND, message).hint(hint));
    }
}

/// A hint for a variable that nothing uses.
pub(super) fn known_variables(name: &str, vars: &BTreeMap<String, String>) -> String {
    suggest(name, "variables of the plan", vars.keys().map(String::as_str))
}
