//! The people whom units gained or lost: a merge of the identities of both loads.

use super::Kernel;
use super::link_changes::{self, LinkChange};
use super::presence::Uids;
use super::sorted::{Met, Shape, differences, open_both};
use crate::cause::BySource;
use crate::engine::{EngineError, RowSink};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Kind, Type};

/// People whom units that are listed in both loads gained or lost.
#[derive(Debug)]
pub struct UnitPeople {
    /// What moved identities.
    pub causes: BySource,
}

impl Kernel for UnitPeople {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let attributes = vec![Field::new("organisation_uid", Type::Integer)];
        let shape = Shape { numbers: vec!["uid".to_owned()], texts: Vec::new(), attributes };
        let before_of = |table: &str| tables.find(&format!("{BEFORE}{table}"));
        let (listed, listed_before) =
            (Uids::of(&tables.find("organisations"))?, Uids::of(&before_of("organisations"))?);
        let (mut now, mut before) = open_both(&tables.find("identities"), &before_of("identities"), &shape)?;
        let mut found: Vec<LinkChange<'_>> = Vec::new();
        differences(&mut now, &mut before, |met| {
            let (row, gained, lost) = match met {
                Met::Now(row) => (row, row.attribute_number(0), None),
                Met::Before(row) => (row, None, row.attribute_number(0)),
                Met::Both(row, was) => (row, row.attribute_number(0), was.attribute_number(0)),
            };
            let cause = self.causes.of(row.part());
            for (unit, is_lost) in [(gained, false), (lost, true)] {
                found.extend(unit.filter(|unit| listed.contains(*unit) && listed_before.contains(*unit)).map(|unit| {
                    LinkChange {
                        kind: Some(Kind::Organisation.as_str()),
                        uid: Some(unit),
                        is_lost,
                        related_kind: Some(Kind::Identity.as_str()),
                        related_uid: row.number(0),
                        detail: None,
                        table: "identities",
                        cause: Some(cause),
                    }
                }));
            }
        })?;
        if found.is_empty() { Ok(()) } else { sink(link_changes::rows(found, columns)?) }
    }
}
