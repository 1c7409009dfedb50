"""The sentences of the product that want a translation, and the catalogue brought up to date with them.

`make catalogue` runs this: new sentences enter `workflows/catalogues/es.po`, and those of the procedure its `words/es.po`,
without a translation; those that nothing says any more leave it. The tests read the same lists.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

from workflows import bundle_words
from workflows.commands.definitions import read_folder
from workflows.definitions import MAIN_PROCESS, Bundle
from workflows.language import ENGLISH, FOLDER, LANGUAGES

ROOT = Path(__file__).parent.parent
PROCEDURE = ROOT / "bpmn" / "opt_in_5512pro"
DRAFT = """# What procedure 5512PRO says to people, in another language.
#
# DRAFT: a qualified translator has not yet approved these words. They are a help in reading; the English holds.
#
# {sor.…} is filled with what the case management system calls the thing, so it stays as it is.

"""
METHODS = [("templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]
KEYWORDS = {**DEFAULT_KEYWORDS, "marked": None}
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}

Sentence = str | tuple[str, ...]


def wanted() -> Iterator[Sentence]:
    """Every sentence of code and templates; one with a plural is a pair."""
    for _, _, sentence, _, _ in extract_from_dir(
        ROOT / "web", METHODS, OPTIONS, KEYWORDS, directory_filter=_is_ours
    ):
        yield sentence
    for file in sorted((ROOT / "workflows").rglob("*.py")):
        for _, sentence, _, _ in extract_from_file("python", file, KEYWORDS):
            yield sentence
        yield from _refusals(file)


def _is_ours(folder: object) -> bool:
    return Path(str(folder)).name not in ("static", "modeler", "assets", "console")


def _refusals(file: Path) -> Iterator[str]:
    """The docstrings of refusals: each is the refusal's sentence to the person."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef) and _is_refusal(node) and (words := ast.get_docstring(node)):
            yield words


def _is_refusal(node: ast.ClassDef) -> bool:
    from workflows import errors

    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    kinds = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
    }
    return bool(bases & kinds)


def updated(language: str) -> Catalog:
    """The catalogue of a language with exactly the sentences that are wanted now."""
    file = FOLDER / f"{language}.po"
    known = read_po(file.open("rb"), locale=language) if file.exists() else Catalog(locale=language)
    new = Catalog(
        locale=language, charset="utf-8", header_comment="# The words of Opt-In Desk in another language."
    )
    for sentence in sorted(set(wanted()), key=str):
        entry = known.get(sentence if isinstance(sentence, str) else sentence[0])
        new.add(sentence, entry.string if entry else None)
    return new


def updated_of_procedure(language: str) -> Catalog:
    """The same for the catalogue of the procedure, in the order of its diagrams and forms."""
    file = PROCEDURE / "words" / f"{language}.po"
    known = read_po(file.open("rb"), locale=language) if file.exists() else Catalog(locale=language)
    new = Catalog(locale=language, charset="utf-8")
    for sentence in bundle_words.sentences(Bundle(MAIN_PROCESS, read_folder(PROCEDURE))):
        entry = known.get(sentence)
        new.add(sentence, entry.string if entry else None)
    return new


def main() -> None:
    """Bring every catalogue up to date."""
    for language in LANGUAGES.keys() - {ENGLISH}:
        _write(FOLDER / f"{language}.po", updated(language))
        _write(PROCEDURE / "words" / f"{language}.po", updated_of_procedure(language), DRAFT)


def _write(path: Path, catalogue: Catalog, head: str = "") -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(head.encode())
        write_po(file, catalogue, width=0, omit_header=True)


if __name__ == "__main__":
    main()
