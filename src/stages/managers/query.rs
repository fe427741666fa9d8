//! The query of one rule: its objects, one common table expression per resolver, the first answer.

use super::found_in;
use crate::settings::managers::{By, ManagerRule, Resolver, managed_end, stated_column};
use crate::sql;
use crate::stages::Context;
use crate::table::Kind;

/// The managers that a rule finds; an object without one has no row. With an overlay, what people said goes before.
pub(super) fn of(rule: &ManagerRule, context: &Context<'_>, has_overlay: bool) -> String {
    let mut tables = basis(rule, context);
    if has_overlay {
        tables.extend(said_tables(rule));
    }
    let (mut joins, mut managers, mut resolvers, mut distances) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for resolver in &rule.resolve {
        let Some(table) = resolver_table(rule, *resolver, context) else { continue };
        tables.push(table);
        let name = resolver.as_str();
        let kept = if has_overlay { format!("{name}_kept") } else { name.to_owned() };
        if has_overlay {
            tables.push(format!(
                "{kept} AS (SELECT r.uid, r.manager_uid, r.distance FROM {name} r WHERE NOT EXISTS (SELECT 1 FROM removed w WHERE w.uid = r.uid AND w.identity_uid = r.manager_uid))"
            ));
        }
        joins.push(format!("LEFT JOIN {kept} ON {kept}.uid = o.uid"));
        managers.push(format!("{kept}.manager_uid"));
        resolvers.push(format!("WHEN {kept}.manager_uid IS NOT NULL THEN {}", sql::text(&found_by(rule, *resolver))));
        distances.push(format!("WHEN {kept}.manager_uid IS NOT NULL THEN {kept}.distance"));
    }
    if managers.is_empty() {
        // No resolver of the rule knows this kind: nobody is managed, by the same columns.
        tables.push(NOBODY.to_owned());
        joins.push("JOIN nobody ON nobody.uid = o.uid".to_owned());
        managers.push("nobody.manager_uid".to_owned());
        resolvers.push("WHEN FALSE THEN ''".to_owned());
        distances.push("WHEN FALSE THEN CAST(NULL AS BIGINT)".to_owned());
    }
    let managers = managers.join(", ");
    let distinct = if rule.all { "DISTINCT " } else { "" };
    let found = format!(
        "SELECT {distinct}{} AS kind, o.uid, {} AS domain, COALESCE({managers}) AS identity_uid,\n       CASE {} END AS resolver, CASE {} END AS distance, o.self_uid\nFROM objects o\n{}\nWHERE COALESCE({managers}) IS NOT NULL",
        sql::text(rule.of.as_str()),
        sql::text_or_null(rule.domain.as_deref()),
        resolvers.join(" "),
        distances.join(" "),
        joins.join("\n"),
    );
    let about = table_of(rule.of).0;
    let tables = tables.join(",\n");
    if has_overlay {
        return format!(
            "-- Managers of {about}: the first answer of each resolver in turn, below what people said\nWITH {tables},\nfound AS (\n{found}\n)\nSELECT DISTINCT f.kind, f.uid, f.domain, COALESCE(d.delegate_uid, f.identity_uid) AS identity_uid, f.resolver, f.distance,\n       CASE WHEN d.delegate_uid IS NOT NULL THEN f.identity_uid END AS delegator_uid, d.reason\nFROM found f LEFT JOIN stand_ins d ON d.manager_uid = f.identity_uid AND (f.self_uid IS NULL OR f.self_uid <> d.delegate_uid)\nWHERE NOT EXISTS (SELECT 1 FROM said w WHERE w.uid = f.uid AND w.action = 'set')\n  AND NOT EXISTS (SELECT 1 FROM said w WHERE w.uid = f.uid AND w.action = 'add' AND w.identity_uid = f.identity_uid)"
        );
    }
    format!(
        "-- Managers of {about}: the first answer of each resolver in turn\nWITH {tables},\nfound AS (\n{found}\n)\nSELECT f.kind, f.uid, f.domain, f.identity_uid, f.resolver, f.distance, CAST(NULL AS BIGINT) AS delegator_uid, CAST(NULL AS VARCHAR) AS reason\nFROM found f"
    )
}

/// Those whom rows and links of a rule's objects name, and the heads of their units, who cannot manage them. `None` where
/// none of these is asked.
pub(super) fn problems(rule: &ManagerRule, context: &Context<'_>) -> Option<String> {
    let mut branches = Vec::new();
    let mut tables = basis(rule, context);
    for resolver in &rule.resolve {
        let answers = match resolver {
            Resolver::Stated if stated_column(rule.of).is_some() => {
                "SELECT uid, stated_uid AS named_uid FROM objects WHERE stated_uid IS NOT NULL".to_owned()
            }
            Resolver::Link => {
                let Some(managed) = managed_end(rule.of) else { continue };
                format!(
                    "SELECT DISTINCT l.{managed} AS uid, l.identity_uid AS named_uid FROM manager_links l WHERE {}{} AND l.{managed} IS NOT NULL",
                    domain_of_links(rule),
                    valid_links(context)
                )
            }
            Resolver::OrganisationHead => {
                let Some(heads) = resolver_table(rule, *resolver, context) else { continue };
                tables.extend([heads, passed_heads(rule, context)]);
                "SELECT uid, named_uid FROM passed_heads".to_owned()
            }
            _ => continue,
        };
        let values = [
            ("kind", sql::text(rule.of.as_str())),
            ("domain", sql::text_or_null(rule.domain.as_deref())),
            ("resolver", sql::text(resolver.as_str())),
            ("answers", answers),
            ("found", found_in(rule.of).to_owned()),
        ];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        branches.push(sql::fill(include_str!("problems.sql"), &values));
    }
    let tables = tables.join(",\n");
    (!branches.is_empty()).then(|| {
        format!(
            "-- Who is named as a manager of {} and cannot be one\nWITH {tables}\n{}",
            table_of(rule.of).0,
            branches.join("\nUNION ALL\n")
        )
    })
}

/// Who may manage, and the objects of a rule.
fn basis(rule: &ManagerRule, context: &Context<'_>) -> Vec<String> {
    let active = if rule.allow_inactive { "" } else { " WHERE status = 'active'" };
    let mut tables = vec![
        format!("eligible AS (SELECT uid FROM identity_status{active})"),
        format!("objects AS ({})", objects(rule, context)),
    ];
    if let Some(written) = written(&rule.by, context) {
        tables.insert(0, written);
    }
    tables
}

/// What people said of a rule's objects, and who stands in for whom in its matter.
fn said_tables(rule: &ManagerRule) -> [String; 3] {
    let kind = sql::text(rule.of.as_str());
    let (own, delegated) = match rule.domain.as_deref().map(sql::text) {
        None => ("w.domain IS NULL".to_owned(), "w.domain IS NULL".to_owned()),
        Some(domain) => (format!("w.domain = {domain}"), format!("(w.domain IS NULL OR w.domain = {domain})")),
    };
    [
        format!(
            "said AS (SELECT w.uid, w.identity_uid, w.action FROM manager_orders w WHERE w.problem IS NULL AND w.kind = {kind} AND w.action IN ('set', 'add') AND {own})"
        ),
        format!(
            "removed AS (SELECT w.uid, w.identity_uid FROM manager_orders w WHERE w.problem IS NULL AND w.kind = {kind} AND w.action = 'remove' AND {delegated})"
        ),
        sql::fill(include_str!("stand_ins.sql"), &[("domain", &delegated)]),
    ]
}

const NOBODY: &str = "nobody AS (SELECT uid, uid AS manager_uid FROM eligible WHERE FALSE)";

/// Who is meant by a text, where exactly one person is. `None` where rows name people by employee id.
fn written(by: &By, context: &Context<'_>) -> Option<String> {
    let (table, template) = match by {
        By::EmployeeId => return None,
        By::Identity(_) => ("identities", include_str!("written_in_identities.sql")),
        By::Account(_) => ("accounts", include_str!("written_in_accounts.sql")),
    };
    let (By::Identity(column) | By::Account(column)) = by else { return None };
    Some(sql::fill(template, &[("norm", &norm(table, column, "t", context))]))
}

/// The normalised form of a column; null where no source brings it yet.
fn norm(table: &str, column: &str, alias: &str, context: &Context<'_>) -> String {
    let name = format!("{column}_norm");
    let is_there = context.tables.find(table).columns.iter().any(|field| field.name == name);
    if is_there { format!("NULLIF({alias}.{}, '')", sql::name(&name)) } else { sql::text_or_null(None) }
}

/// Whom a row of such objects names: its uid, and what must be joined to the row for it.
fn stated(rule: &ManagerRule, of: Kind, alias: &str, context: &Context<'_>) -> (String, String) {
    let Some(column) = stated_column(of) else { return ("CAST(NULL AS BIGINT)".to_owned(), String::new()) };
    if rule.by == By::EmployeeId {
        return (format!("{alias}.{column}_uid"), String::new());
    }
    let text = norm(table_of(of).0, column, alias, context);
    ("written.person_uid".to_owned(), format!(" LEFT JOIN written ON written.text_norm = {text}"))
}

/// The objects of a rule: who they must not be managed by, their unit, and whom their row names.
fn objects(rule: &ManagerRule, context: &Context<'_>) -> String {
    let oneself = |column: &'static str| if rule.allow_self { "CAST(NULL AS BIGINT)" } else { column };
    let (stated, join) = stated(rule, rule.of, "t", context);
    let without_self = |organisation: &str| {
        let table = table_of(rule.of).0;
        format!(
            "SELECT t.uid, CAST(NULL AS BIGINT) AS self_uid, {organisation} AS organisation_uid, {stated} AS stated_uid FROM {table} t{join}"
        )
    };
    match rule.of {
        Kind::Identity => format!(
            "SELECT t.uid, {} AS self_uid, t.organisation_uid, {stated} AS stated_uid FROM identities t{join}",
            oneself("t.uid")
        ),
        // An account row names no manager; its unit is that of its owner.
        Kind::Account => format!(
            "SELECT a.uid, {} AS self_uid, i.organisation_uid, CAST(NULL AS BIGINT) AS stated_uid\n  FROM accounts a LEFT JOIN ownership w ON w.account_uid = a.uid LEFT JOIN identities i ON i.uid = w.identity_uid",
            oneself("w.identity_uid")
        ),
        Kind::Application => without_self("t.organisation_uid"),
        Kind::Organisation => without_self("t.uid"),
        Kind::Group | Kind::Permission | Kind::Repository => without_self("CAST(NULL AS BIGINT)"),
    }
}

/// The answers of a resolver, at most one per object. `None` where it has nothing to say about the kind.
fn resolver_table(rule: &ManagerRule, resolver: Resolver, context: &Context<'_>) -> Option<String> {
    resolver.knows(rule.of).then_some(())?;
    Some(match resolver {
        Resolver::Stated => include_str!("stated.sql").to_owned(),
        Resolver::Link => {
            let managed = managed_end(rule.of)?;
            let which = if rule.all { "p.generality = first_link.generality" } else { "p.place = 1" };
            let values = [
                ("managed", managed),
                ("domain", &domain_of_links(rule)),
                ("valid", &valid_links(context)),
                ("which", which),
            ];
            sql::fill(include_str!("link.sql"), &values)
        }
        Resolver::OrganisationHead => {
            let near = near(rule).map_or_else(String::new, |near| format!("\n  WHERE {near}"));
            sql::fill(include_str!("organisation_head.sql"), &[("units", &units(rule, context)), ("near", &near)])
        }
        Resolver::Fallback => {
            let employee_id = sql::text_or_null(rule.fallback.as_deref());
            sql::fill(include_str!("fallback.sql"), &[("employee_id", &employee_id)])
        }
    })
}

/// The units with whom their row names as their head.
fn units(rule: &ManagerRule, context: &Context<'_>) -> String {
    let (head, join) = stated(rule, Kind::Organisation, "t", context);
    format!("(SELECT t.uid, {head} AS head_uid FROM organisations t{join})")
}

/// Which units above are asked for their head, where that are not all.
fn near(rule: &ManagerRule) -> Option<String> {
    rule.climb.map(|units| format!("c.depth <= {units}"))
}

/// The heads below the one that was found who could not manage, of the objects whose unit was asked.
fn passed_heads(rule: &ManagerRule, context: &Context<'_>) -> String {
    let asked_before = rule.resolve.iter().take_while(|resolver| **resolver != Resolver::OrganisationHead);
    let found_before: Vec<String> = asked_before.map(|resolver| found_by(rule, *resolver)).collect();
    let values = [
        ("units", units(rule, context)),
        ("near", near(rule).map_or_else(String::new, |near| format!(" AND {near}"))),
        ("kind", sql::text(rule.of.as_str())),
        ("domain", sql::text_or_null(rule.domain.as_deref())),
        ("found", found_in(rule.of).to_owned()),
        ("before", sql::texts(found_before.iter().map(String::as_str))),
    ];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    sql::fill(include_str!("passed_heads.sql"), &values)
}

/// The links that speak of a rule's matter.
fn domain_of_links(rule: &ManagerRule) -> String {
    rule.domain.as_deref().map_or_else(
        || "l.domain IS NULL".to_owned(),
        |domain| format!("(l.domain IS NULL OR l.domain = {})", sql::text(domain)),
    )
}

/// The links that hold on this day. Where there are none, the day is not named, so that the model stands from day to day.
fn valid_links(context: &Context<'_>) -> String {
    if context.tables.find("manager_links").rows() == 0 {
        return String::new();
    }
    let day = sql::date(context.as_of);
    format!(
        " AND (l.valid_from IS NULL OR l.valid_from <= {day}) AND (l.valid_until IS NULL OR l.valid_until >= {day})"
    )
}

/// The resolver as it stands in `managers.resolver`, with how rows write people where that is not by employee id.
fn found_by(rule: &ManagerRule, resolver: Resolver) -> String {
    let name = resolver.as_str();
    match (&rule.by, resolver) {
        (By::Identity(column), Resolver::Stated | Resolver::OrganisationHead) => format!("{name} by {column}"),
        (By::Account(column), Resolver::Stated | Resolver::OrganisationHead) => format!("{name} by account.{column}"),
        _ => name.to_owned(),
    }
}

/// The table of objects of a kind, and the column that names one to a person.
pub(super) fn table_of(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Organisation => ("organisations", "code"),
        Kind::Identity => ("identities", "employee_id"),
        Kind::Repository => ("repositories", "code"),
        Kind::Account => ("accounts", "identifier"),
        Kind::Group => ("groups", "code"),
        Kind::Application => ("applications", "code"),
        Kind::Permission => ("permissions", "code"),
    }
}
