//! The page of a project, served by the real program, and somebody in front of it.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Project;

/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A page that is served; ended when dropped.
pub(crate) struct Page {
    child: Child,
    base: String,
    said: Option<JoinHandle<String>>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) to: Option<String>,
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// Somebody who has signed in, or a program with a token.
pub(crate) struct Visitor<'a> {
    page: &'a Page,
    header: (&'static str, String),
}

/// Makes a user.
#[track_caller]
pub(crate) fn user(project: &Project, name: &str, roles: &[&str]) {
    let mut arguments = vec!["user", "add", name];
    for role in roles {
        arguments.extend(["--role", role]);
    }
    let mut child =
        project.command(&arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), format!("{PASSWORD}\n").as_bytes())
        .expect("heard");
    assert!(child.wait().expect("it ends").success(), "no user {name}");
}

impl Page {
    /// Serves a project, with variables in the environment.
    #[track_caller]
    pub(crate) fn serve(project: &Project, environment: &[(&str, &str)]) -> Self {
        let mut child = project
            .command(&["serve", "--address", "127.0.0.1:0"])
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut said = String::new();
        let base = loop {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).expect("text") > 0, "it ended: {said}");
            said.push_str(&line);
            if let Some(base) = line.trim().strip_prefix("the page is at ") {
                break base.to_owned();
            }
        };
        let said = std::thread::spawn(move || {
            let _ = stderr.read_to_string(&mut said);
            said
        });
        Self { child, base, said: Some(said) }
    }

    /// Signs somebody in.
    #[track_caller]
    pub(crate) fn sign_in(&self, name: &str) -> Visitor<'_> {
        let form = [("name", name), ("password", PASSWORD), ("to", "/")];
        let answer = agent().post(format!("{}/sign-in", self.base)).send_form(form).expect("it answers");
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).expect("a session");
        Visitor { page: self, header: ("cookie", cookie.split(';').next().unwrap_or_default().to_owned()) }
    }

    /// A program with the token of a user.
    #[track_caller]
    pub(crate) fn program(&self, project: &Project, name: &str) -> Visitor<'_> {
        let made = project.run(&["user", "token", name, "--title", "test", "--format", "json"]).code(0);
        let token = made.stdout.split('"').find(|word| word.starts_with("ll_")).expect("a token").to_owned();
        Visitor { page: self, header: ("authorization", format!("Bearer {token}")) }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.base.split("://").nth(1).and_then(|address| address.parse().ok()).expect("an address")
    }

    /// Tells it to end, and returns how it ended and what it had said.
    #[track_caller]
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there").success());
        let code = self.child.wait().expect("a process").code();
        let said = self.said.take().expect("not asked before").join().expect("it was read");
        (code, said)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Visitor<'_> {
    /// Asks for something.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answered {
        let (name, value) = &self.header;
        answered(agent().get(format!("{}{path}", self.page.base)).header(*name, value).call())
    }

    /// Sends a form.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let (name, value) = &self.header;
        let ask = agent().post(format!("{}{path}", self.page.base)).header(*name, value);
        answered(ask.send_form(form.iter().copied()))
    }

    /// Sends JSON.
    #[track_caller]
    pub(crate) fn call(&self, path: &str, json: &str) -> Answered {
        let (name, value) = &self.header;
        let ask = agent().post(format!("{}{path}", self.page.base)).header(*name, value);
        answered(ask.content_type("application/json").send(json))
    }

    /// Follows events until they end, and returns them.
    #[track_caller]
    pub(crate) fn follow(&self, path: &str) -> String {
        let (name, value) = &self.header;
        let mut stream = TcpStream::connect(self.page.address()).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a time");
        let ask = format!("GET {path} HTTP/1.1\r\nhost: page\r\n{name}: {value}\r\nconnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, ask.as_bytes()).expect("heard");
        let (mut told, begun) = (String::new(), Instant::now());
        for line in BufReader::new(stream).lines() {
            told.push_str(&line.expect("text"));
            told.push('\n');
            if told.contains("event: end") || begun.elapsed() > Duration::from_mins(2) {
                break;
            }
        }
        told
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into()
}

#[track_caller]
fn answered(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answered {
    let mut answer = answer.expect("it answers");
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (to, kind) = (header("location"), header("content-type").unwrap_or_default());
    let bytes = answer.body_mut().read_to_vec().expect("a body");
    Answered { status: answer.status().as_u16(), to, kind, text: String::from_utf8_lossy(&bytes).into_owned() }
}
