"""Whatever a person may be refused has words for the page of the history."""

import importlib
import pkgutil

import workflows.commands
import workflows.queries
from web.tried_words import _WORDS

BY_THE_PRODUCT = {
    "fire", "remind_late", "free_idle", "set_aside", "queue_daily", "warn", "hold_back", "write_down", "failed",
    "move_one", "move_back_one", "try_later", "finish", "anonymise", "uncertain",
}  # fmt: skip
"""What only the product itself does; and what begins with an underscore."""


def test_every_command_and_query_is_said_in_words() -> None:
    named = set()
    for package in (workflows.commands, workflows.queries):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            named |= {
                name
                for name, thing in vars(module).items()
                if hasattr(thing, "__wrapped__") and thing.__module__ == module.__name__
            }
    asked = {name for name in named if not name.startswith("_")} - BY_THE_PRODUCT
    assert asked - _WORDS.keys() == set(), "web/tried_words.py says what each of these does"
    assert _WORDS.keys() - asked - {"preview"} == set(), "these are no more"
