"""Write docs/inputs.md, the page on every input, from the template's own tables."""

from __future__ import annotations

from pathlib import Path

from workbook.template.inputs import GROUPS, OPTION_LABELS, ROWS, Input, OptionRow, option_input

PAGE = Path(__file__).parent.parent / "docs" / "inputs.md"


def _note(item: Input | OptionRow) -> str:
    bounds = "" if item.unit == "date" else item.quantity.bounds()
    return " ".join(filter(None, (item.help, bounds and f"{bounds[0].upper()}{bounds[1:]}.")))


def page() -> str:
    """The page as Markdown."""
    lines = [
        "# Every input",
        "",
        "Made by `tools/inputs_page.py` from the template. `--set`, scenarios and `risk --vary` take the names.",
        "",
        "## On the sheet Inputs: common to all options",
    ]
    for title, items in GROUPS:
        lines += ["", f"### {title}", "", "| name | what | unit | note |", "|---|---|---|---|"]
        for item in items:
            lines.append(f"| `{item.name}` | {item.label} | {item.unit} | {_note(item)} |")
    lines += [
        "",
        "## On the sheet Options: one column an option",
        "",
        "The columns are " + ", ".join(f"{number} {label}" for number, label in enumerate(OPTION_LABELS, 1)) + ".",
        "Any cell is OPTION.ROW, such as `7.hourly_price`; some have a name of their own, which works as well.",
        "An empty cell takes the value of the option it is based on, then the common one on Inputs.",
    ]
    for title, rows in ROWS:
        lines += ["", f"### {title}", "", "| row | what | unit | names | note |", "|---|---|---|---|---|"]
        for row in rows:
            names = ", ".join(f"{number}: `{option_input(number, row.key)}`" for number in row.names)
            lines.append(f"| `{row.key}` | {row.label} | {row.unit or 'text'} | {names} | {_note(row)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
