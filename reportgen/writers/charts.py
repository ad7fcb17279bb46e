"""A chart drawn (画图): as SVG for pages, its letters left as letters; as PNG for Word; the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportgen.document import Chart
from reportgen.styles import StyleSheet, TextRole
from reportgen.temporary import process_folder
from reportgen.writers.charts_engine import drawing
from reportgen.writers.charts_figure import figure
from reportgen.writers.css import local_fonts
from reportgen.writers.fonts import Face, face_file
from reportgen.writers.measure import text_width

DPI = 300
_ASCENT, _DESCENT = 0.88, 0.12  # a Chinese face's square above and below its base line


def chart_svg(chart: Chart, styles: StyleSheet, families: Sequence[str], width_pt: float) -> bytes:
    """The chart as an SVG file `width_pt` wide, its letters in these font families; needs no face of this machine.

    Its title is the chart's alt text, which is read out in place of the picture.
    """
    with drawing() as library:
        from matplotlib.font_manager import FontProperties

        # Some face is asked for its height, which nothing here depends on: the library's own.
        some = Path(library.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
        made = figure(chart, styles, width_pt, FontProperties(fname=some), 72)
        text = io.StringIO()
        renderer = _letters_renderer()(made, text, families)
        made.draw(renderer)
        renderer.finalize()
    _, _, inner = text.getvalue().partition("<svg ")
    opening, _, rest = inner.partition(">")
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<svg role="img" {opening}>\n <title>{escape(chart.alt)}</title>'
    return f"{head}{rest.rstrip()}\n".encode()


@lru_cache(maxsize=1)
def _letters_renderer() -> Any:
    from matplotlib.backends import backend_svg
    from matplotlib.colors import to_hex

    parent: Any = backend_svg.RendererSVG

    class Letters(parent):  # type: ignore[misc]
        """Letters stay letters, in the families that the page knows; their widths are those of `measure`."""

        def __init__(self, made: Any, file: io.StringIO, families: Sequence[str]) -> None:
            width, height = made.get_size_inches() * 72
            nothing: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
            super().__init__(width, height, file, image_dpi=DPI, metadata=nothing)
            # In single quotes and without blanks between: so both browsers and WeasyPrint read the list.
            self._families = ",".join(f"'{name}'" for name in families)

        def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
            size = prop.get_size_in_points()
            return text_width(s) * size, (_ASCENT + _DESCENT) * size, _DESCENT * size

        def draw_text(
            self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
        ) -> None:
            anchor, _ = mtext.get_transform().transform(mtext.get_unitless_position())
            self.writer.element(
                "text",
                s,
                attrib={
                    "x": f"{anchor:.2f}",
                    "y": f"{y:.2f}",
                    "font-family": self._families,
                    "font-size": f"{prop.get_size_in_points():g}",
                    "text-anchor": {"left": "start", "right": "end", "center": "middle"}[mtext.get_ha()],
                    "fill": to_hex(gc.get_rgb()),
                    # The CSS of a page that the picture stands in reaches into it.
                    "stroke": "none",
                },
            )

    return Letters


def chart_png(chart: Chart, styles: StyleSheet, faces: Sequence[Face], width_pt: float) -> bytes:
    """The chart as PNG of 300 dpi; of the faces the first one that has a character sets it."""
    with drawing():
        from matplotlib.font_manager import FontProperties
        from matplotlib.image import imsave

        files = [str(face_file(face, process_folder())) for face in faces]
        made = figure(chart, styles, width_pt, FontProperties(fname=files[0]), DPI)
        renderer = _faces_renderer()(made, files)
        made.draw(renderer)
        buffer = io.BytesIO()
        nothing: dict[str, Any] = {"Software": None}
        imsave(buffer, renderer.buffer_rgba(), format="png", dpi=DPI, metadata=nothing)
        return buffer.getvalue()


@lru_cache(maxsize=1)
def _faces_renderer() -> Any:
    from matplotlib.backends import backend_agg
    from matplotlib.font_manager import get_font

    parent: Any = backend_agg.RendererAgg

    class Faces(parent):  # type: ignore[misc]
        """Letters in these faces and no other: the library would look for a family by its name."""

        def __init__(self, made: Any, files: Sequence[str]) -> None:
            width, height = made.get_size_inches() * DPI
            super().__init__(round(width), round(height), DPI)
            self._files = files

        def _prepare_font(self, font_prop: Any) -> Any:
            font = get_font(self._files)
            font.clear()
            font.set_size(font_prop.get_size_in_points(), self.dpi)
            return font

    return Faces


def alone_families(styles: StyleSheet) -> tuple[str, ...]:
    """The font families of a picture that stands alone (单独的图): by name, for a browser where they are installed."""
    return local_fonts(styles).families[styles.text[TextRole.CHART].font][1:]
