"""One server without its listeners: state, clock, rules, and the order in which a request is judged."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.choices import TokenFormat
from conformance.reference.clock import Clock
from conformance.reference.dialects import DIALECTS, Dialect
from conformance.reference.problems import ApiError, Problem, forbidden
from conformance.reference.rules import RuleBook
from conformance.reference.rules.bearer import OPAQUE, SigningKey
from conformance.reference.store import Account, Status, Store, Token
from conformance.reference.weather import CALM
from conformance.reference.world import PERMISSIONS, Client, World, with_odd_names, with_repeated_spot
from conformance.reference.world_files import load_world

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.weather import Weather

NOBODY = Account(
    Client(
        name="nobody",
        client_id="",
        secret="",
        permissions=PERMISSIONS,
        warehouses=None,
        reports=None,
        read_only=False,
        expendable=False,
        declared={},
    ),
    secret="",
)
"""Who acts where a faulty server lets a request in without a token: somebody with every right."""


class Service:
    """The state and the rules of one server."""

    def __init__(
        self, *, world: World | None = None, dialect: Dialect = DIALECTS["plain"], weather: Weather = CALM
    ) -> None:
        self.world = world or load_world()
        self.dialect = dialect
        self.weather = weather
        self.clock = Clock()
        if dialect.odd_names:
            self.world = with_odd_names(self.world)
        if dialect.spots_repeat:
            self.world = with_repeated_spot(self.world)
        self.store = Store(self.world, caseless=dialect.keys_are_caseless)
        self.rules = RuleBook.of(dialect)
        algorithm = "HS512" if dialect.token_format is TokenFormat.JWT_512 else "HS256"
        self.key = SigningKey(secrets.token_bytes(64), algorithm)
        self.sessions: dict[str, str] = {}
        self.control_token = secrets.token_urlsafe(24)

    def stamp(self) -> datetime:
        """Tell the moment that a change of data is dated with."""
        return self.rules.wire.stamp(self.clock.now())

    def issue(self, client_id: str, how: str) -> Token:
        """Make and keep a new token of a client."""
        now = self.clock.now()
        serial = secrets.token_urlsafe(18)
        issued = int(now.timestamp())
        form = self.dialect.token_format
        if form is TokenFormat.OPAQUE_ALPHABET:
            serial += "-._~+/=="
        claims: dict[str, object] = {"sub": client_id, "jti": serial}
        if form is not TokenFormat.BARE_JWT:
            claims = {"iss": "inventorypro", "iat": issued, "exp": issued + 14400, **claims}
        serial, claims = self._lengthened(serial, claims)
        text = serial if form in OPAQUE else self.key.sign(claims)
        token = Token(text, serial, client_id, now, how, number=len(self.store.tokens) + 1)
        self.store.add_token(token)
        return token

    def _lengthened(self, serial: str, claims: dict[str, object]) -> tuple[str, dict[str, object]]:
        """Make a token as long as the weather has it: an opaque one by its text, another by its claims."""
        length = self.weather.token_length
        if not length:
            return serial, claims
        if self.dialect.token_format in OPAQUE:
            return secrets.token_hex(length // 2) + serial, claims
        groups = {f"group-{number}": "w" * 32 for number in range(length // 60)}
        return serial, claims | groups

    async def account(self, operation: Operation[Any] | None, call: Call) -> Account:
        """Find out whose request it is, or refuse it with 401."""
        rules = self.rules.bearer
        if not rules.is_needed(operation, call):
            return NOBODY
        text = rules.presented(call.headers.get("authorization", "")) or rules.elsewhere(call) or self._of_session(call)
        if text is None:
            raise ApiError(rules.refusal("missing", None))
        token = rules.token(text, self.key, self.store.tokens)
        if token is None:
            raise ApiError(rules.refusal("invalid", text))
        why = self._why_not(token)
        if why is not None:
            raise ApiError(rules.refusal(why, text))
        return self.store.accounts[await rules.client(token)]

    def _of_session(self, call: Call) -> str | None:
        """Find the token of a session that a faulty server has opened."""
        return self.sessions.get(call.headers.get("cookie", "").removeprefix("session="))

    def _with_session(self, call: Call, reply: Reply) -> Reply:
        """Open a session for the token of a request that was let in."""
        session = secrets.token_urlsafe(18)
        self.sessions[session] = self.rules.bearer.presented(call.headers.get("authorization", "")) or ""
        return replace(reply, headers={**reply.headers, "Set-Cookie": f"session={session}; Secure; HttpOnly"})

    def _why_not(self, token: Token) -> str | None:
        """Judge a genuine token: None if it works now, else expired or disabled."""
        rules, now = self.rules.lifecycle, self.clock.now()
        accounts = self.store.accounts
        account = accounts.get(token.client_id)
        if account is None:
            return "invalid"
        tokens = self.store.tokens_of(token.client_id)
        if rules.is_expired(token, rules.start(token, account, tokens), now) or rules.is_idle(token, now):
            return "expired"
        if rules.is_replaced(token, tokens, now) or rules.is_rotated_away(token, account, accounts, now):
            return "invalid"
        if self._is_disabled(token, account, now) or rules.is_dead(token, account):
            return "disabled"
        token.first_used = token.first_used or now
        token.last_used = now
        token.uses += 1
        return None

    def _is_disabled(self, token: Token, account: Account, now: datetime) -> bool:
        """Look into the cache, and into the table where the cache is too old."""
        rules, statuses = self.rules.lifecycle, self.store.statuses
        key = rules.status_key(token)
        status = statuses.get(key)
        if status is None or not rules.is_fresh(status, now):
            status = Status(rules.is_disabled(account, self.store.accounts, now), read=now, used=now)
            statuses[key] = status
        status.used = now
        return rules.is_stopped(token, account, status)

    async def answer(self, operation: Operation[Any], call: Call) -> Reply:
        """Judge a request, 401 before 403 before 404, and carry it out."""
        try:
            account = await self.account(operation, call)
            reply = operation.perform(self, account, self._admitted(operation, account, call))
            return self._with_session(call, reply) if self.rules.bearer.opens_session(operation) else reply
        except ApiError as error:
            return self._refused(operation, call, error.problem)

    def _admitted(self, operation: Operation[Any], account: Account, call: Call) -> Any:
        """Read a request that the account has the right to make; else 403, or 400 for what cannot be read."""
        early = self.rules.permission.input_comes_first()
        wish = self._read(operation, call) if early else None
        self._check_permission(operation, account, call)
        if self.rules.permission.absence_comes_first():
            self._find(operation, account, call)
        self._check_mode(operation, account)
        if not early:
            wish = self._read(operation, call)
        if self.rules.warehouse.is_judged(operation, call):
            self._check_places(operation, account, wish)
        if operation.report is not None and self.rules.report.is_judged(call):
            self._check_report(operation.report(wish), account)
        return wish

    def _read(self, operation: Operation[Any], call: Call) -> Any:
        self.rules.wire.check_parameters(operation, call)
        return operation.read(self, call)

    def _find(self, operation: Operation[Any], account: Account, call: Call) -> None:
        """Refuse a request for what is not there, before it is told whether the account may have it."""
        find = operation.perform if operation.method == "GET" else operation.find
        try:
            if find is not None:
                find(self, account, operation.read(self, call))
        except ApiError as error:
            if error.problem.status == 404:
                raise

    def _check_permission(self, operation: Operation[Any], account: Account, call: Call) -> None:
        rules = self.rules.permission
        granted = rules.is_granted(account, rules.needed(operation), operation)
        if rules.is_needed(operation, call) and not granted:
            raise forbidden("The group of this user does not grant the permission for this operation.")

    def _check_mode(self, operation: Operation[Any], account: Account) -> None:
        rules = self.rules.permission
        if rules.is_write(operation) and rules.is_read_only(account):
            raise forbidden("This user is read-only.")

    def _check_places(self, operation: Operation[Any], account: Account, wish: Any) -> None:
        for place in operation.places(self, wish) if operation.places else ():
            if self.rules.warehouse.is_refused(account, operation, place):
                raise forbidden("The warehouse is not among those of this user.")

    def _check_report(self, report_id: int | None, account: Account) -> None:
        rules = self.rules.report
        if report_id is None:
            if rules.list_is_refused(account):
                raise forbidden("The group of this user may run no report.")
        elif not rules.may_run(account, report_id, self.store.reports.get(report_id)):
            raise forbidden("The group of this user may not run this report.")

    def _refused(self, operation: Operation[Any], call: Call, problem: Problem) -> Reply:
        """Answer with a problem; on some faulty servers the refused thing is done, or shown, all the same."""
        rules = self.rules.refusal
        problem = self.rules.wire.coded(problem, call)
        body = self.rules.wire.error_body(problem)
        if problem.status in {401, 403}:
            if rules.is_done_anyway(operation, problem):
                self._perform_quietly(operation, call)
            if rules.is_shown_anyway(operation, problem):
                body["data"] = self._perform_quietly(operation, call)
        return rules.answer(operation, problem, Reply(problem.status, body, dict(problem.headers)))

    def _perform_quietly(self, operation: Operation[Any], call: Call) -> object:
        try:
            return operation.perform(self, NOBODY, operation.read(self, call)).body
        except ApiError:
            return None
