//! The root project over a generated company.

use std::fs;

use crate::support::{Project, Table, sample};

/// Its loads.
pub(super) const LOADS: [&str; 2] = ["2026-11-02", "2026-11-09"];

/// The root project as it stands, but over a company of so many people, with a control for each of its toxic pairs.
#[must_use]
#[track_caller]
pub(super) fn company(identities: usize) -> Project {
    let project = sample();
    fs::remove_dir_all(project.path().join("sample-data")).expect("the sample's data");
    let count = identities.to_string();
    project.run(&["generate", "--identities", &count, "--loads", "2", "--out", "sample-data"]).code(0);
    for item in fs::read_dir(project.path().join("controls")).expect("controls").flatten() {
        if item.file_name().to_string_lossy().starts_with("t0") {
            fs::remove_file(item.path()).expect("a control of the sample");
        }
    }
    let pairs = ["pair", "title", "application_a", "permission_a", "application_b", "permission_b"];
    let pairs = Table::parse(&project.read("sample-data/truth/toxic_pairs.csv")).only(&pairs);
    assert!(pairs.len() > 6, "a company of {identities} has more pairs than the sample");
    for pair in pairs {
        let text = format!(
            "title = \"{}\"\nrisk = 4\nkind = \"segregation_of_duties\"\non = \"identity\"\nall_of = [\"{}/{}\", \"{}/{}\"]\n",
            pair[1], pair[2], pair[3], pair[4], pair[5]
        );
        project.write(&format!("controls/{}.toml", pair[0].to_lowercase()), text);
    }
    project
}

/// Some columns of a file of the truth.
#[track_caller]
pub(super) fn truth(project: &Project, load: &str, name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    Table::parse(&project.read(&format!("sample-data/truth/{load}/{name}.csv"))).only(columns)
}
