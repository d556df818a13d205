"""The command line: exit statuses, the text of every wrong use, and that help costs nothing."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import cli, demo, inspect, plan, run, verify
from jobs.cli import main
from schemas.outcomes import BudgetError, GuardError, UserError, VerificationError
from tests.support.shared_data import ROOT
from tests.support.small_run import write_run

SAMPLE = str(demo.SAMPLE)
HEAVY = (
    "apache_beam",
    "pyarrow",
    "numpy",
    "PIL",
    "turbohtml",
    "fastwarc",
    "pipeline.plan",
    "pipeline.run",
    "transforms",
)


def raising(error: BaseException):
    """An act that ends by `error`."""

    def act(_args: object) -> int:
        raise error

    return act


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch):
    """Makes `triptych inspect X` end by an exception, and returns the exit status."""

    def end(error: BaseException) -> int:
        verb = cli.Verb("inspect", "help", inspect.arguments, raising(error))
        monkeypatch.setattr(cli, "VERBS", (verb,))
        return main(["inspect", "OUT"])

    return end


def test_import_is_light() -> None:
    """Importing the command line imports no engine, no array library and none of the layers that use them."""
    code = f"import sys, jobs.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", [verb.name for verb in cli.VERBS])
def test_help_of_every_verb(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb explains itself on stdout and ends with 0."""
    assert main([verb, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"usage: triptych {verb}")


@pytest.mark.parametrize("verb", ["run", "plan", "submit"])
def test_help_is_in_groups_of_short_lines(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What everyone needs stands first and no list is long; lines fit a narrow terminal, and stay short on a wide one."""
    for columns, longest in (("80", 78), ("200", 98)):
        monkeypatch.setenv("COLUMNS", columns)
        assert main([verb, "--help"]) == 0
        groups = capsys.readouterr().out.partition("\noptions:\n")[2].split("\n\n")
        assert {"--output", "--workers"} <= set(groups[0].split())
        assert all(sum(line.startswith("  -") for line in group.splitlines()) <= 9 for group in groups)
        assert max(len(line) for group in groups for line in group.splitlines()) <= longest
        assert any("--images" in group for group in groups) == (verb != "submit")  # which fetches nothing


@pytest.mark.parametrize("verb", ["", *(verb.name for verb in cli.VERBS)])
def test_help_fits_a_narrow_terminal(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prose behind the options too; forms of use, which are copied, stay on a line."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*verb.split(), "--help"]) == 0
    _, _, told = capsys.readouterr().out.partition("\n\n")
    assert max(map(len, told.splitlines())) <= 80


def test_help_lists_every_verb_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    """The overview names each verb and each exit status; no argument at all shows it too."""
    assert main(["--help"]) == 0
    overview = capsys.readouterr().out
    assert all(f"\n    {verb.name} " in overview for verb in cli.VERBS)
    assert all(f"{status} " in overview for status in (0, 1, 2, 3, 4, 130))
    assert main([]) == 0
    assert capsys.readouterr().out == overview


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` says which release this is."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("triptych 0.")


WRONG = {
    "rum --input x": "no command 'rum'; did you mean run? (triptych --help says what each does)",
    "run --inptu x": "triptych run: no option --inptu; did you mean --input? (Beam's options stand after --)",
    "run --workers=2 --recip x": "triptych run: no option --recip; did you mean --recipe? (Beam's options stand after --)",
    "run --input x": "the following arguments are required: --output; see triptych run --help",
    "inspect": "the following arguments are required: DIR; see triptych inspect --help",
    "inspect a b": "unrecognized arguments: b; see triptych --help",
    "run --input x --output o --workers 0": (
        "argument --workers: expected a whole number of at least 1, got '0'; see triptych run --help"
    ),
    "plan --input x --output o --corpora text,pears": "--corpora text,pears: no corpus 'pears'; did you mean pairs?",
    "plan --input x --output o --recipe kosmos": (
        "no recipe 'kosmos'; did you mean kosmos1? (one of your own is named by its path)"
    ),
    "plan --input x --output o --recipe none.toml": "--recipe none.toml: No such file or directory",
    "plan --input x --output o --set seed": (
        "--set 'seed': expected SECTION.KEY=VALUE, for example text.rules.gopher_words.floor=20"
    ),
    "plan --input x --output o --set text.rules.gopher_word.floor=1": (
        "recipe kosmos1: text.rules.gopher_word: unknown rule; did you mean gopher_words?"
    ),
    "plan --input x --output o --set interleaved.max_image=1": (
        "recipe kosmos1: interleaved.max_image: unknown key; did you mean max_images?"
    ),
    "plan --input none.warc --output o": (
        "no input matches 'none.warc': give a web archive, a folder of them, or a pattern in quotes"
    ),
    "plan --input x --output o -- --runner=DirectRunner": (
        "--runner=DirectRunner: DirectRunner is a switch between engines and may download one; name FnApiRunner, the engine itself"
    ),
    "verify o -- --runner=FlinkRunner": "triptych verify takes no Beam options: leave out -- and what follows",
    "recipes cosmos1": "no recipe 'cosmos1'; did you mean kosmos1? (one of your own is named by its path)",
    "verify nowhere": "nowhere: no such folder",
    "clusters nowhere": (
        "nowhere: nothing is decided here (manifest.json is missing, and so are decisions in staging)"
    ),
    "inspect nowhere": ("nowhere: no finished run is here (manifest.json is missing); no run was begun in it"),
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_use(
    line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every wrong use ends with 2 and one line on stderr that says what is wrong and what to do; stdout stays empty."""
    monkeypatch.chdir(tmp_path)
    assert main(line.split()) == cli.USAGE
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"triptych: {WRONG[line]}\n")
    assert list(tmp_path.iterdir()) == []


def test_all_mistakes_of_a_recipe_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A recipe with two mistakes is refused with a line for each, both naming the file."""
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\n[text]\nlanguage = ["en"]\n[pairs]\nduplicates = ["sha265"]\n')
    assert main(["plan", "--input", SAMPLE, "--output", "o", "--recipe", str(file)]) == cli.USAGE
    assert capsys.readouterr().err.splitlines() == [
        f"triptych: {file}: text.language: unknown key; did you mean languages?",
        f"triptych: {file}: pairs.duplicates: unknown value 'sha265'; did you mean sha256?",
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UserError("a"), 2),
        (BudgetError("b"), 3),
        (GuardError("g"), 3),
        (VerificationError("c"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_status_of_every_ending(error: BaseException, status: int, ending, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of ending has its exit status and a single line."""
    assert ending(error) == status
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_full_disk_is_no_bug(ending, capsys: pytest.CaptureFixture[str]) -> None:
    """What the machine refuses is told with its path and ends with 2, without a log."""
    assert ending(OSError(errno.ENOSPC, "No space left on device", "/data/x")) == cli.USAGE
    said = "triptych: /data/x: no space left on device: make room, or name another place\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error", "/data/x"),
        OSError(errno.EMFILE, "Too many open files"),
        OSError(errno.EFBIG, "File too large"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "a.warc.gz"),
        IsADirectoryError(errno.EISDIR, "Is a directory", "run.json"),
        BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
        MemoryError(),
        RuntimeError("can't start new thread"),
        ImportError("libarrow.so: failed to map segment from shared object"),
    ],
)
def test_what_the_machine_refuses_is_no_bug(error: Exception, ending, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the file, where there is one, and with what to do; status 2, no log."""
    assert ending(error) == cli.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert "a bug" not in line and getattr(error, "filename", None) in (None, line.split(": ")[1])


@pytest.mark.parametrize(
    "error", [OSError(errno.EBADF, "Bad file descriptor"), RuntimeError("x"), ImportError("no module"), OSError("x")]
)
def test_an_error_that_is_not_the_machines_is_a_bug(error: Exception, ending) -> None:
    """A descriptor that is closed, or an error without a number, is ours."""
    assert ending(error) == cli.BUG


def test_bug_keeps_its_traceback_in_a_file(
    ending, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug ends with 1, names a log that holds the traceback and its notes, and shows no traceback itself."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    error = KeyError("surprise")
    error.add_note("what the engine said")
    assert ending(error) == cli.BUG
    out, err = capsys.readouterr()
    (log,) = tmp_path.glob("triptych-*.log")
    assert out == "" and "Traceback" not in err and len(err.splitlines()) == 1
    assert "a bug: KeyError: 'surprise'" in err and str(log) in err
    assert "Traceback" in log.read_text() and "what the engine said" in log.read_text()


def test_verify_says_what_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A changed shard ends with 4 and is named on stdout, also as JSON; a whole run ends with 0."""
    write_run(tmp_path)
    assert main(["verify", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}: every shard is as the manifest says\n"
    shard = tmp_path / "text" / "data" / "train-00001-of-00002.parquet"
    shard.write_bytes(shard.read_bytes()[:-1])
    assert main(["verify", str(tmp_path), "--json"]) == cli.VERIFICATION
    out, err = capsys.readouterr()
    assert [problem["file"] for problem in json.loads(out)] == ["text/data/train-00001-of-00002.parquet"]
    assert err == f"triptych: {tmp_path}: 1 problem; this is not a whole run\n"


def test_inspect_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`inspect --json` gives a program the manifest's counts."""
    manifest = write_run(tmp_path)
    assert main(["inspect", str(tmp_path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["corpora"]["text"]["parquet"]["rows"] == manifest.rows("text", "parquet")


def test_plan_does_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`plan` shows the archives, the corpora and the resolved recipe, and leaves no trace."""
    output = tmp_path / "out"
    assert main(["plan", "--input", SAMPLE, "--output", str(output), "--corpora", "pairs"]) == 0
    out = capsys.readouterr().out
    assert "sample.warc.gz" in out and "pairs: parquet and webdataset" in out and 'corpora = ["pairs"]' in out
    assert not output.exists()


def test_plan_as_json_resolves_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """`plan --json` shows a `--set` value in the recipe, under another digest than without it."""
    line = ["plan", "--input", SAMPLE, "--output", "o", "--json"]
    assert main([*line, "--set", "text.rules.gopher_words.floor=7"]) == 0
    changed = json.loads(capsys.readouterr().out)
    assert main(line) == 0
    plain = json.loads(capsys.readouterr().out)
    assert "gopher_words = {floor = 7.0, ceiling = 100000.0}" in changed["recipe"]["toml"]
    assert changed["recipe"]["digest"] != plain["recipe"]["digest"]
    assert (
        changed["archives"] == plain["archives"] == [{"source": "sample.warc.gz", "bytes": Path(SAMPLE).stat().st_size}]
    )


def test_every_verb_is_one_file() -> None:
    """The acts of the table are those of the files named after the verbs."""
    acts = {verb.name: verb.act for verb in cli.VERBS}
    assert [acts[name] for name in ("demo", "run", "plan", "inspect", "verify")] == [
        module.act for module in (demo, run, plan, inspect, verify)
    ]


def test_reader_that_leaves_is_no_error() -> None:
    """`triptych … | head` ends quietly where the reader closes the pipe."""
    code = (
        "import sys; from jobs.cli import main; sys.stdout.close = lambda: None; sys.exit(main(['recipes', 'kosmos1']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 0
