//! The columns that the tables of a load will have, and which of them a stage can read.

use std::collections::BTreeSet;

use crate::collect::collector::TableMap;
use crate::collect::{filtered_columns, side_columns, stored_columns};
use crate::ids::StageName;
use crate::model::{BEFORE, StoredTable, TableSet};
use crate::plan::Plan;
use crate::settings::packs::Pack;
use crate::settings::rules::Rule;
use crate::table::{Field, Sort, Table};
use crate::tables;
use crate::temporal::{self, SEEN};

/// What a keep-filter's row is called.
pub(super) const RECORD: &str = "record";

/// The tables of a load, without rows.
pub(super) struct Schemas {
    set: TableSet,
    /// Answers of rules that have mistakes: nobody knows their columns.
    unknown: BTreeSet<String>,
}

impl Schemas {
    /// The tables of every load of a plan; the answers of rules are still to come.
    pub(super) fn of(plan: &Plan) -> Self {
        let added = |table: &Table| {
            let maps = plan.collectors.iter().flat_map(|collector| &collector.tables);
            maps.filter(|map| map.table.name == table.name).flat_map(stored_columns).collect()
        };
        let rules = plan.stages.rules.iter().flat_map(|settings| &settings.rules);
        Self::with(&added, rules)
    }

    /// The tables of a project that collects all that the controls of a pack ask for.
    pub(super) fn of_pack(pack: &Pack) -> Self {
        let added = |table: &Table| {
            let columns = pack.columns.iter().filter(|column| column.table == table.name);
            columns.map(|column| Field::new(&column.name, column.kind)).collect()
        };
        let questions = pack.controls.iter().filter_map(|control| control.own_rule.as_ref());
        Self::with(&added, pack.shared.iter().map(|(rule, _)| rule).chain(questions))
    }

    fn with<'a>(added: &dyn Fn(&Table) -> Vec<Field>, rules: impl Iterator<Item = &'a Rule>) -> Self {
        let mut schemas = Self { set: TableSet::default(), unknown: BTreeSet::new() };
        for table in tables::COLLECTED {
            let columns = columns(table, added(table));
            if table.sort == Sort::Relation {
                schemas.put_both(&format!("unresolved_{}", table.name), &side_columns(table, &columns));
            }
            schemas.put_both(table.name, &columns);
        }
        for table in tables::DERIVED {
            schemas.put_both(table.name, &columns(table, Vec::new()));
        }
        schemas.unknown.extend(rules.map(|rule| rule.id.table()));
        schemas
    }

    /// The one row that a keep-filter sees.
    pub(super) fn of_record(map: &TableMap) -> Self {
        let columns = match map.table.sort {
            Sort::Object(_) => filtered_columns(map),
            _ => map.columns.iter().map(|column| Field::new(&column.name, column.kind)).collect(),
        };
        let mut schemas = Self { set: TableSet::default(), unknown: BTreeSet::new() };
        schemas.put(RECORD, &columns);
        schemas
    }

    /// The tables with their columns.
    pub(super) fn tables(&self) -> &TableSet {
        &self.set
    }

    /// The columns of a table that is known.
    pub(super) fn columns_of(&self, table: &str) -> Option<Vec<Field>> {
        self.set.contains(table).then(|| self.set.find(table).columns.clone())
    }

    /// Whether the columns of all these tables are known.
    pub(super) fn are_sound(&self, tables: &BTreeSet<String>) -> bool {
        tables.is_disjoint(&self.unknown)
    }

    /// Takes the answer of a rule.
    pub(super) fn learn(&mut self, table: &str, columns: &[Field]) {
        self.unknown.remove(table);
        self.put(table, columns);
    }

    /// The tables that earlier stages have made when a stage runs, and all of the parent; for rules and later stages
    /// also the answers of rules.
    pub(super) fn known_to(&self, stage: StageName) -> BTreeSet<String> {
        let stands = |name: &str| name.starts_with(BEFORE) || made_by(name) < stage;
        let stored = self.set.iter().map(|(name, _)| name.to_owned()).filter(|name| stands(name));
        let rules = self.unknown.iter().filter(|_| stage >= StageName::Rules).cloned();
        stored.filter(|name| name != RECORD).chain(rules).collect()
    }

    fn put_both(&mut self, name: &str, columns: &[Field]) {
        self.put(name, columns);
        self.put(&format!("{BEFORE}{name}"), columns);
    }

    fn put(&mut self, name: &str, columns: &[Field]) {
        if let Some(columns) = temporal::columns_of(name, columns) {
            self.set.insert(&format!("{name}{SEEN}"), StoredTable { columns, ..StoredTable::default() });
        }
        self.set.insert(name, StoredTable { columns: columns.to_vec(), ..StoredTable::default() });
    }
}

/// The columns a table is born with, then those that collectors add, by name.
fn columns(table: &Table, mut added: Vec<Field>) -> Vec<Field> {
    let mut columns: Vec<Field> = table.columns.iter().map(|column| Field::new(column.name, column.kind)).collect();
    added.retain(|field| table.column(&field.name).is_none());
    added.sort_by(|a, b| a.name.cmp(&b.name));
    added.dedup_by(|a, b| a.name == b.name);
    columns.extend(added);
    columns
}

/// The stage behind which a table is complete.
fn made_by(table: &str) -> StageName {
    if let Some(followed) = table.strip_suffix(SEEN) {
        // Rules run beside each other: what one answered is followed by what comes behind them.
        return if followed.starts_with("rule_") { StageName::Rules } else { made_by(followed) };
    }
    match table {
        "identity_status" | "departures" => StageName::Leavers,
        "overdue_accounts" | "ownership" | "owner_scores" | "owner_drift" | "account_classes" | "effective_rights" => {
            StageName::Reconcile
        }
        "managers" | "identity_movements" | "manager_overlay" | "manager_orders" | "manager_problems" => {
            StageName::Managers
        }
        "rule_permissions"
        | "valid_links"
        | "theoretical_rights"
        | "theoretical_exclusions"
        | "entitlement_gaps"
        | "gap_accounts" => StageName::RightsModel,
        "control_hits"
        | "finding_ways"
        | "finding_paths"
        | "finding_removals"
        | "risk_points"
        | "risk_scores"
        | "duty_pairs"
        | "duty_literals"
        | "exercised_duties"
        | "findings"
        | "finding_causes"
        | "evaluated_controls"
        | "skipped_controls"
        | "unevaluated_controls"
        | "exceptions"
        | "valid_exceptions"
        | "exception_status" => StageName::Controls,
        "causes" | "source_counts" | "movement_counts" | "metrics" | "threshold_results" => StageName::Validate,
        // Rules read each other, in an order of their own.
        rule if rule.starts_with("rule_") => StageName::RightsModel,
        _ => StageName::Activate,
    }
}
