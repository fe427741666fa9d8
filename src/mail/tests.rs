//! What mails say, and that no name adds anything to them.

use std::collections::BTreeMap;

use super::*;
use crate::event::{Mailed, ReportTable, StageReport, Verdict};
use crate::ids::StageName;
use crate::settings::mail::Security;
use crate::summary::{StageSummary, Summary};

fn held() -> Summary {
    let rows = vec![
        ["hr", "complete", "1204", "0"].map(str::to_owned).to_vec(),
        ["<b>erp</b>\r\n.\r\nMAIL FROM:<x@y>", "partial", "17", "0"].map(str::to_owned).to_vec(),
    ];
    let table = ReportTable::new("sources", &["source", "state", "kept", "rejected"], rows);
    let people =
        ReportTable::new("derogations to look at", &["for whom"], vec![vec!["Cleo Marsh".to_owned()]]).of_people();
    let report = StageReport { headline: "2 sources, 1221 rows".to_owned(), tables: vec![table, people] };
    Summary {
        run: "20261116T033000Z-ab12".to_owned(),
        plan: "weekly".to_owned(),
        timeslot: "2026-11-16".parse().ok(),
        parent: "2026-11-09".parse().ok(),
        stages: vec![StageSummary { stage: StageName::Collect, report, millis: 8410 }],
        verdict: Some(Verdict::Held { thresholds: vec!["guard_accounts".to_owned()] }),
        exit_code: Some(3),
        head: "42:9f3c1a22b7d0e1f2".to_owned(),
        millis: 23_610,
        ..Summary::default()
    }
}

fn settings() -> Mail {
    Mail {
        host: "localhost".to_owned(),
        port: 25,
        security: Security::None,
        login: None,
        root_certificate: None,
        from: "Ledgerline <ledger@example.org>".to_owned(),
        to: vec!["iga@example.org".to_owned()],
        on: BTreeMap::new(),
        late_after: None,
    }
}

fn sent(project: &str) -> String {
    let summary = held();
    let letter = Letter::of(project, &summary, None);
    let message = compose(&letter, &settings(), Timestamp::UNIX_EPOCH).expect("a mail");
    String::from_utf8(message.formatted()).expect("an encoded mail is ASCII")
}

#[test]
fn the_same_run_gives_the_same_mail_and_says_the_verdict_first() {
    let text = sent("Halden");
    assert_eq!(text, sent("Halden"));
    assert!(text.contains("Message-ID: <ledgerline.20261116T033000Z-ab12@example.org>\r\n"), "{text}");
    assert!(text.contains("Subject: [Halden] weekly 2026-11-16: HELD\r\n"), "{text}");
    assert!(text.contains("References: <ledgerline.weekly.2026-11-16@example.org>\r\n"), "{text}");
    assert!(text.contains("ledgerline confirm 2026-11-16 --override guard_accounts"), "{text}");
    assert!(text.contains("42:9f3c1a22b7d0e1f2"), "{text}");
}

#[test]
fn no_cell_ends_the_mail_and_no_name_adds_a_header() {
    let text = sent("Halden\r\nBcc: x@example.org");
    let bare = text.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n']), "{text}");
    assert!(!text.contains("\r\n.\r\n"), "{text}");
    assert!(!text.contains("\r\nBcc:"), "{text}");
}

#[test]
fn ten_thousand_hostile_names_add_no_header_and_nobody() {
    let pieces = [
        "\r\n",
        "\n",
        "\r",
        "\0",
        "Bcc: x@example.org",
        "To: y@z",
        ": ",
        "\u{85}",
        "\u{2028}",
        "é",
        "<a@b>",
        ",",
        "=?utf-8?q?=0D=0A?=",
        "\t ",
        ".",
    ];
    let names = |mail: &str| -> Vec<String> {
        let head = mail.split("\r\n\r\n").next().unwrap_or_default().split("\r\n");
        head.filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    };
    let composed = |project: &str, about: &str| {
        let notice =
            Notice { name: "n".to_owned(), about: about.to_owned(), text: about.to_owned(), thread: None, to: To::All };
        compose_notice(project, notice, &settings(), Timestamp::UNIX_EPOCH).expect("a mail")
    };
    let expected = names(&String::from_utf8(composed("Halden", "TEST").formatted()).expect("ASCII"));
    assert!(expected.contains(&"Subject".to_owned()) && !expected.contains(&"Bcc".to_owned()), "{expected:?}");
    for number in 0..10_000_usize {
        let text: String =
            (0..6).map(|at| pieces[(number / pieces.len().pow(at % 4) + at as usize) % pieces.len()]).collect();
        let message = composed(&text, &format!("{text}{number}"));
        let mail = String::from_utf8(message.formatted()).expect("an encoded mail is ASCII");
        assert_eq!(names(&mail), expected, "{text:?}");
        assert_eq!(message.envelope().to().len(), 1, "{text:?}");
        assert!(!mail.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
    }
}

#[test]
fn what_a_source_says_is_shown_and_never_run() {
    let summary = held();
    let page = html(&Letter::of("A & B <i>", &summary, None));
    assert!(page.contains("&lt;b&gt;erp&lt;/b&gt;"), "{page}");
    assert!(page.contains("A &amp; B &lt;i&gt;"), "{page}");
    assert!(!page.contains("<b>erp"), "{page}");
    assert!(!page.contains("http"), "a page that asks nobody for anything: {page}");
}

#[test]
fn a_held_run_leads_to_where_it_is_decided_and_to_the_run() {
    let summary = held();
    let letter = Letter::of("Halden", &summary, None).linked(Some("https://ledger.example.org"));
    let lines = [
        "  look and decide:  https://ledger.example.org/timeslots/2026-11-16\n",
        "  the run:  https://ledger.example.org/runs/20261116T033000Z-ab12\n",
    ];
    for line in lines {
        assert!(letter.text().contains(line), "{}", letter.text());
    }
    let page = html(&letter);
    assert!(page.contains("href=\"https://ledger.example.org/timeslots/2026-11-16\""), "{page}");
    assert_eq!(page.matches("href=").count(), 2, "nothing else is a link: {page}");
}

#[test]
fn a_confirmed_run_leads_to_the_run_alone() {
    let summary = Summary { verdict: Some(Verdict::Confirmed), ..held() };
    let text = Letter::of("Halden", &summary, None).linked(Some("https://ledger.example.org")).text();
    assert!(text.contains("/runs/") && !text.contains("/timeslots/"), "{text}");
}

#[test]
fn a_notice_about_a_timeslot_leads_to_it_where_there_is_a_page() {
    let id: TimeslotId = "2026-11-16".parse().expect("an id");
    let notice =
        |thread| Notice { name: "n".to_owned(), about: "a".to_owned(), text: "t\n".to_owned(), thread, to: To::All };
    let text = |thread, url| linked(notice(thread), url).text;
    let url = Some("https://ledger.example.org");
    assert!(text(Some(("weekly", &id)), url).contains("  https://ledger.example.org/timeslots/2026-11-16\n"));
    assert_eq!(text(Some(("weekly", &id)), None), "t\n");
    assert_eq!(text(None, url), "t\n");
}

fn warned() -> Summary {
    let row = |sentence: &str| vec![["warn", "few_accounts", sentence].map(str::to_owned).to_vec()];
    let table = ReportTable {
        mailed: Mailed::Instead(row("accounts fell by 12; most of it: AD 12")),
        ..ReportTable::new(
            "limits reached",
            &["severity", "threshold", "what happened"],
            row("accounts fell by 12; most of it: AD 12; such as AD/cleo.marsh"),
        )
    };
    let report = StageReport { headline: "1 limit judged".to_owned(), tables: vec![table] };
    let stages = vec![StageSummary { stage: StageName::Validate, report, millis: 1 }];
    Summary { verdict: Some(Verdict::Confirmed), stages, ..held() }
}

#[test]
fn a_run_in_which_thresholds_warned_says_so_in_its_subject() {
    let summary = warned();
    let letter = Letter::of("Halden", &summary, None);
    assert_eq!(letter.subject(), "[Halden] weekly 2026-11-16: CONFIRMED, WARNED");
    assert!(letter.text().starts_with("CONFIRMED, WARNED: timeslot 2026-11-16 is current\n"), "{}", letter.text());
    let calm = Summary { stages: Vec::new(), ..warned() };
    assert_eq!(Letter::of("Halden", &calm, None).subject(), "[Halden] weekly 2026-11-16: CONFIRMED");
}

#[test]
fn each_verdict_goes_to_those_who_are_named_for_it() {
    let named = |who: &str| vec![format!("{who}@example.org")];
    let on = BTreeMap::from([
        (On::Warned, named("warned")),
        (On::Held, named("held")),
        (On::Failed, named("failed")),
        (On::Confirmed, Vec::new()),
    ]);
    let mail = Mail { on, ..settings() };
    let to = |verdict: Option<Verdict>, stages: Vec<StageSummary>| {
        let summary = Summary { stages, verdict, ..held() };
        Letter::of("Halden", &summary, None).addressed(&mail).map(|mail| mail.to.join(" "))
    };
    let said = |who: &str| Some(format!("{who}@example.org"));
    assert_eq!(to(Some(Verdict::Confirmed), warned().stages), said("warned"));
    assert_eq!(to(Some(Verdict::Confirmed), Vec::new()), None);
    assert_eq!(to(held().verdict, warned().stages), said("held"));
    assert_eq!(to(Some(Verdict::Failed { stage: None }), Vec::new()), said("failed"));
    assert_eq!(to(Some(Verdict::Interrupted { signal: 15 }), Vec::new()), said("failed"));
    assert_eq!(to(None, Vec::new()), said("failed"));
    assert_eq!(to(Some(Verdict::Open { stale: Vec::new() }), Vec::new()), said("iga"));
}

#[test]
fn tables_of_people_stay_at_home_whatever_they_are_called() {
    let summary = held();
    let letter = Letter::of("Halden", &summary, None);
    for told in [letter.text(), html(&letter)] {
        assert!(!told.contains("Cleo") && !told.contains("derogations"), "{told}");
    }
    // On the screen they are told.
    assert!(summary.text().contains("Cleo Marsh"));
}

#[test]
fn of_a_breach_the_mail_says_where_it_is_and_not_who_it_is() {
    let summary = warned();
    let letter = Letter::of("Halden", &summary, None);
    for told in [letter.text(), html(&letter)] {
        assert!(told.contains("most of it: AD 12") && !told.contains("cleo"), "{told}");
    }
    assert!(summary.text().contains("such as AD/cleo.marsh"));
}

#[test]
fn what_a_mail_may_say_of_a_table_is_kept_with_it_and_earlier_records_are_read() {
    let earlier = r#"{"title":"sources","columns":["source"],"rows":[["hr"]]}"#;
    let read: ReportTable = serde_json::from_str(earlier).expect("a record of an earlier program");
    assert_eq!(read.mailed_rows(), [["hr"]]);
    assert_eq!(serde_json::to_string(&read).expect("JSON"), earlier);
    let people = read.of_people();
    let kept: ReportTable = serde_json::from_str(&serde_json::to_string(&people).expect("JSON")).expect("a table");
    assert!(kept == people && kept.mailed_rows().is_empty());
}

#[test]
fn a_run_that_did_not_begin_says_why() {
    let summary = Summary { run: "r1".to_owned(), plan: "weekly".to_owned(), ..Summary::default() };
    let letter = Letter::of("Halden", &summary, Some("the ledger is locked by anna"));
    assert_eq!(letter.subject(), "[Halden] weekly: FAILED");
    assert!(letter.text().starts_with("FAILED"), "{}", letter.text());
    assert!(letter.text().contains("the ledger is locked by anna"));
}
