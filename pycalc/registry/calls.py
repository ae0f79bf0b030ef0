"""Calling a worksheet function from Python.

A call whose arguments are plain numbers within their bounds goes straight to the body; anything else (a blank, a
text, a date, a range, a keyword) takes the longer way through `evaluate`, which knows every rule of the worksheet
contract.
"""

from __future__ import annotations

from pycalc.errors import CalcError, WrongKindError
from pycalc.registry.definition import LARGEST, is_range
from pycalc.registry.single import INT, is_whole, single

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pycalc.registry.definition import Argument, Function

_NUMBER_TYPES = frozenset((int, float))
_NOTHING = frozenset[type]()


def evaluate(function: Function, args: tuple[Any, ...]) -> Any:
    """The result for any arguments: ranges spill, a single bad value raises its error."""
    _check_count(function, len(args))
    arguments = function.arguments
    if function.variadic:
        arguments = arguments + (arguments[-1],) * (len(args) - len(arguments))
    if any(argument.shape in ("row", "column") for argument in arguments) or any(
        argument.shape == "cell" and is_range(value) for argument, value in zip(arguments, args, strict=False)
    ):
        from pycalc.registry import arrays

        return arrays.evaluate(function, args)
    return single(function, arguments, args)


def _check_count(function: Function, count: int) -> None:
    most = 255 if function.variadic else len(function.arguments)
    if function.required <= count <= most:
        return
    missing = ", ".join(argument.name for argument in function.arguments[count : function.required])
    bounds = f"{most}" if function.required == most else f"{function.required} to {most}"
    raise WrongKindError(
        f"takes {bounds} arguments, {count} given",
        f"Add {missing}" if missing else "Leave out the last ones",
        function=function.name,
    )


def _positional(function: Function, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> tuple[Any, ...]:
    """Keywords put in their places; places left out hold None."""
    names = [argument.name for argument in function.arguments]
    values = list(args)
    unknown = [name for name in keywords if name not in names]
    if unknown:
        raise TypeError(f"{function.call.__name__}() has no argument {unknown[0]!r}; it takes {', '.join(names)}")
    twice = [name for name in names[: len(args)] if name in keywords]
    if twice:
        raise TypeError(f"{function.call.__name__}() got argument {twice[0]!r} twice")
    for argument in function.arguments[len(args) :]:
        if argument.name in keywords:
            values.append(keywords[argument.name])
        elif argument.required:
            raise TypeError(f"{function.call.__name__}() needs argument {argument.name!r}")
        else:
            values.append(None)
    while len(values) > function.required and values[-1] is None:
        values.pop()
    return tuple(values)


def plain_function(function: Function) -> Callable[..., Any]:
    body = function.body
    required = function.required
    count = len(function.arguments)
    checks = function.checks
    names = [argument.name for argument in function.arguments]
    ordered = tuple(names)
    defaults = tuple(argument.default for argument in function.arguments)
    # The one argument at most whose default is the value of another; `count` when there is none.
    follower = next((names.index(argument.name) for argument in function.arguments if argument.same_as), count)
    leader = names.index(function.arguments[follower].same_as or "") if follower < count else 0

    def call(*args: Any, **keywords: Any) -> Any:
        if keywords:
            given = len(args)
            if tuple(keywords) == ordered[given : given + len(keywords)] and given + len(keywords) >= required:
                args += tuple(keywords.values())  # written in order, nothing left out between
            else:
                args = _positional(function, args, keywords)
        if required <= len(args) <= count:
            for value, (types, low, high) in zip(args, checks):  # noqa: B905 - trailing arguments may be left out
                if (type(value) not in types or not low <= value <= high) and not is_whole(value, types, low, high):
                    break
            else:
                try:
                    if len(args) <= follower < count:
                        result = body(*args, *defaults[len(args) : follower], args[leader])
                    else:
                        result = body(*args)
                    if type(result) is float and -LARGEST <= result <= LARGEST:
                        return result
                except (CalcError, ArithmeticError, ValueError):
                    pass  # the longer way below names function and argument
        return evaluate(function, args)

    call.__name__ = body.__name__
    call.__qualname__ = body.__qualname__
    call.__module__ = body.__module__
    call.__wrapped__ = body  # type: ignore[attr-defined]
    return call


def fast_check(argument: Argument) -> tuple[frozenset[type], float, float]:
    if argument.kind not in ("number", "date") or argument.shape not in ("cell", "scalar"):
        return _NOTHING, 0.0, 0.0
    return (INT if argument.whole else _NUMBER_TYPES, argument.least, argument.most)
