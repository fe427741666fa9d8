//! Reconcile: who owns each account.
//!
//! Reads   accounts, identities, decisions, `forgotten_owners`; identities, ownership, `owner_candidates`, `owner_scores` and
//!         `owner_drift` of the parent.
//! Writes  ownership: the accounts that have an owner or are ownerless for a reason; the others are orphans. On the
//!         way `forbidden_owners`, `decision_problems`, `carried_ownership`, `undecided_accounts`, `account_classes`,
//!         `owner_candidates`, `owner_matches`; of rules that add up `residual_accounts`, `crowded_keys`, `owner_scores`.
//!         With a parent also the accounts that identities gained or lost (`link_changes`), and owners whom their rule
//!         would not find now (`owner_drift`).
//!
//! Precedence: breaks, other decisions of people, what the source states, what the parent knew, then the rules: classes that
//! nobody owns, those that find accounts without an owner, those that match alone, and for what is left those that add
//! up (`scored`). A rule that finds several identities has found none, and
//! finds none for that account when some of them leave or change: it may be theirs. Who is in question is remembered
//! (`owner_candidates`, `owner_scores`) until another rule or a person decides, or the account itself says something else.

pub(crate) mod classes;
mod compare;
mod drift;
mod report;
mod scored;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::compare::compared_text;
use self::compare::{As, Side};
pub use self::scored::evidence;
use super::{Ask, Context, Stage};
use crate::engine::EngineError;
use crate::event::StageReport;
use crate::ids::StageName;
use crate::kernels::{Candidates, CarriedOwnership, Lookup, Matches, OwnersChanged, Ownership, Rule};
use crate::model::{Make, Model};
use crate::settings::reconcile::{AccountClass, MatchRule, OnAmbiguous, OnReturn, OwnerlessRule, Reconcile};
use crate::sql;

impl Stage for Reconcile {
    fn name(&self) -> StageName {
        StageName::Reconcile
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let as_of = sql::date(context.as_of);
        let kernel = self.carrying(context);
        let flag = |is_so: bool| if is_so { "TRUE" } else { "FALSE" };
        let expired = self.policy.carry_days.map(|days| context.as_of.saturating_sub(jiff::Span::new().days(days)));
        let values = [
            ("as_of", as_of.as_str()),
            ("restores", flag(kernel.restores)),
            ("expires", flag(expired.is_some())),
            ("expired", &sql::date(expired.unwrap_or(context.as_of))),
            ("somebodys", &sql::texts(AccountClass::somebodys())),
        ];
        let carried = sql::fill(include_str!("carried_ownership.sql"), &values);
        let mut models = vec![
            Model::sql("forbidden_owners", "decisions", include_str!("forbidden_owners.sql").to_owned()),
            Model::sql("decision_problems", "decisions", include_str!("decision_problems.sql").to_owned()),
            Model::sql("carried_ownership", DECIDED, carried).by(kernel),
        ];
        if self.policy.on_return == OnReturn::Propose {
            models.push(Model::sql("owner_candidates", "returned", include_str!("returned.sql").to_owned()));
        }
        let mut rules = self.rules(context);
        let scoring = self.policy.scoring.as_ref();
        rules.extend(scoring.into_iter().flat_map(|scoring| scored::models(scoring, context)));
        if !rules.is_empty() {
            let undecided = include_str!("undecided_accounts.sql").to_owned();
            models.push(Model::sql("undecided_accounts", "rules", undecided));
        }
        models.push(ownership(&rules, &as_of).by(Ownership { as_of: context.day(), is_scored: scoring.is_some() }));
        models.extend(rules);
        if context.has_parent {
            models.extend(self.drift(context));
            let cause = context.causes.of_table("ownership");
            let accounts = sql::fill(include_str!("identity_accounts.sql"), &[("cause", &sql::text(cause))]);
            models.push(Model::sql("link_changes", "identity_accounts", accounts).by(OwnersChanged { cause }));
        }
        models
    }

    fn report(&self, context: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        report::report(context, ask)
    }
}

impl Reconcile {
    /// What is carried, and until when.
    fn carrying(&self, context: &Context<'_>) -> CarriedOwnership {
        let as_of = context.day();
        let days = self.policy.carry_days.map(|days| i32::try_from(days).unwrap_or(i32::MAX));
        let restores = self.policy.on_return == OnReturn::Restore;
        CarriedOwnership { as_of, restores, expired: days.map(|days| as_of.saturating_sub(days)) }
    }

    /// Which owners their rules would not find now.
    fn drift(&self, context: &Context<'_>) -> Vec<Model> {
        let of_rule = |rule: &MatchRule| {
            let query = |as_of: &str| {
                let values = [&compared(rule, context)[..3], &[("as_of", as_of.to_owned())]].concat();
                fill(include_str!("drift.sql"), &values)
            };
            drift::model(&rule.id, query, context)
        };
        let mut models: Vec<Model> = self.policy.matches.iter().map(of_rule).collect();
        if let Some(scoring) = &self.policy.scoring {
            models.push(drift::model("scored", |as_of| scored::drift(scoring, context, as_of), context));
        }
        models.push(drift::unruled(&self.policy, context));
        models
    }

    /// Whether it matters what kind of account any is: where rules say so or ask for it, or people may say so.
    fn asks_classes(&self) -> bool {
        let scored = self.policy.scoring.iter().flat_map(|scoring| &scoring.rules);
        !self.policy.classes.is_empty()
            || self.decisions.is_some()
            || self.policy.matches.iter().any(|rule| !rule.classes.is_empty())
            || scored.into_iter().any(|rule| !rule.classes.is_empty())
    }

    /// What each rule finds, ranked in the order of the policy.
    fn rules(&self, context: &Context<'_>) -> Vec<Model> {
        let mut models = Vec::new();
        if self.asks_classes() {
            models.extend(classes::models(&self.policy.classes));
        }
        let before = self.policy.classes.len();
        let ownerless = self.policy.ownerless.iter().enumerate();
        models.extend(ownerless.map(|(at, rule)| ownerless_model(rule, before + at + 1)));
        for (at, rule) in self.policy.matches.iter().enumerate() {
            let rank = before + self.policy.ownerless.len() + at + 1;
            models.extend(match_models(rule, rank, context));
        }
        models
    }
}

/// The part of `carried_ownership`, and of `ownership` too, which may be the same file.
const DECIDED: &str = "decided";

/// What was decided before the rules and what they decide, in one part: where nothing changes, the part does not either,
/// whether a rule or the parent decided. Where no rule finds anything, it is not written a second time.
fn ownership(rules: &[Model], as_of: &str) -> Model {
    let mut query = include_str!("carried.sql").to_owned();
    if !rules.is_empty() {
        query.push_str("UNION ALL\n");
        query.push_str(&sql::fill(include_str!("matched.sql"), &[("as_of", as_of)]));
    }
    if rules.iter().any(|rule| rule.table == "owner_scores") {
        query.push_str("UNION ALL\n");
        query.push_str(&sql::fill(include_str!("scored.sql"), &[("as_of", as_of)]));
    }
    let finding = rules.iter().filter(|rule| ["owner_matches", "owner_scores"].contains(&rule.table.as_str()));
    let unless = finding.map(|rule| (rule.table.clone(), rule.name.clone())).collect();
    let make = Make::Publish { staged: "carried_ownership".to_owned(), unless, sql: query };
    Model { make, ..Model::sql("ownership", DECIDED, String::new()) }
}

fn ownerless_model(rule: &OwnerlessRule, rank: usize) -> Model {
    let values = [
        ("rank", format!("CAST({rank} AS BIGINT)")),
        ("rule", sql::text(&rule.id)),
        ("reason", sql::text(&rule.reason)),
        ("in_repositories", in_repositories("u", &rule.repositories)),
        ("predicate", rule.predicate.text.clone()),
        ("somebodys", sql::texts(AccountClass::somebodys())),
    ];
    Model::sql("owner_matches", &rule.id, fill(include_str!("ownerless.sql"), &values))
}

/// Whom a rule finds, and before that who is in question where it finds several or once did.
fn match_models(rule: &MatchRule, rank: usize, context: &Context<'_>) -> [Model; 2] {
    let is_final = if rule.on_ambiguous == OnAmbiguous::Stop { "TRUE" } else { "FALSE" };
    let accounts = context.tables.find("accounts");
    let identities = context.tables.find("identities");
    let compared = compared(rule, context);
    let lookup = Lookup::of(Rule {
        id: rule.id.clone(),
        account: compare::columns(&rule.account, As::of_rule(rule), &accounts.columns),
        identity: compare::columns(&rule.identity, As::of_rule(rule), &identities.columns),
        repositories: rule.repositories.clone(),
    });
    let is_remembered = if rule.is_remembered { "TRUE" } else { "FALSE" };
    let remembered = [("is_remembered", is_remembered.to_owned())];
    let decides = [("rank", format!("CAST({rank} AS BIGINT)")), ("is_final", is_final.to_owned())];
    let candidates = fill(include_str!("candidates.sql"), &[&compared[..], &remembered].concat());
    let candidates = Model::sql("owner_candidates", &rule.id, candidates);
    let matches =
        Model::sql("owner_matches", &rule.id, fill(include_str!("match.sql"), &[&compared[..], &decides].concat()));
    if !rule.classes.is_empty() {
        return [candidates, matches];
    }
    let rank = i64::try_from(rank).unwrap_or(i64::MAX);
    let is_final = rule.on_ambiguous == OnAmbiguous::Stop;
    [
        candidates.by(Candidates { lookup: Arc::clone(&lookup), is_remembered: rule.is_remembered }),
        matches.by(Matches { lookup, rank, is_final }),
    ]
}

/// What a rule compares, for its queries.
fn compared(rule: &MatchRule, context: &Context<'_>) -> [(&'static str, String); 4] {
    let text = |template, alias, table| {
        let columns = &context.tables.find(table).columns;
        compare::text(template, As::of_rule(rule), Side { alias, columns })
    };
    [
        ("rule", sql::text(&rule.id)),
        ("account", text(&rule.account, "a", "accounts")),
        ("identity", text(&rule.identity, "i", "identities")),
        ("in_repositories", in_repositories("a", &rule.repositories) + &classes::only(&rule.classes)),
    ]
}

fn in_repositories(alias: &str, repositories: &[String]) -> String {
    if repositories.is_empty() {
        return String::new();
    }
    let codes = sql::texts(repositories.iter().map(String::as_str));
    format!("\n    AND {alias}.repository IN ({codes})")
}

fn fill(template: &str, values: &[(&str, String)]) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sql::fill(template, &values)
}
