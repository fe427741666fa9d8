//! Classes of accounts, before anybody is matched: which there are, which have no owner, and how rules ask for them.

use super::in_repositories;
use crate::model::Model;
use crate::settings::reconcile::{AccountClass, ClassRule};
use crate::sql;

/// The class of an account `a`; a person's own, where nothing says what it is. Behind [`CLASSES`].
pub(crate) const CLASS: &str = "COALESCE(k.class, 'personal')";

/// How an account `a` finds its class.
pub(crate) const CLASSES: &str = "LEFT JOIN account_classes k ON k.account_uid = a.uid";

/// The classes of all accounts, and those of the undecided that have no owner because of theirs, ranked from 1.
pub(super) fn models(rules: &[ClassRule]) -> Vec<Model> {
    let rule = |(at, rule): (usize, &ClassRule)| {
        format!(
            "
  UNION ALL
  SELECT CAST({rank} AS BIGINT) AS rank, {id} AS rule, {class} AS class, a.uid AS account_uid
  FROM (SELECT u.* FROM accounts u WHERE TRUE{within}) a
  WHERE (
{predicate}
  )",
            rank = at + 2,
            id = sql::text(&rule.id),
            class = sql::text(rule.class.as_str()),
            within = in_repositories("u", &rule.repositories),
            predicate = rule.predicate.text
        )
    };
    let found: String = rules.iter().enumerate().map(rule).collect();
    let classes = sql::fill(include_str!("account_classes.sql"), &[("rules", &found)]);
    let mut models = vec![Model::sql("account_classes", "policy", classes)];
    models.extend(rules.iter().enumerate().filter(|(_, rule)| !rule.has_owner).map(ownerless));
    models
}

fn ownerless((at, rule): (usize, &ClassRule)) -> Model {
    let query = format!(
        "-- Accounts still undecided that nobody owns, because they are what rule {id} says.
SELECT CAST({rank} AS BIGINT) AS rule_rank, {id} AS rule, c.account_uid AS account_uid, CAST(NULL AS BIGINT) AS identity_uid,
       c.class AS ownerless, CAST(0 AS BIGINT) AS candidates, TRUE AS is_final
FROM account_classes c
JOIN undecided_accounts n ON n.account_uid = c.account_uid
WHERE c.rule = {id}",
        id = sql::text(&rule.id),
        rank = at + 1
    );
    Model::sql("owner_matches", &rule.id, query)
}

/// What stands behind a selection of accounts `a` so that only those of some classes are left.
pub(super) fn only(classes: &[AccountClass]) -> String {
    if classes.is_empty() {
        return String::new();
    }
    format!("\n  {CLASSES}\n  WHERE {CLASS} IN ({})", names(classes))
}

/// The names of classes as a list of texts.
pub(super) fn names(classes: &[AccountClass]) -> String {
    sql::texts(classes.iter().map(|class| class.as_str()))
}
