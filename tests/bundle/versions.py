"""Versions of the shipped bundle, made by edits: one by one, or at random."""

import json
from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from workflows.commands.definitions import read_folder

SHIPPED = read_folder(Path(__file__).parents[2] / "bpmn" / "opt_in_5512pro")
REQUEST, FORM = "opt_in_request.bpmn", "forms/T6_AskClientToContactSupervisor.json"
TIMES, MAIL = "service_levels.toml", "mail/remind_undecided/body.txt"

Files = Mapping[str, str]


def changed(file: str, old: str, new: str, files: Files = SHIPPED) -> dict[str, str]:
    """The files with a text replaced in one of them."""
    assert old in files[file]
    return {**files, file: files[file].replace(old, new)}


def question(**different: object) -> dict[str, str]:
    """The files with a question of a form changed."""
    form = json.loads(SHIPPED[FORM])
    form["properties"]["asked_by"] |= different
    return {**SHIPPED, FORM: json.dumps(form)}


EDITS = st.one_of(
    st.tuples(st.sampled_from(sorted(SHIPPED)), st.just(None)),
    st.tuples(st.sampled_from(["opt_out_again.bpmn", "add_seeker_to_office.bpmn"]), st.sampled_from(
        [(' name="', ' name="New '), ('due" value="', 'due" value="x'), ("Bounds x=", 'Bounds isNew="1" x='),
         ("<bpmn:userTask", "<bpmn:manualTask"), ('targetRef="', 'targetRef="New'), (' id="S', ' id="New'), ("<", "")])),
    st.tuples(st.sampled_from([FORM, "scenarios/opted_in.json"]), st.sampled_from(
        [('"title": "', '"title": "New '), ('"asked_by"', '"asked_how"'), ("{", "["), ("T6", "T7"), (",", " ,")])),
    st.tuples(st.sampled_from([TIMES, "words/es.po", MAIL]), st.sampled_from(
        [("1 b", "9 b"), ("[", "[new_"), ('msgstr "', 'msgstr "Nueva '), ("\n", "\n\n"), ("=", "")])),
)  # fmt: skip
VERSIONS = st.lists(EDITS, max_size=4)


def edited(edits: list[tuple[str, tuple[str, str] | None]]) -> dict[str, str]:
    """A version made by random edits; some leave files that cannot be read, and must be compared all the same."""
    files = dict(SHIPPED)
    for file, edit in edits:
        if edit is None:
            files.pop(file, None)
        elif file in files:
            files[file] = files[file].replace(*edit)
    return files
