"""Attacks on the safe language: every one is refused, quickly, in little memory, and nothing is executed."""

import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine.expressions import WEEKDAYS, Context, ExpressionError, check_types, compile, explain
from engine.expressions.explaining import _MOST_MENDS
from tests.unit.engine.attack_expressions import GROUPS
from workflows.settings import PROJECT

ATTACKS = [(group, text) for group, texts in GROUPS.items() for text in texts]
TOUCHED: list[str] = []


def touch(name: str) -> None:
    """What an object of the data does when it is asked anything."""
    TOUCHED.append(name)


class Evil:
    """An object that notices every question, and would answer each with yes."""

    def _answer(self, *_: object) -> bool:
        touch("evil")
        return True

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = __call__ = _answer
    __add__ = __radd__ = __mul__ = __rmul__ = __neg__ = __getitem__ = __len__ = __iter__ = __float__ = _answer
    __index__ = __int__ = __str__ = __repr__ = __format__ = _answer
    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> object:
        if not name.startswith("__"):
            touch(name)
        return self


class Liar(str):
    """A text that says it equals everything."""

    def __eq__(self, other: object) -> bool:
        touch("liar")
        return True

    __hash__ = str.__hash__

    def lower(self) -> str:
        touch("liar")
        return self


class NumberLike(int):
    """A number with sums of its own."""

    def __eq__(self, other: object) -> bool:
        touch("number")
        return True

    __hash__ = int.__hash__

    def __add__(self, other: int) -> int:
        touch("number")
        return self


class ListLike(list):
    """A list with a way of its own to find things."""

    def __getitem__(self, place):
        touch("list")
        return 1

    def __iter__(self) -> Iterator[object]:
        touch("list")
        return super().__iter__()


class DictLike(dict):
    """A mapping that makes up what is missing."""

    def __missing__(self, key: str) -> object:
        touch("dict")
        return 1


def bush(depth: int) -> list[object]:
    """A list that holds the same list twice, and so on: small in memory, endless to walk."""
    grown: list[object] = [1]
    for _ in range(depth):
        grown = [grown, grown]
    return grown


def deep(depth: int) -> list[object]:
    """A list in a list in a list."""
    grown: list[object] = [1]
    for _ in range(depth):
        grown = [grown]
    return grown


DATA = {
    "n": 3, "m": -2, "price": 3.5, "text": "opt_in", "yes": True, "no": False, "nothing": None,
    "ways": ["phone", "mail"], "client": {"age": 40}, "rows": [{"id": 1}], "day1": "2026-11-21",
    "when": "2026-11-21T10:00:00Z", "huge": 10**400, "long": "a" * 10_001, "many": [1] * 10_001, "nan": float("nan"),
    "infinite": float("inf"), "deep": deep(20_000), "bush": bush(40), "evil": Evil(), "holder": [Evil()],
    "keyed": {"a": Evil()}, "liar": Liar("a"), "number_like": NumberLike(1), "listlike": ListLike([1]),
    "dictlike": DictLike(), "blob": b"a", "a_set": {1}, "a_type": Evil, "a_function": lambda *_: touch("function"),
    "a_module": os, "naive": datetime(2026, 11, 21), "a_complex": 1j, "a_generator": (touch("generator") for _ in "a"),  # noqa: DTZ001
    "weird_keys": {1: 2, "a": {None: 1}},
}  # fmt: skip
CONTEXT = Context(datetime(2026, 11, 21, tzinfo=UTC), WEEKDAYS)

SECONDS, MEGABYTES = 0.5, 4
"""Far above what any of them takes on a busy machine, far below what an attack would want."""


def test_there_are_three_hundred_different_attacks_and_more():
    assert len({text for _, text in ATTACKS}) >= 300
    for texts in GROUPS.values():
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("group", "text"), ATTACKS)
def test_an_attack_is_refused(group, text):
    TOUCHED.clear()
    began = time.process_time()
    with pytest.raises(ExpressionError) as refusal:
        compile(text).evaluate(DATA, CONTEXT)
    assert time.process_time() - began < SECONDS
    assert TOUCHED == []
    assert str(refusal.value).strip(), "it says why"


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_attacks_takes_little_memory(group):
    for text in GROUPS[group]:
        tracemalloc.start()
        try:
            compile(text).evaluate(DATA, CONTEXT)
        except ExpressionError:
            pass
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < MEGABYTES * 2**20, text


def test_has_may_ask_about_anything_and_touches_nothing():
    TOUCHED.clear()
    for name in DATA:
        assert compile(f"has({name})").evaluate(DATA, CONTEXT) in (True, False)
        assert compile(f"has({name}.a.b) or has({name}[0])").evaluate(DATA, CONTEXT) in (True, False)
    assert TOUCHED == []


@pytest.mark.parametrize("group", GROUPS)
def test_an_attack_is_explained_in_bounded_time_and_no_offer_is_worse(group):
    """An explanation may offer another text; that text is of the language too, and still cannot do anything."""
    for text in GROUPS[group]:
        began = time.process_time()
        mistake = explain(text, DATA.keys())
        assert time.process_time() - began < SECONDS * _MOST_MENDS
        if mistake is None:
            check_types(compile(text), {"n": "integer", "text": ["opt_in"], "ways": "list"})
        else:
            assert mistake.sentence and mistake.mend
            assert 0 <= mistake.start <= mistake.end <= max(len(text), 1)
            assert mistake.corrected is None or compile(mistake.corrected, DATA.keys())


WATCHED = """
import sys
from tests.unit.engine.test_expression_attacks import ATTACKS, CONTEXT, DATA
from engine.expressions import ExpressionError, compile, explain

seen = []
sys.addaudithook(lambda event, arguments: seen.append(event))
for _, text in ATTACKS:
    try:
        compile(text).evaluate(DATA, CONTEXT)
        print("answered", ascii(text))
    except ExpressionError:
        pass
    explain(text, DATA.keys())
print("events", sorted(set(seen)))
"""


def test_nothing_is_opened_imported_run_or_sent():
    """Python itself reports what a process does; all that the attacks do is parse text."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    run = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stderr == ""
    assert run.stdout == "events ['compile']\n"
