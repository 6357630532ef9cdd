"""Asks every cell of the matrices once, denials first and their controls after them, and keeps what came of it."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, ConformanceError, NoAnswerError, NotApplicable, NotRun, Undecided
from conformance.suite.cells import Cell, Kind, foreign_warehouses, own_warehouses
from conformance.suite.denials import denied_by
from conformance.suite.disclosure import Disclosure, disclosed
from conformance.suite.exercises import Exercise, Workshop
from conformance.suite.forgery import Forgery, Material, forge
from conformance.suite.settling import TRIES
from conformance.suite.subscriptions import is_owned, is_performed
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.specification import Operation
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.session import Session


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """What a write would change, as read from the target; two are equal when nothing changed."""

    seen: object

    def __repr__(self) -> str:
        text = repr(self.seen)
        return text if len(text) <= 200 else text[:197] + "..."


@dataclass(slots=True)
class Asked:
    """What came of one cell: the answer or why there is none, and what its write changed."""

    cell: Cell
    place: tuple[int | None, int | None] = (None, None)
    answer: Answer | None = None
    error: ConformanceError | None = None
    before: State | None = None
    after: State | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)


# Where an operation lets anyone in, or any text for a token, a kind of forgery says nothing: which of the two matters
# for it. For kinds that are not named both do.
WIDER: dict[str, tuple[Forgery, ...]] = {
    Forgery.NO_HEADER: (),
    Forgery.GARBAGE: (Forgery.NO_HEADER,),
    Forgery.WORD_NULL: (Forgery.NO_HEADER,),
    Forgery.QUERY: (Forgery.NO_HEADER,),
    Forgery.BODY: (Forgery.NO_HEADER,),
}


class Matrix:
    """All cells of one run and what came of them; asked when the first of them is looked at."""

    def __init__(self, access: Access, workshop: Workshop, cells: Iterable[Cell]) -> None:
        self._access = access
        self._workshop = workshop
        self._world = access.world
        self._cells = tuple(dict.fromkeys(cells))
        self._asked: dict[Cell, Asked] = {}
        self._controls: dict[tuple[str, int | None, int | None], Asked] = {}
        self._materials: dict[str, Material] = {}

    # --- what checks use ---

    def answer(self, cell: Cell) -> Answer:
        """The answer to a refused cell's request; raises Blocked where its control did not succeed."""
        asked = self.asked(cell)
        answer = self._answer_of(asked)
        if answer.code == 401 and cell.client is not None:
            answer = self._ask_again(asked)
        if not answer.accepted and answer.code < 500:
            self._require_control(asked)
            self._require_recognized(asked, answer)
        if answer.accepted and cell.client is None:
            self._require_closed(cell)
        return answer

    def _ask_again(self, asked: Asked) -> Answer:
        """Ask a cell once more, alone and with a new token: a 401 may be the fate of the token and not the answer."""
        session = self._access.sessions[str(asked.cell.client)]
        session.forget_token()
        exercise = self._make(asked, self._operation(asked))
        answer = self._send(asked, exercise)
        if answer.accepted:
            exercise.undo()
        self._workshop.release_all()
        return answer

    def _require_closed(self, cell: Cell) -> None:
        """An operation that is open to anyone, or to any token, says nothing about this kind of token."""
        for kind, requirement in ((Forgery.NO_HEADER, "bearer.required"), (Forgery.GARBAGE, "bearer.invalid")):
            wider = self._asked.get(Cell(kind, cell.operation))
            leaves_open = kind in WIDER.get(cell.kind, (Forgery.NO_HEADER, Forgery.GARBAGE))
            if leaves_open and wider is not None and wider.answer is not None and wider.answer.accepted:
                raise Blocked(Reason.EARLIER_FAILURE, f"{cell.operation} succeeds with {kind} too", cause=requirement)

    def control(self, cell: Cell) -> Answer:
        """The answer to the same request from a client that may; raises Blocked where it did not succeed."""
        self._require_control(self.asked(cell))
        return self._answer_of(self._control_of(self.asked(cell)))

    def control_answer(self, cell: Cell) -> Answer:
        """The answer to the same request from a client that may, whatever it is."""
        return self._answer_of(self._control_of(self.asked(cell)))

    def granted(self, cell: Cell) -> Answer:
        """The answer to a cell that is allowed."""
        return self._answer_of(self.asked(cell))

    def states(self, cell: Cell) -> tuple[State, State]:
        """What a refused write would change, before and after it; raises Blocked unless its control changed that."""
        asked = self.asked(cell)
        answer = self._answer_of(asked)
        if answer.accepted:
            raise Blocked(Reason.EARLIER_FAILURE, f"the write was not refused: {answer!r}", cause=denied_by(cell))
        if asked.before is None or asked.after is None:
            raise NotApplicable(Reason.NOT_CHECKABLE, "what this write does can be read from no documented answer")
        if asked.before == asked.after:
            self._require_control(asked)
            control = self._control_of(asked)
            if control.before is not None and control.before == control.after:
                raise Blocked(
                    Reason.CONTROL_REQUEST_REFUSED,
                    f"the allowed write changed nothing that can be read: {control.answer!r}",
                    cause="control-changes-nothing",
                )
        return asked.before, asked.after

    def disclosure(self, cell: Cell) -> Disclosure:
        """Which protected values the refusal of a cell shows; raises Blocked where it was no refusal."""
        asked = self.asked(cell)
        answer = self._answer_of(asked)
        if answer.accepted or answer.code >= 500:
            raise Blocked(Reason.EARLIER_FAILURE, f"the request was not refused: {answer!r}", cause=denied_by(cell))
        control = self.control(cell)
        return disclosed(answer.text, control.json, f"{answer.method} {answer.url} {asked.shown}")

    def asked(self, cell: Cell) -> Asked:
        """What came of a cell; asks all of them first. The exchanges join the evidence of the check at hand."""
        if not self._asked:
            self._ask_all()
        asked = self._asked[cell]
        evidence = CURRENT.get()
        if evidence is not None:
            evidence.rest_on(*asked.evidence.exchanges)
            evidence.observations |= asked.evidence.observations
        return asked

    # --- judging ---

    def _answer_of(self, asked: Asked) -> Answer:
        if asked.error is not None:
            raise asked.error
        assert asked.answer is not None
        return asked.answer

    def _control_of(self, asked: Asked) -> Asked:
        control = self._controls[(asked.cell.operation, *asked.place)]
        evidence = CURRENT.get()
        if evidence is not None:
            evidence.rest_on(*control.evidence.exchanges[-1:])
        return control

    def _require_control(self, asked: Asked) -> None:
        control = self._control_of(asked)
        cause = f"control of {asked.cell.operation}"
        if control.error is not None:
            if isinstance(control.error, Undecided):
                raise control.error
            raise Blocked(Reason.CONTROL_REQUEST_REFUSED, str(control.error), cause=cause) from control.error
        assert control.answer is not None
        label = asked.cell.operation
        if is_performed(label, control.answer):
            return
        if label in self._access.target.examples and asked.cell.kind in {Kind.FOREIGN_SOURCE, Kind.FOREIGN_DESTINATION}:
            raise NotRun(
                Reason.NEEDS_EXAMPLE,
                f"the example for {label} does not work between two warehouses: {control.answer!r}",
            )
        reason = Reason.EXAMPLE_REFUSED if label in self._access.target.examples else Reason.CONTROL_REQUEST_REFUSED
        raise Blocked(reason, f"the same request by a client that may was refused: {control.answer!r}", cause=cause)

    def _require_recognized(self, asked: Asked, answer: Answer) -> None:
        """A 401 tells something about rights only where the target knows the client's tokens at all."""
        if asked.cell.client is None or answer.code != 401:
            return
        session = self._access.sessions[asked.cell.client]
        if not session.recognized and session.probe_request is not None:
            session.probe(session.token())
        if not session.recognized:
            raise Blocked(
                Reason.CONTROL_REQUEST_REFUSED,
                f"no token of client {asked.cell.client} was ever accepted: {answer!r}",
                cause=f"no-token:{asked.cell.client}",
            )

    # --- asking ---

    def _ask_all(self) -> None:
        self._asked = {cell: Asked(cell) for cell in self._cells}
        reading: list[Asked] = []
        writing: dict[str, list[Asked]] = defaultdict(list)
        for asked in self._asked.values():
            operation = self._operation(asked)
            if operation.is_write:
                # Stock moves and holds of the same spots would disturb each other.
                writing["Item" if operation.resource == "Item" else "others"].append(asked)
            else:
                reading.append(asked)
        token = CURRENT.set(None)
        try:
            with ThreadPoolExecutor(self._access.target.limits.concurrency) as pool:
                list(pool.map(self._ask_read, reading))
                list(pool.map(self._control_read, reading))
                list(pool.map(self._ask_writes, writing.values()))
        finally:
            CURRENT.reset(token)

    def _operation(self, asked: Asked) -> Operation:
        return self._access.specification[asked.cell.operation]

    def _ask_read(self, asked: Asked) -> None:
        with _gathering(asked):
            exercise = self._exercise(asked)
            asked.answer = self._send_twice(asked, exercise)

    def _control_read(self, asked: Asked) -> None:
        key = (asked.cell.operation, *asked.place)
        if key in self._controls or asked.cell.kind in {Kind.GRANTED, Kind.GRANTED_ELSEWHERE}:
            return
        control = self._controls[key] = Asked(asked.cell, asked.place)
        with _gathering(control):
            operation = self._operation(asked)
            exercise = self._make(asked, operation)
            control.answer = self._able(asked, operation).ask(exercise.request)

    def _ask_writes(self, group: list[Asked]) -> None:
        """One operation after the other: its denials, each read back; for each object the one write that must succeed."""
        unchanged: dict[tuple[object, ...], State] = {}
        for label in dict.fromkeys(asked.cell.operation for asked in group):
            own = [asked for asked in group if asked.cell.operation == label]
            denied = [asked for asked in own if asked.cell.kind != Kind.GRANTED]
            for asked in denied:
                with _gathering(asked):
                    self._ask_write(asked, unchanged)
            for asked in denied:
                self._control_write(asked)
            for asked in own:
                if asked.cell.kind == Kind.GRANTED:
                    self._ask_allowed_write(asked)
            unchanged.clear()
            # Items hold no location; what the other group has put on hold at this moment is not theirs to release.
            if self._operation(own[0]).resource != "Item":
                with _gathering(Asked(own[0].cell)):
                    self._workshop.release_all()

    def _ask_allowed_write(self, asked: Asked) -> None:
        with _gathering(asked):
            exercise = self._exercise(asked)
            asked.answer = self._send(asked, exercise)
            exercise.undo()

    def _ask_write(self, asked: Asked, unchanged: dict[tuple[object, ...], State]) -> None:
        """Ask for a write that must be refused; of stock anew where it changed: others move it, too, but not each time."""
        for _ in range(TRIES if self._operation(asked).resource == "Inventory" else 1):
            answer = self._ask_write_once(asked, unchanged)
            if asked.after == asked.before or answer.accepted:
                return

    def _ask_write_once(self, asked: Asked, unchanged: dict[tuple[object, ...], State]) -> Answer:
        exercise = self._exercise(asked)
        asked.before = unchanged.get(exercise.about) or _read(exercise)
        answer = asked.answer = self._send_twice(asked, exercise)
        asked.after = _read(exercise)
        if asked.after == asked.before and asked.after is not None:
            unchanged[exercise.about] = asked.after
        else:
            unchanged.clear()
            exercise.undo()
        return answer

    def _control_write(self, asked: Asked) -> None:
        key = (asked.cell.operation, *asked.place)
        if key in self._controls:
            return
        control = self._controls[key] = Asked(asked.cell, asked.place)
        with _gathering(control):
            operation = self._operation(asked)
            exercise = self._make(asked, operation)
            control.before = _read(exercise)
            control.answer = self._able(asked, operation).ask(exercise.request)
            control.after = _read(exercise)
            exercise.undo()

    def _able(self, asked: Asked, operation: Operation) -> Session:
        warehouses = [number for number in asked.place if number is not None]
        if is_owned(operation):
            return self._workshop.subscriptions.owner
        report = None
        if operation.report is not None:
            report = self._world.reports[0] if self._world.reports else None
        return self._world.able(operation, warehouses, report)

    def _exercise(self, asked: Asked) -> Exercise:
        operation = self._operation(asked)
        asked.place = self._place(asked, operation)
        exercise = self._make(asked, operation)
        asked.shown = {"params": exercise.request.params, "json": exercise.request.json}
        return exercise

    def _make(self, asked: Asked, operation: Operation) -> Exercise:
        return self._workshop.make(operation, *asked.place)

    def _place(self, asked: Asked, operation: Operation) -> tuple[int | None, int | None]:
        """Which warehouse, and which destination, the request of a cell is about."""
        if operation.warehouse is None:
            return None, None
        warehouses = self._world.warehouses
        if asked.cell.client is None:
            return self._workshop.some_warehouse(), None
        client = self._access.sessions[asked.cell.client].client
        own = self._stocked_first(own_warehouses(client, warehouses))
        foreign = self._stocked_first(foreign_warehouses(client, warehouses))
        if not own:
            raise NotRun(Reason.NEEDS_DATA, f"the target shows no warehouse of client {client.name}")
        if asked.cell.kind == Kind.GRANTED_ELSEWHERE:
            return own[-1], None
        if asked.cell.kind not in {
            Kind.FOREIGN_READ,
            Kind.FOREIGN_WRITE,
            Kind.FOREIGN_SOURCE,
            Kind.FOREIGN_DESTINATION,
            Kind.FOREIGN_FILTER,
        }:
            return own[0], None
        if not foreign:
            raise NotRun(Reason.NEEDS_DATA, f"the target shows no warehouse that is not one of client {client.name}'s")
        if asked.cell.kind == Kind.FOREIGN_SOURCE:
            return foreign[0], own[0]
        return (own[0], foreign[0]) if asked.cell.kind == Kind.FOREIGN_DESTINATION else (foreign[0], None)

    def _stocked_first(self, warehouses: list[int]) -> list[int]:
        return sorted(warehouses, key=lambda number: not self._stocked(number))

    def _stocked(self, warehouse: int) -> bool:
        try:
            return bool(self._world.lots_once(warehouse))
        except Undecided:
            return False

    def _send(self, asked: Asked, exercise: Exercise) -> Answer:
        if asked.cell.client is not None:
            return self._access.sessions[asked.cell.client].ask(
                self._reported(asked, exercise).request, repeatable=True
            )
        operation = self._operation(asked)
        kind = Forgery(asked.cell.kind)
        session = self._able(asked, operation)
        request, made = forge(kind, exercise.request, self._material(session))
        if made and len(made) > 16:
            self._access.wire.secrets.register(made, f"<{kind} of {session.name}>")
        return self._access.wire.send(request, client=None, repeatable=True)

    def _send_twice(self, asked: Asked, exercise: Exercise) -> Answer:
        """The answer of a cell; where that is a 403, and the same request is not refused again, that of the second one."""
        answer = self._send(asked, exercise)
        if answer.code != 403 or asked.cell.kind in {Kind.GRANTED, Kind.GRANTED_ELSEWHERE}:
            return answer
        again = self._send(asked, exercise)
        return again if again.accepted else answer

    def _reported(self, asked: Asked, exercise: Exercise) -> Exercise:
        """Point the run of a report at one that the client may run, where the question is another."""
        operation = self._operation(asked)
        if operation.report is None or asked.cell.client is None:
            return exercise
        rights = self._access.sessions[asked.cell.client].rights
        own = [number for number in self._world.reports if rights.covers_report(number)]
        if not own:
            raise NotRun(Reason.NEEDS_DATA, f"the target shows no report of client {asked.cell.client}")
        return Exercise(self._workshop.report_request(operation, own[0]), exercise.warehouse)

    def _material(self, session: Session) -> Material:
        """A token of the client that the target has seen to be valid, and one of another (or a second), to forge with."""
        if session.name not in self._materials:
            others = [
                other for other in self._access.sessions.values() if other is not session and other.unusable is None
            ]
            other = others[0] if others else session
            self._materials[session.name] = Material(
                session.working_token(),
                other.new_token(),
                session.client.client_id,
                session.secret,
                other.client.client_id,
            )
        return self._materials[session.name]


class _gathering:  # noqa: N801 -- reads as a statement
    """Gathers the exchanges of one cell as its evidence, and keeps what went wrong instead of raising it."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def __enter__(self) -> None:
        self._token = CURRENT.set(self._asked.evidence)

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> bool:
        CURRENT.reset(self._token)
        if isinstance(error, NoAnswerError | Undecided):
            self._asked.error = error
            return True
        return False


def _read(exercise: Exercise) -> State | None:
    try:
        return None if exercise.state is None else State(exercise.state())
    except NoAnswerError as error:
        raise Blocked(Reason.PREPARATION_FAILED, str(error), cause="reading back") from error
