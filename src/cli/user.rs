//! `ledgerline user`: who may use the page, with which roles, passwords and tokens.

use std::collections::BTreeSet;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use clap::value_parser;

use super::clock::SystemClock;
use super::output::{Format, Rows, say};
use super::{Failure, open};
use crate::env::Clock;
use crate::plan::Project;
use crate::web::users::{Password, Role, Token, User, Users};

/// What is done about users.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Let somebody use the page. The password is typed twice, or is the line on stdin where that is no terminal.
    #[command(override_usage = "ledgerline user add [OPTIONS] <NAME> --role <ROLE>...")]
    Add(AddArguments),
    /// List the users, with their roles and tokens.
    List,
    /// Give a user another password.
    Password(NameArguments),
    /// Give a user other roles in place of the earlier ones.
    #[command(override_usage = "ledgerline user roles [OPTIONS] <NAME> --role <ROLE>...")]
    Roles(RolesArguments),
    /// Take a user out, with all tokens.
    Remove(NameArguments),
    /// Make a token, which a program shows in place of a password. It is printed now and never again.
    Token(TokenArguments),
    /// Take a token back.
    Revoke(RevokeArguments),
}

/// A new user.
#[derive(clap::Args)]
pub(super) struct AddArguments {
    #[command(flatten)]
    user: RolesArguments,
    /// Take no password: a proxy or an OpenID Connect provider signs this user in.
    #[arg(long)]
    no_password: bool,
}

/// A user, and roles.
#[derive(clap::Args)]
pub(super) struct RolesArguments {
    /// Lower-case letters, digits, `.`, `_`, `@` and `-`.
    name: String,
    /// What the user is there for. Several stand one behind the other.
    #[arg(long = "role", value_name = "ROLE", value_enum, required = true, num_args = 1.., value_delimiter = ',')]
    roles: Vec<Role>,
}

/// A user.
#[derive(clap::Args)]
pub(super) struct NameArguments {
    /// The user.
    name: String,
}

/// A token to be made.
#[derive(clap::Args)]
pub(super) struct TokenArguments {
    /// Whom the token speaks for.
    name: String,
    /// What it is for; no two tokens of a user have one title.
    #[arg(long)]
    title: String,
    /// For how many days it is valid, today being the first.
    #[arg(long, default_value_t = 90, value_parser = value_parser!(u32).range(1..=3650))]
    days: u32,
}

/// A token to be taken back.
#[derive(clap::Args)]
pub(super) struct RevokeArguments {
    /// Whom the token speaks for.
    name: String,
    /// The token's title.
    title: String,
}

pub(super) fn run(command: &Command, folder: Option<PathBuf>, format: Format) -> Result<u8, Failure> {
    let project = open::project(folder)?;
    let path = path(&project);
    match command {
        Command::Add(arguments) => add(&path, arguments)?,
        Command::List => list(&Users::load(&path)?).print(format),
        Command::Password(arguments) => password(&path, &arguments.name)?,
        Command::Roles(arguments) => roles(&path, arguments)?,
        Command::Remove(arguments) => {
            let user = Users::change(&path, |users| users.remove(&arguments.name))?;
            say(&format!("user `{}` is taken out, with {} tokens", user.name, user.tokens.len()));
        }
        Command::Token(arguments) => token(&path, &project, arguments)?.print(format),
        Command::Revoke(RevokeArguments { name, title }) => {
            Users::change(&path, |users| users.revoke(name, title))?;
            say(&format!("the token `{title}` of `{name}` is no longer taken"));
        }
    }
    Ok(0)
}

/// Where the users stand.
fn path(project: &Project) -> PathBuf {
    project.serve.users.clone()
}

fn add(path: &Path, arguments: &AddArguments) -> Result<(), Failure> {
    let RolesArguments { name, roles } = &arguments.user;
    let roles = || roles.iter().copied().collect::<BTreeSet<Role>>();
    // Nobody is to type a password for a name that is refused then.
    Users::load(path)?.check_new(name)?;
    let password = if arguments.no_password { None } else { Some(Password::new(name, &typed(name)?)?) };
    Users::change(path, |users| users.add(name, roles(), password))?;
    say(&format!("user `{name}` is in `{}`: {}", path.display(), joined(&roles())));
    Ok(())
}

fn password(path: &Path, name: &str) -> Result<(), Failure> {
    Users::load(path)?.known(name)?;
    let password = Password::new(name, &typed(name)?)?;
    Users::change(path, |users| users.set_password(name, password))?;
    say(&format!("user `{name}` has another password"));
    Ok(())
}

fn roles(path: &Path, arguments: &RolesArguments) -> Result<(), Failure> {
    let RolesArguments { name, .. } = arguments;
    let roles: BTreeSet<Role> = arguments.roles.iter().copied().collect();
    Users::change(path, |users| users.set_roles(name, roles.clone()))?;
    say(&format!("user `{name}`: {}", joined(&roles)));
    Ok(())
}

fn token(path: &Path, project: &Project, arguments: &TokenArguments) -> Result<Rows, Failure> {
    let TokenArguments { name, title, days } = arguments;
    let today = SystemClock.now().to_zoned(project.zone.clone()).date();
    let (token, text) = Token::new(title, today, *days)?;
    let expires_on = token.expires_on;
    Users::change(path, |users| users.add_token(name, token))?;
    say("keep the token now: only its SHA-256 is in the file");
    let mut rows = Rows::new(&["user", "title", "expires_on", "token"]);
    rows.rows.push([name.clone(), title.clone(), expires_on.to_string(), text].map(Some).to_vec());
    Ok(rows)
}

/// A row for each token, and one for each user without a token.
fn list(users: &Users) -> Rows {
    let mut rows = Rows::new(&["user", "roles", "token", "created_on", "expires_on"]);
    for user in users {
        let row = |token: Option<&Token>| {
            vec![
                Some(user.name.clone()),
                Some(joined(&user.roles)),
                token.map(|token| token.title.clone()),
                token.map(|token| token.created_on.to_string()),
                token.map(|token| token.expires_on.to_string()),
            ]
        };
        let User { tokens, .. } = user;
        rows.rows.extend(if tokens.is_empty() {
            vec![row(None)]
        } else {
            tokens.iter().map(|t| row(Some(t))).collect()
        });
    }
    rows
}

fn joined(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}

/// The password that somebody types, or that a program gives.
fn typed(name: &str) -> Result<String, Failure> {
    let stdin = io::stdin();
    let typed = if stdin.is_terminal() {
        typed_twice(name, &mut |prompt| rpassword::prompt_password(prompt))
    } else {
        line(stdin.lock())
    };
    typed.map_err(|error| Failure::Usage(format!("no password could be read: {error}")))
}

fn typed_twice(name: &str, ask: &mut dyn FnMut(String) -> io::Result<String>) -> io::Result<String> {
    let password = ask(format!("password of `{name}`: "))?;
    let again = ask("the same again: ".to_owned())?;
    if password == again { Ok(password) } else { Err(io::Error::other("what was typed is not the same twice")) }
}

/// The first line. A longer one than a password may be is not read to its end.
fn line(input: impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    input.take(4096).read_until(b'\n', &mut bytes)?;
    let line = String::from_utf8(bytes).map_err(|_| io::Error::other("it is no UTF-8 text"))?;
    match line.trim_end_matches(['\n', '\r']) {
        "" => Err(io::Error::other("stdin has none")),
        password => Ok(password.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_as_it_stands() {
        for (input, password) in [("  two words \nmore\n", "  two words "), ("pass\r\n", "pass"), ("é", "é")] {
            assert_eq!(line(input.as_bytes()).expect("a password"), password);
        }
        assert!(line("\n".as_bytes()).is_err());
        assert!(line(&[0xff, b'\n'][..]).is_err());
        assert_eq!(line("x".repeat(5000).as_bytes()).expect("the start").len(), 4096);
    }

    #[test]
    fn a_password_is_typed_twice_the_same() {
        let mut prompts = Vec::new();
        let mut answers = ["one", "one", "one", "two"].into_iter();
        let mut ask = |prompt: String| {
            prompts.push(prompt);
            Ok(answers.next().unwrap_or_default().to_owned())
        };
        assert_eq!(typed_twice("anna", &mut ask).expect("the same"), "one");
        assert!(typed_twice("anna", &mut ask).is_err());
        assert_eq!(prompts[..2], ["password of `anna`: ", "the same again: "]);
    }
}
