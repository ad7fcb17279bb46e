"""SETS (生成各单位分送件): each unit's own files, index and archive, as `units --zip` makes them, byte for byte.

Options: `config` and `ledgers` as of EXAMINE; `units`, those that are wanted, all without any; `formats`; `strict`.
Units that fail do not keep the others from theirs. The result is what `units --json` has, without folder and time:

- `ok`: whether every unit has its files; `units`: `number`, `unit`, `kind`, `state`, `leads`, `supports`, `files`
- `failed`, `without`: names of units; `files`: all files, which stand among the job's files by these names
- `archive`, `index`: the names of these two files
- `problems`: the warnings, and why which unit failed, as `Problem.as_json()`
"""

from __future__ import annotations

from pathlib import Path

from reportgen.engine.model import EngineKind
from reportgen.processes import cores
from reportgen.service.model import Order
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.layout import given_in
from reportgen.service.work.model import Made, Room
from reportgen.unit_sets.index import INDEX_NAME
from reportgen.unit_sets.road import ZIP_NAME, SetsRequest, make_sets

_FOLDER = "各单位分送件"
_TOLD = ("ok", "units", "failed", "without", "formats", "files")


def unit_sets(order: Order, room: Room) -> Made:
    """Each unit's own files (分送件), with their index and archive."""
    given = given_in(room.given, order)
    refuse_outside(given)
    folder = room.made / _FOLDER
    made = make_sets(
        SetsRequest(
            config=given.config,
            folder=folder,
            ledgers=given.ledgers,
            units=tuple(order.options.get("units", ())),
            formats=tuple(order.options.get("formats", ("docx", "pdf"))),
            zipped=True,
            keep_going=True,
            strict=bool(order.options.get("strict")),
            kind=EngineKind.LOCAL,
            workers=cores(),
        ),
        room.told,
    )
    told = {"ok": made.ok, **made.as_json()}
    files: dict[str, Path] = {name: folder / name for name in made.files}
    result = {
        **{name: told[name] for name in _TOLD},
        "archive": ZIP_NAME,
        "index": INDEX_NAME,
        "problems": [problem.as_json() for problem in made.problems],
    }
    return Made(result=result, files=files)
