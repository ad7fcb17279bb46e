"""Which file of one folder belongs to which of the other (文件配对): by name, by content, by what its name says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.comparison.files.members import Member
from reportgen.naming import folded


@dataclass(frozen=True, slots=True)
class Paired:
    """Two files that belong together (配成一对), or one that stands alone."""

    first: Member | None
    second: Member | None

    @property
    def is_renamed(self) -> bool:
        """Whether the two have different names (改名)."""
        return bool(self.first and self.second and self.first.name != self.second.name)


def paired(first: Sequence[Member], second: Sequence[Member]) -> tuple[Paired, ...]:
    """All files of both sides (配对), each once, in the order of their names, numbers as numbers.

    The same name first; then, among what is left, equal bytes, the same name in another folder, and names that differ
    in nothing but numbers and words for a draft (附件12_区教委 → 附件13_区教委). Where two could be meant, none is.
    """
    left, right = dict(enumerate(first)), dict(enumerate(second))
    found: list[Paired] = []
    for key in (_name, _folded_name, _bytes, _base, _said):
        for one, other in _alone(left, right, key, same_first=key is _bytes):
            found.append(Paired(left.pop(one), right.pop(other)))
    found += [Paired(each, None) for each in left.values()]
    found += [Paired(None, each) for each in right.values()]
    return tuple(sorted(found, key=_order))


def _alone(
    left: Mapping[int, Member], right: Mapping[int, Member], key: Callable[[Member], Hashable], *, same_first: bool
) -> list[tuple[int, int]]:
    """The places of those that one key has alone on either side; of `same_first` ones it does not matter which."""
    by_key: tuple[dict[Hashable, list[int]], ...] = ({}, {})
    for side, members in zip(by_key, (left, right), strict=True):
        for place, member in members.items():
            if (value := key(member)) is not None:
                side.setdefault(value, []).append(place)
    both = ((ours, by_key[1].get(value, [])) for value, ours in by_key[0].items())
    return [
        pair
        for ours, theirs in both
        if same_first or len(ours) == len(theirs) == 1
        for pair in zip(ours, theirs, strict=False)
    ]


def _name(member: Member) -> Hashable:
    return member.name


def _folded_name(member: Member) -> Hashable:
    return folded(member.name)


def _bytes(member: Member) -> Hashable:
    return member.sha256 or None


def _base(member: Member) -> Hashable:
    return folded(member.name.rpartition("/")[2])


# What an office puts into a file's name from draft to draft, and what stands before every annex.
_OF_DRAFTS = re.compile(
    r"(?:初|修改|送审|征求意见|讨论|审议|报批|印发|终|定|清|花脸|原|新|旧|最终)?(?:稿|版)|v\d+|副本|附[件表]|最终|修改后?|copy|final"
)
_LETTERS_AT_LEAST = 2


def _said(member: Member) -> Hashable:
    """The folder, the ending, and what the name says beside numbers and the words for a draft; None if it is little."""
    folder, _, base = member.name.rpartition("/")
    stem, dot, ending = base.rpartition(".")
    if not dot:
        stem, ending = ending, ""
    letters = re.sub(r"\d+", "", _OF_DRAFTS.sub("", folded(stem)))
    said = "".join(each for each in letters if unicodedata.category(each)[0] == "L")
    return (folded(folder), folded(ending), said) if len(said) >= _LETTERS_AT_LEAST else None


def _order(pair: Paired) -> tuple[list[tuple[int, str]], bool]:
    member = pair.second or pair.first
    assert member, "one of the two is there"
    return natural(member.name), pair.second is None


def natural(name: str) -> list[tuple[int, str]]:
    """A name to sort by (排序), the numbers in it as numbers: 附件2 before 附件10."""
    # By their length and digits: Python makes no number of the thousands of digits that a name in an archive may have.
    parts = ((part, part.lstrip("0")) for part in re.findall(r"[0-9]+|[^0-9]+", name))
    return [(len(digits), digits) if part[0] in "0123456789" else (-1, part) for part, digits in parts]


# ---- the folder that an archive is packed in


def aligned(first: Sequence[Member], second: Sequence[Member]) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Both sides without the one folder that holds all files of a side (去掉外层), where more names agree then."""
    choices = [(one, other) for one in (first, _without_top(first)) for other in (second, _without_top(second))]

    def agree(choice: tuple[Sequence[Member], Sequence[Member]]) -> int:
        one, other = choice
        return len({each.name for each in one} & {each.name for each in other})

    one, other = max(choices, key=agree)
    return tuple(one), tuple(other)


def _without_top(members: Sequence[Member]) -> Sequence[Member]:
    tops = {member.name.partition("/")[0] for member in members}
    if len(tops) != 1 or not all("/" in member.name for member in members):
        return members
    return [replace(member, name=member.name.partition("/")[2]) for member in members]
