"""Letterhead, 信函 format and imprint as the format check sees them, on pages that are laid out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from reportgen.document import Addressee, Document, Title
from reportgen.review.format_pdf import check_pdf
from tests.builders import document, p, section, styles
from tests.test_lint_pdf import fonts, render, rules

# Heights in mm from the type area's upper edge. A 16 pt letter stands 2.28 mm below its line's upper edge and ends
# 7.93 mm below it; a 48 pt one stands 1.76 mm below that of a line of 58 pt.
_LINE = "position:absolute;margin:0;white-space:nowrap;font:16pt/28.95pt 'LiberationSerif-rg-letters',{}"
FANG, KAI, HEI = (_LINE.format(f"'Fandol{face}-Regular-rg'") for face in ("Fang", "Kai", "Hei"))
MARK = "position:absolute;left:0;right:0;text-align:center;font:48pt/58pt 'FandolSong-Bold-rg';color:#f00"
RULE = "position:absolute;border-top:1.2pt solid #f00"

IMPRINT = f"""<section style="position:relative;height:225mm">
<div style="position:absolute;left:0;width:156mm;bottom:25mm;border-top:1pt solid"></div>
<p style="{FANG};font-size:14pt;line-height:24pt;left:14pt;bottom:14mm">抄送：区委督查室。</p>
<div style="position:absolute;left:0;width:156mm;bottom:12mm;border-top:.75pt solid"></div>
<p style="{FANG};font-size:14pt;line-height:24pt;left:14pt;bottom:2mm">测试区人民政府督查室</p>
<p style="{FANG};font-size:14pt;line-height:24pt;right:14pt;bottom:2mm">2026年7月10日印发</p>
<div style="position:absolute;left:0;width:156mm;bottom:0;border-top:1pt solid"></div>
</section>"""

UPWARD = f"""<div style="height:105.14mm">
<p style="{FANG};top:0;left:0">000001</p>
<p style="{MARK};top:33.24mm">测试区人民政府文件</p>
<p style="{FANG};top:72.36mm;left:5.57mm">测督〔2026〕5号</p>
<p style="{FANG};top:72.36mm;right:5.57mm">签发人：<span style="{KAI};position:static">某某某</span></p>
<div style="{RULE};top:84.29mm;left:0;width:156mm"></div>
</div>"""

LETTER = f"""<style>@page :first{{@bottom-right{{content:none}}}}</style><div style="height:48.96mm">
<p style="{MARK};top:-8.76mm">测试区人民政府</p>
<div style="{RULE};border-width:2.25pt;top:13.94mm;left:-8mm;width:170mm"></div>
<div style="{RULE};border-width:.75pt;top:15.4mm;left:-8mm;width:170mm"></div>
<p style="{FANG};top:18.32mm;right:0">测督函〔2026〕5号</p>
<div style="{RULE};border-width:.75pt;top:238.54mm;left:-8mm;width:170mm"></div>
<div style="{RULE};border-width:2.25pt;top:239.6mm;left:-8mm;width:170mm"></div>
</div>"""


BULLETIN = f"""<div style="height:125.56mm">
<p style="{MARK};top:33.24mm">督查专报</p>
<p style="{FANG};top:72.36mm;left:0;right:0;text-align:center">第5期</p>
<p style="{FANG};top:92.78mm;left:5.57mm">测试区人民政府督查室</p>
<p style="{FANG};top:92.78mm;right:5.57mm">2026年7月10日</p>
<div style="{RULE};top:104.71mm;left:0;width:156mm"></div>
</div>"""


def small() -> Document:
    return document(
        section(
            Title(lines=("关于上半年重点工作推进情况的报告",)), Addressee(text="区政府："), p("各项工作按计划推进。")
        )
    )


def found_in(head: str, foot: str, changes: Mapping[str, str]) -> list[str]:
    """The findings in a report of one page with these parts before and behind it, some texts replaced in them."""

    def edit(page: str) -> str:
        page = page.replace("<section>", f"<section>{head}", 1).replace("</body>", f"{foot}</body>")
        for old, new in changes.items():
            assert old in page
            page = page.replace(old, new, 1)
        return page

    examiner = check_pdf(render(_with_all_faces(), styles(), edit, fonts()), styles())
    return sorted(rules(examiner)) + [str(finding) for finding in examiner.findings]


@cache
def _with_all_faces() -> Document:
    """黑体 and 楷体 are embedded only if the tree has a text in them; else any face of the machine is taken."""
    from tests.builders import h

    (only,) = small().sections
    return document(section(*only.blocks, h(1, "一、", "总体情况"), h(2, "（一）", "下一步工作")))


# The rule and the title go with the number.
LOWER = {"top:84.29mm": "top:114.89mm", "height:105.14mm": "height:135.74mm"}
HIGHER = {"top:84.29mm": "top:75.93mm", "height:105.14mm": "height:96.78mm"}
NAMES = "区人大常委会办公室，区政协办公室，区纪委区监委办，"
SECOND_SIGNER = {
    "top:72.36mm;left": "top:82.57mm;left",
    'top:72.36mm;right:5.57mm">签发人：': f'top:82.57mm;right:5.57mm"></p>'
    f'<p style="{KAI};top:82.57mm;right:5.57mm">某某</p><p style="{FANG};top:72.36mm;right:5.57mm">签发人：',
    "top:84.29mm": "top:94.5mm",
    "height:105.14mm": "height:115.35mm",
}
LONG_COPIES = {
    "bottom:25mm": "bottom:34mm",
    'bottom:14mm">抄送：区委督查室。': f'bottom:22.47mm">抄送：{NAMES}</p>'
    f'<p style="{FANG};font-size:14pt;line-height:24pt;left:56pt;bottom:14mm">区委督查室。',
}
MORE = '<section><p class="body">另外的一页。</p></section>'

UPWARD_FAULTS: Mapping[str, tuple[set[str], Mapping[str, str]]] = {
    "nothing": (set(), {}),
    "nothing, with two rows of signers": (set(), SECOND_SIGNER),
    "nothing, with copies over two lines": (set(), LONG_COPIES),
    "nothing, with digits in the issuer's code": (set(), {"测督〔": "测督2〔"}),
    "nothing, in a printer's red": (
        set(),
        {"#f00;top:33": "#c00000;top:33", "1.2pt solid #f00;top:84": "1.2pt solid #c00000;top:84"},
    ),
    "rule in orange": ({"letterhead.rule"}, {"1.2pt solid #f00;top:84": "1.2pt solid #ff8000;top:84"}),
    "copy number of four digits": ({"letterhead.copy-number"}, {"000001": "0001"}),
    # The number below is measured from the mark.
    "mark 3 mm too low": ({"letterhead.mark-top", "letterhead.number-place"}, {"top:33.24mm": "top:36.24mm"}),
    "year in square brackets": ({"letterhead.number"}, {"〔2026〕": "[2026]"}),
    "leading zero": ({"letterhead.number"}, {"〕5号": "〕05号"}),
    "number at the very edge": ({"letterhead.number-place"}, {"left:5.57mm": "left:0"}),
    "signer at the very edge": ({"letterhead.number-place"}, {"right:5.57mm": "right:0"}),
    "signer's name in 仿宋": ({"text.face"}, {"'FandolKai-Regular-rg';pos": "'FandolFang-Regular-rg';pos"}),
    "number five lines below the mark": (
        {"letterhead.number-place"},
        {"top:72.36mm;left": "top:102.96mm;left", "top:72.36mm;right": "top:102.96mm;right", **LOWER},
    ),
    "number right below the mark": (
        {"letterhead.number-place"},
        {"top:72.36mm;left": "top:64mm;left", "top:72.36mm;right": "top:64mm;right", **HIGHER},
    ),
    "copy number at the right": ({"paragraph.align"}, {"top:0;left:0": "top:0;right:0"}),
    "secrecy in the middle": (
        {"paragraph.align"},
        {"000001</p>": f'000001</p><p style="{HEI};top:10.21mm;left:60mm">机密★1年</p>'},
    ),
    "title six lines below the rule": ({"paragraph.space"}, {"height:105.14mm": "height:145.98mm"}),
    "title right below the rule": ({"paragraph.space"}, {"height:105.14mm": "height:88mm"}),
    "red rule 3 mm too low": ({"letterhead.rule"}, {"top:84.29mm": "top:87.29mm"}),
    "red rule 2 mm too high": ({"letterhead.rule"}, {"top:84.29mm": "top:82.29mm"}),
    "red rule 8 mm below": ({"letterhead.rule"}, {"top:84.29mm": "top:88.29mm", ":105.14": ":109.14"}),
    "red rule too short": ({"letterhead.rule"}, {"left:0;width:156mm": "left:0;width:140mm"}),
    "no red rule": ({"letterhead.rule"}, {f'<div style="{RULE};top:84.29mm;left:0;width:156mm"></div>': ""}),
    "purple mark": ({"text.color"}, {"color:#f00;top:33": "color:#c06;top:33"}),
    "imprint above the foot": ({"imprint.place"}, {"height:225mm": "height:215mm"}),
    "imprint on an odd page": ({"imprint.place"}, {'<section style="pos': f'{MORE}<section style="pos'}),
    "imprint rule too short": ({"imprint.rules"}, {"width:156mm;bottom:12mm": "width:150mm;bottom:12mm"}),
    "imprint rule too thick": ({"imprint.thickness"}, {"bottom:0;border-top:1pt": "bottom:0;border-top:2.25pt"}),
    "imprint's outer rule as thin as the inner ones": (
        {"imprint.thickness"},
        {"bottom:0;border-top:1pt": "bottom:0;border-top:.75pt"},
    ),
    "imprint's inner rule as thick as the outer ones": (
        {"imprint.thickness"},
        {"bottom:12mm;border-top:.75pt": "bottom:12mm;border-top:1pt"},
    ),
    "copies four characters in": ({"paragraph.indent"}, {"left:14pt;bottom:14mm": "left:56pt;bottom:14mm"}),
    "printer four characters in": ({"paragraph.indent"}, {"left:14pt;bottom:2mm": "left:56pt;bottom:2mm"}),
    "printing date four characters in": ({"paragraph.indent"}, {"right:14pt;bottom:2mm": "right:56pt;bottom:2mm"}),
    "further line of copies below the label": (
        {"paragraph.hanging"},
        {
            **LONG_COPIES,
            'bottom:14mm">抄送：区委督查室。': LONG_COPIES['bottom:14mm">抄送：区委督查室。'].replace("56pt", "42pt"),
        },
    ),
    "imprint in 三号": ({"text.size"}, {"14pt;line-height:24pt;left": "16pt;line-height:24pt;left"}),
}


@pytest.mark.parametrize("name", UPWARD_FAULTS)
def test_faults_of_an_upward_document_and_of_its_imprint(name):
    wanted, changes = UPWARD_FAULTS[name]
    found = found_in(UPWARD, IMPRINT, changes)
    assert {line for line in found if "[" not in line} == wanted, found


BULLETIN_FAULTS: Mapping[str, tuple[set[str], Mapping[str, str]]] = {
    "nothing": (set(), {}),
    "publisher four characters in": ({"letterhead.number-place"}, {"left:5.57mm": "left:22.28mm"}),
    "date at the very edge": ({"letterhead.number-place"}, {"right:5.57mm": "right:0"}),
    "publisher right below the number": (
        {"letterhead.number-place"},
        {"top:92.78mm;left": "top:82.57mm;left", "top:92.78mm;right": "top:82.57mm;right", ":104.71": ":94.5"}
        | {":125.56": ":115.35"},
    ),
    "title five lines below the rule": ({"paragraph.space"}, {":125.56": ":156.2"}),
}


@pytest.mark.parametrize("name", BULLETIN_FAULTS)
def test_faults_of_a_bulletin(name):
    wanted, changes = BULLETIN_FAULTS[name]
    found = found_in(BULLETIN, "", changes)
    assert {line for line in found if "[" not in line} == wanted, found


LETTER_FAULTS: Mapping[str, tuple[set[str], Mapping[str, str]]] = {
    "nothing": (set(), {}),
    # The rules below are measured from the mark.
    "mark 3 mm too low": ({"letterhead.mark-top", "letter.rules"}, {"top:-8.76mm": "top:-5.96mm"}),
    "number at the left": ({"letterhead.number-place"}, {"top:18.32mm;right:0": "top:18.32mm;left:0"}),
    "rules of 156 mm": ({"letter.rules"}, {"left:-8mm;width:170mm": "left:0;width:156mm"}),
    "thin above thick": ({"letter.rules"}, {"border-width:2.25pt;top:13.94mm": "border-width:.5pt;top:13.94mm"}),
    "mark within the type area": ({"letterhead.mark-top", "letter.rules"}, {"top:-8.76mm": "top:2mm"}),
    "rules 1.5 mm nearer to the mark": (
        {"letter.rules"},
        {"top:13.94mm": "top:12.44mm", "top:15.4mm": "top:13.9mm"},
    ),
    "foot rules 2 mm too low": ({"letter.rules"}, {"top:238.54mm": "top:240.54mm", "top:239.6mm": "top:241.6mm"}),
    "number right below the double rule": (
        {"letterhead.number-place"},
        {"top:18.32mm": "top:13.38mm", "height:48.96mm": "height:44.02mm"},
    ),
    "title five lines below the head": ({"paragraph.space"}, {"height:48.96mm": "height:79.6mm"}),
    "foot rules too high": ({"letter.rules"}, {"top:238.54mm": "top:230.54mm", "top:239.6mm": "top:231.6mm"}),
}


@pytest.mark.parametrize("name", LETTER_FAULTS)
def test_faults_of_a_letter(name):
    wanted, changes = LETTER_FAULTS[name]
    found = found_in(LETTER, "", changes)
    assert {line for line in found if "[" not in line} == wanted, found
