//! The query of one rule: its objects, one common table expression per resolver, the first answer.

use crate::settings::managers::{ManagerRule, Resolver};
use crate::sql;
use crate::table::Kind;

/// The managers that a rule finds; an object without one has no row.
pub(super) fn of(rule: &ManagerRule) -> String {
    let mut tables = vec![
        "eligible AS (SELECT uid FROM identity_status WHERE status = 'active')".to_owned(),
        format!("objects AS ({})", objects(rule)),
    ];
    let (mut joins, mut managers, mut resolvers, mut distances) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for resolver in &rule.resolve {
        let Some(table) = resolver_table(rule, *resolver) else { continue };
        let name = resolver_name(*resolver);
        tables.push(table);
        joins.push(format!("LEFT JOIN {name} ON {name}.uid = o.uid"));
        managers.push(format!("{name}.manager_uid"));
        resolvers.push(format!("WHEN {name}.manager_uid IS NOT NULL THEN '{name}'"));
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

/// The objects of a rule: who they must not be managed by, their unit, and whom their row names.
fn objects(rule: &ManagerRule) -> String {
    let oneself = |column: &'static str| if rule.allow_self { "CAST(NULL AS BIGINT)" } else { column };
    match rule.of {
        Kind::Identity => format!(
            "SELECT uid, {} AS self_uid, organisation_uid, manager_uid AS stated_uid FROM identities",
            oneself("uid")
        ),
        // An account row names no manager; its unit is that of its owner.
        Kind::Account => format!(
            "SELECT a.uid, {} AS self_uid, i.organisation_uid, CAST(NULL AS BIGINT) AS stated_uid\n  FROM accounts a LEFT JOIN ownership w ON w.account_uid = a.uid LEFT JOIN identities i ON i.uid = w.identity_uid",
            oneself("w.identity_uid")
        ),
        Kind::Group => without_self("CAST(NULL AS BIGINT)", "owner_uid", "groups"),
        Kind::Application => without_self("organisation_uid", "owner_uid", "applications"),
        Kind::Organisation => without_self("uid", "head_uid", "organisations"),
        Kind::Permission => without_self("CAST(NULL AS BIGINT)", "CAST(NULL AS BIGINT)", "permissions"),
        Kind::Repository => without_self("CAST(NULL AS BIGINT)", "CAST(NULL AS BIGINT)", "repositories"),
    }
}

fn without_self(organisation: &str, stated: &str, table: &str) -> String {
    format!(
        "SELECT uid, CAST(NULL AS BIGINT) AS self_uid, {organisation} AS organisation_uid, {stated} AS stated_uid FROM {table}"
    )
}

/// The answers of a resolver, at most one per object. `None` where it has nothing to say about the kind.
fn resolver_table(rule: &ManagerRule, resolver: Resolver) -> Option<String> {
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
            _ => include_str!("organisation_head.sql").to_owned(),
        },
        Resolver::Fallback => {
            let employee_id = sql::text_or_null(rule.fallback.as_deref());
            sql::fill(include_str!("fallback.sql"), &[("employee_id", &employee_id)])
        }
    })
}

/// The resolver as it stands in `managers.resolver`, and the name of its table in the query.
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
