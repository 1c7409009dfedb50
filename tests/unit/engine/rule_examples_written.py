"""Examples of the rules of the standard about how a process is written: references, drawing, marks (S1 to S29)."""

from rule_parts import (
    CALL,
    CALLED,
    END,
    FORMAL,
    LINE,
    MESSAGE,
    PLAIN,
    START,
    TASK,
    Example,
    beside,
    boundary,
    bpmn,
    flow,
    signal,
    sub,
    task,
)


def gateway(direction: str, flows: str, tag: str = "exclusiveGateway") -> str:
    ends = '<task id="B"/><task id="C"/>'
    return f'{START}<{tag} id="G" gatewayDirection="{direction}"/>{ends}{flows}'


SPLIT = flow("f1", "S", "G") + flow("f2", "G", "B") + flow("f3", "G", "C")
JOIN = flow("f1", "S", "B") + flow("f2", "S", "C") + flow("f3", "B", "G") + flow("f4", "C", "G")
TIMER = '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>'


def race(condition: str = "", second: str = TIMER) -> str:
    events = f'<intermediateCatchEvent id="X">{TIMER}</intermediateCatchEvent><intermediateCatchEvent id="Y">{second}</intermediateCatchEvent>'
    flows = flow("f1", "S", "G") + flow("f2", "G", "X", condition) + flow("f3", "G", "Y")
    return (
        f'{START}<eventBasedGateway id="G"/>{events}{END}{flows}{flow("f4", "X", "E")}{flow("f5", "Y", "E")}'
    )


def throw(inside: str = "", into: bool = True, out: bool = True) -> str:
    flows = (flow("f1", "S", "N") if into else "") + (flow("f2", "N", "E") if out else "")
    return f'{START}{END}<intermediateThrowEvent id="N">{inside}</intermediateThrowEvent>{flows}'


OBJECT = '<dataObject id="DO" name="Letter"/><dataObjectReference id="DR" dataObjectRef="DO" name="{}"><dataState name="sent"/></dataObjectReference>'


def links(source: str) -> str:
    two = f'<linkEventDefinition id="L2" name="b"><source>{source}</source></linkEventDefinition>'
    throw = '<intermediateThrowEvent id="N"><linkEventDefinition id="L1" name="a"><target>L2</target></linkEventDefinition></intermediateThrowEvent>'
    other = '<intermediateThrowEvent id="O"><linkEventDefinition id="L3" name="c"><target>L2</target></linkEventDefinition></intermediateThrowEvent>'
    catch = f'<intermediateCatchEvent id="C">{two}</intermediateCatchEvent>'
    return (
        f"{START}{throw}{other}{catch}{END}{flow('f1', 'S', 'N')}{flow('f2', 'C', 'E')}{flow('f3', 'S', 'O')}"
    )


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

EXAMPLES = {
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
        bpmn(task("<script>x = 1</script>", "scriptTask", 'scriptFormat="words"')),
        bpmn(task("<script>x = 1</script>", "scriptTask", 'scriptFormat="text/x-python"')),
    ),
    "S5": Example(
        "A",
        bpmn(task("", "userTask", 'implementation="no uri"')),
        bpmn(task("", "userTask", 'implementation="##unspecified"')),
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
            + flow("f1", "S", "A")
            + flow("f2", "A", "E", "<conditionExpression>x</conditionExpression>")
        ),
        bpmn(PLAIN),
    ),
    "S8": Example(
        "N",
        bpmn(
            f'{START}<intermediateCatchEvent id="N"><timerEventDefinition><timeDate {FORMAL}/></timerEventDefinition></intermediateCatchEvent>{END}{flow("f1", "S", "N")}{flow("f2", "N", "E")}'
        ),
        bpmn(race()),
    ),
    "S10": Example("G", bpmn(gateway("Converging", SPLIT)), bpmn(gateway("Diverging", SPLIT))),
    "S11": Example(
        "G",
        bpmn(gateway("Unspecified", flow("f1", "S", "G") + flow("f2", "G", "B"))),
        bpmn(gateway("Converging", JOIN)),
    ),
    "S12": Example("f2", bpmn(race(f"<conditionExpression {FORMAL}>x</conditionExpression>")), bpmn(race())),
    "S13": Example(
        "T",
        bpmn(boundary("<errorEventDefinition/>", 'cancelActivity="false"')),
        bpmn(boundary("<errorEventDefinition/>")),
    ),
    "S14": Example("E", bpmn(TASK + END + flow("f2", "A", "E")), bpmn(PLAIN)),
    "S15": Example("N", bpmn(throw(out=False)), bpmn(throw())),
    "S16": Example(
        "B",
        bpmn(PLAIN + '<task id="B"/>' + flow("f3", "S", "B")),
        bpmn(PLAIN + '<task id="B"/>' + flow("f3", "S", "B") + flow("f4", "B", "E")),
    ),
    "S17": Example("A", bpmn(task("", "receiveTask", 'instantiate="true"')), bpmn(task("", "receiveTask"))),
    "S18": Example(
        "f2",
        bpmn(
            START
            + TASK
            + END
            + flow("f1", "S", "A")
            + flow("f2", "A", "E", f"<conditionExpression {FORMAL}>x</conditionExpression>")
        ),
        bpmn(PLAIN),
    ),
    "S19": Example(
        "f3",
        bpmn(PLAIN + flow("f3", "A", "E", "", 'isImmediate="false"')),
        bpmn(PLAIN + flow("f3", "A", "E", "", 'isImmediate="true"')),
    ),
    "S20": Example(
        "A",
        bpmn(
            task(
                f"<standardLoopCharacteristics><loopCondition {FORMAL}>x</loopCondition></standardLoopCharacteristics><multiInstanceLoopCharacteristics><loopCardinality {FORMAL}>2</loopCardinality></multiInstanceLoopCharacteristics>"
            )
        ),
        bpmn(
            task(
                f"<standardLoopCharacteristics><loopCondition {FORMAL}>x</loopCondition></standardLoopCharacteristics>"
            )
        ),
    ),
    "S21": Example(
        "X",
        bpmn(
            race().replace(
                "</timeDuration>", f"</timeDuration><timeDate {FORMAL}>2026-01-01T00:00:00Z</timeDate>", 1
            )
        ),
        bpmn(race()),
    ),
    "S22": Example(
        "f2",
        bpmn(
            START
            + TASK
            + END
            + flow("f1", "S", "A")
            + flow("f2", "A", "E", f"<conditionExpression {FORMAL}>3</conditionExpression>")
        ),
        bpmn(
            START
            + TASK
            + END
            + flow("f1", "S", "A")
            + flow("f2", "A", "E", f"<conditionExpression {FORMAL}>x == 3</conditionExpression>")
        ),
    ),
    "S23": Example(
        "Z",
        bpmn(
            beside(
                signal("Z1")
                + signal("Z2")
                + '<endEvent id="ZE"/>'
                + flow("z1", "Z1", "ZE")
                + flow("z2", "Z2", "ZE")
            )
        ),
        bpmn(beside(signal("Z1") + '<endEvent id="ZE"/>' + flow("z1", "Z1", "ZE"))),
    ),
    "S24": Example(
        "B",
        bpmn(sub('<startEvent id="B"/><task id="C"/>', "", "adHocSubProcess")),
        bpmn(sub('<task id="C"/>', "", "adHocSubProcess")),
    ),
    "S25": Example(
        "A",
        bpmn(CALL.format(""), CALLED.format(signal("QS"))),
        bpmn(CALL.format(""), CALLED.format('<startEvent id="QS"/>')),
    ),
    "S26": Example(
        "R",
        bpmn(task(ROLE.format(BY_NAME + BY_TEXT)), RESOURCE),
        bpmn(task(ROLE.format(BY_NAME)), RESOURCE),
    ),
    "S27": Example(
        "N",
        bpmn(throw('<escalationEventDefinition escalationRef="X"/>'), '<escalation id="X" name="x"/>'),
        bpmn(
            throw('<escalationEventDefinition escalationRef="X"/>'),
            '<escalation id="X" name="x" escalationCode="x1"/>',
        ),
    ),
    "S28": Example(
        "DR", bpmn(PLAIN + OBJECT.format("something")), bpmn(PLAIN + OBJECT.format("Letter [sent]"))
    ),
    "S29": Example("O", bpmn(links("L1")), bpmn(links("L1</source><source>L3"))),
}
