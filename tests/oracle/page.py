"""A browser in front of the page: signs in over TLS, runs the plan with one click, sees the stages go without asking again, is
held by a threshold, may not confirm; a second person confirms with a reason. Every page is looked at in light, dark and at the
width of a phone: no error on the console, nothing against the policy of what may be loaded, nothing that axe calls serious.

    page.py LEDGERLINE PROJECT [PICTURES]

PROJECT is the sample; it is copied. With PICTURES, every page is kept there as a picture. Needs chromium, and of Python
playwright, axe-playwright-python and trustme.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import trustme
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from common import chromium, copied

PASSWORD = "correct horse battery"
LOOKS = {
    "light": dict(color_scheme="light", viewport=dict(width=1200, height=850)),
    "dark": dict(color_scheme="dark", viewport=dict(width=1200, height=850)),
    "phone": dict(color_scheme="light", viewport=dict(width=390, height=800), has_touch=True),
}
problems = []


def wrong(text):
    problems.append(text)
    print(f"WRONG: {text}")


def project_of(sample, folder):
    copied(sample, folder)
    plan = folder / "plans" / "weekly.toml"
    text = plan.read_text()
    # It takes somebody else to confirm, and a load with so few accounts is held.
    text = re.sub(r"^\[stage\.confirm\]$", "[stage.confirm]\nfour_eyes = true", text, flags=re.M)
    text += '\n[stage.validate.threshold.enough]\nmetric = "accounts.count"\nmin = { hold = 1000000 }\n'
    text += '\n[schedule]\ncron = "30 3 * * MON"\nzone = "Europe/Oslo"\n'
    plan.write_text(text)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "tls.pem"))
    with open(folder / "ledgerline.toml", "a") as file:
        file.write('\n[serve]\naddress = "127.0.0.1:0"\ncertificate = "tls.pem"\nkey = "tls.pem"\n')


class Page:
    """The page, served."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "--project", folder, "serve"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        for line in self.process.stderr:
            if line.startswith("the page is at "):
                self.base = line.split()[-1]
                return
            print(line, end="")
        raise SystemExit("the page did not begin")

    def end(self):
        self.process.terminate()
        if self.process.wait(20) != 0:
            wrong(f"told to end, it ended with {self.process.returncode}: {self.process.stderr.read()}")


class Person:
    """Somebody with a browser."""

    def __init__(self, browser, base, name, look="light"):
        self.base, self.name, self.look = base, name, look
        self.context = browser.new_context(ignore_https_errors=True, **LOOKS[look])
        self.page = self.context.new_page()
        # What the network says of refusals that are asked for here is no error of the page.
        self.page.on("console", lambda said: self.heard(said) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: wrong(f"{name}: {error}"))
        self.page.on("request", self.asked)

    def heard(self, said):
        if "the server responded with a status of 40" not in said.text:
            wrong(f"{self.name} {self.look}: the console says {said.text}")

    def asked(self, request):
        if not request.url.startswith((self.base, "data:", "blob:")):
            wrong(f"{self.name}: the page asks {request.url}")

    def sign_in(self):
        self.page.goto(f"{self.base}/")
        # By the keyboard alone.
        self.page.locator("[name=name]").focus()
        self.page.keyboard.type(self.name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("heading", name="Now").wait_for()
        cookies = self.context.cookies()
        kept = [c for c in cookies if c["name"] == "__Host-ledgerline" and c["secure"] and c["httpOnly"]]
        if not kept or kept[0]["sameSite"] != "Strict":
            wrong(f"the session's cookie is {cookies}")

    def see(self, path, pictures, expected=200):
        answer = self.page.goto(self.base + path)
        if answer.status != expected:
            wrong(f"{self.name} {path}: {answer.status}")
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            wrong(f"{self.look} {path}: goes {wide} px beyond the screen")
        for found in Axe().run(self.page).response["violations"]:
            told = f"{self.look} {path}: axe: {found['impact']} {found['id']}: {found['nodes'][0]['html'][:200]}"
            if found["impact"] in ("serious", "critical"):
                wrong(told)
            else:
                print(told)
        if pictures:
            name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "now"
            self.page.screenshot(path=pictures / f"{name[:60]}-{self.look}.png", full_page=True)


def main():
    program, sample = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    pictures = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    if not chromium():
        print("SKIPPED: there is no chromium")
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        folder = pathlib.Path(folder)
        project_of(sample, folder)
        for name, roles in [("anna", ["operator", "approver"]), ("bob", ["approver"]), ("vera", ["viewer"])]:
            arguments = [program, "--project", folder, "user", "add", name, "--role", *roles]
            subprocess.run(arguments, input=PASSWORD + "\n", text=True, check=True, capture_output=True)
        # A first load that stands, so that there is something to compare with.
        first = [program, "--project", folder, "run", "weekly", "--var", "load=2026-11-02", "--as-of", "2026-11-02"]
        env = {**os.environ, "LEDGERLINE_USER": "night"}
        ran = subprocess.run([*first, "--batch"], env=env, capture_output=True, text=True)
        assert ran.returncode == 3, ran.stderr
        made = subprocess.run([program, "--project", folder, "report", "daily"], env=env, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        report = next((folder / "ledger" / "reports").glob("daily-*.json")).stem
        page = Page(program, folder)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        anna, bob = Person(browser, page.base, "anna"), Person(browser, page.base, "bob")
        anna.sign_in()
        bob.sign_in()

        def confirm(person, timeslot):
            person.page.goto(f"{page.base}/timeslots/{timeslot}")
            person.page.get_by_label("let enough pass").check()
            person.page.locator("form[action$='/confirm'] [name=reason]").fill("the company is small")
            person.page.get_by_role("button", name="Confirm").click()

        confirm(bob, "2026-11-02")
        bob.page.get_by_text("2026-11-02 is what everybody sees").wait_for()

        # One click; what happens is seen without asking again.
        anna.page.goto(page.base)
        anna.page.get_by_role("button", name="Run weekly").click()
        anna.page.wait_for_url("**/runs/*")
        anna.page.evaluate("window.isTheSamePage = true")
        seen = set()
        for _ in range(1200):
            seen.add(anna.page.locator("main table").first.inner_text())
            word = anna.page.locator(".banner .word").inner_text()
            if word != "UNDER WAY":
                break
            anna.page.wait_for_timeout(50)
        if word != "HELD":
            wrong(f"the run should be held, and is {word}")
        if len(seen) < 4:
            wrong(f"the stages were seen to stand in {len(seen)} ways only")
        if not anna.page.evaluate("window.isTheSamePage"):
            wrong("the page was loaded anew")
        print(f"the run went by under the eyes: {len(seen)} different tables of stages, then {word}")
        run = anna.page.url.removeprefix(page.base)

        anna.page.locator(".banner a", has_text="Timeslot").click()
        timeslot = anna.page.url.rsplit("/", 1)[1]
        anna.page.get_by_text("it takes somebody else to confirm it").wait_for()
        if anna.page.get_by_role("button", name="Confirm").is_enabled():
            wrong("who launched it may press the button")
        answer = anna.context.request.post(
            f"{page.base}/timeslots/{timeslot}/confirm",
            form={"pass": "enough", "reason": "mine"},
            headers={"origin": page.base},
        )
        if answer.status != 403:
            wrong(f"who launched it confirms: {answer.status}")
        paths = ["/", "/runs", run, "/launch", "/timeslots", f"/timeslots/{timeslot}", "/findings", "/schedule", "/log"]
        paths += [f"/timeslots/{timeslot}/tables/moved", "/controls", "/ownerless", "/identities", "/identities/E10017"]
        paths += ["/identities/E10017/why?permission=VPN%2FSTAFF"]
        paths += ["/compare", "/reports", f"/reports/{report}"]
        known = {link.split("?")[0] for link in anna.page.eval_on_selector_all("nav a", "all => all.map(a => a.getAttribute('href'))")}
        paths = [path for path in paths if path.count("/") > 1 or path in known or path in ("/launch", "/compare")]
        for look in LOOKS:
            person = Person(browser, page.base, "anna", look)
            person.page.goto(page.base)
            person.see("/sign-in", pictures)
            person.sign_in()
            for path in paths:
                person.see(path, pictures)
            person.see("/nothing-here", pictures, expected=404)
            person.context.close()

        confirm(bob, timeslot)
        bob.page.get_by_text(f"{timeslot} is what everybody sees").wait_for()
        bob.page.goto(f"{page.base}/log")
        if "the company is small" not in bob.page.inner_text("main"):
            wrong("the log does not say why")

        # Without scripts everything but the live updates is there.
        plain = browser.new_context(ignore_https_errors=True, java_script_enabled=False)
        reader = plain.new_page()
        reader.goto(page.base)
        reader.fill("[name=name]", "vera")
        reader.fill("[name=password]", PASSWORD)
        reader.press("[name=password]", "Enter")
        reader.get_by_role("heading", name="Now").wait_for()
        if reader.goto(f"{page.base}/findings").status != 403:
            wrong("a viewer reads findings")
        browser.close()
        page.end()
    print(f"{len(paths) + 2} pages in {len(LOOKS)} looks, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
