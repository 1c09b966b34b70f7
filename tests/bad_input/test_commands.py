"""Every option of every command: values that are none are refused in one line, with exit code 2, and nothing written.

The commands and their options come from the application itself, so that a new one is tried on arrival.
"""

import pytest
import typer

from lti_depth import cli

CONFIG = """[teacher]
kind = "cascade"
poles = [0.5]
[student]
kind = "cascade"
layers = 1
[optimizer]
kind = "adam"
rate = 0.01
[run]
steps = 1
"""
NEEDED = {"quantity": ["autocovariance"], "layers": ["--layers", "2"], "config": ["run.toml"]}
"""What stands in for an argument or option that a command needs."""

BAD = {
    "names": ["nonsense", "", "--nonsense", "1", "None", "../growth"],
    "out": ["run.toml", "run.toml/below"],
    "quantity": ["nonsense", "", "AUTOCOVARIANCE", "os.system", "__class__"],
    "layers": ["0", "-1", "2.5", "", "K!", "lambda", "10000", "1e4", "__import__('os')", "K+"],
    "process": ["pink", "", "AR1", "None"], "timing": ["late", "", "CURRENT"], "format": ["word", "", "C"],
    "arm": ["best", "", "lru", "LRU"], "limit": ["high", "", "deep"],
    "config": ["nowhere.toml", ".", "", "empty.toml", "bytes.toml", "list.toml"],
}  # fmt: skip
"""By name, what is refused; arm and limit also where the observable has none."""

COMMANDS = typer.main.get_command(cli.app).commands
OPTIONS = [(name, option) for name, command in COMMANDS.items() for option in command.params if option.name != "help"]
EACH = [(name, option, value) for name, option in OPTIONS if not getattr(option, "is_flag", False)
        for value in BAD.get(option.name, [None])]  # fmt: skip


@pytest.fixture
def refused(capsys, monkeypatch, tmp_path):
    """Run a command where only its files are, and return its one line."""
    files = {"run.toml": CONFIG.encode(), "empty.toml": b"", "bytes.toml": b"\xff\x00", "list.toml": b"teacher = [1]"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        with pytest.raises(SystemExit) as exit:
            cli.main(list(arguments))
        out, error = capsys.readouterr()
        assert exit.value.code == 2 and out == "", (exit.value.code, out)
        assert error.startswith("lti-depth: ") and error.count("\n") == 1 and "Traceback" not in error, error
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
        return error

    return command


def call(command, without=None):
    """The command with all that it needs, but for one of its parameters."""
    needed = [option for option in COMMANDS[command].params if option.required and option.name != without]
    return [command, *(text for option in needed for text in NEEDED[option.name])]


@pytest.mark.parametrize(("command", "option", "value"), EACH,
                         ids=[f"{command}-{option.name}-{value!r}" for command, option, value in EACH])
def test_bad_values(refused, command, option, value):
    assert value is not None, (f"the option {option.name!r} of {command} is of no known kind: add values that it "
                               "refuses to BAD in tests/bad_input/test_commands.py")
    given = [option.opts[-1], value] if option.param_type_name == "option" else [value]
    error = refused(*call(command, option.name), *given)
    assert "expected" in error or "No such" in error, error


@pytest.mark.parametrize("command", COMMANDS)
def test_options_that_are_none(refused, command):
    for wrong in ("--nonsense", "-x", "--json=1"):
        assert wrong.split("=")[0] in refused(*call(command), wrong)


@pytest.mark.parametrize(("command", "option"), [(c, o) for c, o in OPTIONS if o.param_type_name == "option"],
                         ids=lambda each: getattr(each, "name", each))
def test_options_without_their_value(refused, command, option):
    if not option.is_flag:
        assert option.opts[-1] in refused(*call(command, option.name), option.opts[-1])


@pytest.mark.parametrize("command", [name for name, c in COMMANDS.items() if any(o.required for o in c.params)])
def test_what_is_needed(refused, command):
    refused(command)
