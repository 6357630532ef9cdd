"""Conformance and contract test suite for implementations of the InventoryPro REST API."""

__version__ = "0.3.0"
