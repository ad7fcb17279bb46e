"""Files spoilt by chance (改坏的文件): bytes of the whole or of a part, its structure, which part is which."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
from lxml import etree
from pikepdf import ObjectStreamMode

_VALUES = (
    *("", " ", "0", "1", "-1", "2", "7", "99", "4294967296", "999999999", "1048577", "1e999", "NaN", "true", "TRUE"),
    *("A0", "A1", "B2", "ZZZ9", "XFD1048576", "A1:C3", "C3:A1", "B0:C4", "1:1", "rId1", "rId2", "rId9", "restart"),
    *("s", "str", "inlineStr", "n", "b", "e", "d", "x", "hidden", "veryHidden", "/", "../x.xml", "float", "string"),
)


def broken_bytes(blob: bytes, chance: Random) -> bytes:
    """The bytes (改字节) with one or some of them changed, cut out or put in, or without their end."""
    changed = bytearray(blob)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + chance.randrange(1, 30)]
            case 2:
                changed[at:at] = chance.randbytes(chance.randrange(1, 20))
            case 3:
                changed[at : at + 4] = b"\xff\xff\xff\x7f"
            case _ if chance.random() < 0.1:
                del changed[at:]
            case _:
                changed[at : at + 1] = bytes([changed[at] ^ (1 << chance.randrange(8))]) if changed else b""
    return bytes(changed)


def broken_package(blob: bytes, chance: Random) -> bytes:
    """A package (改压缩包) spoilt as a whole, in the bytes of a part, in its structure, or in which part is which."""
    kind = chance.random()
    if kind < 0.1:
        return broken_bytes(blob, chance)
    with ZipFile(io.BytesIO(blob)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    if kind < 0.2:
        _shuffle(parts, chance)
    else:
        # A long part has more that can break; a short one, such as the list of parts, has its turn too.
        weights = [len(data) ** 0.5 for _, data in parts]
        (at,) = chance.choices(range(len(parts)), weights)
        name, data = parts[at]
        spoil = broken_bytes if kind < 0.4 else _recoded if kind < 0.45 else broken_structure
        parts[at] = name, spoil(data, chance)
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return stream.getvalue()


def _shuffle(parts: list[tuple[str, bytes]], chance: Random) -> None:
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    match chance.randrange(4):
        case 0:
            parts[one], parts[other] = (parts[one][0], parts[other][1]), (parts[other][0], parts[one][1])
        case 1:
            del parts[one]
        case 2:
            parts[one] = parts[one][0].replace(".xml", "9.xml"), parts[one][1]
        case _:
            parts.append((chance.choice([parts[one][0].upper(), parts[one][0] + "x"]), parts[other][1]))


def _recoded(data: bytes, chance: Random) -> bytes:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data[: len(data) // 2]
    match chance.randrange(4):
        case 0:
            return text.encode("gb18030")
        case 1:
            return text.replace("UTF-8", "GBK", 1).encode("gb18030")
        case 2:
            return text.replace("UTF-8", "UTF-16", 1).encode("utf-16")
    return text.encode("utf-16-le")


def broken_structure(data: bytes, chance: Random) -> bytes:
    """XML (改结构) with some elements or attributes removed, repeated, moved, renamed, wrapped or changed."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return broken_bytes(data, chance)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        elements = [root, *(each for each in root.iterdescendants() if isinstance(each.tag, str))]
        with suppress(ValueError, TypeError):  # not every edit is one that lxml makes
            chance.choice(_EDITS)(chance.choice(elements), elements, chance)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def broken_pdf(blob: bytes, chance: Random) -> bytes:
    """A PDF (改 PDF) spoilt in its bytes, or in some of its values, references, lists and streams."""
    if chance.random() < 0.3:
        return broken_bytes(blob, chance)
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(blob)) as pdf:
        held = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary | pikepdf.Stream)]
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            # Of a stream, its length is the library's; another edit may have left nothing to choose from.
            with suppress(ValueError, KeyError, IndexError, pikepdf.PdfError):
                _other_object(chance.choice(held), held, chance)
        # What is spoilt stays so: nothing is set right on the way.
        as_it_is: dict[str, Any] = {"fix_metadata_version": False, "object_stream_mode": ObjectStreamMode.disable}
        try:
            pdf.save(stream, compress_streams=chance.random() < 0.5, **as_it_is)
        except pikepdf.PdfError:
            return broken_bytes(blob, chance)
    return stream.getvalue()


def _other_object(owner: Any, held: list[Any], chance: Random) -> None:
    if isinstance(owner, pikepdf.Stream) and chance.random() < 0.5:
        owner.write(broken_bytes(owner.read_bytes(), chance))
        return
    key, other = chance.choice([*owner.keys()]), chance.choice(held)
    odd = [-1, 0, 2**31, 1e30, "x", pikepdf.Name("/X"), pikepdf.Array(), pikepdf.Dictionary(), other, owner]
    value = chance.choice([*odd, other.get(chance.choice([*other.keys()]))])
    if chance.random() < 0.2:
        del owner[key]
    elif isinstance(owner[key], pikepdf.Array) and len(owner[key]):
        owner[key][chance.randrange(len(owner[key]))] = value
    else:
        owner[key] = value


def _remove(element: Any, elements: list[Any], chance: Random) -> None:
    if element.getparent() is not None:
        element.getparent().remove(element)


def _repeat(element: Any, elements: list[Any], chance: Random) -> None:
    if element.getparent() is not None:
        for _ in range(chance.choice([1, 1, 3])):
            element.addnext(copy.deepcopy(element))


def _move(element: Any, elements: list[Any], chance: Random) -> None:
    into = chance.choice(elements)
    if element.getparent() is not None and element not in (into, *into.iterancestors()):
        into.insert(chance.randint(0, len(into)), element)


def _rename(element: Any, elements: list[Any], chance: Random) -> None:
    space = etree.QName(element).namespace
    other = etree.QName(chance.choice(elements)).localname
    element.tag = etree.QName(chance.choice([space, space, "urn:other"]), chance.choice([other, "odd", "x"]))


def _wrap(element: Any, elements: list[Any], chance: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        at = parent.index(element)
        wrapper = etree.Element(etree.QName(etree.QName(element).namespace, chance.choice(["odd", "r", "extLst"])))
        wrapper.append(element)
        parent.insert(at, wrapper)


def _less(element: Any, elements: list[Any], chance: Random) -> None:
    if element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]


def _other_value(element: Any, elements: list[Any], chance: Random) -> None:
    owners = [each for each in elements if each.attrib]
    if owners:
        owner = element if element.attrib else chance.choice(owners)
        key = chance.choice(list(owner.attrib))
        alike = [each.get(key) for each in elements if each.get(key) is not None]
        owner.set(key, chance.choice([chance.choice(_VALUES), chance.choice(alike)]))


def _other_text(element: Any, elements: list[Any], chance: Random) -> None:
    owners = [each for each in elements if each.text]
    if owners:
        owner = chance.choice(owners)
        owner.text = chance.choice([chance.choice(_VALUES), chance.choice(owners).text, owner.text * 2])


def _split_text(element: Any, elements: list[Any], chance: Random) -> None:
    owners = [each for each in elements if each.text and each.text.strip() and not len(each)]
    if owners:
        owner = chance.choice(owners)
        at = chance.randint(0, len(owner.text))
        made = [etree.Element("{urn:other}odd"), etree.Comment("x"), etree.ProcessingInstruction("x", "y")]
        inner = chance.choice(made)
        inner.tail, owner.text = owner.text[at:], owner.text[:at]
        owner.append(inner)


_EDITS: tuple[Callable[[Any, list[Any], Random], None], ...] = (
    *(_remove, _repeat, _move, _rename, _wrap, _less),
    *(_other_value, _other_value, _other_value, _other_text, _split_text),
)
