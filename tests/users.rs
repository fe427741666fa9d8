//! Users of the page, as the command line writes them.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::support::{Output, Project};

/// Runs the program with a line on its stdin.
#[track_caller]
fn with_line(project: &Project, arguments: &[&str], line: &str) -> Output {
    let mut command = project.command(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses before it reads has closed the pipe.
    let _ = child.stdin.take().expect("a pipe").write_all(line.as_bytes());
    Output::new(arguments, child.wait_with_output().expect("it ends"))
}

const ANNA: [&str; 6] = ["user", "add", "anna", "--role", "operator", "approver"];

#[test]
fn a_user_is_added_given_roles_and_tokens_and_taken_out() {
    let project = Project::new();
    assert_eq!(project.run(&["user", "list", "--format", "csv"]).code(0).csv().rows.len(), 0);
    with_line(&project, &ANNA, "correct horse battery\n").code(0).stderr_has("operator, approver");
    let first = project.read("users.toml");
    let mode = std::fs::metadata(project.path().join("users.toml")).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!first.contains("correct horse"), "{first}");

    project.run(&["user", "roles", "anna", "--role", "viewer"]).code(0);
    with_line(&project, &["user", "password", "anna"], "another password\n").code(0);
    let printed = project.run(&["user", "token", "anna", "--title", "ci", "--format", "json"]).code(0);
    let rows: serde_json::Value = serde_json::from_str(&printed.stdout).expect("it is JSON");
    let token = rows[0]["token"].as_str().expect("the token");
    assert!(token.starts_with("ll_") && token.len() == 67, "{token}");
    let second = project.read("users.toml");
    assert!(!second.contains(token), "a token is printed once and kept nowhere");
    assert_ne!(
        first.lines().find(|line| line.contains("argon2id")),
        second.lines().find(|line| line.contains("argon2id"))
    );

    let list = project.run(&["user", "list", "--format", "csv"]).code(0).csv();
    assert_eq!(list.columns, ["user", "roles", "token", "created_on", "expires_on"]);
    assert_eq!(list.rows[0][..3], ["anna", "viewer", "ci"]);
    project.run(&["user", "revoke", "anna", "cd"]).code(2).stderr_has("hint: there is `ci`");
    project.run(&["user", "revoke", "anna", "ci"]).code(0);
    assert_eq!(project.run(&["user", "list", "--format", "csv"]).code(0).csv().rows[0][2], "");
    project.run(&["user", "remove", "ana"]).code(2).stderr_has("did you mean `anna`?");
    project.run(&["user", "remove", "anna"]).code(0);
    assert_eq!(project.run(&["user", "list", "--format", "csv"]).code(0).csv().rows.len(), 0);
}

#[test]
fn what_is_refused_changes_nothing() {
    let project = Project::new();
    with_line(&project, &ANNA, "correct horse battery\n").code(0);
    let before = project.read("users.toml");
    with_line(&project, &ANNA, "correct horse battery\n").code(2).stderr_has("there is a user `anna` already");
    with_line(&project, &["user", "add", "Ben", "--role", "viewer"], "x\n")
        .code(2)
        .stderr_has("cannot be a user's name");
    with_line(&project, &["user", "add", "ben", "--role", "viewer"], "short\n").code(2).stderr_has("12 characters");
    with_line(&project, &["user", "add", "ben", "--role", "viewer"], "")
        .code(2)
        .stderr_has("no password could be read");
    with_line(&project, &["user", "add", "ben"], "correct horse battery\n").code(2);
    with_line(&project, &["user", "add", "ben", "--role", "chief"], "correct horse battery\n").code(2);
    project.run(&["user", "token", "anna", "--title", "ci", "--days", "0"]).code(2);
    assert_eq!(project.read("users.toml"), before);

    let path = project.path().join("users.toml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    project.run(&["user", "list"]).code(2).stderr_has("has mode 0644").stderr_has("chmod 600");
}
