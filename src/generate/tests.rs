//! What the generator promises.

use std::path::Path;

use super::{Settings, write};

#[test]
#[ignore = "a tool"]
fn scratch() {
    let n = std::env::var("N").map(|n| n.parse().unwrap()).unwrap_or(120);
    let loads = std::env::var("K").map(|n| n.parse().unwrap()).unwrap_or(3);
    let start = std::time::Instant::now();
    let report =
        write(&Settings { identities: n, loads, ..Settings::default() }, Path::new(&std::env::var("OUT").unwrap()))
            .unwrap();
    eprintln!("{:?} {report:#?}", start.elapsed());
}
