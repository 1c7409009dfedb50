"""The language that words are said in: English as written in code and bundles, or another from a catalogue.

`gettext` (`_` in code and templates) says a sentence in the language chosen for the request; what has no translation
is said in English. A catalogue is a PO file: `catalogues/es.po` has the words of the product, `words/es.po` of a
bundle those of its diagrams and forms, so that whoever changes a procedure can change both.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from io import StringIO
from pathlib import Path

from babel.dates import format_date, format_time
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

ENGLISH = "en"
LANGUAGES = {"en": "English", "es": "Español"}
"""Each language by its code, named in itself."""

FOLDER = Path(__file__).parent / "catalogues"

Words = dict[str, tuple[str, ...]]
"""For each English sentence its translation; one with a plural has a translation for one and for many."""


class BadCatalogue(Exception):
    """A PO file that cannot be read; the message says why."""


_chosen: ContextVar[str] = ContextVar("language", default=ENGLISH)
_of_bundles: dict[str, Words] = {language: {} for language in LANGUAGES}


def chosen() -> str:
    """The code of the language that is spoken now."""
    return _chosen.get()


def choose(language: str) -> None:
    """Speak a language from now on in this request; English when it is not one of ours."""
    _chosen.set(language if language in LANGUAGES else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = _chosen.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _chosen.reset(before)


def gettext(words: str) -> str:
    """A sentence in the chosen language."""
    return _translated(words)[0] if words and _chosen.get() != ENGLISH else words


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence for one or for several, in the chosen language."""
    if _chosen.get() == ENGLISH:
        return one if number == 1 else many
    forms = _translated(one)
    return (forms[0] if number == 1 else forms[-1]) if forms != (one,) else (one if number == 1 else many)


def marked(words: str) -> str:
    """Marks a sentence of a table for the catalogue; it is translated where it is shown."""
    return words


def said(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """A table of marked sentences as a choice offers it: each key with its words in the chosen language."""
    return [(key, gettext(words)) for key, words in table.items()]


def learn(files: Mapping[str, str]) -> None:
    """Take in what a bundle says in other languages: its files `words/<language>.po`."""
    for language in LANGUAGES:
        text = files.get(f"words/{language}.po")
        if text is not None:
            _of_bundles[language].update(read(text.encode()))


def read(catalogue: bytes) -> Words:
    """The translations of a PO file; sentences that are not translated yet, or only perhaps, are left out.

    Raises `BadCatalogue`.
    """
    found = (entry for entry in entries(catalogue) if not entry.fuzzy)
    return {_key(entry.id): forms for entry in found if all(forms := _forms(entry.string))}


def entries(catalogue: bytes) -> list[Message]:
    """The sentences of a PO file with their translations, in its order; it is read as UTF-8, whatever it says of itself.

    Raises `BadCatalogue`.
    """
    try:
        found = read_po(StringIO(catalogue.decode("utf-8")), abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        raise BadCatalogue(str(error)) from None
    return [entry for entry in found if entry.id]


def day_words(day: date) -> str:
    """`Friday, November 20, 2026`. How a day is written is a sentence of the catalogue too, as a pattern of Babel's."""
    return _day(day, gettext("EEEE, MMMM d, y"))


def date_words(day: date) -> str:
    """`November 20, 2026`."""
    return _day(day, gettext("MMMM d, y"))


def day_of_year_words(day: date) -> str:
    """`Friday, November 20`, where the year is plain."""
    return _day(day, gettext("EEEE, MMMM d"))


def date_of_year_words(day: date) -> str:
    """`November 20`, where the year is plain."""
    return _day(day, gettext("MMMM d"))


def weekday_words(day: date) -> str:
    """`Friday`, where the week is plain."""
    return _day(day, gettext("EEEE"))


def clock_words(moment: datetime) -> str:
    """`2:05 p.m.`, by the clock that the moment is on."""
    pattern = gettext("h:mm 'a.m.'") if moment.hour < 12 else gettext("h:mm 'p.m.'")
    return format_time(moment.time(), pattern, locale=_chosen.get())


def _day(day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=_chosen.get())


def small_first(words: str) -> str:
    """Words that begin a line, as they stand inside a sentence: `withdrawn` for `Withdrawn`."""
    return words[:1].lower() + words[1:]


def _translated(words: str) -> tuple[str, ...]:
    language = _chosen.get()
    return _of_product(language).get(words) or _of_bundles[language].get(words) or (words,)


def _key(sentence: str | list[str] | tuple[str, ...]) -> str:
    return sentence if isinstance(sentence, str) else sentence[0]


def _forms(translation: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (translation,) if isinstance(translation, str) else tuple(translation or ("",))


@cache
def _of_product(language: str) -> Words:
    file = FOLDER / f"{language}.po"
    return read(file.read_bytes()) if file.exists() else {}
