"""Lines over time as SVG, drawn without a library."""

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 30, 40
COLOURS = ["#1f6feb", "#1a7f37", "#cf222e"]

Lines = dict[str, list[float]]


def svg(title: str, lines: Lines, unit: str) -> str:
    highest = max(max(values) for values in lines.values()) or 1
    length = len(next(iter(lines.values())))
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(second: float) -> float:
        return LEFT + width * second / (length - 1)

    def y(value: float) -> float:
        return TOP + height * (1 - value / highest)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18" font-weight="bold">{title}</text>',
    ]
    for step in range(5):
        value = highest * step / 4
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
            'stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,.0f}</text>'
        )
        second = (length - 1) * step / 4
        parts.append(
            f'<text x="{x(second):.1f}" y="{HEIGHT - 22}" text-anchor="middle">'
            f"{second / 60:.1f} min</text>"
        )
    for place, (name, values) in enumerate(lines.items()):
        points = " ".join(f"{x(second):.1f},{y(value):.1f}" for second, value in enumerate(values))
        colour = COLOURS[place]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(
            f'<text x="{LEFT + 190 * place}" y="{HEIGHT - 6}" fill="{colour}">{name}, {unit}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])
