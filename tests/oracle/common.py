"""What oracles share: the sample as a project of their own, checks that are counted, a browser."""

import shutil

SAMPLE = ["ledgerline.toml", "plans", "collectors", "policies", "rules", "controls", "sample-data"]
failures = []


def copied(sample, folder):
    """The sample project, in a folder where it may be changed."""
    for name in SAMPLE:
        (shutil.copytree if (sample / name).is_dir() else shutil.copy)(sample / name, folder / name)


def check(what, holds):
    """Prints what was looked at; what does not hold is in `failures`."""
    print(("passed " if holds else "FAILED ") + what)
    if not holds:
        failures.append(what)


def chromium():
    """Debian's browser, or one of its kin; none where there is none."""
    return next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
