"""Bad weather: what a network, a load balancer or other clients do to a server that conforms, each an independent switch."""

# ruff: noqa: FBT003, RUF009 -- as in freedoms.py

from __future__ import annotations

import asyncio
import dataclasses
import random
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from enum import Enum
from typing import TYPE_CHECKING

from conformance.reference.freedoms import free, freedoms_of
from conformance.reference.problems import Problem
from conformance.reference.world import Item, Lot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from conformance.reference.freedoms import Freedom
    from conformance.reference.service import Service

    Refusal = Callable[[Problem], ASGIApp]

SECONDS_BETWEEN_CHANGES = 0.1
MOST_ROWS_OF_OTHERS = 40
CONTROL = "/control"


class Connections(Enum):
    """What becomes of a connection after an answer."""

    KEPT = "it is kept"
    CLOSED = "it is closed, as the answer says"
    CUT = "it is closed without a word"


class RetryAfter(Enum):
    """What 429 says of the time to wait."""

    SECONDS = "a second"
    DATE = "a date and time, a second away"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Weather:
    """One independent switch for each kind of bad weather; the default is a calm day."""

    latency: int = free(0, "network", "How many milliseconds every answer takes longer.", among=(50, 300))
    jitter: int = free(0, "network", "How many milliseconds at most it takes longer still, at random.", among=(30,))
    connections: Connections = free(Connections.KEPT, "network", "What becomes of a connection after an answer.")
    chunked: bool = free(False, "network", "Whether bodies are sent in chunks, without Content-Length.")
    limited: int = free(
        0, "errors, Codes", "One request in so many gets 429; 0 is none.", "S31", "C45", among=(1000, 200, 50)
    )
    retry_after: RetryAfter = free(
        RetryAfter.SECONDS, "errors, Codes", "What 429 says of the time to wait.", "S32", "C45"
    )
    token_length: int = free(
        0, "authentication, POST /Token", "How many characters an access token has at least.", "S5", among=(4096,)
    )
    others_write: bool = free(
        False, "inventory, Endpoints", "Whether other clients add, change and discontinue rows of their own meanwhile."
    )


CALM = Weather()
WEATHER: Mapping[str, Freedom] = freedoms_of(Weather)
"""Every kind of bad weather by its name on the command line."""


def exposed(application: ASGIApp, service: Service, refusal: Refusal) -> ASGIApp:
    """Put an application into the weather of its server; `refusal` makes an application that answers with a problem."""
    weather = service.weather
    if dataclasses.replace(weather, token_length=0, others_write=False) == CALM:
        return application
    # Chance, but the same chance in every run.
    chance, asked = random.Random(0), 0  # noqa: S311

    async def outside(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal asked
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        if weather.latency or weather.jitter:
            await asyncio.sleep((weather.latency + weather.jitter * chance.random()) / 1000)
        asked += scope["path"] != CONTROL
        if weather.limited and scope["path"] != CONTROL and asked % weather.limited == 0:
            inner = refusal(_too_many(service))
        else:
            inner = application
        await inner(scope, receive, _altered(send, weather))
        if weather.connections is Connections.CUT:
            _close(send)

    return outside


def _altered(send: Send, weather: Weather) -> Send:
    """Send an answer as the weather has it."""

    async def altered(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message["headers"]
            if weather.connections is Connections.CLOSED:
                headers = [*headers, (b"connection", b"close")]
            if weather.chunked and message["status"] >= 200:
                headers = [(name, value) for name, value in headers if name.lower() != b"content-length"]
            message = {**message, "headers": headers}
        elif weather.chunked and len(message.get("body", b"")) > 1:
            half = len(message["body"]) // 2
            await send({**message, "body": message["body"][:half], "more_body": True})
            message = {**message, "body": message["body"][half:]}
        await send(message)

    return altered


def _close(send: Send) -> None:
    """Close the connection that an answer went to, once it is sent; in process there is none."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.close()


def _too_many(service: Service) -> Problem:
    until = service.clock.now() + timedelta(seconds=1)
    told = {
        RetryAfter.SECONDS: (("Retry-After", "1"),),
        RetryAfter.DATE: (("Retry-After", format_datetime(until, usegmt=True)),),
        RetryAfter.NOTHING: (),
    }[service.weather.retry_after]
    return Problem(429, "rate_limited", "Too many requests; slow down and retry.", headers=told)


class Others:
    """Other clients, who add, change and discontinue items and lots of their own, one step at a time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._steps = 0
        self._part_nos: list[int] = []
        self._rec_nos: list[int] = []

    def step(self) -> None:
        """Make the next change."""
        changes = (self._add_item, self._add_lot, self._change_item, self._change_lot, self._end_lot, self._end_item)
        changes[self._steps % len(changes)]()
        self._steps += 1

    def _add_item(self) -> None:
        service = self._service
        if len(self._part_nos) >= MOST_ROWS_OF_OTHERS:
            return
        part_no, now = service.store.new_part_no(service.rules.item.number_step()), service.stamp()
        name = f"OTHERS-{self._steps:05d}"
        item = service.rules.item.created(part_no, name, {"description": "of another client"}, now)
        service.store.items[part_no] = item
        self._part_nos.append(part_no)

    def _add_lot(self) -> None:
        store, now = self._service.store, self._service.stamp()
        item = self._last_item()
        if item is None or item.discontinued or len(self._rec_nos) >= MOST_ROWS_OF_OTHERS:
            return
        spots = [row for row in store.locations.values() if row.active and not row.hold]
        location = spots[self._steps % len(spots)]
        rec_no = store.new_rec_no()
        store.lots[rec_no] = Lot(
            rec_no=rec_no,
            part_no=item.part_no,
            wid=location.wid,
            spot=location.spot,
            units=5.0,
            received=now,
            modified=now,
            serial="",
            remark="of another client",
        )
        self._rec_nos.append(rec_no)

    def _change_item(self) -> None:
        item = self._last_item()
        if item is not None:
            changes = {"description": f"of another client, {self._steps}"}
            changed = self._service.rules.item.updated(item, changes, self._service.stamp())
            self._service.store.items[item.part_no] = dataclasses.replace(changed, category=item.category)

    def _change_lot(self) -> None:
        lot = self._last_lot()
        if lot is not None and lot.active:
            self._put(dataclasses.replace(lot, units=lot.units + 1, modified=self._service.stamp()))

    def _end_lot(self) -> None:
        lot, now = self._last_lot(), self._service.stamp()
        if lot is not None and lot.active and self._steps % 4 == 0:
            self._put(dataclasses.replace(lot, units=0.0, shipped=now, active=False, modified=now))

    def _end_item(self) -> None:
        item = self._last_item()
        if item is not None and self._steps % 4 == 1:
            gone = self._service.rules.item.discontinued(item, self._service.stamp())
            if gone is not None:
                self._service.store.items[item.part_no] = gone

    def _put(self, lot: Lot) -> None:
        self._service.store.lots[lot.rec_no] = lot

    def _last_item(self) -> Item | None:
        """Their newest item; none after a reset."""
        return self._service.store.items.get(self._part_nos[-1]) if self._part_nos else None

    def _last_lot(self) -> Lot | None:
        return self._service.store.lots.get(self._rec_nos[-1]) if self._rec_nos else None
