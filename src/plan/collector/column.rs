//! One column of a collector: where its value comes from and what is done to it.

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use regex::RegexBuilder;

use crate::collect::collector::{Case, ColumnMap, From as Origin, OnBadValue};
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::collector::ends::relation;
use crate::plan::collector::names::Part;
use crate::plan::node::Spot;
use crate::plan::raw::collector::{ColumnEntry, ColumnTable, OnBadValueName};
use crate::plan::rule::reads_as;
use crate::problem::Problems;
use crate::table::{Role, Table, Type};

/// Memory that a compiled regular expression may take, and the characters it may be written with.
const PATTERN_BYTES: usize = 1 << 20;
const PATTERN_LENGTH: usize = 1_024;

/// What the source offers besides its columns.
pub(super) struct Given<'a> {
    /// Captures of the file pattern.
    pub(super) captures: &'a [String],
    /// The columns of a headerless file; empty = not known before it is read.
    pub(super) header: &'a [String],
}

/// The map of one column.
pub(super) fn check(
    table: &Table,
    name: &str,
    part: Part,
    entry: ColumnEntry,
    spot: Spot<'_>,
    given: &Given<'_>,
    problems: &mut Problems,
) -> Option<ColumnMap> {
    let raw = match entry {
        ColumnEntry::From(from) => ColumnTable { from: Some(from), ..ColumnTable::default() },
        ColumnEntry::Full(raw) => *raw,
    };
    let kind = kind(table, name, part, &raw, spot, problems);
    let is_required = is_required(table, name, part, &raw, spot, problems);
    check_applicable(part, kind, spot, problems);
    check_pattern(raw.pattern.as_deref(), spot.key("pattern"), problems);
    check_formats(raw.formats.as_deref(), kind, spot.key("formats"), problems);
    check_default(&raw, kind, spot.key("default"), problems);
    let on_bad_value = on_bad_value(&raw, is_required, spot.key("on_bad_value"), problems);
    let from = origin(&raw, spot, given, problems)?;
    let lower = |texts: Vec<String>| texts.iter().map(|text| text.to_lowercase()).collect();
    let words = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Some(ColumnMap {
        name: name.to_owned(),
        kind,
        from,
        trim: raw.trim.unwrap_or(true),
        case: raw.case.map_or(Case::Keep, Case::from),
        formats: raw.formats.unwrap_or_else(|| words(&["%Y-%m-%d"])),
        null: raw.null,
        is_true: raw.is_true.map_or_else(|| words(&["true", "1", "y", "yes"]), lower),
        is_false: raw.is_false.map_or_else(|| words(&["false", "0", "n", "no"]), lower),
        default: raw.default,
        required: is_required,
        pattern: raw.pattern,
        one_of: raw.one_of,
        on_bad_value,
        is_volatile: raw.volatile.unwrap_or(matches!(part, Part::Known { is_volatile: true, .. })),
        is_matched: raw.is_matched.unwrap_or_else(|| has_norm(table, name)),
    })
}

fn has_norm(table: &Table, name: &str) -> bool {
    table.columns.iter().any(|column| matches!(column.role, Role::Norm(of) if of == name))
}

fn kind(table: &Table, name: &str, part: Part, raw: &ColumnTable, spot: Spot<'_>, problems: &mut Problems) -> Type {
    let given = raw.kind.map(Type::from);
    let own = match part {
        Part::Key | Part::Reference => Type::Text,
        Part::Known { kind, .. } => kind,
        Part::New => return given.unwrap_or(Type::Text),
    };
    if given.is_some_and(|given| given != own) {
        let own = own.sql();
        let message = format!("`{name}` of `{}` is {own}", table.name);
        problems.add(spot.key("type").error(codes::TYPE_DISAGREES, message).hint("remove `type`"));
    }
    own
}

fn is_required(
    table: &Table,
    name: &str,
    part: Part,
    raw: &ColumnTable,
    spot: Spot<'_>,
    problems: &mut Problems,
) -> bool {
    let always = part == Part::Key || relation(table.name).is_some_and(|relation| relation.is_required(name));
    if always && raw.required == Some(false) {
        let message = format!("a row of `{}` is nothing without `{name}`", table.name);
        problems.add(spot.key("required").error(codes::KEYS_DISAGREE, message).hint("remove `required`"));
    }
    always || raw.required == Some(true)
}

fn on_bad_value(raw: &ColumnTable, is_required: bool, spot: Spot<'_>, problems: &mut Problems) -> OnBadValue {
    match raw.on_bad_value {
        None if is_required => OnBadValue::Reject,
        None => OnBadValue::Null,
        Some(OnBadValueName::Reject) => OnBadValue::Reject,
        Some(OnBadValueName::Default) => {
            if raw.default.is_none() {
                let problem = spot.error(codes::KEYS_DISAGREE, "there is no default for values that do not fit");
                problems.add(problem.hint("say which with `default`"));
            }
            OnBadValue::Default
        }
        Some(OnBadValueName::Null) => {
            if is_required {
                let problem = spot.error(codes::KEYS_DISAGREE, "a required value cannot become null");
                problems.add(problem.hint("remove `on_bad_value`: such rows are rejected"));
            }
            OnBadValue::Null
        }
    }
}

/// Settings that the column has no use for would be ignored in silence.
fn check_applicable(part: Part, kind: Type, spot: Spot<'_>, problems: &mut Problems) {
    let is_key = matches!(part, Part::Key | Part::Reference);
    let mut refuse = |key: &str, is_refused: bool, message: &str, hint: &str| {
        if let Some(at) = spot.get(key).filter(|_| is_refused) {
            problems.add(at.key_error(codes::NOT_APPLICABLE, message).hint(hint));
        }
    };
    for key in ["trim", "case"] {
        let hint = "set it in `ledgerline.toml`, so that keys and references stay alike";
        refuse(key, is_key, &format!("`{key}` of keys and references is set for the whole project"), hint);
    }
    refuse("case", !is_key && kind != Type::Text, "`case` is for texts", "remove it");
    let is_time = matches!(kind, Type::Date | Type::Timestamp);
    refuse("formats", !is_time, "`formats` are for dates and timestamps", "remove it, or set `type = \"date\"`");
    for key in ["true", "false"] {
        let message = format!("`{key}` is for booleans");
        refuse(key, kind != Type::Boolean, &message, "remove it, or set `type = \"boolean\"`");
    }
    refuse("volatile", part == Part::Key, "a key is never volatile", "remove it");
}

fn origin(raw: &ColumnTable, spot: Spot<'_>, given: &Given<'_>, problems: &mut Problems) -> Option<Origin> {
    match (&raw.from, &raw.value, &raw.capture) {
        (Some(from), None, None) => {
            if !given.header.is_empty() && !given.header.contains(from) {
                let at = spot.get("from").unwrap_or(spot);
                let hint = suggest(from, "columns", given.header.iter().map(String::as_str));
                let message = format!("`header` of the source has no column `{from}`");
                problems.add(at.error(codes::UNKNOWN_COLUMN, message).hint(hint));
            }
            Some(Origin::Column(from.clone()))
        }
        (None, Some(value), None) => Some(Origin::Value(value.clone())),
        (None, None, Some(capture)) => {
            if !given.captures.contains(capture) {
                let hint = suggest(capture, "captures", given.captures.iter().map(String::as_str));
                let message = format!("`files` of the source has no capture `{{{capture}}}`");
                problems.add(spot.key("capture").error(codes::BAD_CAPTURE, message).hint(hint));
            }
            Some(Origin::Capture(capture.clone()))
        }
        _ => {
            let problem = spot.key_error(codes::KEYS_DISAGREE, "a value comes from exactly one place");
            problems.add(problem.hint("give one of `from`, `value` and `capture`"));
            None
        }
    }
}

fn check_pattern(pattern: Option<&str>, spot: Spot<'_>, problems: &mut Problems) {
    let Some(pattern) = pattern else { return };
    if pattern.len() > PATTERN_LENGTH {
        problems.add(spot.error(codes::BAD_PATTERN, format!("a pattern has at most {PATTERN_LENGTH} characters")));
        return;
    }
    let reason = match RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build() {
        Ok(_) => return,
        Err(regex::Error::CompiledTooBig(_)) => "it is too large once compiled".to_owned(),
        Err(error) => {
            let text = error.to_string();
            text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        }
    };
    let problem = spot.error(codes::BAD_PATTERN, format!("the regular expression does not compile: {reason}"));
    problems.add(problem.hint("in TOML, write it between single quotes: backslashes then stay as they are"));
}

fn check_formats(formats: Option<&[String]>, kind: Type, spot: Spot<'_>, problems: &mut Problems) {
    if !matches!(kind, Type::Date | Type::Timestamp) {
        return;
    }
    for (at, format) in formats.unwrap_or_default().iter().enumerate() {
        if !reads_back(format, kind) {
            let problem = spot.item(at).error(codes::BAD_FORMAT, format!("`{format}` reads no {}", kind.sql()));
            problems.add(problem.hint("use `strftime` notation, such as `%d/%m/%Y` or `%Y-%m-%dT%H:%M:%S`"));
        }
    }
    if formats.is_some_and(<[String]>::is_empty) {
        problems.add(spot.error(codes::BAD_FORMAT, "without a format nothing can be read"));
    }
}

/// Whether a day written in the format is read back as the same day.
fn reads_back(format: &str, kind: Type) -> bool {
    let day = jiff::civil::date(2001, 2, 3);
    let Ok(instant) = day.at(16, 5, 6, 0).to_zoned(TimeZone::UTC) else { return false };
    let Ok(written) = strtime::format(format, &instant) else { return false };
    let Ok(read) = strtime::parse(format, &written) else { return false };
    match kind {
        Type::Date => read.to_date().is_ok_and(|read| read == day),
        _ => read.to_timestamp().is_ok() || read.to_datetime().is_ok() || read.to_date().is_ok(),
    }
}

fn check_default(raw: &ColumnTable, kind: Type, spot: Spot<'_>, problems: &mut Problems) {
    let Some(default) = &raw.default else { return };
    if !reads_as(default, kind) {
        let message = format!("default `{default}` does not read as {}", kind.sql());
        problems.add(
            spot.error(codes::WRONG_TYPE, message).hint("write it as the ledger does: `2026-11-21`, `true`, `42`"),
        );
    }
    if !raw.one_of.is_empty() && !raw.one_of.contains(default) {
        problems.add(spot.error(codes::KEYS_DISAGREE, format!("default `{default}` is not among `one_of`")));
    }
}
