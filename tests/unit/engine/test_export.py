"""A diagram comes back byte for byte, and after a change nothing but the change differs."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from soaking import examples

from engine.export import CannotChange, Rename, SetProperty, export

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
_BODIES = {
    "utf-8": ("", "utf-8"),
    "utf-8 with mark": ("\ufeff", "utf-8"),
    "UTF-16": ("\ufeff", "utf-16-le"),
    "utf-16": ("\ufeff", "utf-16-be"),
    "ISO-8859-1": ("", "iso8859-1"),
    "windows-1252": ("", "cp1252"),
    "GBK": ("", "gbk"),
}


@dataclass(frozen=True)
class Drawn:
    """A file made of pieces, so that the bytes after a change are known beforehand."""

    head: str
    before: str
    quote: str
    name: str
    after: str
    kind: str

    def written(self, name: str | None = None) -> bytes:
        """The bytes, with this text between the quotes of the name."""
        mark, codec = _BODIES[self.kind]
        text = f"{self.head}{self.before}{self.quote}{self.name if name is None else name}{self.quote}{self.after}"
        return (mark + text).encode(codec, "xmlcharrefreplace")


_space = st.sampled_from([" ", "\n", "\r\n  ", "\t", "  "])
_noise = st.sampled_from([
    "", "\n", "<!-- name='x' id=\"t\" <a> -->", "<![CDATA[<b:task id='t' name='no'/>]]>", "&amp;&lt;&#65;", "é", "]]",
    "<o:x xmlns:o='urn:o' id='t' name='>'/>", "<b:documentation>a &gt; b</b:documentation>", "<?pi name='x'?>",
    "<b:extensionElements><c:p xmlns:c='urn:c' c:name='n'><!-- --></c:p></b:extensionElements>",
])  # fmt: skip
_value = st.sampled_from(["", "old", "a &amp; b", "&#x41;é", "a\n b", ">", "/>", "name="])
_new = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)
_ESCAPES = {"'": "&apos;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


@st.composite
def _drawings(draw: st.DrawFn) -> Drawn:
    kind = draw(st.sampled_from(sorted(_BODIES)))
    declared = f'<?xml version="1.0" encoding="{kind.split(" ")[0]}"?>'
    quote = draw(st.sampled_from("\"'"))
    attributes = [f"x:name={quote}no{quote}", "c='>'", "dname='no'", 'e="name=&apos;x&apos;"']
    before = draw(st.lists(st.sampled_from(attributes), unique=True))
    gap, equals = draw(_space), draw(st.sampled_from(["=", " = ", "\n="]))
    tag = gap.join(["<b:task", "id='t'", *before, f"name{equals}"])
    closed = draw(st.sampled_from(["/>", " />", "></b:task>", "\n>{}</b:task >"])).replace("{}", draw(_noise))
    return Drawn(
        f"{declared}{draw(_space)}<b:definitions xmlns:b='{_BPMN}' xmlns:x='urn:x'>{draw(_noise)}",
        f"<b:process id='p' name='p'>{draw(_noise)}{tag}",
        quote,
        draw(_value),
        f"{closed}{draw(_noise)}</b:process></b:definitions>{draw(_space)}",
        kind,
    )


@settings(max_examples=examples(100), deadline=None)
@given(drawn=_drawings(), name=_new)
def test_a_renamed_element_is_the_only_thing_that_differs(drawn: Drawn, name: str) -> None:
    content = drawn.written()
    assert export(content) is content
    changed = export(content, [Rename("t", name)])
    assert changed == drawn.written(escape(name, _ESCAPES))
    (task,) = _parsed(changed).iter(f"{{{_BPMN}}}task")
    assert task.get("name") == name


def _parsed(content: bytes) -> etree._Element:
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _file(inner: str, spaces: str = f'xmlns:spiff="{_SPIFF}"') -> bytes:
    return f'<definitions xmlns="{_BPMN}" {spaces}>\n  {inner}\n</definitions>\n'.encode()


def test_a_name_that_was_not_there_is_added_behind_the_attributes() -> None:
    assert export(_file('<task id="t" a="1" />'), [Rename("t", "N")]) == _file(
        '<task id="t" a="1" name="N" />'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<task id="t"/>',
            '<task id="t"><extensionElements><spiff:properties><spiff:property name="k" value="&lt;v&gt;"/>'
            "</spiff:properties></extensionElements></task>",
        ),
        (
            '<task id="t"><documentation>D</documentation><incoming>f</incoming></task>',
            '<task id="t"><documentation>D</documentation><extensionElements><spiff:properties>'
            '<spiff:property name="k" value="&lt;v&gt;"/></spiff:properties></extensionElements>'
            "<incoming>f</incoming></task>",
        ),
        (
            '<task id="t"><extensionElements><o:x xmlns:o="urn:o"/></extensionElements></task>',
            '<task id="t"><extensionElements><o:x xmlns:o="urn:o"/><spiff:properties>'
            '<spiff:property name="k" value="&lt;v&gt;"/></spiff:properties></extensionElements></task>',
        ),
        (
            '<task id="t"><extensionElements><spiff:properties /></extensionElements></task>',
            '<task id="t"><extensionElements><spiff:properties><spiff:property name="k" value="&lt;v&gt;"/>'
            "</spiff:properties></extensionElements></task>",
        ),
        (
            '<task id="t"><extensionElements><spiff:properties><spiff:property value="old" name="k"/>'
            "</spiff:properties></extensionElements></task>",
            '<task id="t"><extensionElements><spiff:properties><spiff:property value="&lt;v&gt;" name="k"/>'
            "</spiff:properties></extensionElements></task>",
        ),
    ],
)
def test_a_property_is_set_with_as_much_around_it_as_is_missing(before: str, after: str) -> None:
    assert export(_file(before), [SetProperty("t", "k", "<v>")]) == _file(after)


@pytest.mark.parametrize("spaces", ["", 'xmlns:spiffworkflow="urn:other"'])
def test_a_namespace_without_a_prefix_is_declared_where_it_is_used(spaces: str) -> None:
    content = _file('<task id="t"/>', spaces)
    changed = export(content, [SetProperty("t", "k", "v"), SetProperty("t", "l", "w")])
    found = _parsed(changed).iterfind(
        f".//{{{_BPMN}}}task/{{{_BPMN}}}extensionElements/{{{_SPIFF}}}properties/*"
    )
    assert [(tag.tag, tag.get("name"), tag.get("value")) for tag in found] == [
        (f"{{{_SPIFF}}}property", "k", "v"),
        (f"{{{_SPIFF}}}property", "l", "w"),
    ]


def test_a_prefix_that_a_nearer_element_took_for_another_is_not_used() -> None:
    content = _file('<process id="p" xmlns:spiff="urn:other"><task id="t"/></process><process id="q"/>')
    changed = _parsed(export(content, [SetProperty("t", "k", "v"), SetProperty("q", "k", "v")]))
    assert len(changed.findall(f".//{{{_SPIFF}}}property")) == 2


def test_a_property_is_taken_away_and_what_stands_around_stays() -> None:
    around = '<task id="t"><extensionElements><spiff:properties>\n  {}\n</spiff:properties></extensionElements></task>'
    one = '<spiff:property name="k" value="v"></spiff:property>'
    assert export(_file(around.format(one)), [SetProperty("t", "k", None)]) == _file(around.format(""))
    assert export(_file(around.format(one)), [SetProperty("t", "other", None)]) == _file(around.format(one))


def test_a_character_that_the_encoding_has_not_is_written_as_a_reference() -> None:
    content = f'<?xml version="1.0" encoding="ISO-8859-1"?><task id="t" xmlns="{_BPMN}" name="é"/>'.encode(
        "latin-1"
    )
    changed = export(content, [Rename("t", "é→")])
    assert changed == content.replace(b'name="\xe9"', b'name="\xe9&#8594;"')


def test_only_the_element_of_bpmn_is_changed_and_not_what_draws_it() -> None:
    content = _file('<o:shape xmlns:o="urn:o" id="t" name="a"/><task id="t" name="a"/>')
    changed = export(content, [Rename("t", "b")])
    assert changed == content.replace(b'<task id="t" name="a"', b'<task id="t" name="b"')


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no xml", "not well-formed"),
        (b"", "not well-formed"),
        (_file('<task id="t">'), "not well-formed"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + _file('<task id="t"/>'), "document type"),
        (_file('<task id="t" name="&b;"/>'), "not well-formed"),
        (_file('<task id="u"/>'), "no element"),
        (_file('<task id="t"/><task id="t"/>'), "there twice"),
        (_file('<o:task xmlns:o="urn:o" id="t"/>'), "no element"),
        (b'<?xml version="1.0" encoding="punycode"?>' + _file('<task id="t"/>'), "punycode"),
        (b'<?xml version="1.0" encoding="nothing"?>' + _file('<task id="t"/>'), "nothing"),
        (_file('<task id="t" name="\u00e9"/>').replace(b"\xc3\xa9", b"\xff"), "not utf-8"),
        (
            b'<?xml version="1.0" encoding="cp932"?>' + _file('<task id="t"/>') + b"<!-- \x87\x90 -->",
            "unusual kind",
        ),
        (b" " * 1_000_001, "larger"),
    ],
)
def test_a_file_that_cannot_be_changed_is_refused(content: bytes, said: str) -> None:
    assert export(content) is content
    with pytest.raises(CannotChange, match=said):
        export(content, [Rename("t", "n")])


@pytest.mark.parametrize("text", ["\0", "a\x0bb", "\ud800", "\ufffe"])
def test_text_that_xml_cannot_hold_is_refused(text: str) -> None:
    for change in (Rename("t", text), SetProperty("t", "k", text), SetProperty("t", text, "v")):
        with pytest.raises(CannotChange, match="XML cannot hold"):
            export(_file('<task id="t" name="n"/>'), [change])
