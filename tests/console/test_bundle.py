"""`optin bundle`: out and in again without a difference, checked and compared in words; what is hostile stays out."""

import io
import json
import re
import stat
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.desk import AVERY, ROBIN
from tests.integration.acting import actor
from web.console import main
from workflows.bundle_files import of_folder, packed, unpacked
from workflows.commands.definitions import read_folder
from workflows.commands.drafts import begin_draft, change_draft
from workflows.errors import InvalidInput
from workflows.queries.drafts import draft_view

SHIPPED = Path(__file__).parents[2] / "bpmn" / "opt_in_5512pro"
TIMES = "service_levels.toml"


def run(*words: object):
    return CliRunner().invoke(main, ["bundle", *map(str, words)])


def longer(folder: Path) -> Path:
    """The shipped bundle in a folder, with one time changed."""
    files = read_folder(SHIPPED)
    path = folder / "longer.zip"
    path.write_bytes(packed({**files, TIMES: files[TIMES].replace('after = "45 days"', 'after = "60 days"')}))
    return path


def test_a_bundle_goes_out_and_in_without_a_difference(tmp_path):
    files = read_folder(SHIPPED)
    assert unpacked(packed(files)).files == files and packed(files) == packed(dict(reversed(files.items())))
    in_a_folder = zipped(
        {f"procedure/{name}": text for name, text in files.items()} | {"procedure/README.md": ""}
    )
    assert unpacked(in_a_folder).files == files and unpacked(in_a_folder).left_out == ("README.md",)


def zipped(files: dict[str, str], **odd: object) -> bytes:
    """A .zip, each of its entries with odd properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for name_of_it, value in odd.items():
                setattr(entry, name_of_it, value)
            archive.writestr(entry, text)
    return out.getvalue()


def lying() -> bytes:
    """A .zip whose list says that a file is small, and which is large."""
    content = zipped({TIMES: "#" * 9_000_000})
    size = (9_000_000).to_bytes(4, "little")
    return content.replace(size, (9).to_bytes(4, "little"))


def locked() -> bytes:
    """A .zip that says it needs a password."""
    content = bytearray(zipped({TIMES: "x"}))
    for place in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[place] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "no .zip"),
        (zipped({TIMES: "x"})[:-30], "no .zip"),
        (zipped({"../evil.bpmn": "x"}), "would not stay"),
        (zipped({"forms/../../evil.json": "x"}), "would not stay"),
        (zipped({"/etc/evil.bpmn": "x"}), "would not stay"),
        (zipped({"..\\evil.bpmn": "x"}), "would not stay"),
        (zipped({"C:evil.bpmn": "x"}), "would not stay"),
        (zipped({TIMES: "/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16), "would not stay"),
        (zipped({TIMES: "#" * 9_000_000}), "too large"),
        (lying(), "(too large|no .zip)"),
        (zipped({f"{number}.bpmn": "" for number in range(2001)}), "too large"),
        (locked(), "password"),
        (zipped({"notes.txt": "x"}), "no file of a bundle"),
        (packed({}), "no file of a bundle"),
    ],
)  # fmt: skip
def test_a_hostile_zip_is_refused(content, words):
    with pytest.raises(InvalidInput) as refused:
        unpacked(content)
    assert re.search(words, refused.value.fields["file"])


def test_a_link_in_a_folder_is_refused_and_so_is_a_text_that_is_none(tmp_path):
    (tmp_path / TIMES).symlink_to("/etc/hostname")
    with pytest.raises(InvalidInput, match="put right"):
        of_folder(tmp_path)
    (tmp_path / TIMES).unlink()
    (tmp_path / TIMES).write_bytes(b"\xff\xfe")
    assert "UTF-8" in run("check", tmp_path).output


def test_a_bundle_is_checked_with_place_and_mend(tmp_path):
    assert run("check", SHIPPED).output.splitlines()[-1].startswith("No problem in ")
    broken = {**read_folder(SHIPPED), "forms/T6_AskClientToContactSupervisor.json": "{}"}
    path = tmp_path / "broken.zip"
    path.write_bytes(packed(broken))
    result = run("check", path, "--quiet")
    assert result.exit_code == 1 and "problem forms/T6_AskClientToContactSupervisor.json" in result.output


def test_two_bundles_are_compared_in_words_and_as_json(tmp_path):
    path = longer(tmp_path)
    assert "Nothing differs." in run("diff", SHIPPED, SHIPPED, "--exit-code").output
    result = run("diff", SHIPPED, path, "--exit-code")
    assert result.exit_code == 1 and "60 days; it was 45 days. [case_max_age]" in result.output
    (change,) = json.loads(run("diff", SHIPPED, path, "--json").output)
    assert (change["part"], change["element"], change["after"]) == ("time", "case_max_age", "60 days")
    assert run("diff", SHIPPED, "nowhere").exit_code == 2


def test_from_the_installation_and_back_into_a_draft(database, tmp_path):
    out = tmp_path / "out"
    assert run("export", out).exit_code == 0
    assert "Nothing differs." in run("diff", SHIPPED, out).output
    taken = run("import", longer(tmp_path), "--area", "OLY", "--as", ROBIN)
    assert taken.exit_code == 0 and "1 change in the draft of OLY." in taken.output
    assert "60 days" in run("diff", "version:1", "draft:OLY").output
    (out / "forms" / "Old.json").write_text("{}")
    (out / "README.md").write_text("Ours.")
    assert "taken out: forms/Old.json" in run("export", out, "--draft", "OLY").output
    assert "60 days" in (out / TIMES).read_text() and (out / "README.md").exists()


def test_work_in_a_draft_is_replaced_only_when_that_is_asked_for(database, tmp_path):
    draft = begin_draft(actor(ROBIN))
    change_draft(actor(ROBIN), draft, {TIMES: "# mine\n"}, 1)
    source, who = longer(tmp_path), ("--area", "OLY", "--as", ROBIN)
    refused = run("import", source, *who)
    assert refused.exit_code == 1 and "Robin" in refused.output
    assert draft_view(actor(ROBIN), draft).files[TIMES] == "# mine\n"
    assert run("import", source, *who, "--replace").exit_code == 0
    assert "60 days" in draft_view(actor(ROBIN), draft).files[TIMES]
    others = [run("import", source, "--area", "OLY", "--as", AVERY), run("import", source, "--area", "EST", "--as", ROBIN),
              run("import", source, "--area", "OLY", "--as", "nobody"), run("export", "x", "--version", 9),
              run("export", "x", "--draft", "EST")]  # fmt: skip
    assert [(each.exit_code, bool(each.output)) for each in others] == [(1, True)] * 5
