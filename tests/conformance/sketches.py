"""Small diagrams as people draw them: without shapes, lanes or anything that the house asks for."""

from itertools import pairwise


def process(identity: str, *content: str, executable: str = "true") -> str:
    """A process with these elements; `a -> b -> c` draws flows, anything else is XML."""
    xml, flows = [], 0
    for part in content:
        if " -> " not in part:
            xml.append(part)
            continue
        path, _, condition = part.partition(" if ")
        stops = path.split(" -> ")
        for source, target in pairwise(stops):
            flows += 1
            when = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
            ends = f'sourceRef="{source}" targetRef="{target}"'
            xml.append(f'<sequenceFlow id="{identity}_f{flows}" {ends}>{when}</sequenceFlow>')
    return f'<process id="{identity}" name="Process {identity}" isExecutable="{executable}">{"".join(xml)}</process>'


def node(tag: str, identity: str, content: str = "", **attributes: str) -> str:
    """An element with an id and a name."""
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{tag} id="{identity}" name="Name of {identity}"{more}>{content}</{tag}>'


def timer(text: str, form: str = "timeDuration") -> str:
    """A timer's definition."""
    return f"<timerEventDefinition><{form}>{text}</{form}></timerEventDefinition>"


def ids(entries: list[dict]) -> list[str]:
    """The elements of log entries or open work."""
    return [entry["element_id"] for entry in entries]
