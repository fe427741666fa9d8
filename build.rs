//! Gives the program a fingerprint of its own source: what an older build computed is never reused by a newer one; and the
//! files of the packs of controls, which it carries along.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut files = Vec::new();
    let mut packs = Vec::new();
    collect(Path::new("packs"), &mut packs);
    packs.sort();
    carry(&packs);
    collect(Path::new("src"), &mut files);
    files.extend(packs);
    files.push(PathBuf::from("Cargo.lock"));
    files.sort();
    let mut hasher = DefaultHasher::new();
    for path in &files {
        path.hash(&mut hasher);
        fs::read(path).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=packs");
    println!("cargo::rerun-if-changed=Cargo.lock");
    println!("cargo::rustc-env=LEDGERLINE_BUILD={}+{:016x}", env!("CARGO_PKG_VERSION"), hasher.finish());
}

/// Writes the path and the text of every file of a pack where `plan/pack/texts.rs` takes them from.
fn carry(packs: &[PathBuf]) {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package lies"));
    let entry = |path: &PathBuf| {
        let name = path.display().to_string().replace('\\', "/");
        format!("    ({name:?}, include_str!({:?})),\n", root.join(path).display().to_string())
    };
    let entries: String = packs.iter().map(entry).collect();
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where a build script writes"));
    fs::write(out.join("packs.rs"), format!("&[\n{entries}]\n")).expect("the folder of the build can be written to");
}

/// Adds every file below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = item.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
