"""The check functions of the suite and what their marks say: about which requirements, how, and with what."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import conformance.suite
from conformance.suite.run import DEFAULT_EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class CheckFunction:
    """One function of the suite and what its marks say of one set of requirements; `lasts` in seconds.

    It sends about `sends` requests each time, and `shares` as many as others that ask the same `operations`. Asked once
    for `each` operation that fits, it names none.
    """

    name: str
    where: str
    question: str
    requirements: tuple[str, ...]
    needs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    each: bool = False
    sends: int = 1
    shares: int = 0
    lasts: float = 0.0

    @property
    def clause(self) -> str:
        """The check's name as words."""
        return self.name.removeprefix("test_").replace("_", " ")


def check_functions() -> tuple[CheckFunction, ...]:
    """Every check function of the suite, in the order of its files and lines; once for each set of requirements."""
    names = sorted(module.name for module in pkgutil.iter_modules(conformance.suite.__path__))
    modules = [importlib.import_module(f"conformance.suite.{name}") for name in names if name.startswith("test_")]
    functions = [function for module in modules for function in _tests_of(module)]
    return tuple(check for function in functions for check in _checks_of(function) if check.requirements)


def _tests_of(module: Any) -> Iterator[Any]:
    for name, value in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(value):
            yield value


def _checks_of(function: Any) -> Iterator[CheckFunction]:
    """A check function with its own marks, or once with those of each of its parameters that bring marks."""
    own = getattr(function, "pytestmark", ())
    variants = [
        value.marks for mark in own if mark.name == "parametrize" for value in mark.args[1] if _has_marks(value)
    ]
    by_requirements: dict[tuple[str, ...], CheckFunction] = {}
    for marks in variants or [()]:
        check = _check_function(function, {mark.name: mark for mark in [*own, *_plain(marks)]})
        known = by_requirements.get(check.requirements, check)
        asked = tuple(dict.fromkeys((*known.operations, *check.operations)))
        by_requirements[check.requirements] = replace(known, operations=asked)
    yield from by_requirements.values()


def _has_marks(value: Any) -> bool:
    return bool(getattr(value, "marks", ()))


def _plain(marks: Iterable[Any]) -> Iterator[Any]:
    """The marks themselves, also of decorators that make them."""
    return (getattr(mark, "mark", mark) for mark in marks)


def _check_function(function: Any, marks: Mapping[str, Any]) -> CheckFunction:
    requirement, scenario = marks.get("requirement"), marks.get("scenario")
    code = scenario.args[0].__code__ if scenario else function.__code__
    sends = requirement.kwargs.get("sends", 1) if requirement else 1
    return CheckFunction(
        name=function.__name__,
        where=f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}",
        question=inspect.cleandoc(function.__doc__ or ""),
        requirements=requirement.args if requirement else (),
        needs=marks["needs"].args if "needs" in marks else (),
        kinds=tuple(map(str, marks["cells"].args)) if "cells" in marks else (),
        operations=marks["asks"].args if "asks" in marks else (),
        each="each" in marks,
        sends=sends(DEFAULT_EXAMPLES) if callable(sends) else sends,
        shares=requirement.kwargs.get("shares", 0) if requirement else 0,
        lasts=scenario.kwargs["lasts"] if scenario else 0.0,
    )
