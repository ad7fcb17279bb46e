"""What a finished file holds as a manuscript (文件内容作文稿): paragraphs with their roles, tables row by row.

Everything that is seen becomes part of some text: what no list takes in stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from reportgen.issued.kinds import recognise
from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.proof.manuscript import Listing, Manuscript, Role, Text
from reportgen.proof.manuscripts.passage_roles import Placed, annex_number, placed
from reportgen.proof.manuscripts.reporting_period import reporting_period_in
from reportgen.proof.manuscripts.table_listings import Made, Part, Places, listing_of, other_listing
from reportgen.quantities.model import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A paragraph with its role, or the parts of one table (continued ones are one)."""

    passage: Passage | None = None
    placed: Placed | None = None
    parts: tuple[Part, ...] = ()


def from_contents(
    contents: Contents,
    words: Words = STANDARD_WORDS,
    period: Period | None = None,
    register: Register | None = None,
    places: Places | None = None,
) -> Manuscript:
    """The manuscript (文稿) of a Word file, a PDF or a document tree, whose Contents it is.

    `places` gives for a place in the contents its page and where it comes from; without it a text stands where it is.
    """
    places = places or Places()
    blocks = _blocks(contents, words)
    texts: list[Text] = []
    listings: list[Listing] = []
    counts: dict[int | None, int] = {}
    title: Text | None = None
    annex: int | None = None
    number = 0
    for block in blocks:
        if block.passage is not None and block.placed is not None:
            at = block.placed
            text = _text(block.passage, at, counts, places)
            texts.append(text)
            annex = at.annex
            if at.role is Role.ANNEX_TITLE:
                title = _better_title(title, text)
            elif at.role is not Role.OTHER:
                title = None
            continue
        number += 1
        made = _table(block.parts, _name(annex, number, title), annex, title, words, register, places)
        listings.append(made.listing)
        texts += made.beside
        title = None
    manuscript = Manuscript(
        file=contents.file, texts=tuple(texts), listings=tuple(listings), period=period, register=register
    )
    return manuscript if period else replace(manuscript, period=reporting_period_in(manuscript))


def _blocks(contents: Contents, words: Words) -> list[_Block]:
    kinds = recognise(contents, words)
    known = {id(one.table): one for one in kinds.tables}
    above_table = {id(passage) for one in kinds.tables for passage in one.titles}
    passages = list(contents.passages)
    titles = {index for index, passage in enumerate(passages) if id(passage) in above_table}
    titles = {index for index in titles if _is_annex_title(index, titles, passages)}
    roles = iter(placed([passage.text for passage in passages], titles))
    blocks: list[_Block] = []
    for block in contents.blocks:
        if isinstance(block, Passage):
            blocks.append(_Block(passage=block, placed=next(roles)))
            continue
        if not block.rows:
            continue
        part = Part(table=block, one=known.get(id(block)))
        last = next((index for index in range(len(blocks) - 1, -1, -1) if blocks[index].parts), None)
        if part.one and part.one.continues and last is not None and blocks[last].parts[-1].one:
            blocks[last] = _Block(parts=(*blocks[last].parts, part))
        else:
            blocks.append(_Block(parts=(part,)))
    return blocks


def _is_annex_title(index: int, titles: Collection[int], passages: list[Passage]) -> bool:
    """Whether 附件 stands in the paragraphs above a table: else they may be the last lines of the text."""
    while index in titles:
        if annex_number(passages[index].text) is not None:
            return True
        index -= 1
    return False


def _better_title(title: Text | None, text: Text) -> Text:
    """The annex's own title, not the 附件2 above it."""
    return text if title is None or len(text.content) >= len(title.content) else title


def _name(annex: int | None, number: int, title: Text | None) -> str:
    if annex is None or (annex == 0 and title is None):
        return f"表{number}"
    return f"附件{annex or ''}"


def _text(passage: Passage, at: Placed, counts: dict[int | None, int], places: Places) -> Text:
    match at.role:
        case Role.PARAGRAPH | Role.HEADING:
            counts[at.annex] = counts.get(at.annex, 0) + 1
            inside = "正文" if at.annex is None else f"附件{at.annex or ''}"
            words = f"{inside}第{counts[at.annex]}段"
        case Role.ANNEX_TITLE:
            words = f"附件{at.annex or ''}标题"
        case Role.OTHER:
            words = "版头、落款等"
        case _:
            words = at.role.value
    return Text(content=passage.text, spot=places.spot(words, passage.where), role=at.role)


def _table(
    parts: tuple[Part, ...],
    name: str,
    annex: int | None,
    title: Text | None,
    words: Words,
    register: Register | None,
    places: Places,
) -> Made:
    if parts[0].one is None:
        return other_listing(parts[0].table, name, annex, title, places)
    return listing_of(parts, name, annex, title, words, register, places)
