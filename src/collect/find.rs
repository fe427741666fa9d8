//! The files of a source: a path pattern with `*`, `?` and captures, matched component by component.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::collector::FilePattern;

/// A file that matches, with what the captures of the pattern matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) captures: BTreeMap<String, String>,
}

/// Every file that matches, sorted by path.
pub(super) fn files(pattern: &FilePattern) -> Vec<Found> {
    let path = Path::new(&pattern.pattern);
    let start = if path.is_absolute() { PathBuf::from("/") } else { PathBuf::from(".") };
    let mut found = vec![Found { path: start, captures: BTreeMap::new() }];
    for component in pattern.pattern.split('/').filter(|component| !component.is_empty() && *component != ".") {
        found = found.iter().flat_map(|place| step(place, component)).collect();
    }
    // A directory that happens to match is passed over; one that is named is the reader's to refuse.
    let is_named = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !is_pattern(name));
    let mut files: Vec<Found> = found.into_iter().filter(|place| is_named || !place.path.is_dir()).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The newest file beside those looked for whose name begins or ends alike, to name in a message.
pub(super) fn near_miss(pattern: &FilePattern) -> Option<PathBuf> {
    let path = Path::new(&pattern.pattern);
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let near = fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|item| item.file_name().to_str().is_some_and(|name| strsim::jaro_winkler(name, wanted) > 0.8));
    near.max_by_key(|item| item.metadata().and_then(|metadata| metadata.modified()).ok()).map(|item| item.path())
}

/// The entries of a folder that match one component of the pattern.
fn step(place: &Found, component: &str) -> Vec<Found> {
    if component == ".." || !is_pattern(component) {
        let path = place.path.join(component);
        let exists = path.exists();
        return exists.then(|| Found { path, captures: place.captures.clone() }).into_iter().collect();
    }
    let expression = expression(component);
    let Ok(items) = fs::read_dir(&place.path) else { return Vec::new() };
    let names = items.flatten().filter_map(|item| item.file_name().into_string().ok());
    names
        .filter_map(|name| {
            let matched = expression.captures(&name)?;
            let mut captures = place.captures.clone();
            for capture in expression.capture_names().flatten() {
                captures.insert(capture.to_owned(), matched[capture].to_owned());
            }
            Some(Found { path: place.path.join(&name), captures })
        })
        .collect()
}

/// Whether a component stands for more than one name.
fn is_pattern(component: &str) -> bool {
    component.contains(['*', '?', '{'])
}

/// One component of a pattern as a regular expression over a file name.
fn expression(component: &str) -> Regex {
    let mut text = String::from("^");
    let mut rest = component;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => text.push_str(".*"),
            '?' => text.push('.'),
            '{' if rest.contains('}') => {
                let (name, behind) = rest.split_once('}').expect("it has a closing brace");
                text.push_str(&format!("(?P<{name}>.+?)"));
                rest = behind;
            }
            c => text.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    text.push('$');
    Regex::new(&text).expect("the plan's check admitted the pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_holds_what_stands_in_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["accounts_AD.csv", "accounts_SAP.csv", "groups_AD.csv", "accounts_AD.csv.bak"] {
            fs::write(folder.path().join(name), "x").expect("a file");
        }
        let pattern = format!("{}/accounts_{{repository}}.csv", folder.path().display());
        let found = files(&FilePattern { pattern, many: true });
        let captured: Vec<&str> = found.iter().map(|file| file.captures["repository"].as_str()).collect();
        assert_eq!(captured, ["AD", "SAP"]);
    }

    #[test]
    fn a_plain_path_is_found_or_not() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("hr [1].csv"), "x").expect("a file");
        let pattern = |name: &str| FilePattern { pattern: format!("{}/{name}", folder.path().display()), many: false };
        assert_eq!(files(&pattern("hr [1].csv")).len(), 1);
        assert_eq!(files(&pattern("hr.csv")), []);
        assert_eq!(near_miss(&pattern("hr_1.csv")).map(|path| path.ends_with("hr [1].csv")), Some(true));
    }
}
