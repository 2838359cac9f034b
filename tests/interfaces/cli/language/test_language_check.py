"""``plantroom language check``, which needs no plant."""

from typer.testing import CliRunner

from interfaces.cli.main import cli


def test_a_complete_language_ends_well() -> None:
    checked = CliRunner().invoke(cli, ["language", "check", "en"])
    assert (checked.exit_code, checked.output) == (0, "✓ en: complete\n")


def test_what_is_missing_is_named_with_its_file() -> None:
    checked = CliRunner().invoke(cli, ["language", "check", "tlh"])
    assert checked.exit_code == 1
    assert "tools/sentences/tlh.yaml: there is none, so tools speak English" in checked.output
