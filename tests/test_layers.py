"""The layers, as a test beside `make test`'s own check, so that pytest alone finds a broken one."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.support.shared_data import ROOT


def test_layers_hold() -> None:
    """jobs -> pipeline -> transforms -> schemas, no engine in records and rules, families apart."""
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS
