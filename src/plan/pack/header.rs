//! The header of a control of a pack: that of a rule, and what the control says besides.
//!
//! `-- subject: account`, `-- detail: ..`, `-- risk: 3`, `-- why: ..`, `-- mitigation: ..`, `-- needs: accounts.is_enabled, managers`,
//! `-- names: left = permissions.duty` for a parameter whose value should occur in a column, and a line for each framework:
//! `-- iso27001: 5.16, 5.18`.

use std::sync::Arc;

use crate::ids::RuleId;
use crate::plan::{codes, rule};
use crate::problem::{Problem, Problems};
use crate::settings::packs::{Framework, Need};
use crate::settings::rules::Rule;
use crate::source::{Place, SourceFile};
use crate::table::Kind;

/// Keys besides those of a rule, but for the frameworks.
const KEYS: [&str; 7] = ["subject", "detail", "risk", "why", "mitigation", "needs", "names"];

/// A question of a pack.
pub(super) struct Question {
    pub(super) rule: Rule,
    pub(super) needs: Vec<Need>,
    /// What a control says; `None` for a question that controls share.
    pub(super) control: Option<Said>,
}

/// What a control of a pack says of its findings.
pub(super) struct Said {
    pub(super) subject: Kind,
    pub(super) detail: Option<String>,
    pub(super) risk: u8,
    pub(super) why: String,
    pub(super) mitigation: String,
    pub(super) names: Vec<(String, String, String)>,
    pub(super) mapping: Vec<(Framework, Vec<String>)>,
}

/// The question that a file's text describes.
pub(super) fn check(id: RuleId, file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Question> {
    let mut keys = KEYS.to_vec();
    keys.extend(Framework::ALL.map(Framework::key));
    let rule = rule::check_with(id, file, &keys, problems)?;
    let lines = lines(file, &keys);
    let value = |key: &str| lines.iter().find(|(known, ..)| *known == key).map(|(_, value, place)| (*value, place));
    let words = |key: &str| value(key).map(|(text, _)| list(text)).unwrap_or_default();
    let needs = words("needs").iter().map(|text| need(text)).collect();
    let Some((subject, at)) = value("subject") else { return Some(Question { rule, needs, control: None }) };
    let mut told = |message: &str, place: &Place| {
        problems.add(Problem::error(codes::BAD_HEADER, message).at(place.clone()));
    };
    let kind = Kind::named(subject);
    if kind.is_none() {
        told(&format!("`{subject}` is no kind of object"), at);
    }
    let risk = value("risk").and_then(|(text, _)| text.parse().ok()).filter(|risk| *risk <= 5);
    let (why, mitigation) = (value("why"), value("mitigation"));
    if risk.is_none() || why.is_none() || mitigation.is_none() {
        told("a control of a pack needs `risk` from 0 to 5, `why` and `mitigation`", at);
    }
    let mapping: Vec<(Framework, Vec<String>)> =
        Framework::ALL.into_iter().map(|framework| (framework, words(framework.key()))).collect();
    let said = Said {
        subject: kind?,
        detail: value("detail").map(|(text, _)| text.to_owned()),
        risk: risk?,
        why: why?.0.to_owned(),
        mitigation: mitigation?.0.to_owned(),
        names: words("names").iter().filter_map(|text| names(text)).collect(),
        mapping: mapping.into_iter().filter(|(_, clauses)| !clauses.is_empty()).collect(),
    };
    Some(Question { rule, needs, control: Some(said) })
}

/// The lines of a header with one of these keys: key, value, place.
fn lines<'a>(file: &'a Arc<SourceFile>, keys: &[&'a str]) -> Vec<(&'a str, &'a str, Place)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in file.text().split_inclusive('\n') {
        let place = Place::new(file, start..start + line.trim_end().len());
        start += line.len();
        let Some(comment) = line.trim().strip_prefix("--") else { break };
        let Some((key, value)) = comment.split_once(':') else { continue };
        if let Some(key) = keys.iter().find(|known| **known == key.trim()) {
            found.push((*key, value.trim(), place));
        }
    }
    found
}

/// What stands between commas.
fn list(text: &str) -> Vec<String> {
    text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// `left = permissions.duty`
fn names(text: &str) -> Option<(String, String, String)> {
    let (parameter, column) = text.split_once('=')?;
    let (table, column) = column.trim().split_once('.')?;
    Some((parameter.trim().to_owned(), table.to_owned(), column.to_owned()))
}

fn need(text: &str) -> Need {
    match (text.split_once('.'), text.strip_prefix("rule_")) {
        (Some((table, column)), _) => Need::Column { table: table.to_owned(), column: column.to_owned() },
        (None, Some(rule)) => Need::Shared(rule.to_owned()),
        (None, None) => Need::Table(text.to_owned()),
    }
}
