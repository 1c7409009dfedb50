"""The rules of the house that a machine can look after."""

import ast
import re
from statistics import median

import pytest

from tests.architecture.tree import files, lengths, modules, public_things, short
from workflows.settings import PROJECT

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
#: Texts written by others, kept as they came.
VENDORED = ("web/static/", "web/modeler/dist/")
#: Where it was made says nothing about the product. The words are put together, so that this file is clean.
NOT_OUR_WORDS = [
    r"/work/(main|shared|brief|\.)",
    r"\bcl" + "aude\\b",
    r"\banth" + "ropic\\b",
    r"\bcop" + "ilot\\b",
    r"\bchat" + "gpt\\b",
    r"\bco" + "dex\\b",
    r"\bpypi\.o" + "rg",
    r"pythonho" + r"sted\.org",
    r"registry\.npm" + r"js\.org",
    r"deb\.deb" + r"ian\.org",
]


@pytest.mark.parametrize("path", modules(), ids=short)
def test_a_file_is_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE, "split it by noun"


@pytest.mark.parametrize("path", modules(), ids=short)
def test_functions_are_short(path):
    assert [(name, lines) for name, lines in lengths(path) if lines > LONGEST_FUNCTION] == []


def test_the_usual_function_is_very_short():
    assert median(lines for path in modules() for _, lines in lengths(path)) <= 7


@pytest.mark.parametrize("path", modules(), ids=short)
def test_public_things_say_what_they_are(path):
    silent = [
        name for name, node in public_things(path) if not ast.get_docstring(node) and path.stat().st_size
    ]
    assert silent == []


def test_there_is_one_commit():
    places = [
        short(path)
        for path in modules()
        if re.search(r"\bcommit\(|at_once\(.*COMMIT", path.read_text("utf-8"))
    ]
    assert places == ["workflows/db.py"]


def test_the_files_speak_of_the_project_alone():
    unwanted = re.compile("|".join(NOT_OUR_WORDS), re.IGNORECASE)
    found = []
    for path in files():
        if not short(path).startswith(VENDORED) and path.stat().st_size < 2_000_000:
            hit = unwanted.search(path.read_text("utf-8", errors="ignore"))
            found += [(short(path), hit.group())] if hit else []
    assert found == []


def test_the_lock_pins_every_library_with_its_hashes_and_names_no_place():
    for name in ("requirements.txt", "requirements-test.txt"):
        text = (PROJECT / name).read_text("utf-8")
        blocks = re.findall(r"^[a-z].*(?:\n    .*)*", text, re.MULTILINE)
        assert len(blocks) > 50
        assert [block for block in blocks if not re.match(r"[a-z0-9.\-\[\]]+==\d", block)] == []
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
        assert not re.search(r"://|--index|--find|file:| @ ", text)


def test_the_two_locks_agree():
    pinned = [set(re.findall(r"^[a-z0-9.\-]+==\S+", (PROJECT / name).read_text(), re.MULTILINE)) for name in
              ("requirements.txt", "requirements-test.txt")]  # fmt: skip
    assert pinned[0] <= pinned[1]
