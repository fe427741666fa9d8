//! The files of the packs, as the build took them along: below `packs/` of the sources.

/// Path and text of every file, by path.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The names of the packs.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = FILES.iter().filter_map(|(path, _)| path.split('/').nth(1)).collect();
    names.dedup();
    names
}

/// Path and text of every file of a pack with this extension.
pub(super) fn files(pack: &str, extension: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let folder = format!("packs/{pack}/");
    let end = format!(".{extension}");
    FILES.iter().copied().filter(move |(path, _)| path.starts_with(&folder) && path.ends_with(&end))
}
