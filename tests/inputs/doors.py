"""Right requests to every door of the product, pages and API, and what becomes of them when they are spoilt somewhere."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import EnvironBuilder

from tests.inputs.asked import Asked
from tests.inputs.document import ODD_HEADERS, somebody
from tests.inputs.known import Known
from tests.inputs.odd import Chance
from tests.permissions import asking
from tests.permissions.cases import STATES
from tests.permissions.people import PEOPLE, Who
from tests.permissions.relations import in_place, on_case, on_task
from tests.permissions.table import CASES, PLACES, TASKS
from tests.permissions.world import World
from workflows.bundle_files import packed, unpacked
from workflows.errors import InvalidInput
from workflows.settings import PROJECT

STRIDE = 37
"""From a door to the next one that is tried, so that few inputs come to doors of all kinds."""
DONE = ("yes", "may")
SIGNED_IN = [who for who in PEOPLE if who.username and who.active]
AS_JSON = re.compile(r"/processes/drafts/\d+/(files|diagram/check-expression)$")
"""The pages that take JSON from their own script."""
QUERIED = re.compile(r'request\.(?:args|values)\.get(?:list)?\("(\w+)"')

Right = Callable[[Chance], tuple[Who, asking.Asked]]


@dataclass(frozen=True)
class Secret:
    """What a form must bring so that it is not taken for a forged one."""

    cookies: str
    token: str


def secret(world: World) -> Secret:
    """The secret of the forms of one browser; it belongs to no person."""
    answer = world.app.test_client().get("/sign-in")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
    assert found
    return Secret(answer.headers["Set-Cookie"].split(";")[0], found[1])


class Doors:
    """Every door with those who are let in, the things it is asked about, and spoilt requests to it."""

    def __init__(self, world: World, known: Known) -> None:
        self._world, self._known, self._secret = world, known, secret(world)
        self._rights = list(self._of_cases()) + list(self._of_tasks()) + list(self._of_places())

    @property
    def cookies(self) -> str:
        """What the browser of all requests holds."""
        return self._secret.cookies

    @cached_property
    def _queried(self) -> list[str]:
        """The names that pages read from their address."""
        sources = (PROJECT / "web").glob("**/*.py")
        return sorted({name for source in sources for name in QUERIED.findall(source.read_text("utf-8"))})

    def _of_cases(self) -> Iterator[tuple[str, Right]]:
        for row in CASES:
            pairs = [
                (who, state) for state in STATES for who in SIGNED_IN if on_case(row, who, state) in DONE
            ]
            for rule in row.rules:
                yield rule, lambda chance, rule=rule, pairs=pairs: (
                    (pair := chance.choice(pairs or [(PEOPLE[1], STATES[0])]))[0], asking.of_case(self._world, rule, pair[1]),
                )  # fmt: skip

    def _of_tasks(self) -> Iterator[tuple[str, Right]]:
        for row in TASKS:
            pairs = [
                (who, task)
                for task in self._world.tasks
                for who in SIGNED_IN
                if on_task(row, who, task) in DONE
            ]
            for rule in row.rules:
                yield rule, lambda chance, rule=rule, pairs=pairs: (
                    (pair := chance.choice(pairs))[0], asking.of_task(rule, pair[1]),
                )  # fmt: skip

    def _of_places(self) -> Iterator[tuple[str, Right]]:
        for place in PLACES:
            people = [who for who in SIGNED_IN if in_place(place, who) in DONE] or SIGNED_IN
            for rule in place.rules:
                yield rule, lambda chance, rule=rule, people=people: (
                    (who := chance.choice(people)), asking.of_place(self._world, rule, who),
                )  # fmt: skip

    def made(self, number: int, chance: Chance, forged: bool = False) -> Asked:
        """The request of a number: each door comes in its turn. `forged`: without what a form must bring."""
        rule, right = self._rights[number * STRIDE % len(self._rights)]
        who, (method, path, body) = right(chance)
        who = somebody(chance) if chance.often(0.15) else who
        path, _, asked = path.partition("?")
        query = [tuple(pair.partition("=")[::2]) for pair in asked.split("&") if pair]
        if method == "GET" or chance.often(0.1):
            query += [self._queried_for(chance) for _ in range(chance.randrange(4))]
        if chance.often(0.1):
            path = self._elsewhere(path, chance)
        content, headers = self._content(path, body, chance, forged)
        if chance.often(0.04):
            name, value = chance.choice(ODD_HEADERS)
            headers[name] = value
        return Asked(who, method, path, rule, tuple(query), headers, content)  # type: ignore[arg-type]

    def _queried_for(self, chance: Chance) -> tuple[str, str]:
        name = chance.choice(self._queried)
        return name, self._known.value(name, chance) if chance.often(0.5) else chance.text()

    def _elsewhere(self, path: str, chance: Chance) -> str:
        parts = path.split("/")
        place = chance.randrange(1, len(parts))
        parts[place] = quote(chance.text(), safe="", errors="surrogatepass") if chance.often(0.5) else quote(str(chance.choice(self._known.everything)), safe="")  # fmt: skip
        return "/".join(parts)

    def _content(
        self, path: str, body: dict[str, Any] | None, chance: Chance, forged: bool
    ) -> tuple[bytes, dict[str, str]]:
        if body is None:
            return b"", {}
        if path.startswith("/api/"):
            return self._as_json(body, chance), {"Content-Type": "application/json"}
        if AS_JSON.search(path):
            return self._as_json(body, chance), {"Content-Type": "application/json", **({} if forged else {"X-CSRFToken": self._secret.token})}  # fmt: skip
        return self._as_form(body, chance, forged)

    def _as_json(self, body: dict[str, Any], chance: Chance) -> bytes:
        kind = chance.random()
        value = chance.spoilt(body) if kind < 0.6 else body
        return chance.raw_json(value) if kind > 0.95 else json.dumps(value).encode()

    def _as_form(self, body: dict[str, Any], chance: Chance, forged: bool) -> tuple[bytes, dict[str, str]]:
        pairs = [
            (name, one)
            for name, value in body.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 3))):
            self._spoil(pairs, chance)
        if not forged:
            pairs.append(("csrf_token", self._secret.token))
        if any(isinstance(value, bytes) for _, value in pairs) or chance.often(0.03):
            return _multipart(pairs, chance)
        content = urlencode([(name, str(value)) for name, value in pairs], errors="surrogatepass").encode()
        if chance.often(0.03):
            content = chance.spoilt_bytes(content)
        return content, {"Content-Type": "application/x-www-form-urlencoded"}

    def _spoil(self, pairs: list[tuple[str, Any]], chance: Chance) -> None:
        """One field left out, doubled, added, or with another value."""
        kind = chance.randrange(8)
        if not pairs or kind == 0:
            pairs.append((chance.text(12), chance.text()))
            return
        place = chance.randrange(len(pairs))
        name, value = pairs[place]
        if kind == 1:
            pairs.pop(place)
        elif kind == 2:
            pairs.append((name, chance.text()))
        elif kind == 3 and not isinstance(value, bytes):
            pairs[place] = name, self._known.value(name, chance)
        else:
            pairs[place] = name, _other_file(value, chance) if isinstance(value, bytes) else chance.text()


def _other_file(content: bytes, chance: Chance) -> bytes:
    """A .zip that is damaged, or holds a file that is."""
    if chance.often(0.4):
        return chance.spoilt_bytes(content)
    try:
        files = dict(unpacked(content).files)
    except InvalidInput:  # It was damaged before.
        return content
    name = chance.choice(sorted(files))
    files[name] = chance.spoilt_bytes(files[name].encode()).decode("utf-8", "replace")
    return packed(files)


def _multipart(pairs: list[tuple[str, Any]], chance: Chance) -> tuple[bytes, dict[str, str]]:
    fields: MultiDict[str, Any] = MultiDict()
    for name, value in pairs:
        plain = name.encode("utf-8", "replace").decode()
        if isinstance(value, bytes):
            called = chance.choice(("bundle.zip", "../x", "", "é\x00.bpmn"))
            fields.add(plain, FileStorage(io.BytesIO(value), called, plain))
        else:
            fields.add(plain, str(value).encode("utf-8", "replace").decode())
    builder = EnvironBuilder(method="POST", data=fields)
    environ = builder.get_environ()
    content = environ["wsgi.input"].read()
    return (chance.spoilt_bytes(content) if chance.often(0.1) else content), {
        "Content-Type": environ.get("CONTENT_TYPE", "multipart/form-data")
    }
