"""Bounces that were dealt with, each once, and how far the mailbox was read that they come to."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base


class BounceRow(Base):
    """A report of a mail server that was dealt with: the checksum of its bytes, and which message it was about.

    Nothing else of it is kept: it holds addresses.
    """

    __tablename__ = "bounce"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    outbox_message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"))
    at: Mapped[datetime]
    status: Mapped[str]
    __table_args__ = (Index("ix_bounce_at", "at"),)


class BounceMailbox(Base):
    """How far a mailbox was read: the numbers of its mails up to `read_up_to`, counted in an `epoch`.

    `name` is a checksum of its address without the password; `left_alone` is how many mails were no bounce of ours.
    """

    __tablename__ = "bounce_mailbox"
    name: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
    read_up_to: Mapped[int] = mapped_column(BigInteger)
    left_alone: Mapped[int]
    read_at: Mapped[datetime]
