"""A look at a target before the run: what is wrong with its file or with what the file names, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.errors import Blocked, NoAnswerError, NotRun, TargetUnreachableError, Undecided
from conformance.plan_text import paragraph
from conformance.planning import plan_of
from conformance.report.wording import counted, listing
from conformance.runner import Options
from conformance.suite.exercises import Workshop
from conformance.target.access import learn_control, open_access, prove_clients, reach
from conformance.target.answer import rows_of
from conformance.target.file import OperatorControlConfig, fill, load_target
from conformance.target.plain import PlainHttp
from conformance.target.secrets import memory_path
from conformance.target.session import FORM
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.planning import LeftOut
    from conformance.target.access import Access
    from conformance.target.session import Session

ADMINISTRATIVE = ("advance", "rotate", "disable", "enable")
_ON_A_PAGE = 250
_NAMES = 6


@dataclass(slots=True)
class _Examination:
    """What was found, in the order in which it was looked at; a note is no problem."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def fine(self, text: str) -> None:
        self.lines += paragraph(f"ok       {text}", 2, 9)

    def note(self, text: str) -> None:
        self.lines += paragraph(f"note     {text}", 2, 9)

    def problem(self, text: str) -> None:
        self.problems.append(text)
        self.lines += paragraph(f"PROBLEM  {text}", 2, 9)


def diagnose(target_path: Path) -> tuple[list[str], str]:
    """Look at a target and at all that its file names; return the problems, and the whole report for people.

    Sends reading requests alone. Raises UsageError for a target file that cannot be used.
    """
    target = load_target(target_path)
    access = open_access(target, target.specification, lambda _exchange: None)
    found = _Examination()
    try:
        reached = _look_at_address(access, found)
        known = _look_at_control(access, found)
        if reached:
            _look_at_clients(access, found)
            for look in (_look_at_warehouses, _look_at_reports, _look_at_aliases, _look_at_examples):
                _tolerantly(partial(look, access, found), found)
            _look_at_plain_http(access, found)
        _look_at_secrets(access, found)
        left_out = plan_of(access, Options()).left_out if reached and known else ()
    finally:
        access.close()
    report = [
        f"Target   {target.name}, {target.base_url}",
        "",
        *found.lines,
        *_left_out(left_out),
        "",
        _sum(found, target_path),
    ]
    return [access.secrets.redact(problem) for problem in found.problems], access.secrets.redact("\n".join(report))


def _tolerantly(look: Callable[[], None], found: _Examination) -> None:
    """Take a look; what it cannot see for want of a client is a note, what the target refuses is a problem."""
    try:
        look()
    except NotRun as missing:
        found.note(str(missing))
    except (Undecided, NoAnswerError) as refused:
        found.problem(str(refused))


# --- the target and its control ---


def _look_at_address(access: Access, found: _Examination) -> bool:
    try:
        answer = reach(access)
    except TargetUnreachableError as error:
        found.problem(str(error))
        return False
    if answer.code == 404:
        found.problem(f"base_url: {answer!r}; give the URL up to and with /api/v1")
    else:
        if not access.wire.base_url.endswith("/api/v1"):
            found.note("base_url does not end with /api/v1, as the documented addresses do")
        found.fine(f"reached over TLS, the certificate is trusted; {answer!r}")
    return True


def _look_at_control(access: Access, found: _Examination) -> bool:
    """Learn what the control offers; false where it should tell and does not."""
    if access.control is None:
        found.note("no [control]: nobody rotates, disables or moves the clock; declare one to have all of it checked")
        return True
    try:
        learn_control(access)
    except TargetUnreachableError as error:
        found.problem(f"[control]: {error}")
        return False
    missing = [action for action in ADMINISTRATIVE if action not in access.administration.actions]
    if missing == ["advance"] and isinstance(access.target.control, OperatorControlConfig):
        found.note("control: the person at the terminal rotates, disables and enables; the clock is waited for")
    elif missing:
        found.note(f"control: it does not offer {', '.join(missing)}; what needs that is listed below")
    else:
        found.fine(f"control: offers {', '.join(sorted(access.administration.actions))}")
    return True


# --- the clients ---


def _look_at_clients(access: Access, found: _Examination) -> None:
    prove_clients(access)
    for session in access.sessions.values():
        if session.unusable is not None:
            found.problem(f"{session.unusable}; {_hint(session.unusable)}")
        else:
            _tolerantly(partial(_look_at_rights, session, found), found)


def _hint(refusal: str) -> str:
    if "-> 404" in refusal:
        return "check base_url: it is the URL up to and with /api/v1"
    return "check its client_id and client_secret, and that its account is enabled"


def _look_at_rights(session: Session, found: _Examination) -> None:
    way = "" if session.way == FORM else " by HTTP Basic alone: form fields are refused, which violates token.form"
    if session.probe_request is None:
        found.note(
            f"client {session.name}: gets a token{way}; declared to read nothing, so its rights cannot be shown here"
        )
        return
    answer = session.probe(session.token())
    if answer.code != 200:
        found.problem(
            f"client {session.name}: {answer!r}, though it is declared to be allowed that; correct its permissions,"
            " warehouses or reports in the target file, or its rights on the target"
        )
    elif way:
        found.note(f"client {session.name}: gets a token{way}; it reads as declared")
    else:
        found.fine(f"client {session.name}: gets a token and reads as declared")


# --- the declared data ---


def _look_at_warehouses(access: Access, found: _Examination) -> None:
    declared = access.target.data.warehouses
    troubles = {number: trouble for number in declared if (trouble := _trouble_with(access, number))}
    for number, trouble in troubles.items():
        found.problem(f"[data] warehouses: warehouse {number} {trouble}; correct its number or remove it")
    if declared and not troubles:
        found.fine(f"[data] warehouses: {', '.join(map(str, declared))} can be read")
    for client in access.target.clients:
        strange = sorted(client.rights.warehouses.names - set(declared)) if declared else []
        if strange:
            found.note(
                f"client {client.name}: its warehouses {', '.join(map(str, strange))} are not among [data] warehouses"
            )


def _trouble_with(access: Access, warehouse: int) -> str | None:
    """What speaks against the existence of a warehouse; None where it shows a location or a lot. Raises NotRun."""
    places: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("GET /Location", "/Location", {"wid": warehouse}),
        ("GET /Inventory/{wid}", f"/Inventory/{warehouse}", {}),
    )
    said = "shows no location and no lot"
    for label, path, params in places:
        if access.specification[label].resource not in access.target.resources:
            continue
        request = Request("GET", path, params={"page": 1, "pageSize": 10} | params)
        try:
            if rows_of(access.world.read(label, request, (warehouse,)).json):
                return None
        except Blocked as refused:
            said = f"cannot be read: {refused}"
    return said


def _look_at_reports(access: Access, found: _Examination) -> None:
    declared = access.target.data.reports
    if not declared or "Report" not in access.target.resources:
        return
    readers = [session for session in access.world.by_width if _reads_all_reports(session)]
    if not readers:
        found.note("[data] reports: no client may see all reports, so nothing shows whether the declared ones exist")
        return
    answer = readers[0].ask(Request("GET", "/Report", params={"page": 1, "pageSize": _ON_A_PAGE}))
    listed = {row.get("reportID") for row in rows_of(answer.json)} if answer.accepted else set()
    missing = [number for number in declared if number not in listed]
    if missing:
        numbers = ", ".join(map(str, missing))
        found.problem(
            f"[data] reports: {numbers} not listed to client {readers[0].name} ({answer!r}); correct the numbers"
        )
    else:
        found.fine(f"[data] reports: {', '.join(map(str, declared))} are listed")


def _reads_all_reports(session: Session) -> bool:
    rights = session.rights
    return session.unusable is None and "reports.read" in rights.permissions and not rights.reports.limited


def _look_at_aliases(access: Access, found: _Examination) -> None:
    declared = access.target.data.aliases
    wrong = []
    for alias, short_id in declared.items():
        answer = access.world.able(access.specification["GET /Item"]).ask(
            Request("GET", "/Item", params={"key": alias, "type": "alias"})
        )
        if short_id not in {row.get("shortID") for row in rows_of(answer.json)}:
            wrong.append(alias)
            found.problem(
                f"[data] aliases: {alias} does not lead to the item {short_id} ({answer!r}); correct or remove it"
            )
    if declared and not wrong:
        found.fine(f"[data] aliases: {listing(tuple(declared), _NAMES)} can be found")


def _look_at_examples(access: Access, found: _Examination) -> None:
    if not access.target.examples:
        return
    values = access.world.placeholders(Workshop(access.world, "doctor").some_warehouse()) | {"unique": "doctor"}
    unfilled = []
    for label, body in access.target.examples.items():
        try:
            fill(body, values)
        except NotRun as missing:
            unfilled.append(label)
            found.problem(
                f'[examples."{label}"]: {missing}; name a warehouse that has it, or put a value into the body'
            )
    if not unfilled:
        found.fine(f"[examples]: {listing(tuple(access.target.examples), _NAMES)} can be filled in (nothing was sent)")


# --- what the run needs beside the target ---


def _look_at_plain_http(access: Access, found: _Examination) -> None:
    url = access.target.plain_http_url
    with PlainHttp(access.wire, url) as way:
        answers = way.listens()
    found.fine(
        f"plain HTTP: {url} {'takes connections; the run looks at what it rejects' if answers else 'takes no connection'}"
    )


def _look_at_secrets(access: Access, found: _Examination) -> None:
    lost = [session.name for session in access.expendable if not access.store.writable(session.client)]
    path = memory_path(access.target.path)
    if lost:
        found.problem(
            f"{path}: cannot be written, so a rotated secret of {listing(lost, _NAMES)} would be lost and rotation is not"
            " run; make its folder writable, or give each secret a { file = ... } of its own that is"
        )
    elif access.expendable:
        found.fine("rotated secrets can be kept until the next run")


def _left_out(groups: tuple[LeftOut, ...]) -> list[str]:
    lines = []
    for group in groups:
        if group.outcome is not Outcome.NOT_APPLICABLE and group.checks:
            word = str(group.outcome).replace("_", " ")
            lines += paragraph(f"- {word}: {group.message}", 2, 2)
            lines += paragraph(f"{listing(group.requirements, _NAMES)} ({counted(group.checks, 'check')})", 6)
    return ["", "WOULD BE LEFT OUT of a run (no problem, but less is known then)", *lines] if lines else []


def _sum(found: _Examination, path: Path) -> str:
    if found.problems:
        number = counted(len(found.problems), "problem")
        return f"{number}: put right what is marked PROBLEM, then ask again: conformance doctor {path}"
    return f"no problem found; next: conformance run {path}"
