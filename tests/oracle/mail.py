#!/usr/bin/env python3
"""Runs the binary against a real SMTP server and looks at what arrives: exactly one mail per batch run, both parts, no
secret in it; nothing before STARTTLS and log-on; and a server that refuses changes no exit code. Then who gets which mail, and
against real HTTP servers, one of them with TLS: the webhook and the check that expects runs.

    mail.py LEDGERLINE          needs aiosmtpd and trustme
"""
import asyncio
import datetime
import email
import email.policy
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from common import check, failures

SECRET = "pa55 wörd-of-the-mail-server"


class Inbox:
    def __init__(self):
        self.mails, self.logins, self.answer, self.takes_its_time = [], [], None, 0

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.takes_its_time)
        if self.answer == "takes it and dies":
            self.mails.append((envelope, session.ssl is not None, session.authenticated))
            server.transport.abort()
            return "250 nobody hears this"
        if self.answer:
            return self.answer
        self.mails.append((envelope, session.ssl is not None, session.authenticated))
        return "250 taken"

    def log_on(self, server, session, envelope, mechanism, data):
        is_right = isinstance(data, LoginPassword) and data.login == b"ledger" and data.password == SECRET.encode()
        self.logins.append((is_right, session.ssl is not None))
        return AuthResult(success=is_right, handled=is_right)


class Called:
    """A server that answers with given codes, then 200, and keeps what it was sent."""

    def __init__(self, codes, context=None):
        self.calls, self.codes = [], list(codes)
        called = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                called.calls.append((self.path, body))
                self.send_response(called.codes.pop(0) if called.codes else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def main():
    program = os.path.abspath(sys.argv[1])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ledgerline-mail-"))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    inbox = Inbox()
    port = free_port()

    def start():
        controller = Controller(
            inbox, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True,
            auth_required=True, auth_require_tls=True, authenticator=inbox.log_on,
        )
        controller.start()
        return controller

    controller = start()

    project = folder / "project"
    run = lambda *arguments, env=None: subprocess.run(
        [program, *arguments], capture_output=True, text=True, cwd=project if project.exists() else folder,
        env={**os.environ, **(env or {})},
    )
    check("init", run("init", str(project)).returncode == 0)
    settings = (project / "ledgerline.toml").read_text()

    def write_mail(more):
        (project / "ledgerline.toml").write_text(settings + f"""
[mail]
host = "localhost"
port = {port}
from = "Ledgerline <ledger@example.org>"
to = ["iga@example.org", "second@example.org"]
{more}
""")

    login = 'user = "ledger"\npassword = { env = "MAIL_PASSWORD" }\n'
    write_mail(login + f'root_certificate = "{folder}/ca.pem"\n')
    password = {"MAIL_PASSWORD": SECRET}

    def runs():
        return sorted(path for path in (project / "ledger" / "runs").iterdir() if not path.name.startswith("."))

    plain = run("run", "weekly", "--as-of", "2026-11-16", env=password)
    check("a run without --batch keeps the mail and sends none", plain.returncode == 0 and not inbox.mails
          and (runs()[-1] / "mail.eml").exists())
    batch = run("run", "weekly", "--as-of", "2026-11-17", "--batch", env=password)
    check("a batch run is confirmed", batch.returncode == 0)
    check("exactly one mail arrived", len(inbox.mails) == 1)
    if not inbox.mails:
        print(batch.stderr)
        sys.exit(1)
    envelope, was_encrypted, was_known = inbox.mails[0]
    check("encrypted, and logged on", was_encrypted and was_known and all(tls for _, tls in inbox.logins))
    check("to everyone named", envelope.rcpt_tos == ["iga@example.org", "second@example.org"])
    raw = envelope.content
    stored = (runs()[-1] / "mail.eml").read_bytes()
    check("what was kept is what was sent", stored.strip() == raw.strip())
    check("no bare line break", not set(b"\r\n") & set(raw.replace(b"\r\n", b"")))
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    check("subject", mail["Subject"] == "[My company] weekly 2026-11-17: CONFIRMED")
    check("message id of the run", mail["Message-ID"] == f"<ledgerline.{runs()[-1].name}@example.org>")
    parts = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}
    check("text and HTML", sorted(parts) == ["text/html", "text/plain"])
    check("verdict first", parts["text/plain"].startswith("CONFIRMED"))
    page = (runs()[-1] / "report.html").read_text()
    check("the report is the mail's page", page.split() == parts["text/html"].split())
    record = b"".join(path.read_bytes() for path in (project / "ledger" / "runs").rglob("*") if path.is_file())
    everything = [raw.decode(), *parts.values(), batch.stdout, batch.stderr, record.decode()]
    check("no secret anywhere", not any(SECRET in text or "MAIL_PASSWORD" in text for text in everything[:5]) and SECRET not in everything[5])

    inbox.mails.clear()
    wrong = run("run", "weekly", "--as-of", "2026-11-18", "--batch", env={"MAIL_PASSWORD": "wrong-guess"})
    check("a server that refuses changes no exit code", wrong.returncode == 0 and not inbox.mails)
    check("it warns, keeps the mail, and tells no password", "warning" in wrong.stderr and "wrong-guess" not in wrong.stderr
          and (runs()[-1] / "mail.eml").exists() and (runs()[-1] / "mail.err").exists())
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "smtp").write_text(SECRET + "\n")
    write_mail(f'user = "ledger"\npassword = {{ credential = "smtp" }}\nroot_certificate = "{folder}/ca.pem"\n')
    systemd = run("run", "weekly", "--as-of", "2026-11-19", "--batch", env={"CREDENTIALS_DIRECTORY": str(credentials)})
    check("a systemd credential", systemd.returncode == 0 and len(inbox.mails) == 1)
    inbox.mails.clear()
    inbox.logins.clear()
    write_mail(login)
    stranger = run("run", "weekly", "--as-of", "2026-11-20", "--batch", env=password)
    check("a certificate that nobody vouches for gets neither mail nor password",
          stranger.returncode == 0 and "warning" in stranger.stderr and not inbox.mails and not inbox.logins)

    # The outbox. A mail waits until a server takes it, and is the same mail in every attempt.
    write_mail(login + f'root_certificate = "{folder}/ca.pem"\n')
    (project / "ledger" / "outbox" / "sent").mkdir(parents=True, exist_ok=True)
    run("mail", "resend", env=password)
    inbox.mails.clear()
    outbox = lambda: json.loads(run("mail", "outbox", "--format", "json").stdout)
    ids = lambda: [email.message_from_bytes(envelope.content)["Message-ID"] for envelope, _, _ in inbox.mails]
    days = iter(range(21, 31))

    def load():
        return run("run", "weekly", "--as-of", f"2026-11-{next(days)}", "--batch", env=password)

    check("a test mail arrives", run("mail", "test", env=password).returncode == 0 and len(inbox.mails) == 1
          and email.message_from_bytes(inbox.mails[0][0].content)["Subject"].endswith("TEST"))
    inbox.mails.clear()
    inbox.answer = "451 not now"
    done = load()
    waiting = outbox()
    check("a server that is busy: the run is confirmed, the mail waits and is tried again",
          done.returncode == 0 and "tried again" in done.stderr and len(waiting) == 1
          and waiting[0]["attempts"] == 1 and waiting[0]["next"] != "given up" and "451" in waiting[0]["last"])
    check("before its time it is not tried", not load().stderr.count("451 not now") == 2)
    inbox.answer = None
    check("and it is delivered later", run("mail", "resend", env=password).returncode == 0 and outbox() == [])
    names = [path.name for path in runs()[-2:]]
    check("each under the name of its run", sorted(ids()) == sorted(f"<ledgerline.{name}@example.org>" for name in names))
    inbox.mails.clear()
    inbox.answer = "554 never"
    refused = load()
    check("a server that refuses for good: the mail is given up, and kept",
          refused.returncode == 0 and [mail["next"] for mail in outbox()] == ["given up"])
    inbox.answer = "takes it and dies"
    died = run("mail", "resend", env=password)
    inbox.answer = None
    check("a server that dies after it took one: it is tried again", died.returncode == 1 and len(outbox()) == 1)
    run("mail", "resend", env=password)
    check("it comes twice, and is the same mail", len(inbox.mails) == 2 and len(set(ids())) == 1
          and inbox.mails[0][0].content == inbox.mails[1][0].content and outbox() == [])
    inbox.mails.clear()
    controller.stop()
    killed = load()
    check("no server: the run is confirmed and the mail waits", killed.returncode == 0 and len(outbox()) == 1)
    controller = start()
    inbox.takes_its_time = 3
    lost = project / "ledger" / "outbox"
    (lost / "lost.json").write_text((lost / f"{outbox()[0]['mail']}.json").read_text())
    check("a slow server is waited for", len(run("mail", "resend", env=password).stderr.splitlines()) == 2 and len(inbox.mails) == 1)
    check("a mail whose file is gone is told, and keeps none from leaving", [mail["mail"] for mail in outbox()] == ["lost"]
          and "not as it was put" in outbox()[0]["last"])
    (lost / "lost.json").unlink()
    inbox.takes_its_time = 0
    mail = run("mail", "render").stdout
    check("render prints what was sent", "Subject: [My company] weekly" in mail and "CONFIRMED" in mail)

    # A run that is held, the decision about it, and one that fails: one conversation for each timeslot.
    inbox.mails.clear()
    plan = (project / "plans" / "weekly.toml").read_text()
    (project / "plans" / "weekly.toml").write_text(plan + """
[stage.validate.threshold.enough]
metric = "identities.count"
min = { hold = 1000000 }
""")
    held = load()
    day = sorted(json.loads(run("timeslots", "--format", "json").stdout), key=lambda slot: slot["timeslot"])[-1]["timeslot"]
    decided = run("confirm", day, "--override", "enough", "--reason", "a small company", env=password)
    (project / "plans" / "weekly.toml").write_text(plan)
    sources = sorted((project / "sources").glob("*.csv")) or sorted(project.rglob("*.csv"))
    away = [(path, path.read_bytes()) for path in sources if "ledger" not in path.parts]
    for path, _ in away:
        path.unlink()
    failed = load()
    for path, content in away:
        path.write_bytes(content)
    subjects = [email.message_from_bytes(envelope.content)["Subject"].rsplit(": ")[-1] for envelope, _, _ in inbox.mails]
    threads = [email.message_from_bytes(envelope.content)["References"] for envelope, _, _ in inbox.mails]
    check("held, decided and failed runs are mailed", (held.returncode, decided.returncode) == (3, 0) and failed.returncode == 7
          and subjects == ["HELD", "CONFIRMED", "FAILED"])
    check("what is about one timeslot is one conversation", threads[0] == threads[1] and threads[0] != threads[2]
          and threads[0] == f"<ledgerline.weekly.{day}@example.org>")
    said = email.message_from_bytes(inbox.mails[1][0].content, policy=email.policy.default).get_content()
    check("the decision says who, why and in spite of what", "because: a small company" in said and "in spite of enough" in said and "by: " in said)

    # Who gets what. A run in which thresholds warned goes elsewhere, and the rejects of a source to whoever can mend it.
    inbox.mails.clear()
    weekly, plan_path, hr = plan.replace('title = "Weekly load"', 'title = "Weekly load"\non_open = "reject"'), project / "plans" / "weekly.toml", project / "collectors" / "hr.toml"
    warning = '\n[stage.validate.threshold.enough]\nmetric = "identities.count"\nmin = { warn = 1000000 }\n'
    plan_path.write_text(weekly + warning)
    collector = hr.read_text()
    hr.write_text(collector.replace("[source]\n", '[source]\nowner = "hr-data@example.org"\n', 1).replace(
        'from = "FROM", ', 'from = "FROM", on_bad_value = "reject", '))
    people = project / "extracts" / "hr.csv"
    rows = people.read_text()
    people.write_text(rows + "E900,Zoe,Hidden,zoe.hidden@example.org,Baker,31/02/1999,,active\n")
    trusted = login + f'root_certificate = "{folder}/ca.pem"\n'
    page = '\n[serve]\nurl = "https://ledger.example.org"\n'
    write_mail(trusted + '[mail.on]\nwarned = ["quality@example.org"]\nconfirmed = false\n' + page)
    warned = load()
    by_who = {tuple(envelope.rcpt_tos): email.message_from_bytes(envelope.content, policy=email.policy.default)
              for envelope, _, _ in inbox.mails}
    check("a warned run goes to those who are named for it, its rejects to the source's owner, and nothing else",
          warned.returncode == 0 and sorted(by_who) == [("hr-data@example.org",), ("quality@example.org",)])
    if len(by_who) == 2:
        mine, told = by_who[("hr-data@example.org",)], by_who[("quality@example.org",)]
        said = mine.get_content()
        check("its subject says so", told["Subject"].endswith("CONFIRMED, WARNED"))
        check("the owner is told the counts, the reason and the place", "1 rejected" in mine["Subject"] and "4 read = 3 kept + 1 rejected" in said
              and "hr.csv" in said and "FROM" in said and "`..`" in said)
        check("and no value of the row", not any(text in said for text in ["Zoe", "Hidden", "1999", "E900"]))
        check("in the conversation of its timeslot", mine["References"] == told["References"] and mine["Message-ID"] != told["Message-ID"])
        run_name = runs()[-1].name
        check("with links to pages", f"https://ledger.example.org/runs/{run_name}" in told.get_body(("plain",)).get_content()
              and "https://ledger.example.org/timeslots/" in said)
        query = said.split("all of them:  ledgerline ")[1].splitlines()[0]
        rest = subprocess.run(f"{program} {query} --format json", shell=True, capture_output=True, text=True, cwd=project)
        check("and the command that lists the rest does", rest.returncode == 0 and len(json.loads(rest.stdout)) == 1)
    people.write_text(rows)
    inbox.mails.clear()
    plan_path.write_text(weekly)
    check("a run that nobody is to be told of is mailed to nobody", load().returncode == 0 and not inbox.mails)
    away = people.read_bytes()
    people.unlink()
    gone = load()
    people.write_bytes(away)
    to = sorted(tuple(envelope.rcpt_tos) for envelope, _, _ in inbox.mails)
    check("a source that is not there is told to its owner, too", gone.returncode == 7
          and to == [("hr-data@example.org",), ("iga@example.org", "second@example.org")])

    # The webhook and the check that expects runs.
    hook, ping = Called([500]), Called([], context)
    (project / "hook").write_text(f"http://127.0.0.1:{hook.port}/hook/t0ken\n")
    notify = f'''
[notify]
root_certificate = "{folder}/ca.pem"
[notify.webhook]
url = {{ file = "hook" }}
[notify.ping]
url = {{ env = "PING_URL" }}
'''
    write_mail(trusted + page + notify)
    password["PING_URL"] = f"https://localhost:{ping.port}/ping/t0ken"
    paths = lambda called: [path for path, _ in called.calls]
    done = run("run", "weekly", "--as-of", "2026-12-01", "--batch", env=password)
    check("a webhook that fails once is told again, the same", done.returncode == 0 and len(hook.calls) == 2
          and hook.calls[0] == hook.calls[1] and "warning: the webhook" not in done.stderr)
    told = json.loads(hook.calls[-1][1]) if hook.calls else {}
    check("what it is told", (told.get("verdict"), told.get("exit_code"), told.get("run")) == ("CONFIRMED", 0, runs()[-1].name)
          and told.get("link") == f"https://ledger.example.org/runs/{runs()[-1].name}" and told.get("head", "").split(":")[0].isdigit())
    check("the check is told over TLS that a run began and ended well", paths(ping) == ["/ping/t0ken/start", "/ping/t0ken"])
    people.unlink()
    failed = run("run", "weekly", "--as-of", "2026-12-02", "--batch", env=password)
    people.write_bytes(away)
    check("and that one failed, with its exit code", paths(ping)[2:] == ["/ping/t0ken/start", "/ping/t0ken/fail"]
          and ping.calls[-1][1] == b"exit code 7")
    slot = json.loads(hook.calls[-1][1])["timeslot"]
    refused = run("reject", slot, "--reason", "no people", env=password)
    check("a decision is told", refused.returncode == 0 and json.loads(hook.calls[-1][1])["verdict"] == "REJECTED"
          and json.loads(hook.calls[-1][1])["what"] == "decision")
    hook.server.shutdown()
    hook.server.server_close()
    ping.codes = [404]
    alone = run("run", "weekly", "--as-of", "2026-12-03", "--batch", env=password)
    check("what cannot be told is a warning and changes nothing", alone.returncode == 0
          and "the webhook was not told of the run: it cannot be reached" in alone.stderr and "it answered 404" in alone.stderr)
    record = b"".join(path.read_bytes() for path in (project / "ledger").rglob("*") if path.is_file() and path.suffix != ".parquet")
    said = "".join(each.stdout + each.stderr for each in [done, failed, refused, alone]).encode()
    check("no address of them anywhere", b"t0ken" not in record + said and str(hook.port).encode() + b"/" not in said)

    # Logs for programs.
    logged = run("--log-format", "json", "run", "weekly", "--as-of", "2026-12-04", "--batch", env=password)
    lines = [json.loads(line) for line in logged.stderr.splitlines()]
    check("each line of the log is an object with time, level and message", logged.returncode == 0 and len(lines) > 10
          and all({"at", "level", "message"} <= set(line) for line in lines))
    check("a warning has its level", any(line["level"] == "warning" and "webhook" in line["message"] for line in lines))
    check("the events of a run say where they belong", any(line.get("run") == runs()[-1].name and line.get("plan") == "weekly"
          and line.get("stage") == "collect" and line.get("item") == "hr" and line.get("rows") == 3 for line in lines))

    # A run that takes longer than it should, told while it goes on: it is this very process, as its record says.
    inbox.mails.clear()
    write_mail(trusted + 'late_after = "2 h"\n[mail.on]\nlate = ["night@example.org"]\n' + page + '\n[lineage]\n')
    slow_name = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=3)).strftime("%Y%m%dT%H%M%S.000Z-slow")
    slow, last = project / "ledger" / "runs" / slow_name, runs()[-1]
    slow.mkdir()
    asked, told = json.loads((last / "plan.json").read_text()), json.loads((last / "run.json").read_text())
    asked["process"] |= {"pid": os.getpid(), "began": int(pathlib.Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])}
    (slow / "plan.json").write_text(json.dumps(asked))
    (slow / "run.json").write_text(json.dumps(told | {"run": slow_name, "verdict": None, "exit_code": None}))

    def watch():
        watching = subprocess.Popen([program, "schedule", "run"], cwd=project, env={**os.environ, **password}, stderr=subprocess.PIPE)
        for _ in range(100):
            time.sleep(0.1)
            if inbox.mails:
                break
        time.sleep(1)
        watching.terminate()
        return watching.communicate()[1].decode()

    watch()
    late = [mail for mail in inbox.mails if mail[0].rcpt_tos == ["night@example.org"]]
    check("a run that is late is mailed to those who are named for it", len(late) == 1
          and email.message_from_bytes(late[0][0].content)["Subject"].endswith("weekly: LATE")
          and email.message_from_bytes(late[0][0].content)["Message-ID"] == f"<ledgerline.late-{slow_name}@example.org>")
    inbox.mails.clear()
    watch()
    check("once", not [mail for mail in inbox.mails if mail[0].rcpt_tos == ["night@example.org"]])

    # Lineage.
    for path in slow.iterdir():
        path.unlink()
    slow.rmdir()
    done = run("run", "weekly", "--as-of", "2026-12-05", "--batch", env=password)
    events = [json.loads(line) for line in (runs()[-1] / "openlineage.jsonl").read_text().splitlines()]
    jobs = [(event["job"]["name"], event["eventType"]) for event in events]
    check("lineage begins and ends with the run, and each stage ends once", done.returncode == 0
          and jobs[0] == ("weekly", "START") and jobs[-1] == ("weekly", "COMPLETE")
          and all(jobs.count((name, "START")) == jobs.count((name, "COMPLETE")) == 1 for name, _ in jobs))
    rows = {output["name"]: output["outputFacets"]["outputStatistics"]["rowCount"] for output in events[-1]["outputs"]}
    counted = json.loads(run("query", "SELECT COUNT(*) AS n FROM accounts", "--format", "json").stdout)
    check("and says how many rows there are", rows["accounts"] == counted[0]["n"] and rows["staged_identities"] == 3)

    controller.stop()
    print(f"{len(failures)} failed; {folder}")
    sys.exit(bool(failures))


main()
