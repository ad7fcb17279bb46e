"""The same Word file made anew (另行生成的同一文件): other bytes, other XML, and nothing that a reader could see."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import TypeAlias

import docx
from lxml import etree

from tests.comparison_faults import CORE, DOCUMENT, STYLES, Draft, W, packed, parts_of, set_property

Rebuild: TypeAlias = Callable[[bytes, random.Random], bytes]
REBUILDS: dict[str, Rebuild] = {}

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
NAMESPACE = W.strip("{}")


def rebuild(kind: str) -> Callable[[Rebuild], Rebuild]:
    """Enter a way to make the same file anew."""

    def enter(make: Rebuild) -> Rebuild:
        assert kind not in REBUILDS
        REBUILDS[kind] = make
        return make

    return enter


def changed(kind: str) -> Callable[[Callable[[Draft, random.Random], None]], None]:
    """Enter a change of the XML that nobody sees."""

    def enter(change: Callable[[Draft, random.Random], None]) -> None:
        @rebuild(kind)
        def make(blob: bytes, chance: random.Random) -> bytes:
            draft = Draft(parts_of(blob))
            change(draft, chance)
            return draft.blob()

    return enter


# ---- the package


@rebuild("部件倒序")
def _(blob: bytes, chance: random.Random) -> bytes:
    return packed(dict(reversed(list(parts_of(blob).items()))))


@rebuild("部件乱序、最高压缩")
def _(blob: bytes, chance: random.Random) -> bytes:
    names = list(parts_of(blob))
    chance.shuffle(names)
    return packed({name: parts_of(blob)[name] for name in names}, zipfile.ZIP_DEFLATED, 9)


@rebuild("最低压缩")
def _(blob: bytes, chance: random.Random) -> bytes:
    return packed(parts_of(blob), zipfile.ZIP_DEFLATED, 1)


@rebuild("压缩包里的日期")
def _(blob: bytes, chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts_of(blob).items():
            archive.writestr(zipfile.ZipInfo(name, (2031, chance.randint(1, 12), 3, 4, 5, 6)), part)
    return buffer.getvalue()


@rebuild("文档属性里的日期和修改人")
def _(blob: bytes, chance: random.Random) -> bytes:
    document = docx.Document(io.BytesIO(blob))
    document.core_properties.last_modified_by = "办公室"
    document.core_properties.revision = chance.randint(5, 50)
    document.core_properties.modified = document.core_properties.created = datetime(2031, 1, 1)
    return _saved(document)


@rebuild("python-docx 另存")
def _(blob: bytes, chance: random.Random) -> bytes:
    document = docx.Document(io.BytesIO(blob))
    document.settings.element.append(document.settings.element.makeelement(W + "rsids", nsmap={"w": NAMESPACE}))
    return _saved(document)


def _saved(document: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@rebuild("没有文档属性")
def _(blob: bytes, chance: random.Random) -> bytes:
    parts = {name: part for name, part in parts_of(blob).items() if name != CORE}
    # What relates to it goes with it.
    rels = parts["_rels/.rels"]
    parts["_rels/.rels"] = re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", rels)
    parts["[Content_Types].xml"] = re.sub(rb"<Override [^>]*core\.xml[^>]*/>", b"", parts["[Content_Types].xml"])
    assert parts["_rels/.rels"] != rels
    return packed(parts)


# ---- the XML as such


@rebuild("属性次序")
def _(blob: bytes, chance: random.Random) -> bytes:
    draft = Draft(parts_of(blob))
    for part in (DOCUMENT, STYLES, "word/footerOdd.xml"):
        for element in draft.root(part).iter(f"{W}*"):
            pairs = list(element.attrib.items())
            chance.shuffle(pairs)
            element.attrib.clear()
            element.attrib.update(pairs)
    return draft.blob()


@rebuild("名称空间前缀")
def _(blob: bytes, chance: random.Random) -> bytes:
    parts = dict(parts_of(blob))
    text = parts[DOCUMENT].decode()
    text = re.sub(r"(</?|\s)w:", r"\1ns0:", text).replace("xmlns:w=", "xmlns:ns0=")
    return packed({**parts, DOCUMENT: text.encode()})


@rebuild("XML 声明和空白")
def _(blob: bytes, chance: random.Random) -> bytes:
    parts = dict(parts_of(blob))
    text = parts[DOCUMENT].decode()
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "<?xml version='1.0' encoding='utf-8'?>\n<!-- -->\n", text)
    for tag in ("w:p", "w:tr", "w:tc", "w:tbl"):
        text = text.replace(f"</{tag}>", f"</{tag}>\n  ")
    return packed({**parts, DOCUMENT: text.encode()})


@rebuild("UTF-16 编码")
def _(blob: bytes, chance: random.Random) -> bytes:
    draft = Draft(parts_of(blob))
    part = etree.tostring(draft.root(), xml_declaration=True, encoding="UTF-16")
    assert isinstance(part, bytes)
    return packed({**parts_of(blob), DOCUMENT: part})


# ---- what Word and WPS leave behind


@changed("修订标识 rsid")
def _(draft: Draft, chance: random.Random) -> None:
    for element in draft.root().iter(W + "p", W + "r", W + "tr", W + "sectPr"):
        name = "rsidTr" if element.tag == W + "tr" else "rsidR"
        element.set(W + name, f"{chance.randrange(2**32):08X}")
        if element.tag == W + "p":
            element.set(W + "rsidRDefault", f"{chance.randrange(2**32):08X}")


@changed("段落标识 paraId")
def _(draft: Draft, chance: random.Random) -> None:
    for element in draft.root().iter(W + "p", W + "tr"):
        element.set(W14 + "paraId", f"{chance.randrange(2**31):08X}")
        element.set(W14 + "textId", "77777777")
    draft.root().set(MC + "Ignorable", "w14")
    text = etree.tostring(draft.root(), encoding="unicode")
    prefix = re.search(r'xmlns:(\w+)="http://schemas.microsoft.com/office/word/2010/wordml"', text)
    if prefix:
        draft.root().set(MC + "Ignorable", prefix[1])


@changed("拼写标记、书签和页面位置")
def _(draft: Draft, chance: random.Random) -> None:
    for number, run in enumerate(list(draft.root().iter(W + "r"))):
        if chance.random() < 0.2:
            run.addprevious(etree.Element(W + "proofErr", {W + "type": "spellStart"}))
            run.addnext(etree.Element(W + "proofErr", {W + "type": "spellEnd"}))
        if chance.random() < 0.1:
            run.addprevious(etree.Element(W + "bookmarkStart", {W + "id": str(number), W + "name": f"_Hlk{number}"}))
            run.addnext(etree.Element(W + "bookmarkEnd", {W + "id": str(number)}))
        if chance.random() < 0.1 and (text := run.find(W + "t")) is not None:
            text.addprevious(etree.Element(W + "lastRenderedPageBreak"))


@changed("文字另行分段设置（run）")
def _(draft: Draft, chance: random.Random) -> None:
    for run in list(draft.root().iter(W + "r")):
        texts = run.findall(W + "t")
        if len(texts) != 1 or len(run) != 2 or len(texts[0].text or "") < 2 or chance.random() < 0.5:
            continue
        text = texts[0].text or ""
        at = chance.randrange(1, len(text))
        rest = deepcopy(run)
        texts[0].text = text[:at]
        next(rest.iter(W + "t")).text = text[at:]
        run.addnext(rest)


@changed("语言标记")
def _(draft: Draft, chance: random.Random) -> None:
    for properties in draft.root().iter(W + "rPr"):
        if chance.random() < 0.3:
            etree.SubElement(properties, W + "lang", {W + "val": "en-US", W + "eastAsia": "zh-CN"})


# ---- the same looks, said otherwise


@changed("样式标识和名称")
def _(draft: Draft, chance: random.Random) -> None:
    names: dict[str, str] = {}
    for number, style in enumerate(draft.root(STYLES).iter(W + "style")):
        old = str(style.get(W + "styleId"))
        if old == "Normal":
            continue
        names[old] = f"a{number}"
        style.set(W + "styleId", names[old])
        name = style.find(W + "name")
        # Word knows headings by their names.
        if name is not None and not str(name.get(W + "val")).startswith("heading"):
            name.set(W + "val", f"样式{number}")
    for part in (DOCUMENT, STYLES, "word/footerOdd.xml", "word/footerEven.xml"):
        for element in draft.root(part).iter(
            W + "pStyle", W + "rStyle", W + "tblStyle", W + "basedOn", W + "next", W + "link"
        ):
            old = str(element.get(W + "val"))
            element.set(W + "val", names.get(old, old))


@changed("样式次序和无用的样式")
def _(draft: Draft, chance: random.Random) -> None:
    root = draft.root(STYLES)
    styles = root.findall(W + "style")
    for style in styles:
        root.remove(style)
    chance.shuffle(styles)
    unused = deepcopy(styles[0])
    unused.set(W + "styleId", "Unused")
    unused.attrib.pop(W + "default", "")
    for style in (*styles, unused):
        root.append(style)


@changed("明写继承来的字号和对齐")
def _(draft: Draft, chance: random.Random) -> None:
    for paragraph in draft.root().iter(W + "p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        if style is None or style.get(W + "val") != "Normal":
            continue
        set_property(paragraph, "pPr", "jc", val="both")
        set_property(paragraph, "pPr", "ind", left="0", right="0", firstLine="632")
        for run in paragraph.iter(W + "r"):
            for name in ("sz", "szCs"):
                set_property(run, "rPr", name, val="32")
            if run.find(f"{W}rPr/{W}rStyle") is None:
                set_property(run, "rPr", "b", val="0")


@changed("字体别名")
def _(draft: Draft, chance: random.Random) -> None:
    for part in (DOCUMENT, STYLES):
        for fonts in draft.root(part).iter(W + "rFonts"):
            for key, value in fonts.attrib.items():
                if value == "仿宋_GB2312":
                    fonts.set(key, "FangSong_GB2312")


@changed("单元格里明写表格的框线")
def _(draft: Draft, chance: random.Random) -> None:
    for table in draft.root().iter(W + "tbl"):
        inside = table.find(f"{W}tblPr/{W}tblBorders/{W}insideV")
        assert inside is not None
        for row in table.iter(W + "tr"):
            for cell in row.findall(W + "tc")[:-1]:
                borders = set_property(cell, "tcPr", "tcBorders")
                right = etree.SubElement(borders, W + "right")
                right.attrib.update(inside.attrib)
