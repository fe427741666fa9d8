//! Managers: who answers for each object, by domain.
//!
//! Reads   the objects, `identity_status`, ownership, `manager_links`, `organisation_closure`, and the parent.
//! Writes  managers, `found_managers`, `manager_problems`, `manager_orders`, `manager_cycle_members`, `cut_manager_links`,
//!         `reference_problems`, `link_changes`.
//!
//! What people named in the overlay goes before every resolver. Resolvers are asked in the order of the policy; the first answer counts. Nobody who is absent manages anything; nobody
//! who is inactive does, and nobody manages themselves or their own accounts, unless the rule allows it: then the next
//! resolver, or the next unit above, is asked. Managers in a circle are told, and the circle is cut: its member with the smallest uid
//! has no manager, so that every way up ends.

mod query;
mod report;
#[cfg(test)]
mod tests;

use super::closures::{cut_links, cycle_members};
use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::kernels::ManagersChanged;
use crate::model::{BEFORE, Model};
use crate::settings::managers::{ManagerRule, Managers};
use crate::table::Kind;
use crate::{sql, tables};

const MANAGED_PEOPLE: &str =
    "SELECT COALESCE(domain, '') AS domain, uid, identity_uid AS parent_uid FROM found_managers";

/// Managers that objects of both loads gained or lost, whatever their kind.
fn changed(cause: &str) -> String {
    let of_kind = |kind: Kind| {
        let table = tables::of_kind(kind).name;
        format!(
            "  SELECT m.* FROM moved m JOIN {table} o ON o.uid = m.uid JOIN before_{table} p ON p.uid = m.uid WHERE m.kind = {}",
            sql::text(kind.as_str())
        )
    };
    let moved_here = Kind::ALL.map(of_kind).join("\n  UNION ALL\n");
    sql::fill(include_str!("changed.sql"), &[("moved_here", &moved_here), ("cause", &sql::text(cause))])
}

/// Where the managers of a kind are found first.
fn found_in(kind: Kind) -> &'static str {
    if kind == Kind::Identity { "found_managers" } else { "managers" }
}

/// What people said about managers, and the managers whom they named; the rule of the same kind and domain says who may.
fn overlay(rules: &[ManagerRule], context: &Context<'_>) -> Vec<Model> {
    let there = |kind: Kind| format!("  SELECT '{kind}' AS kind, t.uid FROM {} t", tables::of_kind(kind).name);
    let objects_there = Kind::ALL.map(there).join("\n  UNION ALL\n");
    let (inactive, oneself) = (named_by(rules, |rule| rule.allow_inactive), named_by(rules, |rule| rule.allow_self));
    let values = [
        ("objects_there", objects_there.as_str()),
        ("as_of", &sql::date(context.as_of)),
        ("may_be_inactive", &inactive),
        ("may_be_oneself", &oneself),
    ];
    let orders = sql::fill(include_str!("orders.sql"), &values);
    let named = |kind: &str| sql::fill(include_str!("overlaid.sql"), &[("kind", kind)]);
    vec![
        Model::sql("manager_orders", "file", orders),
        Model::sql("found_managers", "overlay", named("w.kind = 'identity'")),
        Model::sql("managers", "overlay", named("w.kind <> 'identity'")),
    ]
}

/// Whether an order names a manager in the matter of one of some rules. Who delegates does so in all.
fn named_by(rules: &[ManagerRule], is_one: impl Fn(&ManagerRule) -> bool) -> String {
    let rules = rules.iter().filter(|rule| is_one(rule)).map(|rule| {
        let kind = sql::text(rule.of.as_str());
        let domain = rule.domain.as_deref().map_or_else(String::new, str::to_owned);
        format!("(n.kind = {kind} AND COALESCE(n.domain, '') = {})", sql::text(&domain))
    });
    let rules: Vec<String> = rules.collect();
    if rules.is_empty() { "FALSE".to_owned() } else { format!("n.action <> 'delegate' AND ({})", rules.join(" OR ")) }
}

impl Stage for Managers {
    fn name(&self) -> StageName {
        StageName::Managers
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let rules = self.policy.managers.iter().enumerate();
        let has_overlay = self.overlay.is_some();
        let mut models: Vec<Model> = Vec::new();
        for (at, rule) in rules {
            // Only people stand above people: their managers are cut free of circles first.
            let table = found_in(rule.of);
            let name = format!("{}_{}", rule.of, at + 1);
            models.push(Model::sql(table, &name, query::of(rule, context, has_overlay)));
            models.extend(query::problems(rule, context).map(|query| Model::sql("manager_problems", &name, query)));
        }
        if has_overlay {
            models.extend(overlay(&self.policy.managers, context));
        }
        models.push(cycle_members("manager_cycle_members", "domain", MANAGED_PEOPLE));
        models.push(cut_links("cut_manager_links", "domain", "manager_cycle_members", MANAGED_PEOPLE));
        models.push(Model::sql("managers", "uncut", include_str!("uncut.sql").to_owned()));
        models.push(Model::sql("reference_problems", "cut_managers", include_str!("cuts.sql").to_owned()));
        // A parent whose plan had no such stage would make every manager look gained.
        if context.has_parent && context.tables.contains(&format!("{BEFORE}managers")) {
            let cause = context.causes.of_table("managers");
            models.push(Model::sql("link_changes", "managers", changed(cause)).by(ManagersChanged { cause }));
        }
        models
    }

    fn report(&self, _: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(&self.policy, ask)
    }
}
