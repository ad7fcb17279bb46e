"""What is drawn in a Word file (图片和图形): pictures by their bytes and size, shapes by place, size and colour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from reportgen.comparison.model import Value
from reportgen.styles import POINTS_PER_MM
from reportgen.word.asides import AsideKind
from reportgen.word.parts import A, Element, Parts, R, W
from reportgen.word.rulings import lengths_pt, shapes
from reportgen.word.text import Paragraph
from reportgen.word.walk import is_there

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_EMU_PER_MM = 36_000
_NUMBER = re.compile(r"-?\d{1,12}")


@dataclass(slots=True)
class Drawings:
    """The drawings of a file (图片和图形); each picture is read once."""

    parts: Parts
    _pictures: dict[str, str] = field(default_factory=dict)
    _relations: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def look(self, paragraph: Paragraph, part: str) -> Iterator[tuple[str, Value]]:
        """What is anchored in a paragraph of a part of the file, under the names of `look_names`."""
        pictures = [said for element in paragraph.drawings for said in self._of(element, part)]
        if pictures:
            yield "图片", "；".join(pictures)
        drawn = [said for element in paragraph.drawings for said in _shapes(element)]
        drawn += ["对象" for aside in paragraph.asides if aside.kind is AsideKind.OBJECT]
        if drawn:
            yield "图形", "；".join(drawn)

    def _of(self, element: Element, part: str) -> Iterator[str]:
        for picture in element.iter(A + "blip", _VML + "imagedata"):
            # The file has a picture once more for old programs.
            if not is_there(picture):
                continue
            relation = str(picture.get(R + "embed") or picture.get(R + "id") or picture.get(R + "link") or "")
            yield " ".join(filter(None, (_size(picture), f"图像{self._fingerprint(part, relation)}", *_cut(picture))))

        for chart in element.iter(_CHART):
            yield " ".join(
                filter(None, (_size(chart), f"图表{self._fingerprint(part, str(chart.get(R + 'id') or ''))}"))
            )

    def _fingerprint(self, part: str, relation: str) -> str:
        if part not in self._relations:
            self._relations[part] = self.parts.relations(part)
        _, target = self._relations[part].get(relation, ("", ""))
        if target not in self._pictures:
            blob = self.parts.blob(target)
            self._pictures[target] = "缺失" if blob is None else hashlib.sha256(blob).hexdigest()[:8]
        return self._pictures[target]


def _size(picture: Element) -> str:
    """How large a picture is shown."""
    for above in picture.iterancestors():
        if above.tag in (_DRAWING + "inline", _DRAWING + "anchor"):
            extent = above.find(_DRAWING + "extent")
            sides = [] if extent is None else [extent.get(name) or "" for name in ("cx", "cy")]
            if len(sides) == 2 and all(_NUMBER.fullmatch(side) for side in sides):
                return f"{int(sides[0]) / _EMU_PER_MM:.1f}×{int(sides[1]) / _EMU_PER_MM:.1f}毫米"
        if str(above.tag).startswith(_VML) and (style := above.get("style")):
            lengths = lengths_pt(style)
            if "width" in lengths and "height" in lengths:
                return f"{lengths['width'] / POINTS_PER_MM:.1f}×{lengths['height'] / POINTS_PER_MM:.1f}毫米"
    return ""


def _cut(picture: Element) -> Iterator[str]:
    """What of a picture is cut off, and how it is turned (裁剪、旋转、翻转)."""
    fill = picture.getparent()
    whole = None if fill is None else fill.getparent()
    if fill is None or whole is None:
        return
    edges = fill.find(A + "srcRect")
    cut = {} if edges is None else {name: said for name, said in edges.attrib.items() if _NUMBER.fullmatch(str(said))}
    if any(int(said) for said in cut.values()):
        yield "裁剪" + "、".join(f"{_EDGES.get(str(n), str(n))}{int(s) / 1000:.0f}%" for n, s in sorted(cut.items()))
    turned = next(whole.iter(A + "xfrm"), None)
    if turned is not None:
        angle = str(turned.get("rot") or "0")
        if _NUMBER.fullmatch(angle) and round(int(angle) / 60_000) % 360:
            yield f"旋转{round(int(angle) / 60_000) % 360}度"
        yield from (said for name, said in _FLIPS.items() if turned.get(name) in ("1", "true"))


_EDGES = {"l": "左", "t": "上", "r": "右", "b": "下"}
_FLIPS = {"flipH": "左右翻转", "flipV": "上下翻转"}


def _loose(element: Element) -> Iterator[str]:
    """Shapes that go with the text (随文图形), but for pictures and boxes with text, which are told as those."""
    if next(element.iter(W + "txbxContent"), None) is not None:
        return
    for geometry in element.iter(A + "prstGeom"):
        holder = geometry.getparent()
        if holder is None or str(holder.tag).startswith(_PICTURE) or not is_there(geometry):
            continue
        size = next(holder.iter(A + "ext"), None)
        sides = ["" if size is None else size.get(name) or "" for name in ("cx", "cy")]
        said = [f"{int(side) / _EMU_PER_MM:.1f}" for side in sides if _NUMBER.fullmatch(side)]
        colors = dict.fromkeys(str(color.get("val")) for color in holder.iter(A + "srgbClr"))
        yield " ".join(
            filter(None, (f"图形{geometry.get('prst') or ''}", "×".join(said) + "毫米" * bool(said), *colors))
        )
    for name in ("rect", "roundrect", "oval", "line"):
        for shape in element.iter(_VML + name):
            if is_there(shape) and next(shape.iter(_VML + "imagedata"), None) is None:
                lengths = lengths_pt(shape.get("style") or "")
                said = [f"{lengths[each] / POINTS_PER_MM:.1f}" for each in ("width", "height") if each in lengths]
                color = shape.get("fillcolor") or ""
                yield " ".join(filter(None, (f"图形{name}", "×".join(said) + "毫米" * bool(said), color)))


_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"


def _shapes(element: Element) -> Iterator[str]:
    placed = shapes(element)
    if not placed:
        yield from _loose(element)
    for shape in placed:
        sides = [f"{side / POINTS_PER_MM:.1f}" for side in (shape.x, shape.y, shape.width, shape.height)]
        what = "横线" if shape.height < shape.width / 20 else "竖线" if shape.width < shape.height / 20 else "方框"
        color = " ".join(
            filter(None, (shape.color, {"thickThin": "上粗下细", "thinThick": "上细下粗"}.get(shape.double, "")))
        )
        yield f"{what} 距页左{sides[0]} 距页上{sides[1]} 宽{sides[2]} 高{sides[3]}毫米 {color}".strip()
