"""The nouns of a definition: an element as drawn, and a problem found in a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """A rule that a diagram breaks: where, which `rule` (its code), why (`reason`), and how to `mend` it.

    `process_id`: the process that cannot run because of it; None when it is the whole file. A `warning` says what is
    set aside and refuses nothing.
    """

    file: str
    element_id: str | None
    element_name: str | None
    rule: str
    reason: str
    mend: str
    process_id: str | None = None
    warning: bool = False


@dataclass(frozen=True)
class Element:
    """A flow node as drawn.

    `kind` is its BPMN tag (`userTask`, `endEvent`, …); `process_id` the process it is drawn in, also inside
    an embedded sub-process; `lane` the name of its lane; `documentation` the help text; `properties` the
    extension properties; `step` the id of a service task's operator; `attached_to` the activity of a
    boundary event. `form`, `roles`, `due`: key of the form, names of groups and due time of a person's task, as this
    product or another tool writes them.
    """

    id: str
    name: str
    kind: str
    process_id: str
    lane: str | None = None
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)
    step: str | None = None
    attached_to: str | None = None
    form: str | None = None
    roles: tuple[str, ...] = ()
    due: str | None = None
