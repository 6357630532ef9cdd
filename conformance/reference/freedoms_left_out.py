"""What looks like a freedom and is none, or is none of this server: the number or the matter, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT_OUT: Mapping[str, str] = {
    "C13": "each page states its own maximum, and they hold for different lists",
    "C15": "the page Pagination states the default for every list",
    "C28": "each page states the name and the type of its own field",
    "C29": "each page states the name of its own field and parameter",
    "C32": "each page states what its own `units` counts",
    "C33": "each page states its own field for the state of its object",
    "C35": "each page states what its own field holds",
    "C36": "each page states the name and the type of its own number",
    "C37": "prose and paths differ, the paths are stated",
    "C41": "an example of an error names a field; no server has to have it",
    "C55": "which permission guards which operation is declared in the specification, not seen in an answer",
    "C57": "examples are no data set",
    "C58": "examples are no data set",
    "S152": "how far an open order has been received is a matter of data, and no requirement asks for it",
    "S177": "signatures and repeated deliveries cannot be seen by the suite, and this server delivers nothing",
    "S181": "the documentation names nothing that reading might change",
    "one token for several requests": "a client requests a new token, and a token is valid for 4 hours from its creation",
    "`asc` and `desc` alone on lists whose page does not write them": "the only page that speaks of them writes `ASC` and `DESC`",
    "a receipt that adds to an existing lot": "a lot is a receive record",
    "404 before 403 for a client without the permission": "without its permission an operation is 403; whose objects are there is open only behind that",
    "levels of conformance below must": "a server that does otherwise than what an example shows or a page implies deviates, which the suite reports",
}
