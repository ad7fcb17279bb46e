"""Judging a ledger (研判台账): what the rules say of every entry, and the empty cells of the ledger filled with it.

A person's entry always wins: it is never written over, nor is anything in the ledger but empty cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.confine import Limits, confined
from reportgen.inputs import attempt, configured_words, ledger_files, wanted_sheets
from reportgen.judging.elapsed import Elapsed, elapsed
from reportgen.judging.judge import judge
from reportgen.judging.rules import Rule, Rules
from reportgen.judging.verdicts import Opinion, Passage, Standing, Verdict, percent
from reportgen.ledger.files.excel import read_workbook
from reportgen.ledger.files.sheet import letters
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.files.workbook_edit import set_cells, split_address
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.reading import Wants, read_ledger_files
from reportgen.ledger.tables import Table, find_head
from reportgen.ledger.words import STANDARD_WORDS, Words, field_name
from reportgen.limits import held
from reportgen.package import WORKBOOK_ENDINGS, called, short
from reportgen.problems import CannotWrite, InputError, Location, Problem, error, has_errors, refuse_errors
from reportgen.publish import refuse_open
from reportgen.source import Source, shown_path
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import load_rules, load_sound_config


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judged ledger (研判结果): what the rules say of its entries in their order, and all that it was read from."""

    ledger: Ledger
    verdicts: tuple[Verdict, ...]
    rules: Rules
    rule_files: tuple[Source, ...]
    elapsed: Elapsed
    words: Words
    files: tuple[tuple[str, bytes], ...]
    paths: tuple[Path, ...]
    wants: Wants
    reading: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def disagrees(self) -> bool:
        """Whether the rules say of any entry otherwise than the ledger (有无不一致)."""
        return any(verdict.standing is Standing.DIFFERS for verdict in self.verdicts)

    def counts(self) -> dict[Standing, int]:
        """How many entries stand how to the ledger (各多少项)."""
        found = Counter(verdict.standing for verdict in self.verdicts)
        return {standing: found[standing] for standing in Standing}

    def in_reading_order(self, everything: bool = False) -> tuple[Verdict, ...]:
        """What a person must look at (要看的): disagreements, then what the ledger lacks; all the rest if asked for."""
        order = list(Standing)
        shown = [each for each in self.verdicts if everything or _needs_a_look(each)]
        return tuple(sorted(shown, key=lambda each: (order.index(each.standing), bool(each.entry.judgement))))

    def as_json(self) -> dict[str, Any]:
        """The result as plain data: every entry, in the ledger's order."""
        return {
            "ledger": self.ledger.file,
            "until": self.elapsed.day.isoformat(),
            "elapsed": percent(self.elapsed.share),
            "rules": [{"file": source.file, "sha256": source.sha256} for source in self.rule_files],
            "counts": {standing.value: count for standing, count in self.counts().items()},
            "verdicts": [self._json(verdict) for verdict in self.verdicts],
        }

    def _json(self, verdict: Verdict) -> dict[str, Any]:
        entry = verdict.entry
        decided = verdict.decided
        return {
            "sheet": entry.sheet.value,
            "id": entry.id,
            "given_no": entry.given_no,
            "text": entry.text,
            "ledger": entry.judgement,
            "judgement": verdict.judgement,
            "standing": verdict.standing.value,
            "reason": verdict.reason,
            "opinion": self._opinion_json(decided, entry) if decided else None,
            "others": [self._opinion_json(each, entry) for each in verdict.others],
        }

    def _opinion_json(self, opinion: Opinion, entry: Entry) -> dict[str, Any]:
        return {
            "rule": opinion.rule.value,
            "name": self.rules.rules[opinion.rule].name,
            "judgement": opinion.judgement,
            "reason": opinion.reason,
            "figures": [figures.as_json() for figures in opinion.figures],
            "places": [_place_json(passage, entry) for passage in opinion.rests_on],
        }


def _needs_a_look(verdict: Verdict) -> bool:
    return verdict.standing in (Standing.DIFFERS, Standing.EMPTY) or not verdict.entry.judgement


def _place_json(passage: Passage, entry: Entry) -> dict[str, Any]:
    where = passage.where(entry)
    return {
        "field": passage.field,
        "quote": passage.quote(entry),
        "where": where.as_json() if where else None,
    }


@by_limits_of(lambda config, *_, **__: config)
def judge_ledger(config: Path, ledgers: Sequence[Path] = ()) -> Judged:
    """The ledger of a configuration, judged (研判); raises `InputError` with all problems of the inputs together."""
    sound = load_sound_config(config, shown_path(config))
    settings, source = sound.value
    problems = list(sound.problems)
    beside = config.parent
    asked = source.locate(("judging",))
    rules = attempt(problems, lambda: load_rules("judging", Rules, settings.judging, beside, asked))
    words = attempt(problems, lambda: configured_words(settings, source)) or STANDARD_WORDS
    wants = wanted_sheets(settings, source, beside, problems)
    named = None if ledgers else source.locate(("ledger",))
    files = attempt(problems, lambda: ledger_files(settings, beside, ledgers), named)
    past = None if sound.problems else elapsed(settings.year, settings.period)
    if past is None and not sound.problems:
        what = f"「{short(settings.period)}」没有说到哪个月为止，不知道全年过了多少"
        problems.append(error("judge.no-period", what, "请写成 1—6月、上半年 的样子", source.locate(("period",))))
    read = attempt(problems, lambda: read_ledger_files(files, wants, None, words)) if files and wants else None
    problems += _about_judgements(read.problems) if read else ()
    refuse_errors(problems)
    assert rules, "refused above"
    assert past, "refused above"
    assert read, "refused above"
    assert files, "refused above"
    assert wants, "refused above"
    return Judged(
        ledger=read.value,
        verdicts=judge(read.value, rules[0], past),
        rules=rules[0],
        rule_files=rules[1],
        elapsed=past,
        words=words,
        files=files,
        paths=tuple(ledgers) or tuple(beside / name for name in settings.ledger),
        wants=wants,
        reading=read.problems,
        problems=tuple(problems),
    )


def _about_judgements(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems that matter here: errors; and a judgement that nobody knows is one, for a person wrote it.

    What else is odd in a ledger is told when the report is made.
    """
    for problem in problems:
        if problem.code == "ledger.unknown-status":
            yield error(problem.code, problem.what, problem.fix, problem.where, problem.related)
        elif has_errors([problem]):
            yield problem


# ---- the ledger with its empty cells filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Ledger files with the verdicts put in (填好的台账), and the entries that got one; nothing where none was empty.

    `left` are entries whose cell could not be filled; `problems` tell what of the ledger a new file does not hold.
    """

    files: Mapping[Path, bytes]
    entries: tuple[Entry, ...]
    left: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()


def fill(judged: Judged, limits: Limits | None = None, *, replacing: bool = False) -> Filled:
    """The ledger's own files with the empty judgements filled in (填空); raises where they are no workbooks.

    Each is changed in a process of its own: a workbook may be a bomb. `replacing` writes over what stands there.
    """
    strange = [path for path in judged.paths if path.suffix.lower() not in WORKBOOK_ENDINGS]
    if strange:
        what = f"「{called(shown_path(strange[0]))}」不是 Excel 工作簿（.xlsx、.xlsm），不能就地填写"
        fix = "请改用 --out 文件.xlsx，把填好的台账另存成一份新的"
        raise InputError([error("judge.no-workbook", what, fix, Location(file=shown_path(strange[0])))])
    names = [name for name, _ in judged.files]
    if len(set(names)) < len(names):
        what = f"有两个台账文件都叫「{called(names[0])}」，分不清该写哪一个"
        raise InputError([error("judge.same-name", what, "请把其中一个改名", Location(file=names[0]))])
    files: dict[Path, bytes] = {}
    entries: list[Entry] = []
    left: list[Entry] = []
    for path, (name, blob) in zip(judged.paths, judged.files, strict=True):
        beside: dict[str, tuple[int, int]] = {}
        texts, told, untold = _texts_of(judged, name, blob, beside)
        entries += told
        left += untold
        if texts:
            files[path] = confined(
                name, limits or held().outside, set_cells, blob, texts, name, replace=replacing, beside=beside
            )
    return Filled(files=files, entries=tuple(entries), left=tuple(left))


def fill_new(judged: Judged, out: Path, *, replacing: bool = False) -> Filled:
    """The filled ledger as a file of its own (另存): a workbook's own copy, or a new workbook of any other ledger."""
    endings = {path.suffix.lower() for path in judged.paths}
    if len(judged.paths) == 1 and endings <= set(WORKBOOK_ENDINGS):
        if endings != {out.suffix.lower()}:
            what = f"台账是 {min(endings)} 文件，另存也要用 {min(endings)}"
            raise InputError([error("judge.other-ending", what, "请改 --out 的文件名", Location(file=shown_path(out)))])
        filled = fill(judged, replacing=replacing)
        return replace(filled, files={out: filled.files.get(judged.paths[0], judged.files[0][1])})
    verdicts = {id(verdict.entry): verdict for verdict in judged.verdicts if verdict.standing is Standing.EMPTY}
    goals, tasks = (
        tuple(replace(each, judgement=verdicts[id(each)].judgement) if id(each) in verdicts else each for each in some)
        for some in (judged.ledger.goals, judged.ledger.tasks)
    )
    ledger = replace(judged.ledger, goals=goals, tasks=tasks)
    blob = write_workbook(ledger_sheets(ledger, tuple(judged.wants.fields), judged.words))
    entries = tuple(verdict.entry for verdict in verdicts.values())
    return Filled(files={out: blob}, entries=entries, problems=judged.reading)


def with_judgements(judged: Judged, words: Mapping[int, str]) -> Judged:
    """The judged ledger as if a person's words (改判) were all that its cells lack.

    `words` are judgements by the place of their entries in the ledger, from 0. To be filled in `replacing`.
    """
    verdicts = []
    for at, verdict in enumerate(judged.verdicts):
        entry = replace(verdict.entry, judgement="") if at in words else verdict.entry
        said = Opinion(
            rule=next(iter(Rule)), judgement=words.get(at, ""), falls_short=False, reason=_BY_HAND, rests_on=()
        )
        verdicts.append(Verdict(entry=entry, reason=_BY_HAND, decided=said if at in words else None))
    goals, tasks = (
        tuple(each.entry for each in verdicts if each.entry.sheet is sheet) for sheet in (Sheet.GOALS, Sheet.TASKS)
    )
    return replace(judged, ledger=replace(judged.ledger, goals=goals, tasks=tasks), verdicts=tuple(verdicts))


_BY_HAND = "人工改判"


def _texts_of(
    judged: Judged, name: str, blob: bytes, beside: dict[str, tuple[int, int]]
) -> tuple[dict[tuple[str, str], str], list[Entry], list[Entry]]:
    """What to write into one file: texts by sheet and address, the entries that get one, those that cannot.

    `beside` gets the number of each new column, and of the one that it shall look like.
    """
    texts: dict[tuple[str, str], str] = {}
    told: list[Entry] = []
    left: list[Entry] = []
    for sheet in Sheet:
        verdicts = [each for each in judged.verdicts if each.entry.sheet is sheet and _is_in(each.entry, name)]
        wanted = [each for each in verdicts if each.standing is Standing.EMPTY]
        if not wanted:
            continue
        if "judgement" in wanted[0].entry.cells:
            places = {id(each): each.entry.cells["judgement"] for each in verdicts}
        else:
            places = _new_column(judged, name, blob, sheet, verdicts, texts)
            place = next(iter(places.values()))
            pattern = wanted[0].entry.where("given_no")
            columns = [split_address(each.cell or "")[1] for each in (place, pattern) if each]
            beside[place.sheet or ""] = (columns[0], columns[-1])
        # A cell merged over several rows speaks for all of them.
        said: dict[Location, set[str]] = {}
        for verdict in verdicts:
            said.setdefault(places[id(verdict)], set()).add(verdict.judgement)
        for verdict in wanted:
            place = places[id(verdict)]
            if len(said[place]) > 1 or place.cell is None:
                left.append(verdict.entry)
            else:
                texts[place.sheet or "", place.cell] = verdict.judgement
                told.append(verdict.entry)
    return texts, told, left


def _is_in(entry: Entry, name: str) -> bool:
    return entry.cells["text"].file == name


def _new_column(
    judged: Judged,
    name: str,
    blob: bytes,
    sheet: Sheet,
    verdicts: Sequence[Verdict],
    texts: dict[tuple[str, str], str],
) -> dict[int, Location]:
    """The places of a column that the sheet lacks, behind its last one; `texts` gets its heading."""
    table = read_workbook(blob, name, judged.wants.fields.keys()).tables[sheet]
    head = find_head(table, sheet, frozenset(), judged.words)
    assert head, "the ledger was read with it"
    column = _last_column(table) + 1
    if column > held().tables.columns:
        what = f"「{short(table.name)}」已有 {column - 1} 列，加不下「{field_name('judgement', sheet)}」列"
        raise InputError([error("judge.no-room", what, "请删去用不到的列", table.where)])
    row = split_address(table.rows[head.first_row - 1][0].where.cell or "")[0]
    title = table.where.sheet or table.name
    texts[title, f"{letters(column)}{row}"] = field_name("judgement", sheet)
    return {
        id(verdict): replace(
            verdict.entry.cells["text"],
            cell=f"{letters(column)}{split_address(verdict.entry.cells['text'].cell or '')[0]}",
        )
        for verdict in verdicts
    }


def _last_column(table: Table) -> int:
    return max(
        split_address(cell.where.cell or "")[1]
        for row in table.rows
        for cell in row
        if cell.text.strip() or cell.faults
    )


def refuse_changed(judged: Judged) -> None:
    """Raise `CannotWrite` if a ledger is open elsewhere, or was saved since it was read (台账正被改动)."""
    for path, (name, blob) in zip(judged.paths, judged.files, strict=True):
        refuse_open(path, name)
        try:
            now = path.read_bytes() if path.is_file() else None  # at a pipe one would wait for ever
        except OSError:
            now = None
        if now != blob:
            what = f"研判的时候，「{called(name)}」被人改动或移走了，没有写入"
            raise CannotWrite([error("judge.changed", what, "请再运行一次，别人改的会保留", Location(file=name))])
