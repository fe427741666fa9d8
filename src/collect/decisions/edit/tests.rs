//! What an edit leaves of the decision file, and what it refuses.

use super::*;

const HEADER: &str = "repository,identifier,decision,value,reason,who,decided_on\n";

struct File(tempfile::TempDir);

impl File {
    fn with(text: &str) -> Self {
        let file = Self(tempfile::tempdir().expect("a folder"));
        std::fs::write(file.path(), text).expect("written");
        file
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("owners.csv")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).expect("it is there")
    }

    fn add(&self, identifier: &str, verdict: &Verdict, reason: &str) -> Result<(), String> {
        let new = NewDecision {
            repository: "AD",
            identifier,
            verdict,
            reason,
            who: "anna",
            decided_on: Date::constant(2026, 11, 22),
        };
        add_decision(&self.path(), &KeyForms::default(), &new).map_err(|error| error.to_string())
    }

    fn about(&self, identifier: &str) -> Vec<Known> {
        decisions_about(&self.path(), &KeyForms::default(), "AD", identifier).expect("the file is read")
    }

    fn withdraw(&self, identifier: &str, id: &str) -> Result<(), String> {
        let done = withdraw_decision(&self.path(), &KeyForms::default(), "AD", identifier, id);
        done.map(drop).map_err(|error| error.to_string())
    }
}

fn pin(person: &str) -> Verdict {
    Verdict::Pin(person.to_owned())
}

#[test]
fn a_decision_stands_behind_the_others_in_the_order_of_the_columns_of_the_file() {
    let empty = File::with("");
    empty.add("ann", &pin("E1"), "asked her").expect("added");
    assert_eq!(empty.text(), format!("{HEADER}AD,ann,pin,E1,asked her,anna,2026-11-22\n"));
    let other =
        File::with("who,decided_on,reason,value,decision,identifier,repository\r\neve,2026-01-02,x,E9,pin,zoe,AD");
    other.add("ann", &Verdict::Break, "three, in turn").expect("added");
    assert_eq!(
        other.text(),
        "who,decided_on,reason,value,decision,identifier,repository\r\neve,2026-01-02,x,E9,pin,zoe,AD\r\nanna,2026-11-22,\"three, in turn\",,break,ann,AD\r\n"
    );
    std::fs::remove_file(empty.path()).expect("removed");
    empty.add("ann", &pin("E1"), "x").expect("a file that is gone is made anew");
    assert!(empty.text().starts_with(HEADER));
}

#[test]
fn what_contradicts_a_decision_that_stands_is_refused_with_its_line() {
    let file = File::with(&format!("{HEADER}AD,bob,break,,x,eve,2026-01-02\nAD,ann,pin,E1,x,eve,2026-01-02\n"));
    let before = file.text();
    let withdraw = "about this account: withdraw that first";
    let cases = [
        ("ann", pin("E2"), format!("line 3 of the file already says `pin E1` {withdraw}")),
        ("ann", pin("E1"), "that stands already, in line 3 of the file".to_owned()),
        ("ann", Verdict::Forbid("E1".to_owned()), format!("line 3 of the file already says `pin E1` {withdraw}")),
        ("ann", Verdict::Class("shared".to_owned()), format!("line 3 of the file already says `pin E1` {withdraw}")),
        ("ann", Verdict::Break, format!("line 3 of the file already says `pin E1` {withdraw}")),
        ("bob", pin("E1"), format!("line 2 of the file already says `break` {withdraw}")),
    ];
    for (account, verdict, expected) in cases {
        assert_eq!(file.add(account, &verdict, "y"), Err(expected));
    }
    assert_eq!(file.text(), before);
    file.add("ann", &Verdict::Forbid("E2".to_owned()), "y").expect("both can be followed");
    file.add("zoe", &pin("E2"), "y").expect("another account");
}

#[test]
fn what_is_written_is_read_as_it_was_meant() {
    let file = File::with(HEADER);
    let hostile = ["a\"b", "a,b", "'=1+1", "<script>", "ß %2F / \\", "\"", "=cmd|' /C calc'!A0"];
    for text in hostile {
        file.add(text, &pin("E1"), text).expect("added");
        let known = file.about(text);
        assert_eq!((known.len(), known[0].reason.as_deref(), &known[0].problem), (1, Some(text), &None), "{text}");
    }
    for text in ["two\nlines", "two\r\nlines", "a\tb", "a\0b", "a\u{85}b"] {
        let told = file.add("ann", &pin("E1"), text);
        assert!(told.is_err_and(|told| told.starts_with("`reason` holds a line break")), "{text:?}");
    }
    assert_eq!(file.add("ann", &pin("E1"), " "), Err("that is no decision: `reason` is missing".to_owned()));
    assert!(file.add("ann", &Verdict::Class("Shared desk".to_owned()), "x").is_err());
    let told = file.add(" ann", &pin("E1"), "x").expect_err("the reader would leave the blank off");
    assert!(told.contains("blanks around it"), "{told}");
}

#[test]
fn a_decision_that_is_withdrawn_leaves_the_other_lines_as_they_are() {
    let rest = "AD,bob,class,shared,\"two\nlines, \"\"said\"\"\",eve,2026-01-02\nAD,\nAD,zoe,pin,E3,x,eve,2026-01-02";
    let ann = "AD,ann,pin,E1,x,eve,2026-01-02\nAD,ann,pin,E2,x,eve,2026-01-02\n";
    let file = File::with(&format!("{HEADER}{ann}{rest}"));
    assert_eq!(file.about("ann").iter().filter(|known| known.problem.is_some()).count(), 2);
    let first = file.about("ann")[0].id.clone();
    file.withdraw("ann", &first).expect("withdrawn");
    assert_eq!(file.text(), format!("{HEADER}AD,ann,pin,E2,x,eve,2026-01-02\n{rest}"));
    assert_eq!(file.about("ann")[0].problem, None, "nothing says otherwise any more");
    assert!(file.withdraw("ann", &first).is_err_and(|told| told.contains("no more")));
    let bob = file.about("bob")[0].id.clone();
    assert!(file.withdraw("ann", &bob).is_err(), "it is about another account");
    file.withdraw("bob", &bob).expect("withdrawn, both lines of it");
    assert_eq!(file.text(), format!("{HEADER}AD,ann,pin,E2,x,eve,2026-01-02\nAD,\nAD,zoe,pin,E3,x,eve,2026-01-02"));
}

#[test]
fn decisions_made_at_the_same_time_are_all_kept() {
    let file = File::with("");
    std::thread::scope(|scope| {
        for at in 0..16 {
            let file = &file;
            scope.spawn(move || file.add(&format!("a{at}"), &pin("E1"), "x").expect("added"));
        }
    });
    assert_eq!(file.text().lines().count(), 17);
    assert!((0..16).all(|at| file.about(&format!("a{at}")).len() == 1));
}

#[test]
fn the_file_keeps_its_mode_and_one_that_cannot_be_read_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::with(HEADER);
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o660)).expect("set");
    file.add("ann", &pin("E1"), "x").expect("added");
    let mode = std::fs::metadata(file.path()).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o660);
    let other = File::with("a,b\n1,2\n");
    assert!(other.add("ann", &pin("E1"), "x").is_err());
    assert_eq!(other.text(), "a,b\n1,2\n");
}
