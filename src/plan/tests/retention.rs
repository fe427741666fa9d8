//! Rules of retention in a plan.

use super::*;

fn files(maintain: &str) -> Files {
    Files::new().with("plans/weekly.toml", &format!("{PLAN}[stage.maintain]\n{maintain}\n"))
}

#[test]
fn a_rule_of_retention_is_pointed_at_where_it_cannot_be_read() {
    let files =
        files("keep_last = 0\nkeep = [\n  'first of month',\n  'first of moon',\n  'first  of month',\n  'all',\n]");
    assert_eq!(files.codes(), ["LL0105 weekly:15"]);
    let files = self::files("keep = [\n  'first of month',\n  'first of moon',\n  'first  of month',\n  'all',\n]");
    assert_eq!(files.codes(), ["LL0105 weekly:17", "LL0112 weekly:18", "LL0105 weekly:19"]);
    let told = files.told();
    assert!(told.contains("periods are week, month, quarter and year"), "{told}");
    assert!(told.contains("hint: write `first of` or `last of`"), "{told}");
}

#[test]
fn nothing_waits_to_go_where_nothing_ever_goes() {
    assert_eq!(files("purge_after = '10 days'").codes(), ["LL0113 weekly:15"]);
    assert_eq!(files("purge_after = '10 days'\nkeep_hidden = '1 day'").codes(), Vec::<String>::new());
    let retention = |text: &str| files(text).plan().unwrap().stages.maintain.unwrap().retention;
    assert_eq!(retention("keep_sandbox = '1 day'"), None);
    assert!(retention("keep_last = 2").is_some_and(|retention| retention.judges_visible));
    assert!(retention("keep_rejected = '1 day'").is_some_and(|retention| !retention.judges_visible));
}
