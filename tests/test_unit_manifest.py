"""The manifest (清单): what is written is read back; what anybody made of it leads nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.naming import folded, is_file_name
from reportgen.problems import Location, Problem, Severity, problem_from
from reportgen.unit_sets.manifest import manifest_bytes, read_manifest
from reportgen.unit_sets.record import (
    EntryRecord,
    FileRecord,
    RowCount,
    SetRecord,
    SheetSum,
    State,
    UnitRecord,
)
from tests.unit_records import sha, small_record

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
COUNTS = st.integers(0, 10**6)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
NAMES = st.lists(TEXTS, max_size=3).map(tuple)
LINES = st.none() | st.integers(1, 99)
PLACES = st.builds(
    Location,
    file=TEXTS,
    sheet=st.none() | TEXTS,
    cell=st.none() | TEXTS,
    line=LINES,
    column=LINES,
    key=st.none() | TEXTS,
)
PROBLEMS = st.lists(
    st.builds(
        Problem,
        code=TEXTS,
        what=TEXTS,
        fix=TEXTS,
        where=st.none() | PLACES,
        severity=st.sampled_from(Severity),
        related=st.lists(PLACES, max_size=2).map(tuple),
    ),
    max_size=2,
).map(tuple)
FILES = st.builds(
    FileRecord, st.text("附件甲乙_ab1", min_size=1, max_size=5).map(lambda stem: f"{stem}.docx"), COUNTS, HASHES
)
UNITS = st.builds(
    UnitRecord,
    unit=TEXTS.filter(bool),
    number=COUNTS,
    kind=TEXTS,
    is_registered=st.booleans(),
    state=st.sampled_from(State),
    counts=st.lists(st.builds(RowCount, TEXTS, TEXTS, TEXTS, COUNTS), max_size=3).map(tuple),
    files=st.lists(FILES, min_size=1, max_size=2).map(tuple),
    key=HASHES,
    problems=PROBLEMS,
)
ENTRIES = st.builds(
    EntryRecord,
    sheet=TEXTS,
    report_annex=TEXTS,
    report_no=TEXTS,
    id=TEXTS,
    category=TEXTS,
    text=TEXTS,
    judgement=TEXTS,
    lead_names=NAMES,
    support_names=NAMES,
    leads=NAMES,
    supports=NAMES,
    outside=NAMES,
    unresolved=NAMES,
    cell=TEXTS,
)
TRIPLES = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=2).map(tuple)


def unlike(units: list[UnitRecord]) -> bool:
    """Whether no two units and no two files have the same name, as in every set that is made."""
    names = [folded(file.name) for unit in units for file in unit.files]
    return len(set(names)) == len(names) and len({unit.unit for unit in units}) == len(units)


RECORDS = st.builds(
    SetRecord,
    report=TEXTS,
    period=TEXTS,
    formats=NAMES,
    inputs=TRIPLES,
    faces=TRIPLES,
    pdf_engine=st.just(()) | st.tuples(TEXTS, TEXTS),
    units=st.lists(UNITS, max_size=3).filter(unlike).map(tuple),
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
    sums=st.lists(
        st.builds(SheetSum, sheet=TEXTS, entries=COUNTS, unreached=COUNTS, expected=COUNTS, rows=COUNTS), max_size=2
    ).map(tuple),
    problems=PROBLEMS,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def edited(**changes: Any) -> bytes:
    """The small record's manifest with other values in it."""
    return json.dumps(json.loads(manifest_bytes(small_record())) | changes).encode()


def first_unit(**changes: Any) -> UnitRecord | None:
    """The first unit that is read when its record was edited."""
    units = json.loads(manifest_bytes(small_record()))["units"]
    units[0] |= changes
    record = read_manifest(edited(units=units))
    assert record
    return next((unit for unit in record.units if unit.number == 1), None)


@given(RECORDS)
def test_what_is_written_is_read_back(record: SetRecord) -> None:
    assert read_manifest(manifest_bytes(record)) == record


def test_the_manifest_is_the_same_each_time_and_a_text_that_people_can_read() -> None:
    record = small_record()
    blob = manifest_bytes(record)
    text = blob.decode()
    assert read_manifest(blob) == record
    assert manifest_bytes(record) == blob
    assert text.endswith("}\n")
    assert json.loads(text)["sums"][0]["agrees"] is True
    assert '\n      "unit": "区发展改革委",\n' in text
    assert '        {"sheet": "预期目标", "judgement": "符合预期", "duty": "牵头", "rows": 2},\n' in text


def test_a_byte_order_mark_of_an_editor_does_no_harm() -> None:
    assert read_manifest(b"\xef\xbb\xbf" + manifest_bytes(small_record())) == small_record()


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"PK\x03\x04",
        b"\xff\xfe{\x00}\x00",
        b"[]",
        b"null",
        b'"reportgen-unit-set"',
        b'{"outputs": []}',
        b'{"format": "reportgen-unit-set", "version": 1}',
        b'{"format": "reportgen-unit-set", "version": 2, "units": []}',
        b'{"format": "reportgen-unit-set", "version": true, "units": {}}',
        b'{"format": "reportgen-unit-set", "version": 1, "units": {"a": 1}}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        manifest_bytes(small_record())[:-40],
    ],
    ids=lambda blob: repr(blob[:50]),
)
def test_what_is_no_manifest_of_ours_is_none(blob: bytes) -> None:
    assert read_manifest(blob) is None


@pytest.mark.parametrize(
    "name",
    [
        "../外面.docx",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a/b.docx",
        "a\\b.docx",
        "C:\\a.docx",
        "c:a.docx",
        "CON",
        "nul.docx",
        "a\x00.docx",
        "a\n.docx",
        "a.docx ",
        "a.",
        "x" * 300,
        "\ud800.docx",
        ".reportgen-1-x",
        "台账.xlsx",
        "配置.yaml",
        3,
        None,
        ["a.docx"],
    ],
    ids=repr,
)
def test_a_name_that_leads_out_of_the_folder_is_dropped_and_the_unit_is_made_anew(name: Any) -> None:
    good: dict[str, Any] = {"name": "附件1_区发展改革委.pdf", "size": 1, "sha256": sha("x")}
    unit = first_unit(files=[{"name": name, "size": 1, "sha256": sha("x")}, good])
    assert unit
    assert unit.files == (FileRecord(**good),)
    assert unit.key == ""


@pytest.mark.parametrize(
    "file",
    [
        {"size": -1},
        {"size": True},
        {"size": 1.5},
        {"size": 10**30},
        {"size": "1"},
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"sha256": None},
    ],
    ids=repr,
)
def test_a_file_of_wrong_size_or_hash_is_dropped(file: dict[str, Any]) -> None:
    unit = first_unit(files=[{"name": "a.docx", "size": 1, "sha256": sha("x")} | file])
    assert unit
    assert (unit.files, unit.key) == ((), "")


def test_a_file_that_two_units_claim_is_the_firsts() -> None:
    units = json.loads(manifest_bytes(small_record()))["units"]
    units[3]["files"][0]["name"] = units[0]["files"][0]["name"].upper()
    record = read_manifest(edited(units=units))
    assert record
    assert [len(unit.files) for unit in record.units] == [2, 0, 0, 1, 2]
    assert [bool(unit.key) for unit in record.units] == [True, True, False, False, True]


def test_a_unit_that_stands_twice_counts_once() -> None:
    units = json.loads(manifest_bytes(small_record()))["units"]
    record = read_manifest(edited(units=[units[1], units[1] | {"number": 77}]))
    assert record
    assert [unit.number for unit in record.units] == [2]


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": ""},
        {"unit": 1},
        {"number": "1"},
        {"number": True},
        {"kind": None},
        {"state": "好"},
        {"state": ["已生成"]},
        {"is_registered": 1},
        {"key": 5},
    ],
    ids=repr,
)
def test_a_unit_with_a_wrong_value_is_dropped(changes: dict[str, Any]) -> None:
    assert first_unit(**changes) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"files": None},
        {"files": []},
        {"counts": [{"sheet": "重点任务", "judgement": "", "duty": "牵头", "rows": -1}]},
        {"problems": [{"code": "a.b"}]},
        {"problems": "x"},
        {"key": "/../"},
        {"key": "a" * 300},
    ],
    ids=repr,
)
def test_a_unit_of_which_something_is_lost_has_no_key(changes: dict[str, Any]) -> None:
    unit = first_unit(**changes)
    assert unit
    assert unit.key == ""


@given(
    st.sampled_from(["units", "entries", "sums", "problems", "inputs", "faces", "formats", "report", "pdf_engine"]),
    ANYTHING,
)
def test_whatever_stands_in_a_place_nothing_leads_astray(place: str, value: Any) -> None:
    record = read_manifest(edited(**{place: value}))
    assert record is None or all(is_file_name(file.name) for unit in record.units for file in unit.files)
    assert record is None or read_manifest(manifest_bytes(record)) == record


@given(st.sampled_from(["units", "entries", "sums", "problems"]), st.data())
def test_whatever_stands_in_a_record_the_rest_is_read(place: str, data: st.DataObject) -> None:
    listed = json.loads(manifest_bytes(small_record()))[place]
    name = data.draw(st.sampled_from(sorted(listed[0])))
    listed[0][name] = data.draw(ANYTHING)
    record = read_manifest(edited(**{place: listed}))
    assert record
    assert len(getattr(record, place)) >= len(listed) - 1
    assert read_manifest(manifest_bytes(record)) == record


def test_a_problem_comes_back_from_its_json() -> None:
    for problem in small_record().problems:
        assert problem_from(problem.as_json()) == problem


@pytest.mark.parametrize(
    "changes",
    [
        {"code": 1},
        {"severity": "bad"},
        {"severity": []},
        {"related": None},
        {"related": [None]},
        {"related": [{"sheet": "a"}]},
        {"where": {}},
        {"where": {"file": "a", "line": True}},
        {"where": {"file": "a", "nothing": 1}},
        {"where": "a"},
    ],
    ids=repr,
)
def test_what_is_no_problem_is_none(changes: dict[str, Any]) -> None:
    assert problem_from(small_record().problems[0].as_json() | changes) is None


def test_a_set_without_anything_has_a_manifest() -> None:
    record = SetRecord(report="", period="", formats=())
    assert read_manifest(manifest_bytes(record)) == record
    assert read_manifest(manifest_bytes(replace(record, formats=("pdf",)))) != record
