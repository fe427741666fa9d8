//! A builder that reads as the scenario: files, collectors, a plan, and then commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::output::{Output, Table};

/// The stages that every plan has, and confirm. Guards are left out: these tests are about other things.
const MINIMAL_PLAN: &str = r#"
[stage.activate]

[stage.reconcile]
policy = "owners"

[stage.validate]
guards = false

[stage.confirm]
mode = "auto"
"#;

const OWNERS: &str = r#"
[[match]]
id = "by_employee_id"
account = "employee_id"
identity = "employee_id"
"#;

const ACCOUNTS: &str = r#"
[source]
files = "../accounts.csv"
format = "csv"

[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
"#;

/// A project in a folder of its own, gone when dropped.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A project with a `ledgerline.toml` and a policy, and nothing else.
    #[must_use]
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
            .file("ledgerline.toml", "[project]\nname = \"Test\"\nledger = \"ledger\"\n")
            .file("policies/owners.toml", OWNERS)
    }

    /// With a file.
    #[must_use]
    #[track_caller]
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// With a collector.
    #[must_use]
    #[track_caller]
    pub(crate) fn collector(self, name: &str, text: &str) -> Self {
        self.file(&format!("collectors/{name}.toml"), text)
    }

    /// With a source `accounts`: accounts of the repository `AD`, from the column `LOGIN` of `accounts.csv`.
    #[must_use]
    #[track_caller]
    pub(crate) fn accounts(self) -> Self {
        self.collector("accounts", ACCOUNTS)
    }

    /// With a plan.
    #[must_use]
    #[track_caller]
    pub(crate) fn plan(self, name: &str, text: &str) -> Self {
        self.file(&format!("plans/{name}.toml"), text)
    }

    /// With a plan `load` over sources, of the stages that must be there and confirm.
    #[must_use]
    #[track_caller]
    pub(crate) fn plan_of(self, sources: &[&str]) -> Self {
        self.plan(
            "load",
            &format!("[plan]\ntitle = \"Load\"\n\n[stage.collect]\nsources = {sources:?}\n{MINIMAL_PLAN}"),
        )
    }

    /// The same project as it stands, ledger and all, in another folder.
    #[must_use]
    #[track_caller]
    pub(crate) fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // `cp` keeps hard links, which parts of several timeslots are.
        let from = self.path().join(".");
        let copied = Command::new("cp").arg("-a").arg(from).arg(folder.path()).status().expect("cp is there");
        assert!(copied.success(), "the project could not be copied");
        Self { folder }
    }

    /// Writes or overwrites a file.
    #[track_caller]
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("a file of the project")
    }

    #[track_caller]
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("a file of the project");
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path().join("ledger")
    }

    /// Runs the program in the project's folder.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output().expect("the program starts");
        Output::new(arguments, output)
    }

    /// Runs the program with variables in its environment.
    #[track_caller]
    pub(crate) fn run_in(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Output {
        let output = self.command(arguments).envs(environment.iter().copied()).output().expect("the program starts");
        Output::new(arguments, output)
    }

    /// Runs the plan `load` as of a day.
    #[track_caller]
    pub(crate) fn load(&self, as_of: &str) -> Output {
        self.run(&["run", "plans/load.toml", "--as-of", as_of])
    }

    /// Starts the program and does not wait.
    #[track_caller]
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    /// The program with its arguments, in the project's folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledgerline"));
        command.args(arguments).current_dir(self.path()).env("LEDGERLINE_USER", "test").stdin(Stdio::null());
        command
    }

    /// Asks the current timeslot.
    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> Table {
        self.run(&["query", sql, "--format", "csv"]).code(0).csv()
    }

    /// Asks a named timeslot.
    #[track_caller]
    pub(crate) fn query_of(&self, timeslot: &str, sql: &str) -> Table {
        self.run(&["query", sql, "--format", "csv", "--timeslot", timeslot]).code(0).csv()
    }
}
