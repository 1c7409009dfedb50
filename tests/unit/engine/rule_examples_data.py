"""Examples of the rules of the standard about data, services, messages and pools (S30 to S54)."""

from rule_parts import CALL, CALLED, END, ITEMS, LINE, MESSAGE, PLAIN, TASK, Example, bpmn, sub, task

OPERATION = (
    MESSAGE
    + '<interface id="IF" name="i"><operation id="OP" name="o"><inMessageRef>M</inMessageRef></operation></interface>'
)


def io(inputs: str, sets: str = "") -> str:
    return f"<ioSpecification>{inputs}{sets or '<inputSet/><outputSet/>'}</ioSpecification>"


def data_in(item: str = "I", name: str = "DI", more: str = "") -> str:
    return f'<dataInput id="{name}" itemSubjectRef="{item}" {more}/>'


def data_set(*names: str, more: str = "") -> str:
    refs = "".join(f"<dataInputRefs>{name}</dataInputRefs>" for name in names)
    return f"<inputSet>{refs}{more}</inputSet><outputSet/>"


def instances(inside: str, data: str = "DI", item: str = "I") -> str:
    spec = io(data_in("IC", "DI", 'isCollection="true"'), data_set("DI"))
    loop = f'<multiInstanceLoopCharacteristics id="L"><loopDataInputRef>{data}</loopDataInputRef><inputDataItem id="IT" itemSubjectRef="{item}"/></multiInstanceLoopCharacteristics>'
    return task(spec + inside + loop)


COLLECTION = ITEMS + '<itemDefinition id="IC" structureRef="text" isCollection="true"/>'


def pools(drawn: str, inside: str = PLAIN) -> bytes:
    both = '<participant id="ME" processRef="P"/><participant id="YOU"/>'
    return bpmn(inside, f'{MESSAGE}<collaboration id="CO">{both}{drawn}</collaboration>')


def message_flow(source: str, target: str) -> str:
    return f'<messageFlow id="MF" sourceRef="{source}" targetRef="{target}"/>'


def association(inside: str, item: str = "I") -> str:
    objects = '<dataObject id="DO" itemSubjectRef="I"/><dataObject id="DP" itemSubjectRef="I"/>'
    spec = io(data_in(item), data_set("DI"))
    ends = f'<dataInputAssociation id="AS">{inside}<targetRef>DI</targetRef></dataInputAssociation>'
    return objects + task(spec + ends)


ONE, TWO = "<sourceRef>DO</sourceRef>", "<sourceRef>DO</sourceRef><sourceRef>DP</sourceRef>"
MESSAGE_EVENT = (
    '<messageEventDefinition messageRef="M"><operationRef>OP</operationRef></messageEventDefinition>'
)


def message_start(data: str) -> str:
    return f'<startEvent id="S">{data}{MESSAGE_EVENT}</startEvent>{TASK}{END}{LINE}'


def data_out(item: str) -> str:
    return f'<dataOutput id="DX" itemSubjectRef="{item}"/><outputSet><dataOutputRefs>DX</dataOutputRefs></outputSet>'


def process_data(source: str, target: str) -> str:
    inner = io(data_in("I", "TI"), data_set("TI"))
    outer = io(
        data_in("I", "PI") + '<dataOutput id="PO" itemSubjectRef="I"/>',
        data_set("PI").replace("<outputSet/>", "<outputSet><dataOutputRefs>PO</dataOutputRefs></outputSet>"),
    )
    ends = f'<dataInputAssociation id="AS"><sourceRef>{source}</sourceRef><targetRef>{target}</targetRef></dataInputAssociation>'
    return outer + task(inner + ends)


def called(own: str) -> bytes:
    spec = io(data_in("I", "QI"), data_set("QI"))
    return bpmn(CALL.format(own), ITEMS + CALLED.format(spec + '<startEvent id="QS"/>'))


BOUND = '<ioBinding inputDataRef="PI" operationRef="OP"/>'


def service(binding: str) -> bytes:
    spec = "<supportedInterfaceRef>IF</supportedInterfaceRef>" + io(data_in("I", "PI"), data_set("PI"))
    return bpmn(spec + binding + PLAIN, OPERATION)


EXAMPLES = {
    "S30": Example(
        "DI",
        bpmn(task(io(data_in("IC"), data_set("DI"))), COLLECTION),
        bpmn(task(io(data_in("IC", "DI", 'isCollection="true"'), data_set("DI"))), COLLECTION),
    ),
    "S31": Example("DI", bpmn(task(io(data_in())), ITEMS), bpmn(task(io(data_in(), data_set("DI"))), ITEMS)),
    "S32": Example(
        "DJ",
        bpmn(
            task(
                io(
                    data_in() + data_in("I", "DJ"),
                    data_set("DI", more="<optionalInputRefs>DJ</optionalInputRefs>"),
                )
            ),
            ITEMS,
        ),
        bpmn(
            task(
                io(
                    data_in() + data_in("I", "DJ"),
                    data_set("DI", "DJ", more="<optionalInputRefs>DJ</optionalInputRefs>"),
                )
            ),
            ITEMS,
        ),
    ),
    "S33": Example(
        "IS",
        bpmn(
            task(
                io(
                    data_in(),
                    '<inputSet id="IS"><dataInputRefs>DI</dataInputRefs><outputSetRefs>OS</outputSetRefs></inputSet><outputSet id="OS"/>',
                )
            ),
            ITEMS,
        ),
        bpmn(
            task(
                io(
                    data_in(),
                    '<inputSet id="IS"><dataInputRefs>DI</dataInputRefs><outputSetRefs>OS</outputSetRefs></inputSet><outputSet id="OS"><inputSetRefs>IS</inputSetRefs></outputSet>',
                )
            ),
            ITEMS,
        ),
    ),
    "S34": Example(
        "A",
        bpmn(sub(io(data_in(), data_set("DI")) + '<task id="C"/>'), ITEMS),
        bpmn(sub('<dataObject id="DO"/><task id="C"/>')),
    ),
    "S35": Example("AS", bpmn(association(TWO), ITEMS), bpmn(association(ONE), ITEMS)),
    "S36": Example("AS", bpmn(association(ONE, "J"), ITEMS), bpmn(association(ONE, "I"), ITEMS)),
    "S37": Example("AS", bpmn(process_data("PO", "TI"), ITEMS), bpmn(process_data("PI", "TI"), ITEMS)),
    "S38": Example(
        "S", bpmn(message_start(data_out("J")), OPERATION), bpmn(message_start(data_out("I")), OPERATION)
    ),
    "S39": Example("L", bpmn(instances("", "I"), COLLECTION), bpmn(instances(""), COLLECTION)),
    "S40": Example(
        "A",
        bpmn(task("", "serviceTask", 'operationRef="OP"'), OPERATION),
        bpmn(task(io(data_in(), data_set("DI")), "serviceTask", 'operationRef="OP"'), OPERATION),
    ),
    "S41": Example(
        "DI",
        bpmn(task(io(data_in("J"), data_set("DI")), "sendTask", 'messageRef="M"'), MESSAGE),
        bpmn(task(io(data_in("I"), data_set("DI")), "sendTask", 'messageRef="M"'), MESSAGE),
    ),
    "S42": Example("A", called(io("")), called(io(data_in("I", "AI"), data_set("AI")))),
    "S43": Example("P", service(""), service(BOUND)),
    "S44": Example(
        "S",
        bpmn(message_start("").replace("<operationRef>OP</operationRef>", ""), OPERATION),
        bpmn(message_start(""), OPERATION),
    ),
    "S50": Example("MF", pools(message_flow("A", "M")), pools(message_flow("A", "YOU"))),
    "S51": Example("MF", pools(message_flow("A", "ME")), pools(message_flow("A", "YOU"))),
    "S52": Example("S", pools(message_flow("S", "YOU")), pools(message_flow("YOU", "A"))),
    "S53": Example(
        "YOU",
        pools("").replace(
            b'<participant id="YOU"/>',
            b'<participant id="YOU"><participantMultiplicity minimum="3" maximum="2"/></participant>',
        ),
        pools("").replace(
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
