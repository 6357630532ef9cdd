"""Where the data files of specs/ and fixtures/ lie: in the installed package, else in the checkout."""

from __future__ import annotations

from pathlib import Path

import yaml

from conformance.errors import UsageError

PACKAGE = Path(__file__).resolve().parents[1]
ROOTS = (PACKAGE / "_data", PACKAGE.parent)
"""The wheel carries both folders in the package; an editable install finds them beside it."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def data_path(name: str) -> Path:
    """Find a file or folder by its name from the project's root, such as `specs/openapi.yaml`."""
    for root in ROOTS:
        candidate = root / name
        if candidate.exists():
            return candidate
    places = " nor ".join(str(root) for root in ROOTS)
    message = f"{name}: found neither under {places}; reinstall the package, or run it from a complete checkout"
    raise UsageError(message)


def read_data(name: str) -> str:
    """Read a data file as UTF-8 text."""
    return data_path(name).read_text(encoding="utf-8")


def load_yaml(name: str) -> object:
    """Parse a YAML data file, with libyaml where PyYAML was built with it."""
    return parse_yaml(read_data(name), name)


def parse_yaml(text: str, name: str) -> object:
    """Parse YAML; raises UsageError in one line with the text's name, and the place of the mistake where it is known."""
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 -- both loaders are safe ones
    except yaml.YAMLError as error:
        message = f"{name}: not readable as YAML: {' '.join(str(error).split())}"
        raise UsageError(message) from error
