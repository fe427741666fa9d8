//! The page, by the real program: one click, a hold, a decision by somebody else; who may not; runs that are ended or die.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{LOADS, PASSWORD, Page, Project, Visitor, sample, user};

const HOLDS: &str = "[stage.validate.threshold.enough]\nmetric = \"accounts.count\"\nmin = { hold = 100 }\n";

/// A project whose loads are held, with an operator who may decide too, an approver and an operator.
fn held() -> Project {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let plan = project.read("plans/load.toml").replace("mode = \"auto\"", "mode = \"auto\"\nfour_eyes = true");
    project.write("plans/load.toml", format!("{plan}\n{HOLDS}"));
    user(&project, "anna", &["operator", "approver"]);
    user(&project, "bob", &["approver"]);
    user(&project, "olaf", &["operator"]);
    project
}

/// Runs the plan by the page and waits for its end. Returns the run.
#[track_caller]
fn run(visitor: &Visitor<'_>, form: &[(&str, &str)]) -> String {
    let begun = visitor.post("/runs", form);
    assert_eq!(begun.status, 303, "{}", begun.text);
    let run = begun.to.expect("a page");
    let events = visitor.follow(&format!("{run}/events"));
    assert!(events.contains("event: end"), "{events}");
    run
}

/// The one timeslot that is open.
fn open(project: &Project) -> String {
    let timeslots = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    let held = timeslots.rows.iter().find(|row| row[1] == "held").expect("one is held");
    held[0].clone()
}

#[test]
fn one_click_runs_a_plan_and_somebody_else_lets_it_pass_with_a_reason() {
    let project = held();
    let page = Page::serve(&project, &[]);
    let (anna, bob, olaf) = (page.sign_in("anna"), page.sign_in("bob"), page.sign_in("olaf"));
    assert!(anna.get("/").text.contains("No plan has run yet"));
    let ran = run(&anna, &[("plan", "load")]);
    let told = anna.get(&ran).text;
    assert!(told.contains("HELD") && told.contains("rows read = kept + rejected"), "{told}");
    assert!(told.contains("asked by") && told.contains("anna"), "{told}");
    let id = open(&project);
    let timeslot = format!("/timeslots/{id}");
    assert!(anna.get("/").text.contains(&format!("Timeslot {id} is held by enough")));
    // Who launched it sees that it takes somebody else, and is refused.
    assert!(anna.get(&timeslot).text.contains("anna ran it: it takes somebody else"));
    let both = [("pass", "enough"), ("reason", "a small firm")];
    let refused = anna.post(&format!("{timeslot}/confirm"), &both);
    assert!(refused.status == 403 && refused.text.contains("takes four eyes"), "{}", refused.text);
    assert_eq!(olaf.post(&format!("{timeslot}/confirm"), &both).status, 403);
    // Nothing passes without its name, nor without a reason.
    assert_eq!(bob.post(&format!("{timeslot}/confirm"), &[("reason", "x")]).status, 409);
    assert_eq!(bob.post(&format!("{timeslot}/confirm"), &[("pass", "enough"), ("reason", " ")]).status, 400);
    assert_eq!(bob.post(&format!("{timeslot}/confirm"), &[("pass", "other"), ("reason", "x")]).status, 409);
    assert_eq!(bob.post(&format!("{timeslot}/confirm"), &both).status, 303);
    assert!(bob.get("/").text.contains(&format!("Timeslot {id} is current")));
    let log = bob.get("/log").text;
    assert!(log.contains("let enough pass") && log.contains("a small firm") && log.contains("bob"), "{log}");
    let (code, said) = page.end();
    assert_eq!(code, Some(0), "{said}");
    project.run(&["verify", "--data"]).code(0);
}

#[test]
fn whoever_launched_by_page_program_or_terminal_confirms_by_none_of_them() {
    let ways: [fn(&Project, &Page); 3] = [
        |_, page| {
            run(&page.sign_in("anna"), &[("plan", "load")]);
        },
        |project, page| {
            let anna = page.program(project, "anna");
            let begun = anna.call("/api/v1/runs", r#"{"plan":"load"}"#);
            assert_eq!(begun.status, 200, "{}", begun.text);
            let run = begun.text.split('"').nth(3).expect("its name").to_owned();
            page.sign_in("anna").follow(&format!("/runs/{run}/events"));
        },
        |project, _| {
            project.run_in(&[("LEDGERLINE_USER", "anna")], &["run", "load"]).code(3);
        },
    ];
    let json = r#"{"overrides":["enough"],"reason":"small"}"#;
    for launch in ways {
        let project = held();
        let page = Page::serve(&project, &[]);
        launch(&project, &page);
        let id = open(&project);
        let form = [("pass", "enough"), ("reason", "small")];
        assert_eq!(page.sign_in("anna").post(&format!("/timeslots/{id}/confirm"), &form).status, 403);
        project.run(&["user", "revoke", "anna", "test"]);
        let refused = page.program(&project, "anna").call(&format!("/api/v1/timeslots/{id}/confirm"), json);
        assert!(refused.status == 403 && refused.text.contains("takes four eyes"), "{}", refused.text);
        let arguments = ["confirm", &id, "--override", "enough", "--reason", "small"];
        for said in ["anna", "somebody else"] {
            // The account of this machine ran it, too: as itself, or for the page.
            project.run_in(&[("LEDGERLINE_USER", said)], &arguments).code(3).stderr_has("takes four eyes");
        }
        let passed = page.program(&project, "bob").call(&format!("/api/v1/timeslots/{id}/confirm"), json);
        assert!(passed.status == 200 && passed.text.contains("is current"), "{}", passed.text);
    }
}

#[test]
fn a_run_is_told_to_end_and_one_that_was_killed_is_shown_as_dead_and_taken_up() {
    let project = sample();
    user(&project, "anna", &["operator"]);
    user(&project, "vera", &["viewer"]);
    let page = Page::serve(&project, &[]);
    let anna = page.sign_in("anna");
    let launched = || {
        let begun = anna.post("/runs", &[("plan", "weekly"), ("var.load", "2026-11-02")]);
        assert_eq!(begun.status, 303, "{}", begun.text);
        begun.to.expect("a page")
    };
    let first = launched();
    assert!(anna.get(&first).text.contains("UNDER WAY"));
    assert!(anna.get("/").text.contains("A run is under way."));
    assert_eq!(anna.post(&format!("{first}/cancel"), &[]).status, 303);
    anna.follow(&format!("{first}/events"));
    assert!(anna.get(&first).text.contains("INTERRUPTED"), "{}", anna.get(&first).text);
    assert_eq!(anna.post(&format!("{first}/cancel"), &[]).status, 409);
    project.run(&["reject", &open_any(&project), "--reason", "a test"]).code(0);
    let second = launched();
    let begun = Instant::now();
    // Where it has not begun its timeslot, there is nothing to take up.
    while !project.read(&format!("ledger{second}/events.jsonl")).contains("stage_ended") {
        assert!(begun.elapsed() < Duration::from_mins(1), "no stage ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    let record = project.read(&format!("ledger{second}/plan.json"));
    let pid = record.split("\"pid\": ").nth(1).and_then(|rest| rest.split(',').next()).expect("its process");
    assert!(Command::new("kill").args(["-KILL", pid]).status().expect("kill is there").success());
    let begun = Instant::now();
    while !anna.get(&second).text.contains("DIED") {
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", anna.get(&second).text);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(project.run(&["runs"]).stdout.contains("its process is gone"));
    let again = anna.post(&format!("{second}/retry"), &[]);
    assert_eq!(again.status, 303, "{}", again.text);
    let third = again.to.expect("a page");
    anna.follow(&format!("{third}/events"));
    assert!(anna.get(&third).text.contains("CONFIRMED"), "{}", anna.get(&third).text);
    let table = "/findings?state=all&risk=1";
    assert!(anna.get(table).text.contains("rows 1 to 50 of"));
    let id = open_any(&project);
    let file = |kind: &str| anna.get(&format!("/timeslots/{id}/files/findings.{kind}?state=all"));
    let csv = file("csv");
    assert!(
        csv.kind.starts_with("text/csv") && csv.text.starts_with("control,risk,state,kind,subject,"),
        "{}",
        csv.text
    );
    let findings = project.query("SELECT COUNT(*) AS n FROM findings").rows[0][0].clone();
    assert_eq!((csv.text.lines().count() - 1).to_string(), findings);
    assert!(file("xlsx").text.starts_with("PK") && file("parquet").text.starts_with("PAR1"));
    assert_eq!(file("exe").status, 404);
    // What is no question to a timeslot is taken along, too, and whole.
    let log = anna.get("/log?page=2&take=csv&rows=Who%20did%20what");
    assert!(log.kind.starts_with("text/csv") && log.text.starts_with("number,at,by,what,"), "{}", log.text);
    let entries = std::fs::read_dir(project.ledger().join("log")).expect("a log").count();
    assert_eq!(log.text.lines().count() - 1, entries);
    // Who sees counts alone reads of nobody, in no way.
    let vera = page.sign_in("vera");
    let told = [vera.get(&third).text, vera.follow(&format!("{third}/events")), vera.get("/").text].concat();
    for name in ["E10", "anna.faure", "halden-instruments.example"] {
        assert!(anna.get(&third).text.contains(name), "{name}");
        assert!(!told.contains(name), "{name}: {told}");
    }
    let stages = anna.get(&format!("{third}?take=parquet&rows=Stages"));
    assert!(stages.status == 200 && stages.text.starts_with("PAR1"));
    assert_eq!(anna.get("/log?take=csv&rows=Other").status, 404);
    assert_eq!(anna.get("/log?take=exe&rows=Who%20did%20what").status, 400);
}

/// The newest timeslot.
fn open_any(project: &Project) -> String {
    let timeslots = project.run(&["timeslots", "--format", "csv"]).code(0).csv();
    timeslots.rows.last().expect("one at least")[0].clone()
}

#[test]
fn a_timeslot_tells_what_moved_it_and_a_control_of_duties_the_ways_to_its_conflicts() {
    let project = sample();
    project.weekly(LOADS[0]).code(0);
    project.weekly(LOADS[1]).code(0);
    user(&project, "anna", &["auditor"]);
    let page = Page::serve(&project, &[]);
    let anna = page.sign_in("anna");
    let timeslot = format!("/timeslots/{}", LOADS[1]);
    let shown = anna.get(&timeslot).text;
    assert!(shown.contains("by configuration") && shown.contains("What was gained and lost"), "{shown}");
    let csv = |name: &str| anna.get(&format!("{timeslot}/files/{name}")).text;
    for (file, header) in [
        ("movements.csv", "table_name,new_rows,modified_rows,deleted_rows,by_data,by_configuration,by_either\n"),
        ("moved.csv", "table_name,movement,kind,subject,related_kind,related,detail,cause\n"),
        ("changes.csv", "table_name,subject,attribute,before_it_was,now_it_is,cause\n"),
        ("link_changes.csv", "table_name,change,kind,subject,related_kind,related,detail,cause\n"),
    ] {
        let text = csv(file);
        assert!(text.starts_with(header) && text.lines().count() > 1, "{file}: {text}");
    }
    let lost = csv("link_changes.csv?change=lost&table=memberships");
    let held =
        project.query("SELECT COUNT(*) AS n FROM link_changes WHERE change = 'lost' AND table_name = 'memberships'");
    assert_eq!((lost.lines().count() - 1).to_string(), held.rows[0][0], "{lost}");
    let control = anna.get("/controls/t01_creates_a_supplier_and_pays_it").text;
    assert!(control.contains("The shortest way to each right of a conflict"), "{control}");
    let ways = csv("paths.csv?control=t01_creates_a_supplier_and_pays_it");
    assert!(ways.starts_with("kind,subject,detail,to_right,way,perimeter,steps\n"), "{ways}");
    let known = "SELECT COUNT(*) AS n FROM finding_paths WHERE control = 't01_creates_a_supplier_and_pays_it'";
    assert_eq!((ways.lines().count() - 1).to_string(), project.query(known).rows[0][0]);
    assert!(ways.contains(",ERP/VENDOR_PAY,") && ways.contains(" > "), "{ways}");
}

#[test]
fn a_plan_that_cannot_run_says_why() {
    let project = held();
    project.write("plans/load.toml", project.read("plans/load.toml").replace("[stage.activate]", "[stage.activat]"));
    let page = Page::serve(&project, &[]);
    let refused = page.sign_in("anna").post("/runs", &[("plan", "load")]);
    assert!(refused.status == 409 && refused.text.contains("activat"), "{}", refused.text);
    assert_eq!(page.sign_in("anna").post("/runs", &[("plan", "../load")]).status, 400);
    assert_eq!(page.sign_in("anna").post("/runs", &[("plan", "other")]).status, 404);
}

#[test]
fn the_page_wants_users_and_listens_elsewhere_only_with_tls() {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    project.run(&["serve"]).code(2).stderr_has("nobody may come in yet").stderr_has("ledgerline user add");
    user(&project, "anna", &["viewer"]);
    project.run(&["serve", "--address", "0.0.0.0:0"]).code(2).stderr_has("would travel in the clear");
    let toml = project.read("ledgerline.toml");
    project.write("ledgerline.toml", format!("{toml}\n[serve]\naddress = \"0.0.0.0:8470\"\n"));
    project.run(&["check"]).code(2).stderr_has("would travel in the clear").stderr_has("0.0.0.0:8470");
    project.write("ledgerline.toml", format!("{toml}\n[serve]\ncertificate = \"none.pem\"\nkey = \"none.pem\"\n"));
    project.run(&["serve"]).code(2).stderr_has("none.pem");
}

#[test]
fn no_secret_is_told_anywhere() {
    let project = held();
    let secrets = ["c4nary-smtp-7f3a", "c4nary-proxy-91be", "c4nary-oidc-02dd", "c4nary-otel-5b1e"];
    let toml = project.read("ledgerline.toml");
    project.write(
        "ledgerline.toml",
        format!(
            "{toml}\n[mail]\nhost = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\nfrom = \"a@example.org\"\nto = [\"b@example.org\"]\n\
             user = \"u\"\npassword = {{ env = \"CANARY_SMTP\" }}\n\n[metrics]\ntextfile = \"out.prom\"\n\n\
             [telemetry]\nendpoint = \"http://127.0.0.1:1\"\nheaders = {{ env = \"CANARY_OTEL\" }}\n\n\
             [serve]\nurl = \"http://127.0.0.1:1\"\n[serve.proxy]\nheader = \"X-Remote-User\"\nsecret = {{ env = \"CANARY_PROXY\" }}\n\
             [serve.oidc]\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"l\"\nclient_secret = {{ env = \"CANARY_OIDC\" }}\n"
        ),
    );
    let names = ["CANARY_SMTP", "CANARY_PROXY", "CANARY_OIDC", "CANARY_OTEL"];
    let page = Page::serve(&project, &std::array::from_fn::<_, 4, _>(|at| (names[at], secrets[at])));
    let anna = page.sign_in("anna");
    let ran = run(&anna, &[("plan", "load")]);
    let id = open(&project);
    let mut told = String::new();
    for path in
        ["/", "/runs", &ran, "/launch", "/log", "/schedule", "/timeslots", &format!("/timeslots/{id}"), "/findings"]
    {
        told.push_str(&anna.get(path).text);
    }
    let away = anna.get("/sign-in/provider").text;
    assert!(away.contains("127.0.0.1 was asked for its description, but it cannot be reached"), "{away}");
    told.push_str(&away);
    told.push_str(&anna.get("/sign-in/back?state=x&code=y").text);
    let hashes = project.read("users.toml");
    let hash = hashes.split('"').find(|word| word.starts_with("$argon2id")).expect("a hash").to_owned();
    let (_, said) = page.end();
    told.push_str(&said);
    let files =
        Command::new("grep").args(["-rlaE", "c4nary|argon2id|correct horse", "."]).current_dir(project.path()).output();
    let files = String::from_utf8_lossy(&files.expect("grep is there").stdout).into_owned();
    assert_eq!(files.trim(), "./users.toml", "only the hashes, and only there");
    for secret in secrets.iter().copied().chain([PASSWORD, &hash]) {
        assert!(!told.contains(secret), "{secret}");
    }
}

#[test]
fn a_plan_is_begun_by_the_page_when_it_is_due() {
    let project = held();
    let plan = project.read("plans/load.toml");
    // Every minute: it is due within one.
    project.write("plans/load.toml", format!("{plan}\n[schedule]\ncron = \"* * * * *\"\nzone = \"UTC\"\n"));
    let page = Page::serve(&project, &[]);
    let begun = Instant::now();
    while !project.run(&["runs", "--format", "csv"]).stdout.contains("HELD") {
        assert!(begun.elapsed() < Duration::from_secs(90), "nothing was begun");
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(page.sign_in("bob").get("/runs").text.contains("schedule"));
    assert_eq!(page.end().0, Some(0));
}
