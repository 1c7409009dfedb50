"""Who asks: one person of each kind, in two areas, several offices and agencies. All are samples."""

from dataclasses import dataclass

from tests import desk

CM, ESD, SUP, PM, ADM, AUD = (
    "case_manager",
    "esd_staff",
    "esd_wioa_supervisor",
    "program_manager",
    "administrator",
    "auditor",
)
SAMPLE = frozenset(value for value in vars(desk).values() if isinstance(value, str) and "." in value)
"""The user names that the sample data has already."""


@dataclass(frozen=True)
class Who:
    """A person as the table needs to know them. `lacks` names a clearance of domain 7.2 that is missing."""

    username: str
    roles: frozenset[str]
    agency: str
    area: str = "OLY"
    offices: frozenset[str] = frozenset()
    backup: frozenset[str] = frozenset()
    esd: bool = False
    restricted: bool = True
    lacks: str = ""
    active: bool = True

    def has(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))

    @property
    def two_keys(self) -> bool:
        """ESD staff and not a restricted user (X06)."""
        return self.esd and not self.restricted and self.has(ESD, SUP)


def _partner(username: str, agency: str, office: str, roles: str = CM, **more: object) -> Who:
    return Who(username, frozenset(roles.split()), agency, offices=frozenset({office}), **more)  # type: ignore[arg-type]


def _esd(username: str, role: str, office: str, agency: str = "ESD", **more: object) -> Who:
    usual = {"esd": True, "restricted": False, "offices": frozenset({office} if office else ())}
    return Who(username, frozenset({role}), agency, **{**usual, **more})  # type: ignore[arg-type]


def _other(username: str, *roles: str, agency: str = "OWDC", area: str = "OLY") -> Who:
    return Who(username, frozenset(roles), agency, area)


NOBODY = Who("", frozenset(), "", "")
"""Whoever is not signed in."""

PEOPLE = (
    NOBODY,
    _partner(desk.AVERY, "FWP", "WSK"),
    _partner(desk.JORDAN, "FWP", "WSC"),
    _partner(desk.NOOR, "FWP", "WSK", lacks="non_disclosure_on"),
    _partner("uma.untrained", "FWP", "WSK", lacks="trained_on"),
    _partner("ned.noaccount", "FWP", "WSK", lacks="eto_account_active"),
    _partner("pia.bothroles", "FWP", "WSK", f"{CM} {PM}"),
    _partner("lou.formerly", "FWP", "WSK", active=False),
    _partner(desk.REMY, "DYP", "WSJ"),
    _partner("lia.lapsed", "LPS", "WSK"),
    _partner("eve.eastpartner", "EWP", "EAST", area="EST"),
    _esd(desk.CASEY, SUP, "WSK"),
    _esd(desk.MORGAN, SUP, "WSC", backup=frozenset({"WSK"})),
    _esd("rex.restricted", SUP, "WSK", restricted=True),
    _esd("sue.eastsupervisor", SUP, "EAST", "EES", area="EST"),
    _esd(desk.DEVON, ESD, "WSK"),
    _esd("gil.given", ESD, "WSK"),
    _esd(desk.ELLIS, ESD, "WSK", restricted=True),
    _esd("cal.clallam", ESD, "WSC"),
    _esd("eli.eaststaff", ESD, "EAST", "EES", area="EST"),
    _other(desk.ROBIN, PM),
    _other("peg.eastmanager", PM, agency="EWP", area="EST"),
    _other(desk.PAT, ADM),
    _other("abe.eastadmin", ADM, agency="EES", area="EST"),
    _esd(desk.LEE, AUD, "", restricted=False),
    _other("ava.eastauditor", AUD, agency="EES", area="EST"),
    _other("rob.roleless"),
)
BY_NAME = {who.username: who for who in PEOPLE}

ADDED = tuple(who for who in PEOPLE if who.username and who.username not in SAMPLE)
STAFFED = frozenset(office for who in PEOPLE if who.has(SUP) for office in who.offices)
"""Offices with a supervisor of their own; the others are served by all supervisors of the area (domain 6.1)."""
