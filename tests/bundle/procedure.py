"""The bundled procedure as these tests play it: its files, its definitions, its forms. No database, no clock."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import engine
from engine.reading import Flow, read
from workflows.commands.definitions import read_folder
from workflows.definitions import MAIN_PROCESS, OPT_OUT_AGAIN, ROLE_OF_LANE, Bundle
from workflows.form_checks import build_fields
from workflows.form_fields import Field
from workflows.forms import Form
from workflows.steps import STEPS

FOLDER = Path(__file__).resolve().parents[2] / "bpmn" / "opt_in_5512pro"
BUNDLE = Bundle(MAIN_PROCESS, read_folder(FOLDER))
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
OPTIONS = {
    "my_offices": {"WSK": "WorkSource Kitsap"},
    "offices": {"WSK": "WorkSource Kitsap", "WSC": "WorkSource Clallam"},
    "esd_staff_of_office": {"devon.ashgrove": "Devon Ashgrove", "casey.thistledown": "Casey Thistledown"},
}
"""What the host fills into the forms; offices and staff are samples."""


@cache
def definition(process: str) -> engine.Definition:
    """A process of the bundle, loaded as when it is deployed."""
    return engine.load(
        BUNDLE.diagrams,
        process,
        steps=STEPS,
        lanes=ROLE_OF_LANE,
        service_levels=BUNDLE.service_levels.keys(),
    )


def elements() -> Mapping[str, engine.Element]:
    """Every element of the five diagrams; each definition knows those of the whole bundle."""
    return {**definition(MAIN_PROCESS).elements, **definition(OPT_OUT_AGAIN).elements}


@cache
def flows() -> tuple[Flow, ...]:
    """Every sequence flow of the five diagrams."""
    return tuple(read(BUNDLE.diagrams).flows)


def user_tasks() -> list[engine.Element]:
    """Every user task of the five diagrams."""
    return [element for element in elements().values() if element.kind == "userTask"]


def label(element_id: str) -> str:
    """What people call a task: T7 for T7_RecordContactAndVerifyWish."""
    return element_id.partition("_")[0]


def form_of(element: engine.Element) -> Form:
    """The form of a user task."""
    return BUNDLE.forms[element.properties["formJsonSchemaFilename"]]


def fields_of(element: engine.Element) -> tuple[Field, ...]:
    """The fields of a user task's form, in order."""
    return build_fields(json.loads(BUNDLE.files[f"forms/{element.properties['formJsonSchemaFilename']}"]))


def open_boxes(element: engine.Element) -> dict[str, Any]:
    """The boxes of a form before anything is ticked."""
    return {field.name: False for field in fields_of(element) if field.kind == "boolean"}


def process_answers(element: engine.Element, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What reaches the process of complete answers; `FormRefused` when they are not what the form takes."""
    return form_of(element).clean(raw, OPTIONS, NOW).process
