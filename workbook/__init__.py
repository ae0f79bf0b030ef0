"""The workbook: one function an operation, each under the name of its command.

``import workbook`` loads nothing else; a function's module is loaded when the function is first asked for. None of
them touches the file it reads: what they write is a copy. What a person can mend raises `WorkbookError`.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from workbook.errors import BadWorkbook as BadWorkbook
    from workbook.errors import WorkbookError as WorkbookError
    from workbook.file.named import values as values
    from workbook.tasks.actuals import write_actuals as actuals  # noqa: F401 - for type checkers
    from workbook.tasks.check import check as check
    from workbook.tasks.diff import diff as diff
    from workbook.tasks.evaluate import write_counts as evaluate  # noqa: F401 - for type checkers
    from workbook.tasks.handover import handover as handover
    from workbook.tasks.portfolio import portfolio as portfolio
    from workbook.tasks.recalc import recalc as recalc
    from workbook.tasks.refresh import refresh as refresh
    from workbook.tasks.report import report as report
    from workbook.tasks.risk import question as question
    from workbook.tasks.risk import risk as risk
    from workbook.tasks.scenario import Scenario as Scenario
    from workbook.tasks.scenario import add_scenarios as scenario  # noqa: F401 - for type checkers
    from workbook.tasks.scenario import inputs as inputs
    from workbook.tasks.scenario import remove_scenario as remove_scenario
    from workbook.tasks.scenario import scenarios as scenarios
    from workbook.template.build import build as new  # noqa: F401 - for type checkers

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
