"""One definition per worksheet function.

`worksheet_function` files a `Function` and returns a plain Python function of the same name.
"""

from __future__ import annotations

from pycalc.annotations import Any, Callable, Mapping, Sequence
from pycalc.constants import BY_NAME
from pycalc.errors import CODES
from pycalc.registry.calls import fast_check, plain_function
from pycalc.registry.definition import SHAPES, Argument, Function
from pycalc.registry.single import cell_result
from pycalc.registry.texts import docstring
from pycalc.registry.vocabulary import VOCABULARY, Quantity

FUNCTIONS: dict[str, Function] = {}
"""Every worksheet function by its name in capitals."""

ELEMENTWISE = "elementwise"
"""`array=ELEMENTWISE`: the body is plain arithmetic and takes NumPy arrays as it is."""

EACH_ONCE = "each once"
"""`many=EACH_ONCE`: the body looks something up; a column of a million cells names few different things."""

SECTIONS = (
    "Tokens",
    "Prices",
    "Running cost",
    "One-time and recurring cost",
    "Decision",
    "Investment",
    "Review and quality",
    "Uncertainty",
    "Capacity",
    "Evidence",
    "Checking",
)

LONGEST_SUMMARY = 255
"""Excel's function wizard cuts longer texts."""


def worksheet_function(
    *,
    summary: str,
    returns: str,
    formula: str = "",
    twin: str | None = None,
    no_twin: str = "",
    twin_limit: str = "",
    twin_tolerance: float = 1e-12,
    rules: tuple[tuple[str, str], ...] = (),
    zeros: tuple[str, ...] = (),
    array: Callable[..., Any] | str | None = None,
    many: Callable[[list[tuple[Any, ...]]], Sequence[Any]] | str | None = None,
    arguments: Mapping[str, Quantity] | None = None,
    shapes: Mapping[str, str] | None = None,
    same_as: Mapping[str, str] | None = None,
    references: tuple[str, ...] = (),
    examples: tuple[tuple[tuple[Any, ...], str], ...] = (),
    needs: tuple[str, ...] = (),
    spills: bool = False,
    variadic: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """File a function in the registry; a mistake in its definition fails here, at import.

    `formula` is the twin read out where that is plain arithmetic. `arguments` overrides the vocabulary, `shapes` the
    shape "cell", `same_as` names the argument whose value stands in where an optional one is left out. The other
    parameters are described at `Function`. The section is the SECTION of the module.
    """
    given = {field: value for field, value in locals().items() if field in Function.__annotations__}

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        function = Function()
        for field, value in given.items():
            setattr(function, field, value)
        function.name = body.__name__.upper()
        function.body = body
        function.section = body.__globals__.get("SECTION", "")
        function.description = "\n".join(map(str.strip, (body.__doc__ or "").strip().split("\n")))
        function.formula = formula or _read_out(twin or "")
        function.array = body if array == ELEMENTWISE else array  # type: ignore[assignment]
        function.many = _each_once(function) if many == EACH_ONCE else many  # type: ignore[assignment]
        function.arguments = _arguments(function.name, body, arguments or {}, shapes or {}, same_as or {})
        function.required = sum(argument.required for argument in function.arguments)
        check_definition(function)
        function.checks = tuple(fast_check(argument) for argument in function.arguments)
        function.call = plain_function(function)
        function.call.__doc__ = docstring(function)
        FUNCTIONS[function.name] = function
        return function.call

    return register


def _arguments(
    name: str,
    body: Callable[..., Any],
    overrides: Mapping[str, Quantity],
    shapes: Mapping[str, str],
    same_as: Mapping[str, str],
) -> tuple[Argument, ...]:
    code = body.__code__
    star = bool(code.co_flags & 4)  # a body with *args
    names = code.co_varnames[: code.co_argcount + star]
    defaults = body.__defaults__ or ()
    first_default = code.co_argcount - len(defaults)
    for known in (*overrides, *shapes, *same_as, *same_as.values()):
        if known not in names:
            raise ValueError(f"{name}: {known!r} is not one of its arguments ({', '.join(names)})")
    found = []
    for position, argument in enumerate(names):
        quantity = overrides.get(argument) or VOCABULARY.get(argument)
        if quantity is None:
            raise ValueError(f"{name}: argument {argument!r} stands in no vocabulary; add its label and unit")
        required = position < first_default
        default = None if required or position >= code.co_argcount else defaults[position - first_default]
        found.append(
            Argument(name, argument, quantity, required, default, same_as.get(argument), shapes.get(argument, "cell"))
        )
    return tuple(found)


def _read_out(twin: str) -> str:
    """A twin of plain arithmetic as people write a formula, with its constants as numbers; "" for any other."""
    if "IF(" in twin:
        return ""
    for sign in "*×", "//", "++", "-−":
        twin = twin.replace(sign[0], f" {sign[1]} ")
    for name, value in BY_NAME.items():
        twin = twin.replace(name, f"{value:,}")
    return twin


def check_definition(function: Function) -> None:
    """Refuse a definition that some host could not carry.

    What needs the formula text taken apart (unknown names in a twin, functions newer than Excel 2016) is
    checked by tests/pycalc/registry/twinrules.py, which the tests run over every function.
    """
    name = function.name
    problems = []
    if not function.summary or len(function.summary) > LONGEST_SUMMARY:
        problems.append(f"its summary has {len(function.summary)} characters, 1 to {LONGEST_SUMMARY} are allowed")
    if function.section not in SECTIONS:
        problems.append(f"its section {function.section!r} is none of {SECTIONS}")
    if not function.returns:
        problems.append("it does not say the unit of its result")
    if not function.formula:
        problems.append("it does not say its formula in words")
    if reads_as_cell(name):
        problems.append("its name reads as a cell address")
    if name in FUNCTIONS:
        problems.append("it is defined twice")
    if bool(function.twin) == bool(function.no_twin):
        problems.append("it needs a twin, or a reason why there is none, and not both")
    for argument in function.arguments:
        if not argument.unit or not argument.label or len(argument.label) > LONGEST_SUMMARY:
            problems.append(f"argument {argument.name} has no unit, no label or too long a one")
        if reads_as_cell(argument.name):
            problems.append(f"argument {argument.name} reads as a cell address")
        if argument.shape not in SHAPES:
            problems.append(f"argument {argument.name} has the unknown shape {argument.shape!r}")
    if not {*function.zeros} <= {argument.name for argument in function.arguments}:
        problems.append(f"not all of {function.zeros} are its arguments")
    for _, code in function.rules:
        if code not in CODES:
            problems.append(f"a rule gives {code!r}, which is no error value")
    if sum(bool(argument.same_as) for argument in function.arguments) > 1:
        problems.append("more than one argument takes its default from another")
    if problems:
        raise ValueError(f"{name}: " + "; ".join(problems))


def reads_as_cell(name: str) -> bool:
    """Whether Excel would read the name as a cell: up to three letters and digits (FT1), or R1C1 style."""
    upper = name.upper()
    letters = upper.rstrip("0123456789")
    digits = upper[len(letters) :]
    if letters.isalpha() and digits and (len(letters) < 3 or (len(letters) == 3 and letters <= "XFD")):
        return True
    row, separator, column = upper[1:].partition("C")
    return (
        upper[:1] == "R" and (row == "" or row.isdigit()) and (column == "" or column.isdigit()) and bool(separator)
    ) or upper in ("R", "C")


def _each_once(function: Function) -> Callable[[list[tuple[Any, ...]]], list[Any]]:
    """A bulk form that runs the body once for each different row of arguments."""

    def many(rows: list[tuple[Any, ...]]) -> list[Any]:
        known = {row: cell_result(function, row) for row in dict.fromkeys(rows)}
        return [known[row] for row in rows]

    return many
