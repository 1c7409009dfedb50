"""The inbox in the API, and what is mailed."""

from flask import Response, g, jsonify

from web.api import api
from web.api.inbox_models import (
    ChoiceOut,
    InboxItem,
    InboxList,
    InboxQuery,
    MessagePath,
    PreferencesBody,
    PreferencesOut,
    ReadUntil,
    UnreadOut,
)
from workflows.commands import inbox as commands
from workflows.commands.mail_choices import choose
from workflows.queries import inbox as queries
from workflows.queries.mail_choices import choices


@api.get("/inbox", responses={"200": InboxList})
def read_inbox(query: InboxQuery) -> Response:
    """One's own messages, newest first."""
    found = queries.inbox(g.actor, query.view == "unread", query.before)
    items = [InboxItem(**vars(entry)) for entry in found.items]
    unread = queries.unread_count(g.actor)
    return jsonify(InboxList(items=items, next=found.next, unread=unread).model_dump(mode="json"))


@api.post("/inbox/<int:id>/read", responses={"200": UnreadOut})
def mark_read(path: MessagePath) -> Response:
    """Mark a message as read."""
    commands.mark_read(g.actor, path.id)
    return _unread()


@api.post("/inbox/read-all", responses={"200": UnreadOut})
def mark_all_read(body: ReadUntil) -> Response:
    """Mark all messages as read up to the newest that was shown."""
    commands.mark_all_read(g.actor, body.until)
    return _unread()


@api.get("/account/preferences", responses={"200": PreferencesOut})
def read_mail_choices() -> Response:
    """How one's messages come, and when the daily mail does."""
    return _preferences()


@api.put("/account/preferences", responses={"200": PreferencesOut})
def change_mail_choices(body: PreferencesBody) -> Response:
    """Choose it anew, all of it at once; what the procedure demands stays mailed."""
    choose(g.actor, body.messages, body.daily_at)
    return _preferences()


def _unread() -> Response:
    return jsonify(UnreadOut(unread=queries.unread_count(g.actor)).model_dump())


def _preferences() -> Response:
    found = choices(g.actor)
    messages = [ChoiceOut(**vars(choice)) for choice in found.messages]
    return jsonify(PreferencesOut(messages=messages, daily_at=found.daily_at).model_dump())
