"""One pair of files compared (比对一对文件): all that a worker does, from their bytes to what is told of them."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from zipfile import ZipFile

from reportgen.comparison.contents.common_ground import common_ground
from reportgen.comparison.contents.text_content import without_fingerprints
from reportgen.comparison.files.ignoring import Ignored, IgnoreRule, sorted_out
from reportgen.comparison.files.masking import by_mask, masked
from reportgen.comparison.files.members import Member, member_bytes
from reportgen.comparison.files.opening import (
    ARCHIVE,
    Kind,
    kind_of,
    open_document,
    refuse_packed,
    refuse_unlike,
    wrong_suffix,
)
from reportgen.comparison.files.result import FilePair, Relation, Request
from reportgen.comparison.model import Content, Difference, FileKind, Layer, Tolerance
from reportgen.confine import Limits
from reportgen.problems import InputError, Problem, ReportError
from reportgen.review.page import Page


@dataclass(frozen=True, slots=True)
class Done:
    """What comes of a pair (一对文件的结果): the pair, and the ignore rules that something came under."""

    pair: FilePair
    used: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Long:
    """That a pair takes more time than a usual one (大文件): so many seconds of computing."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Archives:
    """That both files are archives (两个压缩包), whose files are to be compared."""


def compare_pair(
    first: Member, second: Member, request: Request, within: bool = False, has_room: bool = False
) -> Done | Long | Archives:
    """All that a worker does with a pair (比对一对文件).

    `within` says that they lie in folders or archives, where an archive is a file like any other. Raises `InputError`
    with what is wrong with either file.
    """
    blobs, kinds = _opened(first, second, request.limits, within)
    names = (first.told, second.told)
    readers = (kinds[0].reader, kinds[1].reader)
    problems = tuple(problem for kind, name in zip(kinds, names, strict=True) for problem in wrong_suffix(kind, name))
    pair = FilePair(
        first=first.name, second=second.name, relation=Relation.SAME_BYTES, kinds=readers, problems=problems
    )
    if blobs[0] == blobs[1]:
        return Done(pair)
    if not within and kinds[0].noun == kinds[1].noun == ARCHIVE:
        return Archives()
    refuse_unlike(*kinds, names)
    if readers[0] is None or readers[1] is None:
        if not within:
            refuse_packed(kinds[0], names[0])
        return _told(replace(pair, relation=Relation.COMPARED), [_other_bytes(kinds[0])], (), request)
    if not has_room and (seconds := _seconds(blobs, readers)) > request.limits.seconds:
        return Long(seconds)
    with _no_garbage_looked_for(readers):
        contents, warnings = _contents(blobs, names, readers, request.limits)
        pair = replace(pair, problems=(*problems, *warnings))
        contents = common_ground(*contents)
        if within:
            contents = without_fingerprints(contents[0]), without_fingerprints(contents[1])
        return _compared(replace(pair, relation=Relation.COMPARED), contents, blobs, request)


@contextmanager
def _no_garbage_looked_for(readers: tuple[FileKind | None, FileKind | None]) -> Iterator[None]:
    """Contents are trees that live until the pair is done: to look through a long one ever anew takes a sixth of all.

    What PDFium's wrappers leave behind in rings is large, so it is looked for as ever.
    """
    paused = FileKind.PDF not in readers and gc.isenabled()
    if paused:
        gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _opened(
    first: Member, second: Member, limits: Limits, within: bool
) -> tuple[tuple[bytes, bytes], tuple[Kind, Kind]]:
    """The bytes and the kinds of both; what is wrong with one of them does not hide what is wrong with the other."""
    problems: list[Problem] = []
    blobs: list[bytes] = []
    kinds: list[Kind] = []
    for member in (first, second):
        try:
            blobs.append(member_bytes(member, limits))
        except ReportError as fault:
            problems += fault.problems
    if len(blobs) == 2 and blobs[0] == blobs[1]:
        return (blobs[0], blobs[1]), (_kind_or_none(blobs[0], first.told), _kind_or_none(blobs[1], second.told))
    for member, blob in zip((first, second), blobs, strict=False):
        try:
            kinds.append(kind_of(blob, member.told))
        except ReportError as fault:
            problems += fault.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    return (blobs[0], blobs[1]), (kinds[0], kinds[1])


def _kind_or_none(blob: bytes, name: str) -> Kind:
    """The kind of what need not be read: two files of the same bytes are equal, even where nobody can open them."""
    try:
        return kind_of(blob, name)
    except InputError:
        return Kind("", None)


# ---- how long it takes

# Measured on one core: what a page, a million bytes of unpacked XML, of a sheet or of text takes to read and compare.
_SECONDS_PER_PAGE = 0.15
_SECONDS_PER_MEGABYTE = {FileKind.DOCX: 2.0, FileKind.WORKBOOK: 1.0, FileKind.TEXT: 10.0}
_MOST_SECONDS = 300.0
_MAIN_PARTS = ("word/", "xl/worksheets/", "xl/sharedStrings", "content.xml")


def _seconds(blobs: Sequence[bytes], readers: Sequence[FileKind | None]) -> float:
    """What two files of that size may take in all, generously."""
    wanted = 0.0
    for blob, reader in zip(blobs, readers, strict=True):
        if reader is FileKind.PDF:
            wanted += _SECONDS_PER_PAGE * _pages(blob)
        elif reader:
            wanted += _SECONDS_PER_MEGABYTE[reader] * _main_bytes(blob) / 1_000_000
    return min(wanted, _MOST_SECONDS)


def _pages(blob: bytes) -> int:
    import pypdfium2
    import pypdfium2.raw as pdfium

    handle = pdfium.FPDF_LoadMemDocument64(blob, len(blob), None)
    if not handle:
        return 0  # its reader says why
    with pypdfium2.PdfDocument(handle) as document:
        return len(document)


def _main_bytes(blob: bytes) -> int:
    """How long the parts are that hold the words, as the package itself says; of no package the whole."""
    if not blob.startswith(b"PK"):
        return len(blob)
    with ZipFile(BytesIO(blob)) as archive:
        return sum(info.file_size for info in archive.infolist() if info.filename.startswith(_MAIN_PARTS))


# ---- reading


def _contents(
    blobs: tuple[bytes, bytes],
    names: tuple[str, str],
    readers: tuple[FileKind | None, FileKind | None],
    limits: Limits,
) -> tuple[tuple[Content, Content], list[Problem]]:
    problems: list[Problem] = []
    contents: list[Content] = []
    pages: dict[str, Page] = {}  # equal pages of two PDFs are read once
    for blob, name, reader in zip(blobs, names, readers, strict=True):
        assert reader, "what has no reader does not come here"
        try:
            problems += open_document(blob, name, reader, limits)
            contents.append(content_of(blob, name, reader, pages))
        except ReportError as fault:
            problems += fault.problems
    if len(contents) < 2:
        raise InputError(dict.fromkeys(problems))
    return (contents[0], contents[1]), problems


def content_of(blob: bytes, name: str, reader: FileKind, pages: dict[str, Page]) -> Content:
    """What a file that has passed the door shows, its parts named (读出内容); `pages` are those read so far."""
    from reportgen.comparison.contents.parts import with_parts

    match reader:
        case FileKind.DOCX:
            from reportgen.comparison.contents.word_content import word_content

            return with_parts(word_content(blob, name))
        case FileKind.PDF:
            from reportgen.comparison.contents.pdf_content import pdf_content

            return with_parts(pdf_content(blob, name, pages))
        case FileKind.WORKBOOK:
            from reportgen.comparison.contents.sheet_content import sheet_content

            return sheet_content(blob, name)
        case FileKind.TEXT:
            from reportgen.comparison.contents.text_content import text_content

            return text_content(blob, name)


# ---- comparing

_BOTH_KNOW = frozenset((Layer.TEXT, Layer.STRUCTURE))


def layers_of(first: Content, second: Content) -> frozenset[Layer]:
    """The layers (可比的层次) that two contents can be compared in."""
    common = first.layers & second.layers
    return common if first.kind is second.kind else common & _BOTH_KNOW


def _compared(pair: FilePair, contents: tuple[Content, Content], blobs: tuple[bytes, bytes], request: Request) -> Done:
    first, second = contents
    known = layers_of(first, second)
    layers = known & request.layers if request.layers else known
    rules, tolerance = request.ignoring.rules, request.ignoring.tolerance
    names = (pair.first, pair.second)
    covered = [masked(each, rules, names) for each in contents]
    used = covered[0].used | covered[1].used
    told = list(_without_pages(first, second, layers, tolerance))
    ignored: list[Ignored] = []
    explained: Sequence[Difference] = told
    if used:
        told, ignored, explained = _beside_masks(contents, (covered[0].content, covered[1].content), layers, request)
        ignored = [replace(each, rule=by_mask(each.difference, rules, used)) for each in ignored]
    if Layer.PAGE in layers:
        from reportgen.comparison.pages.page_differences import page_differences

        told += page_differences(first, second, blobs, explained, tolerance)
    done = _told(replace(pair, layers=layers), told, ignored, request)
    kept = done.pair
    if request.keep and (kept.differences or kept.ignored):
        kept = replace(kept, contents=contents, blobs=blobs)
    return Done(kept, done.used | used)


def _without_pages(
    first: Content, second: Content, layers: frozenset[Layer], tolerance: Tolerance
) -> tuple[Difference, ...]:
    from reportgen.comparison.differences.comparing import differences

    wanted = layers - {Layer.PAGE}
    return differences(first, second, wanted, tolerance) if wanted else ()


def _beside_masks(
    contents: tuple[Content, Content], covered: tuple[Content, Content], layers: frozenset[Layer], request: Request
) -> tuple[list[Difference], list[Ignored], Sequence[Difference]]:
    """What still differs with words covered, what does so no more, and what explains how pages look: all of it."""
    tolerance = request.ignoring.tolerance
    # The text explains how pages look, whether it is asked for or not.
    uncovered = _without_pages(*contents, layers | {Layer.TEXT}, tolerance)
    told = list(_without_pages(*covered, layers, tolerance))
    still = {_place(each) for each in told}
    gone = [each for each in uncovered if _place(each) not in still and each.layer is Layer.TEXT]
    ignored = [Ignored(each, 0) for each in gone if Layer.TEXT in layers]
    return told, ignored, (uncovered if Layer.TEXT in layers else [*told, *gone])


def _place(difference: Difference) -> tuple[object, ...]:
    return difference.layer, difference.kind, difference.first, difference.second


def _told(pair: FilePair, differences: Sequence[Difference], ignored: Sequence[Ignored], request: Request) -> Done:
    """The pair with what the rules leave of its differences."""
    rules: Sequence[IgnoreRule] = request.ignoring.rules
    told, left_out = sorted_out(differences, rules, (pair.first, pair.second))
    whole = replace(pair, differences=tuple(told), ignored=(*ignored, *left_out))
    return Done(whole, frozenset(each.rule for each in left_out))


# ---- files as such


def _other_bytes(kind: Kind) -> Difference:
    said = f"文件内容不一样（{kind.noun}，只能看出一样不一样，比不出哪里不一样）"
    return _of_file("files.changed", "文件", "", "", said)


def lone(member: Member, is_first: bool, request: Request) -> Done:
    """A file that only one side has (只有一边有)."""
    if is_first:
        pair = FilePair(first=member.name, second="", relation=Relation.ONLY_FIRST, problems=member.problems)
        told = _of_file("files.gone", "文件", member.name, "", f"少了文件：{member.name}")
    else:
        pair = FilePair(first="", second=member.name, relation=Relation.ONLY_SECOND, problems=member.problems)
        told = _of_file("files.added", "文件", "", member.name, f"多了文件：{member.name}")
    return _told(pair, [told], (), request)


def with_new_name(done: Done, request: Request) -> Done:
    """The pair with its two names as a difference of its own, before all others (改名)."""
    pair = done.pair
    also = "" if pair.relation is Relation.SAME_BYTES else "，内容也比了" if pair.equal else "，内容也有变化"
    if pair.relation is Relation.SAME_BYTES:
        also = "，内容一样"
    said = f"文件改名：{pair.first} → {pair.second}{also}"
    renamed = _told(pair, [_of_file("files.renamed", "文件名", pair.first, pair.second, said)], (), request)
    whole = replace(
        pair,
        differences=(*renamed.pair.differences, *pair.differences),
        ignored=(*renamed.pair.ignored, *pair.ignored),
    )
    return Done(whole, done.used | renamed.used)


def _of_file(kind: str, subject: str, before: str, after: str, said: str) -> Difference:
    return Difference(
        layer=Layer.TEXT, kind=kind, subject=subject, before=before, after=after, first=None, second=None, said=said
    )
