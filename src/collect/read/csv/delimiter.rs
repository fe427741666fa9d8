//! The likely delimiter of a header that came out as one column.

const CANDIDATES: &[u8] = b",;\t|:^~\x1f\x01";

/// The byte at which the header line splits into most of the wanted columns, then into most columns at all.
pub(super) fn likely(line: &str, used: u8, wanted: &[String]) -> Option<u8> {
    let score = |candidate: u8| {
        let names = || line.split(char::from(candidate)).map(|name| name.trim().trim_matches('"'));
        (names().filter(|name| wanted.iter().any(|column| column == name)).count(), names().count())
    };
    (CANDIDATES.iter().copied())
        .filter(|&candidate| candidate != used && line.contains(char::from(candidate)))
        .max_by_key(|&candidate| score(candidate))
}
