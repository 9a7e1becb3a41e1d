"""The workflows: valid, safe by zizmor's rules, pinned, and one issue at most."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent


def run(*command) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT)


def settings(name: str) -> dict:
    return yaml.safe_load((GITHUB / "workflows" / name).read_text())


@pytest.mark.parametrize(("schema", "files"), [("github-workflows", WORKFLOWS), ("dependabot", [GITHUB / "dependabot.yml"])])
def test_file_follows_the_schema_of_github(schema, files):
    done = run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing_even_when_pedantic():
    done = run(BIN / "zizmor", "--offline", "--persona", "pedantic", "--strict-collection", GITHUB)
    assert done.returncode == 0, done.stdout + done.stderr


def test_action_is_official_and_pinned_to_a_commit_with_its_version_beside_it():
    lines = [line.strip(" -") for path in WORKFLOWS for line in path.read_text().splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    versions = {line.split("@")[0]: set() for line in lines}
    for line in lines:
        versions[line.split("@")[0]].add(line.split("@")[1])
    assert all(len(found) == 1 for found in versions.values()), versions


def test_no_secret_is_used_and_no_right_is_given_to_all():
    for path in WORKFLOWS:
        assert "secrets." not in path.read_text()
        assert settings(path.name)["permissions"] == {}


def test_only_deploying_may_write_and_a_pull_request_never_deploys():
    jobs = settings("site.yml")["jobs"]
    writing = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
    assert writing == {"deploy"}
    assert jobs["deploy"]["if"] == "github.event_name == 'push'" and jobs["deploy"]["needs"] == "site"
    assert not any("run" in step for step in jobs["deploy"]["steps"]), "no code of the project runs with these rights"


def test_deployments_follow_one_another():
    concurrency = settings("site.yml")["concurrency"]
    assert concurrency["group"] == "site-${{ github.ref }}"
    assert concurrency["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"


def test_caches_are_keyed_by_the_locks():
    steps = settings("site.yml")["jobs"]["site"]["steps"]
    locks = [step["with"]["cache-dependency-path"] for step in steps if "cache" in step.get("with", {})]
    assert locks == ["requirements/*.txt", "package-lock.json"]
    assert all(list(ROOT.glob(pattern)) for pattern in locks)


def test_dependabot_groups_the_updates_of_every_lock():
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    assert [update["package-ecosystem"] for update in updates] == ["pip", "npm", "github-actions"]
    assert all(list(update["groups"].values()) == [{"patterns": ["*"]}] for update in updates)


# A `gh` that knows of the open issues in $OPEN and writes down what it is asked to do.
GH = """#!/bin/sh
[ "$1 $2" = "issue list" ] && { echo "$OPEN"; exit; }
echo "$@" >> calls
"""


@pytest.mark.parametrize(
    ("fine", "known", "calls"),
    [
        ("", "", ["label create upkeep", "issue create"]),
        ("", "7", ["issue edit 7"]),
        ("true", "7", ["issue close 7"]),
        ("true", "", []),
    ],
)
def test_there_is_one_issue_at_most(fine, known, calls, tmp_path):
    script = settings("upkeep.yml")["jobs"]["check"]["steps"][-1]["run"]
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "report.md").write_text("## Dead links")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OPEN": known, "FINE": fine}
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=True)
    done = (tmp_path / "calls").read_text().splitlines() if (tmp_path / "calls").exists() else []
    assert len(done) == len(calls)
    assert all(line.startswith(call) for line, call in zip(done, calls, strict=True)), done


@pytest.mark.parametrize(("status", "report", "fine", "passes"), [(0, "ok", True, True), (2, "bad", False, True), (2, "", False, False)])
def test_check_that_breaks_down_fails_instead_of_closing_the_issue(status, report, fine, passes, tmp_path):
    script = settings("upkeep.yml")["jobs"]["check"]["steps"][-2]["run"]
    (tmp_path / "make").write_text(f"#!/bin/sh\nprintf '{report}' > report.md\nexit {status}\n")
    (tmp_path / "make").chmod(0o755)
    output = tmp_path / "output"
    output.write_text("")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_OUTPUT": str(output)}
    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment)
    assert (done.returncode == 0) == passes
    assert (output.read_text() == "fine=true\n") == fine


def test_makefile_has_the_targets_the_workflows_call():
    called = set(re.findall(r"\bmake ([a-z-]+)", "".join(path.read_text() for path in WORKFLOWS)))
    assert called == {"test", "build", "check-links"}
    assert called <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
