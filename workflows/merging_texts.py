"""Files of a bundle taken apart into named pieces and put together again, so that changes of two people can be joined.

A form is its JSON; a file of times, the trace and a catalogue are pieces of their own text, so that comments and order stay.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from babel.messages.pofile import denormalize

from workflows.comparing import REQUIRED, Tree, json_tree, toml_tree
from workflows.language import BadCatalogue, read

_HEADER = re.compile(r"\[\[?[^\[\]]+\]\]?\s*(#.*)?")
_ASSIGNED = re.compile(r"([\w.\"'-]+)\s*=")
_LOOSE = re.compile(r"\s*(#.*)?")


def form_tree(text: str) -> Tree:
    """A form with the required questions by name, so that each is a piece of its own."""
    tree = json_tree(text)
    required = tree.get(REQUIRED, [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise ValueError("This is no form.")
    return {**tree, REQUIRED: dict.fromkeys(required, True)}


def form_text(tree: Tree) -> str:
    """A form as a file."""
    required = list(tree.get(REQUIRED, {}))
    known = {**tree, REQUIRED: required} if required else {k: v for k, v in tree.items() if k != REQUIRED}
    return json.dumps(known, ensure_ascii=False, indent=2) + "\n"


def toml_pieces(text: str) -> Tree:
    """A TOML file as its lines: table → word → lines; the comments before a line go with it."""
    toml_tree(text)
    tables: Tree = {"": {}}
    table, piece = tables[""], ""
    waiting = ""
    for line in text.splitlines(keepends=True):
        if _HEADER.fullmatch(line.strip()) and not line[0].isspace():
            table, piece = tables.setdefault(_own_name(line.strip(), tables), {}), ""
        elif (found := _ASSIGNED.match(line)) is not None:
            piece = found[1]
        elif _LOOSE.fullmatch(line.rstrip("\n")):
            waiting += line
            continue
        table[piece] = table.get(piece, "") + waiting + line
        waiting = ""
    if waiting:
        tables["\0end"] = {"": waiting}
    titled = _by_their_titles(tables)
    if "".join(_lines(titled)) != text:
        raise ValueError("The lines of the file cannot be told apart.")
    return titled


def _own_name(header: str, tables: Tree) -> str:
    """A header, numbered where it stands several times."""
    count = sum(1 for known in tables if known.partition("\0")[0] == header)
    return f"{header}\0{count}" if count else header


def _by_their_titles(tables: Tree) -> Tree:
    """The tables of a list by their first line, which tells them apart wherever they stand."""
    found: Tree = {}
    for name, table in tables.items():
        title = next((lines.strip() for word, lines in table.items() if word), "") if "[[" in name else ""
        key = f"{name.partition(chr(0))[0]} {title}" if title else name
        found[key if key not in found else name] = table
    return found


def toml_text(tree: Tree) -> str:
    """The pieces as a file again. Raises `ValueError` when they are no TOML together."""
    text = "".join(_lines(tree))
    toml_tree(text)
    return text


def _lines(tree: Tree) -> Iterator[str]:
    for table in sorted(tree, key=lambda name: name == "\0end"):
        yield from tree[table].values()


def words_pieces(text: str) -> Tree:
    """A catalogue as its entries: sentence → text of the entry."""
    _check_words(text)
    found, written = Tree(), re.split(r"\n{2,}", text.strip("\n"))
    for number, entry in enumerate(written):
        sentence = re.search(r"^msgid (.*?)^msg(?:id_plural|str)", entry, re.DOTALL | re.MULTILINE)
        found[denormalize(sentence[1].strip()) if sentence else f"\0{number}"] = entry
    if len(found) != len(written):
        raise ValueError("A sentence stands twice.")
    return found


def words_text(tree: Tree) -> str:
    """The entries as a catalogue again. Raises `ValueError` when they are none together."""
    text = "\n\n".join(tree.values()) + "\n"
    _check_words(text)
    return text


def _check_words(text: str) -> None:
    try:
        read(text.encode())
    except BadCatalogue as bad:
        raise ValueError(str(bad)) from None


def shown(value: Any) -> str:
    """A piece as people read it: of a line what stands behind the equals sign, of an entry its translation."""
    if not isinstance(value, str):
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    last = value.strip().splitlines()[-1] if value.strip() else ""
    if match := re.match(r"[\w-]+\s*=\s*(.*)", last):
        return match[1].strip('"')
    if "msgstr" in value:
        translation = value.partition("msgstr")[2].strip()
        return denormalize(translation) if translation.startswith('"') else translation
    return value
