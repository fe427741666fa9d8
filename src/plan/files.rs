//! The folders of a project: which files they hold, and finding the one that a name means.

use std::path::{Component, Path, PathBuf};

use crate::ids::is_slug;
use crate::names::suggest;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::problem::Problems;

/// A folder of files that are named by their stems.
pub(super) struct Folder {
    path: PathBuf,
    extension: &'static str,
    what: &'static str,
    stems: Vec<String>,
}

impl Folder {
    /// The files of `root/name`; none where there is no such folder.
    pub(super) fn open(root: &Path, name: &'static str, extension: &'static str) -> Self {
        let path = root.join(name);
        let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
        let mut stems: Vec<String> = entries
            .map(|entry| entry.path())
            .filter(|file| file.extension().is_some_and(|given| given == extension))
            .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
            .collect();
        stems.sort_unstable();
        Self { path, extension, what: name, stems }
    }

    /// The file that a string of another file names.
    pub(super) fn find(&self, spot: Spot<'_>, problems: &mut Problems) -> Option<PathBuf> {
        let name = spot.text()?;
        if self.stems.iter().any(|stem| stem == name) && is_slug(name) {
            return Some(self.file(name));
        }
        let message = format!("`{}` does not exist", self.file(name).display());
        problems.add(spot.error(codes::NOT_FOUND, message).hint(suggest(name, self.what, self.names())));
        None
    }

    /// The stems that the globs in an array of strings select, sorted, none twice.
    pub(super) fn select(&self, globs: Spot<'_>, problems: &mut Problems) -> Vec<&str> {
        let mut selected = Vec::new();
        for (spot, glob) in globs.items().into_iter().filter_map(|spot| Some((spot, spot.text()?))) {
            let found: Vec<&str> = self.names().filter(|stem| matches(glob, stem)).collect();
            if found.is_empty() {
                let problem = spot.error(codes::NOT_FOUND, format!("`{glob}` selects none of the {}", self.what));
                problems.add(problem.hint(suggest(glob, self.what, self.names())));
            }
            selected.extend(found);
        }
        selected.sort_unstable();
        selected.dedup();
        selected
    }

    /// Where the file of that stem lies.
    pub(super) fn file(&self, stem: &str) -> PathBuf {
        self.path.join(format!("{stem}.{}", self.extension))
    }

    /// The stems of all files whose name is a valid one.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.stems.iter().map(String::as_str).filter(|stem| is_slug(stem))
    }
}

/// Whether `text` matches a glob of `*` (any characters) and `?` (one).
pub(super) fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let mut reached = vec![true];
    reached.resize(text.len() + 1, false);
    for wanted in glob {
        if wanted == '*' {
            for at in 1..reached.len() {
                reached[at] = reached[at] || reached[at - 1];
            }
        } else {
            for at in (1..reached.len()).rev() {
                reached[at] = reached[at - 1] && (wanted == '?' || wanted == text[at - 1]);
            }
            reached[0] = false;
        }
    }
    reached.last().copied().unwrap_or(false)
}

/// The folder of a file; `.` for a bare name.
pub(super) fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new("."))
}

/// `path` as seen from `base`, without `.` and `x/..`. Symbolic links are not looked at.
pub(super) fn join(base: &Path, path: &str) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in base.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            other => joined.push(other),
        }
    }
    if joined.as_os_str().is_empty() { PathBuf::from(".") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_has_stars_and_question_marks() {
        for (glob, text) in
            [("*", "a"), ("*", ""), ("sod_*", "sod_erp"), ("a?c", "abc"), ("*b*", "abc"), ("abc", "abc")]
        {
            assert!(matches(glob, text), "{glob} {text}");
        }
        for (glob, text) in [("sod_*", "xsod_"), ("a?c", "ac"), ("", "a"), ("a", ""), ("*b", "abc")] {
            assert!(!matches(glob, text), "{glob} {text}");
        }
    }

    #[test]
    fn a_path_is_seen_from_the_file_that_names_it() {
        let joined = |base: &str, path: &str| join(Path::new(base), path).display().to_string();
        assert_eq!(joined("p/collectors", "../data/*.csv"), "p/data/*.csv");
        assert_eq!(joined("collectors", "../data/x"), "data/x");
        assert_eq!(joined(".", "../../x"), "../../x");
        assert_eq!(joined("p", "/srv/x"), "/srv/x");
        assert_eq!(joined(".", "."), ".");
    }
}
