"""Tells the sitemap when each page last changed: the day of its last commit, not the day of the build.

`on_env`, when the pages are known, asks Git once for the whole folder, so that two builds of one commit give the same
sitemap; not while serving, where nobody reads it. A page without a commit gets no date. Without any history (no Git,
or a clone cut short, whose oldest commit would seem to have changed everything) MkDocs' own date stays: that of
SOURCE_DATE_EPOCH or of the build.
"""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

COMMIT = "\0"  # begins a line of Git's answer that is no file name


def on_env(env, *, config, files, **_):
    """Set the date that MkDocs' sitemap gives for each page."""
    if not config.extra["building"]:
        return env
    pages = [file.page for file in files.documentation_pages() if file.page]
    dates = last_changes(Path(config.docs_dir))
    if any(page.file.src_uri in dates for page in pages):
        for page in pages:
            page.update_date = dates.get(page.file.src_uri, "")
    return env


def last_changes(folder: Path) -> dict[str, str]:
    """Return the day (UTC) of the last commit, as 2026-11-23, of each file below `folder`, by its path from there."""
    if git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    dates: dict[str, str] = {}
    day = ""
    for line in git(folder, "-c", "core.quotePath=off", "log", "--relative", "--format=%x00%ct", "--name-only").splitlines():
        if line.startswith(COMMIT):
            day = f"{datetime.fromtimestamp(int(line.strip(COMMIT)), UTC):%Y-%m-%d}"
        elif line:
            dates.setdefault(line, day)  # the newest commit comes first
    return dates


def git(folder: Path, *arguments: str) -> str:
    """Return what Git prints in `folder`; nothing where there is no Git or no repository."""
    try:
        # Git prints names as bytes, mostly UTF-8; Python's own names of files are decoded the same way.
        run = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", errors="surrogateescape", check=True)
        return run.stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
