//! How much memory this process may still take: by the limits of its control groups, and by what the machine has.

use std::fs;
use std::path::{Path, PathBuf};

/// Bytes that are free; `None` where the system does not tell.
pub(super) fn free() -> Option<u64> {
    let groups =
        fs::read_to_string("/proc/self/cgroup").ok().and_then(|text| of_groups(&text, Path::new("/sys/fs/cgroup")));
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| of_machine(&text));
    [groups, machine].into_iter().flatten().min()
}

/// `MemAvailable` of proc(5)'s `meminfo`.
fn of_machine(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// The least that any group above the process leaves, in cgroup v2 or v1; `text` is proc(5)'s `self/cgroup`. A container
/// may show its own group as the root: a group that is not there is looked for at the root.
fn of_groups(text: &str, root: &Path) -> Option<u64> {
    let free = text.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        match controllers {
            "" => least(root, path, |group| left(group, "memory.max", "anon ")),
            _ if controllers.split(',').any(|name| name == "memory") => {
                least(&root.join("memory"), path, |group| left(group, "memory.limit_in_bytes", "total_rss "))
            }
            _ => None,
        }
    });
    free.min()
}

/// The least of a group and all above it.
fn least(root: &Path, path: &str, left: impl Fn(&Path) -> Option<u64>) -> Option<u64> {
    let own: PathBuf = root.join(path.trim_start_matches('/'));
    own.ancestors().take_while(|group| group.starts_with(root)).filter_map(left).min()
}

/// The limit of a group less what its processes hold; pages of files are given back when they are wanted.
fn left(group: &Path, limit: &str, held: &str) -> Option<u64> {
    let limit: u64 = fs::read_to_string(group.join(limit)).ok()?.trim().parse().ok()?;
    let statistics = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let held = statistics.lines().find_map(|line| line.strip_prefix(held)?.trim().parse::<u64>().ok());
    Some(limit.saturating_sub(held.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Control groups as files.
    fn groups(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        root
    }

    #[test]
    fn the_tightest_group_above_the_process_counts_less_what_is_held_in_it() {
        let root = groups(&[
            ("memory.stat", "anon 5\n"),
            ("team/memory.max", "1000\n"),
            ("team/memory.stat", "file 900\nanon 300\n"),
            ("team/load/memory.max", "max\n"),
        ]);
        assert_eq!(of_groups("0::/team/load\n", root.path()), Some(700));
        assert_eq!(of_groups("0::/elsewhere\n", root.path()), None);
    }

    #[test]
    fn a_container_that_shows_its_group_as_the_root_is_limited_too() {
        let root = groups(&[("memory.max", "500\n")]);
        assert_eq!(of_groups("0::/a/b/c\n", root.path()), Some(500));
    }

    #[test]
    fn groups_of_the_first_version_count() {
        let root =
            groups(&[("memory/load/memory.limit_in_bytes", "800"), ("memory/load/memory.stat", "total_rss 100")]);
        assert_eq!(of_groups("7:cpu,cpuacct:/x\n4:memory:/load\n", root.path()), Some(700));
    }

    #[test]
    fn the_machine_tells_in_kilobytes() {
        assert_eq!(of_machine("MemTotal: 9 kB\nMemAvailable:    2 kB\n"), Some(2048));
        assert_eq!(of_machine("MemTotal: 9 kB\n"), None);
    }
}
