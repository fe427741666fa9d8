//! The tables of a load that has not begun, without rows: what its models can be compiled over beforehand.

use std::collections::BTreeMap;

use super::rules::Rules;
use super::schemas::Schemas;
use crate::collect::collector::Collector;
use crate::collect::source::{SourceReport, SourceState};
use crate::collect::{counts_of, stored_columns};
use crate::ledger::{Part, Timeslot};
use crate::model::{BEFORE, StoredTable, TableSet};
use crate::plan::Plan;
use crate::problem::Problems;
use crate::table::Field;
use crate::tables::REJECTS;

/// A load as it will be if every source brings what it should.
pub(crate) struct Ahead {
    /// Its staged tables with a part for each source; of all other tables only the columns. Those of the parent as they
    /// stand.
    pub(crate) tables: TableSet,
    /// Every source of the plan.
    pub(crate) sources: Vec<SourceReport>,
}

impl Ahead {
    /// The next load of a plan.
    pub(crate) fn of(plan: &Plan, parent: Option<&Timeslot>) -> Self {
        let mut schemas = Schemas::of(plan);
        if let Some(rules) = &plan.stages.rules {
            // What is wrong with them has been told, or will be.
            Rules::of(rules).check(&mut schemas, &mut Problems::new());
        }
        let mut tables = schemas.tables().clone();
        if let Some(parent) = parent {
            for (name, stored) in TableSet::of(parent, None).iter() {
                tables.insert(&format!("{BEFORE}{name}"), stored.clone());
            }
        }
        let mut staged: BTreeMap<&str, StoredTable> = BTreeMap::new();
        for collector in &plan.collectors {
            for map in &collector.tables {
                let stored = staged.entry(map.table.name).or_default();
                for column in stored_columns(map) {
                    if !stored.columns.iter().any(|known: &Field| known.name == column.name) {
                        stored.columns.push(column);
                    }
                }
                stored.parts.push(empty_part(collector.name.as_str()));
            }
        }
        let rejects = plan.collectors.iter().map(|collector| empty_part(collector.name.as_str())).collect();
        let columns = tables.find(REJECTS.name).columns.clone();
        staged.insert(REJECTS.name, StoredTable { columns, parts: rejects, ..StoredTable::default() });
        for (table, stored) in staged {
            tables.insert(&format!("staged_{table}"), stored);
        }
        Self { tables, sources: plan.collectors.iter().map(report).collect() }
    }
}

fn empty_part(source: &str) -> Part {
    Part { name: source.to_owned(), ..Part::default() }
}

fn report(collector: &Collector) -> SourceReport {
    SourceReport {
        source: collector.name.to_string(),
        state: SourceState::Complete,
        remarks: Vec::new(),
        drift: Vec::new(),
        files: Vec::new(),
        tables: collector.tables.iter().map(counts_of).collect(),
        stale_loads: 0,
        fingerprint: String::new(),
        configuration: String::new(),
        unknown: None,
        reused: false,
    }
}
