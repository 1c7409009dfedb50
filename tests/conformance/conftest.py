"""Small diagrams, written to files and deployed."""

from pathlib import Path

import pytest

from engine import conformance

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@pytest.fixture
def draw(tmp_path):
    """Write a file with these elements of `<definitions>` and give its path."""

    def draw(*elements: str, name: str = "sample.bpmn") -> Path:
        path = tmp_path / name
        path.write_text(
            f'<definitions xmlns="{BPMN}" targetNamespace="SAMPLE">{"".join(elements)}</definitions>'
        )
        return path

    return draw


@pytest.fixture
def deployed(draw):
    """A fresh engine with these processes deployed; every one of them must run."""

    def deployed(*elements: str, **options: object) -> dict:
        conformance.configure(**options)
        report = conformance.deploy(draw(*elements))
        assert report["error"] is None
        assert [entry["status"] for entry in report["definitions"]] == ["ok"] * len(report["definitions"]), (
            report
        )
        return report

    return deployed
