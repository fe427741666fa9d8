//! What people could do before and can do now: a merge of the effective rights of both loads. Of the applications in which
//! they could do anything, only the rows of those people are read again who gained or lost something.

use std::collections::{BTreeSet, HashMap};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;

use super::Kernel;
use super::link_changes::{self, LinkChange};
use super::pick::pick;
use super::presence::Uids;
use super::rows::{column, each};
use super::sorted::{Met, Shape, SortedRow, differences, open_both};
use crate::engine::{EngineError, RowSink};
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Kind, Type};

/// Permissions that people gained or lost, holders that permissions did, and people that applications did; of what is
/// listed in both loads.
#[derive(Debug)]
pub struct GainedAndLost {
    /// What moved effective rights.
    pub cause: &'static str,
}

/// Whether it was lost, whose, which permission, and where.
type Change = (bool, i64, i64, Option<String>);

impl Kernel for GainedAndLost {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let changes = changes(tables)?;
        if changes.is_empty() {
            return Ok(());
        }
        let (people, permissions) = (Listed::of(tables, "identities")?, Listed::of(tables, "permissions")?);
        let mut found: Vec<LinkChange<'_>> = Vec::with_capacity(changes.len());
        for (is_lost, identity, permission, detail) in &changes {
            let change = LinkChange {
                kind: Some(Kind::Identity.as_str()),
                uid: Some(*identity),
                is_lost: *is_lost,
                related_kind: Some(Kind::Permission.as_str()),
                related_uid: Some(*permission),
                detail: detail.as_deref(),
                table: "effective_rights",
                cause: Some(self.cause),
            };
            found.extend(people.has(*identity).then_some(change));
            found.extend(permissions.has(*permission).then(|| change.mirrored()));
        }
        let mut concerned = Uids::default();
        for change in &changes {
            concerned.insert(change.1);
        }
        let (now, before) = (in_applications(tables, "", &concerned)?, in_applications(tables, BEFORE, &concerned)?);
        let applications = Listed::of(tables, "applications")?;
        for (is_lost, application, identity) in now
            .difference(&before)
            .map(|pair| (false, pair.0, pair.1))
            .chain(before.difference(&now).map(|pair| (true, pair.0, pair.1)))
        {
            found.extend(applications.has(application).then(|| LinkChange {
                kind: Some(Kind::Application.as_str()),
                uid: Some(application),
                is_lost,
                related_kind: Some(Kind::Identity.as_str()),
                related_uid: Some(identity),
                detail: None,
                table: "effective_rights",
                cause: Some(self.cause),
            }));
        }
        if found.is_empty() { Ok(()) } else { sink(link_changes::rows(found, columns)?) }
    }
}

/// Everything that anybody can do now and could not, or could and can no longer.
fn changes(tables: &TableSet) -> Result<Vec<Change>, EngineError> {
    let shape = Shape {
        numbers: vec!["identity_uid".to_owned(), "permission_uid".to_owned()],
        texts: vec!["perimeter".to_owned()],
        attributes: Vec::new(),
    };
    let (now, before) = (tables.find("effective_rights"), tables.find(&format!("{BEFORE}effective_rights")));
    let (mut now, mut before) = open_both(&now, &before, &shape)?;
    let mut changes: Vec<Change> = Vec::new();
    let mut take = |row: SortedRow<'_>, is_lost: bool| {
        if let (Some(identity), Some(permission)) = (row.number(0), row.number(1)) {
            changes.push((is_lost, identity, permission, row.text(0).map(str::to_owned)));
        }
    };
    differences(&mut now, &mut before, |met| match met {
        Met::Now(row) => take(row, false),
        Met::Before(row) => take(row, true),
        Met::Both(..) => {}
    })?;
    Ok(changes)
}

/// The objects of a table in each load.
struct Listed(Uids, Uids);

impl Listed {
    fn of(tables: &TableSet, table: &str) -> Result<Self, EngineError> {
        Ok(Self(Uids::of(&tables.find(table))?, Uids::of(&tables.find(&format!("{BEFORE}{table}")))?))
    }

    /// Whether both loads list it.
    fn has(&self, uid: i64) -> bool {
        self.0.contains(uid) && self.1.contains(uid)
    }
}

/// The applications in which some people can do anything: application and identity.
fn in_applications(tables: &TableSet, side: &str, people: &Uids) -> Result<BTreeSet<(i64, i64)>, EngineError> {
    let application_of = application_of(tables, side)?;
    let columns = ["identity_uid", "permission_uid"].map(|name| Field::new(name, Type::Integer));
    let mut found = BTreeSet::new();
    // Neighbours are of one person, who mostly holds several permissions of an application.
    let mut last = None;
    for batch in pick(&tables.find(&format!("{side}effective_rights")), &columns, "identity_uid", people)? {
        let number = |at: usize| batch.column(at).as_primitive::<Int64Type>().values();
        for (identity, permission) in number(0).iter().zip(number(1)) {
            let Some(application) = application_of.get(permission) else { continue };
            if last != Some((*application, *identity)) {
                last = Some((*application, *identity));
                found.insert((*application, *identity));
            }
        }
    }
    Ok(found)
}

/// The application of each permission, where it is listed.
fn application_of(tables: &TableSet, side: &str) -> Result<HashMap<i64, i64>, EngineError> {
    let mut by_code: HashMap<String, i64> = HashMap::new();
    let mut found = HashMap::new();
    let text = |batch: &_, name| column(batch, name, Type::Text);
    each(tables, &format!("{side}applications"), &["uid", "code"], |batch| {
        let (uids, codes) = (column(batch, "uid", Type::Integer), text(batch, "code"));
        let pairs = codes.as_string::<i32>().iter().zip(uids.as_primitive::<Int64Type>());
        by_code.extend(pairs.filter_map(|(code, uid)| Some((code?.to_owned(), uid?))));
        Ok(())
    })?;
    each(tables, &format!("{side}permissions"), &["uid", "application"], |batch| {
        let (uids, codes) = (column(batch, "uid", Type::Integer), text(batch, "application"));
        let pairs = codes.as_string::<i32>().iter().zip(uids.as_primitive::<Int64Type>());
        found.extend(pairs.filter_map(|(code, uid)| Some((uid?, *by_code.get(code?)?))));
        Ok(())
    })?;
    Ok(found)
}
