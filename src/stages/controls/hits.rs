//! What each kind of control finds in this load: `(control, kind, uid, detail)`, each once.

use super::duties::Duties;
use super::holders;
use crate::ids::RuleId;
use crate::model::Model;
use crate::settings::controls::{Check, Control, Gap, Holder, Overlap};
use crate::settings::packs::Packed;
use crate::sql;
use crate::sql::admit::without_end;
use crate::stages::Context;
use crate::stages::fill::fill;
use crate::table::{Field, Kind, Type};
use crate::tables;

/// The model of what a control finds.
pub(super) fn model(control: &Control, context: &Context<'_>) -> Model {
    let found = found(control, context);
    let query = |rows: &str| {
        format!(
            "SELECT {} AS control, {} AS kind, d.uid AS uid, d.detail AS detail\nFROM ({rows}) d",
            sql::text(control.id.as_str()),
            sql::text(subject(&control.check).as_str()),
        )
    };
    // What is the same in every row is not compared to tell rows apart.
    let each_once = query(&format!("SELECT DISTINCT f.uid, f.detail FROM {found}"));
    let some_again = query(&format!("SELECT f.uid, f.detail FROM {found}"));
    Model::sql("control_hits", control.id.as_str(), each_once).once(some_again)
}

/// Subjects `f` with details, some of them more than once.
fn found(control: &Control, context: &Context<'_>) -> String {
    let found = match &control.check {
        Check::Rule { rule, subject } => {
            let (rows, columns) = answered(control, rule, context);
            answer(&rows, *subject, &columns)
        }
        Check::SegregationOfDuties { on, conflict, within } => {
            Duties { on: *on, conflict, within: *within }.holders(control.id.as_str())
        }
        Check::PermissionHolders { permissions, population, gap } => holders::query(permissions, population, *gap),
        Check::Overlap { rules, subject, result } => {
            let [first, second] = rules.each_ref().map(|rule| {
                let table = rule.table();
                answer(&table, *subject, &context.tables.find(&table).columns)
            });
            overlap(&first, &second, *result)
        }
        Check::TheoreticalRights { gap } => gaps(*gap),
    };
    let kind = subject(&control.check);
    let table = tables::of_kind(kind).name;
    let subjects = match &control.filter {
        // The predicate has lines of its own, for the comments it may have.
        Some(filter) => format!(
            "\nWHERE f.uid IN (SELECT {alias}.uid FROM {table} {alias} WHERE (\n{}\n))",
            filter.text,
            alias = alias(kind),
        ),
        None => String::new(),
    };
    format!("(\n{found}\n) f{subjects}")
}

/// The rows of a rule's answer, as a table or as a query in brackets, and their columns.
pub(super) fn answered(control: &Control, rule: &RuleId, context: &Context<'_>) -> (String, Vec<Field>) {
    let table = rule.table();
    let columns = match &control.packed {
        // Its answer is kept nowhere; `check` has seen that it is so.
        Some(packed) => packed_columns(packed),
        None => context.tables.find(&table).columns.clone(),
    };
    let own = control.own_rule.as_ref().map(|own| fill(own, context.as_of).text);
    (own.map_or(table, |query| format!("(\n{}\n)", without_end(&query))), columns)
}

/// What a control's findings are about.
pub(crate) fn subject(check: &Check) -> Kind {
    match check {
        Check::Rule { subject, .. } | Check::Overlap { subject, .. } => *subject,
        Check::SegregationOfDuties { on: Holder::Account, .. } => Kind::Account,
        Check::SegregationOfDuties { on: Holder::Identity, .. }
        | Check::PermissionHolders { .. }
        | Check::TheoreticalRights { .. } => Kind::Identity,
    }
}

/// What a filter may call a subject: the first letter of its kind.
pub(crate) fn alias(kind: Kind) -> &'static str {
    &kind.as_str()[..1]
}

/// The column of a rule's answer that names the subject.
pub(crate) fn subject_column(columns: &[Field], subject: Kind) -> Option<&Field> {
    let own = format!("{subject}_uid");
    let named = |name: &str| columns.iter().find(|column| column.name == name && column.kind == Type::Integer);
    named("uid").or_else(|| named(&own))
}

/// The columns of the answer of a control of a pack that findings take.
pub(crate) fn packed_columns(packed: &Packed) -> Vec<Field> {
    let uid = [Field::new("uid", Type::Integer)].into_iter();
    uid.chain(packed.detail.as_ref().map(|_| Field::new("detail", Type::Text))).collect()
}

/// Each row of a rule's answer, which is a table or a query in brackets.
fn answer(rows: &str, subject: Kind, columns: &[Field]) -> String {
    let (uid, detail) = finding(subject, columns);
    format!("SELECT {uid} AS uid, {detail} AS detail FROM {rows} r WHERE {uid} IS NOT NULL")
}

/// The subject and the detail of the finding that a row `r` of an answer is.
pub(super) fn finding(subject: Kind, columns: &[Field]) -> (String, &'static str) {
    let uid = subject_column(columns, subject).map_or("uid", |column| column.name.as_str());
    let detail = columns.iter().find(|column| column.name == "detail");
    let detail = match detail.map(|column| column.kind) {
        None => "CAST(NULL AS VARCHAR)",
        Some(Type::Text) => "r.detail",
        Some(Type::Timestamp) => "REPLACE(CAST(r.detail AS VARCHAR), 'T', ' ')",
        Some(_) => "CAST(r.detail AS VARCHAR)",
    };
    (format!("r.{uid}"), detail)
}

/// The subjects of two answers, each once, whatever details the answers have.
fn overlap(first: &str, second: &str, result: Overlap) -> String {
    let with = format!("WITH one AS (\n{first}\n),\nother AS (\n{second}\n)\nSELECT DISTINCT ");
    let detail = "CAST(NULL AS VARCHAR) AS detail";
    let only = |this: &str, that: &str| {
        format!("{with}a.uid AS uid, {detail} FROM {this} a LEFT JOIN {that} b ON b.uid = a.uid WHERE b.uid IS NULL")
    };
    match result {
        Overlap::Both => format!("{with}a.uid AS uid, {detail} FROM one a JOIN other b ON b.uid = a.uid"),
        Overlap::FirstOnly => only("one", "other"),
        Overlap::SecondOnly => only("other", "one"),
        Overlap::Either => {
            format!("{with}COALESCE(a.uid, b.uid) AS uid, {detail} FROM one a FULL JOIN other b ON b.uid = a.uid")
        }
    }
}

/// Differences to the rights model that nobody excused.
fn gaps(gap: Gap) -> String {
    let gap = match gap {
        Gap::Over => "'over'",
        Gap::Under => "'under'",
    };
    format!(
        "SELECT g.identity_uid AS uid, COALESCE(p.application || '/' || p.code, 'permission ' || CAST(g.permission_uid AS VARCHAR)) AS detail
FROM entitlement_gaps g LEFT JOIN permissions p ON p.uid = g.permission_uid
WHERE g.gap = {gap} AND g.excused_until_on IS NULL"
    )
}
