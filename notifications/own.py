"""Messages whose words the product brings itself, because they belong to no procedure: the daily mail, and what
administrators are told of the product. Their templates are in `templates/own/`, those in another language in a folder
of its code below, and are trusted; values are escaped.
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from notifications.mailer import Message
from notifications.render import footer, one_line

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
    """Fill `own/<kind>.subject.txt`, `.txt` and `.html`, and put the frame around; in English where there are no words
    in the language.

    Raises jinja2's `TemplateNotFound` for a kind without words and `UndefinedError` for a value that is missing.
    """
    subject = one_line(_filled(f"{kind}.subject.txt", language, values))
    text = _filled(f"{kind}.txt", language, values).strip()
    body = Markup(_filled(f"{kind}.html", language, values))  # noqa: S704 - The template escapes its values.
    frame = {"language": language, "footer": footer(language)}
    return Message(
        to=to,
        sender=sender,
        subject=subject,
        text=_TEMPLATES.get_template("frame.txt").render(frame, body=text),
        html=_TEMPLATES.get_template("frame.html").render(frame, subject=subject, body=body),
        message_id=message_id,
    )


def _filled(name: str, language: str, values: Mapping[str, object]) -> str:
    template = _TEMPLATES.select_template([f"own/{language}/{name}", f"own/{name}"])
    return template.render(dict(values))
