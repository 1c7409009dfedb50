"""What the check of a bundle finds before it is deployed, beyond the rules of its diagrams."""

from tests.bundle.procedure import FOLDER
from workflows.bundle_checks import refusals
from workflows.commands.definitions import read_folder


def test_the_bundle_has_no_problem():
    assert refusals(read_folder(FOLDER)) == {}


def test_a_condition_that_reads_a_field_no_form_has_is_found():
    files = read_folder(FOLDER)
    (name,) = [name for name, text in files.items() if 'esd_check == "shared"' in text]
    files[name] = files[name].replace('esd_check == "shared"', 'esd_chekc == "shared"')
    (found,) = refusals(files).values()
    assert "V8" in found
    assert "esd_chekc" in found


def test_a_value_that_no_option_of_the_form_has_is_found_with_the_nearest_one():
    files = read_folder(FOLDER)
    (name,) = [name for name, text in files.items() if 'esd_check == "shared"' in text]
    files[name] = files[name].replace('esd_check == "shared"', 'esd_check == "sharde"')
    (found,) = refusals(files).values()
    assert "V14" in found
    assert 'esd_check == "shared"' in found


def test_several_problems_of_one_element_are_all_told():
    files = read_folder(FOLDER)
    (name,) = [
        name for name, text in files.items() if 'id="T3_VerifyAccount"' in text and name.endswith(".bpmn")
    ]
    for part in ("<bpmn:flowNodeRef>T3_VerifyAccount</bpmn:flowNodeRef>", 'bpmnElement="T3_VerifyAccount"'):
        assert part in files[name]
        files[name] = files[name].replace(part, "")
    (told,) = [told for place, told in refusals(files).items() if place.endswith("T3_VerifyAccount")]
    assert "V4:" in told and "V11:" in told
