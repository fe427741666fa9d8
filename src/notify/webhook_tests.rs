//! What a webhook gets, how often, and what it does not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::event::Verdict;
use crate::settings::mail::Secret;
use crate::settings::notify::Webhook;
use crate::summary::Summary;

/// A server that answers with these codes, one after the other, and hands over what it was sent.
fn server(codes: &'static [u16]) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for code in codes {
            let (mut stream, _) = listener.accept().expect("a call");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).is_ok() && line != "\r\n" {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a number");
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the body");
            sender.send(String::from_utf8(body).expect("text")).expect("somebody listens");
            let answer = format!("HTTP/1.1 {code} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("the answer");
        }
    });
    (port, receiver)
}

fn notify(port: u16, on: Option<Vec<On>>) -> (tempfile::TempDir, Notify) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("url");
    std::fs::write(&path, format!("http://127.0.0.1:{port}/s3cret")).expect("written");
    let webhook = Some(Webhook { url: Secret::File(path), on });
    (folder, Notify { webhook, ..Notify::default() })
}

fn held() -> Summary {
    Summary {
        run: "r1".to_owned(),
        plan: "weekly".to_owned(),
        timeslot: "2026-11-16".parse().ok(),
        verdict: Some(Verdict::Held { thresholds: vec!["guard".to_owned()] }),
        head: "42:9f3c".to_owned(),
        ..Summary::default()
    }
}

#[test]
fn a_webhook_that_fails_once_is_told_again_the_same() {
    let (port, calls) = server(&[500, 204]);
    let (_folder, notify) = notify(port, None);
    let summary = held();
    let letter = Letter::of("Halden", &summary, None).linked(Some("https://ledger.example.org"));
    tell(&notify, &of_run(&letter, 3)).expect("it takes the second");
    let bodies: Vec<String> = calls.iter().take(2).collect();
    assert_eq!(bodies[0], bodies[1]);
    let told: serde_json::Value = serde_json::from_str(&bodies[1]).expect("JSON");
    let expected = serde_json::json!({
        "what": "run", "project": "Halden", "run": "r1", "plan": "weekly", "timeslot": "2026-11-16", "verdict": "HELD",
        "sentence": "timeslot 2026-11-16 reached a threshold: guard; current is still none yet", "exit_code": 3,
        "head": "42:9f3c", "link": "https://ledger.example.org/timeslots/2026-11-16",
    });
    assert_eq!(told.to_string(), expected.to_string());
}

#[test]
fn what_it_refuses_for_good_is_told_once_and_a_redirect_is_not_followed() {
    for code in [[404], [302]] {
        let (port, calls) = server(Box::leak(Box::new(code)));
        let (_folder, notify) = notify(port, None);
        let summary = held();
        let error = tell(&notify, &of_run(&Letter::of("Halden", &summary, None), 3)).expect_err("it refuses");
        assert_eq!(error.to_string(), format!("it answered {}", code[0]));
        assert_eq!(calls.iter().count(), 1);
    }
}

#[test]
fn it_is_told_of_what_it_wants_only() {
    let (port, calls) = server(&[]);
    let (_folder, notify) = notify(port, Some(vec![On::Failed, On::Decided]));
    let summary = held();
    tell(&notify, &of_run(&Letter::of("Halden", &summary, None), 3)).expect("nothing is called");
    assert_eq!(calls.iter().count(), 0);
}
