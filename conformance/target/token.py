"""An access token: what the suite knows of it, and what can be made of it to put the target to the test."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.target.clock import Interval

# A token is valid for 4 hours from its creation (authentication, Token Lifecycle); seconds.
LIFETIME = 14_400


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A token as issued: `issued` is when it was asked for and when it had come, in the target's time."""

    value: str
    client: str
    issued: Interval
    exchange: int

    def age_reached(self, seconds: float) -> float:
        """The moment at which the token is surely at least `seconds` old."""
        return self.issued.received + seconds

    def age_not_reached(self, seconds: float) -> float:
        """The last moment at which the token is surely no more than `seconds` old."""
        return self.issued.sent + seconds

    def __repr__(self) -> str:
        return f"<token of {self.client}>"


def decode(value: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and claims of a token that is a signed JWT, or None for an opaque one."""
    parts = value.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = (json.loads(_unpad(part)) for part in parts[:2])
    except (ValueError, binascii.Error):
        return None
    return (header, claims) if isinstance(header, dict) and isinstance(claims, dict) else None


def encode(header: dict[str, Any], claims: dict[str, Any], signature: str) -> str:
    """A JWT in compact form with a signature as given."""
    return f"{_pad(header)}.{_pad(claims)}.{signature}"


def with_other_signature(value: str) -> str:
    """The token with the first character of its last part changed.

    The last character of an HS256 signature has two spare bits, so that changing it may change nothing.
    """
    head, dot, last = value.rpartition(".")
    swapped = "A" if last[:1] != "A" else "B"
    return f"{head}{dot}{swapped}{last[1:]}"


def _unpad(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _pad(value: dict[str, Any]) -> str:
    compact = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(compact).rstrip(b"=").decode()
