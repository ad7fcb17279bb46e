"""What came in (收件): each content of each unit once, and which file takes the place of which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from reportgen.intake.answering import Answering
from reportgen.intake.replies import Reply, of_other_period
from reportgen.ledger.origins import digest_of
from reportgen.ledger.records import Received, Record
from reportgen.package import short

COPY_NOTE = "内容相同的另有："

Fresh: TypeAlias = Mapping[str, Reply]
Copies: TypeAlias = Mapping[str, Sequence[str]]


def distinct(replies: Iterable[Reply], earlier: Sequence[Received], answering: Answering) -> tuple[Fresh, Copies]:
    """Each content of each unit once, by its short name, and the names of the other files with the same content.

    Two units may send the same bytes. What names no unit is a copy where a unit sent just that. A return that is known
    keeps the folder under which it was first seen: a clerk may name the file or its folder.
    """
    listed = sorted(replies, key=lambda each: (each.file, each.sha256))
    senders = {id(each): answering.own(each.sender) for each in listed}
    known = {each.digest: each.file for each in earlier}
    named = {each.sha256: each.digest for each in reversed(earlier) if each.unit}
    named |= {each.sha256: digest_of(each.sha256, senders[id(each)]) for each in reversed(listed) if senders[id(each)]}
    fresh: dict[str, Reply] = {}
    copies: dict[str, list[str]] = defaultdict(list)
    # Those with a name come first, so that one without finds them.
    for reply in sorted(listed, key=lambda each: not senders[id(each)]):
        unit = senders[id(reply)]
        digest = digest_of(reply.sha256, unit) if unit else named.get(reply.sha256, digest_of(reply.sha256, ""))
        if digest in fresh:
            copies[digest].append(reply.file)
            # It came when the first of them came.
            fresh[digest] = replace(fresh[digest], moment=min(fresh[digest].moment, reply.moment))
        elif unit or reply.sha256 not in named:
            before = known.get(digest, "")
            fresh[digest] = replace(reply, file=before) if _name(before) == _name(reply.file) else reply
    return fresh, copies


def received(record: Record, fresh: Fresh, copies: Copies, answering: Answering) -> tuple[Received, ...]:
    """All returns of the collection, those of this run and the earlier ones, in the official order of the units."""
    known = {each.digest: each for each in record.returns}
    new: list[Received] = []
    for digest, reply in fresh.items():
        notes = [short(reply.problems[0].what, 200)] if reply.returned is None and reply.problems else []
        if reply.returned and of_other_period(reply, record.period):
            notes.append(f"写的报告期是「{short(reply.returned.period, 40)}」")
        if names := copies.get(digest):
            notes.append(COPY_NOTE + "、".join(names))
        each = Received(
            file=reply.file,
            unit=answering.own(reply.sender),
            sha256=reply.sha256,
            unit_from=reply.returned.unit_from if reply.returned else "",
            # A copy of the file has another day, which says nothing of the return.
            moment=known[digest].moment if digest in known else reply.moment,
            rows=len(reply.returned.rows) if reply.returned else 0,
            readable=reply.returned is not None,
            note="；".join(notes),
        )
        new.append(each)
    for old in record.returns:
        if old.digest in fresh or any(_is_read_anew(old, each) for each in new):
            continue
        again = any(each.readable and _same_source(old, each) for each in new)
        new.append(replace(old, replaced=old.replaced or again))
    ranks = {unit: rank for rank, unit in enumerate(answering.in_order([each.unit for each in new]))}
    return tuple(sorted(new, key=lambda each: (ranks[each.unit], each.replaced, each.moment, each.file, each.sha256)))


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _is_read_anew(old: Received, new: Received) -> bool:
    """Whether it is the same file, whose unit is told otherwise now."""
    if old.sha256 != new.sha256 or not new.unit or (old.readable and not new.readable):
        return False
    return not old.unit or old.file == new.file


def _same_source(old: Received, new: Received) -> bool:
    if not old.readable and old.unit and old.unit == new.unit:
        return True  # the unit has sent a whole one meanwhile, under whatever name
    if old.unit and old.unit == new.unit:
        return _name(old.file) == _name(new.file)
    return old.file == new.file and (old.unit == new.unit or not old.readable)
