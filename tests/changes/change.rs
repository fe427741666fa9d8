//! One company, and what may change about it between two loads.

use super::company::{CONFIGURATION, EXTRACTS, Extract, SOURCE};
use crate::support::{Project, Seeded};

/// The company as its files stand.
pub(super) struct Company {
    project: Project,
    extracts: Vec<Standing>,
}

/// The file of an extract.
#[derive(Default)]
struct Standing {
    lines: Vec<String>,
    /// As they were, to come back.
    former: Vec<Vec<String>>,
    /// What the file is called besides the extract's name.
    ending: &'static str,
    is_gone: bool,
}

impl Company {
    /// A company of random rows.
    #[must_use]
    pub(super) fn new(seeded: &mut Seeded) -> Self {
        let mut project =
            Project::new().file("ledgerline.toml", "[project]\nname = \"Test\"\nledger = \"${LEDGER}\"\n");
        for written in CONFIGURATION {
            project = project.file(written.path, written.text);
        }
        for extract in &EXTRACTS {
            let text =
                format!("[source]\nfiles = \"../extracts/{}*.csv\"\n{SOURCE}{}", extract.name, extract.collector);
            project = project.collector(extract.name, &text);
        }
        let mut standing = |extract: &Extract| {
            let lines = (0..extract.rows).map(|_| row(extract, seeded)).collect();
            Standing { lines, ..Standing::default() }
        };
        let extracts = EXTRACTS.iter().map(&mut standing).collect();
        let company = Self { project, extracts };
        for at in 0..EXTRACTS.len() {
            company.write(at);
        }
        company
    }

    pub(super) fn project(&self) -> &Project {
        &self.project
    }

    /// Changes something. Gives what, in words.
    pub(super) fn change(&mut self, seeded: &mut Seeded) -> String {
        if seeded.below(5) == 0 {
            return self.change_configuration(seeded);
        }
        let at = seeded.below(EXTRACTS.len());
        let extract = &EXTRACTS[at];
        let what = self.change_extract(at, seeded);
        format!("{}: {what}", extract.name)
    }

    fn change_configuration(&self, seeded: &mut Seeded) -> String {
        let written = &CONFIGURATION[seeded.below(CONFIGURATION.len())];
        let (one, other) = written.pieces[seeded.below(written.pieces.len())];
        let text = self.project.read(written.path);
        // Whichever of the two stands becomes the other; a third one stays.
        let (from, to) = if text.contains(one) { (one, other) } else { (other, one) };
        self.project.write(written.path, text.replace(from, to));
        format!("{}: {from} became {to}", written.path)
    }

    fn change_extract(&mut self, at: usize, seeded: &mut Seeded) -> String {
        let extract = &EXTRACTS[at];
        let file = self.file(at);
        let standing = &mut self.extracts[at];
        let before = standing.lines.clone();
        let lines = &mut standing.lines;
        let some = if lines.is_empty() { 0 } else { seeded.below(lines.len()) };
        let what = match seeded.below(12) {
            0 | 1 if !lines.is_empty() => format!("without {}", lines.remove(some)),
            2 | 3 => {
                lines.insert(some, row(extract, seeded));
                format!("with {}", lines[some])
            }
            4..=6 if !lines.is_empty() => {
                let column = seeded.below(extract.columns.len());
                let mut cells: Vec<String> = lines[some].split(',').map(str::to_owned).collect();
                if let Some(cell) = cells.get_mut(column) {
                    *cell = value(extract.columns[column].1, seeded);
                }
                let line = cells.join(",");
                let what = format!("{} became {line}", lines[some]);
                lines[some] = line;
                what
            }
            7 if !lines.is_empty() => {
                let other = seeded.below(lines.len());
                lines.swap(some, other);
                format!("lines {some} and {other} swapped")
            }
            8 if !lines.is_empty() => {
                lines.push(lines[some].clone());
                format!("{} twice", lines[some])
            }
            9 => {
                let sound = row(extract, seeded);
                let bad = match seeded.below(4) {
                    0 => sound.split_once(',').map_or_else(String::new, |(_, rest)| format!(",{rest}")),
                    1 => format!("{sound},more"),
                    2 => sound.replacen(',', "\u{1},", 1),
                    _ => sound.split(',').next().unwrap_or_default().to_owned(),
                };
                lines.insert(some, bad);
                format!("with {:?}", lines[some])
            }
            10 => {
                standing.is_gone = !standing.is_gone;
                format!("is gone: {}", standing.is_gone)
            }
            11 => {
                standing.ending = if standing.ending.is_empty() { "_2" } else { "" };
                format!("called {}{}", extract.name, standing.ending)
            }
            _ => match standing.former.pop() {
                Some(former) => {
                    standing.lines = former;
                    "as it was before".to_owned()
                }
                None => "as it was".to_owned(),
            },
        };
        standing.former.push(before);
        if self.project.path().join(&file).exists() {
            self.project.remove(&file);
        }
        self.write(at);
        what
    }

    fn file(&self, at: usize) -> String {
        format!("extracts/{}{}.csv", EXTRACTS[at].name, self.extracts[at].ending)
    }

    fn write(&self, at: usize) {
        let header: Vec<&str> = EXTRACTS[at].columns.iter().map(|(name, _)| *name).collect();
        let standing = &self.extracts[at];
        if !standing.is_gone {
            let lines: String = standing.lines.iter().map(|line| format!("{line}\n")).collect();
            self.project.write(&self.file(at), format!("{}\n{lines}", header.join(",")));
        }
    }
}

/// A random row.
fn row(extract: &Extract, seeded: &mut Seeded) -> String {
    let cells: Vec<String> = extract.columns.iter().map(|(_, values)| value(values, seeded)).collect();
    cells.join(",")
}

/// One of some values.
fn value(values: &str, seeded: &mut Seeded) -> String {
    let values: Vec<&str> = values.split(' ').collect();
    let value = values[seeded.below(values.len())];
    if value == "-" { String::new() } else { value.to_owned() }
}
