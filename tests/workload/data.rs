//! The extracts, and the benchmark's project.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Project, Table, copy, told};

/// People in the first load, where nothing else is said.
const IDENTITIES: &str = "10000";

/// Extracts that were there, or that go with the test.
pub(super) enum Extracts {
    There(PathBuf),
    Made(TempDir),
}

impl Extracts {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::There(path) => path,
            Self::Made(folder) => folder.path(),
        }
    }
}

/// The extracts of two loads; `None` tells that the test is skipped.
pub(super) fn extracts() -> Option<Extracts> {
    if let Ok(path) = env::var("LEDGERLINE_BENCH_DATA") {
        return Some(Extracts::There(PathBuf::from(path)));
    }
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench/gen.py");
    let home = env::var("HOME").unwrap_or_default();
    let python = Path::new(&home).join(".cache/ledgerline-venv/bin/python");
    if let Some(missing) = [&generator, &python].into_iter().find(|path| !path.exists()) {
        told(&format!("SKIPPED: `{}` is not there", missing.display()));
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let count = env::var("LEDGERLINE_BENCH_IDENTITIES").unwrap_or_else(|_| IDENTITIES.to_owned());
    let mut command = Command::new(python);
    command.arg(generator).args(["--identities", &count, "--timeslots", "2", "--out"]).arg(folder.path());
    let output = command.output().expect("python starts");
    if !output.status.success() {
        told(&format!("SKIPPED: the generator failed: {}", String::from_utf8_lossy(&output.stderr)));
        return None;
    }
    Some(Extracts::Made(folder))
}

/// Whether the extracts are those that the reference jobs have read.
#[track_caller]
pub(super) fn is_reference(data: &Path) -> bool {
    let text = fs::read_to_string(data.join("meta.json")).expect("the generator tells its settings");
    let settings: Value = serde_json::from_str(&text).expect("settings are JSON");
    settings["identities"] == 10_000 && settings["seed"] == 42
}

/// The benchmark's project.
#[must_use]
#[track_caller]
pub(super) fn workload() -> Project {
    let project = Project::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workload"), project.path());
    // Questions take no variables.
    let settings = project.read("ledgerline.toml");
    project.write("ledgerline.toml", settings.replace("${ledger}", "ledger"));
    project
}

/// Some columns of a file.
#[track_caller]
pub(super) fn rows(folder: &Path, name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let path = folder.join(format!("{name}.csv"));
    Table::parse(&fs::read_to_string(path).expect("a file of the generator")).only(columns)
}

/// Some columns of a file as lines.
#[track_caller]
pub(super) fn lines(folder: &Path, name: &str, columns: &[&str]) -> BTreeSet<String> {
    rows(folder, name, columns).into_iter().map(|row| row.join(",")).collect()
}
