//! The bad files, each made from a good one.

/// A bad file and its verdict.
pub(super) struct Case {
    /// Its number in the catalogue.
    pub(super) number: u32,
    pub(super) what: &'static str,
    /// Files that lie there instead of the good one.
    pub(super) files: Vec<(&'static str, Vec<u8>)>,
    /// What the run says.
    pub(super) says: &'static str,
    pub(super) verdict: Verdict,
}

/// What becomes of a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) state: String,
    /// Line and reason of each reject.
    pub(super) rejects: Vec<String>,
    /// Values that became null.
    pub(super) nulled: u64,
    /// People carried from the load before.
    pub(super) stale: u64,
}

impl Verdict {
    fn of(state: &str) -> Self {
        let carried = if state == "failed" { 20 } else { 0 };
        Self { state: state.to_owned(), rejects: Vec::new(), nulled: 0, stale: carried }
    }
}

impl Case {
    /// A case whose source is in a state. Where that is `failed`, everybody is carried.
    fn new(number: u32, what: &'static str, file: impl Into<Vec<u8>>, state: &str) -> Self {
        Self { number, what, files: vec![("hr.csv", file.into())], says: "", verdict: Verdict::of(state) }
    }

    fn files(self, files: Vec<(&'static str, Vec<u8>)>) -> Self {
        Self { files, ..self }
    }

    fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

    fn rejects(mut self, rejects: &[&str]) -> Self {
        self.verdict.rejects = rejects.iter().map(|reject| (*reject).to_owned()).collect();
        self
    }

    fn nulled(mut self, nulled: u64) -> Self {
        self.verdict.nulled = nulled;
        self
    }

    fn stale(mut self, stale: u64) -> Self {
        self.verdict.stale = stale;
        self
    }
}

/// Twenty people: line 2 is `E01`, line 21 is `E20`.
pub(super) fn good() -> String {
    let people = (1..=20).map(|n| format!("E{n:02},Person {n:02},{n},true,2020-01-{n:02}\n"));
    ["ID,NAME,LEVEL,REMOTE,START\n".to_owned()].into_iter().chain(people).collect::<Vec<_>>().concat()
}

/// The good file with a line (counted from 1) written otherwise.
#[track_caller]
fn with_line(number: usize, line: &str) -> String {
    let good = good();
    let mut lines: Vec<&str> = good.lines().collect();
    lines[number - 1] = line;
    lines.join("\n") + "\n"
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Bytes where a text has `#`.
fn with_bytes(text: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, behind) = text.split_once('#').expect("a place for the bytes");
    [before.as_bytes(), bytes, behind.as_bytes()].concat()
}

pub(super) fn files() -> Vec<Case> {
    let cut = good();
    let cut = &cut[..cut.len() - 12];
    vec![
        Case::new(1, "no file", "", "failed").files(vec![("hx.csv", Vec::new())]).says("no file matches"),
        Case::new(1, "two files", "", "failed")
            .files(vec![("hr.csv", good().into()), ("hr_2.csv", good().into())])
            .says("2 files match where one is expected"),
        Case::new(2, "0 bytes", "", "failed").says("empty"),
        Case::new(3, "a header alone", "ID,NAME,LEVEL,REMOTE,START\n", "partial").stale(20).says("at least 1"),
        Case::new(4, "a quote open at the end", with_line(21, "E20,\"Person 20,20,true,2020-01-20"), "partial")
            .stale(1)
            .says("quote"),
        Case::new(4, "a last line cut short", cut, "partial").rejects(&["21: 4 fields where 5 are expected"]).stale(1),
    ]
}

pub(super) fn encodings() -> Vec<Case> {
    let umlaut = with_line(11, "E10,P#rson 10,10,true,2020-01-10");
    vec![
        Case::new(7, "a byte that is no UTF-8", with_bytes(&umlaut, &[0xE9]), "partial").stale(11).says("UTF-8"),
        Case::new(8, "a byte order mark of UTF-8", format!("\u{feff}{}", good()), "complete"),
        Case::new(8, "UTF-16 with its mark", utf16(&format!("\u{feff}{}", good())), "complete"),
        Case::new(9, "UTF-16 without its mark", utf16(&good()), "failed").says("utf-16le"),
        Case::new(11, "a NUL in a name", with_line(3, "E02,Per\0son,2,true,2020-01-02"), "complete")
            .rejects(&["3: the control character U+0000 in a field"])
            .stale(1),
        Case::new(11, "a NUL in a key", with_line(3, "E\x0002,Person 02,2,true,2020-01-02"), "partial")
            .rejects(&["3: the control character U+0000 in a field"])
            .stale(1)
            .says("no readable key"),
    ]
}

pub(super) fn headers() -> Vec<Case> {
    let header = |header: &str| with_line(1, header);
    let good = good();
    let reordered = good.lines().map(|line| {
        let cells: Vec<&str> = line.split(',').rev().collect();
        cells.join(",") + "\n"
    });
    vec![
        Case::new(13, "another delimiter", good.replace(',', ";"), "failed").says("delimiter"),
        Case::new(18, "a column that is not there", header("ID,NAMES,LEVEL,REMOTE,START"), "failed").says("NAMES"),
        Case::new(19, "a column more", good.replace('\n', ",x\n").replacen(",x", ",MORE", 1), "complete"),
        Case::new(20, "columns in another order", reordered.collect::<String>(), "complete"),
        Case::new(22, "a column given twice", header("ID,NAME,LEVEL,NAME,START"), "failed").says("NAME"),
    ]
}

/// A record that cannot be cut into its fields is a reject. Where its first field names somebody who is known, that one
/// is carried; where it does not, the source is partial, by the design's rule for rejects without a key.
pub(super) fn records() -> Vec<Case> {
    let good = good();
    let mixed = good.lines().zip(["\n", "\r\n"].into_iter().cycle()).flat_map(|(line, end)| [line, end]);
    vec![
        Case::new(12, "mixed line ends", mixed.collect::<String>(), "complete"),
        Case::new(25, "a short row", with_line(5, "E04,Person 04,4,true"), "complete")
            .rejects(&["5: 4 fields where 5 are expected"])
            .stale(1),
        Case::new(25, "a long row", with_line(5, "E04,Person 04,4,true,2020-01-04,more"), "complete")
            .rejects(&["5: 6 fields where 5 are expected"])
            .stale(1),
        Case::new(25, "a row of half a key", with_line(15, "E1"), "partial")
            .rejects(&["15: 1 field where 5 are expected"])
            .stale(1)
            .says("no readable key"),
        Case::new(25, "a short row that names nobody known", with_line(5, "E99,Person 04,4,true"), "partial")
            .rejects(&["5: 4 fields where 5 are expected"])
            .stale(1)
            .says("no readable key"),
        Case::new(26, "a bare quote", with_line(5, "E04,Per\"son 04,4,true,2020-01-04"), "complete")
            .rejects(&["5: a quote inside a field that is not quoted"])
            .stale(1),
    ]
}

pub(super) fn values() -> Vec<Case> {
    vec![
        Case::new(27, "a number with a comma", with_line(5, "E04,Person 04,\"12,5\",true,2020-01-04"), "complete")
            .nulled(1),
        Case::new(27, "a word for a flag", with_line(5, "E04,Person 04,4,oui,2020-01-04"), "complete").nulled(1),
        Case::new(27, "a flag in capitals", with_line(5, "E04,Person 04,4,TRUE,2020-01-04"), "complete"),
        Case::new(28, "a day that is none", with_line(5, "E04,Person 04,4,true,2020-02-30"), "complete").nulled(1),
        Case::new(28, "a day of zeros", with_line(5, "E04,Person 04,4,true,0000-00-00"), "complete").nulled(1),
        Case::new(28, "a day as a spreadsheet counts", with_line(5, "E04,Person 04,4,true,43834"), "complete")
            .nulled(1),
    ]
}

pub(super) fn keys() -> Vec<Case> {
    let twice = |line: &str| format!("{}{line}\n", good());
    vec![
        Case::new(31, "an empty key", with_line(5, ",Person 04,4,true,2020-01-04"), "partial")
            .rejects(&["5: has no value"])
            .stale(1)
            .says("no readable key"),
        Case::new(32, "the same row twice", twice("E04,Person 04,4,true,2020-01-04"), "complete"),
        Case::new(33, "one key, two people", twice("E04,Somebody else,4,true,2020-01-04"), "complete")
            .rejects(&[
                "5: the key `E04` is given 2 times with different values",
                "22: the key `E04` is given 2 times with different values",
            ])
            .stale(1),
    ]
}
