"""COLLECT (汇总反馈): the units' returns into the ledger, as `collect` does it.

Options: `config` and `ledgers` as of EXAMINE; `returns`, a list of `file` (its path in the folder) and `at` (when it
came, with its zone); `on`, the day on which it is late or not; `writes` (true without it), whether a ledger is to be
made of it, or only said how it stands, which may be before anything came in; `upon` as of OVERRIDE. A ledger that was
collected before is gone on with, so that what people decided in it stays; any other one is what the collection begins
with. The result is what `collect --json` has (`complete`, `changed`, `period`, `rolled`, `deadline`, `on`, `counts`,
`units`, `returns`, `findings`, `reminder`, `skipped`, `problems`), and

- `ledger`: the name of the new ledger among the job's files, null where nothing changed or none was to be made
- `page`: the name of the page that `collect --report` writes
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any

from reportgen.collect import Collected, Request, collect
from reportgen.collect_view import as_json, page_values
from reportgen.confine import confined, read_outside
from reportgen.ledger.files.xlsx import open_workbook
from reportgen.ledger.records import RECORD_SHEET
from reportgen.limits import held
from reportgen.package import XLSX, file_kind
from reportgen.pages import page
from reportgen.service.model import Order
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.layout import RETURNS_FOLDER, Given, given_in, put
from reportgen.service.work.model import Made, Room

PAGE = "汇总报告.html"
"""What the page about a collection is called (汇总网页)."""
_FOLDER = "汇总"


def collecting(order: Order, room: Room) -> Made:
    """The ledger with the returns in it (汇总台账), and what there is to look at."""
    given = given_in(room.given, order)
    refuse_outside(given)
    writes = order.options.get("writes", True)
    with received(room, tuple(_named(given, order.options["returns"]))) as folder:
        into, base = beginning(given, room.made / _FOLDER)
        day = date.fromisoformat(order.options["on"])
        came = [folder] if given.returns else []
        request = Request(config=given.config, returns=came, into=into, on=day, ledgers=base)
        collected = collect(request, lambda done, of: room.told("读反馈", done, of))
    name = into.name if writes and collected.changed else None
    return Made(result=_result(collected, name), files=_files(collected, name, room))


@contextmanager
def received(room: Room, files: Sequence[tuple[PurePath, Path, str]]) -> Iterator[Path]:
    """A folder with the returns, each in that of its unit and as old as it is (收到的反馈), while it is read.

    Each of `files` is called so within the folder, lies there now, and came then, if anybody knows.
    """
    folder = room.made / RETURNS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, path, at in files:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        if at:
            moment = datetime.fromisoformat(at).timestamp()
            os.utime(place, (moment, moment))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _named(given: Given, returns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[PurePath, Path, str]]:
    """What each return is called: by its unit and its name; its first folder only keeps it apart from its like."""
    taken: set[PurePath] = set()
    for path, each in zip(given.returns, returns, strict=True):
        whole = path.relative_to(given.folder)
        within = PurePath(*whole.parts[1:])
        name = whole if within in taken else within
        taken.add(name)
        yield name, path, each.get("at", "")


def beginning(given: Given, folder: Path) -> tuple[Path, tuple[Path, ...]]:
    """Where the collected ledger is written, and what it begins with (底稿): one of ours is gone on with there."""
    ledger = given.ledgers[0]
    into = folder / f"{ledger.stem}.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    blob = read_outside(ledger, ledger.name)
    if file_kind(blob) == XLSX and confined(ledger.name, held().outside, _is_collected, blob, ledger.name):
        into.write_bytes(blob)
    return into, given.ledgers


def _is_collected(blob: bytes, name: str) -> bool:
    with open_workbook(blob, name) as workbook:
        return RECORD_SHEET in workbook.titles


def _result(collected: Collected, name: str | None) -> dict[str, Any]:
    return {
        **as_json(collected),
        "ledger": name,
        "page": PAGE,
        "problems": [problem.as_json() for problem in collected.problems],
    }


def _files(collected: Collected, name: str | None, room: Room) -> dict[str, Path]:
    files = {PAGE: put(room.made, PAGE, page("collection", page_values(collected)))}
    if name is not None:
        files[name] = put(room.made, name, collected.workbook)
    return files
