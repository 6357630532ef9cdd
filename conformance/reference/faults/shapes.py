"""Mistakes in how rows, replies and misses look, as the faults of several chapters make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.problems import ApiError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.faults.fault import Site
    from conformance.reference.operation import Operation


def changing(name: str, change: Callable[[Any], Any]) -> Any:
    """Write one field of a row in another way."""

    def variant(site: Site, *arguments: Any) -> dict[str, Any]:
        row: dict[str, Any] = site.original(*arguments)
        return {**row, name: change(row[name])}

    return variant


def answering(label: str, status: int, body: object = None) -> Any:
    """Answer one operation with another status wherever it would succeed."""

    def variant(site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
        right: Reply = site.original(operation, reply)
        if operation is None or operation.label != label or right.status >= 300:
            return right
        return Reply(status, body)

    return variant


def failing(label: str, status: int, error: str, message: str) -> Any:
    """Let one operation fail wherever it would succeed."""
    return answering(label, status, {"statusCode": status, "error": error, "message": message, "details": None})


def missing_is(status: int, error: str, message: str, *actions: str) -> Any:
    """Answer in another way than 404 for what is not there; for all actions, if none is given."""

    def variant(site: Site, *arguments: str) -> ApiError:
        wrong = ApiError(Problem(status, error, message))
        right: ApiError = site.original(*arguments)
        return wrong if not actions or arguments[0] in actions else right

    return variant
