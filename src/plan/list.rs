//! A list of two columns that a policy names: a header, then a pair on each line.

use std::sync::Arc;

use crate::plan::codes;
use crate::problem::{Problem, Problems};
use crate::source::{Place, SourceFile};

/// Hands over each line behind the header, and takes what is wrong with it: a message, and a hint where it is another than
/// to write such a line as the `sample`. Empty lines say nothing.
pub(super) fn lines(
    file: &Arc<SourceFile>,
    header: &str,
    sample: &str,
    problems: &mut Problems,
    mut take: impl FnMut(&str) -> Result<(), (String, Option<String>)>,
) {
    let mut start = 0;
    for (at, line) in file.text().split_inclusive('\n').enumerate() {
        let text = line.trim_end_matches(['\r', '\n']);
        let place = Place::new(file, start..start + text.len());
        start += line.len();
        let text = text.trim_start_matches('\u{feff}').trim();
        let taken = match at {
            0 if text == header => Ok(()),
            0 => Err((format!("the first line is not the header `{header}`"), None)),
            _ if text.is_empty() => Ok(()),
            _ => take(text),
        };
        if let Err((message, hint)) = taken {
            let hint = hint.unwrap_or_else(|| format!("write `{header}` first, then such as `{sample}` on each line"));
            problems.add(Problem::error(codes::NOT_TAKEN, message).at(place).hint(hint));
        }
    }
}
