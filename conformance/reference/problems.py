"""The failures that the API knows: the uniform error of the page "Errors", as values and as exceptions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Details = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is not answered as asked; `error` is the machine code that goes with `status`."""

    status: int
    error: str
    message: str
    details: Details | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, headers: Mapping[str, str]) -> Problem:
        """Add response headers."""
        return replace(self, headers=(*self.headers, *headers.items()))


class ApiError(Exception):
    """A request ends with a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.status} {problem.error}: {problem.message}")


class ConnectionDropped(BaseException):
    """A request ends with no answer at all: the connection is cut. No Exception, for those are answered with 500."""


def bad_request(message: str) -> ApiError:
    """Report malformed or missing data."""
    return ApiError(Problem(400, "bad_request", message))


def invalid(field: str, *messages: str) -> ApiError:
    """Report one field or parameter that fails validation."""
    return invalid_fields({field: messages})


def invalid_fields(fields: Mapping[str, Sequence[str]]) -> ApiError:
    """Report the fields that fail validation, each with its messages."""
    details = {name: list(messages) for name, messages in fields.items()}
    return ApiError(Problem(400, "validation_error", "Model validation failed.", details))


def unauthorized(message: str) -> ApiError:
    """Refuse a request without a valid token."""
    return ApiError(Problem(401, "unauthorized", message))


def forbidden(message: str) -> ApiError:
    """Refuse a client that may not do this, whose token is valid."""
    return ApiError(Problem(403, "forbidden", message))


def not_found(message: str) -> ApiError:
    """Report that nothing of that name exists."""
    return ApiError(Problem(404, "not_found", message))


def conflict(message: str) -> ApiError:
    """Report a clash with the present state."""
    return ApiError(Problem(409, "conflict", message))


def internal_error(message: str) -> ApiError:
    """Make a failure that no conforming rule has; some faults do."""
    return ApiError(Problem(500, "internal_error", message))
