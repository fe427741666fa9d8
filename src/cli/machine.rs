//! What the machine has, where the project does not say what may be used.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use super::memory;
use crate::engine::{DataFusionEngine, EngineError, EngineSettings, STACK};
use crate::plan::Project;

/// Into so many parts the memory goes of which queries may use one before they spill; the rest is for what collects.
const SHARE: u64 = 2;

/// Starts an engine with the project's settings, or with what the machine has.
///
/// # Errors
/// Where the threads or the spill folder cannot be had.
pub(super) fn engine(project: &Project) -> Result<DataFusionEngine, EngineError> {
    let settings = settings(project);
    // A pool that exists already, in a test, is as good.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).stack_size(STACK).build_global();
    DataFusionEngine::new(&settings)
}

/// Starts an engine for questions beside a load: with no more memory than questions to a page need.
///
/// # Errors
/// As [`engine`].
pub(super) fn engine_beside(project: &Project) -> Result<DataFusionEngine, EngineError> {
    const MOST: usize = 512 << 20;
    let settings = settings(project);
    DataFusionEngine::for_questions(&EngineSettings { memory: settings.memory.min(MOST), ..settings })
}

/// Bytes of memory that the process may take, as the project says or as they are free; `None` where nobody tells.
pub(super) fn limit(project: &Project) -> Option<u64> {
    project.engine.limit_bytes.or_else(memory::free)
}

/// Starts an engine for small tables, where no project need be.
///
/// # Errors
/// As [`engine`].
pub(super) fn engine_alone() -> Result<DataFusionEngine, EngineError> {
    let threads = available_parallelism().map_or(1, NonZeroUsize::get);
    DataFusionEngine::new(&EngineSettings { threads, memory: 256 << 20, spill: std::env::temp_dir() })
}

fn settings(project: &Project) -> EngineSettings {
    /// What is taken for free where nobody tells.
    const FALLBACK: u64 = 2 << 30;
    let asked = &project.engine;
    let threads = asked.threads.and_then(|threads| usize::try_from(threads.get()).ok());
    let memory = asked.memory_bytes.unwrap_or_else(|| limit(project).unwrap_or(FALLBACK) / SHARE);
    EngineSettings {
        threads: threads.unwrap_or_else(|| available_parallelism().map_or(1, NonZeroUsize::get)),
        memory: usize::try_from(memory).unwrap_or(usize::MAX),
        spill: asked.spill.clone().unwrap_or_else(std::env::temp_dir),
    }
}
