"""Examples of the rules of the standard about events and ways, drawn without the house (G21 to G30)."""

from rule_parts import END, FORMAL, PLAIN, START, Example, beside, boundary, bpmn, flow, signal, sub


def link(name: str) -> str:
    catch = '<intermediateCatchEvent id="C"><linkEventDefinition name="there"/></intermediateCatchEvent>'
    flows = flow("f1", "S", "N") + flow("f2", "C", "E")
    return f'{START}<intermediateThrowEvent id="N"><linkEventDefinition name="{name}"/></intermediateThrowEvent>{catch}{END}{flows}'


def undone(target: str) -> str:
    handler = '<task id="H" isForCompensation="true"/><task id="B"/>'
    leads = f'<association id="AS" sourceRef="T" targetRef="{target}"/>'
    return boundary("<compensateEventDefinition/>", flow="") + handler + leads + flow("f8", "S", "B")


def cancelled(tag: str) -> str:
    inside = '<startEvent id="AS"/><endEvent id="AE"><cancelEventDefinition/></endEvent>' + flow(
        "a1", "AS", "AE"
    )
    return sub(inside, "", tag)


def turning(between: str) -> str:
    gateway = '<exclusiveGateway id="G"/>'
    flows = flow("f1", "S", "G") + flow("f2", "G", "N") + flow("f3", "N", "G") + flow("f4", "G", "E")
    return f"{START}{gateway}{between}{END}{flows}"


def deciding(attributes: str) -> str:
    ways = [
        flow(f"f{n}", "G", end, f"<conditionExpression {FORMAL}>x == {n}</conditionExpression>")
        for n, end in ((2, "B"), (3, "C"))
    ]
    tasks = '<task id="B"/><task id="C"/>'
    return f'{START}<exclusiveGateway id="G" {attributes}/>{tasks}{flow("f1", "S", "G")}{"".join(ways)}'


def second(inside: str) -> str:
    return f'<startEvent id="S2">{inside}</startEvent>{flow("f3", "S2", "A")}'


EXAMPLES = {
    "G21": Example("N", bpmn(link("elsewhere")), bpmn(link("there"))),
    "G22": Example("T", bpmn(undone("B")), bpmn(undone("H"))),
    "G23": Example("AE", bpmn(cancelled("subProcess")), bpmn(cancelled("transaction"))),
    "G24": Example("Z", bpmn(beside('<task id="ZA"/>')), bpmn(beside(signal("Z1")))),
    "G27": Example(
        "G", bpmn(turning('<intermediateThrowEvent id="N"/>')), bpmn(turning('<userTask id="N"/>'))
    ),
    "G28": Example("A", bpmn(sub('<task id="C"/>', "", "adHocSubProcess")), bpmn(sub('<task id="C"/>'))),
    "G29": Example("G", bpmn(deciding("")), bpmn(deciding('default="f3"'))),
    "G30": Example("S2", bpmn(PLAIN + second("")), bpmn(PLAIN + second("<signalEventDefinition/>"))),
}
