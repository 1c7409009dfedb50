"""Every setting is described where the people who run the product look for it."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from tests.architecture.tree import modules
from workflows.settings import PROJECT, Settings, SystemOfRecord, settings

PAGE = PROJECT / "docs" / "settings.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def names() -> set[str]:
    """The variables of all settings."""
    plain = {name.upper() for name in Settings.model_fields if name != "sor"}
    return plain | {f"SOR__{name.upper()}" for name in SystemOfRecord.model_fields}


def rows() -> dict[str, tuple[str, str]]:
    """Each described variable with its default and its description."""
    return {name: (default.strip(), words.strip()) for name, default, words in ROW.findall(PAGE.read_text())}


def test_every_setting_is_described_and_nothing_else():
    assert set(rows()) == names()


def test_the_described_defaults_are_the_real_ones():
    described = {name: default for name, (default, _) in rows().items()}
    fields = {name.upper(): field for name, field in Settings.model_fields.items() if name != "sor"}
    fields |= {f"SOR__{name.upper()}": field for name, field in SystemOfRecord.model_fields.items()}
    real = {name: _shown(field.default) for name, field in fields.items()}
    assert described == real


def _shown(value: object) -> str:
    """A default as the page writes it."""
    if value is PydanticUndefined:
        return "**required**"
    if value is None or value == ():
        return "(none)"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Path):
        return f"`{value.relative_to(PROJECT)}`"
    return f"`{value}`"


def test_every_setting_is_read_somewhere():
    """A switch that is described and does nothing would be a promise not kept."""
    read = "\n".join(path.read_text("utf-8") for path in modules() if path.name != "settings.py")
    unread = {name for name in Settings.model_fields if not re.search(rf"\.{name}\b", read)}
    assert unread == set()


@pytest.mark.parametrize(
    "given",
    ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"],
)
def test_every_spelling_of_a_database_address_is_taken(monkeypatch, given):
    monkeypatch.setenv("DATABASE_URL", given)
    assert settings().database_url == "postgresql+psycopg://u:p@h/d"


def test_another_database_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    with pytest.raises(ValidationError, match="PostgreSQL"):
        settings()


def test_short_keys_are_refused_and_never_shown(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(ValidationError, match="secret_key"):
        settings()


def test_no_secret_is_shown_when_the_settings_are_printed(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    for name, scheme in (("DATABASE_URL", "postgresql"), ("REDIS_URL", "redis"), ("SMTP_URL", "smtp")):
        monkeypatch.setenv(name, f"{scheme}://user:geheim@host/1")
    shown = repr(settings())
    assert "k" * 40 not in shown
    assert "geheim" not in shown


def test_labels_and_links(monkeypatch):
    monkeypatch.setenv("SOR__SYSTEM", "Another System")
    monkeypatch.setenv("PUBLIC_URL", "https://desk.example/")
    chosen = settings()
    assert (chosen.sor.system, chosen.sor.save_label) == ("Another System", "Save")
    assert chosen.public_url == "https://desk.example"
    assert chosen.cookie_secure


def test_an_unknown_time_zone_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("TIME_ZONE", "Olympia/Nowhere")
    with pytest.raises((ValidationError, LookupError)):
        settings()
