"""The requirement catalogue: what stands in it, and what it refuses."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.catalogue import LEVEL_OF_BASIS, Catalogue, Requirement, load_catalogue, parse_catalogue
from conformance.contract.outcomes import Basis, Level
from conformance.contract.statements import STATEMENTS
from conformance.errors import UsageError

DOCUMENTED_PAGES = {
    "authentication",
    "quickstart",
    "pagination",
    "errors",
    "items",
    "inventory",
    "locations",
    "categories",
    "customers",
    "vendors",
    "purchase-orders",
    "shipping-orders",
    "work-orders",
    "reports",
    "webhooks",
    "assets",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Load the catalogue as shipped."""
    return load_catalogue()


def entry(**changes: Any) -> dict[str, Any]:
    """Make a valid entry; a change to None removes the key."""
    entry = {
        "id": "token.form",
        "statement": "A statement.",
        "source": {"page": "authentication", "section": "POST /Token", "rows": ["A1"]},
        "basis": "stated",
    } | changes
    return {key: value for key, value in entry.items() if value is not None}


def problems_of(*entries: object, stem: str = "authentication") -> list[str]:
    """List the problems of one file with these entries."""
    with pytest.raises(UsageError) as caught:
        parse_catalogue({stem: list(entries)})
    return str(caught.value).splitlines()


class TestAsShipped:
    """specs/requirements as it stands."""

    def test_every_row_of_the_source_document_is_covered(self, catalogue: Catalogue) -> None:
        """The authentication page's rows A1 to A22 each stand in one of its own requirements."""
        rows = {f"A{number}" for number in range(1, 23)}

        covered = {row for it in catalogue if it.source.page == "authentication" for row in it.source.rows}

        assert {row for row in covered if row.startswith("A")} == rows

    def test_rows_are_of_the_source_document_or_statements(self, catalogue: Catalogue) -> None:
        """Rows of the authentication page (A1), statements of any page (S1), contradictions between pages (C1)."""
        rows = {row for it in catalogue for row in it.source.rows}

        assert {row for row in rows if not re.fullmatch(r"[ASC][1-9][0-9]*", row)} == set()
        assert {row for row in rows if row.startswith("S")} <= set(STATEMENTS)

    def test_the_documentation_is_cited_by_its_pages(self, catalogue: Catalogue) -> None:
        """What rests on the documentation names one of its pages."""
        pages = {it.source.page for it in catalogue if it.basis in LEVEL_OF_BASIS}

        assert pages <= DOCUMENTED_PAGES

    def test_only_the_documentation_gates_by_itself(self, catalogue: Catalogue) -> None:
        """An entry from outside the documentation stands in a profile in which nothing else stands."""
        outside = {it.profile for it in catalogue if it.basis not in LEVEL_OF_BASIS}
        inside = {it.profile for it in catalogue if it.basis in LEVEL_OF_BASIS}

        assert not outside & inside

    def test_statements_are_sentences(self, catalogue: Catalogue) -> None:
        """A statement begins with a capital letter and ends with a full stop."""
        odd = [it.id for it in catalogue if not (it.statement[0].isupper() and it.statement.endswith("."))]

        assert not odd

    def test_a_must_that_is_not_stated_word_for_word_says_why(self, catalogue: Catalogue) -> None:
        """What the stated rules cannot mean otherwise is a must with a derivation, and implied ones have none."""
        derived = [it for it in catalogue if it.derivation]

        assert derived
        assert {it.basis for it in derived} == {Basis.STATED}


class TestParsing:
    """From a file's entries to requirements."""

    def test_an_entry_becomes_a_requirement(self) -> None:
        """Every field arrives, and the profile is the file's stem."""
        requirement = parse_catalogue({"chapter": [entry(needs=["control.rotate"], derivation="So.")]})["token.form"]

        assert requirement == Requirement(
            id="token.form",
            statement="A statement.",
            source=requirement.source,
            basis=Basis.STATED,
            level=Level.MUST,
            profile="chapter",
            needs=("control.rotate",),
            derivation="So.",
        )
        assert str(requirement.source) == "authentication, POST /Token (A1)"

    @pytest.mark.parametrize(
        ("basis", "level"),
        [("stated", "must"), ("implied", "should"), ("example", "should"), ("convention", "may")],
    )
    def test_level_follows_from_basis(self, basis: str, level: str) -> None:
        """An entry of the documentation never chooses its own level."""
        catalogue = parse_catalogue({"chapter": [entry(basis=basis)]})

        assert catalogue["token.form"].level == level
        assert len(problems_of(entry(basis=basis, level=level))) == 1

    @pytest.mark.parametrize("basis", ["rfc", "hardening"])
    def test_a_basis_outside_the_documentation_brings_its_level(self, basis: str) -> None:
        """Entries from an RFC or from hardening carry the level that their source gives."""
        catalogue = parse_catalogue({"oauth": [entry(basis=basis, level="may")]})

        assert catalogue["token.form"].level is Level.MAY
        assert "needs a level of its own" in problems_of(entry(basis=basis))[0]

    def test_all_problems_are_reported_at_once(self) -> None:
        """Five broken entries and a dangling name give one error with a line for each problem."""
        problems = problems_of(
            entry(id="token.one", statment="Misspelt.", statement=None),
            entry(id="token.two", checkable=False),
            entry(id="token.three", basis="guessed"),
            entry(id="token.four", depends_on=["token.fife"]),
            entry(id="token.five", source={"page": "authentication", "section": 5.2}),
            entry(id="token.four"),
            "no mapping",
        )

        expected = [
            "token.one: key statment: there is none of this name; did you mean statement",
            "token.one: statement is missing",
            "token.two: checkable is false without a reason",
            "token.three: basis guessed: there is none of this name",
            "token.five: source: section is no text",
            "token.four: the id is given twice",
            "entry 7: is no mapping",
            "token.four: depends_on: requirement token.fife: there is none of this name",
        ]
        assert len(problems) == len(expected)
        assert all(sentence in problem for sentence, problem in zip(expected, problems, strict=True))
        assert all(problem.startswith("specs/requirements") for problem in problems)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"id": "Token Form"}, "the id is not of the form"),
            ({"statement": " "}, "statement is no text"),
            ({"source": "authentication"}, "source is no mapping"),
            ({"source": {"page": "a", "section": "b", "row": ["A1"]}}, "source: key row"),
            ({"source": {"page": "a", "section": "b", "rows": "A1"}}, "rows is no list"),
            ({"checkable": "no"}, "checkable is neither true nor false"),
            ({"reason": "Because."}, "only belongs to what is not checkable"),
            ({"needs": "control.rotate"}, "needs is no list"),
            ({"needs": ["rotate"]}, "needs: rotate is not of a form"),
            ({"depends_on": ["token.form"]}, "depends on itself"),
        ],
    )
    def test_a_problem_has_one_line_that_names_it(self, changes: dict[str, Any], sentence: str) -> None:
        """Each kind of mistake gives one problem, not a chain of them."""
        problems = problems_of(entry(**changes))

        assert len(problems) == 1
        assert sentence in problems[0]

    def test_ids_are_unique_over_all_files(self) -> None:
        """The same id in two files is reported at the second one."""
        with pytest.raises(UsageError, match=r"^specs/requirements/b\.yaml: token\.form: the id is given twice"):
            parse_catalogue({"a": [entry()], "b": [entry()]})

    def test_a_file_without_a_list_is_a_problem(self) -> None:
        """A mapping at the top of a file is refused with the file's name."""
        with pytest.raises(UsageError, match=r"a\.yaml: holds no list"):
            parse_catalogue({"a": {"id": "token.form"}})

    @given(
        st.dictionaries(
            st.sampled_from([*Requirement.__dataclass_fields__, "page"]),
            st.sampled_from(
                [None, True, 5.2, "token.form", "stated", [], ["A1"], [[]], {}, {"page": "a", "section": []}]
            ),
        )
    )
    def test_any_entry_is_read_or_refused(self, changes: dict[str, Any]) -> None:
        """Whatever YAML may hold in an entry gives a requirement or a usage error."""
        ids: tuple[str, ...] = ()

        with suppress(UsageError):
            ids = parse_catalogue({"chapter": [entry() | changes]}).ids

        assert ids in {(), ("token.form",)}


class TestSelection:
    """What --profile and --requirement keep."""

    @pytest.fixture
    def three(self) -> Catalogue:
        """Two requirements of one profile and one of another."""
        return parse_catalogue(
            {"authentication": [entry(), entry(id="expiry.ends")], "paging": [entry(id="paging.default")]}
        )

    def test_nothing_given_keeps_everything(self, three: Catalogue) -> None:
        """Without profiles and patterns the selection is the catalogue."""
        assert three.select() == three

    def test_profiles_add_up(self, three: Catalogue) -> None:
        """Two profiles select what is in either."""
        assert three.select(profiles=["paging"]).ids == ("paging.default",)
        assert three.select(profiles=["paging", "authentication"]).ids == three.ids

    def test_patterns_are_globs_and_add_up(self, three: Catalogue) -> None:
        """An id and a glob select both, in the catalogue's order."""
        assert three.select(patterns=["paging.*", "token.form"]).ids == ("token.form", "paging.default")

    def test_profile_and_pattern_narrow_each_other(self, three: Catalogue) -> None:
        """With both given a requirement has to satisfy both."""
        assert three.select(["authentication"], ["expiry.*"]).ids == ("expiry.ends",)

    def test_a_misspelt_id_names_close_ones(self, three: Catalogue) -> None:
        """A pattern without a match stops the run instead of selecting nothing."""
        with pytest.raises(UsageError, match=r"requirement expiry\.end: .* did you mean expiry\.ends\?"):
            three.select(patterns=["token.form", "expiry.end"])

    def test_a_misspelt_profile_names_close_ones(self, three: Catalogue) -> None:
        """An unknown profile is a usage error."""
        with pytest.raises(UsageError, match=r"profile pageing: .* did you mean paging\?"):
            three.select(profiles=["pageing"])

    def test_a_pattern_outside_the_profile_says_where_it_matches(self, three: Catalogue) -> None:
        """A pattern that only matches in another profile names that profile."""
        with pytest.raises(UsageError, match=r"requirement token\.\*: none in the profile paging; .* authentication"):
            three.select(["paging"], ["token.*"])
