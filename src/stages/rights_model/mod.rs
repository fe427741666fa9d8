//! The rights model: what active people should hold and why, held against what they hold.
//!
//! Reads   identities, `identity_status`, permissions, `permission_closure`, `organisation_closure`,
//!         `theoretical_links`, `effective_rights`, derogations, ownership, rights, memberships, `group_closure`, and the
//!         parent.
//! Writes  `rule_permissions`, `valid_links`, `theoretical_rights`, `theoretical_exclusions`, `entitlement_gaps`,
//!         `gap_accounts`.
//!
//! To hold a permission is to hold what it includes, so a rule gives the closure of its permissions. `except` takes out
//! just the permissions it names: what these include in turn stays, if it is included. So does an exclusion, but from
//! everything that anybody is granted. A grant, a role or an exclusion outside its days does nothing, but what it names
//! is still judged: who holds it on has too much.

mod gaps;
mod report;
mod roles;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use self::roles::named;
use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::kernels::CollectedRights;
use crate::model::Model;
use crate::settings::rights_model::{Exclusion, Grant, RightsModel, Within};
use crate::sql;
use crate::stages::permissions::any_of;

impl Stage for RightsModel {
    fn name(&self) -> StageName {
        StageName::RightsModel
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let day = context.as_of;
        let mut models: Vec<Model> = self.grants_on(day).map(|grant| self.granted(grant, day)).collect();
        if self.policy.use_collected {
            models.push(self.collected());
        }
        let exclusions: Vec<&Exclusion> =
            self.policy.exclusions.iter().filter(|exclusion| exclusion.validity.holds_on(day)).collect();
        if !exclusions.is_empty() {
            models = models.into_iter().map(|model| less_excluded(&model)).collect();
            models.push(self.excluded(&exclusions, day));
        }
        if self.policy.use_collected {
            let values = [("as_of", sql::date(day))];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            models.push(Model::sql("valid_links", "collected", sql::fill(include_str!("valid_links.sql"), &values)));
        }
        models.extend(self.rule_permissions(day));
        models.push(gaps::gaps(&self.policy, context));
        if self.policy.tell_accounts {
            models.push(gaps::accounts(self.policy.perimeters, context));
        }
        models
    }

    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(&self.policy, context, ask)
    }
}

impl RightsModel {
    /// The grants that hold on a day.
    fn grants_on(&self, day: Date) -> impl Iterator<Item = &Grant> {
        self.policy.grants.iter().filter(move |grant| grant.validity.holds_on(day))
    }

    /// What a grant's population should hold.
    fn granted(&self, grant: &Grant, day: Date) -> Model {
        Model::sql("theoretical_rights", &format!("grant_{}", grant.id), self.grant_query(grant, day, ""))
    }

    /// What a grant gives; `only` narrows permissions `q`.
    fn grant_query(&self, grant: &Grant, day: Date, only: &str) -> String {
        let permissions = named(&self.policy, grant, Some(day));
        let (perimeter, places) = match &grant.within {
            Within::Anywhere => ("CAST(NULL AS VARCHAR)".to_owned(), String::new()),
            Within::These(these) => {
                let rows: Vec<String> = these.iter().map(|one| format!("({})", sql::text(one))).collect();
                ("w.perimeter".to_owned(), format!("\nCROSS JOIN (VALUES {}) w (perimeter)", rows.join(", ")))
            }
            Within::Of(_) => ("p.perimeter".to_owned(), "\nWHERE p.perimeter IS NOT NULL".to_owned()),
        };
        let of = grant.within.expression().map_or_else(String::new, |expression| {
            format!(", CAST((\n{}\n  ) AS VARCHAR) AS perimeter", expression.text)
        });
        sql::fill(
            include_str!("grant.sql"),
            &[
                ("population", &grant.population.text),
                ("permissions", &any_of("p", permissions.iter().map(|named| named.permission))),
                ("except", &any_of("q", &grant.except)),
                ("rule", &sql::text(&grant.id)),
                ("of", &of),
                ("perimeter", &perimeter),
                ("places", &places),
                ("only", only),
            ],
        )
    }

    /// What collected rules say.
    fn collected(&self) -> Model {
        let grants = self.policy.grants.iter().map(|grant| grant.id.clone()).collect();
        Model::sql("theoretical_rights", "collected", self.collected_query("")).by(CollectedRights { grants })
    }

    /// What collected rules give. One with the id of a grant is told apart; `only` narrows the permissions they include.
    fn collected_query(&self, only: &str) -> String {
        let ids = sql::texts(self.policy.grants.iter().map(|grant| grant.id.as_str()));
        let rule =
            format!("CASE WHEN rule IN ({ids}) THEN rule || ' (collected)' ELSE COALESCE(rule, 'collected') END");
        sql::fill(include_str!("collected.sql"), &[("rule", &rule), ("only", only)])
    }

    /// What the populations of exclusions should not hold, with each rule that would give it.
    fn excluded(&self, exclusions: &[&Exclusion], day: Date) -> Model {
        let excluded: Vec<String> = exclusions.iter().map(|exclusion| in_brackets(&excluded(exclusion))).collect();
        let permissions = |alias: &str| any_of(alias, exclusions.iter().flat_map(|exclusion| &exclusion.permissions));
        let of_grant = format!(" AND ({})", permissions("q"));
        let mut meant: Vec<String> =
            self.grants_on(day).map(|grant| in_brackets(&self.grant_query(grant, day, &of_grant))).collect();
        if self.policy.use_collected {
            let of_rules =
                format!("\n  WHERE c.included_uid IN (SELECT p.uid FROM permissions p WHERE {})", permissions("p"));
            meant.push(in_brackets(&self.collected_query(&of_rules)));
        }
        if meant.is_empty() {
            meant.push(
                "SELECT identity_uid, permission_uid, rule, rule AS perimeter FROM excluded WHERE FALSE".to_owned(),
            );
        }
        let both = [("excluded", excluded.join("\n  UNION ALL\n")), ("meant", meant.join("\n  UNION ALL\n"))];
        let both = both.each_ref().map(|(name, value)| (*name, value.as_str()));
        Model::sql("theoretical_exclusions", "exclusions", sql::fill(include_str!("exclusions.sql"), &both))
    }

    /// What each grant gives, and by which role.
    fn rule_permissions(&self, day: Date) -> Option<Model> {
        let (mut rows, mut except) = (Vec::new(), Vec::new());
        for grant in self.grants_on(day) {
            let rule = sql::text(&grant.id);
            for one in named(&self.policy, grant, Some(day)) {
                let way = one.role.as_deref().map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), sql::text);
                let (application, code) = (sql::text(&one.permission.application), sql::text(&one.permission.code));
                rows.push(format!("({rule}, {way}, {application}, {code})"));
            }
            let taken = |one: &crate::settings::PermissionName| {
                format!("({rule}, {}, {})", sql::text(&one.application), sql::text(&one.code))
            };
            except.extend(grant.except.iter().map(taken));
        }
        if rows.is_empty() {
            return None;
        }
        let except = if except.is_empty() {
            "SELECT rule, application, code FROM named WHERE FALSE".to_owned()
        } else {
            format!("VALUES {}", except.join(", "))
        };
        let values = [("named", rows.join(", ")), ("except", except)];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        Some(Model::sql("rule_permissions", "grants", sql::fill(include_str!("rule_permissions.sql"), &values)))
    }
}

/// What an exclusion's population should not hold.
fn excluded(exclusion: &Exclusion) -> String {
    sql::fill(
        include_str!("exclusion.sql"),
        &[
            ("population", &exclusion.population.text),
            ("permissions", &any_of("p", &exclusion.permissions)),
            ("rule", &sql::text(&exclusion.id)),
        ],
    )
}

/// A query that may begin with `WITH`, as one of several.
fn in_brackets(query: &str) -> String {
    format!("  SELECT b.* FROM (\n{query}\n) b")
}

/// What a model of theoretical rights gives, less what is excluded for the person.
fn less_excluded(model: &Model) -> Model {
    let query = format!(
        "SELECT d.identity_uid, d.permission_uid, d.rule, d.perimeter\nFROM (\n{}\n) d\nWHERE NOT EXISTS (SELECT 1 FROM theoretical_exclusions x WHERE x.identity_uid = d.identity_uid AND x.permission_uid = d.permission_uid)",
        model.query()
    );
    Model::sql(&model.table, &model.name, query)
}
