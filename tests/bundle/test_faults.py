"""One fault in the bundle is told on its element, with its rule, why it is wrong and how to mend it; the same words reach
the editor, which asks the same check (`web.editor.files`)."""

import pytest

from tests.bundle.faults import FAULTS, Fault
from workflows.bundle_checks import problems, refusals
from workflows.definitions import MAIN_PROCESS, Bundle


def test_there_are_enough_of_them() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 60


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_a_fault_is_told_where_it_is_with_its_mend(fault: Fault) -> None:
    found = [one for one in problems(Bundle(MAIN_PROCESS, fault.files())) if not one.warning]
    told = [one for one in found if one.rule == fault.rule and fault.where in (one.element, one.file)]
    assert told, [(one.rule, one.place, one.reason) for one in found]
    assert all(one.reason and (one.mend or not one.rule) for one in found)
    assert refusals(fault.files())
