"""Where the diagrams of a bundle use its forms, mails and times; a bundle that cannot run yet is looked at as well."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.drawing import Node
from engine.reading import read
from workflows.definitions import Bundle
from workflows.own_mails import SEND_MAIL

_DUE = ("due", "dueAgain")
_LEVEL = re.compile(r"service_level\(\s*[\"'](\w+)[\"']\s*\)")


@dataclass(frozen=True)
class Use:
    """An element that uses something: its id, its name or, for want of one, the id, and the file it is drawn in; of a
    step that sends a bundle's own mail also to whom, of `own_mails.RECEIVERS`."""

    element: str
    name: str
    file: str
    to: str = ""


@dataclass(frozen=True)
class Uses:
    """By name of what is used the elements that use it: `forms` by file name, `mails` by folder, `times` by key."""

    forms: Mapping[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    mails: Mapping[str, list[Use]] = field(default_factory=lambda: defaultdict(list))
    times: Mapping[str, list[Use]] = field(default_factory=lambda: defaultdict(list))


def uses_of(bundle: Bundle) -> Uses:
    """Every use in the diagrams of a bundle, in their order."""
    found = Uses()
    for node in read(bundle.diagrams, all_processes=True).nodes:
        to = node.element.properties.get("mailTo", "")
        use = Use(node.id, node.element.name or node.id, node.file, to)
        for names, where in (
            (_forms(node), found.forms),
            (_mails(node), found.mails),
            (_times(node), found.times),
        ):
            for name in names:
                where[name].append(use)
    return found


def _forms(node: Node) -> list[str]:
    form = node.element.properties.get("formJsonSchemaFilename")
    return [form] if form and node.kind == "userTask" else []


def _mails(node: Node) -> list[str]:
    """The folder of a mail is the name of the step that sends it, but for the step that sends any."""
    step = node.element.step
    kind = node.element.properties.get("mail") if step == SEND_MAIL else step
    return [kind] if kind else []


def _times(node: Node) -> list[str]:
    named = [node.element.properties[key] for key in _DUE if key in node.element.properties]
    texts = [event.text.text for event in node.events if event.text]
    return list(dict.fromkeys([*named, *(key for text in texts for key in _LEVEL.findall(text))]))
