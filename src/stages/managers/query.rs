//! The query of one rule: its objects, one common table expression per resolver, the first answer.

use crate::settings::managers::{By, ManagerRule, Resolver, stated_column};
use crate::sql;
use crate::stages::Context;
use crate::table::Kind;

/// The managers that a rule finds; an object without one has no row.
pub(super) fn of(rule: &ManagerRule, context: &Context<'_>) -> String {
    let active = if rule.allow_inactive { "" } else { " WHERE status = 'active'" };
    let mut tables = vec![
        format!("eligible AS (SELECT uid FROM identity_status{active})"),
        format!("objects AS ({})", objects(rule, context)),
    ];
    if let Some(written) = written(&rule.by, context) {
        tables.insert(0, written);
    }
    let (mut joins, mut managers, mut resolvers, mut distances) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for resolver in &rule.resolve {
        let Some(table) = resolver_table(rule, *resolver, context) else { continue };
        let name = resolver_name(*resolver);
        tables.push(table);
        joins.push(format!("LEFT JOIN {name} ON {name}.uid = o.uid"));
        managers.push(format!("{name}.manager_uid"));
        resolvers.push(format!("WHEN {name}.manager_uid IS NOT NULL THEN {}", sql::text(&found_by(rule, *resolver))));
        distances.push(format!("WHEN {name}.manager_uid IS NOT NULL THEN {name}.distance"));
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
    format!(
        "-- Managers of {}: the first answer of each resolver in turn\nWITH {}\nSELECT {} AS kind, o.uid, {} AS domain, COALESCE({managers}) AS identity_uid,\n       CASE {} END AS resolver, CASE {} END AS distance\nFROM objects o\n{}\nWHERE COALESCE({managers}) IS NOT NULL",
        table_of(rule.of).0,
        tables.join(",\n"),
        sql::text(rule.of.as_str()),
        sql::text_or_null(rule.domain.as_deref()),
        resolvers.join(" "),
        distances.join(" "),
        joins.join("\n"),
    )
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
    Some(match resolver {
        Resolver::Stated => match rule.of {
            Kind::Account | Kind::Permission | Kind::Repository => return None,
            _ => include_str!("stated.sql").to_owned(),
        },
        Resolver::Link => {
            let managed = match rule.of {
                Kind::Identity => "managed_uid",
                Kind::Account => "account_uid",
                Kind::Group => "group_uid",
                Kind::Application => "application_uid",
                Kind::Organisation => "organisation_uid",
                Kind::Permission | Kind::Repository => return None,
            };
            let domain = rule.domain.as_deref().map_or_else(
                || "l.domain IS NULL".to_owned(),
                |domain| format!("(l.domain IS NULL OR l.domain = {})", sql::text(domain)),
            );
            sql::fill(include_str!("link.sql"), &[("managed", managed), ("domain", &domain)])
        }
        Resolver::OrganisationHead => match rule.of {
            Kind::Group | Kind::Permission | Kind::Repository => return None,
            _ => {
                let (head, join) = stated(rule, Kind::Organisation, "t", context);
                let units = format!("(SELECT t.uid, {head} AS head_uid FROM organisations t{join})");
                let near = rule.climb.map_or_else(String::new, |units| format!("\n  WHERE c.depth <= {units}"));
                sql::fill(include_str!("organisation_head.sql"), &[("units", &units), ("near", &near)])
            }
        },
        Resolver::Fallback => {
            let employee_id = sql::text_or_null(rule.fallback.as_deref());
            sql::fill(include_str!("fallback.sql"), &[("employee_id", &employee_id)])
        }
    })
}

/// The resolver as it stands in `managers.resolver`, with how rows write people where that is not by employee id.
fn found_by(rule: &ManagerRule, resolver: Resolver) -> String {
    let name = resolver_name(resolver);
    match (&rule.by, resolver) {
        (By::Identity(column), Resolver::Stated | Resolver::OrganisationHead) => format!("{name} by {column}"),
        (By::Account(column), Resolver::Stated | Resolver::OrganisationHead) => format!("{name} by account.{column}"),
        _ => name.to_owned(),
    }
}

/// The name of a resolver's table in the query.
fn resolver_name(resolver: Resolver) -> &'static str {
    match resolver {
        Resolver::Stated => "stated",
        Resolver::Link => "link",
        Resolver::OrganisationHead => "organisation_head",
        Resolver::Fallback => "fallback",
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
