//! A rule: comment lines that describe it, then one query.
//!
//! `-- title: ..`, `-- tags: a, b`, `-- parameter NAME TYPE = default`, `-- test: ..` (see `rule_tests`). Other comment
//! lines are comments.

use std::sync::Arc;

use crate::ids::{RuleId, is_slug};
use crate::names::{any_of, nearest, suggest};
use crate::plan::codes;
use crate::plan::rule_tests::Tests;
use crate::problem::{Problem, Problems};
use crate::settings::rules::{AS_OF, Parameter, Rule, placeholders};
use crate::source::{Place, SourceFile, SqlText};
use crate::table::Type;

const KEYS: [&str; 3] = ["title", "tags", "test"];

/// Several texts, as they stand within `IN (..)`.
const TEXTS: &str = "texts";

const TYPES: [(&str, Type); 6] = [
    ("text", Type::Text),
    ("integer", Type::Integer),
    ("boolean", Type::Boolean),
    ("date", Type::Date),
    ("timestamp", Type::Timestamp),
    ("double", Type::Double),
];

/// The rule that a file's text describes.
pub(super) fn check(id: RuleId, file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Rule> {
    check_with(id, file, &[], problems)
}

/// The same, where the header has other keys besides, which somebody else reads.
pub(super) fn check_with(
    id: RuleId,
    file: &Arc<SourceFile>,
    other_keys: &[&str],
    problems: &mut Problems,
) -> Option<Rule> {
    let errors = problems.count(crate::problem::Severity::Error);
    let mut title = None;
    let mut tags = Vec::new();
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut tests = Tests::default();
    let mut sql_start = 0;
    for line in file.text().split_inclusive('\n') {
        let place = Place::new(file, sql_start..sql_start + line.trim_end().len());
        let comment = match line.trim().strip_prefix("--") {
            Some(comment) => comment.trim(),
            None if line.trim().is_empty() => "",
            None => break,
        };
        sql_start += line.len();
        if let Some(declaration) = comment.strip_prefix("parameter ") {
            match parameter(declaration, place.clone()) {
                Ok(found) if parameters.iter().any(|known| known.name == found.name) => {
                    let message = format!("parameter `{}` is given twice", found.name);
                    problems.add(Problem::error(codes::DUPLICATE_NAME, message).at(place));
                }
                Ok(found) => parameters.push(found),
                Err(problem) => problems.add(*problem),
            }
        } else if comment.contains('|') || comment.starts_with("with ") {
            if let Err(problem) = tests.line(comment, &place) {
                problems.add(*problem);
            }
        } else if let Some((key, value)) = comment.split_once(':') {
            match key.trim() {
                "test" => tests.begin(value.trim(), place),
                "title" => title = Some(value.trim().to_owned()),
                "tags" => {
                    tags = value.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
                }
                other if !other.contains(' ') && !other_keys.contains(&other) => {
                    if let Some(meant) = nearest(other, KEYS) {
                        let problem = Problem::error(codes::BAD_HEADER, format!("unknown header `{other}`")).at(place);
                        problems.add(problem.hint(format!("did you mean `{meant}`?")));
                    }
                }
                _ => {}
            }
        }
    }
    if title.as_deref().unwrap_or_default().is_empty() {
        let problem = Problem::error(codes::BAD_HEADER, "the rule has no title").at(Place::new(file, 0..0));
        problems.add(problem.hint("begin the file with `-- title: ..`"));
    }
    let body = &file.text()[sql_start..];
    let sql = SqlText { text: body.to_owned(), place: Place::new(file, sql_start..file.text().len()) };
    if body.trim().is_empty() {
        problems.add(Problem::error(codes::BAD_HEADER, "the rule has no query").at(sql.place.clone()));
    }
    check_placeholders(&sql, &parameters, problems);
    let needs_as_of = placeholders(&sql.text).iter().any(|(name, _)| *name == AS_OF);
    let tests = tests.checked(&parameters, needs_as_of, problems);
    let is_sound = problems.count(crate::problem::Severity::Error) == errors;
    is_sound.then(|| Rule {
        id,
        title: title.unwrap_or_default(),
        tags,
        parameters,
        tests,
        sql,
        path: file.path().to_owned(),
    })
}

/// `NAME TYPE = default`
fn parameter(text: &str, place: Place) -> Result<Parameter, Box<Problem>> {
    let bad = |message: String| {
        let problem = Problem::error(codes::BAD_HEADER, message).at(place.clone());
        Box::new(problem.hint("write `-- parameter NAME TYPE = default`, such as `-- parameter days integer = 90`"))
    };
    let (declared, default) = text.split_once('=').ok_or_else(|| bad("a parameter needs a default".to_owned()))?;
    let words: Vec<&str> = declared.split_whitespace().collect();
    let [name, kind] = words.as_slice() else {
        return Err(bad("a parameter has a name and a type".to_owned()));
    };
    if !is_slug(name) {
        return Err(bad(format!("`{name}` is no name of a parameter")));
    }
    if *name == AS_OF {
        return Err(bad(format!("`{AS_OF}` is the day of the load, which every rule has")));
    }
    let is_list = *kind == TEXTS;
    let kind = TYPES
        .iter()
        .find(|(known, _)| known == kind)
        .map(|(_, kind)| *kind)
        .or(is_list.then_some(Type::Text))
        .ok_or_else(|| {
        let known = TYPES.iter().map(|(name, _)| *name).chain([TEXTS]);
        bad(format!("`{kind}` is no type: use {}", any_of(known)))
    })?;
    let default = default.trim();
    let default = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(default);
    if !reads_as(default, kind) {
        return Err(bad(format!("default `{default}` does not read as its type")));
    }
    let default = default.to_owned();
    Ok(Parameter { name: (*name).to_owned(), kind, is_list, value: default.clone(), default, set_at: None, place })
}

/// Whether a text is a value of a type, written the way the ledger writes it.
pub(super) fn reads_as(text: &str, kind: Type) -> bool {
    match kind {
        Type::Text => true,
        Type::Integer => text.parse::<i64>().is_ok(),
        Type::Boolean => matches!(text, "true" | "false"),
        Type::Date => text.parse::<jiff::civil::Date>().is_ok(),
        Type::Timestamp => text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok(),
        Type::Double => text.parse::<f64>().is_ok_and(f64::is_finite),
    }
}

fn check_placeholders(sql: &SqlText, parameters: &[Parameter], problems: &mut Problems) {
    let found = placeholders(&sql.text);
    let names = || parameters.iter().map(|parameter| parameter.name.as_str());
    for (name, at) in &found {
        if *name != AS_OF && !names().any(|known| known == *name) {
            let problem =
                Problem::error(codes::UNKNOWN_PARAMETER, format!("`{{{name}}}` is no parameter of this rule"));
            problems.add(problem.at(sql.place_of(at.clone())).hint(suggest(name, "parameters", names())));
        }
    }
    for parameter in parameters.iter().filter(|known| !found.iter().any(|(name, _)| *name == known.name)) {
        let message = format!("parameter `{}` is not used", parameter.name);
        problems.add(Problem::warning(codes::UNUSED_PARAMETER, message).at(parameter.place.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Look;

    fn load(text: &str) -> Result<Rule, String> {
        let mut problems = Problems::new();
        let file = SourceFile::new("rules/idle.sql", text);
        let rule = check("idle".parse().unwrap(), &file, &mut problems);
        rule.ok_or_else(|| problems.render(Look::Plain))
    }

    #[test]
    fn a_rule_is_a_header_and_a_query() {
        let rule = load(
            "-- title: Idle accounts\n-- tags: account, hygiene\n-- parameter days integer = 90\n-- whatever else\n\n\
             SELECT uid FROM accounts WHERE last_logon_on < {days} AND x <> '{no}' -- {neither}\n",
        )
        .unwrap();
        assert_eq!((rule.title.as_str(), rule.tags.len()), ("Idle accounts", 2));
        assert_eq!((rule.parameters[0].name.as_str(), rule.parameters[0].kind), ("days", Type::Integer));
        let place = rule.sql.place_at(1, 8);
        assert_eq!(place.file.position(place.span.start), (6, 8));
    }

    #[test]
    fn a_placeholder_without_a_parameter_is_pointed_at() {
        let shown = load("-- title: x\n-- parameter days integer = 90\nSELECT {dayz}\n").unwrap_err();
        assert!(
            shown.contains("error[LL0502]: `{dayz}` is no parameter of this rule\n --> rules/idle.sql:3:8"),
            "{shown}"
        );
        assert!(shown.contains("did you mean `days`?"), "{shown}");
        assert!(shown.contains("warning[LL0503]"), "{shown}");
    }

    #[test]
    fn a_bad_header_is_told_line_by_line() {
        let shown =
            load("-- tilte: x\n-- parameter Days integer = 1\n-- parameter n whole = 1\n-- parameter n integer = x\n")
                .unwrap_err();
        assert_eq!(shown.matches("error[LL0501]").count(), 6, "{shown}");
    }
}
