//! The policy of reconcile: how owners are found.

use std::collections::BTreeSet;

use crate::collect::key::KeyForms;
use crate::ids::is_slug;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::plan::raw::owners::{Compare, MatchTable, OneOrMore, OwnersFile};
use crate::plan::scoring;
use crate::plan::stages::whole_days;
use crate::problem::Problems;
use crate::settings::reconcile::{ClassRule, Form, MatchRule, OwnerlessRule, OwnersPolicy};
use crate::settings::template::Template;
use crate::table::Kind;

/// What decides besides rules, and parts of results that are no rule's: results name both like a rule.
const RESERVED: [&str; 7] = ["pin", "class", "stated", "leaved", "returned", "scored", "unruled"];

/// The policy that a file's raw struct describes.
pub(super) fn check(raw: OwnersFile, root: Spot<'_>, forms: &KeyForms, problems: &mut Problems) -> OwnersPolicy {
    let in_key_form = |codes: Vec<String>| {
        let form = forms.of(Kind::Repository, "");
        codes.iter().map(|code| form.apply(code).into_owned()).collect()
    };
    let mut ids = BTreeSet::new();
    let mut classes = Vec::new();
    for (table, spot) in raw.class.into_iter().zip(root.key("class").items()) {
        check_rule_id(spot.key("id"), &mut ids, problems);
        let Some(predicate) = spot.key("where").sql() else { continue };
        let has_owner = table.has_owner.unwrap_or(table.class.is_somebodys());
        let repositories = in_key_form(table.repositories);
        classes.push(ClassRule { id: table.id, class: table.class, predicate, repositories, has_owner });
    }
    let mut ownerless = Vec::new();
    for (table, spot) in raw.ownerless.into_iter().zip(root.key("ownerless").items()) {
        check_rule_id(spot.key("id"), &mut ids, problems);
        check_name(spot.key("reason"), problems);
        let Some(predicate) = spot.key("where").sql() else { continue };
        let repositories = in_key_form(table.repositories);
        ownerless.push(OwnerlessRule { id: table.id, reason: table.reason, predicate, repositories });
    }
    let mut matches = Vec::new();
    let mut scored = Vec::new();
    for (table, spot) in raw.matches.into_iter().zip(root.key("match").items()) {
        check_rule_id(spot.key("id"), &mut ids, problems);
        let table = MatchTable { repositories: in_key_form(table.repositories), ..table };
        match table.tier {
            Some(tier) => scored.extend(scoring::check_rule(table, tier, spot, problems)),
            None => matches.extend(check_match(table, spot, problems)),
        }
    }
    let scoring = scoring::check(raw.scoring, scored, root, problems);
    let carry_days = raw.carry_for.map(|given| whole_days(given, root.key("carry_for"), problems));
    OwnersPolicy { classes, ownerless, matches, scoring, carry_days, on_return: raw.on_return }
}

fn check_rule_id(spot: Spot<'_>, ids: &mut BTreeSet<String>, problems: &mut Problems) {
    check_id(spot, ids, problems);
    if let Some(id) = spot.text().filter(|id| RESERVED.contains(id)) {
        let problem = spot.error(codes::BAD_NAME, format!("`{id}` is what Ledgerline calls decisions of its own"));
        problems.add(problem.hint(format!("name the rule otherwise; taken are {}", RESERVED.join(", "))));
    }
}

/// A rule that decides alone.
fn check_match(raw: MatchTable, spot: Spot<'_>, problems: &mut Problems) -> Option<MatchRule> {
    let is_given = |key: &str| spot.get(key).is_some();
    const OF_TIERS: [&str; 10] = [
        "on",
        "weight",
        "block",
        "confirm",
        "confirm_single",
        "ignore_if_matched_by",
        "confidence",
        "at_least",
        "at_most",
        "alike",
    ];
    let mut is_sound = true;
    for key in OF_TIERS.into_iter().filter(|key| is_given(key)) {
        let problem = spot.key(key).key_error(codes::KEYS_DISAGREE, format!("`{key}` is for rules with a `tier`"));
        problems.add(problem.hint("add `tier = 1`: then the rule adds up with others; or remove the key"));
        is_sound = false;
    }
    let Some(compare) = form(raw.compare.unwrap_or_default()) else {
        let problem = spot.key("compare").error(codes::KEYS_DISAGREE, "likeness decides nothing alone");
        problems.add(problem.hint("add `tier = 1`: then the rule adds up with others"));
        return None;
    };
    if raw.keep.is_some() && compare != Form::Alphanumeric {
        let problem = spot.key("keep").key_error(codes::KEYS_DISAGREE, "`keep` is for `compare = \"alphanumeric\"`");
        problems.add(problem.hint("remove `keep`: the other comparisons keep every character"));
    }
    for key in ["account", "identity"].into_iter().filter(|key| !is_given(key) && is_sound) {
        let problem = spot.error(codes::MISSING_KEY, format!("`{key}` is missing"));
        problems.add(problem.hint(format!("add `{key}`: a column such as `employee_id`, or a template")));
    }
    if matches!(raw.identity, Some(OneOrMore::More(_))) {
        let problem = spot.key("identity").error(codes::KEYS_DISAGREE, "several texts are for rules with a `tier`");
        problems.add(problem.hint("write one rule for each, or add `tier = 1`"));
        return None;
    }
    let account = template(spot.get("account")?, problems);
    let identity = template(spot.get("identity")?, problems);
    Some(MatchRule {
        id: raw.id,
        account: account?,
        identity: identity?,
        compare,
        keep: raw.keep.unwrap_or_default(),
        repositories: raw.repositories,
        classes: raw.classes,
        on_ambiguous: raw.on_ambiguous.unwrap_or_default(),
        is_remembered: raw.remember.unwrap_or(true),
    })
    .filter(|_| is_sound)
}

/// The form in which texts are compared that must be the same; `None` where likeness is asked.
pub(super) fn form(compare: Compare) -> Option<Form> {
    match compare {
        Compare::Equal => Some(Form::Equal),
        Compare::Normalised => Some(Form::Normalised),
        Compare::Alphanumeric => Some(Form::Alphanumeric),
        Compare::Digits => Some(Form::Digits),
        Compare::Prefix | Compare::EditDistance | Compare::JaroWinkler | Compare::Trigram | Compare::Nickname => None,
    }
}

/// The template that a text is.
pub(super) fn template(spot: Spot<'_>, problems: &mut Problems) -> Option<Template> {
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
