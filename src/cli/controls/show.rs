//! `ledgerline controls show`: all that a control says.

use std::path::PathBuf;

use serde::Serialize;

use super::super::Failure;
use super::super::output::{Format, print_json, print_text};
use super::{Known, Whose, known, named};
use crate::settings::rules::Parameter;

/// Print all that a control says.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The control.
    id: String,
    #[command(flatten)]
    whose: Whose,
}

/// A control as JSON has it.
#[derive(Serialize)]
struct Shown<'a> {
    control: &'a str,
    title: &'a str,
    of: String,
    subject: &'static str,
    detail: Option<&'a str>,
    risk: u8,
    /// Where the plan gives it another risk than its own.
    risk_set_at: Option<String>,
    tags: &'a [String],
    why: Option<&'a str>,
    mitigation: Option<&'a str>,
    mapping: Vec<Mapped<'a>>,
    needs: Vec<String>,
    lacks: Vec<&'a str>,
    parameters: Vec<ShownParameter<'a>>,
    tests: usize,
    file: String,
    sql: Option<&'a str>,
}

#[derive(Serialize)]
struct Mapped<'a> {
    framework: &'static str,
    clauses: &'a [String],
}

#[derive(Serialize)]
struct ShownParameter<'a> {
    name: &'a str,
    kind: &'static str,
    value: &'a str,
    default: &'a str,
    set_at: Option<String>,
}

pub(super) fn run(arguments: &Arguments, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let known = known(&arguments.whose, folder)?;
    let shown = shown(named(&arguments.id, &known)?);
    match format {
        Format::Json => print_json(&shown),
        Format::Table | Format::Csv => print_text(&text(&shown)),
    }
    Ok(0)
}

fn shown(one: &Known) -> Shown<'_> {
    let control = &one.control;
    let packed = control.packed.as_ref();
    let mapping = packed.map(|packed| packed.mapping.as_slice()).unwrap_or_default();
    let parameters = one.rule.as_ref().map(|rule| rule.parameters.as_slice()).unwrap_or_default();
    Shown {
        control: control.id.as_str(),
        title: &control.title,
        of: one.origin(),
        subject: one.subject(),
        detail: packed.and_then(|packed| packed.detail.as_deref()),
        risk: control.risk,
        risk_set_at: control.risk_set_at.as_ref().map(ToString::to_string),
        tags: &control.tags,
        why: packed.map(|packed| packed.why.as_str()),
        mitigation: control.mitigation.as_deref(),
        mapping: mapping.iter().map(|(framework, clauses)| Mapped { framework: framework.title(), clauses }).collect(),
        needs: packed.iter().flat_map(|packed| &packed.needs).map(ToString::to_string).collect(),
        lacks: one.lacks.iter().map(|lack| lack.reason.as_str()).collect(),
        parameters: parameters.iter().map(set).collect(),
        tests: one.rule.as_ref().map_or(0, |rule| rule.tests.len()),
        file: control.path.display().to_string(),
        sql: one.rule.as_ref().map(|rule| rule.sql.text.trim()),
    }
}

fn set(parameter: &Parameter) -> ShownParameter<'_> {
    ShownParameter {
        name: &parameter.name,
        kind: parameter.type_name(),
        value: &parameter.value,
        default: &parameter.default,
        set_at: parameter.set_at.as_ref().map(ToString::to_string),
    }
}

fn text(shown: &Shown<'_>) -> String {
    let mut text = format!("{}: {}\n\n", shown.control, shown.title);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("{name:<12}{value}\n"));
        }
    };
    line("of", &shown.of);
    line("about", shown.subject);
    line("detail", shown.detail.unwrap_or_default());
    let risk = match &shown.risk_set_at {
        Some(at) => format!("{} of 5 (set at {at})", shown.risk),
        None => format!("{} of 5", shown.risk),
    };
    line("risk", &risk);
    line("tags", &shown.tags.join(", "));
    line("why", shown.why.unwrap_or_default());
    line("mitigation", shown.mitigation.unwrap_or_default());
    for mapped in &shown.mapping {
        line("serves", &format!("{} {}", mapped.framework, mapped.clauses.join(", ")));
    }
    line("needs", &shown.needs.join(", "));
    for reason in &shown.lacks {
        line("lacks", reason);
    }
    for parameter in &shown.parameters {
        let from = match &parameter.set_at {
            Some(at) => format!("set at {at}; {} by default", parameter.default),
            None => format!("the default; {}", parameter.kind),
        };
        line("parameter", &format!("{} = {} ({from})", parameter.name, parameter.value));
    }
    line("tests", &shown.tests.to_string());
    line("file", &shown.file);
    match shown.sql {
        Some(sql) => text.push_str(&format!("\n{sql}\n")),
        None => text.push_str("\n`ledgerline explain PLAN --table control_hits --sql` prints its SQL.\n"),
    }
    text
}
