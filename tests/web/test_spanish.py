"""A case worked by people who chose Spanish: questions, errors, sentences and the drawing; the API goes on in English."""

import pytest

from tests.desk import AVERY, Desk
from tests.integration.acting import browser
from web.session import LANGUAGE_COOKIE
from workflows import definitions, language


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has read no bundle yet."""
    monkeypatch.setattr(language, "_of_bundles", {code: {} for code in language.LANGUAGES})
    monkeypatch.setattr(definitions, "_learned", {})


def test_a_case_is_worked_in_spanish(desk: Desk, forgotten: None) -> None:
    number = desk.open()
    for label in ("T2", "T3", "T4"):
        desk.do(AVERY, number, label)
    task = desk.task(AVERY, number, "T5")
    assert task["name"] == "Write the request with the client"
    client = browser(desk, AVERY)
    client.set_cookie(LANGUAGE_COOKIE, "es")

    def read(path: str) -> str:
        return client.get(path).get_data(as_text=True)

    assert "Escribir la solicitud con el cliente" in read("/work?view=role")
    page = read(f"/tasks/{task['id']}")
    assert "<h1>Escribir la solicitud con el cliente</h1>" in page
    assert "El cliente no tiene teléfono" in page
    wrong = client.post(f"/tasks/{task['id']}", data={"reason": "corto", "version": task["version"]})
    assert wrong.status_code == 422
    told = wrong.get_data(as_text=True)
    assert "Escriba la razón con al menos 10 caracteres." in told
    assert "Explique al cliente los cuatro puntos del aviso y después marque esto." in told
    desk.do(AVERY, number, "T5", client_first_name="Client", client_last_name="Clear")
    case = read(f"/cases/{number}")
    assert "Se espera desde hoy a que el cliente se comunique con el supervisor WIOA de ESD" in case
    assert "«Escribir la solicitud con el cliente» se completó." in case
    steps = read("/processes/opt_in_5512pro/1")
    assert "1 día hábil" in steps and "el mismo día hábil" in steps and "business day" not in steps
    assert ">Client<" in case and ">Clear<" in case, "what was typed is no word of the catalogue"


def test_a_diagram_is_looked_at_in_spanish_and_taken_away_as_it_is(desk: Desk) -> None:
    client = browser(desk, AVERY)
    client.set_cookie(LANGUAGE_COOKIE, "es")
    address = "/processes/opt_in_5512pro/1/files/opt_in_request.bpmn"
    assert "Pedir al cliente que llame al supervisor" in client.get(f"{address}?drawn=yes").get_data(
        as_text=True
    )
    assert "Ask the client to call the supervisor" in client.get(address).get_data(as_text=True)
    assert client.get("/processes/opt_in_5512pro/1/files/none.bpmn?drawn=yes").status_code == 404
