"""The merge (汇总): the ledger and all that the units said → the merged ledger, and what became of each text.

A three-way merge by cell: what was taken last time, what the ledger says now, what the units say now. A text that a
person changed in the ledger is never overwritten; nothing is overwritten unlisted; the same returns change nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.intake.answering import Answering, Role
from reportgen.intake.matching import How
from reportgen.intake.replies import Reply, origins_of
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.origins import (
    COLLECTED,
    DIGEST_LENGTH,
    LAST_JUDGEMENT,
    LAST_PHRASE,
    Origin,
    Use,
    in_order,
    natural,
    origin_place,
)
from reportgen.ledger.records import Received, Record
from reportgen.ledger.words import plain_key
from reportgen.package import short
from reportgen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged ledger and its record (汇总后的台账); `rolled` where a ledger was just rolled over into this period."""

    ledger: Ledger
    record: Record
    rolled: bool = False


def same(one: str, other: str) -> bool:
    """Whether two texts say the same (内容相同): white space and widths aside."""
    return plain_key(one) == plain_key(other)


def rolled_over(ledger: Ledger, period: str) -> Merged:
    """A new period's beginning (转入新的一期): progress becomes last period's, and what the units answer is empty.

    A phrase with a figure speaks of the old period and goes; one without (空气质量优良天数) stays. What went is kept
    in the record.
    """
    origins: list[Origin] = []

    def next_period(entry: Entry) -> Entry:
        keeps = not any(character.isnumeric() for character in entry.phrase)
        gone = ((LAST_JUDGEMENT, "judgement", entry.judgement), (LAST_PHRASE, "phrase", "" if keeps else entry.phrase))
        for field, name, text in gone:
            if text:
                place = origin_place(entry.where(name) or Location(file=ledger.file))
                origins.append(Origin(id=entry.id, field=field, text=text, where=place, use=Use.BEFORE))
        phrase = entry.phrase if keeps else ""
        return replace(entry, last_progress=entry.progress, progress="", judgement="", phrase=phrase)

    goals, tasks = (tuple(map(next_period, ledger.entries(sheet))) for sheet in Sheet)
    new = replace(ledger, goals=goals, tasks=tasks, period=period)
    return Merged(ledger=new, record=Record(period=period, origins=tuple(origins)), rolled=True)


def merge(before: Merged, replies: Iterable[Reply], answering: Answering) -> Merged:
    """The ledger with what the units say, whose entries all have numbers; the order of the replies does not matter."""
    fresh, copies = _distinct(replies, {each.sha256: each.file for each in before.record.returns})
    returns = _returns(before.record, fresh, copies, answering)
    current = {each.digest: each for each in returns}
    pool = _pool(before.record, fresh, current, answering)
    taken = {(each.id, each.field): each for each in before.record.origins if each.use is Use.TAKEN and each.is_answer}
    answers: dict[str, list[Origin]] = defaultdict(list)
    for origin in pool:
        if origin.is_answer and origin.use is not Use.OLD:
            answers[origin.id].append(origin)
    kept = [origin for origin in pool if not origin.is_answer or origin.use is Use.OLD]
    numbers = {entry.id for entry in before.ledger}
    # Of an entry that somebody took out of the ledger the texts stay on record.
    for number in answers.keys() - numbers:
        kept += [replace(each, use=Use.UNPLACED, note="台账里已经没有这个编号") for each in answers[number]]

    def merged(entry: Entry) -> Entry:
        roles = answering.roles(entry)
        words = _Words(entry, roles, current)
        texts: dict[str, str] = {}
        for field in COLLECTED:
            said = [each for each in answers[entry.id] if each.field == field]
            old = taken.get((entry.id, field))
            by_lead = any(each.unit in roles and roles[each.unit].lead for each in answers[entry.id])
            text, stand = words.decide(getattr(entry, field), said, old, by_lead)
            kept.extend(stand)
            texts[field] = text
        return replace(entry, progress=texts["progress"], judgement=texts["judgement"], phrase=texts["phrase"])

    goals, tasks = (tuple(map(merged, before.ledger.entries(sheet))) for sheet in Sheet)
    ledger = replace(before.ledger, goals=goals, tasks=tasks)
    record = replace(before.record, returns=returns, origins=in_order(kept, [entry.id for entry in ledger]))
    return Merged(ledger=ledger, record=record)


def _distinct(replies: Iterable[Reply], known: Mapping[str, str]) -> tuple[dict[str, Reply], dict[str, list[str]]]:
    """Each content once, by its fingerprint, and the names of the other files with the same content.

    A return that is known keeps the folder under which it was first seen: a clerk may name the file or its folder.
    """
    fresh: dict[str, Reply] = {}
    copies: dict[str, list[str]] = defaultdict(list)
    for reply in sorted(replies, key=lambda each: (each.file, each.sha256)):
        before = known.get(reply.sha256, "")
        if reply.sha256 in fresh:
            copies[reply.sha256].append(reply.file)
            # It came when the first of them came.
            same_one = fresh[reply.sha256]
            fresh[reply.sha256] = replace(same_one, moment=min(same_one.moment, reply.moment))
        else:
            fresh[reply.sha256] = replace(reply, file=before) if _name(before) == _name(reply.file) else reply
    return fresh, copies


def _name(file: str) -> str:
    return file.rpartition("/")[2]


COPY_NOTE = "内容相同的另有："


def _returns(
    record: Record, fresh: dict[str, Reply], copies: dict[str, list[str]], answering: Answering
) -> tuple[Received, ...]:
    known = {each.sha256: each for each in record.returns}
    new: list[Received] = []
    for reply in fresh.values():
        note = short(reply.problems[0].what, 200) if reply.returned is None and reply.problems else ""
        if names := copies.get(reply.sha256):
            note = "；".join(filter(None, (note, COPY_NOTE + "、".join(names))))
        each = Received(
            file=reply.file,
            unit=answering.own(reply.sender),
            sha256=reply.sha256,
            unit_from=reply.returned.unit_from if reply.returned else "",
            # A copy of the file has another day, which says nothing of the return.
            moment=known[reply.sha256].moment if reply.sha256 in known else reply.moment,
            rows=len(reply.returned.rows) if reply.returned else 0,
            readable=reply.returned is not None,
            note=note,
        )
        new.append(each)
    for old in record.returns:
        if old.sha256 not in fresh:
            again = any(each.readable and _same_source(old, each) for each in new)
            new.append(replace(old, replaced=old.replaced or again))
    ranks = {unit: rank for rank, unit in enumerate(answering.in_order([each.unit for each in new]))}
    return tuple(sorted(new, key=lambda each: (ranks[each.unit], each.replaced, each.moment, each.file, each.sha256)))


def _same_source(old: Received, new: Received) -> bool:
    if not old.readable and old.unit and old.unit == new.unit:
        return True  # the unit has sent a whole one meanwhile, under whatever name
    if old.unit and old.unit == new.unit:
        return _name(old.file) == _name(new.file)
    return old.file == new.file and (old.unit == new.unit or not old.readable)


def _pool(record: Record, fresh: dict[str, Reply], current: dict[str, Received], answering: Answering) -> list[Origin]:
    """All that was ever said in this collection; what was read anew stands as it was read now."""
    was_taken = {each.key for each in record.origins if each.was_taken}
    read_anew = {digest[:DIGEST_LENGTH] for digest in fresh}
    pool: list[Origin] = []
    for reply in fresh.values():
        pool += (replace(each, was_taken=each.key in was_taken) for each in origins_of(reply, answering))
    for origin in record.origins:
        if origin.digest in read_anew:
            continue
        source = current.get(origin.digest)
        # What a corrected return no longer says concerns nobody, unless it is an answer that stands in the ledger.
        if source and source.replaced and not origin.is_answer:
            continue
        pool.append(origin)
    return pool


_HOWS = {how.value: rank for rank, how in enumerate((How.ID, How.SAME_TEXT, How.NUMBER_AND_TEXT, How.ALIKE))}


@dataclass(frozen=True, slots=True)
class _Words:
    """The answers to one entry, and whose word counts."""

    entry: Entry
    roles: dict[str, Role]
    current: dict[str, Received]

    def decide(self, text: str, said: Sequence[Origin], old: Origin | None, by_lead: bool) -> tuple[str, list[Origin]]:
        """The cell's text, and each answer with what became of it; `old` is what was taken last time."""
        stands: list[Origin] = []
        words: list[Origin] = []
        for unit in dict.fromkeys(sorted(each.unit for each in said)):
            word, rest = self._word_of([each for each in said if each.unit == unit])
            words.append(word)
            stands += rest
        words.sort(key=lambda each: self._rank(each))
        chosen = words[0] if words and self._counts(words[0], by_lead) else None
        if chosen is None:
            stands += [replace(each, use=self._passed_over(each, None)) for each in words]
            # What was taken from a unit that is none of the entry's any more still stands in the ledger.
            return text, self._with_old(stands, old, stays=True)
        for each in words[1:]:
            use = Use.SAME if same(each.text, chosen.text) else self._passed_over(each, chosen)
            stands.append(replace(each, use=use))
        if old is not None and same(chosen.text, old.text):
            stays = True  # whatever a person made of it since
            result, use = text, Use.TAKEN
        elif not text or same(text, chosen.text) or (old is not None and same(text, old.text)):
            stays = old is None
            result, use = (text if same(text, chosen.text) else chosen.text), Use.TAKEN
            if old is not None and not text and old.text:
                # Somebody emptied the cell: that is an edit, too.
                stays, result, use = True, text, Use.CONFLICT
        else:
            stays = True
            result, use = text, Use.CONFLICT
        # A text that is taken now is not one of the past, whatever it was.
        stands.append(replace(chosen, use=use, was_taken=chosen.was_taken and use is not Use.TAKEN))
        if old is not None and use is Use.TAKEN and same(chosen.text, old.text):
            return result, stands
        return result, self._with_old(stands, old, stays)

    def _word_of(self, said: Sequence[Origin]) -> tuple[Origin, list[Origin]]:
        """What one unit says: of several files the latest, of several rows the one that was placed best."""

        def rank(each: Origin) -> tuple[bool, str, str, str]:
            source = self.current.get(each.digest)
            return (not (source and source.replaced), source.moment if source else "", each.where.file, each.digest)

        latest = max(map(rank, said))
        rows = [each for each in said if rank(each) == latest]
        rows.sort(key=lambda each: (_HOWS.get(each.how, 9), -(each.score or 0), each.where.sheet or "", _row(each)))
        word = rows[0]
        rest = [replace(each, use=Use.SAME if same(each.text, word.text) else Use.OTHER_ROW) for each in rows[1:]]
        for each in said:
            if rank(each) == latest:
                continue
            source = self.current.get(each.digest)
            replaced = source is not None and source.replaced
            # A file that came again under its name is gone: of it only what stood in the ledger is told.
            if replaced and (same(each.text, word.text) or not (each.was_taken or each.use is Use.TAKEN)):
                continue
            use = Use.SAME if same(each.text, word.text) else Use.OLD if replaced else Use.LATER_FILE
            rest.append(replace(each, use=use))
        return word, rest

    def _rank(self, each: Origin) -> tuple[int, int, str]:
        role = self.roles.get(each.unit)
        if role is None:
            return (3 if each.unit else 2, 0, each.unit)
        return (0 if role.lead else 1, role.rank, each.unit)

    def _counts(self, each: Origin, by_lead: bool) -> bool:
        role = self.roles.get(each.unit)
        if role is None and each.unit:
            return False
        return not by_lead or (role is not None and role.lead)

    def _passed_over(self, each: Origin, chosen: Origin | None) -> Use:
        role = self.roles.get(each.unit)
        if role is None:
            return Use.FOREIGN if each.unit else Use.NAMELESS
        if not role.lead:
            return Use.SUPPORT
        other = self.roles.get(chosen.unit) if chosen else None
        if other and other.group and other.group == role.group:
            return Use.MEMBER
        return Use.OTHER_LEAD

    def _with_old(self, stands: list[Origin], old: Origin | None, stays: bool) -> list[Origin]:
        """The answers with the one that was taken before: as taken if it stays, else as one of the past."""
        if old is None:
            return stands
        found = [i for i, each in enumerate(stands) if each.key == old.key]
        if stays:
            new = [replace(old, use=Use.TAKEN)]
        elif found:
            new = [replace(stands[i], was_taken=True) for i in found]
        else:
            new = [replace(old, use=Use.OLD, was_taken=True)]
        return [each for i, each in enumerate(stands) if i not in found] + new


def _row(each: Origin) -> str:
    return natural(each.where.cell or "")
