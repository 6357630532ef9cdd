"""Dialects: the ways to implement the API that the documentation leaves open, and some servers that choose among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenFormat(Enum):
    """What an access token is."""

    JWT = "a JSON Web Token, signed with HS256"
    OPAQUE = "a random text that means nothing to the client"


class Foreign(Enum):
    """What a warehouse-scoped client gets when it asks a list for more than its warehouses."""

    FILTERED = "the rows of its own warehouses"
    REFUSED = "403"


class ItemNames(Enum):
    """Which page's field names an item has."""

    ITEMS_PAGE = "category, uOM, discontinued"
    QUICKSTART = "categoryID, unit, active"


class LookupShape(Enum):
    """What ``GET /Item?key=...`` answers with."""

    BARE = "the item"
    ENVELOPE = "a page with one row"


class Miss(Enum):
    """What ``GET /Item?key=...`` answers when there is no such item."""

    NOT_FOUND = "404"
    EMPTY = "a page without rows"


class RefusalShape(Enum):
    """The body of a refused token request."""

    UNIFORM = "the uniform error of the page Errors"
    OAUTH = "error and error_description, as RFC 6749 section 5.2 has it"


class OverMaximum(Enum):
    """What a page size over the maximum does."""

    CAPPED = "the maximum is used"
    REFUSED = "400"


class PlainHttp(Enum):
    """What stands at the plain HTTP address."""

    REFUSED = "403 to everything"
    REDIRECTED = "a redirect to https"
    CLOSED = "nothing"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One independent switch for each freedom; each is read by the one rule that it concerns."""

    token_format: TokenFormat = TokenFormat.JWT
    token_type: str = "bearer"  # noqa: S105 -- the documentation's word
    expires_in: int = 14399
    token_refusal: RefusalShape = RefusalShape.UNIFORM
    form_refusal_status: int = 401
    disabled_window: float = 60.0
    tokens_revive: bool = True
    enabling_is_cached: bool = False
    overall_lists: Foreign = Foreign.FILTERED
    foreign_filter: Foreign = Foreign.REFUSED
    no_reports: Foreign = Foreign.FILTERED
    input_before_rights: bool = False
    details_always: bool = True
    zone: bool = True
    charset: bool = False
    version_everywhere: bool = False
    wrong_method_status: int = 404
    over_maximum: OverMaximum = OverMaximum.CAPPED
    empty_page_count: int = 0
    page_past_end_status: int = 200
    item_names: ItemNames = ItemNames.ITEMS_PAGE
    lookup_shape: LookupShape = LookupShape.BARE
    lookup_miss: Miss = Miss.NOT_FOUND
    update_status: int = 200
    delete_status: int = 200
    repeated_delete_status: int = 200
    move_status: int = 200
    issue_status: int = 200
    held_status: int = 409
    repeated_hold_status: int = 204
    shipped_lots_listed: bool = False
    plain_http: PlainHttp = PlainHttp.REFUSED
    tells_now: bool = True
    offers_reset: bool = True


DIALECTS: Mapping[str, Dialect] = {
    "plain": Dialect(),
    "terse": Dialect(
        token_format=TokenFormat.OPAQUE,
        expires_in=14400,
        disabled_window=0.0,
        tokens_revive=False,
        details_always=False,
        zone=False,
        empty_page_count=1,
        lookup_miss=Miss.EMPTY,
        lookup_shape=LookupShape.ENVELOPE,
        update_status=204,
        delete_status=204,
        repeated_delete_status=404,
        move_status=204,
        issue_status=204,
        plain_http=PlainHttp.CLOSED,
        tells_now=False,
        offers_reset=False,
    ),
    "strict": Dialect(
        token_type="Bearer",  # noqa: S106 -- the header's word
        token_refusal=RefusalShape.OAUTH,
        form_refusal_status=400,
        disabled_window=0.0,
        tokens_revive=False,
        overall_lists=Foreign.REFUSED,
        no_reports=Foreign.REFUSED,
        input_before_rights=True,
        details_always=False,
        wrong_method_status=405,
        over_maximum=OverMaximum.REFUSED,
        page_past_end_status=404,
        repeated_delete_status=409,
        held_status=400,
        repeated_hold_status=409,
    ),
    "quickstart": Dialect(
        token_type="Bearer",  # noqa: S106 -- the header's word
        expires_in=14400,
        token_refusal=RefusalShape.OAUTH,
        disabled_window=59.0,
        enabling_is_cached=True,
        foreign_filter=Foreign.FILTERED,
        charset=True,
        version_everywhere=True,
        wrong_method_status=405,
        item_names=ItemNames.QUICKSTART,
        move_status=201,
        shipped_lots_listed=True,
        plain_http=PlainHttp.REDIRECTED,
    ),
}
"""Servers that conform, each in its own way; `plain` is the default."""
