//! What leaves the ledger in mails names nobody, in whole runs of the sample project.

use std::fmt::Write as _;

use crate::support::smtp::{Smtp, settings};
use crate::support::{LOADS, sample};

/// Limits that each load of the sample reaches, and whose sentences name people on the screen. They only warn.
const WARNING: &str = r#"
[stage.validate.threshold.names]
metric = "identities.full_name.top"
max = { warn = "0 %" }

[stage.validate.threshold.left]
metric = "identities.count"
change = { warn = 0 }

[stage.validate.threshold.turnover]
metric = "accounts.churn"
max = { warn = "0 %" }

[stage.validate.threshold.active]
metric = "identities.active"
max = { warn = 1 }

[stage.validate.threshold.open]
metric = "findings.open"
max = { warn = 1 }

[stage.validate.threshold.led]
metric = "managers.count"
max = { warn = 1 }
"#;

/// The text of a mail, whose lines are quoted-printable where they must be.
fn plain(mail: &str) -> String {
    let joined = mail.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let coded = behind.get(..2).filter(|_| *first == b'=').and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = coded.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a text has a word, and not only within another.
fn says(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + found.len()..].chars().next())
    })
}

#[test]
fn no_mail_about_a_run_names_a_person() {
    let project = sample();
    let port = Smtp::free_port();
    project.write("ledgerline.toml", project.read("ledgerline.toml") + &settings(port));
    project.write("plans/weekly.toml", project.read("plans/weekly.toml") + WARNING);
    let server = Smtp::listen(port);
    let mut screens = String::new();
    for load in LOADS {
        let run = ["run", "weekly", "--var", &format!("load={load}"), "--as-of", load, "--batch"];
        write!(screens, "{}", project.run(&run).code(0).stdout).expect("a text");
    }
    let mails: Vec<String> = server.mails().iter().map(|mail| plain(mail)).collect();
    assert_eq!(mails.len(), LOADS.len());
    for mail in &mails {
        assert!(mail.contains("CONFIRMED, WARNED") && mail.contains("Content-Type: text/html"), "{mail}");
        assert!(!mail.contains("base64"), "the mail can be read: {mail}");
    }
    // What a limit was reached by is told by what most of it belongs to.
    assert!(mails.iter().any(|mail| mail.contains("; most of it: ")), "{mails:?}");
    assert!(mails.iter().all(|mail| !mail.contains("; such as ")), "{mails:?}");
    let people: Vec<String> = LOADS
        .iter()
        .flat_map(|load| {
            let ask = "SELECT employee_id AS word FROM identities UNION SELECT full_name FROM identities WHERE full_name IS NOT NULL
                       UNION SELECT email FROM identities WHERE email IS NOT NULL";
            project.query_of(load, ask).lines()
        })
        .collect();
    assert!(people.len() > 1000, "{}", people.len());
    let on_the_screen = people.iter().filter(|person| says(&screens, person)).count();
    assert!(on_the_screen > 20, "the screen names people, so there is something to leave out: {on_the_screen}");
    for (mail, load) in mails.iter().zip(LOADS) {
        let named: Vec<&String> = people.iter().filter(|person| says(mail, person)).collect();
        assert!(named.is_empty(), "{load}: {named:?} in\n{mail}");
    }
}
