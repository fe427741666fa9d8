//! The text that a match rule compares, as SQL: the columns of a template, normalised or not, and the text between.
//!
//! Normalised texts are collected columns (`<column>_norm`): no engine folds case or accents. A template with a piece
//! that is null or empty gives null, which equals nothing: half a name is no name.

use std::sync::Arc;

use crate::collect::key::normalise;
use crate::kernels::{Kept, Text, TextPiece};
use crate::settings::reconcile::{Form, MatchRule};
use crate::settings::template::{Piece, Template};
use crate::settings::transliteration::Transliteration;
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

/// In which form texts are compared, and which characters count besides letters and digits.
#[derive(Clone, Copy)]
pub(super) struct As<'a> {
    pub(super) form: Form,
    pub(super) keep: &'a str,
}

impl<'a> As<'a> {
    pub(super) fn of_rule(rule: &'a MatchRule) -> Self {
        Self { form: rule.compare, keep: &rule.keep }
    }
}

/// The expression for a template.
pub(super) fn text(template: &Template, form: As<'_>, side: Side<'_>) -> String {
    let pieces: Vec<String> = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => sql::text(&between(text, form)),
            Piece::Column { name, first } => column(name, *first, form, &template.letters, side),
        })
        .collect();
    pieces.join(" || ")
}

/// The value of a column; null where the table lacks it, as before the first load of the source that brings it.
fn column(name: &str, first: Option<u32>, form: As<'_>, letters: &Transliteration, side: Side<'_>) -> String {
    let Some(field) = compared_column(name, form.form, side.columns) else {
        return sql::text_or_null(None);
    };
    let mut value = format!("{}.{}", side.alias, sql::name(&field.name));
    if field.kind != Type::Text {
        value = format!("CAST({value} AS VARCHAR)");
    }
    if form.form.is_normalised() && !letters.is_empty() {
        value = format!("transliterate({value}, {})", sql::text(&letters.to_string()));
    }
    if let Some(dropped) = dropped(form) {
        value = format!("regexp_replace({value}, {}, '', 'g')", sql::text(&dropped));
    }
    if let Some(first) = first {
        value = format!("SUBSTR({value}, 1, {first})");
    }
    format!("NULLIF({value}, '')")
}

/// The same for a kernel.
pub(super) fn columns(template: &Template, form: As<'_>, columns: &[Field]) -> Text {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => TextPiece::Between(between(text, form)),
        Piece::Column { name, first } => {
            let Some(field) = compared_column(name, form.form, columns) else { return TextPiece::Nothing };
            let keep = match form.form {
                Form::Equal | Form::Normalised => None,
                Form::Alphanumeric => Some(Kept { has_letters: true, others: form.keep.to_owned() }),
                Form::Digits => Some(Kept { has_letters: false, others: String::new() }),
            };
            let is_written = form.form.is_normalised() && !template.letters.is_empty();
            let letters = is_written.then(|| Arc::clone(&template.letters));
            TextPiece::Column { field: field.clone(), letters, keep, first: *first }
        }
    };
    Text(template.pieces.iter().map(piece).collect())
}

/// The text of a template in a form, over a table with these columns.
#[must_use]
pub fn compared_text(template: &Template, form: Form, fields: &[Field]) -> Text {
    columns(template, As { form, keep: "" }, fields)
}

/// The column that holds what is compared of another. Dates and numbers have no accents: they are compared as they are.
fn compared_column<'c>(name: &str, form: Form, columns: &'c [Field]) -> Option<&'c Field> {
    let find = |name: &str| columns.iter().find(|field| field.name == name);
    match form {
        Form::Equal | Form::Digits => find(name),
        Form::Normalised | Form::Alphanumeric => {
            find(&format!("{name}_norm")).or_else(|| find(name).filter(|field| field.kind != Type::Text))
        }
    }
}

/// The text between columns in a form. Of letters and digits it is kept whole: it was written on purpose.
fn between(text: &str, form: As<'_>) -> String {
    match form.form {
        Form::Equal | Form::Digits => text.to_owned(),
        Form::Normalised | Form::Alphanumeric => normalise_between(text),
    }
}

/// A regular expression for the characters that a form drops, alike in Rust and RE2.
fn dropped(form: As<'_>) -> Option<String> {
    let mut kept = String::new();
    for character in form.keep.chars() {
        if character.is_ascii_punctuation() {
            kept.push('\\');
        }
        kept.push(character);
    }
    match form.form {
        Form::Equal | Form::Normalised => None,
        Form::Alphanumeric => Some(format!("[^a-z0-9{kept}]")),
        Form::Digits => Some("[^0-9]".to_owned()),
    }
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

    fn rule(form: Form, keep: &str) -> As<'_> {
        As { form, keep }
    }

    #[test]
    fn a_template_becomes_sql_that_both_engines_read() {
        let columns = ["login", "login_norm"].map(|name| Field::new(name, Type::Text));
        let columns = [&columns[..], &[Field::new("badge", Type::Integer)]].concat();
        let side = Side { alias: "a", columns: &columns };
        let sql = |template: &str, form: As<'_>| text(&Template::parse(template).expect("it parses"), form, side);
        assert_eq!(sql("login", rule(Form::Equal, "")), "NULLIF(a.\"login\", '')");
        assert_eq!(sql("{badge}É", rule(Form::Equal, "")), "NULLIF(CAST(a.\"badge\" AS VARCHAR), '') || 'É'");
        assert_eq!(
            sql("{login:1} Dé {nothing}", rule(Form::Normalised, "")),
            "NULLIF(SUBSTR(a.\"login_norm\", 1, 1), '') || ' de ' || CAST(NULL AS VARCHAR)"
        );
        assert_eq!(
            sql("login", rule(Form::Alphanumeric, ".-]'")),
            "NULLIF(regexp_replace(a.\"login_norm\", '[^a-z0-9\\.\\-\\]\\'']', '', 'g'), '')"
        );
        assert_eq!(
            sql("badge", rule(Form::Alphanumeric, "")),
            "NULLIF(regexp_replace(CAST(a.\"badge\" AS VARCHAR), '[^a-z0-9]', '', 'g'), '')"
        );
        let letters = Arc::new(Transliteration::parse("ß=ss,ø=o"));
        let written = Template { letters, ..Template::parse("{login:2}{badge}").expect("it parses") };
        assert_eq!(
            text(&written, rule(Form::Normalised, ""), Side { alias: "a", columns: &columns[..2] }),
            "NULLIF(SUBSTR(transliterate(a.\"login_norm\", 'ß=ss,ø=o'), 1, 2), '') || CAST(NULL AS VARCHAR)"
        );
        assert_eq!(sql("login", rule(Form::Digits, "")), "NULLIF(regexp_replace(a.\"login\", '[^0-9]', '', 'g'), '')");
    }
}
