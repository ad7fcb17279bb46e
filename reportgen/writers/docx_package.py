"""The package of a Word file (Word 文件的包): which parts it has, what each is, and which part leads to which.

What does not change from one document to the next is kept deflated, as a package that wants but the document's own
parts: of a short document it is by far the larger part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reportgen.package import with_parts
from reportgen.styles import StyleSheet
from reportgen.writers.docx_charts_native import WORKBOOK_RELATION
from reportgen.writers.docx_footers import NO_NUMBER, footer_parts, numberless_part
from reportgen.writers.docx_styles import font_table_part, settings_part, styles_part

_HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_SPACE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-package"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
"""How the names of the office programs' relationships begin (关系类型)."""

# What parts are by the endings of their names alone.
_ENDINGS = {
    "png": "image/png",
    "rels": f"{_TYPE}.relationships+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}

DOCUMENT, CORE, LETTER_HEADER = "word/document.xml", "docProps/core.xml", "headerLetter"
"""The parts that every document has of its own, and the header that a letter has (文档自有的部件)."""


@dataclass(frozen=True, kw_only=True)
class PartLink:
    """A part beside the text (部件的登记): its name below `word/`, what it is, how the text finds it, its workbook.

    Without a content type the name's ending says what it is.
    """

    name: str
    relation: str
    relation_type: str
    content_type: str = ""
    workbook: str = ""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Which parts a file has besides those of every file (包的构成)."""

    themes: tuple[str, ...] = ()
    letter: bool = False
    numberless: bool = False
    charts: tuple[PartLink, ...] = ()


@dataclass(frozen=True)
class _Kept:
    styles: StyleSheet
    shape: Shape
    package: bytes


# An office has one style sheet and some kinds of documents.
_MOST = 16
_kept: list[_Kept] = []


def word_package(styles: StyleSheet, shape: Shape, own: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    """The whole file: the parts that do not change, and behind them the document's `own`, packed as they come."""
    return with_parts(_ready(styles, shape), own)


def _ready(styles: StyleSheet, shape: Shape) -> bytes:
    """The package without the document's own parts, made once."""
    for kept in _kept:
        if kept.shape == shape and (kept.styles is styles or kept.styles == styles):
            return kept.package
    package = with_parts(b"", ((name, (blob,)) for name, blob in _unchanging(styles, shape)), level=9)
    _kept[:] = [_Kept(styles, shape, package), *_kept[: _MOST - 1]]
    return package


def _unchanging(styles: StyleSheet, shape: Shape) -> Iterator[tuple[str, bytes]]:
    blobs = {
        "styles": styles_part(styles, shape.themes, charts=bool(shape.charts)),
        "settings": settings_part(),
        "fontTable": font_table_part(styles),
        **footer_parts(styles),
    }
    if shape.numberless:
        blobs[NO_NUMBER] = numberless_part()
    links = [*(_link(name) for name in blobs), *((_link(LETTER_HEADER),) if shape.letter else ()), *shape.charts]
    roots = ((f"{OFFICE}/officeDocument", DOCUMENT), (f"{_SPACE}/relationships/metadata/core-properties", CORE))
    yield "[Content_Types].xml", _content_types(links)
    yield "_rels/.rels", _relations((f"rId{number}", *each) for number, each in enumerate(roots, 1))
    yield "word/_rels/document.xml.rels", _relations((each.relation, each.relation_type, each.name) for each in links)
    for each in shape.charts:
        if each.workbook:
            folder, _, name = each.name.rpartition("/")
            to_workbook = _relations([(WORKBOOK_RELATION, f"{OFFICE}/package", f"../{each.workbook}")])
            yield f"word/{folder}/_rels/{name}.rels", to_workbook
    yield from ((f"word/{name}.xml", blob) for name, blob in blobs.items())


def _link(name: str) -> PartLink:
    """A part of Word's own kinds: the beginning of its name says which."""
    kind = next((kind for kind in ("footer", "header") if name.startswith(kind)), name)
    content_type = f"{_WORD_TYPE}.{kind}+xml"
    return PartLink(name=f"{name}.xml", relation=name, relation_type=f"{OFFICE}/{kind}", content_type=content_type)


def _content_types(links: Iterable[PartLink]) -> bytes:
    """`[Content_Types].xml`: by the endings, and by the names of the parts whose ending does not say it."""
    endings, names = (
        {"rels", "xml"},
        {CORE: f"{_TYPE}.core-properties+xml", DOCUMENT: f"{_WORD_TYPE}.document.main+xml"},
    )
    for each in links:
        if each.content_type:
            names[f"word/{each.name}"] = each.content_type
        endings |= {name.rpartition(".")[2] for name in (each.name, each.workbook) if name}
    said = [f'<Default Extension="{each}" ContentType="{_ENDINGS[each]}"/>' for each in sorted(endings)]
    said += [f'<Override PartName="/{name}" ContentType="{names[name]}"/>' for name in sorted(names)]
    return f'{_HEAD}<Types xmlns="{_SPACE}/content-types">{"".join(said)}</Types>'.encode()


def _relations(links: Iterable[tuple[str, str, str]]) -> bytes:
    said = (f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in links)
    return f'{_HEAD}<Relationships xmlns="{_SPACE}/relationships">{"".join(said)}</Relationships>'.encode()
