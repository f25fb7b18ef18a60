"""A line chart as a small SVG: what a table of numbers does not show, how something went over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 48, 44
COLOURS = ("#0b6e4f", "#c1440e", "#2a5caa", "#8a5a00")  # told apart by the colour-blind too, on white
DASHES = ("", "6 4", "2 3", "10 3 2 3")
STEPS = 8  # at most, on an axis


@dataclass(frozen=True, slots=True)
class Chart:
    """What it shows, in words: the title, what it says to somebody who does not see it, and both axes."""

    title: str
    description: str
    x: str
    y: str


Points = Sequence[tuple[float, float]]


def svg(chart: Chart, lines: Mapping[str, Points]) -> str:
    """The lines by name, each from left to right."""
    far = max(x for points in lines.values() for x, _ in points)
    high = max(y for points in lines.values() for _, y in points)
    parts = [*_head(chart), *_grid(far, high), *_axes(chart)]
    for number, points in enumerate(lines.values()):
        path = "L".join("{:.1f} {:.1f}".format(*_place(x / far, y / high)) for x, y in points)
        parts.append(f'<path d="M{path}" fill="none" {_stroke(number)}/>')
    for number, name in enumerate(lines):
        parts += _key(number, name)
    return "\n".join([*parts, "</svg>\n"])


def _place(x: float, y: float) -> tuple[float, float]:
    """Where a share of the width and of the height is."""
    return LEFT + x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM)


def _head(chart: Chart) -> list[str]:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc"',
        '  font-family="system-ui, sans-serif" font-size="13">',
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="desc">{escape(chart.description)}</desc>',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]


def _grid(far: float, high: float) -> list[str]:
    parts = []
    for value in _round(high):
        _, y = _place(0, value / high)
        parts += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>',
        ]
    for value in _round(far):
        x, _ = _place(value / far, 0)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:,}</text>')
    return parts


def _round(most: float) -> range:
    """The round numbers from 0 on that an axis shows, a handful."""
    step = next(ten * one for ten in (1, 10, 100, 1_000, 10_000) for one in (1, 2, 5) if most / ten / one <= STEPS)
    return range(0, int(most) + 1, step)


def _axes(chart: Chart) -> list[str]:
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [
        f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(chart.x)}</text>',
        f'<text x="8" y="{TOP - 28}">{escape(chart.y)}</text>',
    ]


def _stroke(number: int) -> str:
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{colour}" stroke-width="2"{dashed}'


def _key(number: int, name: str) -> list[str]:
    """The name of a line beside a piece of it, where lines that rise leave room."""
    x, y = WIDTH - RIGHT - 290, HEIGHT - BOTTOM - 74 + 18 * number
    return [
        f'<rect x="{x - 8}" y="{y - 13}" width="298" height="18" fill="#fff" fill-opacity="0.85"/>',
        f'<path d="M{x} {y - 4}h30" {_stroke(number)}/>',
        f'<text x="{x + 38}" y="{y}">{escape(name)}</text>',
    ]
