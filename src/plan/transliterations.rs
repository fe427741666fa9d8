//! How letters are written before texts are compared: the tables that come with Ledgerline, and files of two columns beside
//! a policy.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::collect::key::normalise;
use crate::plan::list::lines;
use crate::problem::Problems;
use crate::source::SourceFile;

/// The tables that come with Ledgerline, by what a policy calls them. `letters`: letters that are no others with marks, in
/// Latin ones; Cyrillic as in ICAO Doc 9303-3, Greek as in ISO 843. `umlauts`: `ae`, `oe`, `ue` as if for a letter with marks.
const TABLES: [(&str, &str); 2] = [
    ("letters", include_str!("transliterations/letters.csv")),
    ("umlauts", include_str!("transliterations/umlauts.csv")),
];

/// The first line of a file.
const HEADER: &str = "letters,written";

/// A table that comes with Ledgerline.
pub(super) fn known(name: &str) -> Option<Arc<SourceFile>> {
    let (_, text) = TABLES.iter().find(|(known, _)| *known == name)?;
    Some(SourceFile::new(name, *text))
}

/// The tables' names.
pub(super) fn names() -> String {
    TABLES.map(|(name, _)| format!("`{name}`")).join(", ")
}

/// Adds what a table says. A line that says nothing, or what another said otherwise, is told.
pub(super) fn add(
    table: &Arc<SourceFile>,
    known: &mut BTreeSet<String>,
    all: &mut Vec<(String, String)>,
    problems: &mut Problems,
) {
    lines(table, HEADER, "ß,ss", problems, |line| {
        let wrong = |message: String| Err((message, None));
        let Some((letters, written)) = line.split_once(',').map(|(letters, written)| (letters.trim(), written.trim()))
        else {
            return wrong("this does not say how letters are written".to_owned());
        };
        let normal = normalise(letters);
        if letters.is_empty() || [letters, written].iter().any(|text| text.contains([',', '='])) {
            return wrong("this does not say how letters are written".to_owned());
        }
        if normal != letters {
            return wrong(format!("no text has `{letters}` when it is compared: by then it is `{normal}`"));
        }
        if normalise(written) != written {
            return wrong(format!("`{written}` is not how a text is compared: write `{}`", normalise(written)));
        }
        if letters == written {
            return wrong(format!("`{letters}` stays what it is"));
        }
        if !known.insert(letters.to_owned()) {
            let hint = "remove the line, or the table before that says it".to_owned();
            return Err((format!("`{letters}` was said before"), Some(hint)));
        }
        all.push((letters.to_owned(), written.to_owned()));
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Severity;
    use crate::settings::transliteration::Transliteration;

    fn read(files: &[Arc<SourceFile>]) -> (Vec<(String, String)>, Problems) {
        let (mut all, mut problems, mut known) = (Vec::new(), Problems::new(), BTreeSet::new());
        for file in files {
            add(file, &mut known, &mut all, &mut problems);
        }
        (all, problems)
    }

    #[test]
    fn the_tables_that_come_along_are_sound_together_and_write_other_alphabets_in_latin_letters() {
        let files: Vec<_> = TABLES.iter().filter_map(|(name, _)| known(name)).collect();
        let (all, problems) = read(&files);
        assert_eq!(problems.count(Severity::Error), 0);
        let all = Transliteration::of(all);
        let written = |name: &str| all.apply(&normalise(name)).into_owned();
        assert_eq!(written("Щербакова Юлия"), "shcherbakova iuliia");
        assert_eq!(written("Παπαδόπουλος"), "papadopoulos");
        assert_eq!(written("Strauß"), "strauss");
        assert_eq!(written("Müller"), written("Mueller"));
        assert_eq!(written("Kjær Sørensen"), written("Kjaer Soerensen"));
        assert_eq!(written("Łukasz Đurić"), "lukasz duric");
    }

    #[test]
    fn a_line_that_cannot_be_meant_is_told_with_its_place() {
        let file = SourceFile::new("own.csv", "letters,written\nkh,h\nÜ,ue\nx\nkh,k\nq,q\nw,Vv\n\n,a\nz,a,b\n=,x\n");
        let (all, problems) = read(&[file]);
        assert_eq!(all, [("kh".to_owned(), "h".to_owned())]);
        assert_eq!(problems.count(Severity::Error), 8);
    }
}
