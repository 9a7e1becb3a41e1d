"""Measures the diagrams: how large they are, and how long all of them take to draw. Part of `make bench`."""

import gzip
import time
from collections.abc import Iterator
from statistics import median

from hooks import diagrams
from tests.test_diagrams import fences_of_the_site


def figures() -> Iterator[tuple[str, str, str]]:
    """Yield name, value and goal of what is measured; call it first in a process, so that the start is cold."""
    fences = [source for _, source in fences_of_the_site()]
    start = time.perf_counter()
    draw = diagrams.renderer()
    pictures = [draw(source, diagrams.options_of(source, "d")) for source in fences]
    seconds = time.perf_counter() - start
    yield f"diagrams: all {len(fences)} drawn from a cold start, renderer loaded", f"{seconds:.2f} s", "at most 1 s"
    sizes = [len(gzip.compress(picture.encode())) for picture in pictures]
    yield "diagrams: median picture, compressed", f"{median(sizes) / 1000:.1f} kB", "at most 2 kB"
