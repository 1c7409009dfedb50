"""`optin check`: problems with element and mend, the exit code, and what other tools' words mean."""

from pathlib import Path

from click.testing import CliRunner

from web.console import main

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="sample" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" exporter="A modeler">'
)
SOUND = f"""{HEAD}<process id="P" isExecutable="true"><startEvent id="S"/><userTask id="A" name="Ask" camunda:formKey="ask"/>
<endEvent id="E"/><sequenceFlow id="F" sourceRef="S" targetRef="A"/><sequenceFlow id="G" sourceRef="A" targetRef="E"/>
</process></definitions>"""
BUNDLE = Path(__file__).parents[2] / "bpmn" / "opt_in_5512pro"


def run(*words: object):
    return CliRunner().invoke(main, ["check", *map(str, words)])


def drawn(folder: Path, text: str, name: str = "one.bpmn") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_our_own_procedure_has_no_problem():
    result = run(BUNDLE, "--rules", "house")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "No problem in 5 files.")


def test_a_problem_is_told_with_element_and_mend(tmp_path):
    path = drawn(tmp_path, SOUND.replace('targetRef="E"', 'targetRef="nowhere"'), "one.xml")
    result = run(path)
    assert result.exit_code == 1
    assert "problem G3" in result.output and "Connect both ends" in result.output


def test_what_the_house_demands_is_asked_for_by_name(tmp_path):
    path = drawn(tmp_path, SOUND)
    assert run(path).exit_code == 0
    refused = run(path, "--rules", "house")
    assert refused.exit_code == 1 and "A “Ask”" in refused.output


def test_the_words_of_other_tools_are_told(tmp_path):
    result = run(drawn(tmp_path, SOUND), "--words")
    assert "drawn with A modeler" in result.output
    assert "mapped A camunda:formKey" in result.output


def test_a_file_that_is_no_diagram_is_told(tmp_path):
    result = run(drawn(tmp_path, "no diagram"))
    assert result.exit_code == 1 and "problem X1" in result.output
