"""The freedoms: everything that the documentation leaves open, each an independent switch of the server.

`Dialect` is the one list of them. What a freedom may be set to, what it means and where the documentation leaves it open stands beside its
default; the command line, the page docs/freedoms.md and the tests read it from there.
"""

# ruff: noqa: FBT003, RUF009 -- the default of a freedom stands first, as it does in any dataclass; `free` makes its field

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.reference.choices import (
    Absent,
    Bad,
    BasicReading,
    Cache,
    ChangeBody,
    Code,
    Collation,
    ContentType,
    Dates,
    DirectionCase,
    EventNames,
    Foreign,
    Fraction,
    IssuedLots,
    ItemBody,
    ItemNames,
    ItemNeeds,
    LastError,
    ListOrder,
    LookupShape,
    MediaType,
    Messages,
    Miss,
    MovedLots,
    Names,
    OverMaximum,
    PastEnd,
    PlainHttp,
    RefusalShape,
    Scheme,
    Shape,
    SmallSize,
    SortColumns,
    TokenFormat,
    Unshown,
    Update,
    UpdateKey,
    WorkOrderDates,
)
from conformance.reference.names import UnknownFaultError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Value = TypeVar("Value")
Switches = TypeVar("Switches")
DESCRIBED = "freedom"


@dataclass(frozen=True, slots=True)
class Freedom:
    """One thing that the documentation leaves open: the field `field` of a dialect, and the `values` that it may have.

    `page` is the page and section that leaves it open; `rows` are statements (S) and contradictions and gaps (C) of the
    documentation, by number.
    """

    field: str
    sentence: str
    values: tuple[Any, ...]
    default: Any
    page: str
    rows: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name on the command line, e.g. ``token-format``."""
        return self.field.replace("_", "-")

    @property
    def spelled(self) -> Mapping[str, Any]:
        """The values by how they are spelled on the command line, e.g. ``opaque``, ``no`` or ``201``; the default first."""
        return {spelling(value): value for value in self.values}


def spelling(value: Any) -> str:
    """Spell a value of a freedom for the command line."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return value.name.lower().replace("_", "-")
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def meaning(value: Any) -> str:
    """Say in words what a value stands for; empty where its spelling says it."""
    return str(value.value) if isinstance(value, Enum) else ""


def free(
    default: Value, page: str, sentence: str, *rows: str, among: Sequence[Value] = (), without: Sequence[Value] = ()
) -> Value:
    """Declare a field of the dialect as a freedom; flags and enums may be set to everything but `without`, others to `among`."""
    if isinstance(default, bool):
        values: tuple[Any, ...] = (default, not default)
    elif isinstance(default, Enum):
        values = (default, *(value for value in type(default) if value is not default and value not in without))
    else:
        values = (default, *(value for value in among if value != default))
    described = {"values": values, "page": page, "sentence": sentence, "rows": rows}
    return dataclasses.field(default=default, metadata={DESCRIBED: described})


@dataclass(frozen=True, slots=True)
class Dialect:
    """One independent switch for each freedom; each is read by the rules that it concerns."""

    # --- authentication ----------------------------------------------------------------------------------------------

    token_format: TokenFormat = free(TokenFormat.JWT, "authentication, POST /Token", "What an access token is.", "S5")
    token_type: str = free(
        "bearer", "authentication, POST /Token", "How token_type is written.", "S3", "C52", among=("Bearer", "BEARER")
    )
    expires_in: int = free(
        14399, "authentication, POST /Token", "The lifetime that the answer tells.", "S4", "C51", among=(14400, 14340)
    )
    token_status: int = free(
        200, "authentication, POST /Token", "The status of a token that is issued.", "S2", among=(201,)
    )
    basic_reading: BasicReading = free(
        BasicReading.EITHER,
        "authentication, POST /Token",
        "How HTTP Basic is read where it makes a difference.",
        "S6",
        "C53",
    )
    basic_needs_grant: bool = free(
        True, "authentication, POST /Token", "Whether grant_type is needed beside HTTP Basic.", "S6", "S12", "C53"
    )
    form_needs_grant: bool = free(
        True, "authentication, POST /Token", "Whether a form without grant_type is refused.", "S12"
    )
    token_takes_json: bool = free(
        False, "authentication, POST /Token", "Whether the token endpoint reads a JSON body as well as a form.", "C53"
    )
    token_takes_both: bool = free(
        False,
        "authentication, POST /Token",
        "Whether HTTP Basic may come together with credentials in the form.",
        "C53",
    )
    token_refusal: RefusalShape = free(
        RefusalShape.UNIFORM, "errors, Error body", "The body of a refused token request.", "S11", "C43"
    )
    form_refusal_status: int = free(
        401, "authentication, POST /Token", "What wrong credentials in a form get.", "S11", "C43", among=(400, 403)
    )
    basic_refusal_status: int = free(
        401, "authentication, POST /Token", "What wrong credentials by HTTP Basic get.", "S11", "C43", among=(400, 403)
    )
    disabled_is_forbidden: bool = free(
        False,
        "authentication, Token Lifecycle",
        "Whether a disabled account that asks for a token gets 403, and not what wrong credentials get.",
        "S15",
    )
    challenges: bool = free(True, "errors, Codes", "Whether 401 comes with WWW-Authenticate.", "C44")
    scheme: Scheme = free(
        Scheme.ANY,
        "authentication, Using the Token",
        "In which letter case the word Bearer is understood.",
        "S13",
        "C52",
    )
    disabled_window: float = free(
        60.0,
        "authentication, Token Lifecycle",
        "For how many seconds a token of a disabled account goes on at most.",
        "S16",
        among=(0.0, 1.0, 30.0, 59.0),
    )
    disabled_cache: Cache = free(
        Cache.ACCOUNT,
        "authentication, Token Lifecycle",
        "How a token of a disabled account goes on for a while.",
        "S16",
    )
    tokens_revive: bool = free(
        True,
        "authentication, Token Lifecycle",
        "Whether tokens of a disabled account work again once it is enabled.",
        "C54",
    )
    enabling_is_cached: bool = free(
        False,
        "authentication, Token Lifecycle",
        "Whether an account that is enabled is served within the cache window, and not at once.",
        "C54",
    )
    plain_http: PlainHttp = free(
        PlainHttp.REFUSED, "authentication, Security Notes", "What stands at the plain HTTP address."
    )

    # --- authorization -----------------------------------------------------------------------------------------------

    overall_lists: Foreign = free(
        Foreign.FILTERED,
        "authentication, Authorization",
        "What a list over all warehouses gives a client that has some of them.",
        "C56",
    )
    overall_levels: Foreign = free(
        Foreign.FILTERED,
        "authentication, Authorization",
        "What the stock levels of all warehouses give a client that has some of them.",
        "C56",
    )
    foreign_filter: Foreign = free(
        Foreign.REFUSED,
        "authentication, Authorization",
        "What a list gives that is limited to another warehouse by its filter.",
        "C56",
    )
    no_reports: Foreign = free(
        Foreign.FILTERED, "reports, GET /Report", "What the list of reports gives a client that may run none.", "S161"
    )
    unknown_reports_are_forbidden: bool = free(
        True,
        "reports, GET /Report/{id}",
        "Whether an unknown report is 403 for a client that may run some reports alone, and not 404.",
        "S160",
    )
    input_before_rights: bool = free(
        False, "errors, HTTP status table", "Whether bad input is refused before missing rights.", "C46"
    )
    absence_before_scope: bool = free(
        False,
        "errors, HTTP status table",
        "Whether what is not there is 404 before a foreign warehouse is 403, and a foreign subscription for read-only clients.",
        "C46",
        "S171",
    )
    unknown_paths_need_token: bool = free(
        True, "errors, HTTP status table", "Whether an undocumented path is 401 without a token, and not 404.", "S28"
    )

    # --- errors ------------------------------------------------------------------------------------------------------

    details_always: bool = free(
        True, "errors, Error body", "Whether details is null where there are none, and not left out.", "S24", "C40"
    )
    messages: Messages = free(Messages.FULL, "errors, Error body", "What the message of an error says.", "S19")
    missing_field_code: Code = free(
        Code.VALIDATION_ERROR, "errors, Codes", "Which code a field that is missing gets.", "S26", "C42"
    )
    parameter_code: Code = free(
        Code.VALIDATION_ERROR, "errors, Codes", "Which code a query parameter gets that cannot be used.", "C42", "S54"
    )
    malformed_body_code: Code = free(
        Code.BAD_REQUEST, "errors, Codes", "Which code a body gets that cannot be read.", "S25", "C42"
    )
    problem_type: bool = free(
        False, "errors, Error body", "Whether the body of an error is declared as application/problem+json.", "S33"
    )
    other_media_type: MediaType = free(
        MediaType.BAD_REQUEST,
        "errors, HTTP status table",
        "What a body gets that is declared as something else than JSON.",
        "S35",
        "C49",
    )
    wrong_method_status: int = free(
        405, "errors, HTTP status table", "What an undocumented method gets.", "S34", "C49", "C50", among=(404, 501)
    )
    malformed_id_status: int = free(
        400, "errors, HTTP status table", "What a path gets with a word where a number belongs.", "S76", among=(404,)
    )

    # --- on the wire -------------------------------------------------------------------------------------------------

    dates: Dates = free(Dates.ZULU, "items, Item object", "How date-times are written.", "S138", "C31")
    dates_of_partners: Dates = free(
        Dates.NAKED,
        "categories, Category object",
        "How the date-times of categories, customers and vendors are written.",
        "S138",
        "C31",
    )
    naked_dates_are_local: bool = free(
        False, "categories, Category object", "Whether a date-time without zone is local time, and not UTC.", "C31"
    )
    fraction: Fraction = free(Fraction.AS_IT_IS, "items, Item object", "How finely date-times are written.", "S138")
    whole_seconds: bool = free(False, "items, Item object", "Whether date-times are kept in whole seconds.", "S138")
    date_header: bool = free(True, "errors, HTTP status table", "Whether answers have the header Date.", "C49")
    content_type: ContentType = free(
        ContentType.JSON, "errors, HTTP status table", "What a body is declared as.", "S182", "C49"
    )
    header_names: Names = free(
        Names.LOWER, "pagination, Response headers", "In which letter case header names are written.", "S47"
    )
    version_everywhere: bool = free(
        False, "pagination, Response headers", "Whether every answer has the header X-API-Version.", "S183", "C26"
    )
    protective_headers: bool = free(
        True,
        "errors, HTTP status table",
        "Whether answers ask for TLS in future and not to guess at their type.",
        "C49",
    )
    more_headers: bool = free(
        False, "errors, HTTP status table", "Whether answers have headers that no page names.", "C49", "C45"
    )
    more_members: bool = free(False, "items, Item object", "Whether objects have members that no page names.", "S66")
    sorted_members: bool = free(
        False, "items, Item object", "Whether the members of objects are in the order of the alphabet.", "S66"
    )
    whole_decimals: bool = free(
        False, "items, Item object", "Whether a whole quantity is written without a decimal point.", "S180", "C38"
    )
    letters_escaped: bool = free(
        True, "items, Item object", "Whether letters beyond ASCII are escaped in JSON, and not sent as UTF-8.", "S182"
    )
    indented: bool = free(False, "items, Item object", "Whether JSON is spread over lines.", "S182")
    path_case_counts: bool = free(
        True, "conventions", "Whether a path in another letter case is another path.", "S184", "C49"
    )
    parameter_case_counts: bool = free(
        True, "conventions", "Whether a parameter in another letter case is another parameter.", "S184", "C8"
    )
    trailing_slash: bool = free(False, "conventions", "Whether a path may end with a slash.", "C49")
    answers_head: bool = free(True, "conventions", "Whether HEAD is answered where GET is.", "C49")
    unknown_parameters: Bad = free(
        Bad.IGNORED, "pagination, Query parameters", "What a query parameter does that no page names.", "C49"
    )
    inferred_operations: bool = free(
        True,
        "customers, Endpoints",
        "Whether the operations are there that only follow from others: details of customers and of orders.",
        "S134",
    )

    # --- pagination --------------------------------------------------------------------------------------------------

    over_maximum: OverMaximum = free(
        OverMaximum.CAPPED, "pagination, Query parameters", "What a page size over the maximum does.", "S44", "C14"
    )
    page_below_one: Bad = free(
        Bad.REFUSED, "pagination, Query parameters", "What a page number below 1 does.", "S54", "C14"
    )
    small_size: SmallSize = free(
        SmallSize.REFUSED, "pagination, Query parameters", "What a page size below 1 does.", "S55", "C14"
    )
    unreadable_number: Bad = free(
        Bad.REFUSED, "pagination, Query parameters", "What a page or a page size does that is no number.", "S54", "C14"
    )
    page_past_end_status: int = free(
        200, "pagination, Envelope", "What a page past the last one gets.", "S56", "C27", among=(404, 400)
    )
    page_past_end: PastEnd = free(
        PastEnd.NOTHING, "pagination, Envelope", "What a page past the last one shows.", "S56", "C27"
    )
    empty_page_count: int = free(
        0, "pagination, Envelope", "The pageCount of a list without rows.", "S42", "C27", among=(1,)
    )
    sort_columns: SortColumns = free(
        SortColumns.ALL, "pagination, Query parameters", "By which columns a list can be sorted.", "S60", "C18"
    )
    unknown_sort: Bad = free(
        Bad.REFUSED, "pagination, Query parameters", "What a sort column does that there is not.", "S60", "C18"
    )
    direction_case: DirectionCase = free(
        DirectionCase.BOTH,
        "pagination, Query parameters",
        "In which letter case the direction is understood.",
        "S59",
        "C16",
    )
    bad_direction: Bad = free(Bad.REFUSED, "pagination, Query parameters", "What another direction does.", "C16", "S54")
    bad_moment: Bad = free(Bad.REFUSED, "pagination, Query parameters", "What a date-time does that is none.", "S64")
    since_unshown: Unshown = free(
        Unshown.UNDERSTOOD,
        "pagination, Query parameters",
        "What modifiedSince does on lists whose own page leaves it out.",
        "C19",
    )
    reports_sort: Unshown = free(
        Unshown.UNDERSTOOD, "reports, Endpoints", "What sort and direction do on the lists of reports.", "C20"
    )
    collation: Collation = free(Collation.ORDINAL, "items, Endpoints", "How texts are ordered.", "S68")
    nulls_last: bool = free(
        False, "pagination, Query parameters", "Whether rows without a value come last when sorted by it.", "S57"
    )
    ties_reversed: bool = free(
        False,
        "pagination, Query parameters",
        "Whether rows of the same value turn round with the direction.",
        "S57",
    )
    list_order: ListOrder = free(
        ListOrder.KEY, "pagination, Query parameters", "The order of a list whose page names none.", "C17"
    )
    unknown_filter: Miss = free(
        Miss.EMPTY, "items, Endpoints", "What a list gives that is limited to what does not exist.", "S74", "S114"
    )

    # --- items -------------------------------------------------------------------------------------------------------

    item_names: ItemNames = free(
        ItemNames.ITEMS_PAGE, "items, Item object", "By which names an item shows its fields.", "S66", "C1", "C2", "C3"
    )
    item_body: ItemBody = free(
        ItemBody.EITHER, "quickstart, POST /Item", "By which names the body of an item names its fields.", "C1", "C2"
    )
    item_needs: ItemNeeds = free(ItemNeeds.SHORT_ID, "quickstart, POST /Item", "What a new item needs.", "S83", "C12")
    item_needs_known_category: bool = free(
        False, "quickstart, POST /Item", "Whether an item may name no category that does not exist.", "C11", "C12"
    )
    created_item_is_short: bool = free(
        False,
        "quickstart, POST /Item",
        "Whether a new item comes with the fields of this page alone, by its names.",
        "C6",
        "S79",
    )
    part_number_step: int = free(
        1, "items, Item object", "By how much the number of a new item is greater than the last.", "S78", among=(1000,)
    )
    discontinued_frees_short_id: bool = free(
        False, "items, Endpoints", "Whether a new item may have the ShortID of a discontinued one.", "C10"
    )
    lookup_shape: LookupShape = free(
        LookupShape.BARE, "items, Endpoints", "How an item comes that is looked up by a key.", "S71", "C7"
    )
    lookup_miss: Miss = free(Miss.NOT_FOUND, "items, Endpoints", "What a key gets that no item has.", "S73", "C7")
    key_without_type: Bad = free(
        Bad.IGNORED,
        "items, Endpoints",
        "What a key does that comes without type; if not refused, it is a ShortID.",
        "C7",
    )
    unknown_key_type: Bad = free(
        Bad.REFUSED, "items, Endpoints", "What a type does that is neither id nor alias.", "C7"
    )
    lookup_finds_discontinued: bool = free(
        True, "items, Endpoints", "Whether a key finds a discontinued item.", "C10", "C7"
    )
    number_finds_discontinued: bool = free(
        True, "quickstart, GET /Item/1", "Whether its number finds a discontinued item.", "C10", "C4"
    )
    keys_are_caseless: bool = free(
        False, "items, Endpoints", "Whether ShortIDs and spots are the same in another letter case.", "S184", "S93"
    )
    update_key: UpdateKey = free(
        UpdateKey.EITHER, "items, Endpoints", "Which member of a body names the item to update.", "C9", "S84"
    )
    update: Update = free(
        Update.PARTIAL, "items, Endpoints", "What an update does with fields that its body leaves out.", "C9", "S84"
    )
    update_status: int = free(
        200, "items, Endpoints", "What an update of an item answers.", "S84", "C9", "C47", among=(204,)
    )
    discontinued_update_status: int = free(
        200, "items, Endpoints", "What an update of a discontinued item answers.", "C10", among=(409,)
    )
    delete_status: int = free(
        200, "items, Endpoints", "What discontinuing an item answers.", "S88", "C47", "C39", among=(204,)
    )
    repeated_delete_status: int = free(
        200, "items, Endpoints", "What discontinuing an item again answers.", "S91", "C10", among=(404, 409)
    )
    change_body: ChangeBody = free(
        ChangeBody.ROW, "errors, HTTP status table", "What a change answers with where no page shows it.", "S88", "C47"
    )
    no_text: Absent = free(
        Absent.EMPTY,
        "customers, Customer object",
        "How a text without content is written.",
        "C34",
        without=(Absent.LEFT_OUT,),
    )

    odd_names: bool = free(
        False,
        "items, Endpoints",
        "Whether there are ShortIDs and spots that hold signs with a meaning in addresses.",
        "C5",
    )

    # --- inventory and locations -------------------------------------------------------------------------------------

    newest_by_number: bool = free(
        False, "inventory, Endpoints", "Whether the most recent lot is the one of the highest number.", "S98", "C17"
    )
    shipped_lots_listed: bool = free(
        False, "inventory, Endpoints", "Whether the list of lots holds those that are shipped.", "C23", "S101"
    )
    issued_lots: IssuedLots = free(
        IssuedLots.EMPTY, "inventory, Lot object", "What a lot is that has been issued as a whole.", "S107", "C23"
    )
    issues_split_lots: bool = free(
        False, "inventory, Endpoints", "Whether an issue leaves a shipped lot of its own behind.", "S107", "C23"
    )
    no_serial2: Absent = free(
        Absent.NULL,
        "inventory, Lot object",
        "How the lack of a second serial number, a tag or the name of a job is written.",
        "C34",
        without=(Absent.LEFT_OUT,),
    )
    unknown_warehouse: Miss = free(
        Miss.NOT_FOUND, "inventory, Endpoints", "What the lots of a warehouse get that does not exist.", "S111"
    )
    levels_shape: Shape = free(Shape.ENVELOPE, "inventory, Endpoints", "How stock levels are wrapped.", "S102")
    receive_status: int = free(201, "inventory, Endpoints", "What a receipt answers.", "S104", "C47", among=(200, 204))
    move_status: int = free(200, "inventory, Endpoints", "What a move answers.", "S106", "C47", among=(201, 204))
    issue_status: int = free(200, "inventory, Endpoints", "What an issue answers.", "S107", "C47", among=(201, 204))
    moved_lots: MovedLots = free(
        MovedLots.SAME, "inventory, Endpoints", "What becomes of a lot that is moved as a whole.", "S106"
    )
    short_stock_status: int = free(
        409, "errors, Codes", "What taking more than there is gets.", "S108", "C48", among=(400,)
    )
    overdraws: bool = free(
        False,
        "inventory, Endpoints",
        "Whether more can be issued than there is, which leaves a negative quantity.",
        "S108",
    )
    held_status: int = free(
        409, "locations, Hold", "What moving or issuing held stock gets.", "S109", "C48", among=(400,)
    )
    held_spot_takes_stock: bool = free(
        True, "locations, Hold", "Whether stock can be brought to a location on hold.", "S109"
    )
    held_spot_shows_on_lots: bool = free(
        False, "inventory, Lot object", "Whether lots show the hold of their location.", "S109"
    )
    repeated_hold_status: int = free(
        204, "locations, Hold", "What holding a held location, or releasing a free one, answers.", "S124", among=(409,)
    )
    spots_repeat: bool = free(
        False, "locations, Location object", "Whether the same spot code stands in two warehouses.", "S115", "C30"
    )

    # --- categories, orders, reports ---------------------------------------------------------------------------------

    no_description: Absent = free(
        Absent.EMPTY, "categories, Category object", "How the lack of a description is written.", "S126", "C34"
    )
    partial_listed: bool = free(
        True,
        "purchase-orders, Endpoints",
        "Whether open purchase orders are also those in part received.",
        "C24",
        "S140",
    )
    closed_shipping_orders_listed: bool = free(
        True, "shipping-orders, Endpoints", "Whether closed shipping orders are listed.", "C23"
    )
    closed_work_orders_listed: bool = free(
        True, "work-orders, Endpoints", "Whether closed work orders are listed.", "C23"
    )
    lines_in_lists: Absent = free(
        Absent.LEFT_OUT, "purchase-orders, Endpoints", "How rows of lists are without lines and notes.", "S141", "S143"
    )
    work_order_dates: WorkOrderDates = free(
        WorkOrderDates.WORK_ORDERS_PAGE,
        "work-orders, Endpoints",
        "What startDate and endDate bound in the list of work orders.",
        "S146",
        "C21",
        "C22",
    )
    reversed_period_status: int = free(
        200, "pagination, Query parameters", "What a period gets that ends before it begins.", "S147", among=(400,)
    )
    value_has_charges: bool = free(
        False, "purchase-orders, PurchaseOrder object", "Whether totalValue is more than the sum of the lines.", "S151"
    )
    count_limits_result: bool = free(
        False, "reports, GET /Report/{id}", "Whether count limits the rows of a result.", "C25"
    )

    # --- webhooks ----------------------------------------------------------------------------------------------------

    webhook_create_status: int = free(
        201, "webhooks, Endpoints", "What creating a subscription answers.", "S164", "C47", among=(200,)
    )
    webhook_update_status: int = free(
        200, "webhooks, Endpoints", "What updating a subscription answers.", "C47", "S172", among=(204,)
    )
    webhook_update: Update = free(
        Update.PARTIAL, "webhooks, Endpoints", "What an update does with fields that its body leaves out.", "S172"
    )
    webhook_delete_status: int = free(
        204, "webhooks, Endpoints", "What deleting a subscription answers.", "C47", "S173", among=(200,)
    )
    webhook_test_status: int = free(
        202, "webhooks, Endpoints", "What testing a subscription answers.", "C47", "S174", among=(200, 204)
    )
    webhook_log: Shape = free(Shape.ENVELOPE, "webhooks, Endpoints", "How the delivery history is wrapped.", "S175")
    webhook_needs_everything: bool = free(
        False, "webhooks, Endpoints", "Whether a new subscription needs a name and a payloadMode.", "S164"
    )
    webhook_dates: bool = free(
        True, "webhooks, Subscription object", "Whether a subscription shows created and modified.", "C34"
    )
    last_error: LastError = free(LastError.TEXT, "webhooks, Subscription object", "How the last error is told.", "C34")
    event_names: EventNames = free(
        EventNames.AS_SENT, "webhooks, Subscription object", "How the names of events are shown.", "S169"
    )
    foreign_webhook_status: int = free(
        404, "webhooks, Rules", "What a subscription of another client gets.", "S171", "C46", among=(403,)
    )
    unknown_events: Bad = free(
        Bad.REFUSED, "webhooks, Subscription object", "What a subscription to an event does that there is not.", "S170"
    )
    tests_count_as_failures: bool = free(
        True, "webhooks, Subscription object", "Whether a test that fails counts as a failure.", "S168", "S176"
    )

    # --- the control endpoint ----------------------------------------------------------------------------------------

    tells_now: bool = free(True, "control protocol", "Whether the control endpoint tells the time.")
    offers_reset: bool = free(True, "control protocol", "Whether the control endpoint offers reset.")
    reset_ends_tokens: bool = free(False, "control protocol", "Whether a reset ends all tokens.")
    disabling_again_restarts: bool = free(
        False,
        "control protocol",
        "Whether disabling an account that is disabled starts its time anew.",
        "S16",
    )


def _freedom(field: dataclasses.Field[Any]) -> Freedom:
    described = field.metadata[DESCRIBED]
    return Freedom(field=field.name, default=field.default, **described)


def freedoms_of(switches: type[Any]) -> Mapping[str, Freedom]:
    """List the freedoms that a dataclass declares, by their names on the command line."""
    return {freedom.name: freedom for freedom in map(_freedom, dataclasses.fields(switches))}


FREEDOMS = freedoms_of(Dialect)
"""Every freedom by its name on the command line, in the order of the documentation's pages."""


def with_settings(switches: Switches, settings: Sequence[str], kind: str = "freedom") -> Switches:
    """Set switches, each as ``NAME=VALUE``; what cannot be set raises UnknownFaultError.

    `kind` is the option of the command line that sets them.
    """
    table = freedoms_of(type(switches))
    changes = dict(_setting(table, setting, kind) for setting in settings)
    return dataclasses.replace(switches, **changes)  # type: ignore[type-var]


def _setting(table: Mapping[str, Freedom], setting: str, kind: str) -> tuple[str, Any]:
    name, equals, text = setting.partition("=")
    freedom = table.get(name)
    if freedom is None:
        close = difflib.get_close_matches(name, table, n=3)
        hint = f"did you mean {' or '.join(close)}? " if close else ""
        raise UnknownFaultError(
            f"--{kind} {setting}: there is no {kind} {name!r}; {hint}conformance serve --list-freedoms lists them"
        )
    if text not in freedom.spelled:
        missing = "there is no such value" if equals else "its value is missing"
        known = ", ".join(freedom.spelled)
        raise UnknownFaultError(f"--{kind} {setting}: {missing}; write --{kind} {name}=VALUE with one of {known}")
    return freedom.field, freedom.spelled[text]
