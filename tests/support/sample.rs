//! The repository's own sample project, copied.

use std::fs;
use std::path::Path;

use super::Project;

/// Its loads.
pub(crate) const LOADS: [&str; 3] = ["2026-11-02", "2026-11-09", "2026-11-16"];

/// The sample project as the repository has it, but without guards: whether a load may pass is tested elsewhere.
#[must_use]
#[track_caller]
pub(crate) fn sample() -> Project {
    let project = Project::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["plans", "collectors", "policies", "rules", "controls", "sample-data"] {
        copy(&root.join(folder), &project.path().join(folder));
    }
    fs::copy(root.join("ledgerline.toml"), project.path().join("ledgerline.toml")).expect("the sample has a project");
    let plan = project.read("plans/weekly.toml");
    assert!(plan.contains("[stage.validate]\n"), "the sample's plan validates");
    let unguarded =
        plan.replace("guards = true\n", "").replace("[stage.validate]\n", "[stage.validate]\nguards = false\n");
    project.write("plans/weekly.toml", unguarded);
    project
}

/// Copies what a folder holds, where it is there.
pub(crate) fn copy(from: &Path, to: &Path) {
    let Ok(items) = fs::read_dir(from) else { return };
    fs::create_dir_all(to).expect("a folder");
    for item in items.flatten() {
        let to = to.join(item.file_name());
        if item.path().is_dir() {
            copy(&item.path(), &to);
        } else {
            fs::copy(item.path(), to).expect("a file of the sample");
        }
    }
}

impl Project {
    /// Runs the sample's plan for one of its loads.
    #[track_caller]
    pub(crate) fn weekly(&self, load: &str) -> super::Output {
        self.run(&["run", "weekly", "--var", &format!("load={load}"), "--as-of", load])
    }
}
