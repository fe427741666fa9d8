//! What the owner of a source gets to read, and what not.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::*;
use crate::collect::source::FileFact;
use crate::mail::{compose_notice, linked};
use crate::settings::mail::{Mail, Security};

fn report(state: SourceState, rejected: u64) -> SourceReport {
    let counts =
        TableCounts { table: "identities".to_owned(), read: 20, kept: 20 - rejected, rejected, ..Default::default() };
    SourceReport {
        source: "hr".to_owned(),
        state,
        remarks: vec!["`in/hr.csv` ends in the middle of a record".to_owned()],
        drift: Vec::new(),
        files: Vec::new(),
        tables: vec![counts],
        stale_loads: 0,
        fingerprint: String::new(),
        configuration: String::new(),
        unknown: None,
        reused: false,
    }
}

fn rejects(why: &str, column: &str) -> Rejects {
    let cells = |cells: [&str; 4]| vec![cells.map(plain).to_vec()];
    let why = masked(&plain(why));
    Rejects { reasons: cells(["3", "identities", column, &why]), places: cells(["hr.csv", "17", column, &why]) }
}

fn mailed(rejects: &Rejects) -> String {
    let id: TimeslotId = "2026-11-16".parse().expect("an id");
    let load = Load { run: "r1", plan: "weekly", timeslot: &id, is_readable: true };
    let mail = Mail {
        host: "localhost".to_owned(),
        port: 25,
        security: Security::None,
        login: None,
        root_certificate: None,
        from: "ledger@example.org".to_owned(),
        to: vec!["iga@example.org".to_owned()],
        on: BTreeMap::new(),
        late_after: None,
    };
    let notice = of_source(&load, &report(SourceState::Partial, 3), rejects, "hr-data@example.org");
    let notice = linked(notice, Some("https://ledger.example.org"));
    let mail = notice.to.settings(&mail).expect("somebody gets it");
    let message = compose_notice("Halden", notice, &mail, Timestamp::UNIX_EPOCH).expect("a mail");
    String::from_utf8(message.formatted()).expect("an encoded mail is ASCII")
}

#[test]
fn the_owner_is_told_state_counts_reasons_and_places_and_where_the_rest_is() {
    let mail = mailed(&rejects("`31/02/1999` is no day", "BIRTH"));
    for line in [
        "To: hr-data@example.org\r\n",
        "Subject: [Halden] source hr 2026-11-16: PARTIAL, 3 rejected\r\n",
        "Message-ID: <ledgerline.source-r1-hr@example.org>\r\n",
        "References: <ledgerline.weekly.2026-11-16@example.org>\r\n",
        "identities: 20 read",
        "17 kept + 3 rejected",
        "`in/hr.csv` ends in the middle of a record",
        "BIRTH",
        "`..` is no day",
        "https://ledger.example.org/timeslots/2026-11-16",
        "ledgerline query",
    ] {
        let unfolded = mail.replace("=\r\n", "").replace("=3D", "=");
        assert!(unfolded.contains(line), "{line}: {unfolded}");
    }
    assert!(!mail.contains("iga@example.org") && !mail.contains("1999"), "{mail}");
}

#[test]
fn values_that_reasons_quote_stay_at_home() {
    for (reason, told) in [
        ("`Cleo Marsh` is no day", "`..` is no day"),
        ("`Cleo` Marsh` is no `%d/%m/%Y`", "`..`"),
        ("the account `cleo` is unknown", "the account `..` is unknown"),
        ("`Cleo", "`.."),
        ("has no value", "has no value"),
    ] {
        assert_eq!(masked(reason), told);
    }
}

#[test]
fn remarks_name_files_tables_and_columns_and_no_keys() {
    let mut report = report(SourceState::Partial, 0);
    let file =
        FileFact { path: "hr.csv".to_owned(), bytes: 1, sha256: String::new(), columns: vec!["BIRTH".to_owned()] };
    report.files.push(file);
    for (remark, told) in [
        ("no file matches `in/hr_*.csv`; `in/HR.csv` is there", "no file matches `in/hr_*.csv`; `in/HR.csv` is there"),
        ("`hr.csv` line 7: no record has `BIRTH`", "`hr.csv` line 7: no record has `BIRTH`"),
        (
            "2 keys of `identities` written in several ways: `cleo` and `Cleo`; `a` and `A`; and 3 more",
            "2 keys of `identities` written in several ways: `..`; and 3 more",
        ),
        ("1 key: `cl`eo` and `Cleo`", "1 key: `..`"),
        ("`cleo", "`.."),
        ("3 records, where at least 10 are expected", "3 records, where at least 10 are expected"),
    ] {
        assert_eq!(known_only(remark, &report), told);
    }
}

#[test]
fn ten_hostile_reasons_and_columns_add_no_header_and_nobody() {
    let names = |mail: &str| -> Vec<String> {
        let head = mail.split("\r\n\r\n").next().unwrap_or_default().split("\r\n");
        head.filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    };
    let expected = names(&mailed(&rejects("has no value", "BIRTH")));
    let hostile = [
        "\r\nBcc: x@example.org",
        "\nTo: y@z",
        "\r.\r",
        "\r\n.\r\nMAIL FROM:<x@y>",
        "\0",
        "\u{85}Bcc: x@y",
        "\u{2028}Cc: x@y",
        "=?utf-8?q?=0D=0ABcc:x@y?=",
        "\r\n\r\n<html>",
        "\t \r\n.",
    ];
    for text in hostile {
        let mail = mailed(&rejects(text, text));
        assert_eq!(names(&mail), expected, "{text:?}");
        assert!(!mail.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
        assert!(!mail.contains("\r\n.\r\n"), "{text:?}");
    }
}

#[test]
fn an_owner_is_told_where_there_is_something_to_mend() {
    assert!(needs_its_owner(&report(SourceState::Complete, 1)));
    assert!(needs_its_owner(&report(SourceState::Stale, 0)));
    assert!(!needs_its_owner(&report(SourceState::Complete, 0)));
    assert!(!needs_its_owner(&report(SourceState::NotCollected, 0)));
}
