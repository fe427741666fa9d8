//! What the sources must keep to.

use std::collections::BTreeSet;

use super::code::SourceFile;

/// The floors, lowest first, as `src/lib.rs` lists them: a file imports its own and lower ones.
const FLOORS: [&[&str]; 6] = [
    &["env", "event", "ids", "names", "problem", "source", "sql", "table", "tables"],
    &["ledger"],
    &[
        "collect",
        "engine",
        "generate",
        "graph",
        "model",
        "settings",
        "stages",
        "cause",
        "temporal",
        "closure",
        "removals",
        "similarity",
        "kernels",
    ],
    &["plan"],
    &[
        "run",
        "select",
        "check",
        "decide",
        "unchanged",
        "delivery",
        "schedule",
        "explain",
        "diff",
        "history",
        "maintain",
        "owners",
        "rights",
        "suggest",
    ],
    &[
        "cli",
        "console",
        "event_log",
        "http",
        "lineage",
        "log_line",
        "summary",
        "csv_line",
        "text_table",
        "mail",
        "metrics",
        "notify",
        "otel",
        "report",
        "runs",
        "web",
    ],
];

/// What a word of code is allowed in: a folder with its `/`, or a file.
const NAMED_ONLY_IN: [(&[&str], &[&str]); 3] = [
    (&["datafusion"], &["engine/", "sql/"]),
    (&["polars"], &[]),
    (
        &["std", "fs"],
        &[
            "ledger/",
            "collect/",
            "engine/",
            "plan/",
            "generate/",
            "event_log.rs",
            "cli/",
            "mail/",
            "metrics/",
            "runs.rs",
            "runs/",
            "web/",
        ],
    ),
];

const TALK: [&str; 4] = ["println!", "eprintln!", "print!", "eprint!"];
const TALKERS: [&str; 3] = ["cli/", "console.rs", "main.rs"];

const CLOCKS: [&str; 4] = ["Timestamp::now", "SystemTime::now", "Zoned::now", "Instant::now"];

/// What every stage may use of the folder of stages.
const SHARED_BY_STAGES: [&str; 7] = ["mod", "relation", "check", "closures", "effective", "fill", "permissions"];

const LINES: usize = 400;

/// Everything in some sources that breaks a law.
pub(super) fn violations(sources: &[SourceFile]) -> Vec<String> {
    let stages: BTreeSet<&str> = sources.iter().filter_map(stage_of).collect();
    let mut found = Vec::new();
    for source in sources {
        let mut tell = |what: String| {
            let what = format!("{}: {what}", source.path);
            if !found.contains(&what) {
                found.push(what);
            }
        };
        if !source.opens_with_its_purpose {
            tell("does not open with `//!`".to_owned());
        }
        if !source.is_test() {
            floors(source, &mut tell);
            other_stages(source, &stages, &mut tell);
            places(source, &mut tell);
            length(source, &mut tell);
        }
    }
    found
}

fn floors(source: &SourceFile, tell: &mut impl FnMut(String)) {
    let module = source.module()[0];
    if ["lib", "main"].contains(&module) {
        return;
    }
    let Some(own) = floor_of(module) else { return tell(format!("`{module}` has no floor")) };
    for path in source.paths(&["crate", "super"]) {
        let Some(imported) = path.get(1) else { continue };
        if let Some(floor) = floor_of(imported)
            && floor > own
        {
            tell(format!("floor {own} imports `{imported}` of floor {floor}"));
        }
    }
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn other_stages(source: &SourceFile, stages: &BTreeSet<&str>, tell: &mut impl FnMut(String)) {
    let Some(own) = stage_of(source) else { return };
    for path in source.paths(&["crate", "super"]) {
        if let [_, folder, other, ..] = path.as_slice()
            && folder == "stages"
            && other != own
            && stages.contains(other.as_str())
        {
            tell(format!("a stage imports the stage `{other}`"));
        }
    }
}

/// The stage that a file is a part of.
fn stage_of(source: &SourceFile) -> Option<&str> {
    match source.module().as_slice() {
        ["stages", stage, ..] if !SHARED_BY_STAGES.contains(stage) => {
            source.path.split('/').nth(1).map(|name| name.trim_end_matches(".rs"))
        }
        _ => None,
    }
}

fn places(source: &SourceFile, tell: &mut impl FnMut(String)) {
    let lies_in = |places: &[&str]| places.iter().any(|place| source.path.starts_with(place));
    for (words, places) in NAMED_ONLY_IN {
        let names = |path: &Vec<String>| path.iter().zip(words).all(|(segment, word)| segment == word);
        let paths = source.paths(&words[..1]);
        if !lies_in(places) && paths.iter().any(|path| path.len() >= words.len() && names(path)) {
            tell(format!("names `{}`", words.join("::")));
        }
    }
    for call in TALK
        .into_iter()
        .filter(|_| !lies_in(&TALKERS))
        .chain(CLOCKS.into_iter().filter(|_| !lies_in(&["cli/clock.rs"])))
    {
        let is_called = source
            .code
            .match_indices(call)
            .any(|(at, _)| !source.code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        if is_called {
            tell(format!("calls `{call}`"));
        }
    }
}

fn length(source: &SourceFile, tell: &mut impl FnMut(String)) {
    if source.lines > LINES {
        tell(format!("has {} lines of production code, more than {LINES}", source.lines));
    }
}
