"""Small changes to diagrams and saved states that nobody would make: by chance, from one number, so they come again."""

import copy
import hashlib
import json
import random
from collections.abc import Callable

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
TAGS = (
    "task", "userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity",
    "subProcess", "transaction", "adHocSubProcess", "startEvent", "endEvent", "intermediateCatchEvent",
    "intermediateThrowEvent", "boundaryEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
    "complexGateway", "eventBasedGateway", "sequenceFlow", "association", "timerEventDefinition",
    "messageEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
    "compensateEventDefinition", "cancelEventDefinition", "terminateEventDefinition", "linkEventDefinition",
    "conditionalEventDefinition", "condition", "conditionExpression", "timeDuration", "timeCycle", "timeDate",
    "standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "loopCardinality", "loopCondition", "process",
    "globalTask", "lane", "laneSet", "eventDefinitionRef", "incoming", "dataObject", "ioSpecification", "script",
)  # fmt: skip
ATTRIBUTES = (
    "id", "name", "sourceRef", "targetRef", "attachedToRef", "default", "calledElement", "isForCompensation",
    "triggeredByEvent", "cancelActivity", "isInterrupting", "parallelMultiple", "instantiate", "startQuantity",
    "completionQuantity", "loopMaximum", "testBefore", "isSequential", "behavior", "messageRef", "signalRef",
    "errorRef", "escalationRef", "activityRef", "ordering", "eventGatewayType", "gatewayDirection", "isExecutable",
    "language", "structureRef", "itemRef", "waitForCompletion",
)  # fmt: skip
VALUES = (
    "", "true", "false", "0", "1", "2", "-1", "999999999999", "x", "All", "None", "One", "Complex", "P", "S", "A", "E", "G",
    "f1", "f2", "x == 1", "PT1S", "R3/PT1S", "R/PT0S", "2026-01-01T00:00:00Z", "x = 1", "${x}", "=x", "[1, 2]", "\U0001f4a3",
)  # fmt: skip


def diagram(content: bytes, seed: int) -> bytes:
    """A file with one to four changes; now and then one of its bytes is another, too."""
    chance = random.Random(seed)
    try:
        root = etree.fromstring(content)
    except etree.XMLSyntaxError:
        return _bytes(content, chance)
    for _ in range(chance.randint(1, 4)):
        chance.choice(_CHANGES)(root, chance)
    changed = etree.tostring(root)
    return _bytes(changed, chance) if chance.random() < 0.1 else changed


def _bytes(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + bytes([chance.randrange(256)]) + content[place + chance.randrange(3) :]


def _element(root: etree._Element, chance: random.Random) -> etree._Element:
    return chance.choice([each for each in root.iter() if isinstance(each.tag, str)])


def _remove(root: etree._Element, chance: random.Random) -> None:
    element = _element(root, chance)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _double(root: etree._Element, chance: random.Random) -> None:
    copied = etree.fromstring(etree.tostring(_element(root, chance)))
    _element(root, chance).append(copied)


def _move(root: etree._Element, chance: random.Random) -> None:
    element, target = _element(root, chance), _element(root, chance)
    if element is not root and element not in target.iterancestors() and element is not target:
        target.append(element)


def _rename(root: etree._Element, chance: random.Random) -> None:
    element = _element(root, chance)
    if element is not root:
        element.tag = BPMN + chance.choice(TAGS)


def _add(root: etree._Element, chance: random.Random) -> None:
    etree.SubElement(
        _element(root, chance), BPMN + chance.choice(TAGS), {"id": chance.choice(VALUES) or "new"}
    )


def _set(root: etree._Element, chance: random.Random) -> None:
    element = _element(root, chance)
    known = [str(value) for each in root.iter() for value in each.attrib.values()]
    element.set(chance.choice([*element.attrib, *ATTRIBUTES]), chance.choice([*VALUES, *known]))


def _unset(root: etree._Element, chance: random.Random) -> None:
    element = _element(root, chance)
    if element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]


def _write(root: etree._Element, chance: random.Random) -> None:
    _element(root, chance).text = chance.choice(VALUES)


_CHANGES: tuple[Callable[[etree._Element, random.Random], None], ...] = (
    _remove, _double, _move, _rename, _add, _set, _set, _set, _unset, _write,
)  # fmt: skip


def state(content: bytes, seed: int) -> bytes:
    """A saved state with one to three of its values changed, under a right checksum."""
    chance = random.Random(seed)
    header, _, body = content.partition(b"\n")
    tree = json.loads(body)
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice(_places(tree))
        _change(holder, key, chance)
    written = json.dumps(tree, separators=(",", ":")).encode()
    return header.split(b" ")[0] + b" " + hashlib.sha256(written).hexdigest().encode() + b"\n" + written


def _places(tree: object) -> list[tuple[dict | list, str | int]]:
    """Everything in a tree that can be changed."""
    found: list[tuple[dict | list, str | int]] = []
    open_ = [tree]
    while open_:
        here = open_.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        for key in keys:
            found.append((here, key))
            open_.append(here[key])
    return found


_JUNK = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    10**30,
    0.5,
    "",
    "x",
    "S",
    "A",
    "token",
    [],
    {},
    [0],
    {"x": 1},
    [[[]]],
    {"index": 0},
)


def _change(holder: dict | list, key: str | int, chance: random.Random) -> None:
    if (isinstance(key, int) and not (isinstance(holder, list) and key < len(holder))) or (
        isinstance(key, str) and key not in holder
    ):
        return
    kind = chance.randrange(5)
    if kind == 0 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif kind == 1:
        del holder[key]
    elif kind == 2 and isinstance(holder, list):
        other = chance.randrange(len(holder))
        holder[key], holder[other] = holder[other], holder[key]
    elif kind == 3 and isinstance(holder, dict):
        holder[chance.choice(["index", "host", "loop", "value", "race", "via", "x"])] = copy.deepcopy(
            chance.choice(_JUNK)
        )
    else:
        holder[key] = copy.deepcopy(chance.choice(_JUNK))
