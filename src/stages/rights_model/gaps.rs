//! Where what is held and what should be held differ, and through which accounts.

use super::Context;
use super::roles::named;
use crate::kernels::Gaps;
use crate::model::{Lasting, Model};
use crate::settings::PermissionName;
use crate::settings::rights_model::{Perimeters, RightsModelPolicy};
use crate::sql;
use crate::stages::permissions::{any_of, names};

/// The gaps.
pub(super) fn gaps(policy: &RightsModelPolicy, context: &Context<'_>) -> Model {
    let granted: Vec<&PermissionName> =
        policy.grants.iter().flat_map(|grant| named(policy, grant, None)).map(|named| named.permission).collect();
    let taken = || {
        let exclusions = policy.exclusions.iter().flat_map(|exclusion| &exclusion.permissions);
        policy.grants.iter().flat_map(|grant| &grant.except).chain(exclusions)
    };
    let mut judged = format!("SELECT p.uid FROM permissions p WHERE {}", any_of("p", granted.iter().copied()));
    if policy.use_collected {
        judged.push_str(" UNION SELECT l.permission_uid AS uid FROM theoretical_links l");
    }
    let except = any_of("permissions", taken());
    let text = match policy.perimeters {
        Perimeters::Ignored => include_str!("gaps.sql"),
        Perimeters::Judged => include_str!("gaps_by_perimeter.sql"),
    };
    let query = |as_of: &str| sql::fill(text, &[("named", &judged), ("except", &except), ("as_of", as_of)]);
    let dated = query(&sql::date(context.as_of));
    // Without derogations, only what is held and what is due makes a gap.
    let lasting = Lasting { undated: query("as_of"), waiting: vec!["derogations".to_owned()] };
    let model = Model::sql("entitlement_gaps", "entitlement_gaps", dated).lasting(lasting);
    match policy.perimeters {
        Perimeters::Judged => model,
        Perimeters::Ignored => model.by(Gaps {
            named: names(granted),
            except: names(taken()),
            use_collected: policy.use_collected,
            as_of: context.day(),
        }),
    }
}

/// The accounts that each gap is about, and since when each is.
pub(super) fn accounts(perimeters: Perimeters, context: &Context<'_>) -> Model {
    let same = |one: &str, other: &str| match perimeters {
        Perimeters::Ignored => "TRUE".to_owned(),
        Perimeters::Judged => format!("COALESCE({one}.perimeter, '') = COALESCE({other}.perimeter, '')"),
    };
    let (same_place, due_there) = (same("e", "w"), same("t", "m"));
    let query = |as_of: &str| {
        let values = [("same_place", same_place.as_str()), ("due_there", &due_there), ("as_of", as_of)];
        sql::fill(include_str!("gap_accounts.sql"), &values)
    };
    let lasting = Lasting { undated: query("as_of"), waiting: Vec::new() };
    Model::sql("gap_accounts", "gap_accounts", query(&sql::date(context.as_of))).lasting(lasting)
}
