//! What the clauses are about that the controls of a pack serve.

use std::collections::BTreeMap;

use super::texts;
use crate::settings::packs::{Clause, Framework};

/// The clauses of a pack, framework by framework.
///
/// # Panics
/// Where the file of the pack is wrong: it is part of the program, and a test reads it.
pub(super) fn of(pack: &str) -> Vec<Clause> {
    let path = format!("packs/{pack}/frameworks.toml");
    let Some((_, text)) = texts::files(pack, "toml").find(|(known, _)| *known == path) else { return Vec::new() };
    let file: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(text).expect("the clauses of a pack can be read");
    let clauses = |framework: Framework| {
        let entries = file.get(framework.key()).into_iter().flatten();
        entries.map(move |(clause, about)| Clause { framework, clause: clause.clone(), about: about.clone() })
    };
    Framework::ALL.into_iter().flat_map(clauses).collect()
}
