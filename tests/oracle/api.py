"""Schemathesis, a tester of APIs that nobody here wrote, asks whatever the OpenAPI document allows and much that it does not: no
answer may be an error of the server, and answers are as the document says.

    api.py LEDGERLINE PROJECT [EXAMPLES]

PROJECT is the sample; it is copied. EXAMPLES is how many requests are made up for each route (default 25).
"""

import pathlib
import subprocess
import sys
import tempfile
import time

from common import copied

PASSWORD = "correct horse battery"


def main():
    program, sample = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    examples = sys.argv[3] if len(sys.argv) > 3 else "25"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        copied(sample, folder)

        def ledgerline(*arguments, **more):
            ran = [program, "--project", folder, *arguments]
            return subprocess.run(ran, capture_output=True, text=True, **more)

        roles = ["viewer", "auditor", "operator", "approver"]
        made = ledgerline("user", "add", "robot", "--role", *roles, input=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        token = ledgerline("--format", "csv", "user", "token", "robot", "--title", "test").stdout
        token = next(word for word in token.replace("\n", ",").split(",") if word.startswith("ll_"))
        loaded = ledgerline("run", "weekly", "--var", "load=2026-11-02", "--as-of", "2026-11-02", "--batch")
        assert loaded.returncode in (0, 3), loaded.stderr
        page = subprocess.Popen(
            [program, "--project", folder, "serve", "--address", "127.0.0.1:0", "--no-schedule"],
            stderr=subprocess.PIPE,
            text=True,
        )
        base = next(line.split()[-1] for line in page.stderr if line.startswith("the page is at "))
        checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
        tester = pathlib.Path(sys.executable).parent / "schemathesis"
        asked = [tester, "run", f"{base}/api/openapi.json", "--header", f"Authorization: Bearer {token}"]
        asked += ["--checks", checks, "--max-examples", examples, "--seed", "1", "--workers", "2", "--no-color"]
        tested = subprocess.run(asked, capture_output=True, text=True, cwd=folder)
        page.terminate()
        ended = page.wait(20)
        # Runs that were begun are processes of their own, and go on.
        for _ in range(240):
            if "UNDER WAY" not in ledgerline("runs").stdout:
                break
            time.sleep(0.5)
        print("\n".join(tested.stdout.splitlines()[-60:]))
        if tested.returncode or ended:
            print(tested.stderr, page.stderr.read())
            sys.exit(1)


main()
