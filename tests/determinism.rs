//! The same sources give the same bytes, whatever the threads, the order of the rows and the ledger.

use std::collections::BTreeMap;

use crate::support::{LOADS, Part, Project, Seeded, parts_of, sample, timeslots_of};

/// Tables that carry line numbers of the files.
const WITH_LINES: [&str; 3] = ["rejects", "staged_rejects", "reference_problems"];

/// Loads the sample three times.
#[track_caller]
fn three_loads(project: Project) -> Project {
    for load in LOADS {
        project.weekly(load).code(0);
    }
    project
}

/// The sample, with what the engine may use.
fn with_engine(settings: &str) -> Project {
    let project = sample();
    let before = project.read("ledgerline.toml");
    project.write("ledgerline.toml", format!("{before}\n[engine]\n{settings}\n"));
    project
}

/// The parts of every timeslot.
fn parts(project: &Project) -> Vec<Part> {
    timeslots_of(&project.ledger()).iter().flat_map(|timeslot| parts_of(timeslot)).collect()
}

/// Every part that differs, by table and name, with its rows.
fn differences(a: &[Part], b: &[Part]) -> Vec<String> {
    let differing = |these: &[Part], others: &[Part]| {
        let lacking: Vec<String> = these
            .iter()
            .filter(|part| !others.contains(part))
            .map(|part| format!("{}/{} with {} rows", part.table, part.name, part.rows))
            .collect();
        lacking
    };
    let mut all = differing(a, b);
    all.extend(differing(b, a));
    all
}

#[test]
fn threads_memory_and_ledgers_change_no_byte() {
    let one = three_loads(with_engine("threads = 1\nmemory = \"1 MB\""));
    let two = three_loads(with_engine("threads = 2"));
    let (one_parts, two_parts) = (parts(&one), parts(&two));
    assert!(one_parts.len() > 100, "three loads of the sample have more parts than {}", one_parts.len());
    assert_eq!(differences(&one_parts, &two_parts), Vec::<String>::new());
    let ids = [&one, &two].map(|project| project.read("ledger/FORMAT"));
    assert_ne!(ids[0], ids[1], "each ledger has an id of its own");
}

#[test]
fn a_load_that_does_not_fit_into_memory_is_refused_with_the_figure_before_anything_is_begun() {
    let project = with_engine("limit = \"100 MB\"");
    let refused = project.weekly(LOADS[0]).code(8).stderr_has("of memory").stderr_has("100 MB are free");
    refused.stderr_has("`limit` below `[engine]`");
    assert_eq!(timeslots_of(&project.ledger()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn the_order_of_the_rows_changes_no_byte_but_line_numbers() {
    // Rules that ask for the order of the file are left out: they do depend on it.
    let in_order = three_loads(without_order_rules(sample()));
    let shuffled = three_loads(shuffle_rows(without_order_rules(sample())));
    let unlined = |project: &Project| -> Vec<Part> {
        parts(project).into_iter().filter(|part| !WITH_LINES.contains(&part.table.as_str())).collect()
    };
    assert_eq!(differences(&unlined(&in_order), &unlined(&shuffled)), Vec::<String>::new());
    for load in LOADS {
        assert_eq!(rejects(&in_order, load), rejects(&shuffled, load), "rejects of {load}");
    }
}

#[test]
fn a_load_of_unchanged_sources_reuses_every_part_and_moves_nothing() {
    let project = sample();
    project.weekly(LOADS[0]).code(0);
    let first = collected(&project, 0);
    project
        .run(&["run", "weekly", "--var", &format!("load={}", LOADS[0]), "--as-of", "2026-11-03"])
        .code(0)
        .says("all unchanged");
    let second = collected(&project, 1);
    assert_eq!(first, second);
    for table in ["movements", "changes", "link_changes"] {
        assert_eq!(project.query(&format!("SELECT COUNT(*) AS n FROM {table}")).number(), 0, "{table}");
    }
}

/// Staged parts of the so-many-th timeslot with the place on disk of their files: one that was linked has the same.
fn collected(project: &Project, timeslot: usize) -> BTreeMap<String, u64> {
    use std::os::unix::fs::MetadataExt;
    let folder = &timeslots_of(&project.ledger())[timeslot];
    let staged = parts_of(folder).into_iter().filter(|part| part.table.starts_with("staged_")).count();
    let mut files = BTreeMap::new();
    for table in std::fs::read_dir(folder.join("staged")).expect("staged parts").flatten() {
        for file in std::fs::read_dir(table.path()).expect("a table").flatten() {
            let name = format!("{}/{}", table.file_name().display(), file.file_name().display());
            files.insert(name, file.metadata().expect("a file").ino());
        }
    }
    assert_eq!(files.len(), staged);
    files
}

#[track_caller]
fn rejects(project: &Project, load: &str) -> Vec<String> {
    let sql = "SELECT source, table_name, column_name, reason, raw, kind, uid, related_kind, related_uid, detail FROM rejects";
    project.query_of(load, sql).lines()
}

fn without_order_rules(project: Project) -> Project {
    for item in std::fs::read_dir(project.path().join("collectors")).expect("collectors").flatten() {
        let path = format!("collectors/{}", item.file_name().display());
        let text = project.read(&path);
        let text = text.replace("on_duplicate = \"first\"", "on_duplicate = \"reject\"");
        // What was settled by order is rejected now, so more rejects are allowed.
        project.write(&path, text.replacen("[source]\n", "[source]\nmax_reject_rows = 100000\n", 1));
    }
    project
}

/// Shuffles the records of every file, seeded. No cell of the sample holds a line break.
fn shuffle_rows(project: Project) -> Project {
    let mut seeded = Seeded(20_261_121);
    for load in LOADS {
        for item in std::fs::read_dir(project.path().join("sample-data").join(load)).expect("a load").flatten() {
            let bytes = std::fs::read(item.path()).expect("a file of the sample");
            let (header, body) = match item.path().extension().and_then(|extension| extension.to_str()) {
                Some("jsonl") => (&bytes[..0], &bytes[..]),
                _ => bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').expect("a header") + 1),
            };
            let mut records: Vec<&[u8]> = body.split_inclusive(|byte| *byte == b'\n').collect();
            seeded.shuffle(&mut records);
            let shuffled: Vec<u8> = header.iter().copied().chain(records.concat()).collect();
            assert_eq!(shuffled.len(), bytes.len());
            std::fs::write(item.path(), shuffled).expect("a file");
        }
    }
    project
}
