"""What a reader of the changes must know (两期比较的提示): what could not be told, and what is to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reportgen.changes.model import Change, LedgerChanges
from reportgen.changes.pairing import Paired
from reportgen.changes.progress import NO_YEAR
from reportgen.ledger.model import VERDICTS, Entry, Ledger, Sheet
from reportgen.ledger.periods import last_day
from reportgen.ledger.words import field_name
from reportgen.likeness import letters_of, plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, warning

_MOST_TOLD = 20
_MOST_PLACES = 5
_LEAST_IN_COMMON = 0.2
_OLD, _NEW = "上期台账", "本期台账"


def findings(old: Ledger, new: Ledger, changes: LedgerChanges, told: Mapping[Sheet, Paired]) -> Iterator[Problem]:
    """Every warning about a comparison of two ledgers (两期比较的提示); its result stands all the same."""
    yield from _of_periods(old, new)
    yield from _of_sheets(old, new)
    yield from _of_all(old, new, changes)
    for sheet in Sheet:
        found, before, after = told[sheet], old.entries(sheet), new.entries(sheet)
        yield from _of_judgements(sheet, before, after)
        yield from _of_ids(found, before, after)
    yield from _to_look_at(changes)
    yield from _of_parts(changes)
    yield from _of_unfounded(changes)


def _of_periods(old: Ledger, new: Ledger) -> Iterator[Problem]:
    if not old.period or not new.period:
        return
    where = Location(file=new.file)
    if plain_key(old.period) == plain_key(new.period):
        what = f"两份台账的报告期都是「{short(new.period, 30)}」，比不出两期之间的变化"
        yield warning("changes.same-period", what, "请核对是不是选错了文件；确是同一期先后两稿的，可以不管", where)
        return
    first, last = last_day(NO_YEAR, old.period), last_day(NO_YEAR, new.period)
    if first and last and first > last:
        what = f"上期台账的报告期是「{short(old.period, 30)}」，比本期台账的「{short(new.period, 30)}」还晚"
        yield warning("changes.period-order", what, "请核对两个文件的先后：先写上期台账，后写本期台账", where)


def _of_sheets(old: Ledger, new: Ledger) -> Iterator[Problem]:
    for sheet in Sheet:
        before, after = old.entries(sheet), new.entries(sheet)
        if bool(before) is bool(after):
            continue
        has, lacks, file = (_NEW, _OLD, old.file) if after else (_OLD, _NEW, new.file)
        what = f"{has}有{sheet.value} {len(after or before)} 项，{lacks}一项也没有，{sheet.value}没有比较"
        fix = f"请核对{lacks}是不是少了「{sheet.value}」工作表"
        yield warning("changes.sheet-missing", what, fix, Location(file=file))


def _of_all(old: Ledger, new: Ledger, changes: LedgerChanges) -> Iterator[Problem]:
    where = Location(file=new.file)
    before, after = len(tuple(old)), len(tuple(new))
    kept = [each for each in changes.entries if each.before and each.after]
    least = min(before, after)
    if least and len(kept) < _LEAST_IN_COMMON * least:
        what = f"上期 {before} 项、本期 {after} 项，只有 {len(kept)} 项能够对应，两份台账几乎没有共同的内容"
        yield warning("changes.little-in-common", what, "请核对是不是选错了文件", where)
    is_same = before == after == len(kept) and not changes.renamed
    if least and is_same and all(each.before == each.after for each in kept):
        what = f"两份台账的 {after} 项内容完全一样，没有变化可说"
        yield warning("changes.same-ledger", what, "请核对是不是把同一份台账选了两次", where)


def _of_judgements(sheet: Sheet, before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[Problem]:
    """Of what has no judgement nobody can say that it became worse or better."""
    if not before or not after:
        return
    name = field_name("judgement", sheet)
    lost = "哪些新增滞后、持续滞后、转为正常" if sheet is Sheet.TASKS else "评价有没有变化"
    for ledger, entries in ((_OLD, before), (_NEW, after)):
        blank = [entry for entry in entries if not entry.judgement]
        if not blank:
            continue
        if len(blank) == len(entries):
            what = f"{ledger}的{sheet.value}都没有填「{name}」，看不出{lost}"
        else:
            what = f"{ledger}有 {len(blank)} 项{sheet.value}没有填「{name}」，这几项看不出{lost}"
        fix = f"请补填「{name}」（可以用研判命令 judge 填好）后再比较"
        places = [where for entry in blank[: _MOST_PLACES + 1] if (where := entry.where("judgement"))]
        yield warning("changes.no-judgement", what, fix, places[0] if places else None, places[1:])


def _of_ids(found: Paired, before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[Problem]:
    for ledger, entries, places in ((_OLD, before, found.twice[0]), (_NEW, after, found.twice[1])):
        if places:
            ids = list(dict.fromkeys(short(entries[place].id, 20) for place in places))
            more = "等" if len(ids) > _MOST_PLACES else ""
            what = f"{ledger}里编号「{'」「'.join(ids[:_MOST_PLACES])}」{more}不止一项在用，这几项改按文字对应"
            cells = _places([entries[place] for place in places], "id")
            yield warning("changes.id-twice", what, "请给每一项一个自己的编号", cells[0] if cells else None, cells[1:])
    if found.ids_given_anew:
        what = "许多项的文字没有变，编号却都变了，编号看来是每期重编的：没有用编号，都按文字对应"
        fix = "要按编号对应的，请让每一项的编号各期不变"
        yield warning("changes.ids-anew", what, fix, next(iter(_places(after, "id")), None))
        return
    for old, new in found.reused:
        one, other = before[old], after[new]
        what = (
            f"编号「{short(other.id, 20)}」上期是「{short(one.text, 60)}」，本期是「{short(other.text, 60)}」，"
            "文字不像同一项，没有按编号对应"
        )
        fix = "请核对：确是同一项的，改一期的文字或编号；不是的，请换一个新编号"
        yield warning("changes.id-reused", what, fix, other.where("id"), _places([one], "id"))


def _places(entries: Sequence[Entry], name: str) -> list[Location]:
    return [where for entry in entries[: _MOST_PLACES + 1] if (where := entry.where(name))]


def _to_look_at(changes: LedgerChanges) -> Iterator[Problem]:
    for each in changes.unsure[:_MOST_TOLD]:
        what = (
            f"「{short(each.before.text, 80)}」（上期）和「{short(each.after.text, 80)}」（本期）"
            f"相近程度 {each.score:.2f}，拿不准是不是同一项，现在算作一项不再列入、一项新增"
        )
        fix = "请核对：确是同一项的，在两期台账里写上同一个编号"
        yield warning("changes.unsure", what, fix, each.after.where("text"), _places([each.before], "text"))
    more = len(changes.unsure) - _MOST_TOLD
    if more > 0:
        what = f"另有 {more} 对任务相近、拿不准是不是同一项，没有逐一列出"
        yield warning("changes.unsure", what, "请看变化表里的待核对清单", Location(file=changes.new))


def _of_parts(changes: LedgerChanges) -> Iterator[Problem]:
    for each in changes.of(Change.NEW):
        if origin := each.came_from:
            if _plainly_in(each.entry, origin):
                continue
            both = f"「{short(each.entry.text, 80)}」的文字原在上期「{short(origin.text, 80)}」里"
            fix = "请核对：现在算作新增，并写明由哪一项拆出；不是拆分的，请改这句话"
            where = each.entry.where("text")
            yield warning("changes.split", f"{both}，像是拆分出来的", fix, where, _places([origin], "text"))
    for each in changes.of(Change.DROPPED):
        if target := each.went_into:
            if _plainly_in(each.entry, target):
                continue
            both = f"「{short(each.entry.text, 80)}」的文字现在本期「{short(target.text, 80)}」里"
            fix = "请核对：现在算作不再列入，并写明并入哪一项；不是合并的，请改这句话"
            where = target.where("text")
            yield warning("changes.merged", f"{both}，像是合并进去的", fix, where, _places([each.entry], "text"))


def _plainly_in(part: Entry, whole: Entry) -> bool:
    """Whether nobody can doubt it: all of its words in one piece, and the same units answer for both."""
    return letters_of(part.text) in letters_of(whole.text) and set(part.lead_units) == set(whole.lead_units)


def _of_unfounded(changes: LedgerChanges) -> Iterator[Problem]:
    """Judged better than before, and nothing new was reported: nobody can say why."""
    better = [
        each
        for each in changes.entries
        if each.before and each.after and Change.UNCHANGED_PROGRESS in each.kinds
        if Change.RECOVERED in each.kinds or (Change.VERDICT in each.kinds and each.before.judgement == VERDICTS[1])
    ]
    for each in better[:_MOST_TOLD]:
        before, after, progress = each.before, each.after, each.progress
        if before and after and progress:
            judged = f"由「{before.judgement}」改为「{after.judgement}」"
            what = f"「{short(after.text, 80)}」{judged}，进展却{progress.value}，看不出依据"
            fix = "请核对：补写本期进展，或者改回原来的评价"
            yield warning("changes.unfounded", what, fix, after.where("judgement"), _places([before], "judgement"))
    if (more := len(better) - _MOST_TOLD) > 0:
        what = f"另有 {more} 项评价变好、进展没有更新，没有逐一列出"
        yield warning("changes.unfounded", what, "请看变化表里的进展未更新清单", Location(file=changes.new))
