"""The world of the permission matrix is what requests are put to; what takes long to begin with runs in a long run alone."""

from tests.inputs.counting import INPUTS
from tests.permissions.conftest import world  # noqa: F401 - the fixture

collect_ignore = [] if INPUTS else ["test_schemathesis.py"]
