"""Asks every documented operation once with one token that should no longer work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.errors import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.suite.exercises import Exercise, Workshop
    from conformance.suite.stage import Actor
    from conformance.target.answer import Answer
    from conformance.target.token import Token


def ask_everything(actor: Actor, token: Token, workshop: Workshop) -> Iterator[Answer]:
    """The answers of all operations that a valid request can be made for; writes only where they are allowed."""
    target = actor.stage.access.target
    for operation in actor.stage.access.specification:
        if not operation.secured or operation.resource not in target.resources:
            continue
        if operation.is_write and not target.limits.writes:
            continue
        try:
            exercise = workshop.make(operation)
        except Undecided:
            continue
        answer = actor.session.ask_with(token, exercise.request, repeatable=True)
        if answer.accepted:
            exercise.undo()
        workshop.release_all()
        if not (answer.accepted and _open(actor, exercise)):
            yield answer


def _open(actor: Actor, exercise: Exercise) -> bool:
    """Whether the operation takes any token, or none: then it says nothing about this one, and `bearer.*` tells."""
    garbage = replace(exercise.request, headers={"Authorization": "Bearer garbage.that-was.never-issued"})
    answer = actor.session.wire.send(garbage, client=None, repeatable=True)
    if answer.accepted:
        exercise.undo()
    return answer.accepted
