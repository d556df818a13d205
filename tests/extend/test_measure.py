"""A new measure with its rule is three files; a new or a changed one over old staging is a message (law 4)."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.extend.copied_house import Edits, House, copied
from tests.support.archives import response
from tests.support.pictures import encoded
from tests.support.runs import rows
from tests.support.web import SITE, archive, by_corpus, page, passage, shown

# The lightness of a picture: measured while it is decoded, declared once, bounded by a recipe.
LIGHT: Edits = {
    "transforms/image/facts.py": [
        (
            '        "phash": picture_hash,\n',
            '        "phash": picture_hash,\n        "image_light": sum(picture.convert("RGB").resize((1, 1)).getpixel((0, 0))) / 3,\n',
        )
    ],
    "schemas/measures.py": [
        (
            "IMAGE_MEASURES: tuple[Measure, ...] = (\n",
            'IMAGE_MEASURES: tuple[Measure, ...] = (\n    Measure("image_light", "mean of all colours", "ours", decoded=True),\n',
        )
    ],
    "jobs/recipes/raw.toml": [("[interleaved]\n", "[pairs.rules]\nimage_light = { floor = 60 }\n\n[interleaved]\n")],
}
# The share of digits in a text: its family's file, the catalogue, a recipe.
DIGITS: Edits = {
    "transforms/text/gibberish.py": [
        (
            '        "kosmos_url_ratio": ',
            '        "digit_ratio": sum(map(str.isdigit, text)) / max(len(text), 1),\n        "kosmos_url_ratio": ',
        )
    ],
    "schemas/measures.py": [
        (
            '    Measure("kosmos_url_ratio"',
            '    Measure("digit_ratio", "share of digits among the characters", "ours"),\n    Measure("kosmos_url_ratio"',
        )
    ],
    "jobs/recipes/raw.toml": [("[pairs]\n", "[text.rules]\ndigit_ratio = { ceiling = 0.2 }\n\n[pairs]\n")],
}
# A measure of captions, which are measured when they are decided on.
SHOUTING: Edits = {
    "transforms/pair/caption.py": [
        (
            '        "caption_special_tags": ',
            '        "caption_capitals": float(sum(map(str.isupper, text))),\n        "caption_special_tags": ',
        )
    ],
    "schemas/measures.py": [
        (
            '    Measure("caption_special_tags"',
            '    Measure("caption_capitals", "capital letters", "ours"),\n    Measure("caption_special_tags"',
        )
    ],
    "jobs/recipes/raw.toml": [
        ("[interleaved]\n", "[pairs.rules]\ncaption_capitals = { ceiling = 5 }\n\n[interleaved]\n")
    ],
}
CHANGED: Edits = {
    "schemas/measures.py": [
        ('"number signs per word", _GOPHER, version=2)', '"number signs per word", _GOPHER, version=3)'),
    ]
}
MOST_FILES = 3


def plain(shade: int) -> bytes:
    """A picture whose colours lie around a shade of grey."""
    tile = Image.new("RGB", (240, 240), (shade, shade, shade))
    tile.paste((shade + 20, shade, shade), (0, 0, 120, 120))
    return encoded(tile, "PNG")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page of words with a light and a dark picture, and a page of numbers."""
    images = '<img src="light.png" alt="a light picture"><img src="dark.png" alt="A DARK PICTURE">'
    numbers = " ".join(f"{passage(3, 10)} 20250317 31415926 27182818 16180339 14142135 17320508" for _ in range(5))
    records = [response(SITE, page(passage(1), images, passage(2))), response(SITE + "numbers", page(numbers))]
    records += [shown("light.png", plain(200)), shown("dark.png", plain(10))]
    return archive(tmp_path_factory.mktemp("web") / "in.warc.gz", records)


@pytest.fixture(scope="module")
def old(web: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the house as it is, with its staging."""
    output = tmp_path_factory.mktemp("old") / "out"
    ended = copied(output.parent / "house", {}).run("run", "--input", web, "--output", str(output), "--recipe", "raw")
    assert ended.status == 0, ended.err
    return output


def ran(house: House, web: str, output: Path, *more: str) -> None:
    """One whole run of a copy of the house, which it then verifies."""
    ended = house.run("run", "--input", web, "--output", str(output), "--recipe", "raw", *more)
    assert ended.status == 0, ended.err
    checked = house.run("verify", str(output))
    assert checked.status == 0, checked.out + checked.err


def test_a_measure_of_images(web: str, tmp_path: Path) -> None:
    """It is staged, decided on and shown in the pairs, by three files."""
    assert len(LIGHT) <= MOST_FILES
    output = tmp_path / "out"
    ran(copied(tmp_path / "house", LIGHT), web, output)
    (kept,) = rows(output, "pairs")
    (gone,) = by_corpus(rows(output, "dropped"), "pairs")
    assert (kept["url"], gone["url"], gone["rule"]) == (SITE + "light.png", SITE + "dark.png", "image_light")
    assert gone["value"] < 60 < 195 < kept["image_light"] < 210
    # It lies in staging: another threshold decides over it, and no picture is decoded again.
    again = ["--staging", str(output / "staging"), "--set", "pairs.rules.image_light.floor=0"]
    ran(House(tmp_path / "house"), web, tmp_path / "again", *again)
    assert len(rows(tmp_path / "again", "pairs")) == 2


def test_a_measure_of_texts(web: str, tmp_path: Path) -> None:
    """It is staged, decided on and shown in the texts, by three files."""
    assert len(DIGITS) <= MOST_FILES
    output = tmp_path / "out"
    ran(copied(tmp_path / "house", DIGITS), web, output)
    (kept,) = rows(output, "text")
    (gone,) = by_corpus(rows(output, "dropped"), "text")
    assert (kept["url"], gone["url"], gone["rule"]) == (SITE, SITE + "numbers", "digit_ratio")
    assert gone["value"] > 0.2 > kept["digit_ratio"]


def test_a_measure_of_captions_needs_no_new_staging(web: str, old: Path, tmp_path: Path) -> None:
    """What is measured when it is decided on can be added later; old staging serves."""
    assert len(SHOUTING) <= MOST_FILES
    ran(copied(tmp_path / "house", SHOUTING), web, tmp_path / "out", "--staging", str(old / "staging"))
    (kept,) = rows(tmp_path / "out", "pairs")
    (gone,) = by_corpus(rows(tmp_path / "out", "dropped"), "pairs")
    assert (kept["caption_capitals"], gone["value"], gone["rule"]) == (0, 12, "caption_capitals")


RELEASES = {
    "an image measure": (LIGHT, "a release without image_light"),
    "a text measure": (DIGITS, "a release without digit_ratio"),
    "a changed measure": (CHANGED, "a release with another gopher_hash_ratio"),
}


@pytest.mark.parametrize("release", RELEASES)
def test_old_staging_is_refused_with_a_message(web: str, old: Path, tmp_path: Path, release: str) -> None:
    """The status is that of wrong use, the message says what differs and what to do, and nothing is touched."""
    edits, said = RELEASES[release]
    house = copied(tmp_path / "house", edits)
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    common = ["--input", web, "--recipe", "raw", "--output"]
    staged = house.run("run", *common, str(tmp_path / "out"), "--staging", str(old / "staging"))
    assert staged.status == 2, staged.err
    assert f"was measured by {said}" in staged.err and "Give another --staging" in staged.err
    assert "Traceback" not in staged.err and not (tmp_path / "out").exists()
    same = house.run("run", *common, str(old))
    assert same.status == 2, same.err
    assert f"belongs to a run by {said}" in same.err and "give another --output" in same.err
    planned = house.run("plan", *common, str(tmp_path / "out"), "--staging", str(old / "staging"), "--json")
    assert json.loads(planned.out)["state"] == "refused" and said in json.loads(planned.out)["reason"]
    assert before == {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}


@pytest.mark.parametrize("release", RELEASES)
def test_old_runs_stay_readable(old: Path, tmp_path: Path, release: str) -> None:
    """A later release inspects and verifies what an earlier one has finished."""
    house = copied(tmp_path / "house", RELEASES[release][0])
    checked, looked = house.run("verify", str(old)), house.run("inspect", str(old), "--json")
    assert checked.status == 0, checked.out + checked.err
    assert looked.status == 0, looked.err
    assert json.loads(looked.out)["corpora"]["text"]["parquet"]["rows"] == 2
