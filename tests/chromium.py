"""Finds the headless Chromium that the tests drive, or installs one.

`python -m tests.chromium` prints its path. In this order: the program named by CHROMIUM, one that is
installed, Playwright's own, and, as root on Debian, the distribution's package.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from hooks.sheet_pdf import find_chromium

# Inside a container the sandbox needs rights that root there does not have; a test sends nothing outside.
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def find() -> str | None:
    """Return the path of a Chromium that is already on this machine, or None."""
    if installed := find_chromium():
        return installed
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


def install() -> None:
    """Install Playwright's Chromium with the libraries it needs; where that download is closed, Debian's package."""
    try:
        done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=600).returncode == 0
    except subprocess.TimeoutExpired:
        done = False
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    if done:
        # They may be there already; `main` tells if not.
        subprocess.run([sys.executable, "-m", "playwright", "install-deps", "chromium"], stdout=subprocess.DEVNULL)
    else:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    if not find():
        install()
    path = find()
    if not path:
        sys.exit("The tests need a Chromium and could not install one: install it and set CHROMIUM to its path.")
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=path, args=FLAGS).close()
    except Error as error:
        sys.exit(
            f"{path} does not start: {error}\nOn Debian and Ubuntu, also in WSL, its libraries may be missing:"
            " sudo .venv/bin/python -m playwright install-deps chromium. Or set CHROMIUM to the path of another one."
        )
    print(f"Chromium for the tests: {path}")


if __name__ == "__main__":
    main()
