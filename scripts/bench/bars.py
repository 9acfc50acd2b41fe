# SPDX-License-Identifier: GPL-2.0
"""Draws ratios as bars, for the reports of benchmarks."""

import collections

# A bar: its name, its length, whether it is as short as it is to be, and another ratio that
# is shown by a dot (None: there is none).
Bar = collections.namedtuple("Bar", "name ratio good dot", defaults=(None,))

HIGH, WIDTH, LONGEST = 18, 400, 1.3


def _line(x, bottom, text):
    return (f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{HIGH}" y2="{bottom}" stroke="#444" '
            f'stroke-dasharray="4"/><text x="{x:.0f}" y="12" text-anchor="middle">{text}</text>')


def _bar(bar, left, y):
    end = left + WIDTH * min(bar.ratio, LONGEST)
    yield (f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{bar.name}</text>'
           f'<rect x="{left}" y="{y + 2}" width="{end - left:.0f}" height="{HIGH - 4}" '
           f'fill="{"#4a7" if bar.good else "#c84"}"/>'
           f'<text x="{end + 8:.0f}" y="{y + 12}">{bar.ratio:.2f}</text>')
    if bar.dot is not None:
        yield (f'<circle cx="{left + WIDTH * min(bar.dot, LONGEST):.0f}" cy="{y + HIGH // 2}" '
               f'r="4" fill="#235"/>')


def draw(bars, marks, path, left=290):
    """Writes an SVG: a bar below the other, and the marks, {ratio: text}, across them."""
    bottom = HIGH * (len(bars) + 1)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12" '
           f'width="{left + WIDTH + 180}" height="{bottom + HIGH}">',
           '<rect width="100%" height="100%" fill="white"/>']
    for i, bar in enumerate(bars):
        out += _bar(bar, left, HIGH * (i + 1))
    out += [_line(left + WIDTH * ratio, bottom, text) for ratio, text in marks.items()]
    with open(path, "w", encoding="ascii") as svg:
        svg.write("\n".join([*out, "</svg>", ""]))
