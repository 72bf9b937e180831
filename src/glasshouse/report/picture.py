"""Pictures: an Altair chart drawn once as SVG, framed by what it shows, its unit, its stamp and its numbers as a table.

Pictures are drawn, not interactive: Vega evaluates its expressions as code, which a strict content policy forbids, and
its scripts alone would be as large as the whole page. A drawn chart needs no script and prints as it stands.
Its colours are names of the page's style sheet, so that the same picture serves light and dark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from glasshouse.errors import UsageError
from glasshouse.report.markup import Markup, Row, fold, paragraph, table, tag

if TYPE_CHECKING:
    from glasshouse.report.account import Account

WIDTH: Final = 300
"""Width of the field of a chart; with its axes it fits a phone without shrinking letters much."""
INK: Final = "#1d2733"
SOFT: Final = "#5b6673"
LINE: Final = "#d5dae0"
COLOURS: Final = ("#1f6fa8", "#c2571a", "#3b7f4f", "#8a4fa3", "#a8842c", "#b03a5b", "#4a8f95", "#6b6b6b")
"""Colours of sorts, in the order in which they are given out."""
STEPS: Final = ("#dce9f2", "#b3d0e4", "#7fb0d0", "#3a78a5", "#1c5f8f")
"""Colours of more and more."""
NOTHING: Final = "#f1f1ef"
"""A tile of which nothing is known."""
GROUND_COLOURS: Final = dict(zip(("own", "tier", "spread", "mistaken", "unfounded"), COLOURS, strict=False))
CLASSES: Final = {
    **{colour: f"c{number}" for number, colour in enumerate(COLOURS)},
    **{colour: f"s{number}" for number, colour in enumerate(STEPS)},
    "#1d2734": "shallow", "#fdfdfc": "deep", INK: "ink", SOFT: "soft", LINE: "line", NOTHING: "none",
}  # fmt: skip
"""The class of the style sheet that stands for each colour."""
_PAINT: Final = re.compile(r"<(\w+)([^>]*?)(/?)>")
_DROPPED: Final = re.compile(
    r' (?:xmlns(?::\w+)?|version|role|aria-[\w-]+|class|style|pointer-events|stroke-miterlimit)="[^"]*"'
)
_EMPTY: Final = re.compile(r'<path[^>]*\bd=""[^>]*/>|<path[^>]*d="M0,0h0v0h0Z"[^>]*/>')
_WIDE: Final = re.compile(r'width="([\d.]+)" height="[\d.]+"')
LARGER: Final = 1.25
"""How much larger than drawn a picture stands where there is room; on a phone it shrinks to the screen."""
_HOLLOW: Final = re.compile(r"<g[^>]*></g>|<g[^>]*/>")


def altair() -> Any:
    """Altair. Raises UsageError where charts cannot be drawn here."""
    try:
        import altair as found
        import vl_convert  # noqa: F401
    except ImportError as failure:
        raise UsageError(
            f"a report needs {failure.name or 'its charts'}, which is not here: install `glasshouse[charts]`"
        ) from failure
    return found


def rows_of(rows: Iterable[dict[str, Any]]) -> Any:
    """Rows as what a chart is drawn from."""
    return altair().InlineData(values=list(rows))


def drawn(chart: Any, stamp: str) -> Markup:
    """A chart as SVG of this page: without colours, names or roles of its own, and with the stamp in the picture."""
    import vl_convert

    config = {
        "font": "sans-serif", "background": None, "padding": {"left": 14, "right": 12, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "axis": {"labelColor": SOFT, "titleColor": INK, "gridColor": LINE, "domainColor": SOFT, "tickColor": SOFT,
                 "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 150,
                 "labelOverlap": "greedy", "labelSeparation": 6},
        "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 11, "titleFontSize": 11, "orient": "top",
                   "titleFontWeight": "normal", "columns": 2, "columnPadding": 28, "labelLimit": 170,
                   "symbolType": "square", "symbolStrokeWidth": 2},
        "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 11, "labelFontWeight": "bold"},
        "text": {"color": INK, "fontSize": 11}, "rule": {"color": INK}, "point": {"color": COLOURS[0]},
        "bar": {"color": COLOURS[0]}, "line": {"color": COLOURS[0], "strokeWidth": 2},
        "title": {"orient": "bottom", "anchor": "start", "fontSize": 10, "fontWeight": "normal", "color": SOFT,
                  "offset": 8},
    }  # fmt: skip
    spec = chart.properties(title=stamp.split(" · ", 1)).to_dict()
    spec["config"] = config
    return Markup(painted(str(vl_convert.vegalite_to_svg(spec))))


def painted(svg: str) -> str:
    """An SVG whose colours are classes of the style sheet, hidden from readers of the screen: its frame speaks."""
    svg = _WIDE.sub(lambda found: f'width="{float(found[1]) * LARGER:.0f}"', _EMPTY.sub("", svg), count=1)
    svg = _PAINT.sub(_classed, svg)
    while (less := _HOLLOW.sub("", svg)) != svg:
        svg = less
    return svg


def _classed(match: re.Match[str]) -> str:
    name, attributes, end = match.groups()
    attributes = _DROPPED.sub("", attributes)
    classes = []
    for paint in ("fill", "stroke"):
        found = re.search(rf' {paint}="(#[0-9a-fA-F]{{6}})"', attributes)
        if found and found[1].lower() in CLASSES:
            classes.append(f"{paint[0]}-{CLASSES[found[1].lower()]}")
            attributes = attributes.replace(found[0], "")
    told = f' class="{" ".join(classes)}"' if classes else ""
    return f"<{name}{attributes}{told}{end}>"


def figures(*made: Markup | None) -> Markup:
    """Pictures side by side where there is room."""
    return tag("div", *made, class_="figures")


def figure(
    account: Account, name: str, title: str, unit: str, chart: Any, heads: Sequence[str], rows: Sequence[Row],
    *, said: str = "", remarks: Iterable[str] = (),
) -> Markup:  # fmt: skip
    """A chart in its frame. ``title`` says what is seen, ``unit`` what is counted, ``said`` the picture in words."""
    svg = drawn(chart, account.stamp)
    spoken = f"Chart: {title} {unit} {said} {account.stamp}. Its numbers stand in the table after it."
    opened, rest = str(svg).split(">", 1)
    opened += ' role="img" aria-label="' + re.sub(r'[<>&"]', " ", re.sub(r"\s+", " ", spoken)) + '"'
    return tag(
        "figure",
        tag("figcaption", tag("h3", title, id=f"{name}-figure"), paragraph(unit, class_="unit")),
        tag("div", Markup(f"{opened}>{rest}"), class_="picture"),
        [paragraph(remark, class_="remark") for remark in remarks],
        fold("The numbers of this picture as a table", table(f"{title} {account.stamp}", heads, rows)),
        aria_labelledby=f"{name}-figure",
    )  # fmt: skip
