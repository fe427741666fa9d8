//! Theoretical rights in numbers, for reports.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int32Type;

use crate::engine::EngineError;
use crate::kernels::presence::Uids;
use crate::kernels::rows::numbers;
use crate::ledger::Wanted;
use crate::model::TableSet;

/// What is told of a rule of the rights model.
#[derive(Debug, Default)]
pub struct RuleCounts {
    /// People who should hold something by it.
    pub people: u64,
    /// Permissions that anybody should hold by it.
    pub permissions: u64,
    /// Rights that people should hold by it.
    pub rights: u64,
    /// Who was counted last. People come in order, and each rule is made by one model.
    last: Option<u32>,
    counted: Uids,
}

/// The rules that say anything, by name.
///
/// # Errors
/// Where a part cannot be read.
pub fn tally_rules(tables: &TableSet) -> Result<BTreeMap<String, RuleCounts>, EngineError> {
    let mut by_name: BTreeMap<String, RuleCounts> = BTreeMap::new();
    let wanted = Wanted { dictionaries: vec!["rule".to_owned()], ..Wanted::default() };
    let columns = ["identity_uid", "permission_uid", "rule"];
    for (_, rows) in tables.find("theoretical_rights").open_as(&columns, |_| Ok(wanted.clone()))? {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let (people, permissions) = (numbers(&batch, "identity_uid")?, numbers(&batch, "permission_uid")?);
            let rules = batch.column_by_name("rule").and_then(|rules| rules.as_dictionary_opt::<Int32Type>());
            let rules = rules.ok_or_else(|| EngineError::new("`rule` is no text"))?;
            let names = rules.values().as_string::<i32>();
            // Rows are gathered by word, so that a name is looked up once for all of its rows at hand.
            let mut rows_of: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
            for (row, key) in rules.keys().iter().enumerate() {
                if let Some(rows) = key.and_then(|key| rows_of.get_mut(usize::try_from(key).ok()?)) {
                    rows.push(row);
                }
            }
            for (name, rows) in names.iter().zip(rows_of).filter(|(_, rows)| !rows.is_empty()) {
                let counts = by_name.entry(name.unwrap_or_default().to_owned()).or_default();
                for row in rows {
                    counts.count(people[row], permissions[row]);
                }
            }
        }
    }
    Ok(by_name)
}

impl RuleCounts {
    fn count(&mut self, person: Option<u32>, permission: Option<u32>) {
        self.rights += 1;
        if person.is_some() && person != self.last {
            self.people += 1;
            self.last = person;
        }
        if let Some(permission) = permission.map(i64::from).filter(|permission| !self.counted.contains(*permission)) {
            self.counted.insert(permission);
            self.permissions += 1;
        }
    }
}
