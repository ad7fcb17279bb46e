"""The turned page number of a landscape page in Word (横排页的页码). GB/T 9704—2012, clause 8.

The number stands where it would on the bound upright sheet: beside the type area's left edge, turned clockwise with
the page, odd below, even above. Word knows this only as a text box that the footer holds; its equal for the PDF is
the turned margin box in `css`.
"""

from __future__ import annotations

from reportgen.document import Orientation
from reportgen.styles import POINTS_PER_MM, StyleSheet
from reportgen.writers.docx_xml import element

_EMU_PER_POINT = 12700
# Room across the line, and along it for a number of some digits, in millimetres.
_ACROSS_MM, _ALONG_MM = 12.0, 60.0
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/"
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_CHOICE = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def turned_box(styles: StyleSheet, number: str, *, odd: bool) -> str:
    """A run with the text box for the paragraph `number`, whose line comes to its place on the sheet."""
    _, height = styles.page.size_mm(Orientation.LANDSCAPE)
    top, _, bottom, left = styles.page.margins_mm(Orientation.LANDSCAPE)
    x = left - styles.page_number.below_mm - _ACROSS_MM / 2
    y = height - bottom - _ALONG_MM if odd else top
    size = f'cx="{_emu(_ACROSS_MM)}" cy="{_emu(_ALONG_MM)}"'
    shape = (
        f'<wps:wsp xmlns:wps="{_SHAPE}"><wps:cNvSpPr txBox="1"/><wps:spPr>'
        f'<a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "<a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>"
        f"<wps:txbx>{element('txbxContent', number)}</wps:txbx>"
        '<wps:bodyPr vert="vert" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr">'
        "<a:noAutofit/></wps:bodyPr></wps:wsp>"
    )
    anchor = (
        f'<wp:anchor xmlns:wp="{_DRAWING}wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0" '
        'simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{_emu(x)}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{_emu(y)}</wp:posOffset></wp:positionV>'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{1 if odd else 2}" name="页码"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{_DRAWING}main"><a:graphicData uri="{_SHAPE}">{shape}</a:graphicData></a:graphic>'
        "</wp:anchor>"
    )
    choice = (
        f'<mc:AlternateContent xmlns:mc="{_CHOICE}"><mc:Choice xmlns:wps="{_SHAPE}" Requires="wps">'
        f"{element('drawing', anchor)}</mc:Choice></mc:AlternateContent>"
    )
    return element("r", choice)


def _emu(length_mm: float) -> int:
    """Millimetres in the unit of Word's drawings."""
    return round(length_mm * POINTS_PER_MM * _EMU_PER_POINT)
