"""What `import workbook` gives, for type checkers and editors; the names of `_DOOR` in `__init__.py`."""

from workbook.errors import BadWorkbook, WorkbookError
from workbook.file.named import values
from workbook.tasks.actuals import write_actuals as actuals
from workbook.tasks.check import check
from workbook.tasks.diff import diff
from workbook.tasks.evaluate import write_counts as evaluate
from workbook.tasks.handover import handover
from workbook.tasks.portfolio import portfolio
from workbook.tasks.recalc import recalc
from workbook.tasks.refresh import refresh
from workbook.tasks.report import report
from workbook.tasks.risk import question, risk
from workbook.tasks.scenario import Scenario, inputs, remove_scenario, scenarios
from workbook.tasks.scenario import add_scenarios as scenario
from workbook.template.build import build as new

__all__ = [
    "BadWorkbook",
    "Scenario",
    "WorkbookError",
    "actuals",
    "check",
    "diff",
    "evaluate",
    "handover",
    "inputs",
    "new",
    "portfolio",
    "question",
    "recalc",
    "refresh",
    "remove_scenario",
    "report",
    "risk",
    "scenario",
    "scenarios",
    "values",
]
