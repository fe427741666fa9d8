//! Reads generated files back, by other means than they were written with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A row by column.
pub(super) type Row = BTreeMap<String, String>;

/// The files of one load.
pub(super) struct Load {
    folder: PathBuf,
    truth: PathBuf,
}

impl Load {
    pub(super) fn open(out: &Path, date: &str) -> Self {
        Self { folder: out.join(date), truth: out.join("truth").join(date) }
    }

    pub(super) fn comma(&self, file: &str) -> Vec<Row> {
        comma(&self.folder.join(file))
    }

    pub(super) fn truth(&self, file: &str) -> Vec<Row> {
        comma(&self.truth.join(file))
    }

    pub(super) fn semicolon(&self, file: &str) -> Vec<Row> {
        let bytes = fs::read(self.folder.join(file)).unwrap();
        let (text, _, had_errors) = encoding_rs::WINDOWS_1252.decode(&bytes);
        assert!(!had_errors);
        separated(&text, b';')
    }

    pub(super) fn json_lines(&self, file: &str) -> Vec<Row> {
        let text = fs::read_to_string(self.folder.join(file)).unwrap();
        text.lines()
            .map(|line| {
                let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
                let text = |value: serde_json::Value| value.as_str().map_or(value.to_string(), str::to_owned);
                record.into_iter().map(|(name, value)| (name, text(value))).collect()
            })
            .collect()
    }
}

/// The rows of a file of comma-separated values.
pub(super) fn comma(path: &Path) -> Vec<Row> {
    separated(&fs::read_to_string(path).unwrap(), b',')
}

fn separated(text: &str, separator: u8) -> Vec<Row> {
    let mut records = text.lines().map(|line| values(line, separator));
    let header = records.next().unwrap();
    records
        .map(|values| {
            assert_eq!(values.len(), header.len(), "{values:?}");
            header.iter().cloned().zip(values).collect()
        })
        .collect()
}

fn values(line: &str, separator: u8) -> Vec<String> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(separator).build();
    let (mut text, mut ends) = (vec![0; line.len() + 1], vec![0; 32]);
    let (_, _, _, fields) = reader.read_record(format!("{line}\n").as_bytes(), &mut text, &mut ends);
    let mut start = 0;
    ends[..fields]
        .iter()
        .map(|&end| String::from_utf8(text[std::mem::replace(&mut start, end)..end].to_vec()).unwrap())
        .collect()
}

/// Every file below a folder by its path, with forward slashes.
pub(super) fn bytes_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}
