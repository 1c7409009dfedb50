"""A flame graph of completing tasks, as one page that loads nothing: each bar is a function, as wide as its time."""

from __future__ import annotations

import html
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

from benchmarks import place
from benchmarks.product import Permit

EVERY = 0.001
WIDTH, HEIGHT = 1600.0, 17
"""Of the picture, and of one bar; in pixels."""

Stack = tuple[str, ...]


class Sampler:
    """Looks every millisecond at what one thread is doing."""

    def __init__(self, thread: int) -> None:
        self.stacks: Counter[Stack] = Counter()
        self._thread = thread
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Sampler:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self.stacks[_stack(sys._current_frames()[self._thread])] += 1


def _stack(frame: FrameType | None) -> Stack:
    """The functions that are running, outermost first."""
    names: list[str] = []
    while frame is not None:
        code = frame.f_code
        names.append(
            f"{code.co_qualname} ({Path(code.co_filename).parent.name}/{Path(code.co_filename).name})"
        )
        frame = frame.f_back
    return tuple(reversed(names))


def write(server: str, path: str, cases: int) -> None:
    """Lead some cases through, and write the picture of where the time of their tasks went."""
    place.prepare(server, "bench_flame")
    permit = Permit()
    _lead(permit, 10)
    with Sampler(threading.get_ident()) as sampler:
        begin = time.perf_counter()
        _lead(permit, cases)
        took = time.perf_counter() - begin
    Path(path).write_text(_page(_of_commands(sampler.stacks), f"{cases} cases in {took:.1f} s"), "utf-8")


def _lead(permit: Permit, cases: int) -> None:
    for _ in range(cases):
        for _name, step in permit.steps(permit.open()):
            step()


def _of_commands(stacks: Counter[Stack]) -> Counter[Stack]:
    """What is below the completing of a task; the rest is the benchmark's own."""
    kept: Counter[Stack] = Counter()
    for stack, count in stacks.items():
        start = next((n for n, name in enumerate(stack) if name.startswith("command.<locals>.run")), None)
        if start is not None:
            kept[stack[start:]] += count
    return kept


def _page(stacks: Counter[Stack], title: str) -> str:
    total = sum(stacks.values()) or 1
    bars = "".join(_bars(stacks, (), 0.0, WIDTH / total))
    height = (max(map(len, stacks), default=0) + 2) * HEIGHT
    return (
        f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
        "<style>rect{stroke:#fff}text{font:11px sans-serif}</style>"
        f'<svg width="{WIDTH:.0f}" height="{height}">{bars}</svg>'
    )


def _bars(stacks: Counter[Stack], above: Stack, left: float, scale: float) -> list[str]:
    """The bars below a function, each with its own below it."""
    depth, bars = len(above), []
    below: Counter[str] = Counter()
    for stack, count in stacks.items():
        if len(stack) > depth and stack[:depth] == above:
            below[stack[depth]] += count
    for name, count in sorted(below.items()):
        width = count * scale
        bars.append(_bar(name, left, depth, width))
        if width > 1:
            bars += _bars(stacks, (*above, name), left, scale)
        left += width
    return bars


def _bar(name: str, left: float, depth: int, width: float) -> str:
    words, hue = html.escape(name), 20 + sum(name.encode()) % 40
    shown = html.escape(name[: int(width / 6)]) if width > 30 else ""
    top = depth * HEIGHT
    return (
        f'<g><title>{words}, {width / WIDTH:.1%}</title><rect x="{left:.1f}" y="{top}" width="{width:.1f}" '
        f'height="{HEIGHT}" fill="hsl({hue},80%,65%)"/><text x="{left + 2:.1f}" y="{top + 12}">{shown}</text></g>'
    )
