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


class Bad(Enum):
    """What a query parameter that cannot be used does."""

    REFUSED = "400"
    IGNORED = "as if it were not there, or the nearest value that can be used"


class Dates(Enum):
    """How a date-time is written."""

    ZULU = "2025-01-15T09:30:00Z"
    OFFSET = "2025-01-15T11:30:00+02:00"
    NAKED = "2025-01-15T09:30:00"


class Names(Enum):
    """The letter case of response header names, which means nothing."""

    LOWER = "x-total-count"
    TITLE = "X-Total-Count"
    UPPER = "X-TOTAL-COUNT"


class Absent(Enum):
    """How a member without a value is written."""

    NULL = "null"
    EMPTY = "an empty text or list"
    LEFT_OUT = "not at all"


class ListOrder(Enum):
    """The order of a list whose page names none."""

    KEY = "ascending by what tells its rows apart"
    NAME = "ascending by name or description"
    NEWEST = "most recently created first"


class ItemBody(Enum):
    """Which page's names the body of an item may use."""

    EITHER = "any, and unknown members are passed over"
    ITEMS_PAGE = "category, uOM; any other member is refused"
    QUICKSTART = "categoryID, unit; any other member is refused"


class UpdateKey(Enum):
    """Which member of a body names the item to update."""

    EITHER = "shortID, or partNo where there is none"
    SHORT_ID = "shortID; partNo is passed over"
    PART_NO = "partNo; another shortID renames the item"


class Update(Enum):
    """What an update does with fields that its body leaves out."""

    PARTIAL = "they stay"
    WHOLE = "they are as in a new object"


class Shape(Enum):
    """How rows whose shape is not documented are wrapped."""

    ENVELOPE = "a page like every list's"
    LIST = "a bare array"
    OBJECT = "an object of its own"


class WorkOrderDates(Enum):
    """What `startDate` and `endDate` limit in the list of work orders."""

    WORK_ORDERS_PAGE = "the start date and the due date"
    PAGINATION_PAGE = "the creation date"


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
    short_messages: bool = False
    dates: Dates = Dates.ZULU
    dates_of_partners: Dates = Dates.NAKED
    dates_with_fraction: bool = False
    whole_seconds: bool = False
    charset: bool = False
    header_names: Names = Names.LOWER
    version_everywhere: bool = False
    protective_headers: bool = True
    more_members: bool = False
    sorted_members: bool = False
    whole_decimals: bool = False
    wrong_method_status: int = 405
    media_type_status: int = 400
    malformed_id_status: int = 400
    inferred_operations: bool = True
    over_maximum: OverMaximum = OverMaximum.CAPPED
    page_below_one: Bad = Bad.REFUSED
    size_below_one: Bad = Bad.REFUSED
    unreadable_number: Bad = Bad.REFUSED
    unknown_sort: Bad = Bad.REFUSED
    bad_direction: Bad = Bad.REFUSED
    bad_moment: Bad = Bad.REFUSED
    nulls_last: bool = False
    collation_is_caseless: bool = False
    ties_reversed: bool = False
    list_order: ListOrder = ListOrder.KEY
    empty_page_count: int = 0
    page_past_end_status: int = 200
    unknown_filter: Miss = Miss.EMPTY
    item_names: ItemNames = ItemNames.ITEMS_PAGE
    item_body: ItemBody = ItemBody.EITHER
    item_needs_everything: bool = False
    item_needs_known_category: bool = False
    lookup_shape: LookupShape = LookupShape.BARE
    lookup_miss: Miss = Miss.NOT_FOUND
    lookup_finds_discontinued: bool = True
    update_status: int = 200
    update_key: UpdateKey = UpdateKey.EITHER
    update: Update = Update.PARTIAL
    discontinued_update_status: int = 200
    delete_status: int = 200
    repeated_delete_status: int = 200
    receive_status: int = 201
    move_status: int = 200
    issue_status: int = 200
    held_status: int = 409
    repeated_hold_status: int = 204
    held_spot_takes_stock: bool = True
    held_spot_shows_on_lots: bool = False
    short_stock_status: int = 409
    moved_lots_are_new: bool = False
    newest_by_number: bool = False
    shipped_lots_listed: bool = False
    no_serial2: Absent = Absent.NULL
    unknown_warehouse: Miss = Miss.NOT_FOUND
    levels_shape: Shape = Shape.ENVELOPE
    no_description: Absent = Absent.EMPTY
    partial_listed: bool = True
    closed_work_orders_listed: bool = True
    lines_in_lists: Absent = Absent.LEFT_OUT
    work_order_dates: WorkOrderDates = WorkOrderDates.WORK_ORDERS_PAGE
    reversed_period_status: int = 200
    value_has_charges: bool = False
    count_limits_result: bool = False
    webhook_create_status: int = 201
    webhook_update_status: int = 200
    webhook_update: Update = Update.PARTIAL
    webhook_delete_status: int = 204
    webhook_test_status: int = 202
    webhook_log: Shape = Shape.ENVELOPE
    webhook_needs_everything: bool = False
    foreign_webhook_status: int = 404
    unknown_events: Bad = Bad.REFUSED
    tests_count_as_failures: bool = True
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
        short_messages=True,
        protective_headers=False,
        dates=Dates.NAKED,
        whole_seconds=True,
        whole_decimals=True,
        wrong_method_status=404,
        malformed_id_status=404,
        inferred_operations=False,
        page_below_one=Bad.IGNORED,
        size_below_one=Bad.IGNORED,
        empty_page_count=1,
        lookup_miss=Miss.EMPTY,
        lookup_shape=LookupShape.ENVELOPE,
        lookup_finds_discontinued=False,
        update_status=204,
        update_key=UpdateKey.SHORT_ID,
        update=Update.WHOLE,
        delete_status=204,
        repeated_delete_status=404,
        receive_status=204,
        move_status=204,
        issue_status=204,
        moved_lots_are_new=True,
        no_serial2=Absent.EMPTY,
        unknown_warehouse=Miss.EMPTY,
        levels_shape=Shape.LIST,
        no_description=Absent.LEFT_OUT,
        partial_listed=False,
        closed_work_orders_listed=False,
        webhook_update_status=204,
        webhook_update=Update.WHOLE,
        webhook_test_status=204,
        webhook_log=Shape.LIST,
        tests_count_as_failures=False,
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
        dates_of_partners=Dates.ZULU,
        header_names=Names.UPPER,
        wrong_method_status=501,
        media_type_status=415,
        over_maximum=OverMaximum.REFUSED,
        page_past_end_status=404,
        ties_reversed=True,
        list_order=ListOrder.NEWEST,
        unknown_filter=Miss.NOT_FOUND,
        item_body=ItemBody.ITEMS_PAGE,
        item_needs_everything=True,
        item_needs_known_category=True,
        update_key=UpdateKey.PART_NO,
        discontinued_update_status=409,
        repeated_delete_status=409,
        held_status=400,
        repeated_hold_status=409,
        held_spot_takes_stock=False,
        short_stock_status=400,
        no_description=Absent.NULL,
        lines_in_lists=Absent.NULL,
        reversed_period_status=400,
        webhook_needs_everything=True,
        foreign_webhook_status=403,
    ),
    "quickstart": Dialect(
        token_type="Bearer",  # noqa: S106 -- the header's word
        expires_in=14400,
        token_refusal=RefusalShape.OAUTH,
        disabled_window=59.0,
        enabling_is_cached=True,
        foreign_filter=Foreign.FILTERED,
        dates_with_fraction=True,
        charset=True,
        header_names=Names.TITLE,
        version_everywhere=True,
        more_members=True,
        sorted_members=True,
        item_names=ItemNames.QUICKSTART,
        item_body=ItemBody.QUICKSTART,
        receive_status=200,
        move_status=201,
        held_spot_shows_on_lots=True,
        newest_by_number=True,
        shipped_lots_listed=True,
        levels_shape=Shape.OBJECT,
        lines_in_lists=Absent.EMPTY,
        value_has_charges=True,
        webhook_create_status=200,
        webhook_delete_status=200,
        webhook_test_status=200,
        webhook_log=Shape.OBJECT,
        plain_http=PlainHttp.REDIRECTED,
    ),
    "lenient": Dialect(
        dates=Dates.OFFSET,
        unreadable_number=Bad.IGNORED,
        page_below_one=Bad.IGNORED,
        size_below_one=Bad.IGNORED,
        unknown_sort=Bad.IGNORED,
        bad_direction=Bad.IGNORED,
        bad_moment=Bad.IGNORED,
        nulls_last=True,
        collation_is_caseless=True,
        list_order=ListOrder.NAME,
        work_order_dates=WorkOrderDates.PAGINATION_PAGE,
        count_limits_result=True,
        unknown_events=Bad.IGNORED,
    ),
}
"""Servers that conform, each in its own way; `plain` is the default."""
