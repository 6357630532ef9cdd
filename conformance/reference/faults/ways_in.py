"""Faults in judging bearer tokens that show in one way in alone: an operation, a method, a scheme, the first time."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError
from conformance.reference.rules import BearerRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.rules.bearer import SigningKey
    from conformance.reference.store import Token


def _first_of_a_client_unknown(site: Site, text: str, key: SigningKey, tokens: Mapping[str, Token]) -> Token | None:
    """Load a client's account in the background when it is first asked for."""
    token: Token | None = site.original(text, key, tokens)
    if token is None or token.client_id in site.memory:
        return token
    site.memory[token.client_id] = True
    return None


def _refused_on(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
        if operation is not None and operation.label == label and "authorization" in call.headers:
            raise ApiError(site.service.rules.bearer.refusal("missing", None))
        return bool(site.original(operation, call))

    return variant


def _begins_alike(_site: Site, scheme: str) -> bool:
    """Ask whether the header begins with Bearer."""
    return scheme.lower().startswith("bearer")


def _password(site: Site, header: str) -> str | None:
    """Take the password of HTTP Basic for a token, as code hosts do."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        text: str | None = site.original(header)
        return text
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode("utf-8").rpartition(":")[2] or None
    except (binascii.Error, ValueError):
        return None


def _last_word_on(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
        if operation is not None and operation.label == label:
            _, _, text = call.headers.get("authorization", "").rpartition(" ")
            rules, service = site.service.rules.bearer, site.service
            if " " in call.headers.get("authorization", "") and rules.token(text, service.key, service.store.tokens):
                return False
        return bool(site.original(operation, call))

    return variant


def _by_the_path_as_written(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Guard the paths of lists to the letter, and route a path by what it means."""
    if operation is None or operation.method != "GET" or "{" in operation.path:
        return bool(site.original(operation, call))
    return call.written.endswith(operation.path) and bool(site.original(operation, call))


def _in_links(_site: Site, call: Call) -> str | None:
    """Let a link to a single thing carry the token of whoever made it."""
    if call.method != "GET" or not call.path:
        return None
    return next((value for name, value in call.query if name in {"access_token", "token"}), None)


def _in_body_of_put(_site: Site, call: Call) -> str | None:
    """Read the token from the body, where one handler was written for a form."""
    if call.method != "PUT":
        return None
    try:
        text = call.json_object().get("access_token")
    except ApiError:
        return None
    return text if isinstance(text, str) else None


def _in_query_as(*names: str) -> Any:
    def variant(_site: Site, call: Call) -> str | None:
        return next((value for name, value in call.query if name in names), None)

    return variant


def _in_header(name: str) -> Any:
    def variant(_site: Site, call: Call) -> str | None:
        return call.headers.get(name)

    return variant


def _in_cookie(_site: Site, call: Call) -> str | None:
    """Look where the pages of the product keep their token."""
    cookies = dict(part.strip().partition("=")[::2] for part in call.headers.get("cookie", "").split(";"))
    return cookies.get("access_token")


FAULTS = (
    Fault(
        name="bearer.first-of-client-refused",
        sentence="The first request that a client makes with a token is refused.",
        violates=("bearer.accepted",),
        suffering="Every integration fails once after each start of the server.",
        rule=BearerRules.token,
        variant=_first_of_a_client_unknown,
        seen_as=("refused",),
        follows=("token.form", "token.basic", "token.independent"),
    ),
    Fault(
        name="bearer.open-in-another-spelling",
        sentence="A list whose path is written in another way, such as with a letter percent-encoded, needs no token.",
        violates=("bearer.required",),
        suffering="Anybody who writes a path in another way reads the item master.",
        rule=BearerRules.is_needed,
        variant=_by_the_path_as_written,
        seen_as=("accepted",),
    ),
    Fault(
        name="bearer.lost-on-list-of-all",
        sentence="The list of all items loses the Authorization header on its way.",
        violates=("bearer.accepted",),
        suffering="Nobody can read the discontinued items.",
        rule=BearerRules.is_needed,
        variant=_refused_on("GET /Item/All"),
        seen_as=("refused",),
        follows=(
            "authorization.granted",
            "authorization.permission",
            "pagination.envelope",
        ),
    ),
    Fault(
        name="bearer.scheme-begins-alike",
        sentence="Every scheme that begins with Bearer is accepted.",
        violates=("bearer.scheme",),
        suffering="Clients are built that break with the next release.",
        rule=BearerRules.is_scheme,
        variant=_begins_alike,
        seen_as=("accepted",),
    ),
    Fault(
        name="bearer.as-password",
        sentence="A token is accepted as the password of HTTP Basic.",
        violates=("bearer.scheme",),
        suffering="Browsers keep the token as a password and send it unasked.",
        rule=BearerRules.presented,
        variant=_password,
        seen_as=("accepted",),
    ),
    Fault(
        name="bearer.any-scheme-on-one-operation",
        sentence="A single item is given to a token under any scheme.",
        violates=("bearer.scheme",),
        suffering="Clients are built that fail at every other operation.",
        rule=BearerRules.is_needed,
        variant=_last_word_on("GET /Item/{partNo}"),
        seen_as=("accepted",),
        follows=("authorization.permission", "expiry.ends", "disabling.tokens-end"),
    ),
    Fault(
        name="bearer.in-query-of-links",
        sentence="A single thing is given to a token in the query string; a list is not.",
        violates=("bearer.header-only",),
        suffering="Links with tokens in them are passed on by mail.",
        rule=BearerRules.elsewhere,
        variant=_in_links,
        seen_as=("accepted",),
    ),
    Fault(
        name="bearer.in-body-of-put",
        sentence="An update is accepted with the token in its body; other writes are not.",
        violates=("bearer.header-only",),
        suffering="Tokens end up in the journal of changes.",
        rule=BearerRules.elsewhere,
        variant=_in_body_of_put,
        seen_as=("accepted",),
    ),
    Fault(
        name="bearer.in-query-as-token",
        sentence="A token in the query string is accepted as the parameter token.",
        violates=("bearer.header-only",),
        seen_as=("accepted",),
        suffering="Tokens end up in logs, bookmarks and referrers.",
        rule=BearerRules.elsewhere,
        variant=_in_query_as("token"),
    ),
    Fault(
        name="bearer.in-another-header",
        sentence="A token in the header X-Access-Token is accepted.",
        violates=("bearer.header-only",),
        seen_as=("accepted",),
        suffering="Proxies that keep the Authorization header out of their logs write the token down.",
        rule=BearerRules.elsewhere,
        variant=_in_header("x-access-token"),
    ),
    Fault(
        name="bearer.in-cookie",
        sentence="A token in a cookie is accepted.",
        violates=("bearer.header-only",),
        seen_as=("accepted",),
        suffering="Pages of other sites send requests with the rights of whoever looks at them.",
        rule=BearerRules.elsewhere,
        variant=_in_cookie,
    ),
    Fault(
        name="bearer.session-opened",
        sentence="An answer sets a cookie of a session, which is enough for the next request.",
        violates=("bearer.header-only",),
        seen_as=("accepted",),
        suffering="Pages of other sites send requests with the rights of whoever looks at them.",
        rule=BearerRules.opens_session,
        variant=lambda _site, _operation: True,
    ),
)
