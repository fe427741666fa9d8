//! Packs of controls: files that come with the program, below `packs/` of its sources. A plan takes them by name, with
//! `packs` below `[stage.controls]`.
//!
//! A control of a pack is one SQL file: a rule's header with more keys (see `header`), then the query. Questions that
//! several controls share lie in `shared`; they run as rules.

mod clauses;
mod columns;
mod header;
mod needs;
mod page;
mod set;
mod take;
#[cfg(test)]
mod tests;
mod texts;

use std::path::{Path, PathBuf};

use self::header::{Question, Said};
pub use self::page::pack_page;
pub(super) use self::take::{Taken, take};
use crate::problem::Problems;
use crate::settings::controls::{Blocking, Check, Control};
use crate::settings::packs::{Need, Pack, Packed};
use crate::settings::rules::Rule;
use crate::source::SourceFile;

/// The names of the packs that come with the program.
#[must_use]
pub fn pack_names() -> Vec<&'static str> {
    texts::names()
}

/// A pack with all of its controls, each with its defaults; `None` where there is none of that name.
///
/// # Errors
/// What is wrong with its files, which is a mistake in the program.
pub fn open_pack(name: &str) -> Result<Option<Pack>, Problems> {
    let Some(known) = texts::names().into_iter().find(|known| *known == name) else { return Ok(None) };
    let mut problems = Problems::new();
    let questions: Vec<(PathBuf, Question)> = texts::files(known, "sql")
        .filter_map(|(path, text)| {
            let file = SourceFile::new(path, text);
            let id = Path::new(path).file_stem()?.to_str()?.parse().ok()?;
            Some((PathBuf::from(path), header::check(id, &file, &mut problems)?))
        })
        .collect();
    if problems.has_errors() {
        return Err(problems);
    }
    let mut shared: Vec<(Rule, Vec<Need>)> = Vec::new();
    let mut controls = Vec::new();
    for (path, Question { rule, needs, control }) in questions {
        match control {
            Some(said) => controls.push((path, rule, needs, said)),
            None => shared.push((rule, needs)),
        }
    }
    let area = |path: &Path| {
        let folder = path.parent().and_then(Path::file_name);
        folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let controls = controls.into_iter().filter_map(|(path, rule, needs, said)| {
        let mut needs = needs::with_shared(needs, &shared);
        needs.sort();
        needs.dedup();
        control(known, area(&path), path, rule, needs, said)
    });
    let controls: Vec<Control> = controls.collect();
    Ok(Some(Pack {
        name: known.to_owned(),
        columns: columns::of(known),
        clauses: clauses::of(known),
        shared,
        controls,
    }))
}

fn control(pack: &str, area: String, path: PathBuf, rule: Rule, needs: Vec<Need>, said: Said) -> Option<Control> {
    Some(Control {
        id: rule.id.as_str().parse().ok()?,
        title: rule.title.clone(),
        risk: said.risk,
        tags: rule.tags.clone(),
        mitigation: Some(said.mitigation),
        check: Check::Rule { rule: rule.id.clone(), subject: said.subject },
        own_rule: Some(rule),
        filter: None,
        path,
        packed: Some(Packed {
            pack: pack.to_owned(),
            area,
            why: said.why,
            detail: said.detail,
            needs,
            names: said.names,
            mapping: said.mapping,
        }),
        risk_set_at: None,
        blocks: Blocking::default(),
    })
}
