"""OVERRIDE (改判): judgements that a person decided on, written into the ledger; all else in it stays as it is.

Options: `config` and `ledgers` as of EXAMINE; `overrides`, a list of `sheet`, `id` (as EXAMINE tells it), `judgement`
(a standard word of that sheet) and `reason`; `upon`, which version of the ledger that is, tells orders apart and
changes nothing. A ledger that is no workbook becomes one, as by `judge --out`. The result:

- `ledger`: the name of the new ledger among the job's files
- `overrides`: each with `sheet`, `id`, `text` (the entry's), `judgement`, `was`, `reason`, `where` (the cell; null
  where the ledger had none)
- `problems`: what a new workbook does not hold of a ledger that was none, as `Problem.as_json()`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportgen.judge import fill_new, judge_ledger, with_judgements
from reportgen.ledger.ids import with_ids
from reportgen.ledger.model import Entry
from reportgen.ledger.words import JUDGEMENTS, field_name
from reportgen.package import WORKBOOK_ENDINGS, short
from reportgen.problems import Problem, did_you_mean, error, refuse_errors
from reportgen.service.model import Order
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.layout import given_in, put
from reportgen.service.work.model import Made, Room


def override(order: Order, room: Room) -> Made:
    """The ledger with these judgements (改判后的台账)."""
    given = given_in(room.given, order)
    refuse_outside(given)
    wanted: Sequence[Mapping[str, str]] = order.options["overrides"]
    room.told("改判", 0, 0)
    judged = judge_ledger(given.config, given.ledgers)
    entries = list(with_ids(judged.ledger))
    places = {(entry.sheet.value, entry.id): at for at, entry in enumerate(entries)}
    refuse_errors(list(_faults(wanted, places, entries)))
    words = {places[each["sheet"], each["id"]]: each["judgement"] for each in wanted}
    ledger = given.ledgers[0]
    ending = ledger.suffix if ledger.suffix.lower() in WORKBOOK_ENDINGS else WORKBOOK_ENDINGS[0]
    name = f"{ledger.stem}{ending}"
    filled = fill_new(with_judgements(judged, words), room.made / name, replacing=True)
    refuse_errors([_joined(entry) for entry in filled.left])
    (blob,) = filled.files.values()
    result = {
        "ledger": name,
        "overrides": [_told(each, entries, places[each["sheet"], each["id"]]) for each in wanted],
        "problems": [problem.as_json() for problem in filled.problems],
    }
    return Made(result=result, files={name: put(room.made, name, blob)})


def _faults(
    wanted: Sequence[Mapping[str, str]], places: Mapping[tuple[str, str], int], entries: Sequence[Entry]
) -> Iterator[Problem]:
    for each in wanted:
        at = places.get((each["sheet"], each["id"]))
        if at is None:
            what = f"台账里没有「{short(each['id'])}」这一项，可能已经换过一版"
            yield error("service.no-entry", what, "请重新打开“看研判”，再改")
        elif each["judgement"] not in (words := JUDGEMENTS[entries[at].sheet]):
            what = f"「{short(each['judgement'])}」不是{field_name('judgement', entries[at].sheet)}的规定写法"
            yield error("service.no-judgement", what, did_you_mean(each["judgement"], words))


def _joined(entry: Entry) -> Problem:
    what = f"「{short(entry.text)}」的格是几行合并的，不能只改这一项"
    fix = "请在台账里取消合并，再上传；或把合并的几项一起改成同一个结论"
    return error("service.joined-cell", what, fix, entry.where("judgement"))


def _told(each: Mapping[str, str], entries: Sequence[Entry], at: int) -> dict[str, Any]:
    entry = entries[at]
    where = entry.cells.get("judgement")
    return {
        "sheet": each["sheet"],
        "id": each["id"],
        "text": entry.text,
        "judgement": each["judgement"],
        "was": entry.judgement,
        "reason": each["reason"],
        "where": where.as_json() if where else None,
    }
