"""Faces, sizes, colours and weights of every zone (字体、字号、颜色、加粗). GB/T 9704—2012 5.2.2, 5.2.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reportgen.review.findings import Examiner, Place
from reportgen.review.format_pdf_tables import cell_roles, themed_styles
from reportgen.review.forms import is_color, quoted, rgb
from reportgen.review.page import Letter, Line
from reportgen.review.page_tables import TableOnPage
from reportgen.review.passages import Element, Reading
from reportgen.review.sheets import Sheet
from reportgen.rules import Rule
from reportgen.styles import HEADING_ROLES, FontRole, StyleSheet, TextRole
from reportgen.writers.face_names import bold_face, face_kinds

# The quotes, dash and dots that Word takes from the Latin face if it is not told otherwise.
_MARKS = frozenset("“”‘’—…")


@dataclass
class _Zone:
    """What was seen in one zone (一处文字) of one role."""

    role: TextRole
    place: Place
    styles: StyleSheet
    faces: Counter[str] = field(default_factory=Counter)
    latin: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    sizes: Counter[float] = field(default_factory=Counter)
    colors: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    bold: bool = False


def check_letters(reading: Reading, styles: StyleSheet, examiner: Examiner) -> None:
    """The letters of paragraphs, tables and page numbers, and whether their faces are in the file."""
    for zone in _zones(reading, styles):
        _judge(zone, zone.styles, examiner)
    _embedded(reading, examiner)


def _zones(reading: Reading, styles: StyleSheet) -> Iterator[_Zone]:
    for element in reading.elements:
        found: dict[TextRole, _Zone] = {}
        texts: dict[TextRole, str] = {}
        size = element.first.size_pt
        listed = list(_with_head(element, styles))
        texts_around = ["", *(letter.text for _, _, letter in listed), ""]
        for index, (role, sheet, letter) in enumerate(listed):
            zone = found.get(role)
            if zone is None:
                zone = found[role] = _Zone(role, Place(page=sheet.page.number), styles)
                texts[role] = ""
            if len(texts[role]) < 20:
                texts[role] += letter.text
            around = texts_around[index] + texts_around[index + 2]
            _note(zone, letter, size, joins=len(around) == 2 and around.isascii())
        for role, zone in found.items():
            zone.place = Place(page=zone.place.page, spot=f"{role.value}{quoted(texts[role])}")
            yield zone
    themed = themed_styles(reading, styles)
    for table in reading.tables:
        yield from _table_zones(table, reading, themed.get(table, styles))
    for sheet in reading.sheets:
        if sheet.number is not None:
            place = Place(page=sheet.page.number, spot=TextRole.PAGE_NUMBER.value)
            zone = _Zone(TextRole.PAGE_NUMBER, place, styles)
            for letter in sheet.number.letters:
                _note(zone, letter, letter.setting.size_pt)
            yield zone


def _table_zones(table: TableOnPage, reading: Reading, styles: StyleSheet) -> Iterator[_Zone]:
    roles = cell_roles(table, reading)
    for cell in table.cells:
        if cell.lines:
            role = roles[cell.row]
            zone = _Zone(role, Place(page=table.page, spot=f"{role.value}{quoted(cell.text)}"), styles)
            letters = list(_letters(cell.lines))
            texts = ["", *(letter.text for letter in letters), ""]
            for index, letter in enumerate(letters):
                around = texts[index] + texts[index + 2]
                joins = len(around) == 2 and around.isascii()
                _note(zone, letter, letter.setting.size_pt, joins=joins)
            yield zone


def _with_head(element: Element, styles: StyleSheet) -> list[tuple[TextRole, Sheet, Letter]]:
    """The element's letters; a heading that runs on without a full stop ends where the body's face begins."""
    listed = list(element.letters())
    role = element.role
    runs_on = role in HEADING_ROLES and element.head == len(element.text) and element.text.endswith("。")
    if not runs_on:
        return listed
    body, own = styles.text[TextRole.BODY].font, styles.text[role].font
    kinds = [face_kinds(letter.setting.face, styles.fonts) or frozenset() for _, _, letter in listed]
    inked = [index for index, (_, _, letter) in enumerate(listed) if _in_chinese_faces(letter.text)]
    others = [index for index in inked if own not in kinds[index]]
    if body is own or not others or others[0] == inked[0]:
        return listed
    tail = [index for index in inked if index >= others[0]]
    if any(body not in kinds[index] for index in tail):
        return listed
    end = others[0]
    return [(role if index < end else TextRole.BODY, sheet, letter) for index, (_, sheet, letter) in enumerate(listed)]


def _letters(lines: Iterable[Line]) -> Iterator[Letter]:
    for line in lines:
        yield from line.letters


def _note(zone: _Zone, letter: Letter, size: float, joins: bool = False) -> None:
    """Count a letter under what it tells; a character that ordinary faces lack may come from any face.

    A dash that `joins` two digits (1—6) is right in their face, too.
    """
    setting = letter.setting
    text = letter.text
    if _in_chinese_faces(text):
        zone.faces[setting.face] += 1
        zone.bold = zone.bold or setting.bold
    elif text in _MARKS and not (joins and text == "—"):
        zone.marks[setting.face] += 1
    elif text.isascii() and text.isalnum():
        zone.latin[setting.face] += 1
        zone.bold = zone.bold or setting.bold
    zone.colors[setting.color] += 1
    # A raised or lowered figure is smaller by intention.
    if setting.size_pt > 0.75 * size or not text.isascii():
        zone.sizes[round(setting.size_pt, 1)] += 1


def _in_chinese_faces(text: str) -> bool:
    """Whether every Chinese face has it: 2,500 common hanzi and more, the full-width stops and brackets."""
    if not ("\u4e00" <= text <= "\u9fff" or text in "，。、；：？！（）《》〔〕"):
        return False
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _judge(zone: _Zone, styles: StyleSheet, examiner: Examiner) -> None:
    style, place, name = styles.text[zone.role], zone.place, zone.role.value
    _judge_faces(zone, styles, examiner)
    # The size of the 标志 is chosen by eye (7.2.4).
    if zone.role is not TextRole.ISSUER_MARK:
        for size in zone.sizes:
            examiner.number(Rule.SIZE, place, f"{name}的字号", size, style.size_pt, "磅")
    wanted = rgb(style.color)
    for color in zone.colors:
        if not is_color(color, wanted):
            found = "".join(f"{channel:02X}" for channel in color)
            examiner.breach(Rule.COLOR, place, f"{name}的颜色", found, style.color)
    if zone.bold or any(bold_face(face, styles.fonts) for face in {*zone.faces, *zone.latin}):
        examiner.breach(Rule.BOLD, place, f"{name}的笔画", "加粗", "不加粗")


def _judge_faces(zone: _Zone, styles: StyleSheet, examiner: Examiner) -> None:
    wanted = styles.text[zone.role].font
    right = styles.fonts[wanted].name
    name = zone.role.value
    if zone.role is TextRole.PAGE_NUMBER:
        # 半角宋体: the Latin face that goes with 宋体 is as good.
        for face in dict.fromkeys([*zone.latin, *zone.marks]):
            kinds = face_kinds(face, styles.fonts)
            if kinds is not None and not kinds & {wanted, FontRole.LATIN}:
                examiner.breach(Rule.FACE, zone.place, f"{name}的字体", face, right)
        return
    for face in zone.faces:
        kinds = face_kinds(face, styles.fonts)
        if kinds is not None and wanted not in kinds:
            examiner.breach(Rule.FACE, zone.place, f"{name}的字体", face, right)
    for face in zone.marks:
        kinds = face_kinds(face, styles.fonts)
        if kinds is not None and (not kinds or FontRole.LATIN in kinds):
            examiner.breach(Rule.MARKS, zone.place, f"{name}中引号、破折号或省略号的字体", face, right)
    latin = styles.fonts[FontRole.LATIN].name
    for face in zone.latin:
        kinds = face_kinds(face, styles.fonts)
        if kinds is not None and not kinds & {wanted, FontRole.LATIN}:
            examiner.breach(Rule.LATIN_FACE, zone.place, f"{name}中字母和数字的字体", face, f"{latin}或{right}")


def _embedded(reading: Reading, examiner: Examiner) -> None:
    """Faces that the file only names: another machine draws the page with others."""
    seen: set[str] = set()
    for page in reading.laid.pages:
        turned = [letter for line in page.turned for letter in line.letters]
        for letter in [*page.letters, *turned]:
            setting = letter.setting
            if not setting.embedded and setting.face not in seen:
                seen.add(setting.face)
                place = Place(page=page.number, spot=f"字体「{setting.face or '无名'}」")
                examiner.breach(Rule.EMBEDDED, place, "PDF 的字体", "未嵌入", "嵌入文件")
