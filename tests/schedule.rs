//! Plans that are due: what is said of them, that each due time begins one run, and nights in which clocks are put.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Project, told};

/// A project with one account, whose plan is due at a time in Paris.
fn due_at(cron: &str, more: &str) -> Project {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", format!("{plan}\n[schedule]\ncron = \"{cron}\"\nzone = \"Europe/Paris\"\n{more}"));
    project
}

#[test]
fn a_schedule_says_when_it_is_due() {
    let project = due_at("30 2 * * SUN", "");
    let next = project
        .run(&["schedule", "next", "3", "--plan", "load", "--from", "2027-03-20T00:00:00Z", "--format", "csv"])
        .code(0);
    let expected = "plan,due,zone,utc,remark
load,Sun 2027-03-21 02:30 +01:00,Europe/Paris,2027-03-21T01:30Z,
load,Sun 2027-03-28 03:00 +02:00,Europe/Paris,2027-03-28T01:00Z,02:30 does not exist that day
load,Sun 2027-04-04 02:30 +02:00,Europe/Paris,2027-04-04T00:30Z,
";
    assert_eq!(next.stdout, expected);
    project.run(&["check"]).code(0).stderr_has("LL0603").stderr_has("does not exist").stderr_has("occurs twice");
    due_at("30 3 * * SUN", "").run(&["check"]).code(0).stderr_has("0 errors, 0 warnings");
}

#[test]
fn a_schedule_that_makes_no_sense_is_told_with_its_place() {
    for (cron, says) in [
        ("61 2 * * *", "`61 2 * * *` is no schedule"),
        ("0 0 2 * * *", "is no schedule"),
        ("0 2 * *", "is no schedule"),
        ("0 2 30 2 *", "`0 2 30 2 *` never comes"),
        ("0 2 * * FOO", "is no schedule"),
    ] {
        due_at(cron, "").run(&["check"]).code(2).stderr_has(says).stderr_has("plans/load.toml:");
    }
    due_at("0 2 * * *", "grace = \"1 min\"\njitter = \"1 h\"\n")
        .run(&["check"])
        .code(2)
        .stderr_has("`jitter` is longer");
    due_at("0 2 * * *", "overlap = \"wait\"\n").run(&["check"]).code(2).stderr_has("`wait` is not");
    let unscheduled = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let reports =
        unscheduled.run(&["schedule", "next", "1", "--from", "2026-11-22T12:00:00Z", "--format", "csv"]).code(0);
    let expected = "plan,due,zone,utc,remark
report-daily,Mon 2026-11-23 08:00 +00:00,UTC,2026-11-23T08:00Z,
report-weekly,Mon 2026-11-23 09:00 +00:00,UTC,2026-11-23T09:00Z,
";
    assert_eq!(reports.stdout, expected);
    unscheduled
        .write("ledgerline.toml", unscheduled.read("ledgerline.toml") + "\n[report]\ndaily = false\nweekly = false\n");
    unscheduled.run(&["schedule", "next"]).code(2).stderr_has("no plan of the project has a `[schedule]`");
    unscheduled.run(&["schedule", "next", "--plan", "load"]).code(2).stderr_has("has no `[schedule]`");
}

#[test]
fn a_due_time_begins_one_run() {
    let project = due_at("0 4 * * *", "");
    let run = |due: &str| project.run(&["run", "load", "--batch", "--as-of", "2026-11-22", "--due", due]);
    run("2026-11-22T03:00:00Z").code(0);
    run("2026-11-22T03:00:00Z").code(4).stderr_has("was begun for what was due at 2026-11-22T03:00:00Z");
    assert_eq!(project.run(&["runs", "--format", "csv"]).csv().rows.len(), 1);
    // What another run keeps from beginning may begin later.
    let mut other = project.start(&["run", "load", "--as-of", "2026-11-23"]);
    while other.try_wait().expect("a process").is_none() {
        let output = run("2026-11-23T03:00:00Z");
        if output.exit_code() == 6 {
            assert!(!project.ledger().join("schedule/load/20261123T030000Z.json").exists(), "{output}");
        }
    }
}

#[test]
fn units_are_written_for_every_host() {
    let project = due_at("30 2 * * SUN", "jitter = \"2 min\"\n");
    let out = project.path().join("units");
    std::fs::create_dir(&out).expect("a folder");
    let out = out.to_str().expect("a plain path");
    project.run(&["schedule", "install", "--systemd", "--out", out]).code(0).stderr_has("systemctl");
    let timer = project.read("units/ledgerline-load.timer");
    for line in ["OnCalendar=Sun *-*-* 02:30:00 Europe/Paris", "Persistent=true", "RandomizedDelaySec=120s"] {
        assert!(timer.lines().any(|own| own == line), "no `{line}`: {timer}");
    }
    assert!(timer.lines().filter(|line| line.ends_with("-28 03:00:00 Europe/Paris")).count() <= 2, "{timer}");
    let service = project.read("units/ledgerline-load.service");
    assert!(service.contains("run ") && service.contains(" --batch\n"), "{service}");
    project
        .run(&["schedule", "install", "--cron"])
        .code(0)
        .stdout_has("\n30 2 * * SUN ")
        .stdout_has("CRON_TZ=Europe/Paris");
    let k8s = project.run(&["schedule", "install", "--k8s"]).code(0);
    k8s.stdout_has("timeZone: \"Europe/Paris\"").stdout_has("concurrencyPolicy: Forbid");
    // What is given here is given to every run.
    let collector = project.read("collectors/accounts.toml").replace("accounts.csv", "${which}.csv");
    project.write("collectors/accounts.toml", collector);
    let with_var = |host| project.run(&["schedule", "install", host, "--var", "which=my accounts%"]).code(0);
    with_var("--systemd").stdout_has(" --batch --var \"which=my accounts%%\"\n");
    with_var("--cron").stdout_has(" --batch --var 'which=my accounts\\%'\n");
    with_var("--k8s").stdout_has("\"--batch\", \"--var\", \"which=my accounts%\"]");
    let last_friday = due_at("0 4 * * FRIL", "");
    for host in ["--systemd", "--cron", "--k8s"] {
        last_friday.run(&["schedule", "install", host]).code(2).stderr_has("`ledgerline schedule run`");
    }
}

#[test]
fn a_unit_may_touch_little() {
    let is_there = Command::new("systemd-analyze").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !is_there {
        told("SKIPPED: there is no `systemd-analyze`");
        return;
    }
    let mail = "\n[mail]\nhost = \"mail.example.org\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\nuser = \"u\"\npassword = { credential = \"smtp\" }\n\n[metrics]\ntextfile = \"/var/lib/x/ledgerline.prom\"\n";
    let open_page = "\n[serve]\naddress = \"0.0.0.0:8470\"\ncertificate = \"tls.pem\"\nkey = \"tls.pem\"\nurl = \"https://l.example.org\"\n[serve.oidc]\nissuer = \"https://o.example.org\"\nclient_id = \"l\"\nclient_secret = { env = \"OIDC\" }\n";
    for (more, has_mail) in [("", false), (mail, true), (open_page, false)] {
        let project = due_at("30 3 * * *", "");
        project.write("ledgerline.toml", format!("{}{more}", project.read("ledgerline.toml")));
        let out = project.path().to_str().expect("a plain path");
        for (words, file) in
            [(&["--systemd"][..], "ledgerline-load.service"), (&["--systemd", "--page"], "ledgerline.service")]
        {
            project.run(&[&["schedule", "install", "--out", out], words].concat()).code(0).stderr_has("systemctl");
            let text = project.read(file);
            assert_eq!(text.contains("\nLoadCredential=smtp\n"), has_mail, "{text}");
            assert_eq!(text.contains(" -/var/lib/x\n"), has_mail, "{text}");
            let is_page = words.len() > 1;
            assert_eq!(text.contains("# With OIDC;"), is_page && more == open_page, "{text}");
            assert_eq!(text.contains("IPAddressAllow=localhost"), is_page && more.is_empty(), "{text}");
            assert_eq!(text.contains("SystemCallFilter=setpriority"), is_page, "{text}");
            // Exposure of at most 1.5.
            let judged = Command::new("systemd-analyze")
                .args(["security", "--offline=true", "--threshold=15"])
                .arg(project.path().join(file))
                .output()
                .expect("it was there");
            assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
        }
    }
}

#[test]
fn a_unit_may_call_whom_the_project_calls_and_write_what_it_writes() {
    let project = due_at("30 3 * * *", "");
    let unit = |project: &Project, words: &[&str]| project.run(&[&["schedule", "install"], words].concat()).code(0);
    unit(&project, &["--systemd"]).stdout_has("\nPrivateNetwork=yes\n");
    let more = "\n[notify.webhook]\nurl = { credential = \"hook\" }\n[notify.ping]\nurl = { env = \"PING\" }\n[telemetry]\nendpoint = \"https://c.example.org\"\nheaders = { credential = \"otel\" }\n[lineage]\nfile = \"/var/log/l/lineage.jsonl\"\n[engine]\nspill = \"/var/tmp/s\"\n";
    project.write("ledgerline.toml", format!("{}{more}", project.read("ledgerline.toml")));
    let said = unit(&project, &["--systemd"]);
    said.stdout_has("AF_UNIX AF_INET AF_INET6\n")
        .stdout_has("\nLoadCredential=hook\nLoadCredential=otel\n# With PING;")
        .stdout_has("writes the ledger, what queries spill and lineage.\n")
        .stdout_has(" -/var/tmp/s -/var/log/l\n");
    project.run(&["schedule", "install", "--cron", "--page"]).code(2).stderr_has("`--systemd --page`");
    project.write(
        "ledgerline.toml",
        format!("{}\n[serve]\naddress = \"127.0.0.1:443\"\n", project.read("ledgerline.toml")),
    );
    project.run(&["schedule", "install", "--systemd", "--page"]).code(2).stderr_has("port 443 is for the system");
}

/// The library that gives a process another clock; says that the test is skipped where there is none.
fn other_clock() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|item| item.path());
    let found = folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|path| path.is_file());
    if found.is_none() {
        told("SKIPPED: there is no libfaketime");
    }
    found
}

/// How many times faster the other clock goes.
const HURRY: u64 = 300;

/// Waits for plans on a clock that begins at an instant and hurries, until a run has ended and 80 minutes more. Returns what
/// was said.
fn watch(project: &Project, clock: &Path, from: &str) -> String {
    let mut watching = project
        .command(&["schedule", "run"])
        .env("LD_PRELOAD", clock)
        .env("FAKETIME", format!("@{from} x{HURRY}"))
        .env("TZ", "UTC")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let begun = Instant::now();
    let has_ended = || project.run(&["runs", "--format", "csv"]).stdout.contains("CONFIRMED");
    while begun.elapsed() < Duration::from_mins(3) && !has_ended() {
        std::thread::sleep(Duration::from_millis(300));
    }
    std::thread::sleep(Duration::from_mins(80) / u32::try_from(HURRY).expect("few"));
    let pid = watching.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there").success(), "it had ended");
    let status = watching.wait().expect("a process");
    let mut said = String::new();
    watching.stderr.take().expect("it is piped").read_to_string(&mut said).expect("text");
    assert!(status.success(), "told to end, it ends well: {status} {said}");
    said
}

#[test]
fn a_plan_is_begun_once_in_the_nights_in_which_clocks_are_put() {
    let Some(clock) = other_clock() else { return };
    let night = |from: &str, begins: &str| {
        let project = due_at("30 2 * * *", "");
        let said = watch(&project, &clock, from);
        assert_eq!(said.matches(": begins").count(), 1, "{said}");
        assert!(said.contains(begins), "{said}");
        assert_eq!(project.run(&["runs", "--format", "csv"]).csv().rows.len(), 1, "{said}");
    };
    std::thread::scope(|scope| {
        scope.spawn(|| night("2027-03-28 00:55:00", "since 2027-03-28 03:00 +02:00: begins"));
        scope.spawn(|| night("2027-10-31 00:25:00", "since 2027-10-31 02:30 +02:00: begins"));
    });
}

/// Waits until something holds.
fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(2), "{what} did not come");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_was_due_while_nobody_looked_is_missed_and_mailed() {
    let project = due_at("0 3 * * *", "grace = \"1 min\"\n");
    let mail = "\n[mail]\nhost = \"localhost\"\nport = 9\nsecurity = \"none\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\n";
    project.write("ledgerline.toml", format!("{}{mail}", project.read("ledgerline.toml")));
    project.load("2026-01-05").code(0);
    let since = "{\"pattern\": \"0 3 * * *\", \"zone\": \"Europe/Paris\", \"since\": \"2026-01-05T12:00:00Z\"}";
    project.write("ledger/schedule/load/since.json", since);
    let mut watching = project.start(&["schedule", "run"]);
    let outbox = || project.run(&["mail", "outbox", "--format", "csv"]).stdout;
    // Nobody listens at that port: the mail waits.
    wait_for("the mail", || outbox().contains("missed-load-") && outbox().contains(",1,"));
    let pid = watching.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there").success(), "it had ended");
    assert!(watching.wait().expect("a process").success(), "told to end, it ends well");
    let name = outbox().lines().nth(1).and_then(|line| line.split(',').next()).expect("a mail").to_owned();
    let mail = project.read(&format!("ledger/outbox/{name}.eml"));
    assert!(mail.contains("Subject: [Test] load: MISSED\r\n"), "{mail}");
    assert!(mail.contains("MISSED: `load` was due 100 times from "), "{mail}");
    assert_eq!(project.run(&["runs", "--format", "csv"]).csv().rows.len(), 1, "nothing was begun");
    project.run(&["mail", "resend"]).code(1).stderr_has("was not sent").stderr_has("tried again");
}

#[test]
fn a_plan_that_is_due_waits_for_another_run_or_is_left_out() {
    for (overlap, ends) in [("skip", "left_out"), ("queue", "begun")] {
        let project = due_at("* * * * *", &format!("overlap = \"{overlap}\"\n"));
        project.load("2026-01-05").code(0);
        let since = "{\"pattern\": \"* * * * *\", \"zone\": \"Europe/Paris\", \"since\": \"2026-01-05T12:00:00Z\"}";
        project.write("ledger/schedule/load/since.json", since);
        // As another run would.
        let lock = std::fs::File::options().write(true).open(project.ledger().join("lock")).expect("the lock");
        lock.lock().expect("nobody has it");
        let mut watching = project.start(&["schedule", "run"]);
        let settled = || {
            let files = std::fs::read_dir(project.ledger().join("schedule/load")).expect("a folder").flatten();
            let texts = files.filter(|file| !file.file_name().to_string_lossy().contains("missed"));
            texts.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect::<String>()
        };
        if overlap == "queue" {
            wait_for("a run that found the lock", || project.run(&["runs", "--format", "csv"]).csv().rows.len() > 1);
            drop(lock);
        }
        wait_for(ends, || settled().contains(ends));
        let pid = watching.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there").success(), "it had ended");
        assert!(watching.wait().expect("a process").success(), "told to end, it ends well");
    }
}
