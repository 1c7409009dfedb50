"""Requests out of the description of the API, and whether an answer is one that the description promises."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.wrappers import Response

from tests.desk import AVERY, CASEY, LEE, PAT, REMY, ROBIN
from tests.inputs.asked import Asked
from tests.inputs.known import Known, task_answers
from tests.inputs.odd import Chance
from tests.permissions.people import BY_NAME, PEOPLE, Who
from tests.permissions.world import World

Schema = Mapping[str, Any]

CONTENT_TYPES = (
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/xml", "",
    "application/json; charset=utf-16", "application/json; charset=nonsense", "application/problem+json", "é/\x00", "application/json" * 50,
)  # fmt: skip
ODD_HEADERS = (
    ("Accept", "text/xml;q=nonsense, */*;q=2"), ("Accept-Language", "es;q=NaN, xx-" + "y" * 300), ("Accept-Encoding", "br;q=é"),
    ("Content-Length", "-1"), ("Content-Length", "nonsense"), ("Content-Length", "99999999999"), ("Transfer-Encoding", "chunked"),
    ("Cookie", "desk=\x00; ;=;; desk_form=eyJ.é"), ("Range", "bytes=9-1"), ("If-Modified-Since", "yesterday"), ("If-None-Match", '"'),
    ("Host", "evil.example:99999"), ("Host", "[::1"), ("Referer", "http://[::"), ("X-Forwarded-For", "::1, é"), ("X-Request-Id", "\x00"),
    ("X-HTTP-Method-Override", "DELETE"), ("Expect", "100-continue"), ("Forwarded", "for=_"), ("Upgrade", "websocket"), ("X-Odd", "A" * 20_000),
    ("Authorization", "Bearer"), ("Authorization", "Bearer \x00"), ("Authorization", "Basic é"), ("Authorization", "Bearer " + "x" * 9000),
)  # fmt: skip

BUSY = (AVERY, AVERY, CASEY, CASEY, CASEY, ROBIN, PAT, LEE, REMY, "gil.given")


@dataclass(frozen=True)
class Operation:
    """One operation of the description."""

    method: str
    path: str
    source: Schema

    @property
    def rule(self) -> str:
        """Method and path, as findings name it."""
        return f"{self.method} {self.path}"

    @property
    def body(self) -> Schema | None:
        """The schema of what it takes, if it takes any."""
        content = self.source.get("requestBody", {}).get("content", {})
        found: Schema | None = content.get("application/json", {}).get("schema")
        return found


class Document:
    """The description of the API of an application."""

    def __init__(self, app: Flask) -> None:
        source: Schema = app.api_doc  # type: ignore[attr-defined]
        self.parts: Schema = source["components"]["schemas"]
        self.operations = [
            Operation(method.upper(), path, what)
            for path, ways in source["paths"].items()
            for method, what in ways.items()
        ]
        self._validator = cache(self._made)

    def resolved(self, schema: Schema) -> Schema:
        """The schema that a reference names."""
        reference = schema.get("$ref")
        return self.parts[reference.rpartition("/")[2]] if reference else schema

    def _made(self, rule: str, status: str, kind: str) -> Draft202012Validator:
        source = next(one.source for one in self.operations if one.rule == rule)
        schema = source["responses"][status]["content"][kind]["schema"]
        return Draft202012Validator({**schema, "components": {"schemas": self.parts}})

    def broken_promise(self, operation: Operation, answer: Response) -> str:
        """What of an answer is not as the description says; empty when all is."""
        status = str(answer.status_code)
        described = operation.source["responses"].get(status)
        if described is None:
            return f"status {status} is not described"
        if answer.mimetype not in described["content"]:
            return f"{status} as {answer.mimetype} is not described"
        if answer.mimetype != "application/json":
            return ""
        errors = self._validator(operation.rule, status, answer.mimetype).iter_errors(answer.json)
        return next((f"{list(error.absolute_path)}: {error.message[:200]}" for error in errors), "")


class Requests:
    """Requests to the operations, most of them as described and with what is there, the others spoilt somewhere."""

    def __init__(self, world: World, known: Known, document: Document) -> None:
        self._world, self._known, self._document = world, known, document

    def made(self, number: int, chance: Chance) -> tuple[Operation, Asked]:
        """The request of a number: each operation comes in its turn."""
        operation = self._document.operations[number % len(self._document.operations)]
        path = self._path(operation, chance)
        headers, body = self._headers(operation, chance), b""
        if operation.body is not None or chance.often(0.02):
            headers["Content-Type"] = (
                "application/json" if chance.often(0.97) else chance.choice(CONTENT_TYPES)
            )
            body = self._body(operation, path, chance)
        return operation, Asked(somebody(chance), operation.method, path, operation.rule, self._query(operation, chance), headers, body)  # fmt: skip

    def _path(self, operation: Operation, chance: Chance) -> str:
        path = operation.path
        for place in operation.source.get("parameters", []):
            if place["in"] == "path":
                path = path.replace(f"{{{place['name']}}}", self._in_path(operation, place, chance))
        return path

    def _in_path(self, operation: Operation, place: Schema, chance: Chance) -> str:
        if chance.often(0.12):
            return quote(chance.text(), safe="", errors="surrogatepass")
        name = (
            "number_id"
            if place["schema"].get("type") == "integer" and place["name"] == "id"
            else place["name"]
        )
        if name == "key":
            return "opt_in_5512pro"
        if name == "number" and "/agreements/" in operation.path:
            name = "agreement"
        return quote(self._known.value(name, chance), safe="")

    def _query(self, operation: Operation, chance: Chance) -> tuple[tuple[str, str], ...]:
        named = [place for place in operation.source.get("parameters", []) if place["in"] == "query"]
        found = [
            (one["name"], self._scalar(one["name"], one["schema"], chance))
            for one in named
            if chance.often(0.5)
        ]
        if chance.often(0.05):
            found.append((chance.text(10), chance.text()))
        if found and chance.often(0.05):
            found.append((found[0][0], chance.text()))
        return tuple(found)

    def _scalar(self, name: str, schema: Schema, chance: Chance) -> str:
        if chance.often(0.2):
            return chance.text() if chance.often(0.7) else str(chance.number())
        value = self.value(name, schema, chance)
        return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)

    def _headers(self, operation: Operation, chance: Chance) -> dict[str, str]:
        found = {}
        if any(place["in"] == "header" for place in operation.source.get("parameters", [])) and chance.often(
            0.3
        ):
            found["Idempotency-Key"] = (
                chance.text() if chance.often(0.5) else f"key-{chance.randrange(10**6)}"
            )
        if chance.often(0.05):
            name, value = chance.choice(ODD_HEADERS)
            found[name] = value
        return found

    def _body(self, operation: Operation, path: str, chance: Chance) -> bytes:
        value = self.value("body", operation.body or {}, chance)
        if isinstance(value, dict) and "data" in value and "/tasks/" in path:
            value = {**value, "data": task_answers(path, self._world, chance)}
        kind = chance.random()
        if kind < 0.45:
            value = chance.spoilt(value)
        if kind > 0.9:
            return chance.raw_json(value)
        return json_bytes(value)

    def value(self, name: str, schema: Schema, chance: Chance) -> Any:
        """Something that a schema takes; now and then it is only nearly so."""
        schema = self._document.resolved(schema)
        if "anyOf" in schema:
            return self.value(name, chance.choice(schema["anyOf"]), chance)
        if "const" in schema or "enum" in schema:
            return chance.choice(schema.get("enum") or [schema["const"]])
        return self._typed(name, schema, chance)

    def _typed(self, name: str, schema: Schema, chance: Chance) -> Any:
        kind = schema.get("type")
        if kind == "object" and "properties" in schema:
            asked = schema.get("required", [])
            return {
                inner: self.value(inner, one, chance)
                for inner, one in schema["properties"].items()
                if inner in asked or chance.often(0.6)
            }
        if kind == "array":
            return [self.value(name, schema.get("items", {}), chance) for _ in range(chance.randrange(4))]
        if kind == "integer":
            return chance.choice((1, 1, 0, 2, schema.get("minimum", 1), schema.get("maximum", 2)))
        if kind == "boolean":
            return chance.often(0.5)
        if kind == "string":
            return self._known.value(name, chance) if chance.often(0.8) else chance.text()
        return None if kind == "null" else chance.json()


def somebody(chance: Chance) -> Who:
    """Anybody; more often one of those who may do most here, so that requests come far."""
    return BY_NAME[chance.choice(BUSY)] if chance.often(0.6) else chance.choice(PEOPLE)


def json_bytes(value: Any) -> bytes:
    """JSON as programs write it, lone surrogates and all."""
    return json.dumps(value).encode()
