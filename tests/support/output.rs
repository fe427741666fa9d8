//! What the program said, and what a test expects of it.

/// What the program said.
pub(crate) struct Output {
    command: String,
    code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    pub(crate) fn new(arguments: &[&str], output: std::process::Output) -> Self {
        Self {
            command: arguments.join(" "),
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("the program writes UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("the program writes UTF-8"),
        }
    }

    /// With what the process ended; -1 for a signal.
    pub(crate) fn exit_code(&self) -> i32 {
        self.code
    }

    /// The process ended with a code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, expected, "exit code of {self}");
        self
    }

    #[track_caller]
    pub(crate) fn stdout_has(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "stdout has no `{text}`: {self}");
        self
    }

    #[track_caller]
    pub(crate) fn stderr_has(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr has no `{text}`: {self}");
        self
    }

    /// Either stream says something.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "nothing says `{text}`: {self}");
        self
    }

    /// Its stdout as CSV with a header.
    #[track_caller]
    pub(crate) fn csv(&self) -> Table {
        Table::parse(&self.stdout)
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "`ledgerline {command}` (exit {code})\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// Rows of text under a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// CSV with quotes where they are needed.
    #[track_caller]
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = records(text).into_iter();
        let columns = lines.next().expect("a header");
        Self { columns, rows: lines.collect() }
    }

    /// Its rows with these columns only.
    #[track_caller]
    pub(crate) fn only(&self, columns: &[&str]) -> Vec<Vec<String>> {
        let at = |column: &&str| self.columns.iter().position(|name| name == column).expect("the column is there");
        let places: Vec<usize> = columns.iter().map(at).collect();
        self.rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect()
    }

    /// Its rows, sorted, each as one line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.rows.iter().map(|row| row.join(",")).collect();
        lines.sort_unstable();
        lines
    }

    /// The only value of the only row, as a number.
    #[track_caller]
    pub(crate) fn number(&self) -> u64 {
        assert_eq!((self.rows.len(), self.columns.len()), (1, 1), "one number was expected: {self:?}");
        self.rows[0][0].parse().expect("a number")
    }
}

fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                rest.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => field.push(c),
        }
    }
    records
}
