//! Rows of `link_changes`, as several kernels find them.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use crate::engine::EngineError;
use crate::ledger::arrow_schema;
use crate::table::{Field, Kind};

/// Something that was gained or lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LinkChange<'a> {
    /// The kind of whose.
    pub(super) kind: &'a str,
    /// Whose.
    pub(super) uid: i64,
    /// Whether it was lost.
    pub(super) is_lost: bool,
    /// What.
    pub(super) related: i64,
    /// Where, or in which matter.
    pub(super) detail: Option<&'a str>,
}

/// The rows of changes that are all about one kind of thing, in the order of the columns.
pub(super) fn rows(
    mut changes: Vec<LinkChange<'_>>,
    related: Kind,
    columns: &[Field],
) -> Result<RecordBatch, EngineError> {
    changes.sort_unstable();
    let texts = |text: &dyn Fn(&LinkChange<'_>) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(changes.iter().map(text)))
    };
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(changes.iter().map(|change| change.kind))),
        Arc::new(changes.iter().map(|change| change.uid).collect::<Int64Array>()),
        texts(&|change| if change.is_lost { "lost" } else { "gained" }),
        texts(&|_| related.as_str()),
        Arc::new(changes.iter().map(|change| change.related).collect::<Int64Array>()),
        Arc::new(changes.iter().map(|change| change.detail).collect::<StringArray>()),
    ];
    RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
}
