"""The permission oracle: examples of each rule, and properties that hold for every client and request."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.permissions import ALLOW, Decision, Denial, Grant, Rights, expected
from conformance.contract.specification import Operation, load_specification

SPECIFICATION = load_specification()
EVERYTHING = Rights(permissions=Grant.everything(), warehouses=Grant.everything(), reports=Grant.everything())

numbers = st.integers(min_value=1, max_value=5)
names = st.sampled_from(SPECIFICATION.permissions)
number_grants = st.builds(Grant[int], all=st.booleans(), names=st.frozensets(numbers))
name_grants = st.builds(Grant[str], all=st.booleans(), names=st.frozensets(names))
rights = st.builds(
    Rights, permissions=name_grants, warehouses=number_grants, reports=number_grants, read_only=st.booleans()
)


class Request(NamedTuple):
    """What the oracle is asked about, beside the client."""

    operation: Operation
    warehouse: int | frozenset[int] | None
    report: int | None


requests = st.builds(
    Request,
    operation=st.sampled_from(SPECIFICATION.operations),
    warehouse=st.none() | numbers | st.frozensets(numbers, max_size=2),
    report=st.none() | numbers,
)


def with_name(grant: Grant[str], name: str) -> Grant[str]:
    """Grant one name more."""
    return replace(grant, names=grant.names - {name} if grant.all else grant.names | {name})


def without_number(grant: Grant[int], number: int) -> Grant[int]:
    """Grant one number less."""
    return replace(grant, names=grant.names | {number} if grant.all else grant.names - {number})


class TestRules:
    """One example a rule of the authentication page's Authorization section."""

    def test_a_client_with_every_right_is_allowed(self) -> None:
        """Nothing that is documented is denied to it."""
        assert all(expected(EVERYTHING, operation, warehouse=3, report=3) == ALLOW for operation in SPECIFICATION)

    def test_a_missing_permission_denies(self) -> None:
        """Writing does not come with reading, nor reading with writing."""
        reader = replace(EVERYTHING, permissions=Grant.only(["items.read"]))
        writer = replace(EVERYTHING, permissions=Grant.only(["items.write"]))

        assert expected(reader, SPECIFICATION["GET /Item"]).allowed
        assert expected(reader, SPECIFICATION["POST /Item"]).reasons == (Denial.PERMISSION,)
        assert expected(writer, SPECIFICATION["GET /Item"]).reasons == (Denial.PERMISSION,)

    def test_a_foreign_warehouse_denies_reading_and_writing(self) -> None:
        """The path, and both ends of a movement, count."""
        scoped = replace(EVERYTHING, warehouses=Grant.only([1, 2]))
        foreign = Decision((Denial.WAREHOUSE,))

        assert expected(scoped, SPECIFICATION["GET /Inventory/{wid}"], warehouse=2) == ALLOW
        assert expected(scoped, SPECIFICATION["GET /Inventory/{wid}"], warehouse=3) == foreign
        assert expected(scoped, SPECIFICATION["POST /Inventory/Move"], warehouse=[1, 2]) == ALLOW
        assert expected(scoped, SPECIFICATION["POST /Inventory/Move"], warehouse=[1, 3]) == foreign

    def test_a_list_over_all_warehouses_is_not_denied(self) -> None:
        """The documentation leaves open whether it is filtered or refused, so the oracle does not demand a refusal."""
        scoped = replace(EVERYTHING, warehouses=Grant.only([1]))

        assert expected(scoped, SPECIFICATION["GET /Inventory"]) == ALLOW

    def test_items_belong_to_no_warehouse(self) -> None:
        """A warehouse is irrelevant to an operation that touches none."""
        scoped = replace(EVERYTHING, warehouses=Grant.nothing())

        assert expected(scoped, SPECIFICATION["POST /Item"], warehouse=3) == ALLOW

    def test_read_only_denies_post_put_and_delete(self) -> None:
        """Whatever else the client may do, and with the token endpoint as the one exception."""
        reader = replace(EVERYTHING, read_only=True)

        denied = {operation.method for operation in SPECIFICATION if not expected(reader, operation).allowed}

        assert denied == {"POST", "PUT", "DELETE"}
        assert expected(reader, SPECIFICATION["POST /Token"]) == ALLOW

    def test_running_a_report_takes_the_permission_and_the_right(self) -> None:
        """Either one missing denies; the list of reports is not denied for want of a right."""
        run = SPECIFICATION["GET /Report/{id}"]
        limited = replace(EVERYTHING, reports=Grant.only([15]))

        assert expected(limited, run, report=15) == ALLOW
        assert expected(limited, run, report=22).reasons == (Denial.REPORT,)
        assert expected(replace(limited, permissions=Grant.nothing()), run, report=15).reasons == (Denial.PERMISSION,)
        assert expected(limited, SPECIFICATION["GET /Report"], report=22) == ALLOW

    def test_reasons_come_in_one_order(self) -> None:
        """A client with no rights at all is denied for every reason that applies."""
        nobody = Rights(Grant.nothing(), Grant.nothing(), Grant.nothing(), read_only=True)

        decision = expected(nobody, SPECIFICATION["POST /Inventory/Issue"], warehouse=1)

        assert decision.reasons == (Denial.PERMISSION, Denial.WAREHOUSE, Denial.READ_ONLY)
        assert repr(decision) == "<deny: permission, warehouse, read-only>"

    def test_rights_name_the_permissions_that_they_hold(self) -> None:
        """`all` and `all except` are spelt out with the specification's names."""
        careful = replace(EVERYTHING, permissions=Grant.all_except(["items.write"]))

        assert EVERYTHING.all_permissions(SPECIFICATION) == frozenset(SPECIFICATION.permissions)
        assert careful.all_permissions(SPECIFICATION) == frozenset(SPECIFICATION.permissions) - {"items.write"}


class TestProperties:
    """What holds for every client and every request."""

    @given(rights, requests, names)
    def test_another_permission_never_denies(self, rights: Rights, request: Request, name: str) -> None:
        """Adding a permission turns no allow into deny."""
        richer = replace(rights, permissions=with_name(rights.permissions, name))

        assert set(expected(richer, *request).reasons) <= set(expected(rights, *request).reasons)

    @given(rights, requests, numbers)
    def test_a_warehouse_less_never_allows(self, rights: Rights, request: Request, number: int) -> None:
        """Taking a warehouse away turns no deny into allow."""
        poorer = replace(rights, warehouses=without_number(rights.warehouses, number))

        assert set(expected(rights, *request).reasons) <= set(expected(poorer, *request).reasons)

    @given(rights, requests, numbers)
    def test_a_report_less_never_allows(self, rights: Rights, request: Request, number: int) -> None:
        """Taking a report away turns no deny into allow."""
        poorer = replace(rights, reports=without_number(rights.reports, number))

        assert set(expected(rights, *request).reasons) <= set(expected(poorer, *request).reasons)

    @given(rights, requests)
    def test_read_only_never_allows_a_write(self, rights: Rights, request: Request) -> None:
        """Every write of a read-only client is denied, and what it reads is decided as for anyone else."""
        reading = expected(replace(rights, read_only=True), *request)
        free = expected(replace(rights, read_only=False), *request)

        assert reading.allowed == (free.allowed and not request.operation.is_write)

    @given(rights, requests)
    def test_rights_of_other_operations_are_irrelevant(self, rights: Rights, request: Request) -> None:
        """Holding the one permission that is needed is as good as holding all."""
        needed = request.operation.permission
        single = replace(rights, permissions=Grant.only([needed] if needed else []))
        full = replace(rights, permissions=Grant.everything())

        assert expected(single, *request) == expected(full, *request)

    @given(rights, st.sampled_from(SPECIFICATION.operations), st.frozensets(numbers, min_size=1), numbers)
    def test_one_foreign_warehouse_among_several_denies(
        self, rights: Rights, operation: Operation, several: frozenset[int], one: int
    ) -> None:
        """A request that touches several warehouses is allowed where each of them alone is."""
        together = expected(rights, operation, several, one)

        assert together.allowed == all(expected(rights, operation, number, one).allowed for number in several)

    @given(rights, requests)
    def test_every_denial_needs_a_lack(self, rights: Rights, request: Request) -> None:
        """A reason is given exactly where that one right, put right, takes it away."""
        whole = {
            Denial.PERMISSION: replace(rights, permissions=Grant.everything()),
            Denial.WAREHOUSE: replace(rights, warehouses=Grant.everything()),
            Denial.REPORT: replace(rights, reports=Grant.everything()),
            Denial.READ_ONLY: replace(rights, read_only=False),
        }
        reasons = expected(rights, *request).reasons

        for reason, mended in whole.items():
            assert expected(mended, *request).reasons == tuple(it for it in reasons if it is not reason)

    @given(number_grants, numbers)
    def test_a_grant_and_its_opposite_share_nothing(self, grant: Grant[int], number: int) -> None:
        """Each number is in a grant or in the one that turns it round."""
        opposite = replace(grant, all=not grant.all)

        assert (number in grant) != (number in opposite)
