"""Diagrams of other people, kept outside the repository: where they are, and how they are run.

They lie in the folder named by the environment variable OPTIN_CORPUS, as `expected/…json` and one folder for each
source. Each diagram runs in a process of its own with a time limit, so that one that hangs or crashes is a result.
"""

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("OPTIN_CORPUS") or "/nonexistent")
SECONDS = 20
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMN_TAG = f"{{{BPMN}}}"

present = pytest.mark.skipif(
    not (FOLDER / "expected").is_dir(),
    reason="LEFT OUT: the diagrams of others are missing; name their folder in OPTIN_CORPUS.",
)
_fork = multiprocessing.get_context("fork")


def expected(name: str) -> Any:
    """What somebody wrote down about the diagrams."""
    return json.loads((FOLDER / "expected" / name).read_text())


def diagrams() -> Iterator[Path]:
    """Every BPMN file of the corpus."""
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in (".bpmn", ".xml", ".bpmn2") and path.is_file() and _is_bpmn(path):
            yield path


def _is_bpmn(path: Path) -> bool:
    with path.open("rb") as file:
        return b"20100524/MODEL" in file.read(20_000).replace(b"\0", b"")


def alone(job: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """The result of a job in a process of its own: `done`, `crash` or `hang`, and what it returned or raised."""
    receiving, sending = _fork.Pipe(duplex=False)
    worker = _fork.Process(target=_work, args=(sending, job, arguments))
    worker.start()
    sending.close()
    try:
        return (
            receiving.recv()
            if receiving.poll(SECONDS)
            else ("hang", f"{arguments[0]}: more than {SECONDS} s")
        )
    except EOFError:
        return "crash", f"{arguments[0]}: the process died"
    finally:
        worker.kill()
        worker.join()


def _work(sending: Any, job: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        sending.send(("done", job(*arguments)))
    except BaseException as error:
        sending.send(("crash", f"{arguments[0]}: {type(error).__name__}: {error}"))
