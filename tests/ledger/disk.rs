//! A disk that takes no more, and files of the parent that are broken when a run needs them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{SECOND, find_file, two_timeslots};
use crate::support::{LOADS, Output, Project, parts_of, sample, timeslots_of};

/// What a file may hold at most, in blocks of 512 bytes: from nothing to nearly what the largest file needs.
const LIMITS: [u32; 6] = [0, 1, 2, 4, 8, 16];

/// Runs the sample's load where no file may grow beyond a limit: a write then fails as on a full disk.
#[track_caller]
fn load_within(project: &Project, load: &str, limit: u32) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
    let program = env!("CARGO_BIN_EXE_ledgerline");
    let variable = format!("load={load}");
    let arguments = ["run", "weekly", "--var", &variable, "--as-of", load];
    let output = Command::new("sh")
        .args(["-c", &script, "sh", program])
        .args(arguments)
        .current_dir(project.path())
        .env("LEDGERLINE_USER", "test")
        .stdin(Stdio::null())
        .output();
    Output::new(&arguments, output.expect("sh is there"))
}

#[test]
fn a_disk_that_takes_no_more_leaves_the_ledger_as_it_was_and_names_the_file() {
    let before = sample();
    let plan = before.read("plans/weekly.toml").replace("[plan]\n", "[plan]\non_open = \"reject\"\n");
    before.write("plans/weekly.toml", plan);
    before.weekly(LOADS[0]).code(0);
    let undisturbed = before.copy();
    undisturbed.weekly(LOADS[1]).code(0);
    let newest = |project: &Project| parts_of(timeslots_of(&project.ledger()).last().expect("a timeslot"));
    let expected = newest(&undisturbed);
    let project = before.copy();
    for limit in LIMITS {
        let failed = load_within(&project, LOADS[1], limit);
        assert_eq!(failed.exit_code(), 1, "{limit} blocks: {failed}");
        let said = format!("{}{}", failed.stdout, failed.stderr);
        assert!(said.contains("File too large") && said.contains("ledger/"), "{limit} blocks: {failed}");
        assert!(!said.contains("panicked"), "{limit} blocks: {failed}");
        project.run(&["verify", "--data"]).code(0).stderr_has("1 timeslots");
    }
    project.weekly(LOADS[1]).code(0);
    assert_eq!(newest(&project), expected, "after {} full disks", LIMITS.len());
}

/// Breaks a file in place, so that whoever shares it sees it.
type Break = fn(&Path);

#[test]
fn a_broken_part_of_the_parent_stops_the_run_that_needs_it_and_is_named() {
    let confirmed = two_timeslots();
    let breaks: [(&str, Break); 3] = [
        ("cut short", |path| cut(path, 2)),
        ("emptied", |path| cut(path, usize::MAX)),
        ("gone", |path| fs::remove_file(path).expect("a part")),
    ];
    for (what, deed) in breaks {
        let project = confirmed.copy();
        let part = find_file(&project, &format!("timeslot={SECOND}/accounts/accounts-*"));
        let whole = fs::read(&part).expect("a part");
        deed(&part);
        project.write("accounts.csv", "LOGIN,ID\nann,E01\ncem,E03\ndan,E02\n");
        let name = part.file_name().expect("a name").to_string_lossy().into_owned();
        project.load("2026-01-19").code(1).says(&name);
        assert_eq!(timeslots_of(&project.ledger()).len(), 2, "{what}");
        // Whoever puts the file back can go on.
        fs::write(&part, whole).expect("the part is put back");
        project.run(&["reject", "2026-01-19", "--reason", "a part was broken"]).code(0);
        project.load("2026-01-19").code(0);
        project.run(&["verify", "--data"]).code(0).stderr_has("3 timeslots");
    }
}

fn cut(path: &Path, divisor: usize) {
    let bytes = fs::read(path).expect("a part");
    let mut permissions = fs::metadata(path).expect("a part").permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a file in a folder of the test's own")]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions).expect("a part");
    fs::write(path, &bytes[..bytes.len() / divisor]).expect("a part");
}
