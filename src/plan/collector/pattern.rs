//! The file pattern of a collector and its captures.

use crate::ids::is_slug;
use crate::plan::codes;
use crate::plan::node::Spot;
use crate::problem::{Problem, Problems};

/// The names of the captures of a path pattern.
pub(super) fn captures(spot: Spot<'_>, problems: &mut Problems) -> Vec<String> {
    let Some(text) = spot.text() else { return Vec::new() };
    let content = spot.content();
    let mut add = |message: String, at: std::ops::Range<usize>| {
        let problem = Problem::error(codes::BAD_CAPTURE, message).at(content.within(text, at));
        problems.add(problem.hint("a pattern is a path with `*`, `?` and captures such as `{region}`"));
    };
    let mut names: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['{', '}']) {
        let brace = at + found;
        let close = text[brace..].find('}').map(|end| brace + end);
        at = match close {
            Some(close) if close > brace => {
                let name = &text[brace + 1..close];
                if !is_slug(name) {
                    add(format!("`{{{name}}}` is no capture"), brace..close + 1);
                } else if names.iter().any(|known| known == name) {
                    add(format!("capture `{name}` is given twice"), brace..close + 1);
                } else {
                    names.push(name.to_owned());
                }
                close + 1
            }
            _ => {
                add("a brace without its other half".to_owned(), brace..brace + 1);
                brace + 1
            }
        };
    }
    if text.trim().is_empty() {
        add("the pattern is empty".to_owned(), 0..0);
    }
    names
}
