//! Who gets which mails, as people write it.

use super::*;
use crate::settings::mail::On;

const MAIL: &str = r#"
[project]
name = "Test"

[mail]
host = "localhost"
security = "none"
from = "ledger@example.org"
to = ["iga@example.org"]
"#;

fn project(more: &str) -> Result<Project, String> {
    let files = Files::new().with("ledgerline.toml", &format!("{MAIL}{more}"));
    files.project().map_err(|problems| files.shown(&problems))
}

#[test]
fn what_is_not_named_goes_to_everyone_and_false_to_nobody() {
    let project = project("[mail.on]\nwarned = [\"quality@example.org\"]\nconfirmed = false\n").expect("it loads");
    let mail = project.mail.expect("mail");
    let to = |on| mail.about(on).map(|mail| mail.to.join(" "));
    assert_eq!(to(On::Warned).as_deref(), Some("quality@example.org"));
    assert_eq!(to(On::Confirmed), None);
    assert_eq!(to(On::Held).as_deref(), Some("iga@example.org"));
}

#[test]
fn a_word_that_is_none_no_address_and_nobody_in_a_list_are_errors() {
    let wrong = |line: &str| project(&format!("[mail.on]\n{line}\n")).expect_err("it is wrong");
    assert!(wrong("helt = false").contains("LL0102"), "{}", wrong("helt = false"));
    for line in ["held = [\"nobody\"]", "held = [\"a@b\\r\\nBcc: c@d\"]", "held = []", "held = true"] {
        assert!(wrong(line).contains("LL0105"), "{line}: {}", wrong(line));
    }
}
