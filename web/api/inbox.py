"""The inbox in the API."""

from flask import Response, g, jsonify

from web.api import api
from web.api.inbox_models import (
    InboxItem,
    InboxList,
    InboxQuery,
    MessagePath,
    ReadUntil,
    UnreadOut,
)
from workflows.commands import inbox as commands
from workflows.queries import inbox as queries


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


def _unread() -> Response:
    return jsonify(UnreadOut(unread=queries.unread_count(g.actor)).model_dump())
