"""The register's file (单位名录文件): units, groups and their periods in YAML or JSON, every fault with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reportgen.ledger.units import ALWAYS, KINDS, Group, Register, Unit, Validity
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Location, Outcome, Problem, did_you_mean, error, has_errors, refuse_errors
from reportgen.source import Path_, Source, name_of, private_characters

_TOP_KEYS = ("version", "units", "groups")
UNIT_KEYS = ("name", "kind", "aliases", "second_names", "from", "until", "successor")
GROUP_KEYS = ("name", "aliases", "members", "kind", "vague", "except", "note", "from", "until")
_ONE_OF = ("members", "kind", "vague")
# Groups within groups: as deep as anybody writes them by hand.
MAX_NESTING = 10
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")


@dataclass
class _Reading:
    """The state of reading one file: where each name of it stands, and what is wrong."""

    source: Source
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, what: str, fix: str, path: Path_, related: Path_ | None = None) -> None:
        places: list[Location] = [self.source.locate(related)] if related is not None else []
        self.problems.append(error(code, what, fix, self.source.locate(path), places))


def read_register(source: Source) -> Outcome[Register]:
    """The register (单位名录) in a YAML or JSON file; raises `InputError` with all its problems."""
    reading = _Reading(source)
    top = _mapping(reading, (), source.data, _TOP_KEYS)
    if top.get("version", 1) != 1 or isinstance(top.get("version"), bool):
        reading.refuse("units.version", f"不认识的名录版本「{top['version']}」", "请写 version: 1", ("version",))
    units = list(_units(reading, top))
    groups = list(_groups(reading, top))
    if not units and not has_errors(reading.problems):
        reading.refuse("units.empty", "单位名录里没有单位", "请在 units 下面每个单位写一行", ())
    _refuse_duplicates(reading)
    _refuse_overlaps(reading, groups)
    register = Register(tuple(unit for _, unit in units), tuple(group for _, group in groups))
    _check_references(reading, register, units, groups)
    refuse_errors(sorted(reading.problems, key=_line))
    return Outcome(register)


def _line(problem: Problem) -> tuple[int, int]:
    place = problem.where
    return (place.line or 0, place.column or 0) if place else (0, 0)


def _units(reading: _Reading, top: Mapping[str, Any]) -> Iterator[tuple[Path_, Unit]]:
    for i, item in enumerate(_list(reading, ("units",), top.get("units"))):
        path: Path_ = ("units", i)
        data = _mapping(reading, path, item, UNIT_KEYS)
        if not data:
            continue
        yield (
            path,
            Unit(
                name=_name(reading, path, data),
                kind=_kind(reading, path, data),
                aliases=_names(reading, (*path, "aliases"), data.get("aliases")),
                second_names=_names(reading, (*path, "second_names"), data.get("second_names")),
                validity=_validity(reading, path, data),
                successor=_text(reading, (*path, "successor"), data.get("successor", "")),
            ),
        )


def _groups(reading: _Reading, top: Mapping[str, Any]) -> Iterator[tuple[Path_, Group]]:
    for i, item in enumerate(_list(reading, ("groups",), top.get("groups"))):
        path: Path_ = ("groups", i)
        data = _mapping(reading, path, item, GROUP_KEYS)
        if not data:
            continue
        group = Group(
            name=_name(reading, path, data),
            aliases=_names(reading, (*path, "aliases"), data.get("aliases")),
            members=_names(reading, (*path, "members"), data.get("members")),
            kind=_kind(reading, path, data),
            vague=_truth(reading, (*path, "vague"), data.get("vague", False)),
            exceptions=_names(reading, (*path, "except"), data.get("except")),
            note=_text(reading, (*path, "note"), data.get("note", "")),
            validity=_validity(reading, path, data),
        )
        _check_kind_of_group(reading, path, data, group)
        yield path, group


def _check_kind_of_group(reading: _Reading, path: Path_, data: Mapping[str, Any], group: Group) -> None:
    """A group says in one way whom it means."""
    given = [key for key in _ONE_OF if data.get(key) not in (None, False, [], "")]
    if len(given) != 1:
        said = f"同时写了 {'、'.join(given)}" if given else "没有写明是哪些单位"
        fix = "请只写一项：members: [单位, ……]，或 kind: 镇街（这一类的全部），或 vague: true（泛指，说不出是哪些单位）"
        reading.refuse("units.whose-group", f"「{short(group.name)}」{said}", fix, path)
    elif group.exceptions and group.vague:
        fix = "请删去 except，或改写 members、kind"
        reading.refuse("units.whose-group", f"「{short(group.name)}」是泛指，不能有 except", fix, (*path, "except"))


# ---- shapes


def _mapping(reading: _Reading, path: Path_, data: Any, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        fix = f"请写成「键: 值」，可用的键：{'、'.join(known)}"
        reading.refuse("units.bad-shape", "这里应是一组键和值", fix, path)
        return {}
    for key in data:
        if key not in known:
            what = f"不认识的键「{key[:30]}」"
            reading.refuse("units.unknown-key", what, did_you_mean(key, known), (*path, key))
    return data


def _list(reading: _Reading, path: Path_, data: Any) -> list[Any]:
    if data is None:
        return []
    if isinstance(data, list):
        return data
    reading.refuse("units.bad-shape", f"「{path[-1]}」应是列表", "请每项一行，行首写「- 」", path)
    return []


def _text(reading: _Reading, path: Path_, data: Any) -> str:
    if not isinstance(data, str):
        reading.refuse("units.bad-shape", f"「{path[-1]}」应是文字", "请写文字，数字请加引号", path)
        return ""
    if private := private_characters(data):
        what = f"「{short(data)}」里有自造字 {'、'.join(map(name_of, private[:4]))}，别的电脑上不是这个字"
        reading.refuse("units.private-character", what, "请改用标准的汉字", path)
    return data.strip()


def _truth(reading: _Reading, path: Path_, data: Any) -> bool:
    if isinstance(data, bool):
        return data
    reading.refuse("units.bad-shape", f"「{path[-1]}」应是 true 或 false", "请写 vague: true，或删去这一行", path)
    return False


def _names(reading: _Reading, path: Path_, data: Any) -> tuple[str, ...]:
    texts = [_text(reading, (*path, i), item) for i, item in enumerate(_list(reading, path, data))]
    return tuple(text for text in texts if text)


def _name(reading: _Reading, path: Path_, data: Mapping[str, Any]) -> str:
    name = _text(reading, (*path, "name"), data.get("name", ""))
    if not name and isinstance(data.get("name", ""), str):
        reading.refuse("units.missing-name", "这一项没有名称", "请写 name: 单位名称", path)
    return name


def _kind(reading: _Reading, path: Path_, data: Mapping[str, Any]) -> str:
    kind = _text(reading, (*path, "kind"), data.get("kind", ""))
    if kind and kind not in KINDS:
        what = f"不认识的单位类别「{short(kind)}」"
        reading.refuse("units.unknown-kind", what, did_you_mean(kind, KINDS), (*path, "kind"))
        return ""
    return kind


def _validity(reading: _Reading, path: Path_, data: Mapping[str, Any]) -> Validity:
    first, last = (_day(reading, (*path, key), data.get(key)) for key in ("from", "until"))
    if first and last and first > last:
        what = f"from（{first}）在 until（{last}）之后"
        reading.refuse("units.bad-period", what, "请改正其中一个日期；两天都算在内", (*path, "until"))
        return ALWAYS
    return Validity(first, last)


def _day(reading: _Reading, path: Path_, data: Any) -> date | None:
    if data is None:
        return None
    parts = _DAY.fullmatch(plain_key(data)) if isinstance(data, str) else None
    try:
        if parts:
            return date(*(int(part) for part in parts.groups() if part))
        what = f"「{short(str(data))}」不是日期"
    except ValueError:
        what = f"没有「{short(str(data))}」这一天"
    reading.refuse("units.bad-date", what, "请写成 2026-07-10 的样子", path)
    return None


# ---- names against each other


def _refuse_duplicates(reading: _Reading) -> None:
    """A name may mean one unit or one group only, else nobody can say whom it means."""
    first: dict[str, tuple[Path_, object]] = {}
    for path, owner, name in _written_names(reading.source.data):
        key = plain_key(name)
        if not key:
            continue
        known, other = first.setdefault(key, (path, owner))
        again = known != path and known[:2] == path[:2]
        if other != owner or again:
            what = f"名称「{short(name)}」出现两次"
            reading.refuse("units.duplicate", what, "请删去或改写其中一个", path, known)


def _written_names(data: Any) -> Iterator[tuple[Path_, object, str]]:
    """Every name of the file with its place and its owner: a unit, or all groups of one name."""
    if not isinstance(data, dict):
        return
    for part in ("units", "groups"):
        items = data.get(part)
        for i, item in enumerate(items if isinstance(items, list) else []):
            if not isinstance(item, dict):
                continue
            name = item.get("name")
            owner = ("groups", plain_key(name)) if part == "groups" and isinstance(name, str) else (part, i)
            if isinstance(name, str):
                yield (part, i, "name"), owner, name
            for key in ("aliases", "second_names"):
                names = item.get(key)
                for j, other in enumerate(names if isinstance(names, list) else []):
                    if isinstance(other, str):
                        yield (part, i, key, j), owner, other


def _refuse_overlaps(reading: _Reading, groups: list[tuple[Path_, Group]]) -> None:
    for later, (path, group) in enumerate(groups):
        for other_path, other in groups[:later]:
            if group.name and plain_key(other.name) == plain_key(group.name) and other.validity.meets(group.validity):
                what = f"「{short(group.name)}」写了两次，有效期重叠"
                fix = "成员有变化的，请用 from、until 写明各自的起止日期，前后不重叠；否则请删去一个"
                reading.refuse("units.overlap", what, fix, path, other_path)
                break


def _check_references(
    reading: _Reading, register: Register, units: list[tuple[Path_, Unit]], groups: list[tuple[Path_, Group]]
) -> None:
    """Every member, exception and successor is a name of the file, and none leads back to itself."""
    kinds = {unit.kind for _, unit in units}
    successors: dict[str, set[str]] = {}
    for path, unit in units:
        if not unit.successor or not _is_known(reading, register, unit.successor, (*path, "successor")):
            continue
        heir = register.unit(unit.successor)
        if heir is None:
            what = f"「{short(unit.successor)}」是统称，不能接替一个单位"
            reading.refuse("units.not-a-member", what, "请写一个单位的名称", (*path, "successor"))
            continue
        if unit.validity.last is None:
            fix = "请写 until: 最后一天；没有撤销或更名的，请删去 successor"
            reading.refuse("units.bad-period", f"「{short(unit.name)}」写了 successor，没有写 until", fix, path)
        successors[unit.name] = {heir.name}
    _refuse_circles(reading, successors, {unit.name: (*path, "successor") for path, unit in units})
    inner: dict[str, set[str]] = {}
    for path, group in groups:
        known = _known_members(reading, register, path, "members", group.members)
        left_out = _known_members(reading, register, path, "except", group.exceptions)
        inner.setdefault(register.find(group.name) or group.name, set()).update(known, left_out)
        if group.kind and group.kind not in kinds:
            what, fix = f"名录里没有类别为「{group.kind}」的单位", f"请给单位写上 kind: {group.kind}，或改用 members"
            reading.refuse("units.empty", what, fix, (*path, "kind"))
    _refuse_circles(reading, inner, {register.find(group.name) or "": path for path, group in groups})
    if not has_errors(reading.problems):
        _check_exceptions(reading, register, groups)


def _known_members(
    reading: _Reading, register: Register, path: Path_, key: str, names: tuple[str, ...]
) -> dict[str, Path_]:
    """The register's own names of members with their places; refuses unknown, repeated and vague ones."""
    known: dict[str, Path_] = {}
    for i, name in enumerate(names):
        where = (*path, key, i)
        if not _is_known(reading, register, name, where):
            continue
        own = register.find(name) or name
        if own in known:
            what = f"「{short(name)}」在 {key} 里写了两次"
            reading.refuse("units.duplicate", what, "请删去多余的一个", where, known[own])
        elif any(group.vague and plain_key(group.name) == plain_key(own) for group in register.groups):
            what = f"「{short(name)}」是泛指，不能作 {key}"
            reading.refuse("units.not-a-member", what, "请写明具体的单位", where)
        known[own] = where
    return known


def _is_known(reading: _Reading, register: Register, name: str, path: Path_) -> bool:
    if register.find(name) is not None:
        return True
    near = register.nearest(name)
    fix = f"是否要写「{short(near)}」？" if near else ""
    fix += "请写名录里有的名称，或先把它加进 units"
    reading.refuse("units.unknown-member", f"单位名录里没有「{short(name)}」", fix, path)
    return False


def _refuse_circles(reading: _Reading, inner: Mapping[str, Collection[str]], places: Mapping[str, Path_]) -> None:
    """Refuse what leads back to itself, or goes too deep: what remains when all that ends is taken away."""
    left = {name: sorted(names) for name, names in inner.items()}
    while left:
        for _ in range(MAX_NESTING):
            left = {name: names for name, names in left.items() if any(each in left for each in names)}
        if left:
            trail = _trail(left)
            shown = "→".join(f"「{short(name, 15)}」" for name in trail[:6])
            what = f"绕成了一圈，或套了 {MAX_NESTING} 层以上：{shown}"
            reading.refuse("units.circle", what, "请删去其中一环，或直接写出单位", places[trail[0]])
            left = {name: names for name, names in left.items() if name not in trail}


def _trail(left: Mapping[str, list[str]]) -> list[str]:
    """One way through what remains, from its first name until a name comes again, that circle alone."""
    trail = [next(iter(left))]
    while (following := next((each for each in left[trail[-1]] if each in left), None)) is not None:
        if following in trail:
            return [*trail[trail.index(following) :], following]
        trail.append(following)
    return trail


def _check_exceptions(reading: _Reading, register: Register, groups: list[tuple[Path_, Group]]) -> None:
    """Who is not in a group cannot be left out of it: the name must have been meant otherwise."""
    for path, group in groups:
        if not group.exceptions:
            continue
        whole = Register(register.units, (*(g for g in register.groups if g is not group), _whole(group)))
        on = group.validity.last
        inside = {unit.name for unit in whole.members(group.name, on)}
        for i, name in enumerate(group.exceptions):
            named = {unit.name for unit in register.members(name, on)}
            if named and not named <= inside:
                what = f"「{short(name)}」不在「{short(group.name)}」里，不必除外"
                reading.refuse("units.not-a-member", what, "请改正名称，或删去这一项", (*path, "except", i))


def _whole(group: Group) -> Group:
    return Group(group.name, group.aliases, group.members, group.kind, validity=group.validity)
