"""The audit of a training file: read it, and say what the counts mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from pycalc.dataset import cost, histogram, quality, vendors
from pycalc.dataset.cost import Plan
from pycalc.dataset.findings import ERROR, GUIDE_CODES, NOTE, WARNING, remedy
from pycalc.dataset.reader import BadInputError, OverlongLine, Source, batches, open_source
from pycalc.dataset.reading import read
from pycalc.dataset.summary import Occurrences, Options, Summary
from pycalc.errors import CalcError
from pycalc.functions.decision import ft_suitability
from pycalc.models.families import resolve

Progress = Callable[[int], None]
"""Told how many more bytes have been read."""

USUAL_MINIMUM = 500
"""The upper end of "typically 50-500 minimum depending on task complexity" (AISApedia, "Fine-Tuning Workflows")."""

_SEVERITIES = (ERROR, WARNING, NOTE)


def audit(
    path: str,
    plan: Plan,
    *,
    vendor: str = "",
    held_out: str | None = None,
    label: str = "",
    edge: Sequence[str] = (),
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Everything the audit knows of a training file, as plain data.

    Raises
    ------
    BadInputError
        Where there is nothing to audit: no such file, a directory, an empty file, an unknown model.
    """
    encodings = {model: _vocabulary(model) for model in plan.models}
    options = Options(tuple(dict.fromkeys(encodings.values())), label, vendor=vendor)
    if held_out is not None:
        other_source, other = summarise(held_out, options, workers, scheduler, progress)
        options = replace(options, held_out=other.to_look_for())
    source, summary = summarise(path, options, workers, scheduler, progress)
    result: dict[str, Any] = {
        "file": path,
        "bytes": summary.bytes,
        "encoding": source.encoding,
        "vendor": vendors.vendor(vendor).title if vendor else "",
        "rules": vendors.vendor(vendor).source,
        "lines": summary.lines,
        "examples": summary.examples,
        "formats": {format: count for format, (count, _) in summary.kinds.items()},
        "examples_with_errors": summary.faulty,
        "findings": _findings(summary),
        "guide_errors": _guide_errors(summary),
        "missing_system": summary.without_system,
        "missing_user": summary.without_user,
    }
    if summary.examples:
        result |= _of_the_examples(summary, encodings, edge, plan)
    if held_out is not None:
        result["held_out"] = {
            "file": held_out,
            "encoding": other_source.encoding,
            "lines": other.lines,
            "examples": other.examples,
            "findings": _findings(other),
            "leakage": quality.leakage(summary, other),
        }
    return result


def _of_the_examples(summary: Summary, encodings: dict[str, str], edge: Sequence[str], plan: Plan) -> dict[str, Any]:
    """What can be said of a file that has examples: length, cost, quality and the gate."""
    tokens = summary.tokens[summary.options.encodings[0]].total
    return {
        "messages": histogram.describe(summary.messages),
        "models": [
            {"encoding": encoding, **cost.train(summary, model, summary.tokens[encoding], plan)}
            for model, encoding in encodings.items()
        ],
        "quality": _quality(summary, edge),
        "gate": _gate(summary, plan),
        "histogram": [{"from": low, "to": high, "examples": count} for low, high, count in histogram.bins(tokens, 12)],
    }


def summarise(
    path: str,
    options: Options,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> tuple[Source, Summary]:
    """Read a file here, or on a cluster where workers or a scheduler are named."""
    source, stream = open_source(path)
    with stream:
        if workers is not None or scheduler is not None:
            from pycalc.dataset.parts import summarise as on_cluster

            summary = on_cluster(source, options, workers=workers, scheduler=scheduler, progress=progress)
        else:
            summary = _here(source, stream, options, progress)
    _about_the_file(source, summary)
    return source, summary


def _here(source: Source, stream: BinaryIO, options: Options, progress: Progress | None) -> Summary:
    summary = Summary(options)

    def followed() -> Iterator[list[bytes | OverlongLine]]:
        for lines in batches(source, stream):
            before = summary.bytes
            yield lines
            if progress:
                progress(summary.bytes - before)

    return read(summary, followed()).settle()


def _about_the_file(source: Source, summary: Summary) -> None:
    """Findings on the file as a whole: its encoding, its byte-order mark, formats mixed in it."""
    marks = vendors.vendor(summary.options.vendor).byte_order_mark
    if source.encoding != "utf-8":
        _file_finding(
            summary, "encoding", ERROR, 1, f"the file is {source.encoding.upper()}, counted as if it were UTF-8"
        )
    elif source.mark and marks != "wanted":
        severity = WARNING if marks else NOTE
        _file_finding(summary, "byte_order_mark", severity, 1, "the file begins with a UTF-8 byte-order mark")
    elif marks == "wanted" and not source.mark:
        _file_finding(summary, "byte_order_mark", WARNING, 1, "the file has no byte-order mark")
    largest = vendors.vendor(summary.options.vendor).largest
    if largest and summary.bytes > largest << 20:
        size = f"the file has {summary.bytes / (1 << 20):,.0f} MB, an upload takes {largest:,}"
        _file_finding(summary, "file_size", WARNING, 1, size)
    if len(summary.kinds) > 1:
        first, second = sorted((line, format) for format, (_, line) in summary.kinds.items())[:2]
        _file_finding(summary, "mixed_formats", WARNING, second[0], f"{second[1]} behind {first[1]}")


def _file_finding(summary: Summary, code: str, severity: str, line: int, detail: str) -> None:
    finding = summary.findings.setdefault((code, severity), Occurrences())
    finding.count += 1
    finding.places.insert(0, (line, detail))


def has_errors(result: dict[str, Any]) -> bool:
    """Whether the data has a finding of severity error, in either file."""
    found = result["findings"] + result.get("held_out", {}).get("findings", [])
    return any(finding["severity"] == ERROR for finding in found)


def _vocabulary(model: str) -> str:
    try:
        return resolve(model)
    except CalcError as error:
        raise BadInputError(f"--model {error.rule}. {error.remedy}") from None


def _findings(summary: Summary) -> list[dict[str, Any]]:
    vendor = vendors.vendor(summary.options.vendor)
    found = sorted(summary.findings.items(), key=lambda item: (_SEVERITIES.index(item[0][1]), item[1].places[0][0]))
    return [
        {
            "code": code,
            "severity": severity,
            "in_guide": code in GUIDE_CODES,
            "count": finding.count,
            "places": [{"line": line, "detail": detail} for line, detail in finding.places],
            "remedy": remedy(code, severity, vendor, summary.options.vendor),
        }
        for (code, severity), finding in found
    ]


def _guide_errors(summary: Summary) -> dict[str, int]:
    """The counts the guide's own code prints, whatever we think of each."""
    totals = dict.fromkeys(GUIDE_CODES, 0)
    for (code, _severity), finding in summary.findings.items():
        if code in totals:
            totals[code] += finding.count
    return {code: count for code, count in totals.items() if count}


def _quality(summary: Summary, edge: Sequence[str]) -> dict[str, Any]:
    tokens = next(iter(summary.tokens.values()))
    result = {
        "duplicates": quality.repeats(summary.same_examples),
        "contradictions": quality.contradictions(summary.prompts),
        "same_answers": quality.repeats(summary.answers),
        "near_answers": quality.look_alikes(summary.answers),
        "lengths": quality.lengths(tokens.answer),
    }
    if summary.options.label:
        result["labels"] = quality.labels(summary, edge)
    return result


def _gate(summary: Summary, plan: Plan) -> dict[str, Any]:
    """Whether there is enough to train on: different examples without errors."""
    usable = quality.usable(summary.same_examples)
    vendor = vendors.vendor(summary.options.vendor)
    verdict = ft_suitability(use_case=plan.use_case, examples=usable, facts_change=plan.facts_change)
    if usable < vendor.fewest:
        remark = f"{vendor.title} refuses fewer than {vendor.fewest} examples"
    elif vendor.most and summary.examples > vendor.most:
        remark = f"{vendor.title} refuses more than {vendor.most:,} examples"
    elif usable < USUAL_MINIMUM:
        remark = f"within the usual minimum of 50 to {USUAL_MINIMUM}, by task: enough for a simple one at most"
        if verdict.startswith("STOP: too few"):
            remark = "fewer than 50 teach a model little"
    else:
        remark = f"{USUAL_MINIMUM} and more: enough for most tasks, if the examples are good"
    return {"examples": usable, "use_case": plan.use_case, "verdict": verdict, "remark": remark}
