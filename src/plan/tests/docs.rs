//! The examples of `docs/files.md` are one project that loads.

use super::*;

const PAGE: &str = include_str!("../../../docs/files.md");

/// Path and text of every example: the first backticks of a heading, and the block below it.
fn examples() -> Vec<(&'static str, &'static str)> {
    let sections = PAGE.split("\n## `").skip(1);
    let examples = sections.filter_map(|section| {
        let (path, rest) = section.split_once('`')?;
        let block = rest.split("\n```").nth(1)?;
        Some((path, block.split_once('\n')?.1))
    });
    examples.collect()
}

#[test]
fn every_example_of_the_page_loads() {
    let files = Files { folder: TempDir::new().unwrap(), vars: BTreeMap::new() };
    let files = examples().into_iter().fold(files, |files, (path, text)| files.with(path, text));
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    assert_eq!(files.shown(&plan.warnings), "");
    // What people say in CSV files is no setting.
    let said = examples()
        .iter()
        .filter(|(path, _)| path.rsplit_once('.').is_some_and(|(_, extension)| extension == "csv"))
        .count();
    assert_eq!(plan.files.len() + said, examples().len());
}

#[test]
fn the_page_lists_every_code() {
    for code in codes::ALL {
        assert!(PAGE.contains(&format!("| {} | {} |", code.id, code.about)), "{}", code.id);
    }
}
