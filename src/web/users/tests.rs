//! Users, their file and what it may not say.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::password::Costs;
use super::*;

const CHEAP: Costs = Costs { memory: 8, passes: 1, lanes: 1 };
const PASSWORD: &str = "correct horse battery";
const TODAY: Date = date(2026, 11, 22);

fn cheap(user: &str, password: &str) -> Password {
    Password::new_at(CHEAP, user, password).expect("a password")
}

fn users(names: &[&str]) -> Users {
    let mut users = Users::default();
    for name in names {
        users.add(name, BTreeSet::from([Role::Operator]), Some(cheap(name, PASSWORD))).expect("a new user");
    }
    users
}

/// A file in a folder of its own.
/// The name that projects give it if they say nothing.
const FILE: &str = "users.toml";

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(FILE);
    fs::write(&path, text).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("a mode");
    (folder, path)
}

#[test]
fn a_role_allows_what_it_is_there_for() {
    let may = |role: Role| [May::See, May::Read, May::Operate, May::Decide].map(|what| role.may(what));
    assert_eq!(may(Role::Viewer), [true, false, false, false]);
    assert_eq!(may(Role::Auditor), [true, true, false, false]);
    assert_eq!(may(Role::Operator), [true, true, true, false]);
    assert_eq!(may(Role::Approver), [true, true, false, true]);
    let mut both = users(&["anna"]);
    both.set_roles("anna", BTreeSet::from([Role::Viewer, Role::Approver])).expect("roles");
    let anna = both.find("anna").expect("anna");
    assert!(anna.may(May::Decide) && anna.may(May::Read) && !anna.may(May::Operate));
    assert!(matches!(both.set_roles("anna", BTreeSet::new()), Err(UsersError::NoRole { .. })));
}

#[test]
fn only_the_right_password_of_the_right_user_is_taken() {
    let mut users = users(&["anna", "ben"]);
    users.set_password("ben", cheap("ben", "another password")).expect("ben");
    assert_eq!(users.check("anna", PASSWORD).expect("anna").name, "anna");
    for (name, password) in
        [("anna", "another password"), ("ben", PASSWORD), ("zoe", PASSWORD), ("", ""), ("Anna", PASSWORD)]
    {
        assert!(users.check(name, password).is_none(), "{name} {password}");
    }
    assert!(users.check("anna", &"x".repeat(1_000_000)).is_none());
    assert!(Users::default().check("anna", PASSWORD).is_none());
}

#[test]
fn an_unknown_user_takes_as_long_as_a_known_one() {
    let mut users = Users::default();
    let password = Password::new("anna", PASSWORD).expect("a password");
    users.add("anna", BTreeSet::from([Role::Viewer]), Some(password)).expect("anna");
    // The first hash of a process has its memory to fetch.
    assert!(users.check("anna", PASSWORD).is_some());
    let nobody = Users::default();
    let time = |users: &Users, name: &str| -> Duration {
        let begun = Instant::now();
        assert!(users.check(name, "a wrong password").is_none());
        begun.elapsed()
    };
    // In turns, so that whatever else the machine does is shared; the fastest of each is the least disturbed.
    let rounds: Vec<[Duration; 3]> =
        (0..8).map(|_| [time(&users, "anna"), time(&users, "zoe"), time(&nobody, "zoe")]).collect();
    let [known, unknown, alone] = [0, 1, 2].map(|of| rounds.iter().map(|round| round[of]).min().expect("rounds"));
    assert!(unknown * 3 > known && known * 3 > unknown, "{known:?} {unknown:?}");
    assert!(alone * 3 > known && known * 3 > alone, "{known:?} {alone:?}");
}

#[test]
fn a_password_is_long_and_not_the_name_and_may_have_any_characters() {
    let refusal =
        |user: &str, password: &str| Password::new_at(CHEAP, user, password).expect_err("refused").to_string();
    assert_eq!(refusal("anna", "elevenchars"), "a password has at least 12 characters");
    assert_eq!(refusal("anna", &"x".repeat(1025)), "a password has at most 1024 bytes");
    assert_eq!(refusal("anna.of.the.north", "Anna.of.the.North"), "a password is not the user's name");
    for password in
        ["            ", "пароль пароль", "😀😀😀😀😀😀😀😀😀😀😀😀", &"x".repeat(1024), "tab\tnul\0newline\n"]
    {
        assert!(cheap("anna", password).is(password), "{password:?}");
    }
    // One é is two characters on some systems.
    assert!(cheap("anna", "caf\u{e9} caf\u{e9} caf\u{e9}").is("cafe\u{301} cafe\u{301} cafe\u{301}"));
}

#[test]
fn a_hash_has_the_costs_that_owasp_asks_for_and_is_never_shown() {
    let password = Password::new("anna", PASSWORD).expect("a password");
    assert!(password.kept().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", password.kept());
    assert_eq!(format!("{password:?}"), "Password(..)");
    assert_ne!(password.kept(), Password::new("anna", PASSWORD).expect("a password").kept(), "each has its own salt");
}

#[test]
fn a_token_speaks_for_its_user_until_it_expires_or_is_taken_back() {
    let mut users = users(&["anna", "ben"]);
    let (token, text) = Token::new("ci", TODAY, 90).expect("a token");
    assert_eq!((token.created_on, token.expires_on), (TODAY, date(2027, 2, 20)));
    assert!(text.len() == 67 && text.starts_with("ll_"), "{text}");
    users.add_token("ben", token.clone()).expect("ben");
    assert_eq!(users.of_token(&text, TODAY).expect("ben").name, "ben");
    assert_eq!(users.of_token(&text, date(2027, 2, 19)).expect("ben").name, "ben");
    assert!(users.of_token(&text, date(2027, 2, 20)).is_none());
    for wrong in ["", "ll_", &text[3..], &text.to_uppercase(), &token.sha256, &format!("ll_{}", token.sha256)] {
        assert!(users.of_token(wrong, TODAY).is_none(), "{wrong}");
    }
    assert!(matches!(users.add_token("ben", token), Err(UsersError::TokenExists { .. })));
    let wrong = users.revoke("ben", "cd").expect_err("another title");
    assert_eq!(wrong.hint().expect("a hint"), "there is `ci`");
    users.revoke("ben", "ci").expect("ben");
    assert!(users.of_token(&text, TODAY).is_none());
    assert!(matches!(Token::new(" ", TODAY, 1), Err(UsersError::BadTitle)));
    assert!(matches!(Token::new("a\nb", TODAY, 1), Err(UsersError::BadTitle)));
    assert!(matches!(Token::new("ci", TODAY, u32::MAX), Err(UsersError::TooManyDays { .. })));
}

#[test]
fn a_name_is_plain() {
    for name in ["anna", "7", "a.b@example.org", "x-_.@", &"a".repeat(64)] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", "Anna", ".a", "@a", "a b", "ä", "a/b", "a\n", &"a".repeat(65)] {
        assert!(!is_name(name), "{name:?}");
    }
    let mut users = users(&["anna"]);
    let twice = users.add("anna", BTreeSet::from([Role::Viewer]), Some(cheap("anna", PASSWORD)));
    assert!(matches!(twice, Err(UsersError::UserExists { .. })));
    let near = users.remove("ana").expect_err("nobody");
    assert_eq!((near.to_string(), near.hint()), ("there is no user `ana`".into(), Some("did you mean `anna`?".into())));
}

#[test]
fn what_is_saved_is_loaded_for_its_owner_alone() {
    let (folder, path) = file("");
    assert!(Users::load(&path).expect("an empty file").is_empty());
    assert!(Users::load(&folder.path().join("none.toml")).expect("no file").is_empty());
    let mut users = users(&["anna", "b.c@example.org"]);
    let (token, text) = Token::new("a \"quoted\" title", TODAY, 1).expect("a token");
    users.add_token("b.c@example.org", token).expect("a user");
    users.save(&path).expect("saved");
    let mode = fs::metadata(&path).expect("a file").permissions().mode() & 0o7777;
    assert_eq!(mode, 0o600);
    let loaded = Users::load(&path).expect("loaded");
    assert_eq!(loaded.text(), users.text());
    assert_eq!(loaded.of_token(&text, TODAY).expect("a user").name, "b.c@example.org");
    assert!(loaded.check("anna", PASSWORD).is_some());
    assert!(!fs::read_to_string(&path).expect("the file").contains(&text), "a token is kept nowhere");
    let files = fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(files, 1, "nothing is left beside it");
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let (_folder, path) = file("");
    for (mode, is_taken) in
        [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o644, false), (0o700, false)]
    {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        let loaded = Users::load(&path);
        assert_eq!(loaded.is_ok(), is_taken, "{mode:o}");
        if let Err(error) = loaded {
            assert!(error.to_string().contains(&format!("has mode {mode:04o}")), "{error}");
            assert_eq!(error.hint().expect("a hint"), format!("`chmod 600 {}`", path.display()));
        }
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_without_its_text() {
    let hash = cheap("anna", PASSWORD).kept();
    let good = format!("[anna]\nroles = [\"viewer\"]\npassword = \"{hash}\"\n");
    let token =
        "[[anna.tokens]]\ntitle = \"ci\"\nsha256 = \"SUM\"\ncreated_on = \"2026-11-22\"\nexpires_on = \"2027-02-20\"\n";
    let token = token.replace("SUM", &"0a".repeat(32));
    assert!(Users::parse(Path::new(FILE), &format!("{good}{token}")).is_ok());
    let with = |from: &str, to: &str| format!("{good}{token}").replace(from, to);
    let cases = [
        (with("viewer", "viewr"), 2, "there is no role `viewr`"),
        (with("[\"viewer\"]", "[]"), 2, "a user needs a role"),
        (with("[\"viewer\"]", "\"viewer\""), 2, "expected an array, found string"),
        (with("roles", "rolls"), 2, "unknown key `rolls`"),
        (with("roles = [\"viewer\"]\n", ""), 1, "`roles` is missing"),
        (with(&hash, "s3cret s3cret"), 3, "the password of `anna` is no hash of a password"),
        (with("argon2id$", "argon2i$"), 3, "the password of `anna` is no argon2id hash"),
        (with("v=19", "v=16"), 3, "the password of `anna` is an argon2id hash of another version than 19"),
        (with("m=8", "m=4294967295"), 3, "the password of `anna` is a hash whose costs are beyond reason"),
        (with("p=1", "p=4294967295"), 3, "the password of `anna` is a hash whose costs are beyond reason"),
        (with("t=1", "t=0"), 3, "the password of `anna` is a hash with costs that cannot be"),
        (
            with(&hash, &hash[..hash.rfind('$').expect("a part")]),
            3,
            "the password of `anna` is a hash that was cut short",
        ),
        (with(&format!("\"{hash}\""), "1234567890123"), 3, "expected a text, found integer"),
        (with("\"ci\"", "\"\""), 5, "a token's title has 1 to 64 characters, and no line breaks"),
        (with("0a", "0A"), 6, "`sha256` is no SHA-256"),
        (with("2027-02-20", "soon"), 8, "the text is no day"),
        (with("[anna]", "[Anna]").replace("anna.", "Anna."), 1, "`Anna` cannot be a user's name"),
        ("anna = \"s3cret s3cret\"\n".to_owned(), 1, "expected a table, found string"),
        (format!("{good}{token}{token}"), 9, "`anna` has two tokens `ci`"),
        (format!("{good}password = \"s3cret s3cret\n"), 4, "the text is no TOML"),
    ];
    for (text, line, message) in cases {
        let error = Users::parse(Path::new(FILE), &text).expect_err("it is wrong");
        let told = format!("{error} {}", error.hint().expect("a hint"));
        assert!(told.starts_with(&format!("`users.toml`, line {line}: {message} ")), "{told}\n{text}");
        assert!(!told.contains("s3cret") && !told.contains("$argon2"), "{told}");
    }
}

#[test]
fn of_many_who_change_the_file_at_once_none_loses_what_another_wrote() {
    let (_folder, path) = file("");
    std::thread::scope(|scope| {
        for at in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for turn in 0..5 {
                    let name = format!("user{at}.{turn}");
                    Users::change(path, |users| {
                        users.add(&name, BTreeSet::from([Role::Viewer]), Some(cheap(&name, PASSWORD)))
                    })
                    .expect("changed");
                }
            });
        }
    });
    assert_eq!(Users::load(&path).expect("the users").iter().count(), 40);
    let before = fs::read(&path).expect("the file");
    assert!(Users::change(&path, |users| users.remove("nobody")).is_err());
    assert_eq!(fs::read(&path).expect("the file"), before);
}
