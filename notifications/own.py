"""Messages whose words the product brings itself, because they belong to no procedure: the daily mail, and what
administrators are told of the product. Their templates are in `templates/own/` and are trusted; values are escaped.
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from notifications.mailer import Message
from notifications.render import one_line

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_own(
    kind: str, values: Mapping[str, object], *, to: str, sender: str, message_id: str, language: str = "en"
) -> Message:
    """Fill `own/<kind>.subject.txt`, `.txt` and `.html`, and put the frame around.

    Raises jinja2's `TemplateNotFound` for a kind without words and `UndefinedError` for a value that is missing.
    """
    subject = one_line(_filled(f"own/{kind}.subject.txt", values))
    text = _filled(f"own/{kind}.txt", values).strip()
    body = Markup(_filled(f"own/{kind}.html", values))  # noqa: S704 - The template escapes its values.
    return Message(
        to=to,
        sender=sender,
        subject=subject,
        text=_filled("frame.txt", {"body": text}),
        html=_filled("frame.html", {"subject": subject, "body": body, "language": language}),
        message_id=message_id,
    )


def _filled(name: str, values: Mapping[str, object]) -> str:
    return _TEMPLATES.get_template(name).render(dict(values))
