"""Takes the site's address and its edit links from one place: the repository the build runs in.

`on_config` fills in what mkdocs.yml leaves open. The repository is the one GitHub Actions works for, else the one
that the clone came from, if that is GitHub; so a fork publishes under its own name, and nobody edits a setting.
The variables SITE_URL (a domain of one's own) and EDIT_URI (another host of repositories) go before it. Where none
of them says anything, the address is a placeholder that leads nowhere, and pages have no edit link.

It also says in `config.extra["building"]` whether the site is published at all. With a live preview, which nobody
shares, prints or keeps, other hooks have less to do.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

PLACEHOLDER = "https://system-design-notes.example/"  # as in mkdocs.yml; no such domain can exist (RFC 2606)
REPOSITORY = re.compile(r"[\w-]+/[\w.-]+")
GITHUB = re.compile(rf"(?:https://|ssh://)?(?:[^@/]+@)?github\.com[:/]({REPOSITORY.pattern}?)(?:\.git)?/?")
building = False  # set by on_startup


def on_startup(command: str, **_) -> None:
    """Note whether this is `mkdocs build`; a live preview is not published."""
    global building
    building = command == "build"


def on_config(config, **_):
    """Set address, edit links and whether this is a build; live preview has an address of its own, which stays."""
    config.extra["building"] = building
    name = repository(os.environ, Path(config.config_file_path).parent)
    if config.site_url in (None, "", PLACEHOLDER):
        config.site_url = pages_address(name) if name else PLACEHOLDER
    if name and not config.edit_uri_template:
        config.edit_uri_template = f"https://github.com/{name}/edit/main/docs/{{path}}"
    return config


def repository(environment: Mapping[str, str], folder: Path) -> str | None:
    """Return the repository on GitHub that is published, as "owner/name", or None."""
    if name := REPOSITORY.fullmatch(environment.get("GITHUB_REPOSITORY", "")):
        return name[0]
    try:
        command = ["git", "remote", "get-url", "origin"]
        remote = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    match = GITHUB.fullmatch(remote)
    return match[1] if match else None


def pages_address(name: str) -> str:
    """Return where GitHub Pages publishes the repository `name`: "Ann/notes" gives "https://ann.github.io/notes/"."""
    owner, _, site = name.partition("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if site.lower() == host else f"https://{host}/{site}/"
