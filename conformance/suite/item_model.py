"""What the item master should show of the items that a walk has made, changed and discontinued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Undecided
from conformance.suite.fields import Misfit
from conformance.suite.item_rows import is_active, number_of, short_id_of
from conformance.suite.items import CREATE, DELETE, READ
from conformance.suite.walks import AT_ONCE, refused, unless_lost
from conformance.target.answer import rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.suite.walks import Step

ACTIONS = ("create", "update", "discontinue", "update", "create")
LIST, LIST_ALL = "GET /Item", "GET /Item/All"
# A longer list is not read again and again.
MOST_ROWS = 2_500
TRIES = 3


@dataclass(slots=True)
class Made:
    """An item that the walk has made; a `description` of None may be anything."""

    short_id: str
    number: int | None
    description: str | None
    active: bool = True

    def __str__(self) -> str:
        return f"item {self.short_id}"


class ItemModel:
    """The items of one walk."""

    def __init__(self, workshop: Workshop, lists: Lists) -> None:
        self._workshop = workshop
        self._lists = lists
        self._made: list[Made] = []
        self._updatable = True
        self._discontinued_once = False

    # --- steps ---

    def take(self, step: Step) -> Iterable[Misfit]:
        """Take a step on the target and on the model; raises Blocked where the target lets none be taken."""
        active = [made for made in self._made if made.active]
        if not active or (step.action == "create" and len(active) < AT_ONCE):
            self._create()
            return ()
        item = active[step.which % len(active)]
        return self._discontinue(item) if step.action == "discontinue" else self._update(item)

    def look_up(self) -> Iterable[Misfit]:
        """Compare the active items, and the last that was discontinued, as shown by ShortID and by number."""
        gone = [made for made in self._made if not made.active]
        looked_at = [made for made in self._made if made.active] + gone[-1:]
        return [misfit for made in looked_at for misfit in self._look_up(made)]

    def look_at_lists(self) -> Iterable[Misfit]:
        """Compare both lists."""
        return [*self._look_at_list(LIST), *self._look_at_list(LIST_ALL)]

    def _create(self) -> None:
        items = self._workshop.items
        body = items.body(self._workshop.unique())
        answer = items.post(body)
        if not answer.accepted:
            raise Blocked(Reason.PREPARATION_FAILED, f"no item could be created: {answer!r}", cause=CREATE)
        row = next(iter(rows_of(answer.json)), {})
        described = body.get("description")
        self._made.append(
            Made(
                short_id_of(body) or short_id_of(row) or "",
                number_of(row),
                described if isinstance(described, str) else None,
            )
        )

    def _update(self, item: Made) -> list[Misfit]:
        body, text = self._change(item)
        if body is None:
            return []
        answer = self._workshop.items.put(body)
        if not answer.accepted:
            return refused(f"updating {item}", answer)
        item.description = text if body.get("description") == text else None
        return []

    def _change(self, item: Made) -> tuple[dict[str, Any] | None, str]:
        """The body of an update and the description that it gives; None where no update is known to work."""
        text = f"Changed by {self._workshop.unique()}"
        row = self._workshop.items.shown(item.short_id, item.number) if self._updatable else None
        if row is None:
            return None, text
        try:
            return self._workshop.items.change(row, text), text
        except Undecided as error:
            unless_lost(error)
            self._updatable = False
            return None, text

    def _discontinue(self, item: Made) -> list[Misfit]:
        answer = self._workshop.items.discontinue(item.short_id)
        if not answer.accepted:
            if self._discontinued_once:
                return refused(f"discontinuing {item}", answer)
            raise Blocked(Reason.PREPARATION_FAILED, f"an item cannot be discontinued: {answer!r}", cause=DELETE)
        item.active, self._discontinued_once = False, True
        # What was discontinued last stands last.
        self._made.remove(item)
        self._made.append(item)
        return []

    # --- comparing ---

    def _look_up(self, made: Made) -> list[Misfit]:
        """Compare one item as it is shown by its ShortID and by its number."""
        found = list(_judged(made, self._workshop.world.find_item(made.short_id), "by its ShortID"))
        world = self._workshop.world
        if made.number is None or READ not in world.specification:
            return found
        answer = world.able(world.specification[READ]).ask(Request("GET", f"/Item/{made.number}"))
        if answer.code in {401, 403}:
            return found
        if answer.code >= 500:
            return [*found, Misfit(str(made), f"by its number it is not shown: {answer!r}")]
        row = next(iter(rows_of(answer.json)), None) if answer.accepted else None
        return [*found, *_judged(made, row, "by its number")]

    def _look_at_list(self, label: str) -> list[Misfit]:
        """Compare all items with a list, which is read again where it disagrees: others may change it meanwhile."""
        found: list[Misfit] = []
        for _ in range(TRIES):
            rows = self._rows(label)
            if rows is None:
                return []
            found = [misfit for made in self._made for misfit in _listed(made, rows.get(made.short_id), label)]
            if not found:
                return []
        return found

    def _rows(self, label: str) -> dict[object, dict[str, Any]] | None:
        """The rows of a list by ShortID; None where it is too long, or was not read as one whole."""
        operation = self._workshop.world.specification[label]
        total = self._lists.page(operation, page=1, pageSize=1).member("totalCount")
        if type(total) is int and total > MOST_ROWS:
            return None
        whole = self._lists.whole_now(operation)
        if not whole.complete or whole.total not in {None, len(whole.rows)}:
            return None
        return {row.get("shortID"): row for row in whole.rows}


def _judged(made: Made, row: dict[str, Any] | None, where: str) -> Iterator[Misfit]:
    """What is wrong with an item as it is shown. Whether a discontinued one is shown when it is looked up is open."""
    state = None if row is None else is_active(row)
    if not made.active:
        if state is True:
            yield Misfit(str(made), f"{where} it is shown active, though it was discontinued")
        return
    if row is None:
        yield Misfit(str(made), f"{where} it is not found, though it was created and never discontinued")
        return
    if state is False:
        yield Misfit(str(made), f"{where} it is shown discontinued, though it never was")
    if made.number is not None and number_of(row) not in {None, made.number}:
        yield Misfit(str(made), f"{where} its partNo is {number_of(row)}, but it was created with {made.number}")
    if made.description is not None and row.get("description") != made.description:
        yield Misfit(
            str(made), f"{where} its description is {row.get('description')!r}, but was set to {made.description!r}"
        )


def _listed(made: Made, row: dict[str, Any] | None, label: str) -> Iterator[Misfit]:
    if made.active:
        yield from _judged(made, row, f"in {label}")
    elif label == LIST and row is not None:
        yield Misfit(str(made), f"in {label} it is listed, though it was discontinued")
    elif label == LIST_ALL:
        if row is None:
            yield Misfit(str(made), f"in {label} it is missing; discontinued items are listed there too")
        else:
            yield from _judged(made, row, f"in {label}")
