//! Reports of the sample project: every number can be read again, what is kept is never changed, each due time makes one.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::smtp::{Smtp, settings};
use crate::support::{LOADS, Project, sample};

/// The sample project after its three loads.
fn loaded() -> Project {
    let project = sample();
    for load in LOADS {
        project.weekly(load).code(0);
    }
    project
}

fn with(project: &Project, more: &str) {
    project.write("ledgerline.toml", project.read("ledgerline.toml") + more);
}

/// A small project after a load.
fn small() -> Project {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\nbob\n").plan_of(&["accounts"]);
    project.load("2026-01-05").code(0);
    project
}

#[track_caller]
fn made(project: &Project, kind: &str) -> Value {
    let report = project.run(&["report", kind, "--format", "json"]).code(0);
    serde_json::from_str(&report.stdout).expect("a report is JSON")
}

fn probe<'a>(report: &'a Value, name: &str) -> (&'a str, &'a str) {
    let probes = report["probes"].as_array().expect("a report has probes");
    let probe = probes.iter().find(|probe| probe["name"] == name).expect("the probe");
    (probe["outcome"].as_str().expect("text"), probe["sentence"].as_str().expect("text"))
}

#[test]
fn every_number_of_a_report_is_read_again_from_where_it_comes() {
    let project = loaded();
    let report = made(&project, "daily");
    let figures = report["figures"].as_array().expect("figures");
    let mut answers = std::collections::BTreeMap::new();
    let mut asked = 0;
    for figure in figures {
        let Some(query) = figure["from"].get("query") else { continue };
        let text = |name: &str| query[name].as_str().expect("text").to_owned();
        let sql = text("sql");
        let answer = answers.entry(sql.clone()).or_insert_with(|| project.query_of(&text("timeslot"), &sql));
        let at = answer.columns.iter().position(|column| *column == text("column")).expect("the column");
        let row = match query["row"].as_str() {
            None => answer.rows.first(),
            Some(first) => answer.rows.iter().find(|row| row[0] == first),
        };
        // A risk that does not occur has no row.
        let found = row.map_or(0, |row| row[at].parse().expect("a number"));
        assert_eq!(figure["value"], found, "{figure}");
        asked += 1;
    }
    assert!(asked > 50 && answers.len() == 8, "{asked} numbers by {} queries", answers.len());
    let value = |name: &str| figures.iter().find(|figure| figure["name"] == name).expect("it")["value"].as_u64();
    // Known from the rules of the sample, which ask the same in other words.
    assert_eq!(
        value("accounts.orphans"),
        Some(project.query("SELECT COUNT(*) AS n FROM rule_orphan_accounts").number())
    );
    let outliving = "SELECT COUNT(*) AS n FROM (SELECT uid FROM rule_leaved_and_enabled UNION SELECT uid FROM rule_accounts_of_the_inactive) x";
    assert_eq!(value("leavers.enabled"), Some(project.query(outliving).number()));
    let standing = "SELECT COUNT(*) AS n FROM findings WHERE state <> 'fixed'";
    assert_eq!(value("findings.open"), Some(project.query(standing).number()));
    assert_eq!((value("sources.all"), value("sources.complete")), (Some(14), Some(14)));
    assert_eq!(probe(&report, "ledger").0, "good");
    assert_eq!(probe(&report, "mail").0, "unknown");
    let tenths = |part: &Value| part["tenths"].as_u64().expect("a number");
    let parts = report["score"]["parts"].as_array().expect("parts");
    assert_eq!(report["score"]["tenths"], parts.iter().map(tenths).sum::<u64>());
    // A report names no person.
    let text = report.to_string();
    for row in project.query("SELECT full_name FROM identities").rows {
        assert!(!text.contains(&row[0]), "{}", row[0]);
    }
}

#[test]
fn what_is_kept_is_never_changed_and_the_weekly_review_computes_every_sum() {
    let project = loaded();
    let first = made(&project, "daily");
    let name = first["name"].as_str().expect("a name").to_owned();
    let kept = project.read(&format!("ledger/reports/{name}.json"));
    let page = project.read(&format!("ledger/reports/{name}.html"));
    assert!(page.contains(first["sentence"].as_str().expect("text")) && !page.contains("<script"), "{page}");
    assert_eq!(made(&project, "daily")["name"], format!("{name}_2"));
    assert_eq!(project.read(&format!("ledger/reports/{name}.json")), kept);
    let weekly = made(&project, "weekly");
    assert!(probe(&weekly, "ledger").1.contains("every sum computed"), "{weekly}");
    let list = project.run(&["report", "list", "--format", "csv"]).code(0).csv();
    assert_eq!(list.only(&["report"]).len(), 3);
    let shown = project.run(&["report", "show", &name]).code(0);
    assert!(shown.stdout.starts_with(first["word"].as_str().expect("text")), "{shown}");
    assert_eq!(project.run(&["report", "show", &name, "--html"]).code(0).stdout, page);
    project.run(&["report", "show", "../FORMAT"]).code(2).stderr_has("no report `../FORMAT` is kept");
    // A flipped byte: only who computes sums finds it.
    let part = std::fs::read_dir(project.ledger().join("timeslot=2026-11-16/accounts")).expect("a table");
    let part = part.flatten().next().expect("a part").path();
    let mut bytes = std::fs::read(&part).expect("a part");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&part).expect("a part");
    std::fs::write(&part, bytes).expect("a part");
    assert_eq!(probe(&made(&project, "daily"), "ledger").0, "good");
    let weekly = made(&project, "weekly");
    assert_eq!(probe(&weekly, "ledger").0, "bad");
    assert_eq!(weekly["word"], "ACT TODAY");
    assert_eq!(probe(&made(&project, "daily"), "ledger").0, "bad", "what was found is not forgotten");
    project.run(&["report", "log"]).code(0).stdout_has("turned_bad").stdout_has("ledger");
}

#[test]
fn trends_compare_with_what_was_kept() {
    let project = small();
    let mut before = made(&project, "daily");
    let today: jiff::civil::Date = before["day"].as_str().expect("a day").parse().expect("a day");
    for figure in before["figures"].as_array_mut().expect("figures") {
        if figure["name"] == "accounts.present" {
            figure["value"] = 7.into();
        }
    }
    for days in [1_i64, 8] {
        let name = format!("daily-{}", today.saturating_sub(jiff::Span::new().days(days)));
        before["name"] = name.clone().into();
        project.write(&format!("ledger/reports/{name}.json"), before.to_string());
    }
    let report = made(&project, "daily");
    let trends = report["trends"].as_array().expect("trends");
    let accounts = trends.iter().find(|trend| trend["from"] == "accounts.present").expect("accounts");
    assert_eq!((&accounts["now"], &accounts["day"], &accounts["week"]), (&2.into(), &7.into(), &7.into()));
    let name = report["name"].as_str().expect("a name");
    project.run(&["report", "show", name]).code(0).stdout_has("-5");
}

#[test]
fn before_a_first_load_nothing_is_good() {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let report = made(&project, "daily");
    assert_eq!(report["score"]["tenths"], 0, "{report}");
    assert!(report["probes"].as_array().expect("probes").iter().all(|probe| probe["outcome"] != "good"), "{report}");
    project.write("plans/load.toml", "nonsense");
    let report = made(&project, "daily");
    assert_eq!(probe(&report, "schedule").0, "bad", "{report}");
}

#[test]
fn a_source_that_fails_is_told_with_its_name_and_what_to_do() {
    let project = small();
    project.remove("accounts.csv");
    project.load("2026-01-12").code(7);
    let report = made(&project, "daily");
    let (outcome, sentence) = probe(&report, "plan load");
    assert_eq!(outcome, "bad", "{sentence}");
    let text = project.run(&["report", "show"]).code(0).stdout;
    assert!(
        text.starts_with("ACT TODAY") && text.contains("ledgerline retry ") && text.contains("failed_source.md"),
        "{text}"
    );
}

#[test]
fn a_broken_log_is_told_by_a_report_and_keeps_none_from_being_made() {
    let project = small();
    let path = project.ledger().join("log/00000002.json");
    let text = std::fs::read_to_string(&path).expect("an entry");
    std::fs::remove_file(&path).expect("an entry");
    std::fs::write(&path, text.replace("2026", "2025")).expect("a changed one");
    let report = made(&project, "daily");
    let (outcome, sentence) = probe(&report, "ledger");
    assert_eq!((outcome, report["word"].as_str()), ("bad", Some("ACT TODAY")));
    assert!(sentence.contains("the log is broken"), "{sentence}");
    assert_eq!(report["score"]["tenths"], 0, "what is read from nothing gives nothing: {report}");
}

#[test]
fn a_source_that_is_carried_is_told_with_how_old_it_is() {
    let project = small();
    let collector = project.read("collectors/accounts.toml");
    project.write(
        "collectors/accounts.toml",
        collector.replace("format = \"csv\"", "format = \"csv\"\non_failure = \"carry\""),
    );
    let row = |project: &Project| {
        let report = made(project, "daily");
        let tables = report["tables"].as_array().expect("tables");
        let sources = tables.iter().find(|table| table["title"] == "sources").expect("sources");
        let cell = |at: usize| sources["rows"][0][at].as_str().expect("text").to_owned();
        ([cell(0), cell(1), cell(2), cell(3), cell(4)].join(" "), probe(&report, "sources").0.to_owned())
    };
    project.load("2026-01-12").code(0);
    assert_eq!(row(&project).0, "accounts complete 2026-01-12 2026-01-05 0", "its file is the same for two loads");
    project.remove("accounts.csv");
    project.load("2026-01-19").code(0);
    project.load("2026-01-26").code(0);
    let (told, outcome) = row(&project);
    assert_eq!((told.as_str(), outcome.as_str()), ("accounts failed 2026-01-12 no file 2", "bad"));
    project.run(&["report", "show"]).code(0).stdout_has("Failed: `accounts`");
}

#[test]
fn a_report_is_mailed_once_to_those_it_is_for_and_again_under_the_same_name() {
    let project = small();
    project.run(&["report", "daily", "--send"]).code(2).stderr_has("no `[mail]`");
    let port = Smtp::free_port();
    with(&project, &format!("{}\n[report]\nto = [\"board@example.org\"]\n", settings(port)));
    project.run(&["report", "daily", "--send"]).code(0).stderr_has("tried again").stdout_has("would take no mail");
    project.run(&["mail", "outbox"]).code(0).stdout_has("report-daily-");
    let server = Smtp::listen(port);
    project.run(&["mail", "resend"]).code(0);
    let mails = server.mails();
    let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID:")).expect("an id").to_owned();
    assert_eq!(mails.len(), 1);
    let kept = std::fs::read_dir(project.ledger().join("reports")).expect("a folder").flatten();
    let kept = kept.map(|item| item.path()).find(|path| path.extension().is_some_and(|kind| kind == "eml"));
    let kept = std::fs::read_to_string(kept.expect("the mail is kept")).expect("text");
    assert_eq!(id(&mails[0]), id(&kept));
    assert!(mails[0].contains("To: board@example.org") && mails[0].contains("daily report"), "{}", mails[0]);
    assert!(mails[0].contains("References: <ledgerline.report-daily-"), "{}", mails[0]);
    let report = made(&project, "daily");
    assert_eq!(probe(&report, "mail").0, "good", "{report}");
    assert_eq!(server.mails().len(), 1, "a probe sends no mail");
    project.run(&["report", "log"]).code(0).stdout_has("turned_good").stdout_has("mail");
}

#[test]
fn a_due_time_makes_one_report_across_restarts() {
    let project = small();
    let due = ["report", "daily", "--due", "2026-01-06T08:00:00Z"];
    // One that cannot be kept was not made.
    project.write("ledger/reports", "no folder");
    project.run(&due).code(1).stderr_has("ledger/reports");
    project.remove("ledger/reports");
    project.run(&due).code(0);
    project.run(&due).code(4).stderr_has("was made before");
    let reports = || project.run(&["report", "list", "--format", "csv"]).code(0).csv().rows.len();
    assert_eq!(reports(), 1);
    with(&project, "\n[report]\ndaily = \"* * * * *\"\nweekly = false\n");
    let since = "{\"pattern\": \"* * * * *\", \"zone\": \"UTC\", \"since\": \"2026-01-05T12:00:00Z\"}";
    project.write("ledger/schedule/report-daily/since.json", since);
    for seconds in [0, 4] {
        let mut watching = project.start(&["schedule", "run"]);
        let begun = Instant::now();
        let settled = || {
            let files = std::fs::read_dir(project.ledger().join("schedule/report-daily")).expect("a folder").flatten();
            let is_due = |name: &str| name.ends_with("Z.json");
            files.filter(|file| is_due(&file.file_name().to_string_lossy())).count()
        };
        while begun.elapsed() < Duration::from_mins(1) && settled() < 2 {
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_secs(seconds));
        let pid = watching.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there").success(), "it had ended");
        assert!(watching.wait().expect("a process").success(), "told to end, it ends well");
        // Minutes may have passed: each due time that was settled made one.
        assert!(settled() >= 2);
        assert_eq!(reports(), settled());
    }
    project.run(&["report", "log"]).code(0).stdout_has("due_missed");
}

#[test]
fn what_is_done_is_noted_in_the_operations_log() {
    let project = small();
    project.write("accounts.csv", "LOGIN\nann\n");
    project.load("2026-01-12").code(0);
    project.run(&["hide", "2026-01-12", "--reason", "nobody was in it"]).code(0);
    let log = project.run(&["report", "log", "--format", "csv"]).code(0).csv();
    let lines: Vec<String> = log.only(&["who", "what", "outcome"]).iter().map(|row| row.join(" ")).collect();
    let says = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(says("test run_begun plan load"), 2, "{lines:?}");
    assert_eq!(says("test run_ended plan load: CONFIRMED: timeslot 2026-01-12"), 1, "{lines:?}");
    assert_eq!(says("test decision HIDDEN: timeslot 2026-01-12 is hidden; nobody was in it"), 1, "{lines:?}");
    let none = project.run(&["report", "log", "--since", "2999-01-01", "--format", "csv"]).code(0).csv();
    assert_eq!(none.rows.len(), 0);
    let file = project.read("ledger/operations.jsonl");
    assert_eq!(file.lines().count(), log.rows.len());
    project.run(&["verify", "--data"]).code(0);
}

#[test]
fn settings_of_reports_that_make_no_sense_are_told_with_their_place() {
    for (settings, says) in [
        ("daily = \"61 8 * * *\"", "`61 8 * * *` is no schedule"),
        ("weekly = true", "`true` says nothing about when"),
        ("to = [\"nobody\"]", "`nobody` is no mail address"),
        ("hourly = \"0 * * * *\"", "hourly"),
        ("daily = 8", "daily"),
    ] {
        let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
        with(&project, &format!("\n[report]\n{settings}\n"));
        project.run(&["check"]).code(2).stderr_has(says).stderr_has("ledgerline.toml:");
    }
}

#[test]
fn units_are_written_for_reports_too() {
    let project = small();
    let systemd = project.run(&["schedule", "install", "--systemd"]).code(0);
    systemd.stdout_has("OnCalendar=*-*-* 08:00:00 UTC").stdout_has(" report weekly\n");
    project.run(&["schedule", "install", "--cron"]).code(0).stdout_has("\n0 9 * * 1 ").stdout_has(" report daily\n");
    let k8s = project.run(&["schedule", "install", "--k8s"]).code(0);
    k8s.stdout_has("\"report\", \"daily\"]").stdout_has("name: ledgerline-report-weekly");
    with(&project, &settings(9));
    project.run(&["schedule", "install", "--cron"]).code(0).stdout_has(" report daily --send\n");
}

#[test]
fn a_held_load_is_told_with_what_was_reached_and_names_nobody() {
    let project = small();
    let plan = project.read("plans/load.toml");
    let limits = "[stage.validate.threshold.gone]\nmetric = \"accounts.count\"\ndrop = { hold = 1 }\n";
    project.write("plans/load.toml", format!("{plan}\n{limits}"));
    project.write("accounts.csv", "LOGIN\nann\n");
    project.load("2026-01-12").code(3).stdout_has("such as AD/bob");
    let report = made(&project, "daily");
    let tables = report["tables"].as_array().expect("tables");
    let reached = tables.iter().find(|table| table["title"] == "limits reached by what waits").expect("the table");
    let sentence = "`accounts.count` fell from 2 to 1 (by 1, 50.0 %), the limit is 1; most of it: AD 1";
    assert_eq!(reached["rows"], serde_json::json!([["gone", "", "1.0", "1", sentence]]), "{reached}");
    let text = project.run(&["report", "show"]).code(0);
    assert!(text.stdout.contains(&format!("gone: {sentence}.")), "{text}");
    assert!(!text.stdout.contains("bob") && !report.to_string().contains("bob"), "{text}");
}
