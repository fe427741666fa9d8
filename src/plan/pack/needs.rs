//! What controls of a pack ask for, and whether a plan brings it.

use crate::collect::collector::{Collector, TableMap};
use crate::settings::packs::{Lack, Need, PackColumn};
use crate::settings::rules::{Rule, type_name};
use crate::table::{Table, Type};
use crate::tables;

/// The needs of a question with those of the shared questions that it asks for.
pub(super) fn with_shared(needs: Vec<Need>, shared: &[(Rule, Vec<Need>)]) -> Vec<Need> {
    let mut all: Vec<Need> = Vec::new();
    let mut open = needs;
    while let Some(need) = open.pop() {
        if all.contains(&need) {
            continue;
        }
        if let Need::Shared(name) = &need {
            let own = shared.iter().find(|(rule, _)| rule.id.as_str() == name).map(|(_, needs)| needs.clone());
            open.extend(own.unwrap_or_default());
        }
        all.push(need);
    }
    all
}

/// What a plan brings.
pub(super) struct Brought<'a> {
    pub(super) collectors: Vec<&'a Collector>,
    pub(super) has_managers: bool,
    pub(super) has_rights_model: bool,
    /// The columns of the pack that no table is born with.
    pub(super) columns: &'a [PackColumn],
}

impl Brought<'_> {
    /// Why a need is not met; `None` where it is.
    pub(super) fn lack(&self, need: &Need) -> Option<Lack> {
        let reason = match need {
            Need::Shared(_) => None,
            Need::Table(table) => self.table_lacks(table),
            Need::Column { table, column } => self.column_lacks(table, column),
        };
        reason.map(|reason| Lack { what: need.to_string(), reason })
    }

    fn maps<'b>(&'b self, table: &'b str) -> impl Iterator<Item = &'b TableMap> {
        let maps = self.collectors.iter().flat_map(|collector| &collector.tables);
        maps.filter(move |map| map.table.name == table)
    }

    fn table_lacks(&self, table: &str) -> Option<String> {
        match table {
            "managers" => (!self.has_managers).then(|| "the plan has no `[stage.managers]`".to_owned()),
            "theoretical_rights" | "entitlement_gaps" => {
                (!self.has_rights_model).then(|| "the plan has no `[stage.rights_model]`".to_owned())
            }
            table => (tables::by_name(table).is_some_and(Table::is_collected) && self.maps(table).next().is_none())
                .then(|| format!("no source fills `{table}`")),
        }
    }

    fn column_lacks(&self, table: &str, column: &str) -> Option<String> {
        let mut mapped = self.maps(table).flat_map(|map| &map.columns).filter(|map| map.name == column);
        let Some(first) = mapped.next() else {
            let is_filled = self.maps(table).next().is_some();
            let not_filled = format!("no source fills `{table}`");
            return Some(if is_filled { format!("`{table}.{column}` is not collected") } else { not_filled });
        };
        let declared = tables::by_name(table).and_then(|table| table.column(column)).map(|column| column.kind);
        let wanted: Option<Type> = declared.or_else(|| {
            self.columns.iter().find(|known| known.table == table && known.name == column).map(|known| known.kind)
        });
        let wanted = wanted.filter(|wanted| *wanted != first.kind && declared.is_none())?;
        Some(format!("`{table}.{column}` is collected as {}, not as {}", type_name(first.kind), type_name(wanted)))
    }
}
