"""A set's record as a file (清单 manifest.json), and back: whoever edited it meanwhile, nothing in it leads astray."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from reportgen.naming import folded, is_file_name
from reportgen.problems import problem_from
from reportgen.unit_sets.record import (
    EntryRecord,
    FileRecord,
    RowCount,
    SetRecord,
    SheetSum,
    State,
    UnitRecord,
)
from reportgen.writers import WRITERS

MANIFEST_NAME = "manifest.json"
_FORMAT, _VERSION = "reportgen-unit-set", 1
# A set of 5,000 units has about 10 MB; more than this is none of ours.
_MOST_BYTES = 256 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[0-9a-z:-]{0,200}")

T = TypeVar("T")


def manifest_bytes(record: SetRecord) -> bytes:
    """The manifest (清单) of a set as JSON that people can read: a line for each thing that has no parts."""
    return ("".join(_lines(_as_data(record), 0)) + "\n").encode()


def _as_data(record: SetRecord) -> dict[str, Any]:
    engine = dict(zip(("name", "version"), record.pdf_engine, strict=True)) if record.pdf_engine else None
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "report": record.report,
        "period": record.period,
        "formats": list(record.formats),
        "inputs": [dict(zip(("kind", "file", "sha256"), each, strict=True)) for each in record.inputs],
        "faces": [dict(zip(("role", "face", "sha256"), each, strict=True)) for each in record.faces],
        **({"pdf_engine": engine} if engine else {}),
        "sums": [_plain(each) | {"agrees": each.agrees} for each in record.sums],
        "units": [_unit_data(each) for each in record.units],
        "entries": [_plain(each) for each in record.entries],
        "problems": [problem.as_json() for problem in record.problems],
    }


def _unit_data(unit: UnitRecord) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "number": unit.number,
        "kind": unit.kind,
        "is_registered": unit.is_registered,
        "state": unit.state.value,
        "counts": [_plain(each) for each in unit.counts],
        "files": [_plain(each) for each in unit.files],
        "key": unit.key,
        "problems": [problem.as_json() for problem in unit.problems],
    }


def _plain(record: Any) -> dict[str, Any]:
    """A record without parts of its own as plain data."""
    values = {name: getattr(record, name) for name in record.__slots__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _lines(value: Any, depth: int) -> Iterator[str]:
    """JSON, indented by two; lists and mappings of nothing but texts and numbers stand in one line."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(each, (dict, list)) and each for each in inner):
        yield json.dumps(value, ensure_ascii=False)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield opening
    for number, each in enumerate(value):
        yield ("," if number else "") + "\n" + "  " * (depth + 1)
        if isinstance(value, dict):
            yield json.dumps(each, ensure_ascii=False) + ": "
        yield from _lines(value[each] if isinstance(value, dict) else each, depth + 1)
    yield "\n" + "  " * depth + closing


def read_manifest(blob: bytes) -> SetRecord | None:
    """The record that a manifest tells (读清单); None for any other file, damaged ones and other versions among them.

    It lies in a folder where anybody may have edited it: records that cannot be are dropped, names that lead out of
    the folder among them. A unit of which anything was dropped has no key, so that its files are made anew.
    """
    if len(blob) > _MOST_BYTES:
        return None
    try:
        data = json.loads(blob.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("format") != _FORMAT or data.get("version") != _VERSION:
        return None
    if not isinstance(data.get("units"), list):
        return None
    units: dict[str, UnitRecord] = {}
    names: set[str] = set()
    for each in _listed(data, "units"):
        unit = _unit(each, names)
        if unit:
            units.setdefault(unit.unit, unit)
    return SetRecord(
        report=_text(data, "report") or "",
        period=_text(data, "period") or "",
        formats=_texts(data, "formats") or (),
        inputs=_triples(data, "inputs", ("kind", "file", "sha256")),
        faces=_triples(data, "faces", ("role", "face", "sha256")),
        pdf_engine=_pdf_engine(data.get("pdf_engine")),
        units=tuple(units.values()),
        entries=_each(data, "entries", _entry),
        sums=_each(data, "sums", _sum),
        problems=_each(data, "problems", _problem),
    )


def _pdf_engine(data: Any) -> tuple[str, str] | tuple[()]:
    """Name and version of what laid out the pages, as far as both are there."""
    name, version = _text(data, "name"), _text(data, "version")
    return (name, version) if name is not None and version is not None else ()


def _listed(data: Mapping[str, Any], name: str) -> Iterable[Any]:
    value = data.get(name)
    return value if isinstance(value, list) else ()


def _each(data: Mapping[str, Any], name: str, read: Callable[[Any], T | None]) -> tuple[T, ...]:
    """The records of a list that can be read."""
    return tuple(record for each in _listed(data, name) if (record := read(each)) is not None)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _text(data: Any, name: str) -> str | None:
    value = data.get(name) if isinstance(data, dict) else None
    return value if _is_text(value) else None


def _texts(data: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    value = data.get(name)
    return tuple(value) if isinstance(value, list) and all(map(_is_text, value)) else None


def _triples(data: Mapping[str, Any], name: str, keys: tuple[str, str, str]) -> tuple[tuple[str, str, str], ...]:
    found = ([_text(each, key) for key in keys] for each in _listed(data, name))
    return tuple((a, b, c) for a, b, c in found if a is not None and b is not None and c is not None)


def _problem(data: Any) -> Any:
    problem = problem_from(data)
    return problem if problem and _is_text(json.dumps(problem.as_json(), ensure_ascii=False)) else None


def _file(data: Any) -> FileRecord | None:
    name, sha256 = _text(data, "name"), _text(data, "sha256")
    if name is None or sha256 is None or not is_file_name(name) or not _SHA256.fullmatch(sha256):
        return None
    # What the set lets go of is removed: that can be nobody's ledger or configuration.
    if "." in name and name.rpartition(".")[2] not in WRITERS:
        return None
    return FileRecord(name, data["size"], sha256) if _is_count(data.get("size")) else None


def _row_count(data: Any) -> RowCount | None:
    texts = [_text(data, name) for name in ("sheet", "judgement", "duty")]
    if None in texts or not _is_count(data.get("rows")):
        return None
    sheet, judgement, duty = (text or "" for text in texts)
    return RowCount(sheet, judgement, duty, data["rows"])


def _unit(data: Any, names: set[str]) -> UnitRecord | None:
    """A unit's record; `names` are those of the files that units before it have."""
    texts = [_text(data, name) for name in ("unit", "kind", "state", "key")]
    if (
        None in texts
        or not texts[0]
        or not _is_count(data.get("number"))
        or type(data.get("is_registered")) is not bool
    ):
        return None
    name, kind, state_name, key = (text or "" for text in texts)
    state = next((each for each in State if each.value == state_name), None)
    if state is None:
        return None
    files, counts, problems = (
        _each(data, "files", _file),
        _each(data, "counts", _row_count),
        _each(data, "problems", _problem),
    )
    read = [("files", len(files)), ("counts", len(counts)), ("problems", len(problems))]
    whole = all(isinstance(data.get(part), list) and len(data[part]) == size for part, size in read)
    own = [file for file in files if folded(file.name) not in names]
    names.update(folded(file.name) for file in own)
    whole = whole and len({folded(file.name) for file in own}) == len(files) and bool(_KEY.fullmatch(key))
    return UnitRecord(
        unit=name,
        number=data["number"],
        kind=kind,
        is_registered=data["is_registered"],
        state=state,
        counts=counts,
        files=tuple(own),
        key=key if whole and (own or state not in (State.MADE, State.STALE)) else "",
        problems=problems,
    )


_ENTRY_TEXTS = ("sheet", "report_annex", "report_no", "id", "category", "text", "judgement", "cell")
_ENTRY_NAMES = ("lead_names", "support_names", "leads", "supports", "outside", "unresolved")


def _entry(data: Any) -> EntryRecord | None:
    if not isinstance(data, dict):
        return None
    texts = {name: _text(data, name) for name in _ENTRY_TEXTS}
    names = {name: _texts(data, name) for name in _ENTRY_NAMES}
    if None in texts.values() or None in names.values():
        return None
    return EntryRecord(**texts, **names)  # type: ignore[arg-type]


def _sum(data: Any) -> SheetSum | None:
    sheet = _text(data, "sheet")
    if sheet is None or not all(_is_count(data.get(name)) for name in ("entries", "unreached", "expected", "rows")):
        return None
    return SheetSum(
        sheet=sheet,
        entries=data["entries"],
        unreached=data["unreached"],
        expected=data["expected"],
        rows=data["rows"],
    )
