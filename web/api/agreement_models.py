"""What the API takes and gives about data-sharing agreements."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from web.api.models import OnePage, Strict


class AgreementPath(BaseModel):
    """The number of an agreement."""

    number: str = Field(max_length=40)


class AgreementBody(Strict):
    """What is kept of an agreement; what is left out stays as it is. Managers are user names, days ISO dates."""

    agency: str = Field(max_length=20)
    kind: Literal["data_sharing", "resource_sharing"] | None = None
    basis: Literal["mou_with_wdc", "service_contract_wdc", "service_contract_esd"] | None = None
    basis_document: str | None = Field(None, max_length=80)
    starts_on: str | None = Field(None, max_length=10)
    ends_on: str | None = Field(None, max_length=10)
    status: Literal["draft", "active", "suspended", "terminated", "expired"] | None = None
    esd_manager: str | None = Field(None, max_length=80)
    partner_manager: str | None = Field(None, max_length=80)


class NewAgreement(AgreementBody):
    """A new agreement under its own number."""

    number: str = Field(max_length=40)


class AgreementRowOut(BaseModel):
    """An agreement in the list; `shortcoming` says why it permits nothing today."""

    number: str
    agency: str
    kind: str
    status: str
    starts_on: date
    ends_on: date
    days_left: int
    in_force: bool
    shortcoming: str | None
    managers: list[str]
    open_cases: int


class AgreementList(OnePage):
    """The agreements of the area, the one that ends first on top."""

    items: list[AgreementRowOut]


class WarningOut(BaseModel):
    """A warning before the end, and whether it was given."""

    days: int
    on: date
    given: bool


class HeldCaseOut(BaseModel):
    """An open case of the agency; `decision` is the id of the open task T90, for program managers."""

    number: str
    held_at: datetime | None
    decision: str | None


class AgreementOut(AgreementRowOut):
    """One agreement, with the cases whose numbers one may know."""

    esd_manager: str
    partner_manager: str
    warnings: list[WarningOut]
    cases: list[HeldCaseOut]


class DecisionsBody(Strict):
    """The cases to decide on and what shall happen with them (T90)."""

    cases: list[str] = Field(max_length=100)
    action: Literal["resume", "hand_to_esd", "close"]


class DecidedOut(BaseModel):
    """What became of one decision: why it was refused, or empty."""

    number: str
    refused: str


class DecidedList(OnePage):
    """What became of each."""

    items: list[DecidedOut]
