"""A small report as a PDF whose every detail a test can change (手工小样): four pages, two of them a table over its pages."""

from __future__ import annotations

import base64
import io
from functools import cache

from reportgen.styles import FontRole
from reportgen.writers.fonts import find_fonts

_UNITS = ("区发展改革委", "区经济信息委", "区教委", "区民政局")
_CSS = """
@page { size: 210mm 297mm; margin: 37mm 26mm 35mm 28mm;
  @bottom-center { content: "— " counter(page) " —"; font: 14pt Song; vertical-align: top; padding-top: 7mm } }
@page wide { size: 297mm 210mm; margin: 28mm 37mm 26mm 35mm }
body { font: 16pt/28.8pt Fang; margin: 0 }
p { margin: 0; text-indent: 2em; text-align: justify; orphans: 1; widows: 1 }
h1 { font: 22pt/32pt Title; text-align: center; margin: 10mm 0 }
h2 { font: 16pt/28.8pt Hei; margin: 0; text-indent: 2em; break-after: avoid }
.mark { font: 30pt/40pt Title; color: #E00000; text-align: center; border-bottom: 2pt solid #E00000 }
.logo { display: block; width: 30mm; height: 12mm; margin: 0 }
.wide { page: wide; break-before: page }
.label { text-indent: 0; font: 16pt/28.8pt Hei }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font: 10.5pt/16pt Fang }
td, th { border: 0.5pt solid black; padding: 1.5mm 1mm; font-weight: normal; break-inside: avoid }
th { font-family: Hei } td:first-child { text-align: center }
.w1 { width: 14mm } .w2 { width: 40mm } .w3 { width: 50mm }
"""


def page_html() -> str:
    """The report as HTML (小样原文)."""
    paragraphs = [
        f"<p>第{number}项工作今年以来稳步推进，已经完成年度计划的{40 + number}%，"
        f"其中新开工项目{number + 3}个，完成投资{number * 7 + 100}万元，比去年同期增长{number}.5%，"
        f"年底前可以全面完成，第{number}项工作没有需要协调的事情。</p>"
        for number in range(1, 15)
    ]
    paragraphs.insert(9, "<h2>二、存在的问题</h2>")
    return (
        f'<div class="mark">青屏区人民政府督查室文件</div><img class="logo" src="{picture()}">'
        f'<h1>关于重点工作推进情况的报告</h1><p style="text-indent:0">区政府：</p><h2>一、总体情况</h2>'
        f"{''.join(paragraphs)}"
        f'<div class="wide"><p class="label">附件1</p><h1>重点任务清单</h1><table><colgroup><col class="w1"><col class="w2">'
        f'<col class="w3"><col></colgroup><thead><tr><th>序号</th><th>类别</th><th>责任单位</th><th>进展情况</th></tr></thead>'
        f"<tbody>{''.join(_rows())}</tbody></table></div>"
    )


def _rows() -> list[str]:
    rows = []
    for number in range(1, 25):
        group = f'<td rowspan="4">第{(number + 3) // 4}类重点任务</td>' if number % 4 == 1 else ""
        rows.append(
            f"<tr><td>{number}</td>{group}<td>{_UNITS[number % 4]}</td>"
            f"<td>任务{number}已经完成{number + 30}件，正在办理{number + 7}件，没有超过时限的。</td></tr>"
        )
    return rows


@cache
def picture(colors: tuple[str, str] = ("navy", "gold")) -> str:
    """A logo (徽标) as a data address."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (150, 60), colors[0])
    ImageDraw.Draw(image).ellipse((45, 5, 105, 55), fill=colors[1])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


@cache
def pdf_of(html: str | None = None, css: str = "") -> bytes:
    """The PDF (小样) of the report, or of another HTML, with other rules behind the usual ones."""
    import weasyprint

    names = {"Fang": FontRole.FANGSONG, "Kai": FontRole.KAI, "Hei": FontRole.HEI, "Song": FontRole.SONG}
    names["Title"] = FontRole.TITLE
    roles = find_fonts({}).roles
    faces = "".join(
        f'@font-face {{ font-family: {name}; src: url("{roles[role].face.path.as_uri()}") }}' for name, role in names.items()
    )
    head = f'<html lang="zh"><style>{faces}{_CSS}{css}</style><body>'
    blob: bytes = weasyprint.HTML(string=head + (page_html() if html is None else html)).write_pdf()
    return blob
