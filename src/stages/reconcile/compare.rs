//! The text that a match rule compares, as SQL: the columns of a template, normalised or not, and the text between.
//!
//! Normalised texts are collected columns (`<column>_norm`): no engine folds case or accents. A template with a piece
//! that is null or empty gives null, which equals nothing: half a name is no name.

use crate::collect::key::normalise;
use crate::kernels::{Text, TextPiece};
use crate::settings::reconcile::{Compare, MatchRule};
use crate::settings::template::{Piece, Template};
use crate::sql;
use crate::table::{Field, Type};

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// How the query calls its table.
    pub(super) alias: &'a str,
    /// The columns that the table has.
    pub(super) columns: &'a [Field],
}

/// The expression for a template of a rule.
pub(super) fn text(template: &Template, rule: &MatchRule, side: Side<'_>) -> String {
    let pieces: Vec<String> = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) if rule.compare == Compare::Equal => sql::text(text),
            Piece::Text(text) => sql::text(&normalise_between(text)),
            Piece::Column { name, first } => column(name, *first, rule, side),
        })
        .collect();
    pieces.join(" || ")
}

/// The value of a column; null where the table lacks it, as before the first load of the source that brings it.
fn column(name: &str, first: Option<u32>, rule: &MatchRule, side: Side<'_>) -> String {
    let name = compared_column(name, rule);
    let Some(field) = side.columns.iter().find(|field| field.name == name) else {
        return sql::text_or_null(None);
    };
    let mut value = format!("{}.{}", side.alias, sql::name(&name));
    if field.kind != Type::Text {
        value = format!("CAST({value} AS VARCHAR)");
    }
    if rule.compare == Compare::Alphanumeric {
        value = format!("regexp_replace({value}, {}, '', 'g')", sql::text(&dropped(&rule.keep)));
    }
    if let Some(first) = first {
        value = format!("SUBSTR({value}, 1, {first})");
    }
    format!("NULLIF({value}, '')")
}

/// The same for a kernel.
pub(super) fn columns(template: &Template, rule: &MatchRule, columns: &[Field]) -> Text {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) if rule.compare == Compare::Equal => TextPiece::Between(text.clone()),
        Piece::Text(text) => TextPiece::Between(normalise_between(text)),
        Piece::Column { name, first } => {
            let name = compared_column(name, rule);
            let Some(field) = columns.iter().find(|field| field.name == name) else { return TextPiece::Nothing };
            let keep = (rule.compare == Compare::Alphanumeric).then(|| rule.keep.clone());
            TextPiece::Column { field: field.clone(), keep, first: *first }
        }
    };
    Text(template.pieces.iter().map(piece).collect())
}

/// The column that holds what is compared of another.
fn compared_column(name: &str, rule: &MatchRule) -> String {
    if rule.compare == Compare::Equal { name.to_owned() } else { format!("{name}_norm") }
}

/// A regular expression for the characters that an alphanumeric comparison drops, alike in Rust and RE2.
fn dropped(keep: &str) -> String {
    let mut kept = String::new();
    for character in keep.chars() {
        if character.is_ascii_punctuation() {
            kept.push('\\');
        }
        kept.push(character);
    }
    format!("[^a-z0-9{kept}]")
}

/// Normalises the text between columns, outer blanks and all: they may be what stands between two names.
fn normalise_between(text: &str) -> String {
    let inner = text.trim();
    if inner.is_empty() {
        return text.to_owned();
    }
    let start = text.len() - text.trim_start().len();
    format!("{}{}{}", &text[..start], normalise(inner), &text[start + inner.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::reconcile::OnAmbiguous;

    fn rule(compare: Compare, keep: &str) -> MatchRule {
        let template = Template::parse("{login}").expect("a template");
        MatchRule {
            id: "r".to_owned(),
            account: template.clone(),
            identity: template,
            compare,
            keep: keep.to_owned(),
            repositories: Vec::new(),
            on_ambiguous: OnAmbiguous::Next,
            is_remembered: true,
        }
    }

    #[test]
    fn a_template_becomes_sql_that_both_engines_read() {
        let columns = ["login", "login_norm"].map(|name| Field::new(name, Type::Text));
        let columns = [&columns[..], &[Field::new("badge", Type::Integer)]].concat();
        let side = Side { alias: "a", columns: &columns };
        let sql = |template: &str, rule: &MatchRule| text(&Template::parse(template).expect("it parses"), rule, side);
        assert_eq!(sql("login", &rule(Compare::Equal, "")), "NULLIF(a.\"login\", '')");
        assert_eq!(sql("{badge}É", &rule(Compare::Equal, "")), "NULLIF(CAST(a.\"badge\" AS VARCHAR), '') || 'É'");
        assert_eq!(
            sql("{login:1} Dé {nothing}", &rule(Compare::Normalised, "")),
            "NULLIF(SUBSTR(a.\"login_norm\", 1, 1), '') || ' de ' || CAST(NULL AS VARCHAR)"
        );
        assert_eq!(
            sql("login", &rule(Compare::Alphanumeric, ".-]'")),
            "NULLIF(regexp_replace(a.\"login_norm\", '[^a-z0-9\\.\\-\\]\\'']', '', 'g'), '')"
        );
    }
}
