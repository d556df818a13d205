"""`triptych plan`: what it says of folders and steps, and how near its sample comes to a real run."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from jobs import plan
from jobs.cli import USAGE, main
from pipeline.engines.settings import STAGES
from tests.support.runs import SAMPLE, recipe, run_on, two_archives

NAMES = "abcdef"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inputs are small: each is a unit, and `--sample 1` draws few of their pages.

    Draws are at equal distances, so 30 of six equal archives would be the same ten places of each.
    """
    monkeypatch.setattr("pipeline.plan.SMALL_BYTES", 1)
    monkeypatch.setattr("pipeline.sample.DRAWN", 37)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled sample under six names."""
    folder = tmp_path_factory.mktemp("archives")
    for name in NAMES:
        shutil.copy(SAMPLE, folder / f"{name}.warc.gz")
    return folder


def planned(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[dict[str, Any], str]:
    """`plan --json`'s value and what it said on stderr."""
    capsys.readouterr()
    assert main(["plan", *line, "--json"]) == 0
    out, err = capsys.readouterr()
    return json.loads(out), err


def test_a_sample_of_two_in_eight_comes_within_a_quarter(
    archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is counted is right, rows of every corpus are near the real run's, and no folder is made.

    The texts' table is mostly its footer and six equal texts in one compressed block, so there only the interval of its rows is held.
    """
    output = tmp_path / "out"
    asked = ["--input", str(archives), "--output", str(output), "--recipe", "raw"]
    facts, err = planned(capsys, *asked, "--sample", "2")
    assert "looking through 3.9 MB of 3.9 MB, then running up to 74 pages and as many images" in err
    assert not output.exists()
    sample, figures = facts["sample"], facts["sample"]["figures"]
    assert (sample["pages"], sample["images"], sample["complete"], sample["level"]) == (74, 74, False, 0.9)
    manifest = run_on([str(archives)], output, recipe("raw"))
    for shard in manifest.shards:
        assert figures[f"{shard.corpus}/rows"]["value"] == pytest.approx(shard.rows, rel=0.25)
    accounts = {(account.corpus, account.stage): account for account in manifest.accounts}
    assert figures["captures"]["value"] == accounts["captures", "read"].entered == figures["captures"]["low"]
    for corpus, stage in (("pages", "extract"), ("images", "decode")):
        figure = figures[corpus]
        assert figure["low"] <= accounts[corpus, stage].kept <= figure["high"]
        assert figure["value"] == pytest.approx(accounts[corpus, stage].kept, rel=0.1)
    assert [figures[f"{corpus}/shards"]["value"] for corpus in ("text", "pairs", "interleaved")] == [1, 1, 1]
    assert all(figures[name]["value"] > 0 for name in ("cpu/extract", "cpu/decide", "cpu/emit", "wall", "core_hours"))
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in figures.values())


def test_a_sample_as_text(archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A part gives intervals, a price gives a cost, all there is is said to be all; temporary folders are gone."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    line = ["plan", "--input", str(archives), "--output", str(tmp_path / "out"), "--corpora", "text"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp))
        assert main([*line, "--sample", "1", "--price-per-core-hour", "0.05"]) == 0
        part = capsys.readouterr().out
        assert main([*line, "--sample", "99"]) == 0
        whole = capsys.readouterr().out
    assert list(tmp.iterdir()) == [] and not (tmp_path / "out").exists()
    head = r"\nexpect, with 90 % intervals, by \d+ pages? and \d+ images?\n\(3\.9 MB of 3\.9 MB looked through\):\n"
    assert re.search(head, part)
    assert "cost, 0.05 a core-hour" in part and "wall time, 1 worker" in part
    assert "not in it:\n  duplicates" in part and "ranges" not in part.split("expect, with")[1]
    assert "pairs" not in part.split("expect, with")[1].split("not in it:")[0]
    assert "intervals, by 252 pages and 378 images, which is all there is\n(3.9 MB of 3.9 MB looked through):" in whole
    assert "cost" not in whole


def test_a_sample_tells_of_a_crawl_that_the_inputs_are_a_sample_of(
    archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten times the archives hold ten times as much; what an engine and a store are asked, and cores for so many hours, stand there too."""
    line = ["--input", str(archives), "--output", str(tmp_path / "out"), "--recipe", "raw", "--corpora", "text"]
    crawl = [*line, "--sample", "1", "--archives-in-all", "60", "--hours", "0.5"]
    facts, _ = planned(capsys, *crawl)
    sample, figures = facts["sample"], facts["sample"]["figures"]
    assert (sample["of_archives"], sample["of_bytes"], sample["complete"]) == (60, 10 * facts["bytes"], False)
    assert (
        figures["captures"]["value"]
        == 10 * planned(capsys, *line, "--sample", "1")[0]["sample"]["figures"]["captures"]["value"]
    )
    assert (figures["units"]["value"], figures["requests/driver"]["value"]) == (60, 120)
    assert figures["cores"]["value"] == max(1, -(-figures["core_hours"]["value"] // 0.5))
    assert figures["core_hours"]["value"] == pytest.approx(
        sum(figures[f"core_hours/{step}"]["value"] for step in STAGES)
    )
    assert all(figures[f"shuffle/{step}"]["value"] > 0 for step in STAGES)
    assert 500 < figures["shuffle/extract"]["value"] / 60 < 5000
    assert any("differ from the inputs" in told for told in sample["left_out"])
    assert main(["plan", *crawl]) == 0
    said = capsys.readouterr().out
    assert "\n(3.9 MB of 39.1 MB looked through):\n" in said
    for label in (
        "shuffled on a cluster, decide",
        "requests to a store, driver",
        "memory of the driver",
        "cores for 0.5 h",
    ):
        assert f"\n  {label} " in said


def test_a_crawl_is_no_smaller_than_its_sample(
    archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error says how many archives are at hand."""
    line = [
        "plan",
        "--input",
        str(archives),
        "--output",
        str(tmp_path / "out"),
        "--sample",
        "1",
        "--archives-in-all",
        "5",
    ]
    assert main(line) == USAGE
    assert "the inputs are 6 archives, so they are no sample of 5" in capsys.readouterr().err


def test_a_quiet_sample(archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The result alone."""
    asked = ["--input", str(archives), "--output", str(tmp_path / "out"), "--corpora", "text"]
    facts, err = planned(capsys, *asked, "--sample", "1", "--quiet")
    assert facts["sample"]["pages"] > 0 and err == ""


def test_what_matters_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder, the inputs, what is expected with what is kept and the time, the steps, the recipe; in lines for a narrow terminal."""
    line = ["plan", "--input", str(SAMPLE), "--output", str(tmp_path), "--sample", "1"]
    assert main(line) == 0
    said = capsys.readouterr().out.split("\nby recipe kosmos1:\n")[0].splitlines()
    places = [0, said.index("read 1 archive, 652.0 kB, in 1 unit of work:")]
    assert said[0] == f"write to {tmp_path}, a new run"
    for begin in (
        "expect, with",
        "  text rows",
        "  failed rows",
        "  wall time",
        "  text shards",
        "opt-outs",
        "in three",
    ):
        places.append(next(place for place, each in enumerate(said) if each.startswith(begin)))
    assert places == sorted(places)
    assert max(map(len, (each for each in said if str(tmp_path) not in each))) <= 80


@pytest.mark.parametrize("whole", [True, False])
def test_a_screen_has_no_recipe(whole: bool) -> None:
    """Its 200 lines would push all else out; a file or a pipe has them."""
    told = plan.recipe_lines({"recipe": {"name": "mine", "digest": "ab", "toml": 'name = "mine"\n'}}, whole)
    assert told[-1] == ('name = "mine"' if whole else "  digest ab")
    assert ("| less" in told[0]) == (not whole)


def test_plan_says_what_each_step_shuffles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three steps, with the rounds of duplicates that the recipe asks for."""
    line = ["plan", "--input", str(SAMPLE), "--output", str(tmp_path / "out")]
    assert main(line) == 0
    said = capsys.readouterr().out
    assert "then 3 rounds of duplicates;\n" in said
    assert " text by url, then text, then near\n" in said
    assert " pairs by sha256_caption, then phash_caption, then near_caption\n" in said
    assert [word for word in said.split() if word == "shuffles"] == ["shuffles"] * 3
    assert main([*line, "--recipe", "raw"]) == 0
    assert "0 rounds of duplicates;\n           shuffles" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("c4", "then, of text, lines that stand more than 1 time in a run, of which the first stay"),
        ("obelics", "then, of interleaved, paragraphs that stand more than 2 times in a site, of which none stays"),
    ],
)
def test_plan_says_what_repeats(name: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And which copies stay, as text and as JSON."""
    line = ["plan", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--recipe", name]
    assert main(line) == 0
    assert told in " ".join(capsys.readouterr().out.split())
    facts, _ = planned(capsys, *line[1:])
    assert list(facts["repeats"].values()) == [told.split(", ", 2)[2]]


def test_plan_says_what_run_would_find(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new folder, an unfinished run, a finished one, and one that is another's; nothing is written in any of them."""
    output, asked = tmp_path / "out", ["--input", *two_archives(tmp_path), "--recipe", "raw", "--corpora", "text"]
    line = [*asked, "--output", str(output)]
    facts, _ = planned(capsys, *line)
    assert (facts["state"], facts["staged"], output.exists()) == ("new", 0, False)
    run_on(two_archives(tmp_path), output, recipe("raw", 'corpora=["text"]'))
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    assert planned(capsys, *line)[0]["state"] == "finished"
    facts, _ = planned(capsys, *line, "--set", "seed=8")
    assert facts["state"] == "refused" and "another recipe" in facts["reason"] and facts["staged"] == 0
    facts, _ = planned(capsys, *asked, "--output", str(tmp_path / "new"), "--staging", str(output / "staging"))
    assert (facts["state"], facts["staged"]) == ("new", 2)
    assert main(["plan", *line, "--set", "seed=8"]) == 0
    assert f"refuse to write to {output}:\n  " in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime_ns for path in output.rglob("*")}
    (output / "manifest.json").unlink()
    assert planned(capsys, *line)[0]["state"] == "unfinished"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--price-per-core-hour", "1"], "--price-per-core-hour needs --sample N"),
        (["--sample", "2", "--price-per-core-hour", "-1"], "expected a number of at least 0, got '-1'"),
        (["--sample", "2", "--price-per-core-hour", "nan"], "expected a number of at least 0, got 'nan'"),
        (["--hours", "2"], "--hours needs --sample N"),
        (["--archives-in-all", "2"], "--archives-in-all needs --sample N"),
        (["--sample", "2", "--hours", "0"], "expected a number above 0, got '0'"),
        (["--sample", "2", "--hours", "long"], "expected a number above 0, got 'long'"),
        (["--sample", "0"], "expected a whole number of at least 1, got '0'"),
    ],
)
def test_wrong_use(wrong: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong numbers end with 2 before anything is run."""
    assert main(["plan", "--input", str(SAMPLE), "--output", "o", *wrong]) == USAGE
    assert said in capsys.readouterr().err


def test_the_plan_says_which_opt_outs_are_heeded(
    archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A recipe that says nothing of them heeds none, and one that names some leaves others; both stand in the plan."""
    (tmp_path / "mine.toml").write_text('name = "mine"')
    asked = ["--input", str(archives), "--output", str(tmp_path / "out"), "--recipe", str(tmp_path / "mine.toml")]
    assert planned(capsys, *asked)[0]["opt_outs"]["heeded"] == []
    assert main(["plan", *asked]) == 0
    assert "opt-outs: the recipe heeds none" in capsys.readouterr().out
    assert main(["plan", *asked, "--set", 'opt_outs=["noai"]']) == 0
    told = "opt-outs that drop an item:\n  noai\nstored and not heeded:\n  noimageai, noindex"
    assert told in capsys.readouterr().out


def test_the_plan_says_what_near_duplicates_cost(
    archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Amounts a page and a picture, and with a sample those of the whole; nothing where the recipe looks for none."""
    line = ["--input", str(archives), "--output", str(tmp_path / "out"), "--recipe", "raw"]
    near = ["--set", 'text.duplicates=["near"]', "--set", 'near_images.set="default"']
    assert main(["plan", *line, *near]) == 0
    said = capsys.readouterr().out
    told = " ".join(said.split())
    assert (
        "near duplicates of pages (text): a page sends up to 18 rows, 216 B; one worker holds up to 8 B a page" in told
    )
    assert "near duplicates of pictures: 20 B a picture, read by 15 tasks" in told
    facts, _ = planned(capsys, *line, *near, "--sample", "1")
    figures = facts["sample"]["figures"]
    assert figures["near/pages/bytes"]["value"] == 216 * figures["pages"]["value"]
    assert figures["near/pictures/worker_bytes"]["value"] == 170 * figures["images"]["value"]
    assert planned(capsys, *line)[0]["near"] == {}


def test_the_plan_says_what_else_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the guard bounds, and what is to be forgotten; nothing where there is neither."""
    (tmp_path / "list").write_text("example.org\nexample.com\n", encoding="utf-8")
    line = ["plan", "--input", str(SAMPLE), "--output", str(tmp_path / "out")]
    asked = ["--set", "guard.hosts=0.5", "--set", "guard.removed.text.rules.floor=0.1"]
    assert main([*line, *asked, "--forget", str(tmp_path / "list")]) == 0
    said = capsys.readouterr().out
    assert "\nforgotten before any rule: 2 hosts\nthe guard stops the run before a shard is written where\n" in said
    assert "\n  near duplicates take more than 50 % of one host of at least 1,000 items\n" in said
    assert "\n  one cluster of at least 1,000 items holds more than 25 % of what they look at\n" in said
    assert "\n  text rules takes less than 10 % of at least 1,000 items\n" in said
    assert main([*line, "--recipe", "raw"]) == 0
    said = capsys.readouterr().out
    assert "the guard" not in said and "forgotten" not in said


@pytest.mark.parametrize(("corpora", "asks"), [("text", False), ("text,pairs", True)])
def test_a_plan_says_that_images_of_references_are_asked_for_where_they_are(
    corpora: str, asks: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A recipe for text alone asks for none."""
    assert main(["plan", "--input", str(SAMPLE), "--output", str(tmp_path / "out"), "--corpora", corpora]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  decide ")]
    assert line == f"  decide   {'images of references, then ' if asks else ''}3 rounds of duplicates;"


def test_a_sample_of_what_holds_no_page_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And names no temporary folder of its own."""
    (tmp_path / "none.warc").write_bytes(b"this is no archive\n")
    line = ["plan", "--input", str(tmp_path / "none.warc"), "--output", str(tmp_path / "out"), "--sample", "1"]
    assert main(line) == USAGE
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith("no page and no image was found in what was looked through: there is nothing to sample")
