"""What a run made of the units' sets (分送结果), and what it has to say beside the set itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.ledger.model import LEADS, SUPPORTS
from reportgen.package import short
from reportgen.problems import InputError, Location, Problem, error, warning
from reportgen.unit_sets.record import State, UnitRecord

# So many units are named in one message.
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run made (分送结果): the units as they stand now, which were rendered, which taken over as they were.

    `changed` is false where everything stood there already and nothing was written; `left` are files of the old set
    that are in it no more.
    """

    folder: Path
    formats: tuple[str, ...]
    units: tuple[UnitRecord, ...]
    rendered: tuple[str, ...]
    taken_over: tuple[str, ...]
    failed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    changed: bool = True
    seconds: float
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every unit has what it was to get."""
        return not self.failed

    def as_json(self) -> dict[str, Any]:
        """The result as plain data."""
        rendered = set(self.rendered)
        return {
            "folder": self.folder.as_posix(),
            "formats": list(self.formats),
            "changed": self.changed,
            "rendered": len(self.rendered),
            "taken_over": len(self.taken_over),
            "without": list(self.without),
            "failed": list(self.failed),
            "stale": list(self.stale),
            "gone": list(self.gone),
            "left": list(self.left),
            "files": list(self.files),
            "units": [_unit(each, each.unit in rendered) for each in self.units],
            "seconds": round(self.seconds, 1),
        }


def _unit(unit: UnitRecord, is_rendered: bool) -> dict[str, Any]:
    return {
        "unit": unit.unit,
        "number": unit.number,
        "kind": unit.kind,
        "state": unit.state.value,
        "leads": sum(each.rows for each in unit.counts if each.duty == LEADS),
        "supports": sum(each.rows for each in unit.counts if each.duty == SUPPORTS),
        "rendered": is_rendered,
        "files": [file.name for file in unit.files],
    }


def units_in(units: Sequence[UnitRecord], *states: State) -> tuple[str, ...]:
    """The names of the units of these states (某种状态的单位)."""
    return tuple(each.unit for each in units if each.state in states)


def listed(names: Sequence[str]) -> str:
    """The first of the names in brackets (列举)."""
    some = "、".join(f"「{short(name, 30)}」" for name in names[:_NAMED])
    return some + ("等" if len(names) > _NAMED else "")


def failed_problem(names: Sequence[str], kept_going: bool, is_all: bool = False) -> Problem:
    """That some units have no files (没有生成的单位), whatever else became of the set.

    Where all failed, there are no others to go on with.
    """
    if kept_going:
        what = f"有 {len(names)} 个单位的分送件没有生成：{listed(names)}；其余的已放进文件夹"
        return error("units.failed", what, "请按上面各条改正后再运行一次，只会生成缺少的")
    what = f"有 {len(names)} 个单位的分送件没有生成：{listed(names)}；整套都没有放进文件夹，原有文件没有改动"
    others = "" if is_all else "；要先得到其余单位的，请加 --keep-going"
    return error("units.failed", what, f"请按上面各条改正后再运行{others}")


def gone_problem(names: Sequence[str], folder: str) -> Problem:
    """That units of the old set are not in register or ledger any more (不再有的单位)."""
    what = f"有 {len(names)} 个单位，单位名录和台账里已经没有：{listed(names)}；它们的分送件已从这一套里去掉"
    return warning("units.gone", what, "如是改了名称，请核对单位名录", Location(file=folder))


def stale_problem(names: Sequence[str], folder: str) -> Problem:
    """That units which nobody asked for have files that are out of date (未更新的单位)."""
    what = f"有 {len(names)} 个单位没有分送件，或分送件已不是最新的，这次没有更新：{listed(names)}"
    return warning("units.stale", what, "请不带 --unit 再运行一次，只会重新生成有变化的", Location(file=folder))


def name_taken(name: str, folder: str) -> InputError:
    """That a file which stays has the name that a new one must get (文件名被占用)."""
    what = f"「{short(name)}」这个文件名现在归另一个单位，原来那个单位的文件还在用"
    fix = "请不带 --unit 运行一次，整套重新编名"
    return InputError([error("units.name-taken", what, fix, Location(file=folder))])
