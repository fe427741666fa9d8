//! What the machine has, where the project does not say what may be used.

use std::fs;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use crate::engine::{DataFusionEngine, EngineError, EngineSettings};
use crate::plan::Project;

/// Of the memory that is free, what queries may use before they spill; the rest is for what collects.
const SHARE: f64 = 0.5;

/// Starts an engine with the project's settings, or with what the machine has.
///
/// # Errors
/// Where the threads or the spill folder cannot be had.
pub(super) fn engine(project: &Project) -> Result<DataFusionEngine, EngineError> {
    let settings = settings(project);
    // A pool that exists already, in a test, is as good.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build_global();
    DataFusionEngine::new(&settings)
}

fn settings(project: &Project) -> EngineSettings {
    let asked = &project.engine;
    let threads = asked.threads.and_then(|threads| usize::try_from(threads.get()).ok());
    let memory = asked.memory_bytes.and_then(|bytes| usize::try_from(bytes).ok());
    EngineSettings {
        threads: threads.unwrap_or_else(|| available_parallelism().map_or(1, NonZeroUsize::get)),
        memory: memory.unwrap_or_else(free_memory),
        spill: asked.spill.clone().unwrap_or_else(std::env::temp_dir),
    }
}

/// A share of the memory that is free, by the container's limit or the machine's own figure.
fn free_memory() -> usize {
    const FALLBACK: f64 = 2e9;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse::<f64>().ok());
    let free = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().trim_end_matches("kB").trim().parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
    });
    let free = match (limit, free) {
        (Some(limit), Some(free)) => limit.min(free),
        (limit, free) => limit.or(free).unwrap_or(FALLBACK),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes are positive and fit")]
    let bytes = (free * SHARE) as usize;
    bytes
}
