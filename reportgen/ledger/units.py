"""Units (责任单位): the register of an office, and the names in one cell of its ledger."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reportgen.ledger.words import plain_key
from reportgen.problems import Outcome, Problem, did_you_mean, error, refuse_errors
from reportgen.source import Path_, Source

_BRACKETED = re.compile(r"([^()]+)\(([^()]+)\)")


@dataclass(frozen=True)
class Unit:
    """Unit (单位): `second_names` are those written in a bracket after the name."""

    name: str
    kind: str = ""
    aliases: tuple[str, ...] = ()
    second_names: tuple[str, ...] = ()

    def all_names(self) -> tuple[str, ...]:
        """Every name that means this unit."""
        return (self.name, *self.aliases, *self.second_names)


@dataclass(frozen=True)
class Register:
    """Register (单位名录) of all units, and of names such as 各镇街 that stand for a group."""

    units: tuple[Unit, ...] = ()
    groups: tuple[str, ...] = ()

    @cached_property
    def _canonical(self) -> dict[str, str]:
        names = {plain_key(group): group for group in self.groups}
        return names | {plain_key(name): unit.name for unit in self.units for name in unit.all_names()}

    @cached_property
    def _bracket_names(self) -> dict[str, frozenset[str]]:
        return {
            unit.name: frozenset(plain_key(name) for name in (*unit.aliases, *unit.second_names)) for unit in self.units
        }

    def find(self, name: str) -> str | None:
        """The register's own name for a unit or group; None for a name that it does not have."""
        key = plain_key(name)
        if known := self._canonical.get(key):
            return known
        if not (parts := _BRACKETED.fullmatch(key)):
            return None
        unit = self._canonical.get(parts[1], "")
        return unit if parts[2] in self._bracket_names.get(unit, ()) else None

    def hint(self, name: str) -> str:
        """The nearest known name, for messages."""
        return did_you_mean(name, [*(unit.name for unit in self.units), *self.groups])

    def knows_plain(self, name: str) -> bool:
        """Whether the name is known, whatever stands in its bracket."""
        return self.find(name) is not None or self.find(name.partition("（")[0]) is not None


# ---- the register's file ----------------------------------------------------------

_TOP_KEYS = ("version", "units", "groups")
_UNIT_KEYS = ("name", "kind", "aliases", "second_names")
_GROUP_KEYS = ("name",)


def read_register(source: Source) -> Outcome[Register]:
    """The register (单位名录) in a YAML or JSON file; raises `InputError` with all its problems."""
    problems: list[Problem] = []
    top = _mapping(source, (), source.data, _TOP_KEYS, problems)
    if top.get("version", 1) != 1 or isinstance(top.get("version"), bool):
        what = f"不认识的名录版本「{top['version']}」"
        problems.append(error("units.version", what, "请写 version: 1", source.locate(("version",))))
    units = tuple(_units(source, top, problems))
    groups = tuple(_groups(source, top, problems))
    _refuse_duplicates(source, problems)
    refuse_errors(problems)
    return Outcome(Register(units, groups))


def _units(source: Source, top: Mapping[str, Any], problems: list[Problem]) -> Iterator[Unit]:
    for i, item in enumerate(_list(source, ("units",), top.get("units"), problems)):
        path: Path_ = ("units", i)
        data = _mapping(source, path, item, _UNIT_KEYS, problems)
        if not data:
            continue
        yield Unit(
            name=_name(source, path, data, problems),
            kind=_text(source, (*path, "kind"), data.get("kind", ""), problems),
            aliases=_texts(source, (*path, "aliases"), data.get("aliases"), problems),
            second_names=_texts(source, (*path, "second_names"), data.get("second_names"), problems),
        )


def _groups(source: Source, top: Mapping[str, Any], problems: list[Problem]) -> Iterator[str]:
    for i, item in enumerate(_list(source, ("groups",), top.get("groups"), problems)):
        data = _mapping(source, ("groups", i), item, _GROUP_KEYS, problems)
        if not data:
            continue
        yield _name(source, ("groups", i), data, problems)


def _mapping(
    source: Source, path: Path_, data: Any, known: tuple[str, ...], problems: list[Problem]
) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        fix = f"请写成「键: 值」，可用的键：{'、'.join(known)}"
        problems.append(error("units.bad-shape", "这里应是一组键和值", fix, source.locate(path)))
        return {}
    for key in data:
        if key not in known:
            where = source.locate((*path, key))
            problems.append(error("units.unknown-key", f"不认识的键「{key[:30]}」", did_you_mean(key, known), where))
    return data


def _list(source: Source, path: Path_, data: Any, problems: list[Problem]) -> list[Any]:
    if data is None:
        return []
    if isinstance(data, list):
        return data
    fix = "请每项一行，行首写「- 」"
    problems.append(error("units.bad-shape", f"「{path[-1]}」应是列表", fix, source.locate(path)))
    return []


def _text(source: Source, path: Path_, data: Any, problems: list[Problem]) -> str:
    if isinstance(data, str):
        return data.strip()
    what = f"「{path[-1]}」应是文字"
    problems.append(error("units.bad-shape", what, "请写文字，数字请加引号", source.locate(path)))
    return ""


def _texts(source: Source, path: Path_, data: Any, problems: list[Problem]) -> tuple[str, ...]:
    items = _list(source, path, data, problems)
    return tuple(_text(source, (*path, i), item, problems) for i, item in enumerate(items))


def _name(source: Source, path: Path_, data: Mapping[str, Any], problems: list[Problem]) -> str:
    name = _text(source, (*path, "name"), data.get("name", ""), problems)
    if not name and isinstance(data.get("name", ""), str):
        problems.append(error("units.missing-name", "这一项没有名称", "请写 name: 单位名称", source.locate(path)))
    return name


def _refuse_duplicates(source: Source, problems: list[Problem]) -> None:
    """A name may stand once in the whole file, else nobody can say whom it means."""
    first: dict[str, Path_] = {}
    for path, name in _written_names(source.data):
        key = plain_key(name)
        if not key:
            continue
        if key in first:
            where, related = source.locate(path), [source.locate(first[key])]
            what = f"名称「{name[:30]}」出现两次"
            problems.append(error("units.duplicate", what, "请删去或改写其中一个", where, related))
        first.setdefault(key, path)


def _written_names(data: Any) -> Iterator[tuple[Path_, str]]:
    if not isinstance(data, dict):
        return
    for part in ("units", "groups"):
        items = data.get(part)
        for i, item in enumerate(items if isinstance(items, list) else []):
            if not isinstance(item, dict):
                continue
            if isinstance(item.get("name"), str):
                yield (part, i, "name"), item["name"]
            for key in ("aliases", "second_names"):
                names = item.get(key)
                for j, name in enumerate(names if isinstance(names, list) else []):
                    if isinstance(name, str):
                        yield (part, i, key, j), name


# ---- the names in one cell ----------------------------------------------------------


@dataclass(frozen=True)
class CellUnits:
    """The units (单位) in one cell in their order; `repeated` ones were written twice."""

    units: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    unclosed: bool = False


_TOKEN = re.compile(r"[（(]|[）)]|\n|[、，,；;/／|｜]")
# `1.区教委` and `区财政局。`: a list's number before a name, a stop behind it.
_NUMBER = re.compile(r"(?:^|\s)\d{1,2}[.．)）](?!\d)|^\s*\d{1,2}\s*$")
_STOP = re.compile(r"[。.．]+$")
_NO_UNIT = frozenset({"无", "—", "-", "/", "暂无"})
_ONLY_BRACKETS = re.compile(r"(?:（[^（）]*）)+")
_FULL_WIDTH = str.maketrans("()", "（）")


def split_units(text: str, register: Register | None = None) -> CellUnits:
    """The units named in one cell.

    Cut at line breaks, 、，；/ and at spaces that part whole names (区 财 政 局 is one name), never inside brackets. A
    piece that is only a bracket belongs to the unit before it. With a register, a name that white space cut in two
    is mended.
    """
    pieces = _pieces(text, keep_brackets=True)
    unclosed = pieces is None
    names: list[str] = []
    for piece, after_space in pieces or _pieces(text, keep_brackets=False) or []:
        cut = after_space and register and _cut_in_two(names[-1], piece, register)
        if names and (cut or _ONLY_BRACKETS.fullmatch(piece)):
            names[-1] += piece
        else:
            names.append(piece)
    units = tuple(dict.fromkeys(names))
    counts = Counter(names)
    repeated = tuple(name for name in units if counts[name] > 1)
    return CellUnits(units, repeated, unclosed)


def _by_spaces(text: str) -> list[str]:
    """The names that spaces part; a name that is only letter-spaced or padded stays one."""
    words = _NUMBER.sub(" ", _tight_brackets(text.translate(_FULL_WIDTH))).split()
    if any(len(word.partition("（")[0]) < 3 for word in words):
        words = ["".join(words)]
    names = [_STOP.sub("", word) for word in words]
    return [name for name in names if name and name not in _NO_UNIT]


def _tight_brackets(text: str) -> str:
    """The text without the white space in and before its brackets; unchanged if they do not close."""
    kept: list[str] = []
    depth = 0
    for character in re.sub(r"\s+（", "（", text):
        depth = max(0, depth + (character == "（") - (character == "）"))
        if not (depth and character.isspace()):
            kept.append(character)
    return text if depth else "".join(kept)


def _cut_in_two(first: str, second: str, register: Register) -> bool:
    if register.knows_plain(first) or register.knows_plain(second):
        return False
    return register.knows_plain(first + second)


def _pieces(text: str, keep_brackets: bool) -> list[tuple[str, bool]] | None:
    """Pieces of the text, each with whether only white space parts it from the one before.

    None if the brackets are to be kept together but do not close.
    """
    pieces: list[tuple[str, bool]] = []
    depth = start = 0
    only_breaks = True

    def cut(end: int) -> None:
        nonlocal only_breaks
        for piece in _by_spaces(text[start:end]):
            pieces.append((piece, bool(pieces) and only_breaks))
            only_breaks = True

    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "（(" or mark in "）)":
            depth = max(0, depth + (1 if mark in "（(" else -1)) if keep_brackets else 0
        elif depth == 0:
            cut(token.start())
            only_breaks = only_breaks and mark == "\n"
            start = token.end()
    if depth:
        return None
    cut(len(text))
    return pieces
