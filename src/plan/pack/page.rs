//! The page of a pack, `docs/controls.md`: what to collect, what each control finds and why, and what it serves.

use std::fmt::Write;

use crate::settings::controls::{Check, Control};
use crate::settings::packs::{Framework, Need, Pack, Packed};
use crate::settings::rules::Parameter;

const OPENING: &str = "# The standard pack of controls

Written by `ledgerline schema controls`. A plan takes these controls with one line, `packs = [\"standard\"]` below
`[stage.controls]`, and says below it what is otherwise for single ones: `docs/files.md` has the keys, and
`docs/stages/controls.md` how findings live on. A control is evaluated where the project collects all that it asks for; of the
others `ledgerline controls list --plan PLAN` says what they lack, and so does every run. A control looks at what sources say: a
column that a source leaves empty is not told, and finds nothing. An account can log on unless its source says otherwise,
and a permission is no folder unless its category says so.

`ledgerline controls show ID` prints a control with its SQL, `ledgerline controls test` runs the tests that all of them carry.
";

/// The page as Markdown.
#[must_use]
pub fn pack_page(pack: &Pack) -> String {
    let mut page = OPENING.to_owned();
    let _ = write!(page, "\n{} controls:\n\n| area | controls |\n|---|---|\n", pack.controls.len());
    let areas = areas(pack);
    for (area, controls) in &areas {
        let _ = writeln!(page, "| [{area}](#{area}) | {} |", controls.len());
    }
    collected(&mut page, pack);
    for (area, controls) in &areas {
        let _ = write!(page, "\n## {area}\n");
        for control in controls {
            write_control(&mut page, control);
        }
    }
    clauses(&mut page, pack);
    page
}

/// The controls by folder of the pack.
fn areas(pack: &Pack) -> Vec<(&str, Vec<&Control>)> {
    let mut areas: Vec<(&str, Vec<&Control>)> = Vec::new();
    for control in &pack.controls {
        let Some(packed) = &control.packed else { continue };
        match areas.iter_mut().find(|(area, _)| *area == packed.area) {
            Some((_, controls)) => controls.push(control),
            None => areas.push((&packed.area, vec![control])),
        }
    }
    areas
}

/// What to collect, with how many controls ask for it.
fn collected(page: &mut String, pack: &Pack) {
    page.push_str(
        "\n## What to collect\n\nBesides the columns with which tables are born (`docs/tables.md`), controls ask for these. Any collector may bring\nthem; each takes this name and type.\n\n| column | type | | controls |\n|---|---|---|---|\n",
    );
    for column in &pack.columns {
        let need = Need::Column { table: column.table.clone(), column: column.name.clone() };
        let asks = |control: &&Control| control.packed.as_ref().is_some_and(|packed| packed.needs.contains(&need));
        let count = pack.controls.iter().filter(asks).count();
        let _ = writeln!(page, "| `{need}` | {} | {} | {count} |", column.kind.sql(), column.about);
    }
}

fn write_control(page: &mut String, control: &Control) {
    let (Some(packed), Some(rule), Check::Rule { subject, .. }) = (&control.packed, &control.own_rule, &control.check)
    else {
        return;
    };
    let _ = write!(page, "\n### `{}`\n\n{}. About: {subject}; risk {}", control.id, control.title, control.risk);
    if let Some(detail) = &packed.detail {
        let _ = write!(page, "; a finding for each: {detail}");
    }
    let _ = write!(page, "; tags: {}.\n\n", control.tags.join(", "));
    let _ = writeln!(page, "- Why: {}", packed.why);
    let _ = writeln!(page, "- What to do: {}", control.mitigation.as_deref().unwrap_or_default());
    if let Some(needs) = needs(packed) {
        let _ = writeln!(page, "- Asks for: {needs}");
    }
    if !rule.parameters.is_empty() {
        let parameters: Vec<String> = rule.parameters.iter().map(parameter).collect();
        let _ = writeln!(page, "- Parameters: {}", parameters.join("; "));
    }
    let mapping = packed.mapping.iter();
    let serves: Vec<String> =
        mapping.map(|(framework, clauses)| format!("{} {}", framework.title(), clauses.join(", "))).collect();
    let _ = writeln!(page, "- Serves: {}", serves.join("; "));
}

/// What a control asks for, without the questions that it shares.
fn needs(packed: &Packed) -> Option<String> {
    let asked = packed.needs.iter().filter(|need| !matches!(need, Need::Shared(_)));
    let asked: Vec<String> = asked.map(|need| format!("`{need}`")).collect();
    (!asked.is_empty()).then(|| asked.join(", "))
}

fn parameter(parameter: &Parameter) -> String {
    format!("`{}` = `{}`, {}", parameter.name, parameter.default, parameter.type_name())
}

/// The clauses, with how many controls serve each.
fn clauses(page: &mut String, pack: &Pack) {
    page.push_str(
        "\n## What is served\n\nA control shows whether something that the clause asks for holds; no control makes a company comply with it.\n",
    );
    for framework in Framework::ALL {
        let _ = write!(page, "\n### {}\n\n| | about | controls |\n|---|---|---|\n", framework.title());
        for clause in pack.clauses.iter().filter(|clause| clause.framework == framework) {
            let serves = |control: &&Control| {
                let mapping = control.packed.iter().flat_map(|packed| &packed.mapping);
                mapping.into_iter().any(|(of, clauses)| *of == framework && clauses.contains(&clause.clause))
            };
            let count = pack.controls.iter().filter(serves).count();
            let _ = writeln!(page, "| {} | {} | {count} |", clause.clause, clause.about);
        }
    }
}
