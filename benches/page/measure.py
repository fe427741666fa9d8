"""How soon the page answers while a load runs on every processor.

    measure.py LEDGERLINE PROJECT [--plan PLAN] [--var NAME=VALUE] [--visitors N]

PROJECT is a project with a confirmed timeslot, such as `benches/workload/` over 100,000 people with its first load done; it is used
as it stands, and the run that is started is a dry run. N visitors (default 4) ask for one page after the other for as long as the
run goes; printed are, for each page and for all, how many answers there were and after how many milliseconds half, 99 % and all of
them had come.
"""

import argparse
import html
import http.cookiejar
import itertools
import os
import pathlib
import re
import subprocess
import threading
import time
import urllib.parse
import urllib.request

PASSWORD = "correct horse battery"


def found(opener, address, below):
    """What a page leads to below an address, without that."""
    text = opener.open(address).read().decode()
    return [html.unescape(link) for link in re.findall(f'href="{below}/([^"?]+)["?]', text)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ledgerline")
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--plan", default="load")
    parser.add_argument("--var", action="append", default=[])
    parser.add_argument("--visitors", type=int, default=4)
    given = parser.parse_args()
    users = given.project / "users.toml"
    # Variables of the plan may stand in the project's file, too.
    os.environ.update(variable.split("=", 1) for variable in given.var)
    users.unlink(missing_ok=True)
    add = [given.ledgerline, "--project", given.project, "user", "add", "meter", "--role", "operator"]
    subprocess.run(add, input=PASSWORD + "\n", text=True, check=True, capture_output=True)
    page = subprocess.Popen(
        [given.ledgerline, "--project", given.project, "serve", "--address", "127.0.0.1:0", "--no-schedule"],
        stderr=subprocess.PIPE,
        text=True,
    )
    base = next(line.split()[-1] for line in page.stderr if line.startswith("the page is at "))
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    signing = urllib.parse.urlencode({"name": "meter", "password": PASSWORD, "to": "/"}).encode()
    opener.open(base + "/sign-in", signing).read()
    people, accounts = (
        [name for number in range(2, 12) for name in found(opener, f"{base}{path}?page={number}", path)]
        for path in ("/identities", "/ownerless")
    )
    fields = [("plan", given.plan), ("dry_run", "yes")]
    fields += [("var." + variable.split("=", 1)[0], variable.split("=", 1)[1]) for variable in given.var]
    begun = time.monotonic()
    run = opener.open(base + "/runs", urllib.parse.urlencode(fields).encode()).geturl().removeprefix(base)
    timeslots = opener.open(base + "/timeslots").read().decode()
    timeslot = timeslots.split('href="/timeslots/')[1].split('"')[0]
    paths = ["/", "/runs", run, "/timeslots", f"/timeslots/{timeslot}", "/findings", "/controls", "/schedule", "/log"]
    paths += ["/ownerless", "/identities"]
    # Who or what is looked for is another each time: nobody asked it before.
    words = lambda: map("".join, itertools.product("aeioubdlmnrst", repeat=3))
    others = {
        "/identities?q=": words(),
        "/ownerless?q=": words(),
        "/identities/": itertools.cycle(people),
        "/ownerless/": itertools.cycle(accounts),
    }
    paths += others
    took = {path: [] for path in paths}
    over = threading.Event()

    def visit(first):
        # A browser keeps its connection; here each answer has its own, which takes longer, not less.
        at = first
        while not over.is_set():
            path = paths[at % len(paths)]
            address = base + path + next(others.get(path, itertools.repeat("")))
            asked = time.monotonic()
            opener.open(address).read()
            took[path].append((time.monotonic() - asked) * 1000)
            at += 1
            time.sleep(0.05)

    visitors = [threading.Thread(target=visit, args=(3 * number,)) for number in range(given.visitors)]
    for visitor in visitors:
        visitor.start()
    while "UNDER WAY" in opener.open(base + run).read().decode():
        time.sleep(0.2)
    over.set()
    for visitor in visitors:
        visitor.join()
    print(f"the run took {time.monotonic() - begun:.1f} s, with {given.visitors} visitors")
    every = sorted(time for times in took.values() for time in times)
    for path, times in [*took.items(), ("all", every)]:
        times = sorted(times)
        if times:
            half, most = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]
            print(f"{path[:44]:<46}{len(times):>6} answers  half {half:7.1f} ms  99 % {most:7.1f} ms  all {times[-1]:7.1f} ms")
    page.terminate()
    page.wait(20)


main()
