//! Files, row by row: separated values in two encodings, and JSON Lines.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use crate::generate::names;

/// How text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Windows1252,
}

/// A file being written.
#[derive(Debug)]
pub(crate) struct Rows {
    out: BufWriter<File>,
    separator: char,
    encoding: Encoding,
    line: String,
    written: u64,
}

/// A value of a JSON record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// A text; an empty one is left out of its record.
    Text(&'a str),
    Flag(bool),
}

impl Rows {
    /// Commas, UTF-8, quotes as in RFC 4180.
    pub(crate) fn comma(folder: &Path, file: &str, header: &[&str]) -> io::Result<Self> {
        Self::begin(folder, file, ',', Encoding::Utf8)?.with_header(header)
    }

    /// Semicolons, windows-1252.
    pub(crate) fn semicolon(folder: &Path, file: &str, header: &[&str]) -> io::Result<Self> {
        Self::begin(folder, file, ';', Encoding::Windows1252)?.with_header(header)
    }

    /// A JSON object per line.
    pub(crate) fn json_lines(folder: &Path, file: &str) -> io::Result<Self> {
        Self::begin(folder, file, ',', Encoding::Utf8)
    }

    fn begin(folder: &Path, file: &str, separator: char, encoding: Encoding) -> io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 18, File::create(folder.join(file))?);
        Ok(Self { out, separator, encoding, line: String::new(), written: 0 })
    }

    fn with_header(mut self, header: &[&str]) -> io::Result<Self> {
        self.row(header)?;
        self.written = 0;
        Ok(self)
    }

    /// Writes a row of separated values.
    pub(crate) fn row(&mut self, values: &[&str]) -> io::Result<()> {
        self.line.clear();
        for (n, value) in values.iter().enumerate() {
            if n > 0 {
                self.line.push(self.separator);
            }
            if value.contains([self.separator, '"', '\n', '\r']) {
                self.line.push('"');
                self.line.push_str(&value.replace('"', "\"\""));
                self.line.push('"');
            } else {
                self.line.push_str(value);
            }
        }
        self.end_line()
    }

    /// Writes a JSON record without its empty texts.
    pub(crate) fn record(&mut self, fields: &[(&str, Value<'_>)]) -> io::Result<()> {
        self.line.clear();
        self.line.push('{');
        for (name, value) in fields {
            let text = match value {
                Value::Text("") => continue,
                Value::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
                Value::Flag(flag) => flag.to_string(),
            };
            if self.line.len() > 1 {
                self.line.push(',');
            }
            self.line.push('"');
            self.line.push_str(name);
            self.line.push_str("\":");
            self.line.push_str(&text);
        }
        self.line.push('}');
        self.end_line()
    }

    /// Ends the file and returns how many rows it has, the header not counted.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.written)
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.line.push('\n');
        self.written += 1;
        if self.encoding == Encoding::Utf8 || self.line.is_ascii() {
            return self.out.write_all(self.line.as_bytes());
        }
        let bytes: Vec<u8> = self.line.chars().map(windows_1252).collect();
        self.out.write_all(&bytes)
    }
}

/// The byte of a letter. One the code page lacks loses its accent, as an old system would have it.
fn windows_1252(letter: char) -> u8 {
    match letter {
        'Š' => 0x8A,
        'Ž' => 0x8E,
        'š' => 0x9A,
        'ž' => 0x9E,
        '\u{0}'..='\u{7f}' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).expect("it is below 256"),
        other => u8::try_from(u32::from(names::plain(other))).unwrap_or(b'?'),
    }
}
