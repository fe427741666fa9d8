//! Match rules that add up, as SQL. A pair is an account that nothing has decided and an identity that shares a key with
//! it; every rule judges every pair. Scores are whole numbers, millionths: sums are the same in every engine.

mod evidence;
mod judge;
mod likeness;
mod pairs;
mod tiers;

use std::fmt::Write as _;
use std::sync::Arc;

pub use self::evidence::evidence;
use super::classes;
use super::compare::{self, As, Side};
use crate::kernels::{CrowdedKeys, OwnerScores, Text};
use crate::model::{Model, TableSet};
use crate::settings::reconcile::Form;
use crate::settings::scoring::{Comparison, ScoredRule, Scoring};
use crate::settings::template::Template;
use crate::sql;
use crate::stages::Context;
use crate::table::Field;

/// The models that score what the rules before leave.
pub(super) fn models(scoring: &Scoring, context: &Context<'_>) -> Vec<Model> {
    let writer = Sides::of(context.tables);
    let scorer = judge::scorer(scoring, &writer);
    vec![
        Model::sql(RESIDUAL, "scored", include_str!("residual_accounts.sql").to_owned()),
        Model::sql("crowded_keys", "scored", pairs::crowded(scoring, &writer)).by(CrowdedKeys(Arc::clone(&scorer))),
        Model::sql("owner_scores", "scored", judge::query(scoring, &writer)).by(OwnerScores(scorer)),
    ]
}

/// Owners whom such rules found, and whose score is too low now. Nobody else is compared.
pub(super) fn drift(scoring: &Scoring, context: &Context<'_>, as_of: &str) -> String {
    judge::drift(scoring, &Sides::of(context.tables), as_of)
}

/// The table of accounts that are left.
const RESIDUAL: &str = "residual_accounts";

/// The columns that accounts and identities have.
struct Sides {
    accounts: Vec<Field>,
    identities: Vec<Field>,
}

impl Sides {
    fn of(tables: &TableSet) -> Self {
        let columns = |table: &str| tables.find(table).columns.clone();
        Self { accounts: columns("accounts"), identities: columns("identities") }
    }

    /// The text of an account `a`.
    fn account(&self, template: &Template, form: As<'_>) -> String {
        compare::text(template, form, Side { alias: "a", columns: &self.accounts })
    }

    /// The text of an identity `i`.
    fn identity(&self, template: &Template, form: As<'_>) -> String {
        compare::text(template, form, Side { alias: "i", columns: &self.identities })
    }

    /// The text of an account for a kernel.
    fn text_of_account(&self, template: &Template, form: As<'_>) -> Text {
        compare::columns(template, form, &self.accounts)
    }

    /// The text of an identity for a kernel.
    fn text_of_identity(&self, template: &Template, form: As<'_>) -> Text {
        compare::columns(template, form, &self.identities)
    }
}

/// What a rule asks of the account of a pair besides, in front of its columns `repository` and `class`.
fn within(rule: &ScoredRule, alias: &str) -> String {
    let mut text = String::new();
    if !rule.repositories.is_empty() {
        let codes = sql::texts(rule.repositories.iter().map(String::as_str));
        let _ = write!(text, " AND {alias}repository IN ({codes})");
    }
    if !rule.classes.is_empty() {
        let _ = write!(text, " AND {alias}class IN ({})", classes::names(&rule.classes));
    }
    text
}

/// The form of a comparison.
fn form_of(comparison: &Comparison) -> As<'_> {
    As { form: comparison.likeness.form(), keep: &comparison.keep }
}

/// The form of keys.
const KEY_FORM: As<'static> = As { form: Form::Alphanumeric, keep: "" };

/// Items one below the other, each with a number from 1.
fn numbered<T>(items: impl IntoIterator<Item = T>, separator: &str, line: impl Fn(usize, T) -> String) -> String {
    let mut text = String::new();
    for (at, item) in items.into_iter().enumerate() {
        let separator = if at == 0 { "" } else { separator };
        let _ = write!(text, "{separator}{}", line(at + 1, item));
    }
    text
}
