//! The policy of managers: where each object's manager is looked for.

use crate::collect::key::KeyForms;
use crate::names::any_of;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::raw::managers::{ManagedName, ManagersFile};
use crate::problem::{Problem, Problems};
use crate::settings::managers::{By, ManagerRule, ManagersPolicy, Resolver};
use crate::table::Kind;
use crate::tables;

/// The policy that a file's raw struct describes.
pub(super) fn check(raw: ManagersFile, root: Spot<'_>, forms: &KeyForms, problems: &mut Problems) -> ManagersPolicy {
    let mut managers: Vec<ManagerRule> = Vec::new();
    for (table, spot) in raw.manager.into_iter().zip(root.key("manager").items()) {
        let of = kind(table.of);
        if managers.iter().any(|known| known.of == of && known.domain == table.domain) {
            let problem = spot.key("of").error(codes::DUPLICATE_NAME, "this kind and domain already have a table");
            problems.add(problem.hint("put all resolvers of a kind and domain into one table, in order"));
        }
        for (at, (resolver, spot)) in table.resolve.iter().zip(spot.key("resolve").items()).enumerate() {
            if table.resolve[..at].contains(resolver) {
                problems.add(spot.error(codes::DUPLICATE_NAME, "this resolver is given twice"));
            }
        }
        for (at, resolver) in table.resolve.iter().enumerate().filter(|(_, resolver)| !resolver.knows(of)) {
            // A resolver that nobody wrote is the default.
            let place = spot.get("resolve").and_then(|resolve| resolve.items().get(at).copied());
            problems.add(nothing_known(*resolver, of, place.unwrap_or_else(|| spot.key("of"))));
        }
        match (table.resolve.contains(&Resolver::Fallback), &table.fallback) {
            (true, None) => problems.add(
                spot.key("resolve")
                    .error(codes::KEYS_DISAGREE, "resolver `fallback` needs the key `fallback`")
                    .hint("add `fallback = \"<employee id>\"`"),
            ),
            (false, Some(_)) => problems.add(
                spot.key("fallback")
                    .key_error(codes::KEYS_DISAGREE, "`fallback` is never asked")
                    .hint("add `\"fallback\"` to `resolve`"),
            ),
            _ => {}
        }
        let by = table.by.as_deref().map_or(Some(By::EmployeeId), By::parse).unwrap_or_else(|| {
            let message = format!("`{}` is no column", table.by.as_deref().unwrap_or_default());
            let problem = spot.key("by").error(codes::BAD_NAME, message);
            problems
                .add(problem.hint("write a column of identities such as `email`, or one of accounts: `account.dn`"));
            By::EmployeeId
        });
        let is_asked = [Resolver::Stated, Resolver::OrganisationHead].iter().any(|one| table.resolve.contains(one));
        if let Some(spot) = spot.get("by").filter(|_| !is_asked) {
            let problem = spot.key_error(codes::KEYS_DISAGREE, "no resolver of this table reads whom a row names");
            problems.add(problem.hint("add `\"stated\"` or `\"organisation_head\"` to `resolve`, or remove `by`"));
        }
        if let Some(spot) = spot.get("climb").filter(|_| !table.resolve.contains(&Resolver::OrganisationHead)) {
            let problem = spot.key_error(codes::KEYS_DISAGREE, "no resolver of this table climbs");
            problems.add(problem.hint("add `\"organisation_head\"` to `resolve`, or remove `climb`"));
        }
        if let Some(spot) = spot.get("all").filter(|_| table.all && !table.resolve.contains(&Resolver::Link)) {
            let problem = spot.key_error(codes::KEYS_DISAGREE, "no resolver of this table names several");
            problems.add(problem.hint("add `\"link\"` to `resolve`, or remove `all`"));
        }
        managers.push(ManagerRule {
            by,
            of,
            domain: table.domain,
            resolve: table.resolve,
            fallback: table.fallback.map(|id| forms.key(Kind::Identity, "", &id).into_owned()),
            allow_self: table.allow_self,
            allow_inactive: table.allow_inactive,
            climb: table.climb,
            all: table.all,
        });
    }
    ManagersPolicy { managers }
}

/// That a resolver is asked for objects of which it never knows anything.
fn nothing_known(resolver: Resolver, of: Kind, place: Spot<'_>) -> Problem {
    let objects = tables::of_kind(of).name;
    let message = format!("resolver `{}` never knows who manages {objects}", resolver.as_str());
    let known: Vec<&str> = Resolver::ALL.into_iter().filter(|one| one.knows(of)).map(Resolver::as_str).collect();
    place.error(codes::KEYS_DISAGREE, message).hint(format!("of {objects} ask {} alone", any_of(known)))
}

fn kind(name: ManagedName) -> Kind {
    match name {
        ManagedName::Identities => Kind::Identity,
        ManagedName::Accounts => Kind::Account,
        ManagedName::Groups => Kind::Group,
        ManagedName::Applications => Kind::Application,
        ManagedName::Organisations => Kind::Organisation,
        ManagedName::Permissions => Kind::Permission,
        ManagedName::Repositories => Kind::Repository,
    }
}
