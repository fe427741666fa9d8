//! Every route with every role, against one table: a new route fails here until somebody has said who may ask for it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use jiff::civil::date;

use super::routes::{Door, ROUTES};
use super::session::SignedIn;
use super::users::{Password, Role, Token, Users};
use super::{Reading, Site, listen, router};
use crate::engine::{DataFusionEngine, EngineSettings};
use crate::env::{FixedClock, Stop};
use crate::plan::{Project, Variables};

/// Who may ask for what: nobody in particular (n), viewer, auditor, operator, approver. The last line ends the sessions.
const TABLE: &str = "
GET  /sign-in                                         nvaop
POST /sign-in                                         nvaop
GET  /sign-in/provider                                nvaop
GET  /sign-in/back                                    nvaop
GET  /static/{file}                                   nvaop
GET  /health                                          nvaop
GET  /api/openapi.json                                nvaop
GET  /                                                -vaop
GET  /runs                                            -vaop
GET  /runs/{run}                                      -vaop
GET  /runs/{run}/events                               -vaop
GET  /controls                                        -vaop
GET  /controls/{control}                              -vaop
GET  /reports                                         -vaop
GET  /reports/{report}                                -vaop
GET  /schedule                                        -vaop
GET  /timeslots                                       -vaop
GET  /timeslots/{timeslot}                            -vaop
GET  /launch                                          ---o-
POST /runs                                            ---o-
POST /runs/{run}/retry                                ---o-
POST /runs/{run}/cancel                               ---o-
GET  /log                                             --aop
GET  /findings                                        --aop
GET  /timeslots/{timeslot}/tables/{table}             --aop
GET  /timeslots/{timeslot}/files/{file}               --aop
GET  /compare                                         --aop
GET  /identities                                      --aop
GET  /identities/{identity}                           --aop
GET  /identities/{identity}/why                       --aop
GET  /accounts/{repository}/{identifier}              --aop
GET  /ownerless                                       --aop
GET  /ownerless/{repository}/{identifier}             --aop
POST /ownerless/{repository}/{identifier}             ---o-
POST /ownerless/{repository}/{identifier}/withdraw    ---o-
POST /controls/{control}/exceptions                   ----p
POST /controls/{control}/exceptions/withdraw          ----p
POST /timeslots/{timeslot}/confirm                    ----p
POST /timeslots/{timeslot}/reject                     ----p
POST /timeslots/{timeslot}/hide                       ----p
POST /timeslots/{timeslot}/show                       ----p
POST /timeslots/{timeslot}/label                      ----p
POST /timeslots/{timeslot}/unlabel                    ----p
POST /timeslots/{timeslot}/hold                       ----p
POST /timeslots/{timeslot}/release                    ----p
GET  /metrics                                         -vaop
GET  /api/v1/status                                   -vaop
GET  /api/v1/plans                                    -vaop
GET  /api/v1/runs                                     -vaop
POST /api/v1/runs                                     ---o-
GET  /api/v1/runs/{run}                               -vaop
POST /api/v1/runs/{run}/retry                         ---o-
POST /api/v1/runs/{run}/cancel                        ---o-
GET  /api/v1/timeslots                                -vaop
GET  /api/v1/timeslots/{timeslot}                     -vaop
GET  /api/v1/timeslots/{timeslot}/tables/{table}      --aop
GET  /api/v1/timeslots/{timeslot}/files/{file}        --aop
POST /api/v1/timeslots/{timeslot}/confirm             ----p
POST /api/v1/timeslots/{timeslot}/reject              ----p
POST /api/v1/timeslots/{timeslot}/hide                ----p
POST /api/v1/timeslots/{timeslot}/show                ----p
POST /api/v1/timeslots/{timeslot}/label               ----p
POST /api/v1/timeslots/{timeslot}/unlabel             ----p
POST /api/v1/timeslots/{timeslot}/hold                ----p
POST /api/v1/timeslots/{timeslot}/release             ----p
GET  /api/v1/log                                      --aop
POST /sign-out                                        nvaop
";

/// A page that listens, gone when dropped.
struct Served {
    address: SocketAddr,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
    /// The session and the token of each role.
    keys: Vec<(Role, String, String)>,
    _folder: tempfile::TempDir,
}

impl Served {
    fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let toml = format!("[project]\nname = \"Test\"\nledger = \"ledger\"\n{settings}");
        std::fs::write(folder.path().join("ledgerline.toml"), toml).expect("written");
        let now = date(2026, 11, 22).at(12, 0, 0, 0).in_tz("UTC").expect("an instant").timestamp();
        let mut users = Users::default();
        let tokens: Vec<(Role, String)> = Role::ALL
            .into_iter()
            .map(|role| {
                let password = Password::new(role.as_str(), "correct horse battery").expect("long enough");
                users.add(role.as_str(), [role].into(), Some(password)).expect("a new name");
                let (token, text) = Token::new("test", date(2026, 11, 22), 1).expect("a token");
                users.add_token(role.as_str(), token).expect("the user is there");
                (role, text)
            })
            .collect();
        users.save(&folder.path().join("users.toml")).expect("saved");
        let site = site(folder.path(), now);
        let keys = tokens.into_iter().map(|(role, token)| {
            (role, site.sessions.begin(SignedIn::local(role.as_str()), now).expect("the system has randomness"), token)
        });
        let keys = keys.collect();
        let stop = Stop::default();
        let listening = listen(([127, 0, 0, 1], 0).into(), None).expect("a free port");
        let address = listening.address().expect("it has one");
        let heard = stop.clone();
        let thread = std::thread::spawn(move || listening.answer(router(&Arc::new(site), false), &heard));
        Self { address, stop, thread: Some(thread), keys, _folder: folder }
    }

    /// The status of an answer, and the answer.
    fn ask(&self, verb: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let url = format!("http://{}{path}", self.address);
        let answer = if verb == "GET" {
            headers.iter().fold(agent.get(&url), |ask, (name, value)| ask.header(*name, *value)).call()
        } else {
            let ask = headers.iter().fold(agent.post(&url), |ask, (name, value)| ask.header(*name, *value));
            ask.content_type("application/json").send("{}")
        };
        let mut answer = answer.expect("it answers");
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap_or_default())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cell().store(15, std::sync::atomic::Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn site(root: &Path, now: jiff::Timestamp) -> Site {
    let load = |root: &Path| {
        let given = std::collections::BTreeMap::new();
        Project::load(root, &Variables::new(&given, &|_| None)).map_err(|problems| format!("{problems:?}"))
    };
    let again = root.to_owned();
    let reading = Reading {
        project: Box::new(move || load(&again)),
        plan: Box::new(|name| Err(format!("there is no plan {name}"))),
        check: Box::new(|_| String::new()),
    };
    let settings = EngineSettings { threads: 1, memory: 64 << 20, spill: root.join("spill") };
    let engine = DataFusionEngine::new(&settings).expect("an engine");
    Site::new(load(root).expect("a project"), reading, Box::new(FixedClock(now)), engine).expect("a site")
}

/// The path with something in every piece that varies.
fn filled(path: &str) -> String {
    path.replace("/static/{file}", "/static/page.css")
        .replace("{file}", "findings.csv")
        .replace("{run}", "20261122T120000.000Z-0000")
        .replace("{timeslot}", "2026-11-22")
        .split('/')
        .map(|piece| if piece.starts_with('{') { "x" } else { piece })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    let served = Served::new("");
    let mut listed = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let [verb, path, who] = line.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{line}") };
        listed.push((verb, path));
        let route = ROUTES.iter().find(|route| (route.method(), route.path) == (verb, path));
        let route = route.unwrap_or_else(|| panic!("there is no {verb} {path}"));
        let path = filled(path);
        let (status, text) = served.ask(verb, &path, &[]);
        let is_in = |status: u16| status != 401 && status != 403;
        assert_eq!(is_in(status), who.starts_with('n'), "{verb} {path} without a name: {status} {text}");
        for ((role, session, token), letter) in served.keys.iter().zip(['v', 'a', 'o', 'p']) {
            let (cookie, bearer) = (format!("ledgerline={session}"), format!("Bearer {token}"));
            let by_session = served.ask(verb, &path, &[("cookie", &cookie)]);
            let by_token = served.ask(verb, &path, &[("authorization", &bearer)]);
            let (own, other) = match route.door {
                Door::Program => (by_token, by_session),
                _ => (by_session, by_token),
            };
            assert_eq!(is_in(own.0), who.contains(letter), "{verb} {path} as {role:?}: {} {}", own.0, own.1);
            assert!(own.0 < 500, "{verb} {path} as {role:?}: {} {}", own.0, own.1);
            // A session is no token, and a token is no session.
            let needs = route.may.is_some();
            assert!(!needs || other.0 == 401, "{verb} {path} as {role:?} by the other door: {}", other.0);
        }
    }
    let known: Vec<_> = ROUTES.iter().map(|route| (route.method(), route.path)).collect();
    let unlisted: Vec<_> = known.iter().filter(|route| !listed.contains(*route)).collect();
    assert!(unlisted.is_empty(), "say in TABLE who may ask for {unlisted:?}");
}

#[test]
fn what_another_site_sends_is_refused_and_nothing_is_shown_in_its_frames() {
    let served = Served::new("");
    let (_, session, _) = &served.keys[2];
    let cookie = format!("ledgerline={session}");
    for route in ROUTES.iter().filter(|route| route.method() == "POST") {
        for from in
            [[("sec-fetch-site", "cross-site")], [("origin", "https://example.org")], [("sec-fetch-site", "same-site")]]
        {
            let headers = [("cookie", cookie.as_str()), from[0]];
            let (status, _) = served.ask("POST", &filled(route.path), &headers);
            assert_eq!(status, 403, "{} from {from:?}", route.path);
        }
    }
    // A link from elsewhere: the browser keeps the cookie, and is told to ask again from here.
    let (status, text) = served.ask("GET", "/runs?page=1", &[("sec-fetch-site", "cross-site")]);
    assert!(status == 200 && text.contains("url=/runs?page=1\"") && !text.contains("Test"), "{status} {text}");
}

#[test]
fn a_proxy_names_people_only_where_it_proves_itself() {
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "s3cret proof of the proxy\n").expect("written");
    let settings =
        format!("[serve.proxy]\nheader = \"X-Remote-User\"\nsecret = {{ file = \"{}\" }}\n", secret.path().display());
    let served = Served::new(&settings);
    let proof = ("x-ledgerline-proxy-secret", "s3cret proof of the proxy");
    let named = ("x-remote-user", "auditor");
    assert_eq!(served.ask("GET", "/log", &[named, proof]).0, 404, "let in; there is no log yet");
    assert_eq!(served.ask("GET", "/launch", &[named, proof]).0, 403);
    assert_eq!(served.ask("GET", "/", &[named]).0, 401);
    assert_eq!(served.ask("GET", "/", &[named, ("x-ledgerline-proxy-secret", "s3cret")]).0, 401);
    assert_eq!(served.ask("GET", "/", &[("x-remote-user", "nobody"), proof]).0, 401);
    assert_eq!(served.ask("GET", "/", &[named, ("x-remote-user", "operator"), proof]).0, 401);
}

#[test]
fn a_password_is_tried_five_times_a_minute() {
    let served = Served::new("");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let sign_in = |password: &str| {
        let url = format!("http://{}/sign-in", served.address);
        let answer = agent.post(&url).send_form([("name", "viewer"), ("password", password), ("to", "/runs")]);
        let answer = answer.expect("it answers");
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        (answer.status().as_u16(), header("location"), header("set-cookie"))
    };
    let (status, to, cookie) = sign_in("correct horse battery");
    assert_eq!((status, to.as_deref()), (303, Some("/runs")));
    let cookie = cookie.expect("a session");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!((0..5).all(|_| sign_in("wrong horse battery").0 == 200));
    assert_eq!(sign_in("correct horse battery").0, 429, "also where it would be right");
}
