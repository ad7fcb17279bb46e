"""Which names mean one unit (同一单位的不同写法): 区住房城乡建委 and 区住建委, 区政府办公室 and 区政府办.

By the register's aliases where there is one; else by how Chinese offices shorten: the level stays, the kind of office
stays, of what is between some characters are left out and their order is kept. Another district's or the city's unit
never is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from reportgen.ledger.units import Register
from reportgen.ledger.words import plain_key


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, in its parts (单位名称): level 区, core 住房城乡建, kind 委; 工投公司 has no level."""

    level: str
    core: str
    kind: str

    @property
    def written(self) -> str:
        """The name as it stands in the text."""
        return self.level + self.core + self.kind


_LEVEL = "国家|[区市县省州]委(?=[\u4e00-\u9fff]{2})|[区市县省州]"
_KINDS = {
    "委员会": "委", "委": "委", "工委": "工委", "党委": "党委", "办公室": "办", "办": "办", "局": "局", "部": "部",
    "支队": "支队", "大队": "大队", "中心": "中心",
    "集团有限公司": "公司", "集团公司": "公司", "有限公司": "公司", "公司": "公司", "集团": "公司",
}  # fmt: skip
_KIND = "|".join(sorted(_KINDS, key=len, reverse=True))
# What goes on is no name, or a longer one: 市规委会, 办理, 部门, 委托.
_GOES_ON = "会|员|托|派|理|法|结|学|好|事|公|成|门|分|署|级|长|面"
_MOST = 12
# In running text a name begins at a mark, or behind a word that governs it: 报区发改委审查. Behind any other character
# it may be another district's: 江北区教委.
_GOVERNING = "由向经报与和及同以按对请从给被据并会送至到为使让将在待获需跟受已合呈予因如即了过得"
_RUNNING = re.compile(
    rf"(?:^|(?=国家)|(?<=[\s，,。；;：:、！？()（）“”‘’《》①-⑳{_GOVERNING}]))"
    rf"(?P<level>{_LEVEL})(?P<core>[\u4e00-\u9fff]{{1,{_MOST}}}?)(?P<kind>{_KIND})(?!{_GOES_ON})"
)
_WHOLE = re.compile(rf"(?P<level>{_LEVEL})?(?P<core>[\u4e00-\u9fff]{{1,{_MOST}}}?)(?P<kind>{_KIND})")
# What no name of an office holds: such words are a sentence's (区教育等配套功能布局).
_NO_NAME = re.compile(
    "[等的和与及了在为是有对将已共各其该把被从向由级属于未内外前后]|领导|提供|推进|开展|全部|上报|以及"
)
# A core that only running text has is believed up to so many characters.
_LIKELY = 7


def named(content: str, listed: Sequence[str] = ()) -> Iterator[tuple[Name, int, int]]:
    """The names in a text with their places; `listed` are those of a cell that holds nothing but names."""
    if not listed:
        for found in _RUNNING.finditer(content):
            if not _NO_NAME.search(found["core"]):
                yield Name(found["level"], found["core"], found["kind"]), found.start(), found.end()
        return
    at = 0
    for written in listed:
        own = written.partition("（")[0]
        parts = _WHOLE.fullmatch(own)
        start = max(content.find(own, at), content.find(own) if content.find(own, at) < 0 else -1)
        if parts and start >= 0 and not _NO_NAME.search(parts["core"]):
            at = start + len(own)
            yield Name(parts["level"] or "", parts["core"], parts["kind"]), start, at


def pairs(
    names: Collection[Name], listed: Collection[Name], register: Register | None, apart: Callable[[Name, Name], bool]
) -> Iterator[tuple[Name, Name]]:
    """Each two names of one unit (同一单位的两种写法); `listed` are those that stand where units are named."""
    groups: dict[tuple[str, str, str], list[Name]] = {}
    for name in names:
        groups.setdefault((name.level[:1] or "区", name.core[0], _KINDS[name.kind]), []).append(name)
    for group in groups.values():
        found = [
            (one, other)
            for one, other in combinations(group[:_MOST_ALIKE], 2)
            if _same(one, other, listed, register) and not apart(one, other)
        ]
        alike: dict[Name, set[Name]] = {name: {name} for name in group}
        for one, other in found:
            alike[one].add(other)
            alike[other].add(one)
        # A short name that fits two long ones, which are two units, tells neither.
        yield from (pair for pair in found if alike[pair[0]] == alike[pair[1]])


_MOST_ALIKE = 40


def _same(one: Name, other: Name, listed: Collection[Name], register: Register | None) -> bool:
    short, long = sorted((one, other), key=lambda name: (len(name.core), len(name.written)))
    if register:
        known = [register.unit(each.written) for each in (short, long)]
        if all(known):
            return known[0] == known[1] and not any(_is_second(each, register) for each in (short, long))
        listed = {*listed, *(each for each in (short, long) if register.unit(each.written))}
    if short.core == long.core:
        return bool(short.level and long.level) or long in listed or short in listed
    if not (short.level and long.level) or _KINDS[short.kind] == "公司":
        return False
    # 区政府督查办 is a part of 区政府办, no longer name of it.
    if _KINDS[short.kind] == "办" and long.core.startswith(short.core):
        return False
    return (long in listed or len(long.core) <= _LIKELY) and _is_short_for(short.core, long.core)


def _is_second(name: Name, register: Register) -> bool:
    """Whether it is a second name that a unit has by right: 区招商中心 beside 区商务委."""
    unit = register.unit(name.written)
    return unit is not None and plain_key(name.written) in {plain_key(each) for each in unit.second_names}


def _is_short_for(short: str, long: str) -> bool:
    """Whether a core is the other one with characters left out, the first one kept; 纪 of 纪委监 is another body."""
    if short[0] != long[0] or "委" in long:
        return False
    rest = iter(long)
    return all(sign in rest for sign in short)
