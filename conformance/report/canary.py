"""A value that is nobody's secret, and the ways in which secrets hide in texts: what the search for them is tried on."""

from __future__ import annotations

import base64
import html
import json
import secrets
import traceback
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode
from xml.etree.ElementTree import Element, tostring

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome
from conformance.report.escaping import markdown_code, markdown_text, xml_text
from conformance.report.run import Check, Exchange, Run, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG = "<canary>"
_REQUIREMENT = "canary.hidden"


def hatch() -> dict[str, str]:
    """Make two random values by client id: one like a token, and one that each encoding changes in its own way."""
    odd = "+/=&<>\"'%\\ _*#é~"
    return {"canary": secrets.token_urlsafe(30), "odd canary": f"{secrets.token_hex(6)}{odd}{secrets.token_hex(6)}"}


def encodings(client: str, value: str) -> Iterator[tuple[str, str]]:
    """Give texts that hold a value, each with the name of its encoding.

    The encodings are the standard library's: what finds them has its own idea of each. Those of Markdown end with `.md`.
    """
    yield "plain text", f"before {value} after"
    yield "a form", urlencode({"client_id": client, "client_secret": value})
    yield "a query", f"?a=1&b={quote_plus(value)}&c=2"
    yield "a path", f"/a/{quote(value, safe='')}/b"
    for lead in range(3):
        whole = b"x" * lead + value.encode() + b"tail"
        yield f"base64 from byte {lead}", base64.b64encode(whole).decode()
        yield f"base64url from byte {lead}", base64.urlsafe_b64encode(whole).decode()
    yield "HTTP Basic", "Basic " + base64.b64encode(f"{client}:{value}".encode()).decode()
    yield (
        "HTTP Basic, percent-encoded",
        "Basic " + base64.b64encode(f"{quote(client)}:{quote(value)}".encode()).decode(),
    )
    yield "JSON", json.dumps({"a": value})
    yield "JSON in Unicode", json.dumps({"a": value}, ensure_ascii=False)
    yield "JSON within JSON", json.dumps({"a": json.dumps({"b": value}, ensure_ascii=False)}, ensure_ascii=False)
    yield "HTML", f"<p>{html.escape(value)}</p>"
    yield "HTML text", f"<p>{html.escape(value, quote=False)}</p>"
    yield "XML", _xml(value)
    yield "prose of a .md", markdown_text(f"before {value} after")
    yield "code of a .md", markdown_code(f"before {value} after")
    yield "a traceback", "".join(traceback.format_exception(ValueError(f"no {value}")))
    yield "a traceback's values", "".join(traceback.format_exception(KeyError(value)))


def _xml(value: str) -> str:
    element = Element("testcase", name=xml_text(value))
    element.text = xml_text(value)
    return tostring(element, encoding="unicode")


def sample_run(value: str) -> Run:
    """Make a run whose one check failed, with a value wherever a target can put one."""
    source = Source("canary", "canary")
    requirement = Requirement(_REQUIREMENT, "No artifact holds it.", source, Basis.STATED, Level.MUST, "canary")
    return Run(
        folder=Path("canary"),
        id="canary",
        started="1970-01-01T00:00:00.000Z",
        suite="canary",
        target=Target("canary", "https://canary.invalid/api/v1"),
        seed=0,
        gate=Level.MUST,
        profiles=(),
        patterns=(),
        gating=(_REQUIREMENT,),
        catalogue=(requirement,),
        clients=(),
        environment={},
        checks=(_check(value),),
        end=None,
        exchanges=MappingProxyType({1: _exchange(value)}),
    )


def _check(value: str) -> Check:
    return Check(
        id=_REQUIREMENT,
        requirement=_REQUIREMENT,
        level=Level.MUST,
        outcome=Outcome.FAIL,
        reason="leaked",
        message=f"it said {value}",
        exchanges=(1,),
        expected=f"nothing of {value}",
        observed=f"all of {value}",
    )


def _exchange(value: str) -> Exchange:
    return Exchange(
        id=1,
        client="canary",
        sent="1970-01-01T00:00:00.000Z",
        seconds=0.001,
        method="POST",
        url=f"https://canary.invalid/api/v1/Token?a={quote(value, safe='')}",
        headers=(("Authorization", f"Bearer {value}"),),
        body=urlencode({"client_secret": value}),
        status=200,
        response_headers=(("X-Canary", value),),
        response_body=json.dumps({"access_token": value}),
    )
