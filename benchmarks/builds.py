"""What benchmarks of builds share: processor time, and configurations with and without what this project adds."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from mkdocs.utils.yaml import get_yaml_loader, yaml_load

ROOT = Path(__file__).parent.parent
# Options of other people's extensions in mkdocs.yml that name functions of this project.
OWN_OPTIONS = {"pymdownx.superfences": "custom_fences", "pymdownx.inlinehilite": "custom_inline"}


def seconds(action: Callable) -> float:
    """Return the processor time of `action`, that of the processes it starts included."""
    start = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    action()
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - start


def settings() -> dict:
    """Return mkdocs.yml with the paths in it made absolute."""
    with open(ROOT / "mkdocs.yml", encoding="utf-8") as file:
        config = yaml_load(file, get_yaml_loader())
    config["docs_dir"] = str(ROOT / "docs")
    config["theme"] |= {"custom_dir": str(ROOT / "overrides")}
    config["hooks"] = [str(ROOT / hook) for hook in config["hooks"]]
    return config


def bare(config: dict, keep: tuple[str, ...] = ()) -> dict:
    """Return a configuration without what this project adds, but for the Markdown extensions named in `keep`."""
    extensions = []
    for extension in config["markdown_extensions"]:
        name, options = next(iter(extension.items())) if isinstance(extension, dict) else (extension, {})
        if not name.startswith("hooks.") or name in keep:
            extensions.append({name: {key: value for key, value in options.items() if key != OWN_OPTIONS.get(name)}})
    theme = {name: value for name, value in config["theme"].items() if name not in ("custom_dir", "static_templates")}
    return config | {"theme": theme, "markdown_extensions": extensions, "plugins": ["search"], "hooks": []}


def write(config: dict, path: Path) -> Path:
    """Write a configuration whose site is built beside it."""
    path.write_text(yaml.dump(config | {"site_dir": str(path.with_suffix(""))}), encoding="utf-8")
    return path


def build(path: Path) -> None:
    """Build the site of the configuration at `path` with the command an author runs."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(path)]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)})
