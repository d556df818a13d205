"""What policy files say, on the rows of a unit."""

from pathlib import Path

import numpy as np
import pytest
import zstandard

from pipeline import storage
from pipeline.corpora import load_recipe
from pipeline.corpora.unit_rows import UnitRows
from pipeline.decide.bind import PolicyFiles, bind
from pipeline.layout import StagingFolder
from pipeline.sections import DamagedFileError
from pipeline.stage.media import halves
from schemas.index import POLICY, POLICY_KINDS
from schemas.recipe import SIGNALS
from tests.support.index_rows import judged, medium, page, ref, rows_of_unit
from transforms.dedup.keys import joined_key
from transforms.html.directives import signals

RAW = load_recipe('name = "x"')


def policies(staging: StagingFolder, *files: tuple[str, str, bytes], unit: int = 7) -> np.ndarray:
    """Rows of policy files (origin, kind, bytes), whose bytes lie in the staging file of a unit."""
    table, data = np.zeros(len(files), POLICY), b"documents"
    for row, (origin, kind, body) in zip(table, files, strict=True):
        packed = zstandard.ZstdCompressor(write_checksum=True).compress(body)
        row["high"], row["low"] = halves(joined_key(origin))
        row["kind"], row["unit"] = POLICY_KINDS.index(kind), unit
        row["at"], row["length"] = len(data), len(packed)
        data += packed
    with storage.write_whole(staging.unit(unit)) as file:
        file.write(data)
    return table


def unit_of_two_pages() -> UnitRows:
    """Two pages, the second with a directive of its own, and a picture on each; a third picture is at no hand."""
    pages = [page(1), page(2, url="https://other.example/a", directives="robots: nofollow")]
    refs = [ref(0, 0, 5, alt="a"), ref(1, 0, 6, alt="b"), ref(1, 1, 9, alt="c")]
    return rows_of_unit(pages, refs, [medium(5), medium(6)])


def words(bits: np.ndarray) -> list[list[str]]:
    """The signals of rows."""
    return [[name for place, name in enumerate(SIGNALS) if int(one) >> place & 1] for one in bits]


def bound_by(staging: StagingFolder, unit: UnitRows, said: np.ndarray) -> UnitRows:
    """A unit bound by policy files."""
    with PolicyFiles(staging, said) as files:
        files.read()
        return bind(unit, files)


def test_pages_and_images_hear_what_their_own_sites_say(tmp_path: Path) -> None:
    """By path; beside what was staged of them, the lines in the order of the kinds; the staged rows are left as they are."""
    staging, unit = StagingFolder(str(tmp_path)), unit_of_two_pages()
    said = policies(
        staging,
        ("http://ex.org", "ai.txt", b"User-agent: *\nDisallow: *.png"),
        ("https://other.example", "tdmrep.json", b'[{"location": "/", "tdm-reservation": 1}]'),
        ("http://ex.org", "robots.txt", b"User-agent: GPTBot\nDisallow: /6\nDisallow: /1"),
    )
    bound = bound_by(staging, unit, said)
    assert words(bound.pages["signals"].to_numpy()) == [["robots_ai"], ["tdm_reserved"]]
    assert bound.pages["directives"].to_pylist() == [
        "robots.txt: gptbot: disallow: /1",
        "robots: nofollow\ntdmrep.json: /: tdm-reservation: 1",
    ]
    assert words(bound.refs.media["signals"]) == [["ai_txt"], ["robots_ai", "ai_txt"], []]
    assert bound.refs.policies.tolist() == [
        "ai.txt: *: disallow: *.png",
        "robots.txt: gptbot: disallow: /6\nai.txt: *: disallow: *.png",
        "",
    ]
    assert words(unit.refs.media["signals"]) == [[], [], []] and unit.pages["directives"].to_pylist()[0] == ""
    assert bound.pages.schema == unit.pages.schema


def test_corpora_show_what_was_said(tmp_path: Path) -> None:
    """A pair shows its page's and its image's; a signal that the recipe heeds drops what it speaks of, and its rule names it."""
    staging = StagingFolder(str(tmp_path))
    said = policies(staging, ("http://ex.org", "ai.txt", b"User-agent: *\nDisallow: *.png"))
    bound = bound_by(staging, unit_of_two_pages(), said)
    pairs = judged("pairs", RAW, bound)
    kept = pairs.select(np.flatnonzero(pairs.verdicts.kept))["directives"].to_pylist()
    assert kept == ["ai.txt: *: disallow: *.png", "robots: nofollow\nai.txt: *: disallow: *.png"]
    heeding = load_recipe('name = "x"\nopt_outs = ["ai_txt"]')
    assert judged("pairs", heeding, bound).verdicts.rule.tolist() == ["ai_txt", "ai_txt", "image_not_archived"]
    assert judged("text", heeding, bound).verdicts.kept.all()


def test_nothing_changes_where_nothing_is_said(tmp_path: Path) -> None:
    """Without policies, or with those of other sites, or with some that allow all."""
    staging, unit = StagingFolder(str(tmp_path)), unit_of_two_pages()
    assert bound_by(staging, unit, np.empty(0, POLICY)) is unit
    for origin in ("http://else.example", "https://ex.org", "http://ex.org:8080", "http://ex.org"):
        body = b"User-agent: *\nDisallow:" if origin == "http://ex.org" else b"User-agent: *\nDisallow: /"
        assert bound_by(staging, unit, policies(staging, (origin, "robots.txt", body))) is unit


def test_a_file_that_changed_is_named(tmp_path: Path) -> None:
    """Its unit is then made again."""
    staging, unit = StagingFolder(str(tmp_path)), unit_of_two_pages()
    said = policies(staging, ("http://ex.org", "robots.txt", b"User-agent: *\nDisallow: /"))
    path = Path(staging.unit(7))
    whole = path.read_bytes()
    path.write_bytes(whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:])
    with pytest.raises(DamagedFileError, match=r"0000007\.unit is damaged: a policy file"):
        bound_by(staging, unit, said)
    path.unlink()
    with pytest.raises(DamagedFileError, match=r"0000007\.unit is damaged: it is missing"):
        bound_by(staging, unit, said)


def test_what_decided_is_read_from_the_shown_lines_of_pages_alone() -> None:
    """Lines of policy files name their file, so no reader of meta tags takes them for the page's own words."""
    assert signals(("robots.txt: gptbot: noai", "tdmrep.json: /: tdm-reservation: 1", "ai.txt: *: disallow: /")) == ()
