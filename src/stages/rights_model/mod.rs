//! The rights model: what active people should hold and why, held against what they hold.
//!
//! Reads   identities, `identity_status`, permissions, `permission_closure`, `organisation_closure`,
//!         `theoretical_links`, `effective_rights`, derogations, and the parent.
//! Writes  `theoretical_rights`, `theoretical_exclusions`, `entitlement_gaps`.
//!
//! To hold a permission is to hold what it includes, so a rule gives the closure of its permissions. `except` takes out
//! just the permissions it names: what these include in turn stays, if it is included. So does an exclusion, but from
//! everything that anybody is granted. Perimeters do not matter here.

mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::kernels::{CollectedRights, Gaps};
use crate::model::{Lasting, Model};
use crate::settings::PermissionName;
use crate::settings::rights_model::{Exclusion, Grant, RightsModel};
use crate::sql;

impl Stage for RightsModel {
    fn name(&self) -> StageName {
        StageName::RightsModel
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let mut models: Vec<Model> = self.policy.grants.iter().map(granted).collect();
        if self.policy.use_collected {
            models.push(self.collected());
        }
        if !self.policy.exclusions.is_empty() {
            models = models.into_iter().map(|model| less_excluded(&model)).collect();
            models.extend(self.policy.exclusions.iter().map(excluded));
        }
        models.push(self.gaps(context));
        models
    }

    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(&self.policy, context, ask)
    }
}

/// What a grant's population should hold.
fn granted(grant: &Grant) -> Model {
    let query = sql::fill(
        include_str!("grant.sql"),
        &[
            ("population", &grant.population.text),
            ("permissions", &any_of("p", &grant.permissions)),
            ("except", &any_of("q", &grant.except)),
            ("rule", &sql::text(&grant.id)),
        ],
    );
    Model::sql("theoretical_rights", &format!("grant_{}", grant.id), query)
}

/// What an exclusion's population should not hold.
fn excluded(exclusion: &Exclusion) -> Model {
    let query = sql::fill(
        include_str!("exclusion.sql"),
        &[
            ("population", &exclusion.population.text),
            ("permissions", &any_of("p", &exclusion.permissions)),
            ("rule", &sql::text(&exclusion.id)),
        ],
    );
    Model::sql("theoretical_exclusions", &exclusion.id, query)
}

/// What a model of theoretical rights gives, less what is excluded for the person.
fn less_excluded(model: &Model) -> Model {
    let query = format!(
        "SELECT d.identity_uid, d.permission_uid, d.rule\nFROM (\n{}\n) d\nWHERE NOT EXISTS (SELECT 1 FROM theoretical_exclusions x WHERE x.identity_uid = d.identity_uid AND x.permission_uid = d.permission_uid)",
        model.query()
    );
    Model::sql(&model.table, &model.name, query)
}

impl RightsModel {
    /// What collected rules say. A collected rule with the id of a grant is told apart.
    fn collected(&self) -> Model {
        let ids = sql::texts(self.policy.grants.iter().map(|grant| grant.id.as_str()));
        let rule =
            format!("CASE WHEN rule IN ({ids}) THEN rule || ' (collected)' ELSE COALESCE(rule, 'collected') END");
        let query = sql::fill(include_str!("collected.sql"), &[("rule", &rule)]);
        let grants = self.policy.grants.iter().map(|grant| grant.id.clone()).collect();
        Model::sql("theoretical_rights", "collected", query).by(CollectedRights { grants })
    }

    fn gaps(&self, context: &Context<'_>) -> Model {
        let granted = self.policy.grants.iter().flat_map(|grant| &grant.permissions);
        let mut named = format!("SELECT p.uid FROM permissions p WHERE {}", any_of("p", granted));
        if self.policy.use_collected {
            named.push_str(" UNION SELECT l.permission_uid AS uid FROM theoretical_links l");
        }
        let excluded = self.policy.exclusions.iter().flat_map(|exclusion| &exclusion.permissions);
        let except = any_of("permissions", self.policy.grants.iter().flat_map(|grant| &grant.except).chain(excluded));
        let query = |as_of: &str| {
            sql::fill(include_str!("gaps.sql"), &[("named", &named), ("except", &except), ("as_of", as_of)])
        };
        let dated = query(&sql::date(context.as_of));
        // Without derogations, only what is held and what is due makes a gap.
        let lasting = Lasting { undated: query("as_of"), waiting: vec!["derogations".to_owned()] };
        Model::sql("entitlement_gaps", "entitlement_gaps", dated).lasting(lasting).by(Gaps {
            named: names(self.policy.grants.iter().flat_map(|grant| &grant.permissions)),
            except: names(
                self.policy
                    .grants
                    .iter()
                    .flat_map(|grant| &grant.except)
                    .chain(self.policy.exclusions.iter().flat_map(|exclusion| &exclusion.permissions)),
            ),
            use_collected: self.policy.use_collected,
            as_of: context.day(),
        })
    }
}

/// Application and code of permissions.
fn names<'a>(names: impl IntoIterator<Item = &'a PermissionName>) -> BTreeSet<(String, String)> {
    names.into_iter().map(|name| (name.application.clone(), name.code.clone())).collect()
}

/// A condition that a row of `permissions` is one of those named.
fn any_of<'a>(alias: &str, names: impl IntoIterator<Item = &'a PermissionName>) -> String {
    let conditions: Vec<String> = names
        .into_iter()
        .map(|name| {
            let (application, code) = (sql::text(&name.application), sql::text(&name.code));
            format!("({alias}.application = {application} AND {alias}.code = {code})")
        })
        .collect();
    if conditions.is_empty() { "FALSE".to_owned() } else { conditions.join(" OR ") }
}
