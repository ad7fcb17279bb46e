"""The changes between two ledgers (两期变化): which entry became which, and what is different in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from reportgen.changes.figures import changed_figures
from reportgen.changes.findings import findings
from reportgen.changes.model import Change, EntryChange, LedgerChanges, Pairing, Progress, Unsure
from reportgen.changes.moving import category_names, moves, renamed_categories
from reportgen.changes.pairing import Pair, Paired, paired
from reportgen.changes.parted import parted
from reportgen.changes.progress import progress_between
from reportgen.changes.rewording import rewordings
from reportgen.changes.unit_parts import UnitsBehind
from reportgen.ledger.model import STATUSES, Entry, Ledger, Sheet
from reportgen.ledger.units import Register
from reportgen.problems import Outcome
from reportgen.quantities.completion import STANDARD_COMPLETION, CompletionWords, finished_by

_NOTHING_NEW = (Progress.SAME, Progress.ONLY_MARKS, Progress.ONLY_PERIOD)


def ledger_changes(
    old: Ledger,
    new: Ledger,
    register: Register | None = None,
    *,
    on: date | None = None,
    completion: CompletionWords = STANDARD_COMPLETION,
) -> Outcome[LedgerChanges]:
    """What became of each entry from one period's ledger to the next (两期变化), with what a reader must know of it.

    Names of units mean what the register says of them on the day of the new ledger (`on`; None: after its last change).
    `completion` are the words that say that a task is finished; an office may have its own.
    """
    units = UnitsBehind(register, on)
    entries: list[EntryChange] = []
    unsure: list[Unsure] = []
    renamed: list[tuple[str, str]] = []
    told: dict[Sheet, Paired] = {}
    for sheet in Sheet:
        before, after = old.entries(sheet), new.entries(sheet)
        if not before or not after:
            # One ledger lacks the sheet: that is told, and makes nothing new nor dropped.
            before = after = ()
        found = told[sheet] = paired(before, after, units.leads)
        comparison = _Comparison(sheet, before, after, found, units, completion)
        entries += comparison.entries()
        renamed += comparison.renamed()
        unsure += (
            Unsure(sheet=sheet, before=before[each.old], after=after[each.new], score=each.score)
            for each in found.unsure
        )
    changes = LedgerChanges(
        old=old.file,
        new=new.file,
        old_period=old.period,
        new_period=new.period,
        entries=tuple(entries),
        unsure=tuple(unsure),
        renamed=tuple(renamed),
    )
    return Outcome(changes, tuple(findings(old, new, changes, told)))


class _Comparison:
    """One sheet of both ledgers, with which entry became which."""

    def __init__(
        self,
        sheet: Sheet,
        old: Sequence[Entry],
        new: Sequence[Entry],
        found: Paired,
        units: UnitsBehind,
        completion: CompletionWords,
    ) -> None:
        self._sheet, self._old, self._new, self._found = sheet, old, new, found
        self._units, self._completion = units, completion
        self._kept = [(pair.old, pair.new) for pair in found.pairs]
        self._renamed = renamed_categories(old, new, self._kept)
        self._moves = moves(old, new, self._kept, self._renamed)

    def renamed(self) -> Iterator[tuple[str, str]]:
        """The categories with another name now, as both ledgers write them."""
        before, after = category_names(self._old), category_names(self._new)
        yield from ((before[name], after[other]) for name, other in self._renamed.items())

    def entries(self) -> Iterator[EntryChange]:
        """Every entry in the new list's order, the dropped ones behind what stood before them."""
        by_new = {pair.new: pair for pair in self._found.pairs}
        new_of = {pair.old: pair.new for pair in self._found.pairs}
        came_from, went_into = parted(self._old, self._new, new_of)
        dropped: dict[int, list[EntryChange]] = {}
        last = -1
        for place, entry in enumerate(self._old):
            if place in new_of:
                last = new_of[place]
            else:
                gone = self._dropped(place, entry, went_into.get(place))
                dropped.setdefault(last, []).append(gone)
        yield from dropped.get(-1, ())
        for place, entry in enumerate(self._new):
            pair = by_new.get(place)
            yield self._kept_one(pair) if pair else self._new_one(place, entry, came_from.get(place))
            yield from dropped.get(place, ())

    def _dropped(self, place: int, entry: Entry, into: int | None) -> EntryChange:
        return EntryChange(
            sheet=self._sheet,
            before=entry,
            after=None,
            pairing=Pairing.NONE,
            score=0.0,
            kinds=(Change.DROPPED,),
            went_into=None if into is None else self._new[into],
            place_before=place + 1,
        )

    def _new_one(self, place: int, entry: Entry, origin: int | None) -> EntryChange:
        finished = self._finished(entry)
        lags = (Change.NEWLY_LAGGING,) if entry.judgement == STATUSES[1] else ()
        return EntryChange(
            sheet=self._sheet,
            before=None,
            after=entry,
            pairing=Pairing.NONE,
            score=0.0,
            kinds=(*lags, *((Change.FINISHED,) if finished else ()), Change.NEW),
            finished_by=finished,
            came_from=None if origin is None else self._old[origin],
            place_after=place + 1,
        )

    def _finished(self, entry: Entry) -> str:
        if entry.sheet is not Sheet.TASKS:
            return ""
        return finished_by(entry.progress, entry.text, self._completion)

    def _kept_one(self, pair: Pair) -> EntryChange:
        before, after = self._old[pair.old], self._new[pair.new]
        gone, come = self._units.changes(before, after)
        progress = progress_between(before.progress, after.progress)
        figures = changed_figures(before.progress, after.progress) if progress is Progress.UPDATED else ()
        wording = rewordings(before.text, after.text)
        moved = self._moves.get(pair.new, ())
        finished = self._finished(after)
        is_news = bool(finished) and not self._finished(before)
        kinds = {
            **_judged(before, after),
            Change.FINISHED: is_news,
            Change.UNCHANGED_PROGRESS: progress in _NOTHING_NEW and not finished,
            Change.FIGURE: bool(figures),
            Change.UNITS: bool(gone or come),
            Change.REWORDED: bool(wording),
            Change.MOVED: bool(moved),
        }
        return EntryChange(
            sheet=self._sheet,
            before=before,
            after=after,
            pairing=pair.by,
            score=pair.score,
            kinds=tuple(kind for kind in Change if kinds.get(kind)),
            figures=figures,
            units_gone=gone,
            units_come=come,
            rewordings=wording,
            progress=progress,
            moves=moved,
            finished_by=finished,
            place_before=pair.old + 1,
            place_after=pair.new + 1,
        )


def _judged(before: Entry, after: Entry) -> dict[Change, bool]:
    """What the judgements say of an entry: of one that was not judged nothing is told."""
    one, other = before.judgement, after.judgement
    if not one or not other:
        return {}
    if before.sheet is Sheet.GOALS:
        return {Change.VERDICT: one != other}
    lagged, lags = one == STATUSES[1], other == STATUSES[1]
    return {
        Change.NEWLY_LAGGING: lags and not lagged,
        Change.STILL_LAGGING: lags and lagged,
        Change.RECOVERED: lagged and not lags,
    }
