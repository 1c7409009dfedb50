"""The settings: everything that differs between one installation and another, read from the environment.

Each is described in docs/settings.md; a test holds the two together. The name of the variable is the name of
the field in capitals (`DATABASE_URL`); the labels of the case management system are `SOR__SYSTEM` and so on.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifications.mailbox import MailboxAddress
from notifications.mailer import is_address

#: The folder that holds the five packages and `bpmn/`.
PROJECT = Path(__file__).resolve().parent.parent


def _with_driver(url: object) -> object:
    """Any usual spelling of a PostgreSQL address, as SQLAlchemy wants it for psycopg 3."""
    if not isinstance(url, str):
        return url
    scheme, separator, rest = url.partition("://")
    if separator and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    raise ValueError("must be the address of a PostgreSQL database: postgresql://user:password@host/name")


def _known_zone(name: str) -> str:
    """Refuse a time zone nobody knows now, not at the first due date."""
    ZoneInfo(name)
    return name


def _an_address(text: str) -> str:
    """Refuse now what every mail would be refused for."""
    if not is_address(text):
        raise ValueError("must be an e-mail address without a name, such as bounces@desk.example")
    return text


def _a_mailbox(url: str) -> str:
    """Refuse an address of a mailbox that cannot be one; it holds a password, so it is not repeated."""
    MailboxAddress.parse(url)
    return url


class SystemOfRecord(BaseModel):
    """What the case management system calls things; the forms' texts are filled from it (domain X18, X26)."""

    system: str = "ETO"
    lookup_widget: str = "Opt-Out Lookup"
    wide_scope: str = "WorkSource"
    search: str = "Quick Search"
    save_label: str = "Save"
    edit_page: str = "View/Edit participant"
    opt_out_box: str = "Opt-Out"
    account: str = "WorkSourceWA"


class Settings(BaseSettings):
    """All settings of one process. Missing or wrong ones raise pydantic's `ValidationError`, naming each."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore", frozen=True)

    database_url: Annotated[str, BeforeValidator(_with_driver)] = Field(repr=False)
    redis_url: str = Field("redis://127.0.0.1:6379/0", repr=False)
    smtp_url: str = Field("smtp://127.0.0.1:25", repr=False)
    mail_from: str = "Opt-In Desk <opt-in-desk@desk.example>"
    bounce_address: Annotated[str, AfterValidator(_an_address)] | None = None
    bounce_mailbox: Annotated[str, AfterValidator(_a_mailbox)] | None = Field(None, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str = Field(min_length=32, repr=False)
    signing_key: str | None = Field(None, min_length=32, repr=False)
    fingerprint_key: str = Field(min_length=32, repr=False)
    session_hours: int = Field(10, ge=1)
    trusted_proxies: int = Field(0, ge=0)
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "America/Los_Angeles"
    sor: SystemOfRecord = SystemOfRecord()
    outbox_lease_seconds: int = Field(30, ge=1)
    outbox_batch: int = Field(50, ge=1)
    outbox_max_attempts: int = Field(5, ge=1)
    outbox_journal: Path = PROJECT / "var" / "mail-journal"
    job_hint: str = "tasks.outbox:nudge"
    backup_key: str | None = Field(None, min_length=32, repr=False)
    metrics_token: str | None = Field(None, min_length=16, repr=False)
    webhook_allow_loopback: bool = False
    bundles_dir: Path = PROJECT / "bpmn"
    demo: bool = False
    demo_mail_dir: Path | None = None
    web_bind: str = "127.0.0.1:8000"
    web_workers: int = Field(2, ge=1)
    web_threads: int = Field(4, ge=1)
    drain_seconds: float = Field(5, ge=0)
    lock_seconds: float = Field(5, gt=0)
    statement_seconds: float = Field(20, gt=0)
    worker_concurrency: int = Field(2, ge=1)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("bounce_address", "bounce_mailbox", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """A container's description can name a variable that nobody has set."""
        return value or None

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        """Links are made by joining, so that one slash stands between."""
        return value.rstrip("/")

    @property
    def cookie_secure(self) -> bool:
        """Whether the session's cookie is for https alone: always, unless pages are served on plain http."""
        return self.public_url.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people read dates and in which business days are counted."""
        return ZoneInfo(self.time_zone)


@cache
def settings() -> Settings:
    """The settings of this process, read once; `settings.cache_clear()` reads the environment anew."""
    return Settings()
