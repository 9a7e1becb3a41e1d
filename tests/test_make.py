"""`make build` replaces site/ only when the new site is complete; other targets set up what they need, and clean up."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

# What the target `build` needs before it, in this order.
IN_PLACE = (
    "requirements/site.txt", "package.json", "package-lock.json",
    ".venv/python-ready", ".venv/site-ready", "node_modules/.package-lock.json",
)  # fmt: skip
MKDOCS = f"NO_MKDOCS_2_WARNING=1 {sys.executable} -m mkdocs"
SLOW = "import time\ndef on_post_build(config, **_): time.sleep(60)\n"


@pytest.fixture
def project(tmp_path):
    """A folder with this project's Makefile, all set up, and a site of one page."""
    for number, name in enumerate(IN_PLACE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (number + 1, number + 1))
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "mkdocs.yml").write_text("site_name: Test\nvalidation: {links: {not_found: warn}}\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# First")
    assert start(project := tmp_path).wait() == 0
    assert "First" in (tmp_path / "site" / "index.html").read_text()
    return project


def start(project) -> subprocess.Popen:
    """Start `make build` as a process group of its own, which Ctrl+C interrupts also where the tests run in the background."""
    return subprocess.Popen(
        ["make", "build", f"MKDOCS={MKDOCS}"], cwd=project, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def files(project) -> dict[str, tuple]:
    """Return the files of site/ with content and time."""
    found = (path for path in (project / "site").rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}


def test_build_replaces_the_site_and_leaves_nothing_beside_it(project):
    (project / "site" / "stale.html").write_text("from a page that is gone")
    (project / "docs" / "index.md").write_text("# Second")
    assert start(project).wait() == 0
    assert "Second" in (project / "site" / "index.html").read_text()
    assert not (project / "site" / "stale.html").exists()
    assert [path.name for path in project.glob("site*")] == ["site"]


def test_failed_build_leaves_the_previous_site_untouched(project):
    before = files(project)
    (project / "docs" / "index.md").write_text("# Second\n[x](nowhere.md)")
    assert start(project).wait() != 0
    assert files(project) == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_build_leaves_the_previous_site_untouched_and_the_next_one_works(project, how):
    before = files(project)
    settings = (project / "mkdocs.yml").read_text()
    (project / "slow.py").write_text(SLOW)
    (project / "mkdocs.yml").write_text(settings + "hooks: [slow.py]\n")
    build = start(project)
    deadline = time.monotonic() + 60
    while not (project / "site.new" / "sitemap.xml").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(build.pid, how)
    assert build.wait() != 0
    assert files(project) == before
    (project / "mkdocs.yml").write_text(settings)
    assert start(project).wait() == 0
    assert [path.name for path in project.glob("site*")] == ["site"]


def test_lock_and_setup_fetch_npm_where_the_machine_has_none(tmp_path):
    for folder in ("bin", ".venv/bin", "requirements"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("sh", "sed", "touch"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    (tmp_path / "fetch").write_text("#!/bin/sh\ncase $* in *requirements/node.txt) ;; *) exit ;; esac\necho 'echo npm $*' > .venv/bin/npm\n")
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in (".venv/python-ready", "package.json", "package-lock.json", "pyproject.toml", ".venv/bin/npm"):
        (tmp_path / name).touch(0o755)
    (tmp_path / "bin" / "npm").write_text("#!/bin/sh\necho Windows\n")  # as WSL finds one, without a Node
    (tmp_path / "bin" / "npm").chmod(0o755)
    for target, expected in (("lock", "npm install --package-lock-only"), ("node_modules/.package-lock.json", "npm ci")):
        (tmp_path / ".venv/bin/npm").write_text("exit 1\n")
        (tmp_path / "node_modules").mkdir(exist_ok=True)
        run = subprocess.run(
            [shutil.which("make"), "-s", target, "PIP=sh fetch", "LOCK=sh fetch"],
            cwd=tmp_path, env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        assert run.stdout.strip() == expected


def test_clean_leaves_what_is_written_by_hand_and_nothing_else(project):
    made = [".hypothesis/a", "hooks/__pycache__/a.pyc", "tests/inner/__pycache__/a.pyc", "site.zip", ".pytest_cache/a"]
    by_hand = ["hooks/a.py", "tests/inner/a.py", "checks/a.py", "benchmarks/a.py"]
    for name in made + by_hand:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()
    subprocess.run(["make", "clean"], cwd=project, check=True, capture_output=True)
    left = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert left == {*by_hand, "Makefile", "mkdocs.yml", "docs/index.md", *IN_PLACE[:3]}
