//! The policy of reconcile: how owners are found.

use std::collections::BTreeSet;

use crate::collect::key::KeyForms;
use crate::ids::is_slug;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::raw::owners::{MatchTable, OwnersFile};
use crate::problem::Problems;
use crate::settings::reconcile::{Compare, MatchRule, OwnerlessRule, OwnersPolicy};
use crate::settings::template::Template;
use crate::table::Kind;

/// What decides besides rules: results name it like a rule.
const RESERVED: [&str; 4] = ["pin", "class", "stated", "leaved"];

/// The policy that a file's raw struct describes.
pub(super) fn check(raw: OwnersFile, root: Spot<'_>, forms: &KeyForms, problems: &mut Problems) -> OwnersPolicy {
    let in_key_form = |codes: Vec<String>| {
        let form = forms.of(Kind::Repository, "");
        codes.iter().map(|code| form.apply(code).into_owned()).collect()
    };
    let mut ids = BTreeSet::new();
    let mut ownerless = Vec::new();
    for (table, spot) in raw.ownerless.into_iter().zip(root.key("ownerless").items()) {
        check_rule_id(spot.key("id"), &mut ids, problems);
        check_name(spot.key("reason"), problems);
        let Some(predicate) = spot.key("where").sql() else { continue };
        let repositories = in_key_form(table.repositories);
        ownerless.push(OwnerlessRule { id: table.id, reason: table.reason, predicate, repositories });
    }
    let mut matches = Vec::new();
    for (table, spot) in raw.matches.into_iter().zip(root.key("match").items()) {
        check_rule_id(spot.key("id"), &mut ids, problems);
        let table = MatchTable { repositories: in_key_form(table.repositories), ..table };
        matches.extend(check_match(table, spot, problems));
    }
    OwnersPolicy { ownerless, matches }
}

fn check_rule_id(spot: Spot<'_>, ids: &mut BTreeSet<String>, problems: &mut Problems) {
    check_id(spot, ids, problems);
    if let Some(id) = spot.text().filter(|id| RESERVED.contains(id)) {
        let problem = spot.error(codes::BAD_NAME, format!("`{id}` is what Ledgerline calls decisions of its own"));
        problems.add(problem.hint(format!("name the rule otherwise; taken are {}", RESERVED.join(", "))));
    }
}

fn check_match(raw: MatchTable, spot: Spot<'_>, problems: &mut Problems) -> Option<MatchRule> {
    if raw.keep.is_some() && raw.compare != Compare::Alphanumeric {
        let problem = spot.key("keep").key_error(codes::KEYS_DISAGREE, "`keep` is for `compare = \"alphanumeric\"`");
        problems.add(problem.hint("remove `keep`: the other comparisons keep every character"));
    }
    let account = template(spot.key("account"), problems);
    let identity = template(spot.key("identity"), problems);
    Some(MatchRule {
        id: raw.id,
        account: account?,
        identity: identity?,
        compare: raw.compare,
        keep: raw.keep.unwrap_or_default(),
        repositories: raw.repositories,
        on_ambiguous: raw.on_ambiguous,
        is_remembered: raw.remember,
    })
}

fn template(spot: Spot<'_>, problems: &mut Problems) -> Option<Template> {
    match Template::parse(spot.text()?) {
        Ok(template) => Some(template),
        Err(reason) => {
            let hint = "write a column such as `employee_id`, or a template such as `{given_name}.{family_name}`";
            problems.add(spot.error(codes::BAD_NAME, reason).hint(hint));
            None
        }
    }
}

/// An id: lower-snake, and not yet in `ids`.
pub(super) fn check_id(spot: Spot<'_>, ids: &mut BTreeSet<String>, problems: &mut Problems) {
    check_name(spot, problems);
    let Some(id) = spot.text() else { return };
    if !ids.insert(id.to_owned()) {
        let problem = spot.error(codes::DUPLICATE_NAME, format!("`{id}` is given twice"));
        problems.add(problem.hint("give each its own id: results name it"));
    }
}

/// A lower-snake name.
pub(super) fn check_name(spot: Spot<'_>, problems: &mut Problems) {
    let Some(name) = spot.text().filter(|name| !is_slug(name)) else { return };
    let problem = spot.error(codes::BAD_NAME, format!("`{name}` is no name"));
    problems.add(problem.hint("begin with a lower-case letter and go on with lower-case letters, digits and `_`"));
}
