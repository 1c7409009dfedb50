"""The containers, the command and the Makefile fit together: each names only what the others have."""

import re
import subprocess
import sys

import click
import pytest
import yaml

from web.console import main
from workflows.settings import PROJECT, Settings

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "opt-in-desk"}
SECRETS = ("SECRET_KEY", "FINGERPRINT_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


def test_all_parts_are_there():
    assert set(COMPOSE["services"]) == {
        "postgres", "redis", "migrate", "deploy", "web", "worker", "beat", "mail",
    }  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_the_command_of_a_service_is_one_that_exists_with_options_that_exist(name):
    command, *arguments = OURS[name]["command"]
    found = main.commands[command]
    context = found.make_context(command, list(arguments), resilient_parsing=False)
    assert isinstance(context, click.Context)


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_can_change_nothing_but_its_own_data(name):
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {place.split(":")[1] for place in service.get("volumes", [])} <= {"/data"}


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_says_whether_it_is_well_or_why_not(name):
    check = COMPOSE["services"][name].get("healthcheck")
    inherited_from_the_image = name == "web"
    assert check or inherited_from_the_image


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_waits_for_others_that_exist(name):
    needed = COMPOSE["services"][name].get("depends_on", {})
    assert set(needed) <= set(COMPOSE["services"])
    for other, how in needed.items():
        if how["condition"] == "service_healthy":
            assert "test" in COMPOSE["services"][other]["healthcheck"]


def test_the_environment_names_settings_that_exist():
    assert {name.lower() for name in COMPOSE["x-product"]["environment"]} <= set(Settings.model_fields)


def test_secrets_come_from_the_environment_alone_and_a_missing_one_stops_the_start():
    text = (PROJECT / "docker-compose.yml").read_text()
    for name in SECRETS:
        assert set(re.findall(r"\$\{" + name + r"([^}]*)\}", text)) == {f":?set {name}"}


def test_redis_loses_and_evicts_nothing():
    command = COMPOSE["services"]["redis"]["command"][-1]
    assert "appendonly yes" in command
    assert "noeviction" in command
    assert "requirepass" in command


def test_the_image_is_not_run_by_root_and_holds_the_packages():
    text = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"^USER optin$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    copied = set(re.findall(r"^COPY (\w+) \w+$", text, re.MULTILINE))
    assert copied == {"engine", "workflows", "notifications", "tasks", "web", "bpmn"}
    let_in = set(re.findall(r"^!(\w+)$", (PROJECT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied <= let_in


@pytest.mark.parametrize("target", ["demo", "test", "lint", "clean", "help"])
def test_the_makefile_knows_its_targets(target):
    done = subprocess.run(["make", "-n", target], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_ci_runs_the_command_of_the_readme():
    assert "make test" in (PROJECT / ".ci" / "run").read_text()
    assert "make test" in (PROJECT / "README.md").read_text()


def test_the_makefile_takes_a_python_only_if_it_runs_and_is_of_the_right_age(tmp_path):
    for name in ("python3.12", "python3.11", "python3", "python"):
        shim = tmp_path / name
        shim.write_text("#!/bin/sh\nexit 127\n")
        shim.chmod(0o755)
    (tmp_path / "Makefile").write_text((PROJECT / "Makefile").read_text())
    done = subprocess.run(
        ["/usr/bin/make", ".venv/.made-in"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "No Python 3.11 or 3.12 was found" in done.stderr
    named = subprocess.run(
        ["/usr/bin/make", ".venv/.made-in", f"PYTHON={sys.executable}"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert named.returncode == 0, named.stderr
    assert (tmp_path / ".venv" / "bin" / "python").exists()
