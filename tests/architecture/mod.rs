//! The shape of the sources: floors, and what may be named where. The checker itself is tested on invented sources.

mod code;
mod law;

use std::fs;
use std::path::{Path, PathBuf};

use self::code::SourceFile;
use self::law::violations;

#[test]
fn the_sources_keep_the_floors_and_the_invariants() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources: Vec<SourceFile> = rust_files(&root)
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source file is text");
            let path = path.strip_prefix(&root).expect("it lies below src").display().to_string();
            SourceFile::new(&path, &text)
        })
        .collect();
    assert!(sources.len() > 50, "the sources were not found: {}", sources.len());
    let found = violations(&sources);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for item in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = item.path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// What the checker says of one invented file beside a stage `leavers` and a stage `rules`.
#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let text = format!("//! Invented.\n{text}\n");
    let stages = ["stages/mod.rs", "stages/relation.rs", "stages/leavers/mod.rs", "stages/rules/mod.rs"];
    let mut sources: Vec<SourceFile> =
        stages.iter().filter(|stage| **stage != path).map(|stage| SourceFile::new(stage, "//! Invented.\n")).collect();
    sources.push(SourceFile::new(path, &text));
    assert_eq!(violations(&sources), expected);
}

#[test]
fn a_file_may_not_import_a_higher_floor() {
    check("ledger/log.rs", "use crate::plan::Plan;", &["ledger/log.rs: floor 1 imports `plan` of floor 3"]);
    check("plan/mod.rs", "use crate::ledger::Ledger;", &[]);
    check("plan/mod.rs", "fn f() { crate::cli::main(); }", &["plan/mod.rs: floor 3 imports `cli` of floor 5"]);
}

#[test]
fn groups_and_super_paths_are_followed() {
    check(
        "sql/mod.rs",
        "use crate::{\n    ids::RunId,\n    run::Job,\n};",
        &["sql/mod.rs: floor 0 imports `run` of floor 4"],
    );
    check("ids.rs", "use super::web::Page;", &["ids.rs: floor 0 imports `web` of floor 5"]);
    check("ledger/log.rs", "use super::super::run::Job;", &["ledger/log.rs: floor 1 imports `run` of floor 4"]);
    check("ledger/log.rs", "use super::run::Job;", &[]);
}

#[test]
fn comments_texts_and_tests_do_not_count() {
    check(
        "ids.rs",
        "// use crate::run::Job;\nconst A: &str = \"crate::run\";\nconst B: char = '\"'; /* crate::run */",
        &[],
    );
    check("ids.rs", "#[cfg(test)]\nmod tests {\n    use crate::run::Job;\n    fn f() { println!(); }\n}", &[]);
    check("plan/tests.rs", "use crate::run::Job;", &[]);
    check(
        "ids.rs",
        "const A: &str = r#\"a \" crate::run\"#; use crate::run::Job;",
        &["ids.rs: floor 0 imports `run` of floor 4"],
    );
}

#[test]
fn a_module_without_a_floor_is_told() {
    check("helpers.rs", "", &["helpers.rs: `helpers` has no floor"]);
}

#[test]
fn no_stage_imports_another() {
    let told = "stages/leavers/mod.rs: a stage imports the stage `rules`";
    check("stages/leavers/mod.rs", "use crate::stages::rules::Rules;", &[told]);
    check("stages/leavers/mod.rs", "use super::rules::Rules;", &[told]);
    check("stages/leavers/mod.rs", "use crate::stages::{Context, relation};\nuse super::check::check_stage;", &[]);
}

#[test]
fn libraries_are_named_where_they_belong() {
    check("run.rs", "use datafusion::prelude::*;", &["run.rs: names `datafusion`"]);
    check("run.rs", "use crate::engine::datafusion::Machine;", &[]);
    check("engine/mod.rs", "use datafusion::prelude::*;", &[]);
    check("engine/mod.rs", "use polars::prelude::*;", &["engine/mod.rs: names `polars`"]);
}

#[test]
fn files_are_touched_only_where_they_belong() {
    check("stages/leavers/mod.rs", "use std::fs;", &["stages/leavers/mod.rs: names `std::fs`"]);
    check("run.rs", "use std::{collections::BTreeMap, fs::File};", &["run.rs: names `std::fs`"]);
    check("ledger/mod.rs", "use std::fs;", &[]);
}

#[test]
fn only_faces_talk_and_only_the_environment_has_a_clock() {
    check("run.rs", "fn f() { eprintln!(\"x\"); }", &["run.rs: calls `eprintln!`"]);
    check("cli/run.rs", "fn f() { println!(\"x\"); }", &[]);
    check("cli/run.rs", "fn f() { Timestamp::now(); }", &["cli/run.rs: calls `Timestamp::now`"]);
    check("cli/clock.rs", "fn f() { Timestamp::now(); }", &[]);
}

#[test]
fn a_file_says_what_it_is_and_is_not_long() {
    let long = "fn f() {}\n".repeat(401);
    check("run.rs", &long, &["run.rs: has 403 lines of production code, more than 400"]);
    let bare = [SourceFile::new("run.rs", "use std::io;\n")];
    assert_eq!(violations(&bare), ["run.rs: does not open with `//!`"]);
}
