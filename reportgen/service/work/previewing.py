"""PREVIEW (预览): pictures of a report's first pages, before anybody has asked for the report.

Options: `config` and `ledgers` as of EXAMINE. Faults of the inputs fail the job. The result is

- `title`: the report's; `pages`: how many are laid out; `is_whole`: whether these are all that it has
- `pictures`: the names of their pictures among the job's files, the first page's first
"""

from __future__ import annotations

from reportgen.comparison.pages.page_pictures import page_count
from reportgen.document import Document
from reportgen.generate import Inputs, Request, generate
from reportgen.service.model import Order
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.first_pages import beginning, laid_out, pictures
from reportgen.service.work.layout import given_in
from reportgen.service.work.model import Made, Room

MOST_PICTURES = 12
"""Of so many first pages pictures are made (先画几页); the built report has them all."""


def preview(order: Order, room: Room) -> Made:
    """The first pages as pictures (预览)."""
    given = given_in(room.given, order)
    refuse_outside(given)
    seen: list[tuple[Document, Inputs]] = []
    generate(Request(given.config, (), given.ledgers), room.told, lambda *composed: seen.append(composed))
    ((document, inputs),) = seen
    first = beginning(document)
    pdf = laid_out(first, inputs)
    made = dict(pictures(pdf, MOST_PICTURES, room))
    pages = page_count(pdf)
    result = {
        "title": document.title,
        "pages": pages,
        "is_whole": first.sections == document.sections and len(made) == pages,
        "pictures": list(made),
    }
    return Made(result=result, files=made)
