"""The parts of an element that `bpmn_builder` writes: its event definitions, loop marker, script and properties."""

from xml.sax.saxutils import escape, quoteattr

NAMED = ("message", "signal", "error", "escalation")
TIMES = {"timer": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
EVENTS = (*NAMED, *TIMES, "condition", "link", "compensate", "terminate", "cancel")
"""The options that say what an event waits for or throws; several of them make a multiple event."""
KNOWN = {
    "on", "interrupting", "process", "step", "doc", "all", "times", "each", "item", "sequential", "while",
    "before", "most", "until", "tells", "when", "does", "handler", "takes", "sends", "ordering", "instantiates",
    "decision",
    *EVENTS,
}  # fmt: skip
_CODES = {"error": ' errorCode="{0}"', "escalation": ' escalationCode="{0}"'}


def root(kind: str, name: str, process: str) -> str:
    """A message, signal, error or escalation at the root of a file."""
    code = _CODES.get(kind, "").format(name)
    return f'<bpmn:{kind} id="{kind}_{process}_{name}" name="{name}"{code}/>'


def definitions(kind: str, options: dict, names: set) -> str:
    """The event definitions of an event. `names` gathers the roots they refer to."""
    if kind == "terminate":
        return "<bpmn:terminateEventDefinition/>"
    if kind not in ("start", "end", "catch", "throw", "boundary"):
        return ""
    return "".join(
        _definition(option, part, names)
        for option in EVENTS
        if option in options
        for part in _parts(kind, option, options[option])
    )


def _parts(kind: str, option: str, value: str) -> list[str]:
    if option == "compensate" and kind == "boundary":
        return ["all"]  # What it leads to is said by an association.
    return value.split(",") if option in ("message", "signal") else [value]


def _definition(option: str, value: str, names: set) -> str:
    if option in NAMED:
        # An error or escalation without a code catches every one.
        reference = "" if value == "any" else f' {option}Ref="{option}_PROCESS_{value}"'
        if reference:
            names.add((option, value))
        return f"<bpmn:{option}EventDefinition{reference}/>"
    if option in TIMES:
        return f"<bpmn:timerEventDefinition>{formal(TIMES[option], value)}</bpmn:timerEventDefinition>"
    if option == "condition":
        text = formal("condition", value)
        return f"<bpmn:conditionalEventDefinition>{text}</bpmn:conditionalEventDefinition>"
    attributes = {"link": f' name="{value}"', "compensate": f' activityRef="{value}"'}.get(option, "")
    return f"<bpmn:{option}EventDefinition{'' if value == 'all' else attributes}/>"


def marker(options: dict, names: set) -> str:
    """The loop marker of an activity."""
    if "while" in options or "most" in options:
        condition = formal("loopCondition", options.get("while"))
        more = f' loopMaximum="{options["most"]}"' if "most" in options else ""
        before = "true" if options.get("before") == "yes" else "false"
        return (
            f'<bpmn:standardLoopCharacteristics testBefore="{before}"{more}>'
            f"{condition}</bpmn:standardLoopCharacteristics>"
        )
    if "times" not in options and "each" not in options:
        return ""
    sequential = "true" if options.get("sequential") == "yes" else "false"
    behavior, told = _told(options, names)
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"{behavior}>{_count(options)}{told}'
        f"{formal('completionCondition', options.get('until'))}</bpmn:multiInstanceLoopCharacteristics>"
    )


def _count(options: dict) -> str:
    if "times" in options:
        return formal("loopCardinality", options["times"])
    item = (
        f'<bpmn:inputDataItem id="item_{options["item"]}" name="{options["item"]}"/>'
        if "item" in options
        else ""
    )
    return _child("loopDataInputRef", options["each"]) + item


def _told(options: dict, names: set) -> tuple[str, str]:
    """`tells="signal:x if condition"`: what is thrown when an instance is done."""
    if "tells" not in options:
        return "", ""
    what, _, condition = options["tells"].partition(" if ")
    kind, _, name = what.partition(":")
    inside = _definition(kind, name, names) if name else ""
    event = f'<bpmn:event id="told_{name}">{inside}</bpmn:event>'
    complex_ = f"<bpmn:complexBehaviorDefinition>{formal('condition', condition)}{event}</bpmn:complexBehaviorDefinition>"
    return ' behavior="Complex"', complex_


def _child(tag: str, text: str | None) -> str:
    return "" if text is None else f"<bpmn:{tag}>{escape(text)}</bpmn:{tag}>"


def formal(tag: str, text: str | None) -> str:
    """An expression that says that it is one for machines."""
    typed = f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">'
    return "" if text is None else f"{typed}{escape(text)}</bpmn:{tag}>"


def body(kind: str, options: dict) -> str:
    """What is inside of a script task or complex gateway."""
    if kind == "script":
        return _child("script", options.get("does", "").replace(";", "\n"))
    return formal("activationCondition", options.get("when")) if kind == "complex" else ""


def extensions(options: dict) -> str:
    """Documentation, properties and the step of a service task; an option that means nothing else is a property."""
    properties = {key: value for key, value in options.items() if key not in KNOWN}
    parts = "".join(
        f"<spiffworkflow:property name={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in properties.items()
    )
    content = f"<spiffworkflow:properties>{parts}</spiffworkflow:properties>" if parts else ""
    if "decision" in options:
        content += f"<spiffworkflow:calledDecisionId>{options['decision']}</spiffworkflow:calledDecisionId>"
    if "step" in options:
        content += f'<spiffworkflow:serviceTaskOperator id="{options["step"]}" resultVariable=""/>'
    return _child("documentation", options.get("doc")) + (
        f"<bpmn:extensionElements>{content}</bpmn:extensionElements>" if content else ""
    )


def attributes(kind: str, options: dict) -> dict[str, str]:
    """The attributes of an element beside its id and name."""
    given = {
        "attachedToRef": options.get("on"),
        "calledElement": options.get("process"),
        "ordering": options.get("ordering"),
        "startQuantity": options.get("takes"),
        "completionQuantity": options.get("sends"),
        "isForCompensation": _flag(options, "handler"),
        "instantiate": _flag(options, "instantiates"),
        "parallelMultiple": _flag(options, "all"),
        "triggeredByEvent": "true" if kind == "on" else None,
    }
    interrupts = {"boundary": "cancelActivity", "start": "isInterrupting"}.get(kind)
    if interrupts and (kind == "boundary" or "interrupting" in options):
        given[interrupts] = "false" if options.get("interrupting") == "no" else "true"
    return {name: value for name, value in given.items() if value is not None}


def _flag(options: dict, name: str) -> str | None:
    return "true" if options.get(name) == "yes" else None
