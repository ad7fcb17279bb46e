"""Whether two reports say the same (同一内容): every output is read back before its time counts.

The readers are not the writers: a Word file by `zipfile` and lxml, a PDF by poppler. White space counts nowhere.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from lxml import etree

from tests.bench.plain import Grid, Report, Text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Unlike(Exception):
    """An output is not the same content (内容不同): the first difference."""


def bare(text: str) -> str:
    """Without white space and without what no reader sees."""
    return re.sub(r"[\s\u200b\ufeff\x00-\x1f]+", "", text)


def held_against(name: str, said: str, wanted: str) -> None:
    """Raises `Unlike` with the first place at which two texts differ."""
    if said == wanted:
        return
    at = next((n for n, (a, b) in enumerate(zip_longest(said, wanted)) if a != b), 0)
    begin = max(0, at - 10)
    raise Unlike(f"{name}：应为「{wanted[begin : at + 30]}」，却是「{said[begin : at + 30]}」")


# ---- Word files


def check_docx(blob: bytes, report: Report) -> None:
    """Raises `Unlike` unless a Word file holds exactly that report: all texts, all rows, all cells, what is merged."""
    found = _blocks(blob)
    for number, (wanted, said) in enumerate(zip_longest(_joined(report), found), 1):
        name = f"第{number}块"
        if isinstance(wanted, Grid) and isinstance(said, list):
            _check_rows(name, said, wanted)
        elif isinstance(wanted, str) and isinstance(said, str):
            held_against(name, said, wanted)
        else:
            raise Unlike(f"{name}：应为{_kind(wanted)}，却是{_kind(said)}")


def _kind(block: object) -> str:
    if isinstance(block, str):
        return f"文字「{block[:20]}」"
    return "无" if block is None else "表格"


def _joined(report: Report) -> Iterator[str | Grid]:
    """The tables, and all texts between two of them as one."""
    texts = ""
    for part in report.parts:
        if isinstance(part, Text):
            texts += bare(part.text)
            continue
        if texts:
            yield texts
        yield part
        texts = ""
    if texts:
        yield texts


Row = tuple[str | None, ...]


def _blocks(blob: bytes) -> Iterator[str | list[Row]]:
    """The same of a Word file, read row by row: a hundred thousand of them would not fit as one tree."""
    with zipfile.ZipFile(io.BytesIO(blob)) as archive, archive.open("word/document.xml") as file:
        texts, rows, depth = "", list[Row](), 0
        for event, element in etree.iterparse(file, ("start", "end"), tag=(f"{W}tbl", f"{W}tr", f"{W}p")):
            if element.tag == f"{W}tbl":
                depth += 1 if event == "start" else -1
                if event == "start" and texts:
                    yield texts
                    texts = ""
                elif event == "end":
                    yield rows
                    rows = []
                    _forget(element)
            elif event == "end" and element.tag == f"{W}tr":
                rows.append(tuple(_cell(cell) for cell in element.iterfind(f"{W}tc")))
                _forget(element)
            elif event == "end" and not depth:
                texts += _text(element)
                _forget(element)
        if texts:
            yield texts


def _forget(element: etree._Element) -> None:
    element.clear()
    before = element.getprevious()
    while before is not None:
        parent = before.getparent()
        assert parent is not None
        # What a table says of itself stands in front of its rows, and is small.
        if before.tag != element.tag:
            break
        parent.remove(before)
        before = element.getprevious()


def _text(element: etree._Element) -> str:
    return bare("".join(text.text or "" for text in element.iter(f"{W}t")))


def _cell(cell: etree._Element) -> str | None:
    merged = cell.find(f"{W}tcPr/{W}vMerge")
    if merged is not None and merged.get(f"{W}val", "continue") == "continue":
        return None
    return _text(cell)


def _check_rows(name: str, said: Sequence[Row], grid: Grid) -> None:
    heads = len(grid.head_rows)
    wanted = [tuple(cell if cell is None else bare(cell) for cell in row) for row in (*grid.head_rows, *grid.rows)]
    for number, (row, told) in enumerate(zip(wanted, said, strict=False), 1 - heads):
        for column, (one, other) in enumerate(zip_longest(row, told, fillvalue="（无此格）"), 1):
            if one != other:
                what = f"{name}表格第{number}行第{column}格"
                held_against(what, "（并入上格）" if other is None else other, "（并入上格）" if one is None else one)
    if len(said) != len(wanted):
        raise Unlike(f"{name}：应有{len(grid.rows)}行，却有{len(said) - heads}行")


# ---- PDFs


def check_pdf(blob: bytes, report: Report) -> None:
    """Raises `Unlike` unless a PDF holds exactly that report, page numbers and repeated heads and categories apart."""
    pages = [re.sub("—[0-9]+—", NUMBER, page) for page in pages_of(blob)]
    _check_rare("".join(pages), report)
    reader = _Pages([RARE.sub("", page) for page in pages])
    for number, part in enumerate(_joined(report), 1):
        if isinstance(part, str):
            reader.take_text(f"第{number}块", common(part))
        else:
            reader.take_grid(f"第{number}块", part)
    reader.finish()


def pages_of(blob: bytes) -> list[str]:
    """The text of each page in the order in which it is drawn."""
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    told = subprocess.run(command, input=blob, capture_output=True, check=True).stdout.decode()
    return [bare(page) for page in told.split("\f")[:-1]]


def _check_rare(said: str, report: Report) -> None:
    """What a face may lack (“”—①㎡) LibreOffice draws from another one, behind all that the first has: counted."""
    wanted = Counter(RARE.findall("".join(bare(part) for part in _all_texts(report))))
    if missing := wanted - Counter(RARE.findall(said)):
        raise Unlike(f"少了{missing.total()}个字，如「{next(iter(missing))}」")


def _all_texts(report: Report) -> Iterator[str]:
    for part in report.parts:
        if isinstance(part, Text):
            yield part.text
        else:
            yield from (cell for row in part.rows for cell in row if cell)


def common(text: str) -> str:
    """Without white space and what a face may lack."""
    return RARE.sub("", bare(text))


RARE = re.compile("[^\u4e00-\u9fff!-~，。、；：（）\ue000]")
NUMBER = "\ue000"


@dataclass(frozen=True)
class _Place:
    """A place in the pages, and what was passed over on the way to it."""

    page: int
    at: int
    passed: str = ""


class _Pages:
    """The pages of a PDF, read from its first character to its last.

    Where a page ends and begins its number, a table's head and merged categories may be passed over. Engines draw a
    merged cell before its row, in it, or when all of its rows are done, and ours again on each page: it is enough
    that it is there.
    """

    def __init__(self, pages: list[str]) -> None:
        self.pages = pages
        self.owed: Counter[str] = Counter()
        self.passed = ""
        self._between(())
        self.here = _Place(0, self._begin(0))

    def _between(self, categories: Sequence[str], heads: Sequence[str] = ()) -> None:
        again = _any_of(categories)
        skipped = f"{NUMBER}|{again}" if again else NUMBER
        self.ending = re.compile(f"(?:{skipped})*$")
        head = f"(?:(?:{_any_of(heads)}){{{len(heads)}}})?" if heads else ""
        self.beginning = re.compile(f"(?:{NUMBER})?{head}(?:{NUMBER})?")
        self.again = re.compile(again) if again else None

    def _ends(self, page: int, at: int) -> bool:
        return self.ending.match(self.pages[page], at) is not None

    def _begin(self, page: int) -> int:
        match = self.beginning.match(self.pages[page])
        assert match is not None
        return match.end()

    def _next(self, place: _Place) -> _Place:
        """The first place at which something is said, here or on a later page."""
        page, at, passed = place.page, place.at, place.passed
        while self._ends(page, at) and page + 1 < len(self.pages):
            passed += f"{self.pages[page][at:]}\n"
            page, at = page + 1, self._begin(page + 1)
        return _Place(page, at, passed)

    def _unlike(self, name: str, wanted: str) -> Unlike:
        place = self._next(self.here)
        text = self.pages[place.page]
        begin = max(0, _alike(text, place.at, wanted, 0) - 10)
        said = text[place.at + begin : place.at + begin + 40]
        said = said.replace(NUMBER, "（页码）")
        return Unlike(f"{name}：应为「{wanted[begin : begin + 40]}」，第{place.page + 1}页却是「{said}」")

    def take_text(self, name: str, wanted: str) -> None:
        """A text that goes on over as many pages as it needs."""
        self._leave_grid(name)
        done = 0
        while done < len(wanted):
            self.here = self._next(self.here)
            same = _alike(self.pages[self.here.page], self.here.at, wanted, done)
            if not same:
                raise self._unlike(name, wanted[done:])
            done, self.here = done + same, _Place(self.here.page, self.here.at + same)

    def take_grid(self, name: str, grid: Grid) -> None:
        """All rows of a table, its head again wherever a page begins."""
        heads = [common(cell.text) for row in grid.head for cell in row]
        self._take_head(f"{name}表头", heads)
        merged = {number for number, label in enumerate(grid.labels) if label}
        self._between([common(row[number] or "") for row in grid.rows for number in merged if row[number]], heads)
        for number, row in enumerate(grid.rows, 1):
            cells = [(common(cell), column in merged) for column, cell in enumerate(row) if cell]
            found = self._found(tuple(text for text, _ in cells))
            if found is None:
                found = self._found(tuple(text for text, is_merged in cells if not is_merged))
                self.owed.update(text for text, is_merged in cells if is_merged)
            if found is None:
                raise self._unlike(f"{name}表格第{number}行", "".join(text for text, _ in cells))
            self.passed += f"{found.passed}\n"
            self.here = replace(found, passed="")

    def _take_head(self, name: str, heads: Sequence[str]) -> None:
        """All cells of a head; one that covers two rows may come after those of the second."""
        self._leave_grid(name)
        self.here = self._next(self.here)
        found = re.compile(f"(?:{_any_of(heads)}){{{len(heads)}}}").match(self.pages[self.here.page], self.here.at)
        if found is None or Counter(re.findall(_any_of(heads), found.group())) != Counter(heads):
            raise self._unlike(name, "".join(heads))
        self.here = replace(self.here, at=found.end(), passed="")

    def _leave_grid(self, name: str) -> None:
        """Past what a table before says again at a page's end; every merged cell must have been met."""
        place = self._next(self.here)
        if self._ends(place.page, place.at):
            text = self.pages[place.page]
            place = replace(place, at=len(text), passed=place.passed + text[place.at :])
        if self.again:
            rest = self.again.match(self.pages[place.page], place.at)
            while rest:
                place = replace(place, at=rest.end(), passed=place.passed + rest.group())
                rest = self.again.match(self.pages[place.page], place.at)
            met = Counter(self.again.findall(self.passed + place.passed))
            if missing := self.owed - met:
                raise Unlike(f"{name}以前的表格：没有合并的单元格「{next(iter(missing))}」")
        self.here, self.owed, self.passed = replace(place, passed=""), Counter(), ""
        self._between(())

    def _found(self, cells: tuple[str, ...]) -> _Place | None:
        start = self._next(self.here)
        return next(filter(None, (self._row(cells, place) for place in self._places(start))), None)

    def _row(self, cells: tuple[str, ...], start: _Place) -> _Place | None:
        """Where a row ends that begins here; if it goes on over a page's end, each of its cells may."""
        text = "".join(cells)
        if self.pages[start.page].startswith(text, start.at):
            return replace(start, at=start.at + len(text))
        if start.page + 1 == len(self.pages):
            return None
        following = start.page + 1
        for left, passed in self._parted(cells, start.page, start.at):
            for place in self._places(_Place(following, self._begin(following), f"{start.passed}\n{passed}\n")):
                found = self._row(left, place)
                if found is not None:
                    return found
        return None

    def _places(self, place: _Place) -> Iterator[_Place]:
        """This place, and those behind categories that are said again here."""
        yield place
        while self.again and (match := self.again.match(self.pages[place.page], place.at)):
            place = replace(place, at=match.end(), passed=f"{place.passed}{match.group()}\n")
            yield place

    def _parted(self, cells: tuple[str, ...], page: int, at: int) -> Iterator[tuple[tuple[str, ...], str]]:
        """What each cell leaves for the next page, for every way in which they fill the rest of this one."""
        if not cells:
            if self._ends(page, at):
                yield (), self.pages[page][at:]
            return
        most = _alike(self.pages[page], at, cells[0], 0)
        for here in range(most, -1, -1):
            for others, passed in self._parted(cells[1:], page, at + here):
                yield (cells[0][here:], *others), passed

    def finish(self) -> None:
        """Nothing more is said."""
        self._leave_grid("结尾")
        if not self._ends(self.here.page, self.here.at):
            raise self._unlike("结尾", "（无）")


def _any_of(texts: Sequence[str]) -> str:
    """A pattern for any of these texts, the longest first."""
    return "|".join(map(re.escape, sorted({*texts}, key=len, reverse=True)))


def _alike(text: str, at: int, other: str, begin: int) -> int:
    """How many characters two texts have in common from these places on."""
    most = min(len(text) - at, len(other) - begin)
    return next((n for n in range(most) if text[at + n] != other[begin + n]), most)
