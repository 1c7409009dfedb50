"""Random conditions as trees, with a reference answer and their text in four languages, brackets only where needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from engine.expressions import FUNCTIONS

__all__ = ["DATA", "FUNCTIONS", "WRITERS", "Tree", "answer", "conditions"]

Tree = tuple[Any, ...]

DATA: Mapping[str, object] = {
    "yes": True, "no": False, "one": 1, "two": 2, "minus": -3, "a": "alpha", "b": "beta", "none": None,
}  # fmt: skip

_numbers = st.recursive(
    st.sampled_from(["one", "two", "minus"]).map(lambda name: ("field", name))
    | st.integers(0, 9).map(lambda value: ("value", value)),
    lambda part: st.tuples(st.sampled_from("+-*"), part, part),
    max_leaves=4,
)
_texts = st.sampled_from(["a", "b"]).map(lambda name: ("field", name)) | st.sampled_from(
    ["alpha", "beta", "", "it's", "Été"]
).map(lambda value: ("value", value))
_simple = st.one_of(
    st.sampled_from(["yes", "no"]).map(lambda name: ("field", name)),
    st.booleans().map(lambda value: ("value", value)),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), _numbers, _numbers),
    st.tuples(st.sampled_from(["==", "!="]), _texts, _texts),
    st.tuples(st.just("contains"), st.sampled_from(["a", "b"]).map(lambda name: ("field", name)), _texts),
    st.sampled_from(["a", "none", "missing"]).map(lambda name: ("null", name)),
)
conditions: st.SearchStrategy[Tree] = st.recursive(
    _simple,
    lambda part: st.one_of(
        st.tuples(st.just("not"), part),
        st.tuples(st.sampled_from(["and", "or"]), part, part),
        st.tuples(st.just("if"), part, part, part),
    ),
    max_leaves=8,
)

_ANSWERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y, "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y, "contains": lambda x, y: y in x, "and": lambda x, y: x and y, "or": lambda x, y: x or y,
}  # fmt: skip


def answer(tree: Tree) -> Any:
    """What a condition is worth for `DATA`."""
    kind, *parts = tree
    if kind in ("field", "value"):
        return DATA[parts[0]] if kind == "field" else parts[0]
    if kind == "null":
        return DATA.get(parts[0]) is None
    if kind == "not":
        return not answer(parts[0])
    if kind == "if":
        return answer(parts[1]) if answer(parts[0]) else answer(parts[2])
    return _ANSWERS[kind](answer(parts[0]), answer(parts[1]))


class Writer:
    """How one language writes a tree: its words, and how tightly each binds."""

    def __init__(self, frame: str, words: Mapping[str, str], powers: Mapping[str, int], quotes: str) -> None:
        self.frame, self.words, self.powers, self.quotes = frame, words, powers, quotes

    def write(self, tree: Tree) -> str:
        """The whole condition."""
        return self.frame.format(self.part(tree, 0))

    def part(self, tree: Tree, power: int) -> str:
        """A part of it, in brackets when what stands around binds as tightly or more."""
        kind, *parts = tree
        own = self.powers.get(kind, 99)
        text = self._text(kind, parts, own)
        return f"({text})" if own <= power else text

    def _text(self, kind: str, parts: list[Any], own: int) -> str:
        if kind == "field":
            return str(parts[0])
        if kind == "value":
            return self._value(parts[0])
        if kind == "null":
            return self.words["null"].format(parts[0])
        if kind in ("not", "if", "contains"):
            return self.words[kind].format(*(self.part(part, self._around(kind, own)) for part in parts))
        word = self.words.get(kind, kind)
        left = own if self.powers["=="] == self.powers["<"] == own else own - 1
        return f"{self.part(parts[0], left)} {word} {self.part(parts[1], own)}"

    def _around(self, kind: str, own: int) -> int:
        return 0 if "(" in self.words[kind] and kind != "contains" else own - 1 if kind == "not" else own

    def _value(self, value: object) -> str:
        if isinstance(value, bool):
            return self.words[str(value)]
        return str(value) if isinstance(value, int) else self._quoted(str(value))

    def _quoted(self, text: str) -> str:
        mark = next(mark for mark in self.quotes if mark not in text)
        return f"{mark}{text}{mark}"


def _powers(**others: int) -> dict[str, int]:
    return {
        "if": 1, "or": 2, "and": 3, "==": 5, "!=": 5, "null": 5, "<": 6, "<=": 6, ">": 6, ">=": 6,
        "+": 7, "-": 7, "*": 8, "not": 9, "contains": 20, **others,
    }  # fmt: skip


_LEVEL = dict.fromkeys(("==", "!=", "null", "<", "<=", ">", ">="), 5)
_C_WORDS = {
    "True": "true", "False": "false", "and": "&&", "or": "||", "not": "!{}", "if": "{} ? {} : {}",
    "contains": "{}.contains({})", "null": "{} == null",
}  # fmt: skip

WRITERS: Mapping[str, Writer] = {
    "JUEL": Writer("${{{}}}", {**_C_WORDS, "==": "eq", "<": "lt", "and": "and", "or": "or"}, _powers(), "'\""),
    "JUEL signs": Writer("#{{{}}}", _C_WORDS, _powers(), "\"'"),
    "FEEL": Writer(
        "= {}",
        {
            **_C_WORDS, "and": "and", "or": "or", "not": "not({})", "if": "if {} then {} else {}", "==": "=",
            "contains": "contains({}, {})", "null": "{} = null",
        },
        _powers(**{**_LEVEL, "not": 20}),
        '"',
    ),
    "Python": Writer(
        "{}",
        {
            "True": "True", "False": "False", "not": "not {}", "if": "{1} if {0} else {2}",
            "contains": "{}.contains({})", "null": "{} is None",
        },
        _powers(**{**_LEVEL, "not": 4}),
        "'\"",
    ),
}  # fmt: skip
"""One writer for each language."""
