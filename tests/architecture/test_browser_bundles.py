"""The committed scripts of viewer and modeler are what their sources and their lock file make."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from workflows.settings import PROJECT

WEB = PROJECT / "web"
BUNDLES = ("diagram", "modeler")
OFFLINE = re.compile(
    r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET"
)
"""How npm says that it reaches no registry. Anything else it says is a fault of ours."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both bundles, built anew in a copy of the sources."""
    if shutil.which("npm") is None:
        pytest.skip("THE BROWSER BUNDLES WERE NOT REBUILT: there is no npm on this machine")
    web = tmp_path_factory.mktemp("bundles") / "web"
    left_out = shutil.ignore_patterns("node_modules")
    shutil.copytree(WEB / "modeler", web / "modeler", ignore=left_out)
    installed = _npm(web, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    if installed.returncode and OFFLINE.search(installed.stderr):
        pytest.skip("THE BROWSER BUNDLES WERE NOT REBUILT: npm reaches no registry")
    assert installed.returncode == 0, installed.stderr
    made = _npm(web, "run", "build")
    assert made.returncode == 0, made.stdout + made.stderr
    return web / "static"


def _npm(web: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["npm", *words], cwd=web / "modeler", capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_committed_bundle_is_what_its_sources_make(built: Path, bundle: str) -> None:
    committed = {file.name: file.read_bytes() for file in (WEB / "static" / bundle).iterdir()}
    now = {file.name: file.read_bytes() for file in (built / bundle).iterdir()}
    differ = sorted(name for name in committed.keys() | now.keys() if committed.get(name) != now.get(name))
    assert differ == [], "build it anew, as web/modeler/README.md says"


def test_versions_are_exact_and_licences_are_kept() -> None:
    package = json.loads((WEB / "modeler" / "package.json").read_text())
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    kept = (WEB / "static" / "modeler" / "LICENSES.txt").read_text()
    for name in package["dependencies"]:
        assert f"\n{name} {package['dependencies'][name]} (" in f"\n{kept}"
