//! Names of downloaded files and of the sheets in them.

use unicode_normalization::UnicodeNormalization;

use super::FileKind;

const LONGEST_FILE_NAME: usize = 80;
/// As a workbook counts: in UTF-16.
const LONGEST_SHEET_NAME: usize = 31;

/// The name of a file with that title: ASCII letters and digits, `-`, `_` and `.`, so that it may stand in a header and lies
/// well in any folder.
#[must_use]
pub fn file_name(title: &str, kind: FileKind) -> String {
    let mut name = String::new();
    for c in title.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
            // No dot at the start, and no two in a row.
            '.' if name.ends_with(|last: char| last.is_ascii_alphanumeric()) => name.push('.'),
            _ if name.is_empty() || name.ends_with(['-', '.']) => {}
            _ => name.push('-'),
        }
        if name.len() >= LONGEST_FILE_NAME {
            break;
        }
    }
    let name = name.trim_end_matches(['-', '.']);
    format!("{}.{}", if name.is_empty() { "table" } else { name }, kind.extension())
}

/// The name of a sheet with that title: at most 31 characters, none that a workbook forbids.
pub(super) fn sheet_name(title: &str) -> String {
    let is_forbidden = |c: char| c.is_control() || "*?:[]\\/".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
    let mut name = String::new();
    let mut length = 0;
    for c in title.trim().chars().map(|c| if is_forbidden(c) { '-' } else { c }) {
        length += c.len_utf16();
        if length > LONGEST_SHEET_NAME {
            break;
        }
        name.push(c);
    }
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    // `History` is the one name that a workbook keeps for itself.
    match name {
        "" => "table".to_owned(),
        name if name.eq_ignore_ascii_case("history") => format!("{name}-"),
        name => name.to_owned(),
    }
}
