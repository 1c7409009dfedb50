"""Where a scenario comes out otherwise than expected, each difference in a sentence."""

import re
from collections.abc import Iterator, Sequence

from workflows.cases import OUTCOMES
from workflows.definitions import Bundle
from workflows.language import gettext
from workflows.scenario_play import Playing
from workflows.scenarios import Move, Scenario


class Names:
    """What the elements of a bundle are called, for one process and all that it calls."""

    def __init__(self, bundle: Bundle, process: str) -> None:
        self._elements = bundle.definition(process).elements
        self._short: dict[str, list[str]] = {}
        for element in self._elements.values():
            if element.kind == "userTask":
                self._short.setdefault(element.id.partition("_")[0], []).append(element.id)

    def id_of(self, word: str) -> str:
        """The id that a word of a scenario stands for; the word itself where it stands for none, or for several."""
        if word in self._elements:
            return word
        known = self._short.get(word, ())
        return known[0] if len(known) == 1 else word

    def ids_of(self, words: Sequence[str]) -> tuple[str, ...]:
        """The same for several."""
        return tuple(self.id_of(word) for word in words)

    def word_for(self, element_id: str) -> str:
        """How a scenario names a task: as short as it can."""
        short = element_id.partition("_")[0]
        return short if self.id_of(short) == element_id else element_id

    def name(self, element_id: str) -> str:
        """The name as people read it; the id where there is none."""
        element = self._elements.get(element_id)
        return gettext(element.name) if element and element.name else element_id

    def listed(self, element_ids: Sequence[str]) -> str:
        """Names in quotes with commas between them, or that there is nothing."""
        return ", ".join(f"“{self.name(one)}”" for one in element_ids) or gettext("nothing")


def differences(bundle: Bundle, scenario: Scenario, playing: Playing) -> list[str]:
    """Every difference, the first one first; empty when all is as expected."""
    names = Names(bundle, scenario.process)
    found = [*_path(names, scenario, playing), *_nexts(names, scenario, playing)]
    if playing.failure:
        return [*found, playing.failure]
    return [
        *found,
        *_withdrawn(names, scenario, playing),
        *_notices(bundle, scenario, playing),
        *_end(names, scenario, playing),
    ]


def outcome_words(outcome: str) -> str:
    """An outcome in words; as it is written where it is none of the closed list (domain 3.6)."""
    return gettext(OUTCOMES.get(outcome, outcome))


def mail_words(bundle: Bundle, kind: str) -> str:
    """A mail by its subject, with dots where it names a case; by its kind where the bundle has no words for it."""
    subject = bundle.mail(kind).get("subject.txt", "").strip()
    return _PLACE.sub("…", subject) or kind


_PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{[a-z_.]+\}")


def time_words(bundle: Bundle, text: str) -> str:
    """A time as a diagram has it: that of the service level that is named, else as it is written."""
    named = _LEVEL.fullmatch(text.strip())
    key = named[1] if named else text.strip()
    known = (level for level in bundle.service_levels if level.key == key)
    return next((level.after.words for level in known if level.after), text)


_LEVEL = re.compile(r'service_level\("([\w-]+)"\)')


def made_words(names: Names, move: Move, made: str) -> str:
    """What happens in a move; `made`: the element at which it did, empty when it could not be made."""
    name = names.name(made or move.target)
    if move.kind == "complete":
        return gettext("“{name}” is completed").format(name=name)
    if move.kind == "fire":
        return gettext("Time passes: “{name}”").format(name=name)
    return gettext("It happens: “{name}”").format(name=name)


def _path(names: Names, scenario: Scenario, playing: Playing) -> Iterator[str]:
    """The first task that opened otherwise. Of a case that stopped half way only what did open is compared."""
    expected, opened = names.ids_of(scenario.expected.path), playing.path
    length = len(opened) if playing.failure else max(len(expected), len(opened))
    place = next((i for i in range(length) if _at(expected, i) != _at(opened, i)), None)
    if place is None:
        return
    told = {"expected": names.name(_at(expected, place)), "opened": names.name(_at(opened, place))}
    if place == 0:
        yield _FIRST[_which(expected, opened, place)]().format(**told)
    else:
        told["before"] = names.name(expected[place - 1])
        yield _AFTER[_which(expected, opened, place)]().format(**told)


def _at(ids: Sequence[str], place: int) -> str:
    return ids[place] if place < len(ids) else ""


def _which(expected: Sequence[str], opened: Sequence[str], place: int) -> str:
    if place >= len(opened):
        return "missing"
    return "more" if place >= len(expected) else "other"


_AFTER = {
    "other": lambda: gettext("After “{before}” the step “{expected}” was expected, but “{opened}” opened."),
    "missing": lambda: gettext(
        "After “{before}” the step “{expected}” was expected, but no further step opened."
    ),
    "more": lambda: gettext("After “{before}” no further step was expected, but “{opened}” opened."),
}
_FIRST = {
    "other": lambda: gettext("The first step was expected to be “{expected}”, but “{opened}” opened."),
    "missing": lambda: gettext("The first step was expected to be “{expected}”, but no step opened."),
    "more": lambda: gettext("No step was expected, but “{opened}” opened."),
}


def _nexts(names: Names, scenario: Scenario, playing: Playing) -> Iterator[str]:
    for number, (move, stop) in enumerate(zip(scenario.moves, playing.stops[1:], strict=False), 1):
        if move.next is None:
            continue
        expected, opened = sorted(names.ids_of(move.next)), sorted(stop.tasks)
        if expected != opened:
            words = gettext(
                "After move {number}, {what}, these were expected to be open: {expected}. Open are: {open}."
            )
            yield words.format(
                number=number,
                what=f"“{names.name(stop.made)}”",
                expected=names.listed(expected),
                open=names.listed(opened),
            )


def _withdrawn(names: Names, scenario: Scenario, playing: Playing) -> Iterator[str]:
    expected = names.ids_of(scenario.expected.withdrawn)
    if expected != playing.withdrawn:
        words = gettext("These steps were expected to be withdrawn: {expected}. Withdrawn were: {withdrawn}.")
        yield words.format(expected=names.listed(expected), withdrawn=names.listed(playing.withdrawn))


def _notices(bundle: Bundle, scenario: Scenario, playing: Playing) -> Iterator[str]:
    expected, sent = list(scenario.expected.notices), list(playing.notices)
    missing, more = _without(expected, sent), _without(sent, expected)
    for kind in missing:
        yield gettext("The mail “{mail}” was expected, but it was not sent.").format(
            mail=mail_words(bundle, kind)
        )
    for kind in more:
        yield gettext("The mail “{mail}” was sent, but it was not expected.").format(
            mail=mail_words(bundle, kind)
        )
    if not missing and not more and expected != sent:
        words = gettext("The mails were sent in another order than expected: {sent}.")
        yield words.format(sent=", ".join(mail_words(bundle, kind) for kind in sent))


def _without(some: Sequence[str], others: Sequence[str]) -> list[str]:
    left, found = list(others), []
    for one in some:
        if one in left:
            left.remove(one)
        else:
            found.append(one)
    return found


def _end(names: Names, scenario: Scenario, playing: Playing) -> Iterator[str]:
    expected = outcome_words(scenario.expected.outcome)
    if not playing.ended:
        words = gettext(
            "The case was expected to end as “{expected}”, but it has not ended. Open are: {open}."
        )
        yield words.format(expected=expected, open=names.listed(playing.open))
    elif playing.outcome != scenario.expected.outcome:
        words = gettext("The case was expected to end as “{expected}”, but it ended as “{outcome}”.")
        yield words.format(expected=expected, outcome=outcome_words(playing.outcome or ""))
