"""Sign-in by an OpenID Connect provider that nobody here wrote, in a browser, over TLS on both sides.

    oidc.py LEDGERLINE PROJECT [PICTURES]

PROJECT is the sample; it is copied. Needs chromium, and of Python playwright, trustme and oidc-provider-mock (Authlib behind it).
"""

import base64
import hashlib
import logging
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import warnings

warnings.simplefilter("ignore")

import flask
import oidc_provider_mock
import trustme
import werkzeug.serving
from playwright.sync_api import sync_playwright

from common import chromium, copied
from page import Page

logging.getLogger("werkzeug").setLevel(logging.ERROR)
SECRET = "s3cret of the client: 50% & more"
checks = 0


def holds(fact, what):
    global checks
    checks += 1
    if not fact:
        raise SystemExit(f"WRONG: {what}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Provider:
    """The provider. What the page sends it is held against the standards here, as the library is lenient."""

    def __init__(self, authority):
        users = [
            oidc_provider_mock.User(sub="1", claims={"preferred_username": "Anna", "groups": ["ledger-approvers"]}),
            oidc_provider_mock.User(sub="2", claims={"preferred_username": "bob@example.org", "groups": ["cooks", "ledger-approvers"]}),
            oidc_provider_mock.User(sub="3", claims={"preferred_username": "eve", "groups": ["cooks"]}),
            oidc_provider_mock.User(sub="4", claims={"preferred_username": "no name"}),
            oidc_provider_mock.User(sub="5", claims={"preferred_username": "mia", "groups": ["ledger-approvers"]}),
        ]
        # Some providers sign no more than who it is, and tell the rest when they are asked.
        whole = oidc_provider_mock._app.OpenIDCode.generate_user_info
        thin = lambda grant, user, scope: {"sub": "5"} if user.sub == "5" else whole(grant, user, scope)
        oidc_provider_mock._app.OpenIDCode.generate_user_info = thin
        app = oidc_provider_mock.app(require_nonce=True, user_claims=users)
        self.challenge, self.redeemed, self.told_more = None, 0, 0

        @app.before_request
        def look():
            request = flask.request
            if request.path.endswith("/authorize") and request.method == "GET":
                self.challenge = request.args["code_challenge"]
                holds(request.args["code_challenge_method"] == "S256", "the way of the challenge")
                holds(request.args["scope"].split()[0] == "openid", "openid is asked for")
            if request.path.endswith("/token"):
                verifier = request.form["code_verifier"]
                digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
                holds(digest == self.challenge and 43 <= len(verifier) <= 128, "PKCE")
                self.redeemed += 1
            if request.path.endswith("/userinfo"):
                holds(request.headers["Authorization"].startswith("Bearer "), "who asks for more")
                self.told_more += 1

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.server = werkzeug.serving.make_server("localhost", 0, app, threaded=True, ssl_context=context)
        self.issuer = f"https://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def project_of(sample, folder, authority, issuer, port):
    copied(sample, folder)
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "tls.pem"))
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    (folder / "client-secret").write_text(SECRET + "\n")
    with open(folder / "ledgerline.toml", "a") as file:
        file.write(f"""
[serve]
address = "127.0.0.1:{port}"
url = "https://127.0.0.1:{port}"
certificate = "tls.pem"
key = "tls.pem"

[serve.oidc]
issuer = "{issuer}"
client_id = "ledgerline"
client_secret = {{ file = "client-secret" }}
title = "Example accounts"
roles = {{ "ledger-approvers" = "approver" }}
root_certificate = "authority.pem"
""")


def main():
    program, sample = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    pictures = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    if not chromium():
        print("SKIPPED: there is no chromium")
        return
    authority = trustme.CA()
    provider = Provider(authority)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        folder = pathlib.Path(folder)
        project_of(sample, folder, authority, provider.issuer, free_port())
        command = [program, "--project", folder]
        load = ["run", "plans/weekly.toml", "--var", "load=2026-11-02", "--as-of", "2026-11-02"]
        subprocess.run([*command, *load], check=True, capture_output=True)
        user = lambda *arguments: subprocess.run([*command, "user", *arguments], check=True, capture_output=True)
        user("add", "anna", "--role", "operator", "--no-password")
        served = Page(program, folder)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        errors = []

        def visitor():
            context = browser.new_context(ignore_https_errors=True)
            page = context.new_page()
            is_ours = lambda said: said.type == "error" and said.location["url"].startswith(served.base)
            page.on("console", lambda said: errors.append(said.text) if is_ours(said) else None)
            return page

        def begin(page, to="/log"):
            answer = page.goto(served.base + to)
            holds(answer.status == 401 and page.locator("form").count() == 0, "no form where nobody has a password")
            if pictures:
                page.screenshot(path=pictures / "sign-in-provider.png")
            page.get_by_role("link", name="Sign in with Example accounts").click()
            holds(page.url.startswith(provider.issuer), f"the browser is at the provider, not at {page.url}")

        def sign_in(page, number, to="/log"):
            begin(page, to)
            with page.expect_response(lambda answer: "/sign-in/back" in answer.url) as came:
                page.get_by_role("button", name=number, exact=True).click()
            page.wait_for_load_state()
            return came.value.url

        # Who stands in the file has the roles of the file, whatever the groups say.
        anna = visitor()
        sign_in(anna, "1")
        anna.get_by_role("heading", name="Log", exact=True).wait_for()
        cookies = {cookie["name"]: cookie for cookie in anna.context.cookies(served.base)}
        session, begun = cookies["__Host-ledgerline"], cookies["__Host-ledgerline-sign-in"]
        holds((session["sameSite"], session["httpOnly"], session["secure"]) == ("Strict", True, True), session)
        holds((begun["sameSite"], begun["httpOnly"], begun["secure"]) == ("Lax", True, True), begun)
        holds(anna.goto(served.base + "/launch").status == 200, "anna operates")

        # Who does not has those of the groups.
        bob = visitor()
        came = sign_in(bob, "2", "/timeslots/2026-11-02")
        bob.get_by_role("button", name="Sign out").wait_for()
        holds(bob.url == served.base + "/timeslots/2026-11-02", bob.url)
        holds("bob@example.org" in bob.content() and "approver" in bob.content(), "bob is named, with his role")
        holds(bob.goto(served.base + "/launch").status == 403, "bob does not operate")

        # What was redeemed once is not redeemed again, by nobody.
        redeemed = provider.redeemed
        for page in (bob, visitor()):
            page.goto(came)
            holds("begin again" in page.content(), "a way back is gone once")
        holds(provider.redeemed == redeemed, "and asks the provider nothing")

        eve = visitor()
        sign_in(eve, "3")
        holds("knows you as `eve`" in eve.content(), eve.content())
        if pictures:
            eve.screenshot(path=pictures / "sign-in-no-role.png")
        holds(eve.goto(served.base + "/").status == 401, "eve is not in")

        told_more = provider.told_more
        mia = visitor()
        sign_in(mia, "5")
        mia.get_by_role("heading", name="Log", exact=True).wait_for()
        holds(provider.told_more == told_more + 1 and "mia" in mia.content(), "what is not signed is asked for")

        nobody = visitor()
        sign_in(nobody, "4")
        holds("nothing that is a name here" in nobody.content(), nobody.content())

        refused = visitor()
        begin(refused)
        refused.get_by_role("button", name="Deny").click()
        # This provider leaves out the state, which the standard demands: it belongs to nothing that was begun.
        holds("begin again" in refused.content(), refused.content())
        begin(refused)
        state = re.search(r"state=([0-9a-f]{64})", refused.url)[1]
        refused.goto(f"{served.base}/sign-in/back?error=access_denied&state={state}")
        holds("did not sign you in: access_denied" in refused.content(), refused.content())

        # Taken out of the file is out, at once: the session was the file's.
        user("remove", "anna")
        holds(anna.goto(served.base + "/log").status == 401, "anna is out")
        sign_in(anna, "1")
        anna.get_by_role("button", name="Sign out").wait_for()
        holds(anna.goto(served.base + "/launch").status == 403, "and comes back as what her groups make her")

        provider.server.shutdown()
        provider.server.server_close()
        late = visitor()
        late.goto(served.base + "/log")
        late.get_by_role("link", name="Sign in with Example accounts").click()
        late.wait_for_load_state()
        # What is known of the provider is used for an hour; the browser then meets nobody there.
        holds(late.url.startswith((provider.issuer, "chrome-error:")), late.url)
        served.end()
        again = Page(program, folder)
        late.goto(again.base + "/log")
        late.get_by_role("link", name="Sign in with Example accounts").click()
        late.wait_for_load_state()
        holds("was asked for its description, but it cannot be reached" in late.content(), late.content())
        again.end()
        errors = [text for text in errors if "status of 40" not in text]
        holds(not errors, errors)
        browser.close()
    print(f"{checks} facts about signing in by a provider hold, {provider.redeemed} codes were redeemed")


if __name__ == "__main__":
    main()
