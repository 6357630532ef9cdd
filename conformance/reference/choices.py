"""The closed sets of values that freedoms choose from; every member says in words what it stands for."""

from __future__ import annotations

from enum import Enum


class TokenFormat(Enum):
    """What an access token is."""

    JWT = "a JSON Web Token, signed with HS256"
    JWT_512 = "a JSON Web Token, signed with HS512"
    BARE_JWT = "a JSON Web Token whose only claims are its subject and its number"
    OPAQUE = "a random text that means nothing to the client"
    OPAQUE_ALPHABET = "such a text, with every sign that RFC 6750 allows in one"


class BasicReading(Enum):
    """How the user and the password of HTTP Basic are read."""

    EITHER = "raw or percent-encoded"
    RAW = "as they stand"
    ENCODED = "percent-encoded, as RFC 6749 section 2.3.1 has it"


class Scheme(Enum):
    """In which letter case the word Bearer is understood."""

    ANY = "in any"
    EXACT = "as the documentation writes it"


class Cache(Enum):
    """How a token of a disabled account goes on for a while."""

    ACCOUNT = "what was read of the account is kept for so long"
    DELAY = "the disabling takes effect so much later, for all tokens at once"
    NODES = "as the first, but two servers answer in turn, each with a memory of its own"


class Foreign(Enum):
    """What a warehouse-scoped client gets when it asks a list for more than its warehouses."""

    FILTERED = "the rows of its own warehouses"
    REFUSED = "403"


class ItemNames(Enum):
    """Which page's field names an item has."""

    ITEMS_PAGE = "category, uOM, discontinued"
    QUICKSTART = "categoryID, unit, active"
    MIXED = "categoryID, uOM, discontinued"


class LookupShape(Enum):
    """What ``GET /Item?key=...`` answers with."""

    BARE = "the item"
    ENVELOPE = "a page with one row"


class Miss(Enum):
    """What a request gets that names something that does not exist."""

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


class PastEnd(Enum):
    """What a page past the last one shows, where it is not refused."""

    NOTHING = "no row, under the number that was asked for"
    LAST = "the last page, under its own number"


class PlainHttp(Enum):
    """What stands at the plain HTTP address."""

    REFUSED = "403 to everything"
    BAD_REQUEST = "400 to everything"
    UPGRADE = "426 to everything"
    REDIRECTED = "a redirect to https, 308"
    MOVED = "a redirect to https, 301"
    DROPPED = "a connection that is closed without an answer"
    CLOSED = "nothing"


class Bad(Enum):
    """What a query parameter that cannot be used does."""

    REFUSED = "400"
    IGNORED = "as if it were not there, or the nearest value that can be used"


class SmallSize(Enum):
    """What a page size below 1 does."""

    REFUSED = "400"
    ONE = "a page of one row"
    DEFAULT = "a page of 25 rows"


class Unshown(Enum):
    """What a paging parameter does that the page of a list leaves out."""

    UNDERSTOOD = "what it does elsewhere"
    IGNORED = "nothing"
    REFUSED = "400"


class DirectionCase(Enum):
    """In which letter case `direction` is understood."""

    BOTH = "in any"
    UPPER = "ASC and DESC alone"
    PAGE = "asc and desc on the lists whose page writes them so, ASC and DESC on the others"


class SortColumns(Enum):
    """By which columns a list can be sorted."""

    ALL = "by every field of its rows"
    KEY = "by the field alone that tells its rows apart"


class Collation(Enum):
    """How texts are ordered."""

    ORDINAL = "by the codes of their letters"
    CASELESS = "by letters, whatever their case"
    WORDS = "by letters and digits, whatever their case; other signs count last"


class Dates(Enum):
    """How a date-time is written."""

    ZULU = "2025-01-15T09:30:00Z"
    UTC = "2025-01-15T09:30:00+00:00"
    OFFSET = "2025-01-15T11:30:00+02:00"
    NAKED = "2025-01-15T09:30:00"


class Fraction(Enum):
    """How finely a date-time is written."""

    AS_IT_IS = "in whole seconds, or in microseconds where there are any"
    NONE = "in whole seconds"
    MILLISECONDS = "with three digits"
    MICROSECONDS = "with six digits"
    TICKS = "with seven digits"


class Names(Enum):
    """The letter case of response header names, which means nothing."""

    LOWER = "x-total-count"
    TITLE = "X-Total-Count"
    UPPER = "X-TOTAL-COUNT"


class ContentType(Enum):
    """What a JSON body is declared as."""

    JSON = "application/json"
    CHARSET = "application/json; charset=utf-8"
    VENDOR = "application/vnd.inventorypro.v1+json"
    TEXT = "text/json"


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


class ItemNeeds(Enum):
    """What a new item needs."""

    NOTHING = "nothing; what is missing the server makes up"
    SHORT_ID = "shortID"
    EVERYTHING = "shortID, description, category and unit"


class UpdateKey(Enum):
    """Which member of a body names the item to update."""

    EITHER = "shortID, or partNo where there is none"
    SHORT_ID = "shortID; partNo is passed over"
    PART_NO = "partNo; another shortID renames the item"


class Update(Enum):
    """What an update does with fields that its body leaves out."""

    PARTIAL = "they stay"
    WHOLE = "they are as in a new object"


class ChangeBody(Enum):
    """What a change answers with beside 200 or 201, where no page shows it."""

    ROW = "what was changed"
    MESSAGE = "an object that says that it is done"
    NOTHING = "no body"


class Shape(Enum):
    """How rows whose shape is not documented are wrapped."""

    ENVELOPE = "a page like every list's"
    LIST = "a bare array"
    OBJECT = "an object of its own"


class MovedLots(Enum):
    """What becomes of a lot that is moved as a whole."""

    SAME = "it keeps its number"
    NEW = "it ends, and another with a new number begins"
    MERGED = "it ends where a lot of the item lies at its destination, which grows by it; else it keeps its number"


class IssuedLots(Enum):
    """What a lot is that has been issued as a whole."""

    EMPTY = "of no units"
    AS_IT_WAS = "of as many units as were issued"


class WorkOrderDates(Enum):
    """What `startDate` and `endDate` limit in the list of work orders."""

    WORK_ORDERS_PAGE = "the start date and the due date"
    PAGINATION_PAGE = "the creation date"


class Messages(Enum):
    """What the message of an error says."""

    FULL = "what is wrong"
    SHORT = "the name of the status"
    TRANSLATED = "what is wrong, in another language"


class Code(Enum):
    """Which code goes with 400 where the documentation has two that fit."""

    VALIDATION_ERROR = "validation_error, with details"
    BAD_REQUEST = "bad_request"


class MediaType(Enum):
    """What a body gets that is declared as something else than JSON."""

    BAD_REQUEST = "400"
    UNSUPPORTED = "415"
    PASSED_OVER = "it is read as JSON"


class LastError(Enum):
    """How the last error of a subscription is told."""

    TEXT = "a text"
    OBJECT = "an object with a time and a text"
    LEFT_OUT = "not at all"


class EventNames(Enum):
    """How the names of events are shown."""

    AS_SENT = "as they were sent"
    SPACED = "with a blank after each comma"
    SORTED = "in the order of the alphabet"
