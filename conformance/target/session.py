"""One client's way of calling the target: its credentials, its tokens, its probe."""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NoAnswerError, NotRun
from conformance.target.clock import Interval
from conformance.target.recorder import observe
from conformance.target.token import LIFETIME, Token
from conformance.target.wire import Request

if TYPE_CHECKING:
    from conformance.contract.permissions import Rights
    from conformance.target.answer import Answer
    from conformance.target.file import Client
    from conformance.target.wire import Wire

# Plumbing tokens are renewed this long before their end; seconds.
RENEWED_BEFORE = 300.0

FORM, BASIC = "form", "basic"


class Session:
    """Calls the target as one of the declared clients; safe to use from several threads."""

    def __init__(self, client: Client, secret: str, wire: Wire, probe_request: Request | None) -> None:
        self.client = client
        self.secret = secret
        self.wire = wire
        self.probe_request = probe_request
        self.way = FORM
        self.unusable: str | None = None
        self.recognized = False
        self.leased = False
        self.refused_by_form: Answer | None = None
        """The answer by which the first request for a token was refused, where the same by HTTP Basic gave one."""
        self.last_refusal: Answer | None = None
        self.refused_early: Answer | None = None
        """The answer by which a token that was long before its end was refused twice, where a new one was not."""
        self._plumbing: Token | None = None
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        """The client's name in the target file."""
        return self.client.name

    @property
    def rights(self) -> Rights:
        """What the target file declares of the client."""
        return self.client.rights

    def use_secret(self, secret: str) -> None:
        """Take a secret as the client's own from now on; it is known to the redaction first."""
        self.wire.secrets.register(secret, self.wire.next_tag("client_secret", self.name))
        self.wire.secrets.register_basic(self.client.client_id, secret, f"<basic {self.name}>")
        self.secret = secret
        self.forget_token()

    # --- tokens as the thing under test ---

    def request_token(
        self,
        way: str = FORM,
        *,
        client_id: str | None = None,
        secret: str | None = None,
        grant_type: str | None = "client_credentials",
        sent_by: str | None = None,
    ) -> Answer:
        """Ask for a token by `form` or `basic` with this client's credentials or the given ones; judges nothing."""
        client_id = self.client.client_id if client_id is None else client_id
        secret = self.secret if secret is None else secret
        form = {} if grant_type is None else {"grant_type": grant_type}
        headers = {}
        if way == FORM:
            form |= {"client_id": client_id, "client_secret": secret}
        else:
            headers["Authorization"] = basic(client_id, secret)
            self.wire.secrets.register_basic(client_id, secret, f"<basic {self.name}>")
        request = Request("POST", "/Token", form=form, headers=headers)
        return self.wire.send(request, client=sent_by or self.name, repeatable=True)

    def request_token_by_basic(self) -> Answer:
        """Ask by HTTP Basic: raw, as curl does, and percent-encoded (RFC 6749 section 2.3.1) where raw is refused."""
        raw = self.request_token(BASIC)
        encoded_id, encoded_secret = quote(self.client.client_id, safe=""), quote(self.secret, safe="")
        if raw.accepted or (encoded_id, encoded_secret) == (self.client.client_id, self.secret):
            return raw
        encoded = self.request_token(BASIC, client_id=encoded_id, secret=encoded_secret)
        if encoded.accepted:
            observe(
                "token.basic-encoding", "HTTP Basic credentials are accepted percent-encoded (RFC 6749 2.3.1), not raw"
            )
        return encoded if encoded.accepted else raw

    def token_of(self, answer: Answer) -> Token | None:
        """The token that an answer carries, or None."""
        if not answer.gives_token:
            return None
        return Token(answer.member("access_token"), self.name, answer.asked, answer.exchange)

    # --- plumbing: raises Blocked ---

    def new_token(self) -> Token:
        """A new token by the way that is known to work; raises Blocked where none is issued."""
        if self.unusable is not None:
            raise Blocked(Reason.NO_TOKEN, self.unusable, cause=f"no-token:{self.name}")
        try:
            answer = self.request_token() if self.way == FORM else self.request_token_by_basic()
        except NoAnswerError as error:
            raise Blocked(Reason.NO_TOKEN, str(error), cause=f"no-token:{self.name}") from error
        token = self.token_of(answer)
        if token is None:
            self.last_refusal = answer
            raise Blocked(
                Reason.NO_TOKEN, f"client {self.name} gets no token: {answer!r}", cause=f"no-token:{self.name}"
            )
        return token

    def token(self) -> Token:
        """The cached token for requests in which the token is not the question."""
        with self._lock:
            end = None if self._plumbing is None else self._plumbing.age_not_reached(LIFETIME - RENEWED_BEFORE)
            if self._plumbing is None or end is None or self.wire.clock.now() > end:
                self._plumbing = self.new_token()
            return self._plumbing

    def forget_token(self) -> None:
        """Take a new token for the next request."""
        with self._lock:
            self._plumbing = None

    def ask(self, request: Request, *, repeatable: bool | None = None) -> Answer:
        """Send a request with the cached token; a 401 renews it once."""
        token = self.token()
        answer = self.ask_with(token, request, repeatable=repeatable)
        if answer.code != 401:
            return answer
        self.forget_token()
        renewed = self.ask_with(self.token(), request, repeatable=repeatable)
        if renewed.code != 401 and not self.client.expendable and self.refused_early is None:
            self._look_again(token)
        return renewed

    def _look_again(self, token: Token) -> None:
        """Note it where a token that was refused has ended long before its time, and not for this one request alone."""
        if self.probe_request is None:
            return
        again = self.probe(token)
        if again.code == 401 and again.asked.received < token.age_not_reached(LIFETIME - RENEWED_BEFORE):
            self.refused_early = again

    def ask_with(self, token: Token | str, request: Request, *, repeatable: bool | None = None) -> Answer:
        """Send a request with exactly this token."""
        value = token.value if isinstance(token, Token) else token
        authorized = replace(request, headers={"Authorization": f"Bearer {value}", **(request.headers or {})})
        answer = self.wire.send(authorized, client=self.name, repeatable=repeatable)
        self.recognized = self.recognized or answer.code != 401
        if isinstance(token, str):
            return answer
        return replace(answer, token_age=answer.asked.sent - token.issued.received)

    # --- the probe ---

    @property
    def probe_or_not_run(self) -> Request:
        """The probe of this client; raises NotRun where its rights allow none."""
        if self.probe_request is None:
            raise NotRun(Reason.NEEDS_CLIENT, f"client {self.name} has no right to read anything")
        return self.probe_request

    def probe(self, token: Token | str) -> Answer:
        """Ask with exactly this token for something that the client may read; accepted means 200."""
        return self.ask_with(token, self.probe_or_not_run)

    def prove(self, token: Token) -> Answer:
        """Require that a token works before something is done to it; raises Blocked where it does not."""
        try:
            answer = self.probe(token)
        except NoAnswerError as error:
            raise Blocked(Reason.CONTROL_REQUEST_REFUSED, str(error)) from error
        if answer.code != 200:
            raise Blocked(
                Reason.CONTROL_REQUEST_REFUSED,
                f"a fresh token of {self.name} does not work: {answer!r}",
                cause="token-does-not-work",
            )
        return answer

    def working_token(self) -> Token:
        """A new token that has been shown to work."""
        token = self.new_token()
        self.prove(token)
        return token

    def moment(self) -> Interval:
        """Now, in the target's time."""
        now = self.wire.clock.now()
        return Interval(now, now)


def basic(client_id: str, secret: str) -> str:
    """The Authorization header of HTTP Basic (RFC 7617), in UTF-8."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
