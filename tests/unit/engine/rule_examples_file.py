"""Examples of the rules about a file as a whole (X): the door, and how much a bundle may hold."""

from dataclasses import replace

from bpmn_builder import diagram
from rule_parts import Example, bpmn

from engine.limits import DEFAULT

GOOD = diagram("P", "start S\n user A @Clerk\n end E\n S -> A -> E")


def _before_the_process(text: str) -> bytes:
    """The good file with something written before its process."""
    return GOOD.replace(b"<bpmn:process", text.encode() + b"<bpmn:process", 1)


def _declared(encoding: str) -> bytes:
    """The good file in the encoding that it says it has."""
    return GOOD.replace(b'"UTF-8"', f'"{encoding}"'.encode())


def _executable(answer: str) -> bytes:
    return GOOD.replace(b'isExecutable="true"', f'isExecutable="{answer}"'.encode())


def _nested(depth: int) -> str:
    inside = '<task id="T0"/>'
    for number in range(depth):
        inside = f'<subProcess id="Z{number}">{inside}</subProcess>'
    return inside


def _row(length: int) -> bytes:
    names = [f"N{number}" for number in range(length - 2)]
    drawn = "\n".join(f"throw {name}" for name in names)
    return diagram("P", f"start S\n end E\n {drawn}\n {' -> '.join(['S', *names, 'E'])}")


EXAMPLES = {
    "X1": Example(None, GOOD[:-1], GOOD, "house"),
    "X2": Example(
        None,
        GOOD.replace(b"<bpmn:def", b"<!DOCTYPE SAMPLE><bpmn:def", 1),
        GOOD.replace(b"<bpmn:def", b"<!-- DOCTYPE SAMPLE --><bpmn:def", 1),
        "house",
    ),
    "X3": Example(
        None, _before_the_process("<?SAMPLE x?>"), _before_the_process("<!--?SAMPLE x?-->"), "house"
    ),
    "X4": Example(None, GOOD + b"\n", GOOD, "house", {"limits": replace(DEFAULT, file_bytes=len(GOOD))}),
    "X5": Example(None, _declared("UTF-7"), _declared("ISO-8859-1"), "house"),
    "X6": Example("P", _executable("false"), _executable("true"), "house"),
    "X7": Example(None, _row(11), _row(10), "house", {"limits": replace(DEFAULT, elements=10)}),
    "X8": Example(
        "Z0", bpmn(_nested(3)), bpmn(_nested(2)), "standard", {"limits": replace(DEFAULT, nesting=2)}
    ),
}
