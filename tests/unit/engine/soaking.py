"""How many examples chance makes: few with every change, many when somebody soaks the engine (`make soak`)."""

import os

SOAK = int(os.environ.get("SOAK", "0"))
SEED = int(os.environ.get("SEED", "0"))


def examples(few: int) -> int:
    """How many examples a test takes."""
    return max(few, SOAK)
