"""BUILD (生成报告): the report as `build` makes it, byte for byte, and its pages as pictures, the first ones at once.

Options: `config` and `ledgers` as of EXAMINE; `formats`, `["docx", "pdf"]` without; `pictures`, how many pages at most
are drawn, 200 without, 0 for none; `lint`, whether the finished files are held against their style sheet, false
without. Faults of the inputs fail the job, as they fail the command; warnings are in the result:

- `title`: the report's; `files`: the report's files and `manifest.json`, by these names among the job's files
- `docx`, `pdf`: the names of these two, null where they were not asked for
- `pages`: how many the PDF has; `pictures`: the names of their pictures (`pages/001.png`), the first page's first
- `contents`: headings and annexes with `level` (0: title and annexes), `title`, `page`
- `tables`: rows of each annex; `counts`: `goals`, `tasks`
- `lint`: of each file what `lint --json` has, by its name; null where it was not asked for
- `inputs`: all that it was made of, by kind, with `file` and `sha256`; `program`: the version that made it
- `problems`: the warnings as `Problem.as_json()`
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from reportgen.comparison.pages.page_pictures import bookmarks, page_count
from reportgen.document import Document
from reportgen.generate import Delivery, Inputs, Request, generate
from reportgen.lint import lint_file, read_basis
from reportgen.problems import ReportError
from reportgen.service.model import Order
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.first_pages import beginning, laid_out, pictures
from reportgen.service.work.layout import Given, given_in, put
from reportgen.service.work.model import Made, Room

MOST_PICTURES = 200
"""Of so many pages pictures are made (最多画几页); a longer report is read in its PDF."""


def build(order: Order, room: Room) -> Made:
    """The report in its formats, with pictures of its pages (生成报告)."""
    given = given_in(room.given, order)
    refuse_outside(given)
    formats = tuple(order.options.get("formats", ("docx", "pdf")))
    most = order.options.get("pictures", MOST_PICTURES)
    first_pages = partial(_first_pages, formats, most, room)
    delivery = generate(Request(given.config, formats, given.ledgers), room.told, first_pages)
    files: dict[str, Path] = {}
    for name, blob in delivery.files.items():
        files[name] = put(room.made, name, blob)
    names = {format_: name for name in delivery.files if (format_ := Path(name).suffix[1:]) in ("docx", "pdf")}
    pdf = delivery.files[names["pdf"]] if "pdf" in names else None
    drawn = dict(pictures(pdf, most, room) if pdf else ())
    lint = _lint(given, files, delivery, room) if order.options.get("lint") else None
    return Made(result=_result(delivery, names, pdf, drawn, lint), files={**files, **drawn})


def _first_pages(formats: Collection[str], most: int, room: Room, document: Document, inputs: Inputs) -> None:
    """Hand over the first pages while the whole is still laid out, where that takes long."""
    first = beginning(document)
    if "pdf" in formats and most and first.sections != document.sections:
        # What keeps them from being drawn keeps the report, too, which says so better.
        with suppress(ReportError):
            for _ in pictures(laid_out(first, inputs), most, room):
                pass


def _lint(given: Given, files: Mapping[str, Path], delivery: Delivery, room: Room) -> dict[str, Any]:
    """The finished files held against the style sheet that they were made by."""
    basis = read_basis(str(given.config))
    found = {}
    for name in delivery.files:
        if Path(name).suffix in (".docx", ".pdf"):
            room.told("检查格式", 0, 0)
            told = lint_file(files[name], basis).as_json(basis)
            found[name] = {key: value for key, value in told.items() if key not in ("file", "style")}
    return found


def _result(
    delivery: Delivery,
    names: Mapping[str, str],
    pdf: bytes | None,
    drawn: Mapping[str, Path],
    lint: dict[str, Any] | None,
) -> dict[str, Any]:

    headings = bookmarks(pdf) if pdf else []
    return {
        "title": delivery.manifest["report"],
        "files": list(delivery.files),
        "docx": names.get("docx"),
        "pdf": names.get("pdf"),
        "pages": page_count(pdf) if pdf else 0,
        "pictures": list(drawn),
        "contents": [{"level": level, "title": title, "page": page} for level, title, page in headings],
        "tables": delivery.manifest["tables"],
        "counts": delivery.manifest["counts"],
        "lint": lint,
        "inputs": delivery.manifest["inputs"],
        "program": delivery.manifest["reportgen"],
        "problems": delivery.manifest["problems"],
    }
