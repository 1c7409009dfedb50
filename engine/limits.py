"""What an engine allows at most. Each is a setting; passing one is a refusal at deployment, or an incident later."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of a definition.

    `file_bytes`: size of a file. `elements`: flow nodes of a bundle. `nesting`: sub-processes inside each other.
    `calls`: processes that call each other in a row. `steps`: elements completed between two waits; `tokens`: paths
    begun between two waits. `instances`: of one multi-instance or rounds of one loop. `data_bytes`: names and values
    of one set of process data.
    """

    file_bytes: int = 1_000_000
    elements: int = 1_500
    nesting: int = 30
    calls: int = 20
    steps: int = 10_000
    tokens: int = 20_000
    instances: int = 1_000
    data_bytes: int = 100_000


DEFAULT = Limits()
"""The limits where nobody sets others."""
