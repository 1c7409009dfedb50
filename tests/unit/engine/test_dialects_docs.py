"""The tables of docs/foreign-diagrams.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.dialects import condition, timer
from engine.dialects.vocabularies import ATTRIBUTES, ELEMENTS
from engine.errors import ExpressionError
from tests.unit.engine.foreign_conditions import FUNCTIONS

_PAGE = (Path(__file__).parents[3] / "docs" / "foreign-diagrams.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    part = _PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[1:]]


def _code(cell: str) -> str:
    return cell.strip("`")


@pytest.mark.parametrize(("written", "meant"), _rows("Conditions"))
def test_the_conditions_of_the_page_are_read_as_it_says(written: str, meant: str) -> None:
    if not meant.startswith("refused: "):
        assert condition(_code(written), functions=FUNCTIONS) == _code(meant)
        return
    with pytest.raises(ExpressionError, match=re.escape(meant.removeprefix("refused: "))):
        condition(_code(written), functions=FUNCTIONS)


@pytest.mark.parametrize(("form", "written", "meant"), _rows("Timers"))
def test_the_timers_of_the_page_are_read_as_it_says(form: str, written: str, meant: str) -> None:
    if not meant.startswith("refused: "):
        assert timer(_code(form), _code(written)) == _code(meant)
        return
    with pytest.raises(ExpressionError, match=re.escape(meant.removeprefix("refused: "))):
        timer(_code(form), _code(written))


def test_the_page_names_every_word_that_is_read() -> None:
    words = {
        *ATTRIBUTES,
        *(local for _, local in ELEMENTS),
        *(word for words in ELEMENTS.values() for word in words),
    }
    read = _PAGE.split("## What is read, by tool", 1)[1].split("## What is reported", 1)[0]
    assert [word for word in sorted(words) if word not in read and f"`{word}`" not in _PAGE] == []
