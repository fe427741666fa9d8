#!/usr/bin/env python3
"""Stands in for a collector of OpenTelemetry, decodes what it is sent by the messages that the standard publishes, and holds
the spans of runs against their events and `runs`, and the numbers against what `metrics` prints. Then collectors that fail,
hang, ask to be called again or are not there: no exit code changes, and there is one warning.

    otel.py LEDGERLINE PROJECT          needs opentelemetry-proto, prometheus_client and trustme
"""
import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from prometheus_client.parser import text_string_to_metric_families

from common import check, copied, failures

TOKEN = "s3cret word="
MILLI = 1_000_000


class Collector:
    """Answers with given codes, then 200, and keeps what it was sent."""

    def __init__(self, codes=(), context=None, takes_its_time=0, metrics_answer=b""):
        self.calls, self.codes, self.metrics_answer, self.takes_its_time = [], list(codes), metrics_answer, takes_its_time
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                collector.calls.append((self.path, dict(self.headers), body))
                time.sleep(collector.takes_its_time)
                answer = collector.metrics_answer if self.path.endswith("metrics") else b""
                self.send_response(collector.codes.pop(0) if collector.codes else 200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def paths(self):
        return [path for path, _, _ in self.calls]

    def spans(self):
        """The resource and the spans of every trace that was sent, the calls in order."""
        told = []
        for path, _, body in self.calls:
            if path.endswith("/v1/traces"):
                for each in ExportTraceServiceRequest.FromString(body).resource_spans:
                    told.append((attributes(each.resource.attributes), [span for scope in each.scope_spans for span in scope.spans]))
        return told

    def numbers(self):
        """The metrics that were sent last, and whose they are."""
        body = [body for path, _, body in self.calls if path.endswith("/v1/metrics")][-1]
        [each] = ExportMetricsServiceRequest.FromString(body).resource_metrics
        return attributes(each.resource.attributes), [metric for scope in each.scope_metrics for metric in scope.metrics]


def attributes(pairs):
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


def nanos(at):
    day, fraction = at.rstrip("Z").split(".") if "." in at else (at.rstrip("Z"), "")
    whole = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
    return int(whole.timestamp()) * 1_000_000_000 + int(fraction.ljust(9, "0") or 0)


program, source = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
folder = pathlib.Path(tempfile.mkdtemp(prefix="ledgerline-otel-"))
project = folder / "project"
project.mkdir()
copied(source, project)
settings = (project / "ledgerline.toml").read_text()
plain = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_") and not name.startswith("TRACE")}
authority = trustme.CA()
authority.cert_pem.write_to_path(folder / "ca.pem")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
authority.issue_cert("localhost").configure_cert(context)


def run(*arguments, **environment):
    return subprocess.run([program, *arguments], capture_output=True, text=True, cwd=project, env={**plain, **environment})


def load(day, *arguments, **environment):
    return run("run", "weekly", "--var", f"load={day}", "--as-of", day, *arguments, **environment)


def told_to(address, more=""):
    (project / "token").write_text(f"x-token={TOKEN.replace(' ', '%20').replace('=', '%3D')}, x-scope=iga\n")
    (project / "ledgerline.toml").write_text(
        settings + f'\n[telemetry]\nendpoint = "{address}"\nheaders = {{ file = "token" }}\n{more}')


def names():
    return sorted(path.name for path in (project / "ledger" / "runs").iterdir() if not path.name.startswith("."))


def events_of(name):
    return [json.loads(line) for line in (project / "ledger" / "runs" / name / "events.jsonl").read_text().splitlines()]


def holds_to_its_events(name, spans):
    """Every stage one span, every source and model one in it, with what the events say, at their times."""
    root, *rest = spans
    events = [(nanos(event["at"]), *next(iter(event["kind"].items()))) for event in events_of(name)]
    by_id = {span.span_id: span for span in spans}
    assert len(by_id) == len(spans) and len({span.trace_id for span in spans}) == 1
    assert [len(root.trace_id), len(root.span_id)] == [16, 8]
    stages = [span for span in rest if span.parent_span_id == root.span_id]
    items = [span for span in rest if span.parent_span_id != root.span_id]
    began = [kind["stage"] for _, what, kind in events if what == "stage_began"]
    assert [span.name for span in stages] == began, (began, stages)
    for at, what, kind in events:
        if what == "run_began":
            assert root.name == f"run {kind['plan']}" and root.start_time_unix_nano <= at
            said = attributes(root.attributes)
            assert [said[f"ledgerline.{key}"] for key in ("run", "timeslot", "as_of")] == [name, kind["timeslot"], kind["as_of"]]
            assert said.get("ledgerline.parent") == kind["parent"]
        elif what == "stage_began":
            [span] = [span for span in stages if span.name == kind["stage"]]
            assert span.start_time_unix_nano == at
        elif what in ("stage_ended", "stage_failed"):
            [span] = [span for span in stages if span.name == kind["stage"]]
            assert span.end_time_unix_nano == at
            assert (span.status.code == Status.STATUS_CODE_ERROR) == (what == "stage_failed")
            said = attributes(span.attributes)
            if what == "stage_ended":
                assert said["ledgerline.headline"] == kind["report"]["headline"] and said["ledgerline.cpu_millis"] == kind["cpu_millis"]
                assert abs((span.end_time_unix_nano - span.start_time_unix_nano) / MILLI - kind["millis"]) < 50
                mine = [one for _, what, one in events if what == "progress" and one["stage"] == kind["stage"]]
                assert said["ledgerline.rows"] == sum(one["rows"] for one in mine)
        elif what == "run_ended":
            assert root.end_time_unix_nano == at and attributes(root.attributes)["ledgerline.exit_code"] == kind["exit_code"]
            assert attributes(root.attributes)["ledgerline.head"] == kind["head"]
            assert root.start_time_unix_nano <= at - kind["millis"] * MILLI
    progress = [(at, kind) for at, what, kind in events if what == "progress"]
    assert len(progress) == len(items), (len(progress), len(items))
    for at, kind in progress:
        # In no order: several threads tell.
        [span] = [span for span in items if (span.name, span.end_time_unix_nano) == (kind["item"], at)]
        said, parent = attributes(span.attributes), by_id[span.parent_span_id]
        is_source = kind["stage"] == "collect"
        assert (parent.name, said["ledgerline.stage"]) == (kind["stage"], kind["stage"])
        assert said["ledgerline.source" if is_source else "ledgerline.model"] == kind["item"]
        assert (said["ledgerline.rows"], said["ledgerline.how"]) == (kind["rows"], kind["how"])
        assert said.get("ledgerline.bytes") == (kind["bytes"] if is_source else None)
        assert abs(at - span.start_time_unix_nano - kind["millis"] * MILLI) <= MILLI
        within = (span.start_time_unix_nano - parent.start_time_unix_nano, parent.end_time_unix_nano - at)
        assert min(within) >= -MILLI, (span.name, within)
    for span in rest:
        assert root.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano <= root.end_time_unix_nano
    return attributes(root.attributes), root


def tries(what, *arguments):
    try:
        found = holds_to_its_events(*arguments)
        check(what, True)
        return found
    except AssertionError as why:
        check(f"{what}: {why!r} at line {why.__traceback__.tb_next.tb_lineno}", False)
        return {}, arguments[1][0]


# A run over TLS, with headers that are a secret.
collector = Collector([], context)
secure = f'root_certificate = "{folder}/ca.pem"\n'
told_to(f"https://localhost:{collector.port}/otlp/", secure)
done = load("2026-11-02", OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=test", OTEL_EXPORTER_OTLP_HEADERS="x-other=not-for-it")
check("a run is told over TLS", done.returncode == 0 and "warning: the collector" not in done.stderr
      and collector.paths() == ["/otlp/v1/traces", "/otlp/v1/metrics"])
check("with the headers of the project, and none of the environment", all(
    (headers.get("x-token"), headers.get("x-scope"), headers.get("x-other")) == (TOKEN, "iga", None)
    and headers["content-type" if "content-type" in headers else "Content-Type"] == "application/x-protobuf"
    for _, headers, _ in collector.calls))
[(resource, spans)] = collector.spans()
said, root = tries("each stage, source and model is a span, at its time, with its rows", names()[-1], spans)
listed = json.loads(run("runs", "--format", "json").stdout)[-1]
check("as `runs` has it", (said["ledgerline.run"], said["ledgerline.plan"], said["ledgerline.exit_code"])
      == (listed["run"], listed["plan"], listed["exit"]) and said["ledgerline.verdict"] == "confirmed")
ledger = resource["service.instance.id"]
check("the trace is found from the ledger and the run",
      root.trace_id.hex() == hashlib.sha256(f"{ledger}\n{names()[-1]}".encode()).hexdigest()[:32])
check("who tells is known", (resource["service.name"], resource["service.namespace"], resource["deployment.environment.name"])
      == ("ledgerline", run("metrics").stdout.split('project="')[1].split('"')[0], "test")
      and ledger == json.loads((project / "ledger" / "FORMAT").read_text())["ledger"])


def as_prometheus(metrics):
    """The samples, named as collectors do that hand on to Prometheus."""
    samples = {}
    for metric in metrics:
        name = metric.name.replace(".", "_") + {"": "", "s": "_seconds"}[metric.unit]
        for point in metric.gauge.data_points:
            key = (name, tuple(sorted(attributes(point.attributes).items())))
            assert key not in samples and abs(point.time_unix_nano / 1e9 - time.time()) < 600
            samples[key] = getattr(point, point.WhichOneof("value"))
    return samples


def printed():
    families = text_string_to_metric_families(run("metrics").stdout)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


check("the numbers are those that `metrics` prints", as_prometheus(collector.numbers()[1]) == printed() and len(printed()) > 20)
check("and have descriptions", all(metric.description.endswith(".") for metric in collector.numbers()[1]))

# No row and no name of a person is in any of it.
people = set()
for path in (project / "sample-data").rglob("hr_identities*"):
    for line in path.read_text(errors="replace").splitlines()[1:]:
        people.update(cell for cell in line.split(",") if len(cell) > 5 and not cell[0].isdigit() and cell not in settings)
sent = b"".join(body for _, _, body in collector.calls)
check(f"none of {len(people)} values of the people is in it", len(people) > 50
      and not [value for value in people if value.encode() in sent])

# Other ends of runs.
collector.calls.clear()
parent = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
done = load("2026-11-09", "--dry-run", TRACEPARENT=f"00-{parent[0]}-{parent[1]}-01", OTEL_SERVICE_NAME="night")
[(resource, spans)] = collector.spans()
said, root = tries("a dry run is told, too", names()[-1], spans)
check("as what it is", said["ledgerline.verdict"] == "dry_run" and said["ledgerline.would"] in ("confirmed", "held"))
check("as a part of what began it", (root.trace_id.hex(), root.parent_span_id.hex()) == parent and resource["service.name"] == "night")
collector.calls.clear()
check("where that is not traced, it is not", load("2026-11-09", "--dry-run", TRACEPARENT=f"00-{parent[0]}-{parent[1]}-00").returncode
      == done.returncode and collector.paths() == ["/otlp/v1/metrics"])

collector.calls.clear()
away = project / "sample-data" / "2026-11-09"
away.rename(project / "sample-data" / "away")
failed = load("2026-11-09")
(project / "sample-data" / "away").rename(away)
[(_, spans)] = collector.spans()
said, root = tries("a run that fails is told", names()[-1], spans)
check("as an error, with its stage", failed.returncode not in (0, 3) and said["ledgerline.exit_code"] == failed.returncode
      and root.status.code == Status.STATUS_CODE_ERROR and root.status.message.startswith("collect: ") and "`hr_identities` is failed: no file matches" in root.status.message)

# What waits and what is decided.
open_ones = [slot["timeslot"] for slot in json.loads(run("timeslots", "--format", "json").stdout) if slot["state"] not in ("confirmed", "current", "rejected")]
for timeslot in open_ones:
    collector.calls.clear()
    decided = run("reject", timeslot, "--reason", "no files")
    check("a decision is told in numbers", decided.returncode == 0 and collector.paths() == ["/otlp/v1/metrics"]
          and as_prometheus(collector.numbers()[1]) == printed())

# Told to end: whatever it was at.
collector.calls.clear()
command = [program, "run", "weekly", "--var", "load=2026-11-09", "--as-of", "2026-11-09"]
for wait in [0.3, 0.5, 0.8, 0.15, 1.2]:
    child = subprocess.Popen(command, cwd=project, env=plain, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = names()
    while child.poll() is None and names() == before:
        time.sleep(0.01)
    time.sleep(wait)
    child.send_signal(signal.SIGTERM)
    code = child.wait()
    if code == 143:
        break
    for slot in json.loads(run("timeslots", "--format", "json").stdout):
        if slot["state"] not in ("confirmed", "current", "rejected"):
            run("reject", slot["timeslot"], "--reason", "again")
    collector.calls.clear()
told = collector.spans()
if code == 143 and told:
    said, root = tries("a run that is told to end is told", names()[-1], told[-1][1])
    check("as an error", said["ledgerline.verdict"] == "interrupted" and root.status.message.endswith("by signal 15"))
else:
    check(f"a run that is told to end is told (exit code {code})", False)
for slot in json.loads(run("timeslots", "--format", "json").stdout):
    if slot["state"] not in ("confirmed", "current", "rejected"):
        run("reject", slot["timeslot"], "--reason", "again")

# Collectors that are no help. A dry run each time: the same work, the same end.
told_to(f"https://localhost:{collector.port}/otlp", secure)
usual = load("2026-11-09", "--dry-run")


def one_warning(what, why, seconds=12, expected=None, **environment):
    began = time.monotonic()
    done = load("2026-11-09", "--dry-run", **environment)
    took = time.monotonic() - began
    warnings = [line for line in done.stderr.splitlines() if "OpenTelemetry" in line]
    holds = done.returncode == usual.returncode and len(warnings) == 1 and why in warnings[0] and took < seconds
    check(f"{what}: {warnings[0] if warnings else 'nothing is said'} ({took:.1f} s)", holds)
    check("  and no secret is told", TOKEN not in done.stderr and "s3cret" not in done.stderr and "127.0.0.1" not in done.stderr)


http = lambda collector: f"http://127.0.0.1:{collector.port}"
broken = Collector([500])
told_to(http(broken))
one_warning("a collector that answers 500", "it answered 500 to `/v1/traces`")
check("  is asked once", broken.paths() == ["/v1/traces"])
busy = Collector([503])
told_to(http(busy))
done = load("2026-11-09", "--dry-run")
check("a collector that is busy is asked again, the same", "OpenTelemetry" not in done.stderr
      and busy.paths() == ["/v1/traces", "/v1/traces", "/v1/metrics"] and busy.calls[0][2] == busy.calls[1][2])
partial = ExportMetricsServiceResponse(partial_success=ExportMetricsPartialSuccess(rejected_data_points=3, error_message="s3cret"))
choosy = Collector(metrics_answer=partial.SerializeToString())
told_to(http(choosy))
one_warning("a collector that takes a part", "it refused 3 of what it was sent to `/v1/metrics`")
slow = Collector(takes_its_time=60)
told_to(http(slow))
one_warning("a collector that hangs", "it did not answer within 10 seconds", seconds=20)
with socket.socket() as nobody:
    nobody.bind(("127.0.0.1", 0))
    told_to(f"http://127.0.0.1:{nobody.getsockname()[1]}")
one_warning("a collector that is not there", "it cannot be reached")
stranger = Collector([], context)
told_to(f"https://localhost:{stranger.port}")
one_warning("a collector that nobody vouches for", "its certificate is not trusted")
check("  is sent nothing", not stranger.calls)
lost = Collector([307])
told_to(http(lost))
one_warning("a collector that leads elsewhere", "it answered 307")

# The environment alone.
(project / "ledgerline.toml").write_text(settings)
free = Collector()
environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": http(free), "OTEL_EXPORTER_OTLP_HEADERS": "x-token=s3cret%20word%3D",
               "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
check("the environment names a collector", load("2026-11-09", "--dry-run", **environment).returncode == usual.returncode
      and free.paths() == ["/v1/traces", "/v1/metrics"] and all(headers.get("x-token") == TOKEN for _, headers, _ in free.calls))
free.calls.clear()
check("and switches it off", load("2026-11-09", "--dry-run", **environment, OTEL_SDK_DISABLED="true").returncode == usual.returncode
      and not free.calls)
one_warning("an address of the environment in the clear", "(`OTEL_EXPORTER_OTLP_ENDPOINT`)",
            OTEL_EXPORTER_OTLP_ENDPOINT="http://collector.example.org:4318")

print(f"{len(failures)} failed; {folder}")
if not failures:
    shutil.rmtree(folder)
sys.exit(bool(failures))
