"""A summary as plain data, to compare two of them."""

from __future__ import annotations

SKETCHES = ("same_examples", "prompts", "answers", "questions")


def state(summary):
    summary.settle()
    plain = {
        name: getattr(summary, name)
        for name in ("lines", "bytes", "examples", "faulty", "without_system", "without_user", "messages", "kinds")
    }
    plain["findings"] = {key: (each.count, each.places) for key, each in summary.findings.items()}
    plain["tokens"] = {
        name: (each.total, each.answer, each.system, each.rejected, each.longest)
        for name, each in summary.tokens.items()
    }
    plain["leaks"] = summary.leaks
    plain["labels"] = (summary.labels, summary.labels_complete)
    for name in SKETCHES:
        sketch = getattr(summary, name)
        columns = {column: values.tolist() for column, values in sketch.rows.items()} if sketch.total else {}
        plain[name] = (sketch.hash.tolist(), columns, sketch.complete)
    return plain
