"""The review copy of a Word file (审阅副本): the file as it is, with a comment at the words of each finding.

Of the package only the main part, the comments and what declares them are written anew; every other part stays byte
for byte. Written with lxml, not python-docx: that writes all parts anew, and stamps each comment with the clock.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import count, islice
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from reportgen.ledger.files.word import check_word, word_places
from reportgen.package import short
from reportgen.problems import Location, Outcome, Problem, warning
from reportgen.proof.review_copy.note_places import Finder, Span
from reportgen.proof.review_copy.notes import Note
from reportgen.proof.review_copy.word_marks import Letters, mark_paragraph
from reportgen.word.asides import REVIEW_AUTHOR
from reportgen.word.file import read_traced
from reportgen.word.parts import Element, Parts, W, attribute, open_parts

AUTHOR, _INITIALS = REVIEW_AUTHOR, "校"

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_TYPES = "[Content_Types].xml"
_MARKS = tuple(W + name for name in ("comment", "commentRangeStart", "commentRangeEnd", "commentReference"))
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
# What XML has no place for.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMED = 3
_QUOTED = 60
# In half points.
_SIZE = "18"
# Numbers of comments are whole numbers of 32 bits.
_MOST_DIGITS, _HIGHEST = 10, 1_000_000_000


def review_copy(blob: bytes, name: str, notes: Sequence[Note], title: str = "") -> Outcome[bytes]:
    """The review copy (审阅副本) of a Word file; `title` is that of its document.

    A comment whose words are not found stands at the nearest sure place and says where it belongs; a warning counts
    these. The file may be anybody's: run it `confined`.
    """
    check_word(blob, name)
    if not notes:
        return Outcome(blob)
    parts = open_parts(blob)
    main = parts.main
    root = parts.xml(main)
    places = [place for place in word_places(read_traced(parts, root), name) if place.paragraphs]
    part, comments = _comments(parts, main)
    finder = Finder(places, title)
    spans = [finder.span(note) for note in notes]
    identities = _free((root, comments), len(notes))
    letters: dict[int, Letters] = {}
    # The last first: comments that end alike come in their order.
    for identity, span in reversed(list(zip(identities, spans, strict=True))):
        if span is None:
            mark_paragraph(_first_paragraph(root), identity)
            continue
        place = letters.setdefault(id(span.place), Letters(span.place))
        place.mark(span.start, span.end, identity)
    for identity, note, span in zip(identities, notes, spans, strict=True):
        _say(comments, identity, _lines(note, span))
    changed = {main: _written(root), part: _written(comments)} | _declared(parts, main, part)
    moved = [note for note, span in zip(notes, spans, strict=True) if not (span and span.exact)]
    return Outcome(_rewritten(blob, changed), tuple(_told(moved, name)))


def _told(moved: Sequence[Note], name: str) -> Iterator[Problem]:
    if moved:
        named = "；".join(dict.fromkeys(short(note.spot, 40) for note in moved[:_NAMED]))
        more = "等" if len(moved) > _NAMED else ""
        what = f"有 {len(moved)} 条批注在文件里找不到原来的字句，放在了最近的地方（{named}{more}）"
        fix = "这些批注里写有原处，请按原处找；文字若在文本框、域里，或文件已改过，就会这样"
        yield warning("review.comment-moved", what, fix, Location(file=name, cell="全文"))


def _lines(note: Note, span: Span | None) -> Iterator[str]:
    yield from note.lines
    if not (span and span.exact):
        quote = short(note.quote, _QUOTED)
        yield f"原处：{note.spot}" + (f"「{quote}」" if quote else "") + "（文件里找不到这几个字，批注放在最近的地方）"


# ---- the parts


def _comments(parts: Parts, main: str) -> tuple[str, Element]:
    """Name and root of the part with the comments, new if the file has none."""
    from lxml import etree

    for kind, target in parts.relations(main).values():
        root = parts.xml(target) if kind == "comments" else None
        if root is not None and root.tag == W + "comments":
            return target, root
    folder = posixpath.dirname(main)
    taken = {name.lower() for name in parts.names}
    names = (posixpath.join(folder, f"comments{number or ''}.xml") for number in count())
    return next(name for name in names if name.lower() not in taken), etree.Element(
        W + "comments", nsmap={"w": W[1:-1]}
    )


def _free(roots: Iterable[Element], needed: int) -> list[int]:
    """So many numbers that no comment of the file has: behind the last, if there is room."""
    found = (attribute(each, "id") or "" for root in roots for each in root.iter(*_MARKS))
    used = {int(text) for text in found if text.isascii() and text.isdecimal() and len(text) < _MOST_DIGITS}
    first = max(used, default=-1) + 1
    return list(islice((n for n in count(first if first < _HIGHEST else 0) if n not in used), needed))


def _first_paragraph(root: Element) -> Element:
    """The first paragraph of a file that shows nothing anywhere."""
    body = root.find(W + "body")
    found = next(body.iter(W + "p"), None)
    if found is None:
        found = body.makeelement(W + "p")
        body.insert(0, found)
    return found


def _say(comments: Element, identity: int, lines: Iterable[str]) -> None:
    """A comment, its look its own: the file's standard paragraph is that of a report's body."""

    def add(parent: Element, name: str, **values: str) -> Element:
        new = parent.makeelement(W + name, {W + key: value for key, value in values.items()})
        parent.append(new)
        return new

    comment = add(comments, "comment", id=str(identity), author=AUTHOR, initials=_INITIALS)
    for number, line in enumerate(lines):
        paragraph = add(comment, "p")
        look = add(paragraph, "pPr")
        add(look, "snapToGrid", val="0")
        add(look, "spacing", before="0", after="0", line="240", lineRule="auto")
        add(look, "ind", left="0", right="0", firstLineChars="0", firstLine="0")
        add(look, "jc", val="left")
        for reference in (True, False) if number == 0 else (False,):
            run = add(paragraph, "r")
            set_as = add(run, "rPr")
            if number == 0:
                add(set_as, "b")
            for size in ("sz", "szCs"):
                add(set_as, size, val=_SIZE)
            if reference:
                add(run, "annotationRef")
            else:
                add(run, "t").text = _ILLEGAL.sub("�", " ".join(line.split()))


def _declared(parts: Parts, main: str, comments: str) -> dict[str, bytes]:
    """The parts that say what the part with the comments is and who refers to it, if they do not say so yet."""
    from lxml import etree

    if comments in parts.names:
        return {}
    # The door refuses a package without it.
    types: Element = parts.xml(_TYPES)
    space = f"{_PACKAGE}/content-types"
    override = {"PartName": f"/{comments}", "ContentType": _COMMENTS_TYPE}
    types.append(types.makeelement(f"{{{space}}}Override", override))
    folder, _, file = main.rpartition("/")
    name = posixpath.join(folder, "_rels", f"{file}.rels")
    space = f"{_PACKAGE}/relationships"
    relations = parts.xml(name)
    if relations is None:
        relations = etree.fromstring(f'<Relationships xmlns="{space}"/>')
    used = {str(each.get("Id")) for each in relations}
    identity = next(found for number in count(1) if (found := f"rId{number}") not in used)
    values = {"Id": identity, "Type": _COMMENTS, "Target": posixpath.relpath(comments, folder or ".")}
    relations.append(relations.makeelement(f"{{{space}}}Relationship", values))
    return {_TYPES: _written(types), name: _written(relations)}


def _written(root: Element) -> bytes:
    from lxml import etree

    blob: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return blob


def _rewritten(blob: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The package with other parts: those of old stay in their order, with their days."""
    buffer = BytesIO()
    with ZipFile(BytesIO(blob)) as old, ZipFile(buffer, "w") as new:
        for part in old.infolist():
            info = ZipInfo(part.filename, part.date_time)
            info.external_attr, info.create_system = part.external_attr, part.create_system
            info.compress_type = ZIP_STORED if part.compress_type == ZIP_STORED else ZIP_DEFLATED
            new.writestr(info, changed.get(part.filename) or old.read(part))
        for name in sorted(changed.keys() - set(old.namelist())):
            info = ZipInfo(name, _FIRST_DAY)
            info.compress_type, info.create_system = ZIP_DEFLATED, 0
            new.writestr(info, changed[name])
    return buffer.getvalue()
