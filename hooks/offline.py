"""Lets a reader keep the whole site for offline, if asked to: writes the service worker, and the list it keeps.

`on_post_build` runs at the very end of `mkdocs build` (not while serving), when no other hook changes files. Workbox
lists every file that a page needs, with a hash of each, and tells the pages with a "Keep for offline" how large that
is (hooks/offline_list.cjs, which Node runs). The service worker is one file: Workbox's runtime, the list, and
hooks/offline_worker.js, which says how versions are kept apart. Nothing is registered before a reader asks for it:
docs/assets/javascripts/offline.js.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from mkdocs.plugins import event_priority

log = logging.getLogger("mkdocs.hooks.offline")

ROOT = Path(__file__).parent.parent
WORKER = "service-worker.js"  # offline.js registers it
RUNTIME = ("core", "routing", "strategies", "precaching")  # of Workbox, each after what it needs


def on_config(config, **_):
    """Tell the templates whether the site can be kept: a preview changes too often, a copy for the disk is at hand anyway."""
    config.extra["offline"] = config.extra["building"] and config.use_directory_urls
    return config


@event_priority(-200)  # after hooks/unused.py, which shortens what is listed here
def on_post_build(config, **_) -> None:
    """Write the service worker, if there is a Node to list the files with."""
    if not config.extra["offline"]:
        return
    node = find_node()
    if node:
        write(Path(config.site_dir), node)
    else:
        log.warning("the site cannot be kept for offline: no Node.js found; install one, or run `make build`, which does")


def find_node() -> str | None:
    """Return the path of a Node.js: that of the wheel, which `make` installs where the machine's does not do, else the machine's."""
    return shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


def write(site: Path, node: str) -> None:
    """Write the service worker of a built `site`; raise CalledProcessError, with what Node printed, if Node fails."""
    run = subprocess.run(
        [node, ROOT / "hooks/offline_list.cjs", site.resolve(), WORKER], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    if run.returncode:
        log.error(run.stderr)
    run.check_returncode()
    site.joinpath(WORKER).write_text(worker(json.loads(run.stdout)), encoding="utf-8")


def worker(entries: list[dict[str, str]]) -> str:
    """Return a service worker that keeps the files of a list: their `url`, `revision` and `integrity`."""
    files = [ROOT / f"node_modules/workbox-{name}/build/workbox-{name}.prod.js" for name in RUNTIME]
    runtime = [re.sub(r"\n//# sourceMappingURL=.*", "", file.read_text(encoding="utf-8")).strip() for file in files]
    own = (ROOT / "hooks/offline_worker.js").read_text(encoding="utf-8")
    return "\n".join([*runtime, own.replace("self.__WB_MANIFEST", json.dumps(entries, separators=(",", ":")))])
