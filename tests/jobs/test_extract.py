"""`triptych extract`: files and addresses, text, table, JSON lines and view, and every wrong use."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jobs import cli
from jobs.cli import main
from jobs.extract import view_name
from tests.support.archives import record, response, warc_bytes
from tests.support.shared_data import ROOT
from transforms.html.extract import extract
from transforms.html.render import main_text, plain_text

PROSE = "The river froze early in the winter of {}, and the people of the town walked over it to the market, carrying lamps."
HTML = f"""<html lang=en><head><title>Ice</title></head><body><div class="nav menu"><a href=/>Home</a></div><article class=content>
<h1>The winter of the ice</h1><p>{PROSE.format(1740)}</p><img src=ice.jpg alt="The frozen river" width=640 height=480>
<p>{PROSE.format(1741)} caf\u00e9</p></article><footer>Copyright</footer></body></html>"""
URL = "https://example.org/2024/ice"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a page, an archive that holds it, and files that are no pages."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(HTML, encoding="utf-8")
    pages = [
        response("https://example.org/gone", b"<p>Not here</p>", status=404),
        response(URL, b"<p>Moved</p>", status=500),
        response(URL, HTML.encode("latin-1"), "text/html; charset=iso-8859-1"),
        response("https://example.org/a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        response("https://example.org/2024/snow", HTML.encode()),
        record("revisit", "https://example.org/again", b""),
        record("conversion", "https://example.org/wet", b"Text", "text/plain"),
    ]
    (tmp_path / "a.warc.gz").write_bytes(warc_bytes(pages))
    (tmp_path / "plain.txt").write_text("no tag here")
    (tmp_path / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n<p>")
    (tmp_path / "paper.html").write_bytes(b"%PDF-1.7 <p>")
    (tmp_path / "packed.html.gz").write_bytes(gzip.compress(HTML.encode()))
    (tmp_path / "hostile.html").write_text("<p>" + "<b>" * 300_001)
    (tmp_path / "folder").mkdir()
    return tmp_path


def test_a_file_gives_its_text(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """Without options the main content of a file is printed as it would stand in the corpus, and nothing is written."""
    before = sorted(folder.iterdir())
    assert main(["extract", "page.html"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == (main_text(extract(HTML, URL)) + "\n", "")
    assert PROSE.format(1741) in out and "Home" not in out
    assert sorted(folder.iterdir()) == before


def test_an_address_gives_the_same_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A page in an archive is found by its address, past captures that failed, and decoded by its declared charset."""
    assert main(["extract", "page.html"]) == 0
    from_file = capsys.readouterr().out
    assert main(["extract", URL, "--input", "*.warc.gz"]) == 0
    assert capsys.readouterr().out == from_file


def test_show_prints_a_table_and_writes_a_view(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """`--show` prints a line per block with its decision, and last the path of the view that it wrote."""
    assert main(["extract", "page.html", "--show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "page.blocks.html"
    assert lines[0].startswith("   1 - ") and " Home " in lines[0] and "below the cut of" in lines[0]
    assert lines[-2] == "menus and footers are read for images and the text beside them only: 1 of them, 9 characters"
    assert any(line[5] == "+" and "image near kept text" in line and "The frozen river" in line for line in lines[:-3])
    view = (folder / "page.blocks.html").read_text(encoding="utf-8")
    assert "https://page.invalid/ice.jpg" in view and PROSE.format(1740) in view


def test_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    """`--plain` prints what rules measure; it is no view and no record."""
    assert main(["extract", "page.html", "--plain"]) == 0
    assert capsys.readouterr().out == plain_text(extract(HTML, URL)) + "\n"
    assert main(["extract", "page.html", "--plain", "--json"]) == 2
    assert "--plain is for the text alone" in capsys.readouterr().err


def test_the_view_goes_where_it_is_told(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """`--html` names the view's place, and `--url` where the images' links start from."""
    assert main(["extract", "page.html", "--show", "--html", "folder/v.html", "--url", URL]) == 0
    assert capsys.readouterr().out.endswith("\nfolder/v.html\n")
    assert "https://example.org/2024/ice.jpg" in (folder / "folder" / "v.html").read_text(encoding="utf-8")


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints the page's facts, then a line per block with its image in place."""
    assert main(["extract", URL, "--input", "a.warc.gz", "--json"]) == 0
    facts, *blocks = map(json.loads, capsys.readouterr().out.splitlines())
    stated = {"title": "The winter of the ice", "author": "", "published": "", "site": "", "language": "en"}
    empty = {"directives": [], "licences": [], "containers": [], "lost_images": {}, "media": [], "lost_media": {}}
    assert facts == {"url": URL, **stated, **empty}
    assert [block["text"] for block in blocks][:2] == ["Home", "The winter of the ice"]
    images = [block["image"] for block in blocks if block["image"]]
    assert images[0]["urls"] == ["https://example.org/2024/ice.jpg"] and images[0]["alt"] == "The frozen river"
    assert all("why" not in block for block in blocks)


def test_json_lines_with_why(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--show` each line says why, and the view's path stays out of the JSON."""
    assert main(["extract", "page.html", "--json", "--show"]) == 0
    out, err = capsys.readouterr()
    facts, first = map(json.loads, out.splitlines()[:2])
    assert facts["left_out"] == ["Copyright"]
    assert first["why"]["rule"].startswith("below the cut of") and first["why"]["reasons"][0]["weight"] < 0
    assert err == "page.blocks.html\n"


def test_another_engine(capsys: pytest.CaptureFixture[str]) -> None:
    """`--engine trafilatura` shows what that extractor takes of the same blocks."""
    assert main(["extract", "page.html", "--engine", "trafilatura", "--show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line[5] == "+" and line.endswith("  in the text of trafilatura") for line in lines if line[4:5] == " ")


def test_a_terminal_obeys_no_page(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escape codes of a page reach a pipe as they are, a terminal never."""
    (folder / "page.html").write_text(HTML.replace("lamps", "&#27;[31mlamps"), encoding="utf-8")
    assert main(["extract", "page.html"]) == 0
    assert "\x1b[31m" in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["extract", "page.html"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\ufffd[31mlamps" in out


WRONG = {
    "extract nope.html": "nope.html: no such file or directory",
    "extract folder": "folder: a folder; name an HTML file in it",
    f"extract {URL}": f"{URL}: name the archives that hold it: triptych extract URL --input GLOB",
    "extract a.warc.gz": (
        "a.warc.gz: a web archive, not HTML; for a page of an archive: triptych extract URL --input a.warc.gz"
    ),
    "extract packed.html.gz": "packed.html.gz: compressed, not HTML; unpack it first",
    "extract plain.txt": "plain.txt: not HTML, there is no tag in it",
    "extract picture.html": "picture.html: png, not HTML",
    "extract paper.html": "paper.html: pdf, not HTML",
    "extract hostile.html": "hostile.html: hostile_markup: 300,002 tags, more than 300,000",
    "extract https://example.org/2024/icy --input a.warc.gz": (
        f"https://example.org/2024/icy: not in the archives; the nearest page is {URL}"
    ),
    "extract https://example.org/gone --input a.warc.gz": "https://example.org/gone: the server answered 404",
    "extract https://example.org/a.png --input a.warc.gz": "https://example.org/a.png: image/png, not HTML",
    "extract https://example.org/again --input a.warc.gz": (
        "https://example.org/again: this capture only points to an earlier one (revisit)"
    ),
    "extract https://example.org/wet --input a.warc.gz": (
        "https://example.org/wet: plain text of a WET record, not HTML"
    ),
    f"extract {URL} --input plain.txt": f"{URL}: not in the archives; no page is",
    f"extract {URL} --input b.warc.gz": (
        "no input matches 'b.warc.gz': give a web archive, a folder of them, or a pattern in quotes"
    ),
    f"extract {URL} --input a.warc.gz --url {URL}": (
        "--url says where a FILE is from; with --input give the address alone: triptych extract URL --input GLOB"
    ),
    "extract page.html --html v.html": "--html is where --show writes its view: add --show",
    "extract page.html --show --html page.html": "--html page.html: this is the page itself; name another file",
    "extract page.html --show --html none/v.html": (
        "none/v.html: no such file or directory; --html FILE names another place"
    ),
    "extract page.html --engine trafilature": (
        "argument --engine: invalid choice: 'trafilature' (choose from 'triptych', 'trafilatura'); "
        "see triptych extract --help"
    ),
    "extract": "the following arguments are required: FILE or URL; see triptych extract --help",
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_use(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every wrong use ends with 2 and one line on stderr that says what is wrong; stdout stays empty."""
    assert main(line.split()) == cli.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.replace("(choose from triptych, trafilatura)", "(choose from 'triptych', 'trafilatura')") == (
        f"triptych: {WRONG[line]}\n"
    )


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("../pages/news.htm", "news.blocks.html"),
        ("https://example.org/a/../../etc/passwd", "example.org-a-..-..-etc-passwd.blocks.html"),
        ("https://", "page.blocks.html"),
        ("https://example.org/" + "a" * 500, "example.org-" + "a" * 68 + ".blocks.html"),
    ],
)
def test_view_name_stays_in_the_folder(page: str, name: str) -> None:
    """The view's own name is one part of a path, of bearable length, whatever the address."""
    assert view_name(page) == name and "/" not in name


def test_no_engine_for_a_file(folder: Path) -> None:
    """For a file neither Beam nor pyarrow is imported, so the answer comes at once."""
    code = (
        "import sys; from jobs.cli import main; status = main(['extract', 'page.html', '--show']);"
        "print([name for name in ('apache_beam', 'pyarrow', 'trafilatura') if name in sys.modules], status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0", done.stderr
