"""What is wrong with an expression, for the eyes of a program manager: the place, a sentence, and the mend."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.expressions.compiler import compile
from engine.expressions.foreign_words import LOOKS, Finding, words
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.kinds import Kind
from engine.expressions.mistakes import Mistake, listed, nearest
from engine.expressions.tokens import MAX_CHARACTERS, BadExpression, Token, UnknownName, tokens

_MOST_MENDS = 20
_COMPARED = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_SYNONYMS: Mapping[str, str] = {
    "len": "length", "size": "count", "startswith": "starts_with", "endswith": "ends_with", "isempty": "is_empty",
    "empty": "is_empty", "tolowercase": "lower", "touppercase": "upper", "exists": "has", "defined": "has",
    "isset": "has", "strip": "trim", "includes": "contains", "any_of": "contains_any", "all_of": "contains_all",
    "minimum": "min", "maximum": "max", "total": "sum", "dayofweek": "weekday", "workdays": "business_days_between",
}  # fmt: skip


def explain(
    text: str,
    fields: Mapping[str, Kind] | Collection[str] | None = None,
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Mistake | None:
    """The first mistake of a text with the whole text mended if that can be guessed, or None if it compiles.

    `fields`: the fields that may be read, with their kinds if they are known (None: any). A correction always
    compiles; it is an offer, never made silently.
    """
    found = _find(text, fields, functions)
    if found is None:
        return None
    corrected = _corrected(text, fields, functions)
    return Mistake(found.start, found.end, found.sentence, found.mend, corrected)


def _corrected(
    text: str, fields: Mapping[str, Kind] | Collection[str] | None, functions: Mapping[str, Function]
) -> str | None:
    """The text with one mend after the other until it compiles, or None."""
    for _ in range(_MOST_MENDS):
        found = _find(text, fields, functions)
        if found is None:
            return text.strip()
        if found.edit is None:
            return None
        start, end, new = found.edit
        text = text[:start] + new + text[end:]
    return None


def _find(
    text: str, fields: Mapping[str, Kind] | Collection[str] | None, functions: Mapping[str, Function]
) -> Finding | None:
    try:
        compile(text, fields, functions)
    except UnknownName as error:
        return (
            _unknown_function(error, functions) if error.is_function else _unknown(text, error, fields or ())
        )
    except BadExpression as error:
        too_long = len(text) > MAX_CHARACTERS  # Nobody is helped by a search through it.
        return (None if too_long else _foreign(text, fields or ())) or _plainly(text, error)
    return None


def _foreign(text: str, fields: Collection[str]) -> Finding | None:
    """The leftmost sign or word of another language, or else a bracket or quote without its partner."""
    found = [finding for look in LOOKS[:3] for finding in look(text)] + list(words(text, fields))
    if found:
        return min(found, key=lambda finding: finding.start)
    return next((finding for look in LOOKS[3:] for finding in look(text)), None)


def _plainly(text: str, error: BadExpression) -> Finding:
    """What the compiler said, when nothing better is known."""
    if not text.strip():
        return Finding(
            0, len(text), "The expression is empty.", 'Write a comparison such as decision == "opt_in".'
        )
    if "is not an expression" not in str(error):
        return Finding(error.start, error.end, str(error), "Change it, or take it out.")
    sentence = "From here on the expression is not understood."
    mend = "Look before and after it: a comparison, “and”, “or”, a comma or a bracket may be missing."
    start = min(error.start, len(text.rstrip()) - 1)
    return Finding(start, start + 1, sentence, mend)


def _unknown_function(error: UnknownName, functions: Mapping[str, Function]) -> Finding:
    known = {*functions, "has"}
    plain = error.name.replace("_", "").lower()
    right = _SYNONYMS.get(error.name.lower()) or _SYNONYMS.get(plain) or nearest(error.name, known)
    sentence = f"There is no function {error.name}(…)."
    if right not in known:
        return Finding(error.start, error.end, sentence, f"Functions are: {listed(known, 40)}.")
    return Finding(
        error.start, error.end, sentence, f"Write {right}(…).", (error.start, error.end, str(right))
    )


def _unknown(text: str, error: UnknownName, fields: Mapping[str, Kind] | Collection[str]) -> Finding:
    """A word that is no field: a value of the field beside it, a misspelt field, or a text without quotes."""
    word, place = error.name, (error.start, error.end)
    constant = {"null": "None", "none": "None", "nil": "None", "undefined": "None"}.get(word.lower())
    constant = constant or {"true": "true", "false": "false"}.get(word.lower())
    if constant:
        return Finding(
            *place, f"The word {word} is written {constant}.", f"Write {constant}.", (*place, constant)
        )
    peer = _peer(tokens(text), error.start)
    field = nearest(word, fields)
    choices = _choices(fields, peer)
    if (choice := nearest(word, choices)) and not (field and choice.lower() != word.lower()):
        return _unquoted(place, word, choice)
    if field:
        sentence = f"There is no field {word}."
        return Finding(*place, sentence, f"Write {field}.", (*place, field))
    if choices:
        sentence = f"{word} is no value of {peer}."
        return Finding(*place, sentence, f"Write one of these, in quotes: {listed(choices)}.")
    if peer is not None:
        return _compared_with(peer, place, word, fields)
    mend = f"Fields are: {listed(fields)}." if fields else "There are no fields here; a text needs quotes."
    return Finding(*place, f"There is no field {word}.", mend)


def _compared_with(
    peer: str, place: tuple[int, int], word: str, fields: Mapping[str, Kind] | Collection[str]
) -> Finding:
    """A word beside a tick is true or false in other clothes; beside any other field it is a text."""
    is_tick = isinstance(fields, Mapping) and fields.get(peer) == "boolean"
    right = {"yes": "true", "no": "false", "on": "true", "off": "false"}.get(word.lower())
    if is_tick and right:
        return Finding(*place, f"{peer} is true or false, never {word}.", f"Write {right}.", (*place, right))
    return _unquoted(place, word, word)


def _unquoted(place: tuple[int, int], word: str, value: str) -> Finding:
    sentence = f"{word} is no field; a text stands in quotes."
    return Finding(*place, sentence, f'Write "{value}".', (*place, f'"{value}"'))


def _choices(fields: Mapping[str, Kind] | Collection[str], name: str | None) -> Collection[str]:
    """The values of a field that is an enumeration; nothing for any other."""
    kind = fields.get(name) if isinstance(fields, Mapping) and name is not None else None
    return () if kind is None or isinstance(kind, str) else kind


def _peer(pieces: list[Token], start: int) -> str | None:
    """What a word at a place is compared with, when it stands right of a comparison or inside its list."""
    place = next(index for index, piece in enumerate(pieces) if piece.start == start) - 1
    while place > 0 and (pieces[place].text in ("[", ",") or pieces[place].kind == "text"):
        place -= 1
    if place < 1 or pieces[place].text not in _COMPARED:
        return None
    left = pieces[place - 2] if pieces[place - 1].text == "not" and place > 1 else pieces[place - 1]
    return left.text
