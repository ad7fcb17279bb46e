"""Rules drawn as shapes in a Word file (图形画的横线): where they stand on the sheet, if the file says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.word.parts import MC, A, Element

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_EMU_PER_POINT = 12_700
_POINTS = {"pt": 1.0, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "": 0.75}
_LENGTH = re.compile(r"\s*(-?\d{1,7}(?:\.\d{1,9})?)\s*(pt|mm|cm|in|)\s*$")
_NAMED = {"red": "FF0000", "black": "000000"}
# A shape is a rule if it is wide and flat.
_LEAST_WIDTH_PT, _MOST_HEIGHT_PT = 170.0, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A horizontal rule (横线) in points from the sheet's upper left corner.

    A rule of two lines in one shape says which is the upper one: `thickThin` or `thinThick`.
    """

    x: float
    y: float
    width: float
    height: float
    color: str
    double: str = ""


def rulings(root: Element) -> tuple[Ruling, ...]:
    """The rules of a part that are placed by the sheet, from the top down."""
    found = shapes(root)
    wide = (each for each in found if each.width > _LEAST_WIDTH_PT and 0 < each.height < _MOST_HEIGHT_PT)
    return tuple(sorted(wide, key=lambda each: each.y))


def shapes(root: Element) -> tuple[Ruling, ...]:
    """The lines and rectangles (图形) that are placed by the sheet, of any size."""
    return *_of_vml(root), *_of_drawings(root)


def lengths_pt(style: str) -> dict[str, float]:
    """The lengths that the style of an old shape (VML) says, in points by name."""
    said = (part.split(":", 1) for part in style.replace(" ", "").split(";") if ":" in part)
    return {name: found for name, text in said if (found := _points(text)) is not None}


def _of_vml(root: Element) -> Iterator[Ruling]:
    """Rectangles and lines as Word 2007 draws them."""
    for shape in root.iter(_VML + "rect", _VML + "line"):
        # The same shape stands in the file twice, the second time for old programs.
        if any(above.tag == MC + "Fallback" for above in shape.iterancestors()):
            continue
        style = dict(
            part.split(":", 1) for part in (shape.get("style") or "").replace(" ", "").split(";") if ":" in part
        )
        if {style.get(f"mso-position-{way}-relative") for way in ("horizontal", "vertical")} != {"page"}:
            continue
        if shape.tag == _VML + "rect":
            sides = [_points(style.get(name)) for name in ("margin-left", "margin-top", "width", "height")]
            if None not in sides:
                x, y, width, height = (side or 0.0 for side in sides)
                yield Ruling(x=x, y=y, width=width, height=height, color=_color(shape.get("fillcolor")))
            continue
        ends = [_points(part) for name in ("from", "to") for part in (shape.get(name) or "").split(",")]
        weight = _points(shape.get("strokeweight") or "0.75pt")
        if len(ends) == 4 and None not in ends and weight is not None:
            left, top, right, bottom = (end or 0.0 for end in ends)
            stroke = shape.find(_VML + "stroke")
            if abs(top - bottom) < 1:
                yield Ruling(
                    x=min(left, right),
                    y=top - weight / 2,
                    width=abs(right - left),
                    height=weight,
                    color=_color(shape.get("strokecolor")),
                    double=_double(None if stroke is None else stroke.get("linestyle")),
                )


def _of_drawings(root: Element) -> Iterator[Ruling]:
    """Lines and rectangles as Word draws them since 2010."""
    for anchor in root.iter(_DRAWING + "anchor"):
        x, y = (_offset(anchor.find(_DRAWING + name)) for name in ("positionH", "positionV"))
        extent, line = anchor.find(_DRAWING + "extent"), next(anchor.iter(A + "ln"), None)
        shape = next(anchor.iter(A + "prstGeom"), None)
        if x is None or y is None or extent is None or shape is None:
            continue
        width, height = (_emu(extent.get(name)) for name in ("cx", "cy"))
        if shape.get("prst") == "rect":
            color = next((each for each in shape.itersiblings(A + "solidFill")), None)
            yield Ruling(x=x, y=y, width=width, height=height, color=_srgb(color))
        elif shape.get("prst") in ("line", "straightConnector1") and height < 1 and line is not None:
            weight = _emu(line.get("w")) or 0.75
            double = _double(line.get("cmpd"))
            yield Ruling(x=x, y=y - weight / 2, width=width, height=weight, color=_srgb(line), double=double)


def _offset(position: Element | None) -> float | None:
    """Where an anchor stands on the sheet."""
    if position is None or position.get("relativeFrom") != "page":
        return None
    offset = position.find(_DRAWING + "posOffset")
    return None if offset is None else _emu(offset.text)


def _emu(text: str | None) -> float:
    match = re.fullmatch(r"\s*(-?\d{1,12})\s*", text or "")
    return int(match[1]) / _EMU_PER_POINT if match else 0.0


def _srgb(parent: Element | None) -> str:
    color = None if parent is None else next(parent.iter(A + "srgbClr"), None)
    return "" if color is None else str(color.get("val") or "").upper()


def _points(text: str | None) -> float | None:
    match = _LENGTH.match(text or "")
    return float(match[1]) * _POINTS[match[2]] if match else None


def _color(text: str | None) -> str:
    """The six digits of `#FF0000`, `#F00`, `red` or `red [255]`."""
    name = (text or "").split(" ")[0].lower()
    digits = _NAMED.get(name, name.removeprefix("#"))
    return ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits).upper()


def _double(name: str | None) -> str:
    return {"thickThin": "thickThin", "thinThick": "thinThick", "thickthin": "thickThin", "thinthick": "thinThick"}.get(
        name or "", ""
    )
