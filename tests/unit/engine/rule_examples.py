"""For each rule of the standard, and some of the graph, a file that breaks it and one that keeps it.

The two files of an example differ in what the rule is about.
"""

from dataclasses import dataclass

TOP = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t" id="defs">'
)


def bpmn(process: str, root: str = "", attributes: str = 'isExecutable="true"') -> bytes:
    """A file with one process."""
    return f'{TOP}{root}<process id="P" {attributes}>{process}</process></definitions>'.encode()


@dataclass(frozen=True)
class Example:
    """What breaks a rule, what keeps it, and the element that is named."""

    element: str
    broken: bytes
    sound: bytes


def _flow(name: str, source: str, target: str, inside: str = "", attributes: str = "") -> str:
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}" {attributes}>{inside}</sequenceFlow>'


START, TASK, END = '<startEvent id="S"/>', '<task id="A"/>', '<endEvent id="E"/>'
LINE = _flow("f1", "S", "A") + _flow("f2", "A", "E")
PLAIN = START + TASK + END + LINE
FORMAL = 'xsi:type="tFormalExpression"'
ITEMS = '<itemDefinition id="I" structureRef="text"/><itemDefinition id="J" structureRef="number"/>'
MESSAGE = ITEMS + '<message id="M" name="m" itemRef="I"/>'
OPERATION = (
    MESSAGE
    + '<interface id="IF" name="i"><operation id="OP" name="o"><inMessageRef>M</inMessageRef></operation></interface>'
)


def _io(inputs: str, sets: str = "") -> str:
    return f"<ioSpecification>{inputs}{sets or '<inputSet/><outputSet/>'}</ioSpecification>"


def _input(item: str = "I", name: str = "DI", more: str = "") -> str:
    return f'<dataInput id="{name}" itemSubjectRef="{item}" {more}/>'


def _set(*names: str, more: str = "") -> str:
    refs = "".join(f"<dataInputRefs>{name}</dataInputRefs>" for name in names)
    return f"<inputSet>{refs}{more}</inputSet><outputSet/>"


def _task(inside: str, tag: str = "task", attributes: str = "") -> str:
    return f'{START}<{tag} id="A" {attributes}>{inside}</{tag}>{END}{LINE}'


def _gateway(direction: str, flows: str, tag: str = "exclusiveGateway") -> str:
    ends = '<task id="B"/><task id="C"/>'
    return f'{START}<{tag} id="G" gatewayDirection="{direction}"/>{ends}{flows}'


SPLIT = _flow("f1", "S", "G") + _flow("f2", "G", "B") + _flow("f3", "G", "C")
JOIN = _flow("f1", "S", "B") + _flow("f2", "S", "C") + _flow("f3", "B", "G") + _flow("f4", "C", "G")
TIMER = '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>'


def _race(condition: str = "", second: str = TIMER) -> str:
    events = f'<intermediateCatchEvent id="X">{TIMER}</intermediateCatchEvent><intermediateCatchEvent id="Y">{second}</intermediateCatchEvent>'
    flows = _flow("f1", "S", "G") + _flow("f2", "G", "X", condition) + _flow("f3", "G", "Y")
    return f'{START}<eventBasedGateway id="G"/>{events}{END}{flows}{_flow("f4", "X", "E")}{_flow("f5", "Y", "E")}'


def _boundary(inside: str, attributes: str = "", flow: str = _flow("f9", "T", "E")) -> str:
    return f'{START}{TASK}{END}{LINE}<boundaryEvent id="T" attachedToRef="A" {attributes}>{inside}</boundaryEvent>{flow}'


def _throw(inside: str = "", into: bool = True, out: bool = True) -> str:
    flows = (_flow("f1", "S", "N") if into else "") + (_flow("f2", "N", "E") if out else "")
    return f'{START}{END}<intermediateThrowEvent id="N">{inside}</intermediateThrowEvent>{flows}'


def _sub(inside: str, attributes: str = "", tag: str = "subProcess") -> str:
    return f'{START}<{tag} id="A" {attributes}>{inside}</{tag}>{END}{LINE}'


def _beside(inside: str) -> str:
    return f'{PLAIN}<subProcess id="Z" triggeredByEvent="true">{inside}</subProcess>'


def _signal(name: str, event: str = "startEvent") -> str:
    return f'<{event} id="{name}"><signalEventDefinition/></{event}>'


CALLED = '<process id="Q" isExecutable="true">{}<endEvent id="QE"/><sequenceFlow id="q1" sourceRef="QS" targetRef="QE"/></process>'
CALL = f'{START}<callActivity id="A" calledElement="Q">{{}}</callActivity>{END}{LINE}'
OBJECT = '<dataObject id="DO" name="Letter"/><dataObjectReference id="DR" dataObjectRef="DO" name="{}"><dataState name="sent"/></dataObjectReference>'


def _links(source: str) -> str:
    two = f'<linkEventDefinition id="L2" name="b"><source>{source}</source></linkEventDefinition>'
    throw = '<intermediateThrowEvent id="N"><linkEventDefinition id="L1" name="a"><target>L2</target></linkEventDefinition></intermediateThrowEvent>'
    other = '<intermediateThrowEvent id="O"><linkEventDefinition id="L3" name="c"><target>L2</target></linkEventDefinition></intermediateThrowEvent>'
    catch = f'<intermediateCatchEvent id="C">{two}</intermediateCatchEvent>'
    return f"{START}{throw}{other}{catch}{END}{_flow('f1', 'S', 'N')}{_flow('f2', 'C', 'E')}{_flow('f3', 'S', 'O')}"


def _loop(inside: str, data: str = "DI", item: str = "I") -> str:
    spec = _io(_input("IC", "DI", 'isCollection="true"'), _set("DI"))
    loop = f'<multiInstanceLoopCharacteristics id="L"><loopDataInputRef>{data}</loopDataInputRef><inputDataItem id="IT" itemSubjectRef="{item}"/></multiInstanceLoopCharacteristics>'
    return _task(spec + inside + loop)


COLLECTION = ITEMS + '<itemDefinition id="IC" structureRef="text" isCollection="true"/>'


def _pools(flow: str, inside: str = PLAIN, more: str = "") -> bytes:
    pools = '<participant id="ME" processRef="P"/><participant id="YOU"/>'
    return bpmn(inside, f'{MESSAGE}<collaboration id="CO">{pools}{flow}{more}</collaboration>')


def _message_flow(source: str, target: str) -> str:
    return f'<messageFlow id="MF" sourceRef="{source}" targetRef="{target}"/>'


def _association(inside: str, item: str = "I") -> str:
    objects = '<dataObject id="DO" itemSubjectRef="I"/><dataObject id="DP" itemSubjectRef="I"/>'
    spec = _io(_input(item), _set("DI"))
    ends = f'<dataInputAssociation id="AS">{inside}<targetRef>DI</targetRef></dataInputAssociation>'
    return objects + _task(spec + ends)


ONE, TWO = "<sourceRef>DO</sourceRef>", "<sourceRef>DO</sourceRef><sourceRef>DP</sourceRef>"
MESSAGE_EVENT = (
    '<messageEventDefinition messageRef="M"><operationRef>OP</operationRef></messageEventDefinition>'
)


def _message_start(data: str) -> str:
    return f'<startEvent id="S">{data}{MESSAGE_EVENT}</startEvent>{TASK}{END}{LINE}'


def _output(item: str) -> str:
    return f'<dataOutput id="DX" itemSubjectRef="{item}"/><outputSet><dataOutputRefs>DX</dataOutputRefs></outputSet>'


def _process_data(source: str, target: str) -> str:
    inner = _io(_input("I", "TI"), _set("TI"))
    outer = _io(
        _input("I", "PI") + '<dataOutput id="PO" itemSubjectRef="I"/>',
        _set("PI").replace("<outputSet/>", "<outputSet><dataOutputRefs>PO</dataOutputRefs></outputSet>"),
    )
    ends = f'<dataInputAssociation id="AS"><sourceRef>{source}</sourceRef><targetRef>{target}</targetRef></dataInputAssociation>'
    return outer + _task(inner + ends)


def _called(own: str) -> bytes:
    spec = _io(_input("I", "QI"), _set("QI"))
    return bpmn(CALL.format(own), ITEMS + CALLED.format(spec + '<startEvent id="QS"/>'))


BOUND = '<ioBinding inputDataRef="PI" operationRef="OP"/>'


def _service(binding: str) -> bytes:
    spec = "<supportedInterfaceRef>IF</supportedInterfaceRef>" + _io(_input("I", "PI"), _set("PI"))
    return bpmn(spec + binding + PLAIN, OPERATION)


TOLD = (
    START.replace("/>", "><outgoing>{}</outgoing></startEvent>")
    + TASK.replace("/>", "><incoming>f1</incoming><outgoing>f2</outgoing></task>")
    + END.replace("/>", "><incoming>f2</incoming></endEvent>")
    + LINE
)
ROLE = '<performer id="R">{}</performer>'
BY_NAME, BY_TEXT = (
    "<resourceRef>RS</resourceRef>",
    "<resourceAssignmentExpression><formalExpression>x</formalExpression></resourceAssignmentExpression>",
)
RESOURCE = '<resource id="RS" name="r"/>'


def _link(name: str) -> str:
    catch = '<intermediateCatchEvent id="C"><linkEventDefinition name="there"/></intermediateCatchEvent>'
    flows = _flow("f1", "S", "N") + _flow("f2", "C", "E")
    return f'{START}<intermediateThrowEvent id="N"><linkEventDefinition name="{name}"/></intermediateThrowEvent>{catch}{END}{flows}'


def _undone(target: str) -> str:
    handler = '<task id="H" isForCompensation="true"/><task id="B"/>'
    leads = f'<association id="AS" sourceRef="T" targetRef="{target}"/>'
    return _boundary("<compensateEventDefinition/>", flow="") + handler + leads + _flow("f8", "S", "B")


def _cancelled(tag: str) -> str:
    inside = '<startEvent id="AS"/><endEvent id="AE"><cancelEventDefinition/></endEvent>' + _flow(
        "a1", "AS", "AE"
    )
    return _sub(inside, "", tag)


def _turning(between: str) -> str:
    gateway = '<exclusiveGateway id="G"/>'
    flows = _flow("f1", "S", "G") + _flow("f2", "G", "N") + _flow("f3", "N", "G") + _flow("f4", "G", "E")
    return f"{START}{gateway}{between}{END}{flows}"


def _deciding(attributes: str) -> str:
    ways = [
        _flow(f"f{n}", "G", end, f"<conditionExpression {FORMAL}>x == {n}</conditionExpression>")
        for n, end in ((2, "B"), (3, "C"))
    ]
    tasks = '<task id="B"/><task id="C"/>'
    return f'{START}<exclusiveGateway id="G" {attributes}/>{tasks}{_flow("f1", "S", "G")}{"".join(ways)}'


def _second(inside: str) -> str:
    return f'<startEvent id="S2">{inside}</startEvent>{_flow("f3", "S2", "A")}'


def _nested(depth: int) -> str:
    inside = '<task id="T0"/>'
    for number in range(depth):
        inside = f'<subProcess id="Z{number}">{inside}</subProcess>'
    return inside


EXAMPLES: dict[str, Example] = {
    "G21": Example("N", bpmn(_link("elsewhere")), bpmn(_link("there"))),
    "G22": Example("T", bpmn(_undone("B")), bpmn(_undone("H"))),
    "G23": Example("AE", bpmn(_cancelled("subProcess")), bpmn(_cancelled("transaction"))),
    "G24": Example("Z", bpmn(_beside('<task id="ZA"/>')), bpmn(_beside(_signal("Z1")))),
    "G27": Example(
        "G", bpmn(_turning('<intermediateThrowEvent id="N"/>')), bpmn(_turning('<userTask id="N"/>'))
    ),
    "G28": Example("A", bpmn(_sub('<task id="C"/>', "", "adHocSubProcess")), bpmn(_sub('<task id="C"/>'))),
    "G29": Example("G", bpmn(_deciding("")), bpmn(_deciding('default="f3"'))),
    "G30": Example("S2", bpmn(PLAIN + _second("")), bpmn(PLAIN + _second("<signalEventDefinition/>"))),
    "X8": Example("Z0", bpmn(_nested(32)), bpmn(_nested(10))),
    "S1": Example(
        "defs",
        bpmn(
            PLAIN,
            '<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="other.bpmn" namespace="o"/>',
        ),
        bpmn(PLAIN),
    ),
    "S2": Example("M", bpmn(PLAIN, '<message id="M" itemRef="A"/>'), bpmn(PLAIN, MESSAGE)),
    "S3": Example("S", bpmn(TOLD.format("f9")), bpmn(TOLD.format("f1"))),
    "S4": Example(
        "A",
        bpmn(_task("<script>x = 1</script>", "scriptTask", 'scriptFormat="words"')),
        bpmn(_task("<script>x = 1</script>", "scriptTask", 'scriptFormat="text/x-python"')),
    ),
    "S5": Example(
        "A",
        bpmn(_task("", "userTask", 'implementation="no uri"')),
        bpmn(_task("", "userTask", 'implementation="##unspecified"')),
    ),
    "S6": Example(
        "P",
        bpmn(PLAIN, attributes='isExecutable="true" processType="Public"'),
        bpmn(PLAIN, attributes='isExecutable="true" processType="Private"'),
    ),
    "S7": Example(
        "f2",
        bpmn(
            START
            + END
            + TASK
            + _flow("f1", "S", "A")
            + _flow("f2", "A", "E", "<conditionExpression>x</conditionExpression>")
        ),
        bpmn(PLAIN),
    ),
    "S8": Example(
        "N",
        bpmn(
            f'{START}<intermediateCatchEvent id="N"><timerEventDefinition><timeDate {FORMAL}/></timerEventDefinition></intermediateCatchEvent>{END}{_flow("f1", "S", "N")}{_flow("f2", "N", "E")}'
        ),
        bpmn(_race()),
    ),
    "S10": Example("G", bpmn(_gateway("Converging", SPLIT)), bpmn(_gateway("Diverging", SPLIT))),
    "S11": Example(
        "G",
        bpmn(_gateway("Unspecified", _flow("f1", "S", "G") + _flow("f2", "G", "B"))),
        bpmn(_gateway("Converging", JOIN)),
    ),
    "S12": Example(
        "f2", bpmn(_race(f"<conditionExpression {FORMAL}>x</conditionExpression>")), bpmn(_race())
    ),
    "S13": Example(
        "T",
        bpmn(_boundary("<errorEventDefinition/>", 'cancelActivity="false"')),
        bpmn(_boundary("<errorEventDefinition/>")),
    ),
    "S14": Example("E", bpmn(TASK + END + _flow("f2", "A", "E")), bpmn(PLAIN)),
    "S15": Example("N", bpmn(_throw(out=False)), bpmn(_throw())),
    "S16": Example(
        "B",
        bpmn(PLAIN + '<task id="B"/>' + _flow("f3", "S", "B")),
        bpmn(PLAIN + '<task id="B"/>' + _flow("f3", "S", "B") + _flow("f4", "B", "E")),
    ),
    "S17": Example("A", bpmn(_task("", "receiveTask", 'instantiate="true"')), bpmn(_task("", "receiveTask"))),
    "S18": Example(
        "f2",
        bpmn(
            START
            + TASK
            + END
            + _flow("f1", "S", "A")
            + _flow("f2", "A", "E", f"<conditionExpression {FORMAL}>x</conditionExpression>")
        ),
        bpmn(PLAIN),
    ),
    "S19": Example(
        "f3",
        bpmn(PLAIN + _flow("f3", "A", "E", "", 'isImmediate="false"')),
        bpmn(PLAIN + _flow("f3", "A", "E", "", 'isImmediate="true"')),
    ),
    "S20": Example(
        "A",
        bpmn(
            _task(
                f"<standardLoopCharacteristics><loopCondition {FORMAL}>x</loopCondition></standardLoopCharacteristics><multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>2</loopCardinality></multiInstanceLoopCharacteristics>"
            )
        ),
        bpmn(
            _task(
                f"<standardLoopCharacteristics><loopCondition {FORMAL}>x</loopCondition></standardLoopCharacteristics>"
            )
        ),
    ),
    "S21": Example(
        "X",
        bpmn(
            _race().replace(
                "</timeDuration>", f"</timeDuration><timeDate {FORMAL}>2026-01-01T00:00:00Z</timeDate>", 1
            )
        ),
        bpmn(_race()),
    ),
    "S22": Example(
        "f2",
        bpmn(
            START
            + TASK
            + END
            + _flow("f1", "S", "A")
            + _flow("f2", "A", "E", f"<conditionExpression {FORMAL}>3</conditionExpression>")
        ),
        bpmn(
            START
            + TASK
            + END
            + _flow("f1", "S", "A")
            + _flow("f2", "A", "E", f"<conditionExpression {FORMAL}>x == 3</conditionExpression>")
        ),
    ),
    "S23": Example(
        "Z",
        bpmn(
            _beside(
                _signal("Z1")
                + _signal("Z2")
                + '<endEvent id="ZE"/>'
                + _flow("z1", "Z1", "ZE")
                + _flow("z2", "Z2", "ZE")
            )
        ),
        bpmn(_beside(_signal("Z1") + '<endEvent id="ZE"/>' + _flow("z1", "Z1", "ZE"))),
    ),
    "S24": Example(
        "B",
        bpmn(_sub('<startEvent id="B"/><task id="C"/>', "", "adHocSubProcess")),
        bpmn(_sub('<task id="C"/>', "", "adHocSubProcess")),
    ),
    "S25": Example(
        "A",
        bpmn(CALL.format(""), CALLED.format(_signal("QS"))),
        bpmn(CALL.format(""), CALLED.format('<startEvent id="QS"/>')),
    ),
    "S26": Example(
        "R",
        bpmn(_task(ROLE.format(BY_NAME + BY_TEXT)), RESOURCE),
        bpmn(_task(ROLE.format(BY_NAME)), RESOURCE),
    ),
    "S27": Example(
        "N",
        bpmn(_throw('<escalationEventDefinition escalationRef="X"/>'), '<escalation id="X" name="x"/>'),
        bpmn(
            _throw('<escalationEventDefinition escalationRef="X"/>'),
            '<escalation id="X" name="x" escalationCode="x1"/>',
        ),
    ),
    "S28": Example(
        "DR", bpmn(PLAIN + OBJECT.format("something")), bpmn(PLAIN + OBJECT.format("Letter [sent]"))
    ),
    "S29": Example("O", bpmn(_links("L1")), bpmn(_links("L1</source><source>L3"))),
    "S30": Example(
        "DI",
        bpmn(_task(_io(_input("IC"), _set("DI"))), COLLECTION),
        bpmn(_task(_io(_input("IC", "DI", 'isCollection="true"'), _set("DI"))), COLLECTION),
    ),
    "S31": Example("DI", bpmn(_task(_io(_input())), ITEMS), bpmn(_task(_io(_input(), _set("DI"))), ITEMS)),
    "S32": Example(
        "DJ",
        bpmn(
            _task(
                _io(
                    _input() + _input("I", "DJ"), _set("DI", more="<optionalInputRefs>DJ</optionalInputRefs>")
                )
            ),
            ITEMS,
        ),
        bpmn(
            _task(
                _io(
                    _input() + _input("I", "DJ"),
                    _set("DI", "DJ", more="<optionalInputRefs>DJ</optionalInputRefs>"),
                )
            ),
            ITEMS,
        ),
    ),
    "S33": Example(
        "IS",
        bpmn(
            _task(
                _io(
                    _input(),
                    '<inputSet id="IS"><dataInputRefs>DI</dataInputRefs><outputSetRefs>OS</outputSetRefs></inputSet><outputSet id="OS"/>',
                )
            ),
            ITEMS,
        ),
        bpmn(
            _task(
                _io(
                    _input(),
                    '<inputSet id="IS"><dataInputRefs>DI</dataInputRefs><outputSetRefs>OS</outputSetRefs></inputSet><outputSet id="OS"><inputSetRefs>IS</inputSetRefs></outputSet>',
                )
            ),
            ITEMS,
        ),
    ),
    "S34": Example(
        "A",
        bpmn(_sub(_io(_input(), _set("DI")) + '<task id="C"/>'), ITEMS),
        bpmn(_sub('<dataObject id="DO"/><task id="C"/>')),
    ),
    "S35": Example("AS", bpmn(_association(TWO), ITEMS), bpmn(_association(ONE), ITEMS)),
    "S36": Example("AS", bpmn(_association(ONE, "J"), ITEMS), bpmn(_association(ONE, "I"), ITEMS)),
    "S37": Example("AS", bpmn(_process_data("PO", "TI"), ITEMS), bpmn(_process_data("PI", "TI"), ITEMS)),
    "S38": Example(
        "S", bpmn(_message_start(_output("J")), OPERATION), bpmn(_message_start(_output("I")), OPERATION)
    ),
    "S39": Example("L", bpmn(_loop("", "I"), COLLECTION), bpmn(_loop(""), COLLECTION)),
    "S40": Example(
        "A",
        bpmn(_task("", "serviceTask", 'operationRef="OP"'), OPERATION),
        bpmn(_task(_io(_input(), _set("DI")), "serviceTask", 'operationRef="OP"'), OPERATION),
    ),
    "S41": Example(
        "DI",
        bpmn(_task(_io(_input("J"), _set("DI")), "sendTask", 'messageRef="M"'), MESSAGE),
        bpmn(_task(_io(_input("I"), _set("DI")), "sendTask", 'messageRef="M"'), MESSAGE),
    ),
    "S42": Example("A", _called(_io("")), _called(_io(_input("I", "AI"), _set("AI")))),
    "S43": Example("P", _service(""), _service(BOUND)),
    "S44": Example(
        "S",
        bpmn(_message_start("").replace("<operationRef>OP</operationRef>", ""), OPERATION),
        bpmn(_message_start(""), OPERATION),
    ),
    "S50": Example("MF", _pools(_message_flow("A", "M")), _pools(_message_flow("A", "YOU"))),
    "S51": Example("MF", _pools(_message_flow("A", "ME")), _pools(_message_flow("A", "YOU"))),
    "S52": Example("S", _pools(_message_flow("S", "YOU")), _pools(_message_flow("YOU", "A"))),
    "S53": Example(
        "YOU",
        _pools("").replace(
            b'<participant id="YOU"/>',
            b'<participant id="YOU"><participantMultiplicity minimum="3" maximum="2"/></participant>',
        ),
        _pools("").replace(
            b'<participant id="YOU"/>',
            b'<participant id="YOU"><participantMultiplicity minimum="2" maximum="3"/></participant>',
        ),
    ),
    "S54": Example(
        "GC",
        bpmn(PLAIN, '<globalConversation id="GC"><conversation id="CV"/></globalConversation>'),
        bpmn(PLAIN, '<globalConversation id="GC"/>'),
    ),
}
"""By the code of the rule."""
