"""Signed heads, and the export that anybody checks with Python alone."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.desk import Clock, Desk
from tests.integration.test_chains import tamper
from web.console import main
from workflows import db
from workflows.commands.heads import sign_head, sign_when_due
from workflows.heads import HistoryHead, exported, head_findings, public_key
from workflows.standalone import verify_history


def optin(*words: str) -> str:
    """What a command says."""
    answer = CliRunner().invoke(main, ["audit", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def found() -> list[str]:
    with db.snapshot() as session:
        return list(head_findings(session))


@pytest.fixture
def cases(desk: Desk) -> list[str]:
    """Two cases, with a head after each."""
    numbers = []
    for name in ("", "son"):
        numbers.append(desk.to_request(client_last_name=f"Pennywhistle{name} SAMPLE"))
        assert sign_head()
    return numbers


def test_a_head_is_signed_every_hour_if_anything_happened(desk: Desk, clock: Clock) -> None:
    desk.open()
    sign_when_due()
    sign_when_due()
    clock.move(minutes=61)
    desk.open()
    sign_when_due()
    assert sign_head() == ""
    with db.snapshot() as session:
        assert session.query(HistoryHead).count() == 2
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM history_event WHERE case_id = 1 AND seq > 3", "of case 1, which is gone"),
        ("UPDATE history_head SET ends = '{}' WHERE number = 1", "head 1 was changed"),
        ("UPDATE history_head SET signature = repeat('0', 128) WHERE number = 2", "head 2 is not signed"),
        ("DELETE FROM history_head WHERE number = 1", "head 2 stands where head 1 is wanted"),
    ],
)
def test_what_a_chain_alone_would_not_show_is_named(cases: list[str], statement: str, words: str) -> None:
    assert found() == []
    tamper("ALTER TABLE history_head DISABLE TRIGGER USER")
    with db.snapshot() as session:
        (first,) = session.execute(db.text("SELECT min(case_id) FROM history_event")).scalars()
    tamper(statement.replace("case_id = 1", f"case_id = {first}"))
    assert any(words.replace("case 1", f"case {first}") in sentence for sentence in found())


def test_an_export_is_checked_with_python_alone(cases: list[str], tmp_path: Path) -> None:
    program, file = tmp_path / "verify_history.py", tmp_path / "history.jsonl"
    program.write_text(optin("verifier"))
    optin("export", str(file))
    assert not any(number in file.read_text() for number in ("Pennywhistle", "360-555"))
    told = _checked(program, file, optin("key").strip())
    assert told.returncode == 0 and "2 signed heads" in told.stdout, told.stdout
    assert "another key" in _checked(program, file, "0" * 64).stdout


def _checked(program: Path, file: Path, key: str) -> subprocess.CompletedProcess[str]:
    """The program, as somebody runs it who has nothing of ours."""
    words = [sys.executable, "-I", "-S", program, file, key]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=file.parent)


def test_any_flipped_bit_of_an_export_is_named_with_its_line(cases: list[str]) -> None:
    with db.snapshot() as session:
        text = "\n".join(exported(session)) + "\n"
    key, chance = public_key(), random.Random(5512)
    assert list(verify_history.Verifier(key).read(text.splitlines(keepends=True))) == []
    content = text.encode()
    for _ in range(150):
        place = chance.randrange(len(content) - 1)
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.randrange(7)
        line = content[:place].count(b"\n") + 1
        findings = list(verify_history.Verifier(key).read(bytes(flipped).decode("latin-1").split("\n")[:-1]))
        assert findings, f"bit at {place}, line {line}"
        assert any(f"Line {at}" in findings[0] for at in (line, line + 1)), (line, findings[0])


def test_signatures_are_judged_as_the_library_does() -> None:
    chance = random.Random(7)
    for length in (0, 1, 32, 100):
        key, message = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)), chance.randbytes(length)
        public, signature = key.public_key().public_bytes_raw().hex(), key.sign(message)
        assert verify_history.signed_by(public, message, signature)
        assert not verify_history.signed_by(public, message + b"x", signature)
        for place in (0, 31, 32, 63):
            forged = bytearray(signature)
            forged[place] ^= 1
            assert not verify_history.signed_by(public, message, bytes(forged))
