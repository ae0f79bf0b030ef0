"""The memo as plain text and as Markdown: charts as bars of characters."""

from __future__ import annotations

import textwrap

from workbook.tasks.report.memo import Bars, Block, Bullets, Drawing, Memo, Section, Table, Tornado

WIDTH = 100
_BAR = 40
_MOST = 44
"""Widest column of a text table; longer cells are folded."""


def as_text(memo: Memo) -> str:
    """Plain text, at most 100 columns wide but for tables of many columns."""
    lines = [memo.title, "=" * min(len(memo.title), WIDTH)]
    lines += [f"!! {memo.alarm}"] if memo.alarm else []
    lines += textwrap.wrap(memo.about, WIDTH)
    lines += ["", *(f"{name + ':':19} {value}" for name, value in memo.facts), ""]
    lines += textwrap.wrap(f"Question: {memo.question}", WIDTH)
    lines += ["", *textwrap.wrap(f"Answer: {memo.answer}", WIDTH), ""]
    lines += [f"  {name}: {value}" for name, value in memo.figures]
    for heading, sections in (("", memo.board), ("DETAILS", memo.details)):
        if heading and sections:
            lines += ["", heading, "-" * len(heading)]
        for section in sections:
            lines += ["", section.title.upper() if not heading else section.title]
            if heading:
                lines.append("-" * len(section.title))
            for block in section.blocks:
                lines += _text_block(block)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def _text_block(block: Block) -> list[str]:
    if isinstance(block, str):
        return textwrap.wrap(block, WIDTH)
    if isinstance(block, Bullets):
        return [
            line
            for text in block.lines
            for line in textwrap.wrap(text, WIDTH, initial_indent="* ", subsequent_indent="  ")
        ]
    if isinstance(block, Table):
        return ["", *([block.title] if block.title else []), *_text_table(block), *textwrap.wrap(block.note, WIDTH)]
    return ["", block.title, *_drawn(block)]


def _text_table(table: Table) -> list[str]:
    rows = [table.columns, *([cell.text for cell in row] for row in table.rows)]
    numeric = table.numeric
    widths = [min(_MOST, max(len(row[at]) for row in rows)) for at in range(len(table.columns))]
    lines = []
    for number, row in enumerate(rows):
        folded = [textwrap.wrap(text, widths[at]) or [""] for at, text in enumerate(row)]
        for line in range(max(map(len, folded))):
            parts = []
            for at, cell in enumerate(folded):
                text = cell[line] if line < len(cell) else ""
                parts.append(text.rjust(widths[at]) if numeric[at] else text.ljust(widths[at]))
            mark = "> " if number - 1 in table.marked and line == 0 else "  "
            lines.append((mark if table.marked else "") + "  ".join(parts))
        if number == 0:
            lines.append(("  " if table.marked else "") + "  ".join("-" * width for width in widths))
    return lines


def _drawn(chart: Drawing) -> list[str]:
    """A chart in characters."""
    if isinstance(chart, Bars):
        return _bars([(name, value, f"{value:,.2f}") for name, value in chart.bars])
    if isinstance(chart, Tornado):
        width = max(len(name) for name, _, _ in chart.drivers)
        return [f"{name:{width}}  {low:>14,.2f} .. {high:>14,.2f}" for name, low, high in chart.drivers]
    lines = []
    for month in (12, 24, 36):
        for name, series in chart.series:
            value = series[month] if month < len(series) else None
            if value is not None:
                lines.append((f"month {month}, {name}", value, f"{value:,.0f}"))
    return _bars(lines)


def _bars(bars: list[tuple[str, float, str]]) -> list[str]:
    most = max([value for _, value, _ in bars] + [0.0]) or 1.0
    width = max(len(name) for name, _, _ in bars)
    return [f"{name:{width}}  {'#' * max(1, round(_BAR * value / most))} {said}" for name, value, said in bars]


def as_markdown(memo: Memo) -> str:
    """Markdown with pipe tables."""
    lines = [f"# {_plain(memo.title)}", "", _plain(memo.about), ""]
    lines += [f"**{_plain(memo.alarm)}**", ""] if memo.alarm else []
    lines += [f"- **{_plain(name)}:** {_plain(value)}" for name, value in memo.facts]
    lines += ["", f"**Question.** {_plain(memo.question)}", "", f"**Answer. {_plain(memo.answer)}**", ""]
    lines += [f"- {_plain(name)}: {_plain(value)}" for name, value in memo.figures]
    for section in memo.board:
        lines += _markdown_section(section, "##")
    if memo.details:
        lines += ["", "---", "", "## Details"]
        for section in memo.details:
            lines += _markdown_section(section, "###")
    return "\n".join(lines).rstrip() + "\n"


def _markdown_section(section: Section, mark: str) -> list[str]:
    lines = ["", f"{mark} {_plain(section.title)}"]
    for block in section.blocks:
        lines.append("")
        if isinstance(block, str):
            lines.append(_plain(block))
        elif isinstance(block, Bullets):
            lines += [f"- {_plain(text)}" for text in block.lines]
        elif isinstance(block, Table):
            lines += _markdown_table(block)
        else:
            lines += [f"**{_plain(block.title)}**", "", "```text", *_drawn(block), "```"]
    return lines


def _markdown_table(table: Table) -> list[str]:
    numeric = table.numeric
    lines = [f"**{_plain(table.title)}**", ""] if table.title else []
    lines.append("| " + " | ".join(_plain(title) or " " for title in table.columns) + " |")
    lines.append("| " + " | ".join("---:" if number else "---" for number in numeric) + " |")
    for index, row in enumerate(table.rows):
        cells = [_plain(cell.text) for cell in row]
        if index in table.marked:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", _plain(table.note)] if table.note else lines


def _plain(text: str) -> str:
    """Text that Markdown takes for nothing else."""
    text = " ".join(text.split()).replace("\\", "\\\\").replace("<", "&lt;")
    for sign in "|*_`[]":
        text = text.replace(sign, "\\" + sign)
    return text
