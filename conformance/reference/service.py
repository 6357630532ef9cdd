"""One server without its listeners: state, clock, rules, and the order in which a request is judged."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.clock import Clock
from conformance.reference.dialects import DIALECTS, Dialect, TokenFormat
from conformance.reference.problems import ApiError, Problem, forbidden
from conformance.reference.rules import RuleBook
from conformance.reference.rules.bearer import SigningKey
from conformance.reference.store import Account, Status, Store, Token
from conformance.reference.world import PERMISSIONS, Client, World
from conformance.reference.world_files import load_world

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation

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

    def __init__(self, *, world: World | None = None, dialect: Dialect = DIALECTS["plain"]) -> None:
        self.world = world or load_world()
        self.dialect = dialect
        self.clock = Clock()
        self.store = Store(self.world)
        self.rules = RuleBook.of(dialect)
        self.key = SigningKey(secrets.token_bytes(32))
        self.control_token = secrets.token_urlsafe(24)

    def stamp(self) -> datetime:
        """Tell the moment that a change of data is dated with."""
        return self.rules.wire.stamp(self.clock.now())

    def issue(self, client_id: str, how: str) -> Token:
        """Make and keep a new token of a client."""
        now = self.clock.now()
        serial = secrets.token_urlsafe(18)
        issued = int(now.timestamp())
        claims = {"iss": "inventorypro", "sub": client_id, "iat": issued, "exp": issued + 14400, "jti": serial}
        text = serial if self.dialect.token_format is TokenFormat.OPAQUE else self.key.sign(claims)
        token = Token(text, serial, client_id, now, how, number=len(self.store.tokens) + 1)
        self.store.add_token(token)
        return token

    async def account(self, operation: Operation[Any] | None, call: Call) -> Account:
        """Find out whose request it is, or refuse it with 401."""
        rules = self.rules.bearer
        if not rules.is_needed(operation, call):
            return NOBODY
        text = rules.presented(call.headers.get("authorization", "")) or rules.elsewhere(call)
        if text is None:
            raise ApiError(rules.refusal("missing", None))
        token = rules.token(text, self.key, self.store.tokens)
        if token is None:
            raise ApiError(rules.refusal("invalid", text))
        why = self._why_not(token)
        if why is not None:
            raise ApiError(rules.refusal(why, text))
        return self.store.accounts[await rules.client(token)]

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
            return operation.perform(self, account, self._admitted(operation, account, call))
        except ApiError as error:
            return self._refused(operation, call, error.problem)

    def _admitted(self, operation: Operation[Any], account: Account, call: Call) -> Any:
        """Read a request that the account has the right to make; else 403, or 400 for what cannot be read."""
        early = self.rules.permission.input_comes_first()
        wish = operation.read(self, call) if early else None
        self._check_permission(operation, account)
        if not early:
            wish = operation.read(self, call)
        self._check_places(operation, account, wish)
        self._check_report(operation, account, wish)
        return wish

    def _check_permission(self, operation: Operation[Any], account: Account) -> None:
        rules = self.rules.permission
        if not rules.is_granted(account, rules.needed(operation), operation):
            raise forbidden("The group of this user does not grant the permission for this operation.")
        if rules.is_write(operation) and rules.is_read_only(account):
            raise forbidden("This user is read-only.")

    def _check_places(self, operation: Operation[Any], account: Account, wish: Any) -> None:
        for place in operation.places(self, wish) if operation.places else ():
            if self.rules.warehouse.is_refused(account, operation, place):
                raise forbidden("The warehouse is not among those of this user.")

    def _check_report(self, operation: Operation[Any], account: Account, wish: Any) -> None:
        if operation.report is None:
            return
        rules, report_id = self.rules.report, operation.report(wish)
        if report_id is None:
            if rules.list_is_refused(account):
                raise forbidden("The group of this user may run no report.")
        elif not rules.may_run(account, report_id, self.store.reports.get(report_id)):
            raise forbidden("The group of this user may not run this report.")

    def _refused(self, operation: Operation[Any], call: Call, problem: Problem) -> Reply:
        """Answer with a problem; on some faulty servers the refused thing is done, or shown, all the same."""
        rules = self.rules.refusal
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
