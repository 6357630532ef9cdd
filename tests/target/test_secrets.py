"""A rotated secret is safe before anything else happens, found by the next run, and gone after a reset."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from conformance.contract.specification import Specification, load_specification
from conformance.errors import OutputError
from conformance.target import secrets as module
from conformance.target.file import Client, Target, load_target
from conformance.target.secrets import Env, File, Kept, Secret, SecretStore, memory_path

TEXT = """
[target]
name = "Acme"
base_url = "https://inventory.acme.example/api/v1"

[[clients]]
name = "of-file"
client_id = "ipc-file"
client_secret = { file = "secret.txt" }
permissions = "all"

[[clients]]
name = "of-environment"
client_id = "ipc-environment"
client_secret = { env = "ACME_SECRET" }
permissions = "all"
"""


@pytest.fixture(scope="module")
def specification() -> Specification:
    """Load the documented API."""
    return load_specification()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with a target file whose secrets come from a file and from the environment."""
    (tmp_path / "acme.toml").write_text(TEXT)
    (tmp_path / "secret.txt").write_bytes(b"0riginal-of-file\r\n")
    (tmp_path / "secret.txt").chmod(0o640)
    monkeypatch.setenv("ACME_SECRET", "0riginal-of-environment")
    return tmp_path


class Run:
    """One run of the suite: the target as it reads it, and its store."""

    def __init__(self, folder: Path, specification: Specification) -> None:
        self.target: Target = load_target(folder / "acme.toml", specification)
        self.store = SecretStore(self.target)
        self.of_file: Client = self.target.client("of-file")
        self.of_environment: Client = self.target.client("of-environment")

    @property
    def values(self) -> list[str]:
        """The secrets that the two clients have now."""
        return [self.store.current(client).value for client in self.target.clients]


def test_without_rotation_the_declared_secrets_count(folder: Path, specification: Specification) -> None:
    """Looking leaves no trace."""
    run = Run(folder, specification)

    assert run.values == ["0riginal-of-file", "0riginal-of-environment"]
    assert run.store.writable(run.of_file)
    assert run.store.writable(run.of_environment)
    assert sorted(path.name for path in folder.iterdir()) == ["acme.toml", "secret.txt"]


def test_a_secret_goes_back_to_its_file(folder: Path, specification: Specification) -> None:
    """With the file's own line end and mode."""
    run = Run(folder, specification)

    secret = run.store.keep(run.of_file, "r0tated")

    assert secret == Secret("r0tated", File(folder / "secret.txt"))
    assert (folder / "secret.txt").read_bytes() == b"r0tated\r\n"
    assert stat.S_IMODE((folder / "secret.txt").stat().st_mode) == 0o640
    assert run.values[0] == "r0tated"
    assert Run(folder, specification).values[0] == "r0tated"


def test_a_secret_without_a_file_is_kept_beside_the_target_file(folder: Path, specification: Specification) -> None:
    """Readable by its owner alone, found by the next run."""
    run = Run(folder, specification)

    secret = run.store.keep(run.of_environment, "r0tated")

    path = folder / "acme.toml.secrets"
    assert secret == Secret("r0tated", Kept(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run.values[1] == "r0tated"
    assert Run(folder, specification).target.client("of-environment").secret == secret


def test_rotations_in_a_row(folder: Path, specification: Specification) -> None:
    """Each run goes on from the last one's secret, and keeps what other clients had."""
    first = Run(folder, specification)
    first.store.keep(first.of_environment, "r0tated-1")
    first.store.keep(first.of_file, "r0tated-2")
    second = Run(folder, specification)
    second.store.keep(second.of_environment, "r0tated-3")

    assert Run(folder, specification).values == ["r0tated-2", "r0tated-3"]


def test_a_newly_declared_secret_wins_over_a_kept_one(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever rotates by hand and changes the declaration is heard."""
    run = Run(folder, specification)
    run.store.keep(run.of_environment, "r0tated")
    monkeypatch.setenv("ACME_SECRET", "by-hand")

    assert Run(folder, specification).values[1] == "by-hand"


def test_secrets_of_another_address_are_kept_apart(folder: Path, specification: Specification) -> None:
    """A target file that points elsewhere for a while loses nothing."""
    run = Run(folder, specification)
    run.store.keep(run.of_environment, "r0tated-here")
    (folder / "acme.toml").write_text(TEXT.replace("acme.example", "other.example"))
    elsewhere = Run(folder, specification)

    assert elsewhere.values[1] == "0riginal-of-environment"

    elsewhere.store.keep(elsewhere.of_environment, "r0tated-there")
    (folder / "acme.toml").write_text(TEXT)

    assert Run(folder, specification).values[1] == "r0tated-here"


def test_everything_is_synced_before_keep_returns(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content before the move, the folder after it."""
    synced: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        synced.append(f"{kind}, kept: {memory_path(folder / 'acme.toml').exists()}")
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    run = Run(folder, specification)

    run.store.keep(run.of_environment, "r0tated")

    assert synced == ["file, kept: False", "folder, kept: True"]


def test_no_half_written_file_is_left(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves the old content and no rubbish, and the secret counts for the rest of the run."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    run = Run(folder, specification)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(
        OutputError, match=r"of-file could not be kept \(No space left on device\); rotate it once more"
    ):
        run.store.keep(run.of_file, "r0tated")

    assert (folder / "secret.txt").read_bytes() == b"0riginal-of-file\r\n"
    assert sorted(path.name for path in folder.iterdir()) == ["acme.toml", "secret.txt"]
    assert run.values[0] == "r0tated"


def read_only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make files or folders of these names read-only for the store, also when the tests run as root."""
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name not in names and real(path, mode))


def test_a_read_only_file_falls_back(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that is mounted read-only is kept beside the target file, until the mounted one changes."""
    read_only(monkeypatch, "secret.txt")
    run = Run(folder, specification)

    assert run.store.writable(run.of_file)
    assert run.store.keep(run.of_file, "r0tated") == Secret("r0tated", Kept(folder / "acme.toml.secrets"))
    assert (folder / "secret.txt").read_bytes() == b"0riginal-of-file\r\n"
    assert Run(folder, specification).values[0] == "r0tated"

    (folder / "secret.txt").write_text("by-hand")

    assert Run(folder, specification).values[0] == "by-hand"


def test_nothing_is_writable_in_a_read_only_folder(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then rotation must not be run."""
    read_only(monkeypatch, folder.name)
    run = Run(folder, specification)

    assert not run.store.writable(run.of_file)
    assert not run.store.writable(run.of_environment)


def test_a_file_that_two_clients_share_is_not_rewritten(folder: Path, specification: Specification) -> None:
    """The other client's secret has not changed."""
    shared = TEXT.replace('{ env = "ACME_SECRET" }', '{ file = "secret.txt" }')
    (folder / "acme.toml").write_text(shared)
    run = Run(folder, specification)

    run.store.keep(run.of_file, "r0tated")

    assert (folder / "secret.txt").read_bytes() == b"0riginal-of-file\r\n"
    assert Run(folder, specification).values == ["r0tated", "0riginal-of-file"]


def test_a_link_stays_a_link(folder: Path, specification: Specification) -> None:
    """The file behind it is rewritten."""
    (folder / "real").mkdir()
    (folder / "secret.txt").rename(folder / "real" / "secret.txt")
    (folder / "secret.txt").symlink_to("real/secret.txt")
    run = Run(folder, specification)

    run.store.keep(run.of_file, "r0tated")

    assert (folder / "secret.txt").is_symlink()
    assert (folder / "real" / "secret.txt").read_bytes() == b"r0tated\r\n"

    run.store.forget_all()

    assert (folder / "real" / "secret.txt").read_bytes() == b"0riginal-of-file\r\n"
    assert run.values[0] == "0riginal-of-file"


def test_a_reset_brings_the_first_secrets_back(folder: Path, specification: Specification) -> None:
    """In the files, for this run and for the next, after however many rotations."""
    run = Run(folder, specification)
    for number in (1, 2):
        run.store.keep(run.of_file, f"r0tated-{number}")
        run.store.keep(run.of_environment, f"r0tated-{number}")

    run.store.forget_all()

    assert run.values == ["0riginal-of-file", "0riginal-of-environment"]
    assert (folder / "secret.txt").read_bytes() == b"0riginal-of-file\r\n"
    assert not (folder / "acme.toml.secrets").exists()
    assert Run(folder, specification).values == ["0riginal-of-file", "0riginal-of-environment"]


def test_a_reset_in_a_later_run_brings_them_back_too(folder: Path, specification: Specification) -> None:
    """The run that rotated may have broken off before its own reset."""
    first = Run(folder, specification)
    first.store.keep(first.of_file, "r0tated")
    first.store.keep(first.of_environment, "r0tated")
    second = Run(folder, specification)

    assert second.values == ["r0tated", "r0tated"]

    second.store.forget_all()

    assert second.values == ["0riginal-of-file", "0riginal-of-environment"]
    assert (folder / "secret.txt").read_bytes() == b"0riginal-of-file\r\n"


def test_a_reset_leaves_a_file_alone_that_somebody_changed(folder: Path, specification: Specification) -> None:
    """What a person wrote after the rotation is newer than anything the suite knows."""
    run = Run(folder, specification)
    run.store.keep(run.of_file, "r0tated")
    (folder / "secret.txt").write_text("by-hand")
    later = Run(folder, specification)

    later.store.forget_all()

    assert (folder / "secret.txt").read_text() == "by-hand"
    assert later.values[0] == "by-hand"


def test_a_reset_without_rotation_changes_nothing(folder: Path, specification: Specification) -> None:
    """It is asked for at the start of every run."""
    run = Run(folder, specification)

    run.store.forget_all()

    assert run.values == ["0riginal-of-file", "0riginal-of-environment"]
    assert sorted(path.name for path in folder.iterdir()) == ["acme.toml", "secret.txt"]


def test_the_kept_file_explains_itself(folder: Path, specification: Specification) -> None:
    """It names what it is, and holds no secret that has been replaced."""
    run = Run(folder, specification)
    run.store.keep(run.of_environment, "r0tated")

    text = (folder / "acme.toml.secrets").read_text()

    assert json.loads(text)["note"].startswith("Secrets that the conformance suite had rotated.")
    assert "0riginal" not in text


def test_a_damaged_kept_file_is_an_error(folder: Path, specification: Specification) -> None:
    """A store that went on with old secrets might lock clients out."""
    target = Run(folder, specification).target
    (folder / "acme.toml.secrets").write_text('{"targets": []}')

    with pytest.raises(OutputError, match="is damaged; restore it, or delete it"):
        SecretStore(target)


def test_no_repr_shows_a_secret() -> None:
    """A secret names where it comes from, a store nothing."""
    assert repr(Secret("s3cr3t", Env("ACME_SECRET"))) == "<secret from environment variable ACME_SECRET>"
    assert (
        "s3cr3t"
        not in f"{Secret('s3cr3t', Env('A'))!s} {module.KeptSecret('s3cr3t', 'x')} {module.ChangedFile('s3cr3t', 'x')}"
    )
