"""Which requests carry a valid bearer token, and whose it is (authentication, Authentication and Using the Token)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from conformance.reference.choices import Scheme, TokenFormat
from conformance.reference.problems import Problem
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.store import Token


OPAQUE = frozenset({TokenFormat.OPAQUE, TokenFormat.OPAQUE_ALPHABET})
"""The formats of tokens that mean nothing to the client."""


class SigningKey:
    """The key that signs a server's JSON Web Tokens."""

    def __init__(self, secret: bytes, algorithm: str = "HS256") -> None:
        self.secret = secret
        self._algorithm = algorithm
        self._key = OctKey.import_key(secret)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Make a token whose header names typ JWT and the algorithm."""
        header = {"typ": "JWT", "alg": self._algorithm}
        return jwt.encode(header, dict(claims), self._key, algorithms=[self._algorithm])

    def claims(self, text: str) -> Mapping[str, Any] | None:
        """Read the claims of a token that this key has signed with its algorithm; else None."""
        try:
            return jwt.decode(text, self._key, algorithms=[self._algorithm]).claims
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            return None


class BearerRules(Rules):
    """Whether a request is let in, and as whom."""

    def is_needed(self, operation: Operation[Any] | None, call: Call) -> bool:
        """Every request except to the token endpoint needs a valid bearer token."""
        return True

    def presented(self, header: str) -> str | None:
        """The Authorization header holds the word Bearer and the token."""
        scheme, _, text = header.partition(" ")
        return text.strip() or None if self.is_scheme(scheme) else None

    def is_scheme(self, scheme: str) -> bool:
        """The scheme is Bearer; RFC 9110 section 11.1 has it in any letter case, and the documentation says nothing."""
        return scheme == "Bearer" if self.dialect.scheme is Scheme.EXACT else scheme.lower() == "bearer"

    def elsewhere(self, call: Call) -> str | None:
        """The token stands in the Authorization header and nowhere else."""
        return None

    def opens_session(self, operation: Operation[Any]) -> bool:
        """A token is sent with every request: none opens a session whose cookie would be enough afterwards."""
        return False

    def claims(self, text: str, key: SigningKey) -> Mapping[str, Any] | None:
        """A token is valid as issued: signed by this server, with its own algorithm."""
        return key.claims(text)

    def token(self, text: str, key: SigningKey, tokens: Mapping[str, Token]) -> Token | None:
        """A valid token is one that the token endpoint has issued."""
        if self.dialect.token_format in OPAQUE:
            return tokens.get(text)
        claims = self.claims(text, key)
        return None if claims is None else tokens.get(str(claims.get("jti")))

    async def client(self, token: Token) -> str:
        """A token acts for the client that it was issued to and for no other."""
        return token.client_id

    def refusal(self, why: str, text: str | None) -> Problem:
        """No valid token: 401; whether with a challenge (RFC 6750 section 3) is open. `why` is missing, invalid, expired or disabled."""
        message = {
            "missing": "A bearer token is required in the Authorization header.",
            "expired": "The token has expired.",
        }.get(why, "The token is not valid.")
        challenge = 'Bearer realm="InventoryPro"' + ("" if why == "missing" else ', error="invalid_token"')
        headers = (("WWW-Authenticate", challenge),) if self.dialect.challenges else ()
        return Problem(401, "unauthorized", message, headers=headers)
