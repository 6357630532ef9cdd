"""Faults in reading credentials: which client is meant, and where its secret ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import TokenRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.reference.rules.token import Credentials, Form
    from conformance.reference.store import Account


def _client_of_the_form(site: Site, account: Account, form: Form) -> str:
    """Check Basic in a filter, and have the handler read the client ID from the form."""
    named = form.get("client_id", [""])[0]
    client_id: str = site.original(account, form)
    return named if named in site.service.store.accounts else client_id


def _with_tenant(site: Site, header: str) -> Sequence[Credentials]:
    """Take what stands behind the last colon for the name of a tenant, which nobody looks at any more."""
    read: Sequence[Credentials] = site.original(header)
    return [*read, *(replace(one, secret=one.secret.rpartition(":")[0]) for one in read if ":" in one.secret)]


def _that_begins_so(_site: Site, account: Account, presented: Credentials) -> bool:
    """Look the client ID up as a search box does."""
    return bool(presented.client_id) and account.client_id.startswith(presented.client_id)


FAULTS = (
    Fault(
        name="token.of-client-in-form",
        sentence="Where the form names another client than Basic does, the token is that other client's.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="Every client can work with the rights of any other.",
        rule=TokenRules.token_client,
        variant=_client_of_the_form,
    ),
    Fault(
        name="token.basic-with-tenant",
        sentence="By Basic a secret is accepted with a colon and anything behind it.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="A secret that was pasted together with other text works, and nobody notices the leak.",
        rule=TokenRules.basic_credentials,
        variant=_with_tenant,
    ),
    Fault(
        name="token.client-id-begins",
        sentence="The beginning of a client ID is accepted for the whole.",
        violates=("token.known-client-only",),
        seen_as=("accepted",),
        suffering="Logs name clients that do not exist, and blocking one by its ID does not help.",
        rule=TokenRules.is_account,
        variant=_that_begins_so,
    ),
)
