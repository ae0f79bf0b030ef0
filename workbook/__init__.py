"""The workbook: one function an operation, each under the name of its command.

``import workbook`` loads nothing else; a function's module is loaded when the function is first asked for. None of
them touches the file it reads: what they write is a copy. What a person can mend raises `WorkbookError`. Types stand
in `__init__.pyi`.
"""

from importlib import import_module

_DOOR = {
    "BadWorkbook": ("workbook.errors", "BadWorkbook"),
    "Scenario": ("workbook.tasks.scenario", "Scenario"),
    "WorkbookError": ("workbook.errors", "WorkbookError"),
    "actuals": ("workbook.tasks.actuals", "write_actuals"),
    "check": ("workbook.tasks.check", "check"),
    "diff": ("workbook.tasks.diff", "diff"),
    "evaluate": ("workbook.tasks.evaluate", "write_counts"),
    "handover": ("workbook.tasks.handover", "handover"),
    "inputs": ("workbook.tasks.scenario", "inputs"),
    "new": ("workbook.template.build", "build"),
    "portfolio": ("workbook.tasks.portfolio", "portfolio"),
    "question": ("workbook.tasks.risk", "question"),
    "recalc": ("workbook.tasks.recalc", "recalc"),
    "refresh": ("workbook.tasks.refresh", "refresh"),
    "remove_scenario": ("workbook.tasks.scenario", "remove_scenario"),
    "report": ("workbook.tasks.report", "report"),
    "risk": ("workbook.tasks.risk", "risk"),
    "scenario": ("workbook.tasks.scenario", "add_scenarios"),
    "scenarios": ("workbook.tasks.scenario", "scenarios"),
    "values": ("workbook.file.named", "values"),
}
__all__ = list(_DOOR)


def __getattr__(name: str) -> object:
    if name not in _DOOR:
        raise AttributeError(f"module 'workbook' has no attribute {name!r}; it has {', '.join(sorted(_DOOR))}")
    module, attribute = _DOOR[name]
    found = globals()[name] = getattr(import_module(module), attribute)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_DOOR})
