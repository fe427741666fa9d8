//! Lines of a run that are handed over together: to take many at once costs less than to take each by itself.

use crate::collect::read::output::Output;
use crate::collect::read::{Cell, Rows};

/// Lines handed over together, few enough to stay near the processor.
const LINES: usize = 256;

/// Lines that were split.
#[derive(Default)]
pub(super) struct Block<'a> {
    lines: Vec<u64>,
    cells: Vec<Cell<'a>>,
    texts: Vec<&'a str>,
}

impl<'a> Block<'a> {
    /// Adds a line: its number, its text and its cells.
    #[inline]
    pub(super) fn push(&mut self, line: u64, text: &'a str, cells: impl Iterator<Item = Cell<'a>>) {
        self.lines.push(line);
        self.texts.push(text);
        self.cells.extend(cells);
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.lines.len() >= LINES
    }

    /// Hands over the lines.
    pub(super) fn hand_over(&mut self, out: &mut Output<'_>) {
        let Self { lines, cells, texts } = self;
        if !lines.is_empty() {
            let n_cells = cells.len() / lines.len();
            out.rows(&Rows { lines, cells, n_cells, raw: &|at| texts[at].to_owned() });
        }
        lines.clear();
        cells.clear();
        texts.clear();
    }
}
