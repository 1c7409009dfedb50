"""Answers of an HTML form as the commands take them, and refusals as the pages show them."""

from typing import Any

from flask import flash, request

from workflows.commands.many import Outcome
from workflows.forms import Form
from workflows.social_security import find

Typed = dict[str, Any]


def typed(form: Form) -> Typed:
    """What was typed for the fields of a form; a group of ticks is a list, a field that was not sent is left out."""
    lists = {view.name for view in form.fields({}) if view.widget == "checkboxes"}
    values: Typed = {name: request.form.getlist(name) for name in form.names if name in lists}
    values |= {name: request.form[name] for name in form.names if name in request.form and name not in lists}
    return values


def without_blocked(values: Typed) -> Typed:
    """What may be shown again: a text that looks like a Social Security number is not (domain 6.4)."""
    return {name: value for name, value in values.items() if not _blocked(value)}


def searched(name: str) -> str:
    """What somebody searches for, from the address; a text that looks like a Social Security number is dropped."""
    text = request.args.get(name, "").strip()
    return "" if find(text) else text


def sent_json(force: bool = False) -> Any:
    """What was sent as JSON; None for what is none, or deeper than can be read. `force`: whatever it calls itself."""
    try:
        return request.get_json(force=force, silent=True)
    except RecursionError:
        return None


def flash_each(outcomes: list[Outcome], done: str, refused: str) -> None:
    """One message for all that was done, and one for each reason why something was refused.

    `done` is a sentence with `{names}`, `refused` one with `{names}` and `{reason}`.
    """
    names = [one.name for one in outcomes if one.done]
    if names:
        flash(done.format(names="; ".join(names)), "success")
    for reason in dict.fromkeys(one.why for one in outcomes if not one.done):
        names = [one.name for one in outcomes if one.why == reason]
        flash(refused.format(names="; ".join(names), reason=reason), "error")


def _blocked(value: Any) -> bool:
    return any(find(str(one)) for one in (value if isinstance(value, list) else [value]))
