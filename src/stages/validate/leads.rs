//! Where a row of any table leads: the objects at its ends, those that derived rows name, and from an account its owner.
//!
//! So a metric can be broken down by what its rows do not carry themselves (rights by the organisation of their
//! holder), and a row can be named to a person (`AD/anna.berg > ERP/PAY`).

use std::fmt::Write;

use super::catalogue::{By, Row, key_text};
use crate::sql;
use crate::stages::{Context, relation};
use crate::table::{Field, Kind, Role, Sort, Table, Type};
use crate::tables;

/// An object that rows of a table name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead {
    /// What it is.
    pub(super) kind: Kind,
    /// The column with its uid.
    pub(super) column: &'static str,
    /// Whether the column counts only where `kind` of the row is that of the object.
    is_one_of_several: bool,
}

/// Columns of derived tables that name objects.
const NAMING: [(&str, Kind); 6] = [
    ("account_uid", Kind::Account),
    ("group_uid", Kind::Group),
    ("organisation_uid", Kind::Organisation),
    ("identity_uid", Kind::Identity),
    ("permission_uid", Kind::Permission),
    ("included_uid", Kind::Permission),
];

/// Derived tables whose `uid` is that of an identity.
const OF_IDENTITIES: [&str; 5] = ["listings", "absences", "identity_status", "departures", "identity_movements"];

/// The objects that rows of a table name, in the order of its columns.
pub(super) fn leads(table: &'static Table) -> Vec<Lead> {
    let one = |kind, column| Lead { kind, column, is_one_of_several: false };
    match table.sort {
        Sort::Object(kind) => vec![one(kind, "uid")],
        Sort::Relation => relation::ends(table).into_iter().map(|(column, kind)| one(kind, column)).collect(),
        Sort::Derived => {
            let mut found = Vec::new();
            let has_kind = table.column("kind").is_some();
            for column in table.columns {
                if column.name == "uid" && has_kind {
                    let several = |kind| Lead { kind, column: "uid", is_one_of_several: true };
                    found.extend(Kind::ALL.map(several));
                } else if column.name == "uid" && OF_IDENTITIES.contains(&table.name) {
                    found.push(one(Kind::Identity, "uid"));
                } else if let Some((name, kind)) = NAMING.iter().find(|(name, _)| *name == column.name) {
                    found.push(one(*kind, *name));
                }
            }
            found
        }
    }
}

/// What most rows of a derived table lead to that is no person: where there is only one, the unit of the person, or the
/// repository of the account.
pub(super) fn belongs_to(table: &'static Table) -> Option<&'static str> {
    let leads = leads(table);
    if leads.iter().any(|lead| lead.is_one_of_several) {
        return Some("kind");
    }
    let is_thing = |lead: &&Lead| !is_of_a_person(lead.kind);
    let person = || leads.last().map(|lead| if lead.kind == Kind::Account { "repository" } else { "organisation" });
    leads.iter().rev().find(is_thing).map(|lead| lead.kind.as_str()).or_else(person)
}

/// Whether the keys of a kind are those of people.
pub(super) fn is_of_a_person(kind: Kind) -> bool {
    matches!(kind, Kind::Identity | Kind::Account)
}

impl Lead {
    fn joined(&self, table: &str, of: &str) -> String {
        let only = if self.is_one_of_several {
            format!(" AND t.kind = {}", sql::text(self.kind.as_str()))
        } else {
            String::new()
        };
        format!("\n  LEFT JOIN {table} {of} ON {of}.uid = t.{}{only}", self.column)
    }

    /// Joins the registry, which knows every key that ever was.
    fn key(&self, of: &str) -> String {
        format!("{} AND {of}.kind = {}", self.joined("uids", of), sql::text(self.kind.as_str()))
    }
}

/// What the rows of a table of this timeslot, or with `before_` of the parent, are told apart by, where the column is
/// none of their own.
pub(super) fn by(table: &'static Table, column: &str, row: Row<'_>, context: &Context<'_>) -> Option<By> {
    let Row { prefix, joined } = row;
    let fields = |name: &str| context.tables.find(&format!("{prefix}{name}")).columns.clone();
    let mut found = Vec::new();
    for (at, lead) in leads(table).into_iter().enumerate() {
        let key = format!("{joined}k{at}");
        if lead.kind.as_str() == column {
            found.push((key_text(&key, lead.kind), lead.key(&key)));
        } else if lead.kind.namespace() == Some(column) {
            found.push((format!("{key}.namespace"), lead.key(&key)));
        } else {
            let (name, object) = (tables::of_kind(lead.kind).name, format!("{joined}o{at}"));
            let own = fields(name).into_iter().find(|field| field.name == column);
            found.extend(own.map(|field| (as_text(&field, &object), lead.joined(&format!("{prefix}{name}"), &object))));
        }
        let is_owned = lead.kind == Kind::Account;
        if let Some(field) = fields("identities").into_iter().find(|field| is_owned && field.name == column) {
            let (owner, person) = (format!("{joined}w{at}"), format!("{joined}p{at}"));
            let only = if lead.is_one_of_several { " AND t.kind = 'account'" } else { "" };
            let joins = format!(
                "\n  LEFT JOIN {prefix}ownership {owner} ON {owner}.account_uid = t.{}{only}\n  LEFT JOIN {prefix}identities {person} ON {person}.uid = {owner}.identity_uid",
                lead.column
            );
            found.push((as_text(&field, &person), joins));
        }
    }
    let joins = found.iter().map(|(_, joins)| joins.as_str()).collect();
    let expressions: Vec<String> = found.iter().map(|(expression, _)| expression.clone()).collect();
    match expressions.as_slice() {
        [] => None,
        [one] => Some(By { expression: one.clone(), joins }),
        several => Some(By { expression: format!("COALESCE({})", several.join(", ")), joins }),
    }
}

/// The columns that [`by`] knows for a table; `fields` gives the columns of any other.
pub(crate) fn columns(table: &'static Table, fields: &dyn Fn(&str) -> Vec<Field>) -> Vec<String> {
    let mut names = Vec::new();
    for lead in leads(table) {
        names.push(lead.kind.as_str().to_owned());
        names.extend(lead.kind.namespace().map(str::to_owned));
        let owner = (lead.kind == Kind::Account).then_some("identities");
        let further = [tables::of_kind(lead.kind).name].into_iter().chain(owner).flat_map(fields);
        names.extend(further.map(|field| field.name));
    }
    names
}

/// A value as text that every engine writes alike.
pub(super) fn as_text(field: &Field, alias: &str) -> String {
    let name = format!("{alias}.{}", sql::name(&field.name));
    match field.kind {
        Type::Text => name,
        Type::Timestamp => format!("REPLACE(CAST({name} AS VARCHAR), 'T', ' ')"),
        _ => format!("CAST({name} AS VARCHAR)"),
    }
}

/// How the row `t` is named to a person: the keys of what it leads to. Null where it leads nowhere.
pub(super) fn name(table: &'static Table, joined: &str) -> By {
    if let Sort::Object(_) = table.sort {
        let of = |wanted: &dyn Fn(Role) -> bool| table.columns.iter().find(|column| wanted(column.role));
        let key = of(&|role| role == Role::Key).map_or("uid", |column| column.name);
        let within = of(&|role| matches!(role, Role::Namespace(_)));
        let within = within.map(|column| format!("COALESCE(t.{} || '/', '') || ", column.name)).unwrap_or_default();
        return By { expression: format!("{within}t.{key}"), joins: String::new() };
    }
    let (mut pieces, mut joins) = (String::new(), String::new());
    for (at, lead) in leads(table).into_iter().enumerate() {
        let key = format!("{joined}k{at}");
        let _ =
            write!(pieces, "{}COALESCE(' > ' || {}, '')", if at == 0 { "" } else { " || " }, key_text(&key, lead.kind));
        joins.push_str(&lead.key(&key));
    }
    if pieces.is_empty() {
        return By::nothing();
    }
    let mut expression = format!("NULLIF(SUBSTR({pieces}, 4), '')");
    if table.column("perimeter").is_some() {
        expression = format!("{expression} || COALESCE(' in ' || t.perimeter, '')");
    }
    By { expression, joins }
}
