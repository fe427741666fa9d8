//! What a collector of `OpenTelemetry` is told of runs and decisions, over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::support::{Page, Project, sample, user};

/// What a collector was sent: path, token, body.
type Call = (String, Option<String>, Vec<u8>);

/// A collector that answers with one status, and hands over what it was sent.
fn collector(status: u16) -> (u16, Receiver<Call>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Some(call) = serve(stream, status) else { continue };
            if sender.send(call).is_err() {
                return;
            }
        }
    });
    (port, receiver)
}

fn serve(mut stream: TcpStream, status: u16) -> Option<Call> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut line, mut length, mut token) = (String::new(), 0, None);
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
            Some((name, value)) if name.eq_ignore_ascii_case("x-token") => token = Some(value.to_owned()),
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok()?;
    Some((path, token, body))
}

fn told_to(project: &Project, port: u16) {
    let settings = project.read("ledgerline.toml");
    let telemetry =
        format!("\n[telemetry]\nendpoint = \"http://127.0.0.1:{port}\"\nheaders = {{ file = \"token\" }}\n");
    project.write("ledgerline.toml", settings + &telemetry);
    project.write("token", "x-token=s3cret%20word\n");
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        any_value::Value::StringValue(text) => Some(text),
        _ => None,
    }
}

fn spans(call: &Call) -> Vec<Span> {
    assert_eq!((call.0.as_str(), call.1.as_deref()), ("/v1/traces", Some("s3cret word")));
    let told = ExportTraceServiceRequest::decode(call.2.as_slice()).expect("spans");
    let resource = told.resource_spans[0].resource.as_ref().expect("a service");
    assert_eq!(text(&resource.attributes, "service.name"), Some("ledgerline"));
    told.resource_spans[0].scope_spans[0].spans.clone()
}

/// Names of the numbers that were sent.
fn numbers(call: &Call) -> Vec<String> {
    assert_eq!((call.0.as_str(), call.1.as_deref()), ("/v1/metrics", Some("s3cret word")));
    let told = ExportMetricsServiceRequest::decode(call.2.as_slice()).expect("numbers");
    let metrics = &told.resource_metrics[0].scope_metrics[0].metrics;
    metrics.iter().map(|metric| metric.name.clone()).collect()
}

#[test]
fn a_run_is_a_trace_and_behind_it_and_each_decision_there_are_numbers() {
    let (project, (port, calls)) = (sample(), collector(200));
    told_to(&project, port);
    let arguments = ["--log-format", "json", "run", "weekly", "--var", "load=2026-11-02", "--as-of", "2026-11-02"];
    let run = project.run(&arguments).code(0);
    let spans = spans(&calls.recv().expect("a trace"));
    assert_eq!(
        (spans[0].name.as_str(), text(&spans[0].attributes, "ledgerline.verdict")),
        ("run weekly", Some("confirmed"))
    );
    assert!(spans[1..].iter().all(|span| spans.iter().any(|other| other.span_id == span.parent_span_id)));
    let trace: String = spans[0].trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(run.stderr.lines().filter(|line| line.contains(&format!("\"trace_id\":\"{trace}\""))).count() > 10);
    let told = numbers(&calls.recv().expect("numbers"));
    assert!(told.contains(&"ledgerline.last_run_duration".to_owned()), "{told:?}");

    project.run(&["hide", "2026-11-02", "--reason", "a test"]).code(0);
    assert!(numbers(&calls.recv().expect("numbers")).contains(&"ledgerline.log_entries".to_owned()));
    assert!(calls.try_recv().is_err());
}

#[test]
fn a_decision_of_the_page_is_told() {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let (port, calls) = collector(200);
    told_to(&project, port);
    project.load("2026-01-05").code(0);
    user(&project, "bob", &["approver"]);
    let page = Page::serve(&project, &[]);
    assert_eq!([calls.recv().expect("a trace").0, calls.recv().expect("numbers").0], ["/v1/traces", "/v1/metrics"]);
    let hidden = page.sign_in("bob").post("/timeslots/2026-01-05/hide", &[("reason", "a test")]);
    assert_eq!(hidden.status, 303, "{}", hidden.text);
    assert!(numbers(&calls.recv().expect("numbers")).contains(&"ledgerline.log_entries".to_owned()));
    assert_eq!(page.end().0, Some(0));
}

#[test]
fn a_collector_that_fails_is_a_warning_and_changes_nothing() {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let (port, calls) = collector(500);
    told_to(&project, port);
    let said = project.load("2026-01-05").code(0).stderr;
    let warning = "warning: the collector of OpenTelemetry was not told of the run: it answered 500 to `/v1/traces`";
    assert_eq!(said.matches("OpenTelemetry").count(), 1, "{said}");
    assert!(said.contains(warning) && !said.contains("s3cret") && !said.contains("127.0.0.1"), "{said}");
    assert_eq!(calls.recv().expect("a trace").0, "/v1/traces");
    project.remove("token");
    project.load("2026-01-12").code(0).stderr_has("was not told of the run: its headers are not in `");
}

#[test]
fn the_environment_names_a_collector_and_a_parent_or_switches_it_off() {
    let project = Project::new().accounts().file("accounts.csv", "LOGIN\nann\n").plan_of(&["accounts"]);
    let (port, calls) = collector(200);
    let endpoint = format!("http://127.0.0.1:{port}");
    let run = |day: &str, more: &[(&str, &str)]| {
        let mut command = project.command(&["run", "load", "--as-of", day, "--dry-run"]);
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
            .env("OTEL_EXPORTER_OTLP_HEADERS", "x-token=s3cret%20word");
        command.envs(more.iter().copied()).output().expect("it runs")
    };
    assert!(run("2026-01-05", &[("OTEL_SDK_DISABLED", "true")]).status.success());
    assert!(calls.try_recv().is_err());
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assert!(run("2026-01-05", &[("TRACEPARENT", parent), ("OTEL_METRICS_EXPORTER", "none")]).status.success());
    let spans = spans(&calls.recv().expect("a trace"));
    assert_eq!(spans[0].parent_span_id, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
    assert_eq!(text(&spans[0].attributes, "ledgerline.verdict"), Some("dry_run"));
    assert!(calls.try_recv().is_err());
}
