"""Whose word counts for a cell (取舍): what the units say of it, what was taken last time, what a person made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.intake.answering import Role
from reportgen.intake.matching import How
from reportgen.ledger.origins import Origin, Use, answer_key, natural
from reportgen.ledger.records import Received


def same(one: str, other: str) -> bool:
    """Whether two texts say the same (内容相同): white space and widths aside."""
    return answer_key(one) == answer_key(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell before the merge (待定的格): its text, all that was `said` for it, and what was taken last time.

    `old_stands` says that what was taken is still said here, `old_is_told` that it is still said and counts no more.
    """

    text: str
    said: tuple[Origin, ...]
    old: Origin | None = None
    old_stands: bool = False
    old_is_told: bool = False

    @property
    def is_touched(self) -> bool:
        """Whether a person wrote what stands there (人工改过), or emptied it."""
        return not same(self.text, self.old.text if self.old else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What came of a cell (取舍结果): its text, and what became of each answer.

    `unit` is the unit that speaks, None if nobody's word counts; `by_lead` says that a lead unit answered.
    """

    text: str
    became: tuple[Origin, ...]
    unit: str | None
    by_lead: bool


@dataclass(frozen=True, slots=True)
class Voices:
    """The units of one entry (有发言权的单位), and the returns by their short names."""

    roles: Mapping[str, Role]
    current: Mapping[str, Received]

    def decide(self, cell: Cell, progress: Decision | None = None) -> Decision:
        """What the cell says after the merge; `progress` is what was decided of the entry's progress before.

        A lead's word counts over a support unit's, of leads the first that the ledger names. But who speaks of the
        progress speaks of its state: two units may mean two things. To a lead's progress no support unit adds a state.
        """
        old, withdrawn = cell.old, self._is_withdrawn(cell)
        words, became = self._words(cell.said)
        if old and withdrawn and all(each.unit != old.unit for each in words):
            words.append(old)
        led = any(self._is_lead(each) for each in words)
        by_lead = led or (progress is not None and progress.by_lead)
        speaker = progress.unit if progress else None

        def rank(each: Origin) -> tuple[bool, bool, bool, int]:
            role = self.roles[each.unit]
            return (not role.lead, withdrawn and each is old, each.unit != speaker, role.rank)

        counting = [each for each in words if each.unit in self.roles and (self._is_lead(each) or not by_lead)]
        chosen = min(counting, key=rank, default=None)
        for each in words:
            if each is chosen or (withdrawn and each is old):
                continue
            alike = chosen is not None and same(each.text, chosen.text)
            became.append(replace(each, use=Use.SAME if alike else self._passed_over(each, chosen)))
        text, rest = self._settled(cell, chosen, became)
        return Decision(text=text, became=tuple(rest), unit=chosen.unit if chosen else None, by_lead=by_lead)

    def _settled(self, cell: Cell, chosen: Origin | None, became: list[Origin]) -> tuple[str, list[Origin]]:
        """The text, and all answers with the chosen one and that which was taken before."""
        old = cell.old
        if chosen is None:
            if old is None:
                return cell.text, became
            gone = not cell.old_stands and not self._is_withdrawn(cell)
            # What was taken from a unit that is none of the entry's any more still stands in the ledger.
            of_nobody = bool(old.unit) and old.unit not in self.roles
            if not gone and (cell.is_touched or of_nobody):
                return cell.text, _with(became, replace(old, use=Use.TAKEN))
            return (cell.text if cell.is_touched else ""), self._with_past(cell, old, became)
        if old is not None and same(chosen.text, old.text):
            # Whatever a person made of it since.
            return cell.text, _with(became, replace(chosen, use=Use.TAKEN, was_taken=False))
        if not cell.is_touched or same(cell.text, chosen.text):
            text = cell.text if same(cell.text, chosen.text) else chosen.text
            became = _with(became, replace(chosen, use=Use.TAKEN, was_taken=False))
            return text, self._with_past(cell, old, became) if old else became
        became = _with(became, replace(chosen, use=Use.CONFLICT))
        if old is None:
            return cell.text, became
        if cell.old_stands or self._is_withdrawn(cell):
            return cell.text, _with(became, replace(old, use=Use.TAKEN))
        return cell.text, self._with_past(cell, old, became)

    def _with_past(self, cell: Cell, old: Origin, became: list[Origin]) -> list[Origin]:
        """The answers with the one that stood in the ledger and does no more."""
        for i, each in enumerate(became):
            if each.key == old.key:
                return [*became[:i], replace(each, was_taken=True), *became[i + 1 :]]
        if cell.old_is_told:
            return became
        use = Use.OLD if self._is_withdrawn(cell) else Use.MOVED
        return [*became, replace(old, use=use, was_taken=True)]

    def _is_withdrawn(self, cell: Cell) -> bool:
        """Whether what was taken came in a file that came again and says it no more."""
        source = self.current.get(cell.old.digest) if cell.old and not cell.old_stands else None
        return source is not None and source.replaced

    def _words(self, said: Sequence[Origin]) -> tuple[list[Origin], list[Origin]]:
        """One word of each unit, and what it says beside."""
        words: list[Origin] = []
        rest: list[Origin] = []
        for unit in sorted({each.unit for each in said}):
            word, others = self._word_of([each for each in said if each.unit == unit])
            words.append(word)
            rest += others
        return words, rest

    def _word_of(self, said: Sequence[Origin]) -> tuple[Origin, list[Origin]]:
        """What one unit says: of several files the latest, of several rows the one that was placed best."""

        def rank(each: Origin) -> tuple[str, str, str]:
            source = self.current.get(each.digest)
            return (source.moment if source else "", each.where.file, each.digest)

        latest = max(map(rank, said))
        rows = sorted((each for each in said if rank(each) == latest), key=_placing)
        word = rows[0]
        rest = [replace(each, use=Use.SAME if same(each.text, word.text) else Use.OTHER_ROW) for each in rows[1:]]
        for each in said:
            if rank(each) != latest:
                rest.append(replace(each, use=Use.SAME if same(each.text, word.text) else Use.LATER_FILE))
        return word, rest

    def _is_lead(self, each: Origin) -> bool:
        role = self.roles.get(each.unit)
        return role is not None and role.lead

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


def _with(became: Sequence[Origin], each: Origin) -> list[Origin]:
    """The answers with this one in the place of itself."""
    return [*(other for other in became if other.key != each.key), each]


_HOWS = {how.value: rank for rank, how in enumerate((How.ID, How.SAME_TEXT, How.NUMBER_AND_TEXT, How.ALIKE))}


def _placing(each: Origin) -> tuple[int, float, str, str]:
    return (_HOWS.get(each.how, 9), -(each.score or 0), each.where.sheet or "", natural(each.where.cell or ""))
