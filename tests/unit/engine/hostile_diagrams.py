"""Diagrams that mean harm: to the parser, to the limits, to whoever evaluates what is written in them."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OPEN = (
    f'<definitions xmlns="{BPMN}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:activiti="http://activiti.org/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xi="http://www.w3.org/2001/XInclude" targetNamespace="t">'
)
FORMAL = 'xsi:type="tFormalExpression"'


def flow(source: str, target: str, inside: str = "", name: str = "") -> str:
    """A sequence flow; it is named by its ends."""
    return f'<sequenceFlow id="{name or f"{source}_{target}"}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


LINE = '<startEvent id="S"/><endEvent id="E"/>' + flow("S", "A") + flow("A", "E")


def process(inside: str, root: str = "") -> bytes:
    """A file with the process P."""
    return f'{OPEN}{root}<process id="P" isExecutable="true">{inside}</process></definitions>'.encode()


def bundle(inside: str, root: str = "") -> dict[str, bytes]:
    """The same as a bundle."""
    return {"main.bpmn": process(inside, root)}


def task(tag: str = "userTask", inside: str = "", attributes: str = "") -> dict[str, bytes]:
    """A line of a start, one activity and an end."""
    return bundle(f'{LINE}<{tag} id="A" {attributes}>{inside}</{tag}>')


# --- The file ----------------------------------------------------------------------------------------------------

SOUND = process(LINE + '<userTask id="A"/>')
TEXT = SOUND.decode()


def doctype(declaration: str, use: str = "", encoding: str = "utf-8") -> dict[str, bytes]:
    """A file with a declaration before its root, and perhaps an entity inside."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{TEXT}'
    return {"main.bpmn": text.replace("<userTask", f"{use}<userTask").encode(encoding)}


BOMB = "<!DOCTYPE d [" + '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
) + "]>"  # fmt: skip
EXTERNAL = '<!DOCTYPE d [<!ENTITY x SYSTEM "{}">]>'

FILES: dict[str, dict[str, bytes]] = {
    "entity-bomb": doctype(BOMB, "<documentation>&a11;</documentation>"),
    "entity-quadratic": doctype(f'<!DOCTYPE d [<!ENTITY q "{"q" * 50_000}">]>', f"<documentation>{'&q;' * 1_000}</documentation>"),
    "entity-file": doctype(EXTERNAL.format("file:///etc/passwd"), "<documentation>&x;</documentation>"),
    "entity-network": doctype(EXTERNAL.format("http://127.0.0.1:9/x"), "<documentation>&x;</documentation>"),
    "entity-parameter": doctype('<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>'),
    "entity-recursive": doctype('<!DOCTYPE d [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "<documentation>&a;</documentation>"),
    "entity-in-attribute": doctype('<!DOCTYPE d [<!ENTITY a "x">]>').copy() | {"other.bpmn": TEXT.replace('id="A"', 'id="&a;"').encode()},
    "doctype-external-subset": doctype('<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "doctype-public": doctype('<!DOCTYPE definitions PUBLIC "-//X//Y" "file:///etc/passwd">'),
    "doctype-empty": doctype("<!DOCTYPE definitions>"),
    "doctype-with-spaces": doctype("<!DOCTYPE\n\t\n definitions [ ]  >"),
    "doctype-utf-16": doctype(BOMB, "", "utf-16"),
    "doctype-utf-16-le": {"main.bpmn": ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE d>' + TEXT).encode("utf-16-le")},
    "doctype-utf-16-be": {"main.bpmn": ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE d>' + TEXT).encode("utf-16-be")},
    "doctype-behind-a-comment": doctype("<!-- hello --><!DOCTYPE d>"),
    "doctype-lower-case": doctype("<!doctype d>"),
    "utf-32": {"main.bpmn": TEXT.encode("utf-32")},
    "utf-7": {"main.bpmn": ('<?xml version="1.0" encoding="utf-7"?>' + TEXT).encode("utf-7")},
    "ebcdic": {"main.bpmn": ('<?xml version="1.0" encoding="cp037"?>' + TEXT).encode("cp037")},
    "encoding-that-lies": {"main.bpmn": b'<?xml version="1.0" encoding="utf-16"?>' + SOUND},
    "encoding-unknown": {"main.bpmn": b'<?xml version="1.0" encoding="idna"?>' + SOUND},
    "overlong-utf-8": {"main.bpmn": SOUND.replace(b'id="A"', b'id="\xc0\xbc"', 1)},
    "xinclude": bundle(LINE + '<userTask id="A"/><xi:include href="file:///etc/passwd" parse="text"/>'),
    "xinclude-in-documentation": task(inside='<documentation><xi:include href="/etc/passwd" parse="text"/></documentation>'),
    "stylesheet": {"main.bpmn": b'<?xml-stylesheet href="file:///x"?>' + SOUND},
    "processing-instruction": {"main.bpmn": SOUND.replace(b"<userTask", b"<?php system('id') ?><userTask")},
    "schema-location": {"main.bpmn": SOUND.replace(b"targetNamespace", b'xsi:schemaLocation="x http://127.0.0.1:9/x.xsd" targetNamespace')},
    "xml-base": {"main.bpmn": SOUND.replace(b"targetNamespace", b'xml:base="file:///etc/" targetNamespace')},
    "import-of-a-file": bundle(LINE + '<userTask id="A"/>', '<import importType="x" location="file:///etc/passwd" namespace="n"/>'),
    "import-of-an-address": bundle(LINE + '<userTask id="A"/>', '<import importType="x" location="http://127.0.0.1:9/x.bpmn" namespace="n"/>'),
    "cdata-unclosed": {"main.bpmn": SOUND.replace(b"<userTask", b"<![CDATA[<userTask")},
    "null-bytes": {"main.bpmn": SOUND.replace(b'id="A"', b'id="A\x00"')},
    "truncated": {"main.bpmn": SOUND[: len(SOUND) // 2]},
    "two-roots": {"main.bpmn": SOUND + SOUND},
    "nothing": {"main.bpmn": b""},
    "only-spaces": {"main.bpmn": b" " * 900_000},
    "too-large": {"main.bpmn": SOUND + b"<!--" + b"x" * 1_100_000 + b"-->"},
    "other-root": {"main.bpmn": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"},
    "other-namespace": {"main.bpmn": SOUND.replace(BPMN.encode(), b"urn:other")},
    "attribute-of-900-kB": task(attributes=f'name="{"x" * 900_000}"'),
    "10000-attributes": task(attributes=" ".join(f'a{n}="{n}"' for n in range(10_000))),
    "5000-namespaces": task(attributes=" ".join(f'xmlns:n{n}="urn:{n}"' for n in range(5_000))),
    "namespaces-all-the-way-down": task(inside="".join(f'<x xmlns:a{n}="u:{n}" a{n}:b="c">' for n in range(200)) + "</x>" * 200),
    "100000-levels": task(inside="<x>" * 100_000 + "</x>" * 100_000),
    "200-levels": task(inside="<x>" * 200 + "</x>" * 200),
    "extensions-200-levels": task(inside="<extensionElements>" + "<spiffworkflow:properties>" * 200 + "</spiffworkflow:properties>" * 200 + "</extensionElements>"),
    "20000-elements": task(inside="<documentation/>" * 20_000),
    "60000-comments": {"main.bpmn": SOUND.replace(b"<userTask", b"<!---->" * 60_000 + b"<userTask")},
    "script-of-800-kB": task("scriptTask", f"<script>{'x = x + 1 ' * 80_000}</script>"),
    "name-as-path": {"../../etc/passwd.bpmn": SOUND, "/etc/shadow.bpmn": SOUND, "a\x00b.bpmn": SOUND},
    "name-as-markup": {"<script>alert(1)</script>.bpmn": SOUND.replace(b'isExecutable="true"', b"")},
}  # fmt: skip

# --- Ids and names -----------------------------------------------------------------------------------------------

ODD_IDS = {
    "path": "../../../etc/passwd", "absolute": "/etc/passwd", "markup": "<script>alert(1)</script>", "template": "{{ config.items() }}",
    "format": "{0.__class__}", "percent": "%s%n%x", "shell": "$(touch x)", "sql": "'; DROP TABLE person; --", "spaces": "a b  c",
    "dunder": "__class__", "dotted": "a.b.__init__", "long": "x" * 50_000, "emoji": "\U0001f4a3", "rtl": "a\u202eb", "newline": "a&#10;b",
    "separator": "A[]", "arrow": "S->A", "hash": "A#2", "empty": "",
}  # fmt: skip
IDS = {
    name: bundle(LINE.replace('"A"', _quoted) + f"<userTask id={_quoted} name={_quoted}/>")
    for name, text in ODD_IDS.items()
    for _quoted in [quoteattr(text).replace("&amp;#10;", "&#10;")]
}
IDS["process"] = {"main.bpmn": SOUND.replace(b'process id="P"', b'process id="../P"')}
IDS["reserved"] = bundle(LINE.replace('"S"', '"Start"').replace('"E"', '"End"') + '<userTask id="A"/>')
IDS["root"] = bundle(LINE.replace('"S"', '"Root"') + '<userTask id="A"/>')

# --- Code in expressions -----------------------------------------------------------------------------------------

CODE = {
    "import": "__import__('os').system('touch hostile')", "classes": "().__class__.__bases__[0].__subclasses__()", "open": "open('/etc/passwd').read()",
    "lambda": "(lambda: exec('1'))()", "list": "[c for c in ().__class__.__mro__]", "walrus": "(x := 1)",
    "juel": "${''.getClass().forName('java.lang.Runtime').getRuntime().exec('id')}", "spel": "#{T(java.lang.Runtime).getRuntime().exec('id')}",
    "jinja": "{{ ''.__class__.__mro__ }}", "fstring": "f'{().__class__}'", "format": "'{0.__class__}'.format(x)", "feel": "=for x in 1..9999999999 return x",
    "power": "9**9**9", "repeat": "'a' * 10000000000", "deep": "(" * 3_000 + "1" + ")" * 3_000, "long": "1" + "+1" * 40_000, "star": "*a, **b",
}  # fmt: skip


def _condition(text: str) -> dict[str, bytes]:
    way = f"<conditionExpression {FORMAL}>{text}</conditionExpression>"
    return bundle(
        f'<startEvent id="S"/><exclusiveGateway id="A"/><endEvent id="E"/><endEvent id="F"/>{flow("S", "A")}{flow("A", "E", way)}{flow("A", "F")}'
    )


def _timer(kind: str, text: str) -> dict[str, bytes]:
    return task(
        "intermediateCatchEvent",
        f"<timerEventDefinition><{kind} {FORMAL}>{text}</{kind}></timerEventDefinition>",
    )


def _instances(text: str, where: str) -> dict[str, bytes]:
    cardinality = text if where == "loopCardinality" else "2"
    completion = (
        f"<completionCondition {FORMAL}>{text}</completionCondition>"
        if where == "completionCondition"
        else ""
    )
    return task(
        "userTask",
        f"<multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>{cardinality}</loopCardinality>{completion}</multiInstanceLoopCharacteristics>",
    )


def _step(text: str) -> dict[str, bytes]:
    parameter = f"<spiffworkflow:parameters><spiffworkflow:parameter id='p' value={quoteattr(text)}/></spiffworkflow:parameters>"
    return task(
        "serviceTask",
        f"<extensionElements><spiffworkflow:serviceTaskOperator id={quoteattr(text)}>{parameter}</spiffworkflow:serviceTaskOperator></extensionElements>",
    )


def _listener(text: str) -> dict[str, bytes]:
    return task(
        "userTask",
        f"<extensionElements><camunda:executionListener event='start' expression={quoteattr(text)}/><camunda:script scriptFormat='python'>{escape(text)}</camunda:script></extensionElements>",
    )


def _table(text: str) -> dict[str, bytes]:
    cell = f"<inputEntry id='i'><text>{text}</text></inputEntry><outputEntry id='o'><text>{text}</text></outputEntry>"
    dmn = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="D" name="D">'
        f"<decisionTable id='t'><input id='x'><inputExpression id='ie' typeRef='number'><text>{text}</text></inputExpression></input>"
        f"<output id='y' name='y'/><rule id='r'>{cell}</rule></decisionTable></decision></definitions>"
    )
    called = "<extensionElements><spiffworkflow:calledDecisionId>D</spiffworkflow:calledDecisionId></extensionElements>"
    return task("businessRuleTask", called) | {"table.dmn": dmn.encode()}


PLACES = {
    "condition": lambda text: _condition(escape(text)),
    "duration": lambda text: _timer("timeDuration", escape(text)),
    "date": lambda text: _timer("timeDate", escape(text)),
    "cycle": lambda text: _timer("timeCycle", escape(text)),
    "while": lambda text: task("userTask", f"<standardLoopCharacteristics><loopCondition {FORMAL}>{escape(text)}</loopCondition></standardLoopCharacteristics>"),
    "cardinality": lambda text: _instances(escape(text), "loopCardinality"),
    "completion": lambda text: _instances(escape(text), "completionCondition"),
    "collection": lambda text: task("userTask", f"<multiInstanceLoopCharacteristics><loopDataInputRef>{escape(text)}</loopDataInputRef></multiInstanceLoopCharacteristics>"),
    "vendor-collection": lambda text: task("userTask", f"<multiInstanceLoopCharacteristics camunda:collection={quoteattr(text)} camunda:elementVariable='x'/>"),
    "conditional-event": lambda text: task("intermediateCatchEvent", f"<conditionalEventDefinition><condition {FORMAL}>{escape(text)}</condition></conditionalEventDefinition>"),
    "script": lambda text: task("scriptTask", f"<script>{escape(text)}</script>"),
    "assignment": lambda text: task("scriptTask", f"<script>x = {escape(text)}</script>"),
    "activation": lambda text: task("complexGateway", f"<activationCondition {FORMAL}>{escape(text)}</activationCondition>"),
    "pre-script": lambda text: task("userTask", f"<extensionElements><spiffworkflow:preScript>{escape(text)}</spiffworkflow:preScript></extensionElements>"),
    "vendor-expression": lambda text: task("serviceTask", "", f"camunda:expression={quoteattr(text)} activiti:class='java.lang.Runtime'"),
    "listener": _listener,
    "step": _step,
    "called": lambda text: task("callActivity", "", f"calledElement={quoteattr(text)}"),
    "message": lambda text: bundle(LINE + '<receiveTask id="A" messageRef="M"/>', f"<message id='M' name={quoteattr(text)}/>"),
    "payload": lambda text: task("sendTask", f"<extensionElements><spiffworkflow:messagePayload>{escape(text)}</spiffworkflow:messagePayload></extensionElements>"),
    "transformation": lambda text: task("userTask", f"<dataInputAssociation><transformation>{escape(text)}</transformation></dataInputAssociation>"),
    "performer": lambda text: task("userTask", f"<performer><resourceAssignmentExpression><formalExpression>{escape(text)}</formalExpression></resourceAssignmentExpression></performer>"),
    "form": lambda text: task("userTask", "", f"camunda:formKey={quoteattr(text)} camunda:assignee={quoteattr(text)}"),
    "table": lambda text: _table(escape(text)),
}  # fmt: skip

# --- Runs without end --------------------------------------------------------------------------------------------


def _circle(between: str = "") -> str:
    return f'<startEvent id="S"/><exclusiveGateway id="G"/>{flow("S", "G")}{flow("G", "N")}{flow("N", "G")}{between}'


def _gateways(count: int, tag: str) -> str:
    parts = ['<startEvent id="S"/><endEvent id="E"/>', flow("S", "G0a")]
    for n in range(count):
        following = f"G{n + 1}a" if n + 1 < count else "E"
        parts.append(
            f'<{tag} id="G{n}a"/><{tag} id="G{n}b"/>'
            + flow(f"G{n}a", f"G{n}b", name=f"x{n}")
            + flow(f"G{n}a", f"G{n}b", name=f"y{n}")
            + flow(f"G{n}b", following)
        )
    return "".join(parts)


def _calls(count: int, last: str) -> str:
    one = '<process id="{0}" isExecutable="true"><startEvent id="{0}S"/><callActivity id="{0}A" calledElement="{1}"/><endEvent id="{0}E"/>{2}</process>'
    ends = [f"Q{n}" for n in range(count)] + [last]
    return "".join(
        one.format(a, b, flow(f"{a}S", f"{a}A") + flow(f"{a}A", f"{a}E")) for a, b in pairwise(ends)
    )


def _throw(kind: str, reference: str = "") -> str:
    return f'<intermediateThrowEvent id="N"><{kind}EventDefinition {reference}/></intermediateThrowEvent>'


def _beside(kind: str, inside: str) -> str:
    return f'<subProcess id="Z" triggeredByEvent="true"><startEvent id="ZS" isInterrupting="false"><{kind}EventDefinition {kind}Ref="M"/></startEvent>{inside}</subProcess>'


SIGNAL = '<signal id="M" name="m"/>'
AGAIN = f'<intermediateThrowEvent id="ZN"><signalEventDefinition signalRef="M"/></intermediateThrowEvent>{flow("ZS", "ZN")}'
HUGE = "1" + "0" * 9
LOOPED = '<scriptTask id="N"><script>{}</script></scriptTask>'

RUNS: dict[str, dict[str, bytes]] = {
    "circle-of-gateways": bundle(_circle('<exclusiveGateway id="N"/>')),
    "circle-of-throws": bundle(_circle('<intermediateThrowEvent id="N"/>')),
    "circle-of-scripts": bundle(_circle(LOOPED.format("x = 1"))),
    "circle-of-one": bundle('<startEvent id="S"/><task id="A"/>' + flow("S", "A") + flow("A", "A")),
    "circle-of-forks": bundle('<startEvent id="S"/><parallelGateway id="G"/><intermediateThrowEvent id="N"/>' + flow("S", "G") + flow("G", "N", name="a") + flow("G", "N", name="b") + flow("N", "G")),
    "circle-of-sub-processes": bundle(_circle('<subProcess id="N"><startEvent id="NS"/></subProcess>')),
    "circle-of-timers": bundle(_circle(f'<intermediateCatchEvent id="N"><timerEventDefinition><timeDuration {FORMAL}>PT0S</timeDuration></timerEventDefinition></intermediateCatchEvent>')),
    "texts-that-double": bundle(_circle(LOOPED.format("x = x + x")).replace('<startEvent id="S"/>', '<startEvent id="S"/><scriptTask id="T"><script>x = "abcdefgh"</script></scriptTask>').replace('sourceRef="S" targetRef="G"', 'sourceRef="S" targetRef="T"') + flow("T", "G")),
    "lists-that-double": bundle(_circle(LOOPED.format("x = [x, x]"))),
    "numbers-that-grow": bundle(_circle(LOOPED.format("x = 9223372036854775807 * 9223372036854775807"))),
    "many-variables": bundle(LINE + "<scriptTask id='A'><script>" + "\n".join(f"v{n} = 'x'" for n in range(5_000)) + "</script></scriptTask>"),
    "gateways-2-to-the-40": bundle(_gateways(40, "exclusiveGateway")),
    "forks-2-to-the-40": bundle(_gateways(40, "parallelGateway")),
    "forks-without-joins": bundle(_gateways(40, "parallelGateway").replace('<parallelGateway id="G0b"/>', '<task id="G0b"/>')),
    "inclusive-2-to-the-60": bundle(_gateways(60, "inclusiveGateway")),
    "complex-2-to-the-40": bundle(_gateways(40, "complexGateway")),
    "flows-3000": bundle('<startEvent id="S"/><task id="A"/>' + "".join(flow("S", "A", name=f"f{n}") for n in range(3_000))),
    "flows-3000-out-of-a-fork": bundle('<startEvent id="S"/><parallelGateway id="G"/><task id="A"/>' + flow("S", "G") + "".join(flow("G", "A", name=f"f{n}") for n in range(3_000))),
    "elements-1501": bundle("".join(f'<task id="t{n}"/>' for n in range(1_501))),
    "elements-1490-alone": bundle("".join(f'<task id="t{n}"/>' for n in range(1_490))),
    "a-line-of-1400": bundle('<startEvent id="t0"/>' + "".join(f'<intermediateThrowEvent id="t{n}"/>{flow(f"t{n - 1}", f"t{n}")}' for n in range(1, 1_400))),
    "sub-processes-100-deep": bundle("".join(f'<subProcess id="Z{n}">' for n in range(100)) + "</subProcess>" * 100),
    "sub-processes-29-deep": bundle("".join(f'<subProcess id="Z{n}"><startEvent id="ZS{n}"/>{flow(f"ZS{n}", f"Z{n + 1}")}' for n in range(29)) + '<task id="Z29"/>' + "</subProcess>" * 29),
    "calls-itself": bundle(LINE + '<callActivity id="A" calledElement="P"/>'),
    "calls-in-a-circle": bundle(LINE + '<callActivity id="A" calledElement="Q0"/>', _calls(5, "Q0")),
    "calls-back": bundle(LINE + '<callActivity id="A" calledElement="Q0"/>', _calls(3, "P")),
    "calls-100-deep": bundle(LINE + '<callActivity id="A" calledElement="Q0"/>', _calls(100, "P2")),
    "calls-itself-three-times": bundle('<callActivity id="A" calledElement="P"/><callActivity id="B" calledElement="P"/><callActivity id="C" calledElement="P"/>'),
    "link-to-itself": bundle('<startEvent id="S"/>' + flow("S", "N") + '<intermediateThrowEvent id="N"><linkEventDefinition name="l"/></intermediateThrowEvent><intermediateCatchEvent id="C"><linkEventDefinition name="l"/></intermediateCatchEvent>' + flow("C", "N")),
    "links-in-a-circle": bundle('<startEvent id="S"/>' + flow("S", "N") + "".join(f'<intermediateThrowEvent id="{"N" if n == 0 else f"N{n}"}"><linkEventDefinition name="l{n}"/></intermediateThrowEvent><intermediateCatchEvent id="C{n}"><linkEventDefinition name="l{n}"/></intermediateCatchEvent>{flow(f"C{n}", f"N{n + 1}" if n < 4 else "N")}' for n in range(5))),
    "link-definitions-that-name-each-other": bundle('<startEvent id="S"/>' + flow("S", "N") + '<intermediateThrowEvent id="N"><linkEventDefinition id="a" name="x"><target>b</target></linkEventDefinition></intermediateThrowEvent><intermediateCatchEvent id="C"><linkEventDefinition id="b" name="y"><source>b</source></linkEventDefinition></intermediateCatchEvent>' + flow("C", "N")),
    "event-definition-that-is-itself": bundle('<startEvent id="S"><eventDefinitionRef>S</eventDefinitionRef></startEvent>'),
    "instances-by-the-thousand-million": task("userTask", f"<multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>{HUGE}</loopCardinality></multiInstanceLoopCharacteristics>"),
    "instances-negative": task("userTask", f"<multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>-5</loopCardinality></multiInstanceLoopCharacteristics>"),
    "instances-of-instances": task("subProcess", f'<multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>49</loopCardinality></multiInstanceLoopCharacteristics><subProcess id="B"><multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>49</loopCardinality></multiInstanceLoopCharacteristics><subProcess id="C"><multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>49</loopCardinality></multiInstanceLoopCharacteristics><task id="D"/></subProcess></subProcess>'),
    "instances-in-the-dark": task("userTask", "<multiInstanceLoopCharacteristics><loopDataInputRef>nothing</loopDataInputRef></multiInstanceLoopCharacteristics>"),
    "loop-for-ever": task("task", f"<standardLoopCharacteristics><loopCondition {FORMAL}>true</loopCondition></standardLoopCharacteristics>"),
    "loop-of-a-thousand-million": task("task", f'<standardLoopCharacteristics loopMaximum="{HUGE}"/>'),
    "loop-of-a-number-without-end": task("task", f'<standardLoopCharacteristics loopMaximum="{"9" * 5_000}"/>'),
    "loop-inside-of-loops": task("subProcess", f'<standardLoopCharacteristics loopMaximum="50"><loopCondition {FORMAL}>true</loopCondition></standardLoopCharacteristics><subProcess id="B"><standardLoopCharacteristics loopMaximum="50"><loopCondition {FORMAL}>true</loopCondition></standardLoopCharacteristics><task id="C"/></subProcess>'),
    "tokens-by-the-thousand-million": task("task", "", f'completionQuantity="{HUGE}" startQuantity="{HUGE}"'),
    "tokens-that-multiply": bundle('<startEvent id="S"/><task id="A" completionQuantity="50"/><task id="B" completionQuantity="50"/><task id="C" completionQuantity="50"/><task id="D"/>' + flow("S", "A") + flow("A", "B") + flow("B", "C") + flow("C", "D")),
    "timer-of-no-time": _timer("timeCycle", f"R{HUGE}/PT0S"),
    "timer-without-end": _timer("timeCycle", "R/PT0S"),
    "timer-of-ages": _timer("timeDuration", "P" + "9" * 4_000 + "Y"),
    "timer-in-the-year-0": _timer("timeDate", "0000-00-00T00:00:00Z"),
    "timer-with-a-hundred-thousand-letters": _timer("timeDuration", "P" + "1D" * 50_000),
    "timer-that-repeats-on-a-boundary": bundle(LINE + f'<userTask id="A"/><boundaryEvent id="B" attachedToRef="A" cancelActivity="false"><timerEventDefinition><timeCycle {FORMAL}>R{HUGE}/PT0S</timeCycle></timerEventDefinition></boundaryEvent><endEvent id="F"/>' + flow("B", "F")),
    "signal-that-hears-itself": bundle(LINE + _beside("signal", AGAIN) + '<intermediateThrowEvent id="A"><signalEventDefinition signalRef="M"/></intermediateThrowEvent>', SIGNAL),
    "escalation-that-hears-itself": bundle(LINE + _beside("escalation", '<endEvent id="ZN"><escalationEventDefinition escalationRef="M"/></endEvent>' + flow("ZS", "ZN")) + '<intermediateThrowEvent id="A"><escalationEventDefinition escalationRef="M"/></intermediateThrowEvent>', '<escalation id="M" name="m" escalationCode="m"/>'),
    "error-that-hears-itself": bundle(LINE + _beside("error", '<endEvent id="ZN"><errorEventDefinition errorRef="M"/></endEvent>' + flow("ZS", "ZN")) + '<subProcess id="A"><endEvent id="AE"><errorEventDefinition errorRef="M"/></endEvent></subProcess>', '<error id="M" name="m" errorCode="m"/>'),
    "signals-in-a-circle": bundle('<startEvent id="S"/><parallelGateway id="G"/>' + flow("S", "G") + "".join(f'<intermediateCatchEvent id="C{n}"><signalEventDefinition signalRef="M{n}"/></intermediateCatchEvent><intermediateThrowEvent id="T{n}"><signalEventDefinition signalRef="M{1 - n}"/></intermediateThrowEvent>{flow("G", f"C{n}")}{flow(f"C{n}", f"T{n}")}{flow(f"T{n}", f"C{n}")}' for n in range(2)), '<signal id="M0" name="m0"/><signal id="M1" name="m1"/>'),
    "signal-start-that-starts-itself": bundle('<startEvent id="S"><signalEventDefinition signalRef="M"/></startEvent><endEvent id="E"><signalEventDefinition signalRef="M"/></endEvent>' + flow("S", "E"), SIGNAL),
    "compensation-of-itself": bundle(LINE + _throw("compensate").replace('"N"', '"A"') + '<task id="H" isForCompensation="true"/><boundaryEvent id="B" attachedToRef="H"><compensateEventDefinition/></boundaryEvent><association id="as" sourceRef="B" targetRef="H"/>'),
    "compensation-in-a-circle": bundle('<startEvent id="S"/><task id="A"/><boundaryEvent id="B" attachedToRef="A"><compensateEventDefinition/></boundaryEvent><subProcess id="H" isForCompensation="true"><intermediateThrowEvent id="HT"><compensateEventDefinition activityRef="A"/></intermediateThrowEvent></subProcess><association id="as" sourceRef="B" targetRef="H"/>' + flow("S", "A") + flow("A", "N") + _throw("compensate")),
    "compensation-without-end": bundle(_circle(_throw("compensate"))),
    "transaction-that-cancels-itself": bundle(LINE + '<transaction id="A"><endEvent id="AE"><cancelEventDefinition/></endEvent></transaction><boundaryEvent id="B" attachedToRef="A"><cancelEventDefinition/></boundaryEvent>' + flow("B", "A")),
    "error-back-to-its-task": bundle(LINE + '<subProcess id="A"><endEvent id="AE"><errorEventDefinition/></endEvent></subProcess><boundaryEvent id="B" attachedToRef="A"><errorEventDefinition/></boundaryEvent>' + flow("B", "A")),
    "boundary-on-a-boundary": bundle(LINE + '<task id="A"/><boundaryEvent id="B" attachedToRef="B"/><boundaryEvent id="C" attachedToRef="B"/>'),
    "inside-of-itself": bundle('<subProcess id="A"><subProcess id="A"/></subProcess>'),
    "flow-from-itself": bundle('<sequenceFlow id="f" sourceRef="f" targetRef="f"/>'),
    "everything-has-one-id": bundle('<startEvent id="P"/><task id="P"/><endEvent id="P"/><sequenceFlow id="P" sourceRef="P" targetRef="P"/>'),
    "ad-hoc-of-300": task("adHocSubProcess", "".join(f'<userTask id="t{n}"/>' for n in range(300))),
    "ad-hoc-without-end": task("adHocSubProcess", f'<task id="B"/><completionCondition {FORMAL}>false</completionCondition>'),
    "events-500-in-one": task("intermediateCatchEvent", "<messageEventDefinition/>" * 500, 'parallelMultiple="true"'),
    "lanes-20000": bundle(LINE + '<userTask id="A"/><laneSet id="L">' + "".join(f'<lane id="l{n}" name="n"/>' for n in range(9_000)) + "</laneSet>"),
    "references-4000": bundle(LINE + '<userTask id="A">' + "<incoming>x</incoming>" * 4_000 + "</userTask>"),
    "item-definitions-that-name-each-other": bundle(LINE + '<userTask id="A"/><dataObjectReference id="d" dataObjectRef="d"/><dataObjectReference id="e" dataObjectRef="d"/>', '<itemDefinition id="I" structureRef="I"/>'),
    "categories-in-a-circle": bundle(LINE + '<userTask id="A"/><group id="g" categoryValueRef="g"/><association id="as" sourceRef="as" targetRef="as"/>'),
}  # fmt: skip
