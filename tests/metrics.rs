//! What a monitoring system is told of runs and timeslots.

use crate::support::Project;

fn project() -> Project {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\nbob\n").plan_of(&["accounts"]);
    let text = project.read("ledgerline.toml");
    project.write("ledgerline.toml", format!("{text}\n[metrics]\ntextfile = \"ledgerline.prom\"\n"));
    project
}

/// The value of a sample, by its name with its labels.
fn value(text: &str, sample: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '))?;
    Some(line.parse().expect("a number"))
}

#[test]
fn a_failure_does_not_take_the_last_success_away() {
    let project = project();
    project.run(&["metrics"]).code(0).stdout_has("ledgerline_info{project=\"Test\"");
    project.load("2026-01-05").code(0);
    let text = project.read("ledgerline.prom");
    let of_plan = |text: &str, name: &str| value(text, &format!("ledgerline_{name}{{plan=\"load\"}}"));
    assert_eq!(of_plan(&text, "last_run_exit_code"), Some(0.0), "{text}");
    assert_eq!(value(&text, "ledgerline_table_rows{table=\"accounts\"}"), Some(2.0), "{text}");
    assert_eq!(
        value(&text, "ledgerline_current_as_of_timestamp_seconds{timeslot=\"2026-01-05\"}"),
        Some(1_767_571_200.0)
    );
    let success = of_plan(&text, "last_success_timestamp_seconds").expect("there was one");
    assert!(success >= of_plan(&text, "last_run_timestamp_seconds").expect("there was one"), "{text}");

    project.run(&["run", "load", "--as-of", "2026-01-06", "--dry-run"]).code(0);
    assert_eq!(of_plan(&project.read("ledgerline.prom"), "last_success_timestamp_seconds"), Some(success), "a dry run");

    project.remove("accounts.csv");
    project.load("2026-01-12").code(7);
    let text = project.read("ledgerline.prom");
    assert_eq!(of_plan(&text, "last_run_exit_code"), Some(7.0), "{text}");
    assert_eq!(of_plan(&text, "last_success_timestamp_seconds"), Some(success), "{text}");
    let waits = "ledgerline_open_since_timestamp_seconds{timeslot=\"2026-01-12\",state=\"sandbox\"}";
    assert!(value(&text, waits).is_some(), "{text}");
    assert_eq!(project.run(&["metrics"]).code(0).stdout, text);

    project.run(&["reject", "2026-01-12", "--reason", "no file"]).code(0);
    let text = project.read("ledgerline.prom");
    assert!(!text.contains("ledgerline_open_since_timestamp_seconds{"), "{text}");
}

#[test]
fn metrics_that_cannot_be_written_change_nothing() {
    let project = project();
    std::fs::create_dir(project.path().join("ledgerline.prom")).expect("a folder in its place");
    project.load("2026-01-05").code(0).stderr_has("warning: the metrics in ");
}
