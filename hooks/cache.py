"""Keeps what is slow to make and the same whenever its ingredients are: drawn diagrams, social cards.

No hook of its own. An entry is a file in the user's cache folder (outside the repository; SYSTEM_DESIGN_NOTES_CACHE
names another), whose name is the hash of the ingredients and which begins with the hash of what it holds, so
that a damaged entry is seen and made again.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

DIGEST = hashlib.sha256
LENGTH = DIGEST().digest_size


def folder() -> Path:
    """Return the folder of the entries."""
    return Path(os.environ.get("SYSTEM_DESIGN_NOTES_CACHE") or user_cache_path("system-design-notes"))


def kept(ingredients: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes, from the cache if it was made of the same `ingredients` before."""
    path = folder() / DIGEST(ingredients.encode()).hexdigest()
    try:
        entry = path.read_bytes()
    except OSError:
        entry = b""
    content = entry[LENGTH:]
    if DIGEST(content).digest() != entry[:LENGTH]:
        content = make()
        keep(path, DIGEST(content).digest() + content)
    return content


def keep(path: Path, entry: bytes) -> None:
    """Write an entry whole or not at all; where the folder cannot be written, do without."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, ignore_cleanup_errors=True) as place:
            whole = Path(place, path.name)
            whole.write_bytes(entry)
            os.replace(whole, path)
