"""Lists of addresses are read as text, sitemaps, CSV and Parquet, with what they expect."""

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.fetch.lists import LONGEST_CAPTION, Columns, Row, find_lists, parts_of, read_rows
from schemas.outcomes import UserError
from transforms.html.urls import LONGEST


def test_text(tmp_path: Path) -> None:
    """A line an address; blank lines and remarks are passed over, and rows keep their numbers; also compressed."""
    data = "\ufeffhttp://a/\n\n# a remark\n  http://b/x y \n".encode()
    (tmp_path / "list.txt").write_bytes(data)
    (tmp_path / "list.txt.gz").write_bytes(gzip.compress(data))
    for name in ("list.txt", "list.txt.gz"):
        assert list(read_rows(str(tmp_path / name), 7)) == [Row(7, 0, "http://a/"), Row(7, 3, "http://b/x y")]


def test_tables(tmp_path: Path) -> None:
    """The column of addresses is found as img2dataset and LAION call it; a digest and a size are taken along."""
    (tmp_path / "a.csv").write_text('url,caption,sha256,size\n"http://a/,b",x,AB12,10\nhttp://c/,y,,\n')
    assert list(read_rows(str(tmp_path / "a.csv"), 0)) == [
        Row(0, 0, "http://a/,b", "sha256:ab12", 10, ("x",)),
        Row(0, 1, "http://c/", captions=("y",)),
    ]
    (tmp_path / "b.tsv").write_text("TEXT\tURL\nx\thttp://a/\n")
    assert list(read_rows(str(tmp_path / "b.tsv"), 0)) == [Row(0, 0, "http://a/", captions=("x",))]


def test_parquet_by_row_groups(tmp_path: Path) -> None:
    """Each row group is a part, whose rows are numbered over the whole file; null is no address."""
    path = str(tmp_path / "a.parquet")
    table = pa.table({"url": ["http://a/", None, "http://c/"], "md5": ["0f", None, None], "size": [1, 2, None]})
    pq.write_table(table, path, row_group_size=2)
    assert parts_of(path) == 2
    assert list(read_rows(path, 1, 0)) == [Row(1, 0, "http://a/", "md5:0f", 1), Row(1, 1, "", "", 2)]
    assert list(read_rows(path, 1, 1)) == [Row(1, 2, "http://c/")]


def test_sitemaps(tmp_path: Path) -> None:
    """What a sitemap or a feed lists, also compressed; one with a mistake is named, with what is wrong."""
    data = b"<urlset><url><loc>http://a/</loc></url><url><loc>http://b/</loc></url></urlset>"
    (tmp_path / "sitemap.xml").write_bytes(data)
    (tmp_path / "sitemap.xml.gz").write_bytes(gzip.compress(data))
    for path in find_lists([str(tmp_path / "sitemap*")]):
        assert list(read_rows(path, 3)) == [Row(3, 0, "http://a/"), Row(3, 1, "http://b/")]
    (tmp_path / "bad.rss").write_bytes(b"<rss><channel><item><link>http://a/?b&c</link></item></channel></rss>")
    with pytest.raises(UserError, match=r"bad\.rss cannot be read as \.rss: not well-formed"):
        list(read_rows(str(tmp_path / "bad.rss"), 0))


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    """A list that is missing, of another kind, damaged or without a column of addresses is named, with what to do."""
    with pytest.raises(UserError, match="no such file"):
        find_lists([f"{tmp_path}/*.txt"])
    with pytest.raises(
        UserError, match=r"is a folder: name the lists in it by a pattern in quotes, such as '.*/\*\.parquet'"
    ):
        find_lists([str(tmp_path)])
    # Nobody is asked for it: a list on the web has the ending of its kind.
    with pytest.raises(UserError, match=r"http://a\.test/ is an address: --urls takes files of addresses"):
        find_lists(["http://a.test/"])
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(UserError, match=r"a\.json: files of this kind are not read"):
        find_lists([f"{tmp_path}/a.json"])
    (tmp_path / "a.csv").write_text("address\nhttp://a/\n")
    with pytest.raises(UserError, match="it has address: name one by --url-column"):
        list(read_rows(f"{tmp_path}/a.csv", 0))
    assert list(read_rows(f"{tmp_path}/a.csv", 0, columns=Columns("address"))) == [Row(0, 0, "http://a/")]
    (tmp_path / "b.parquet").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"b\.parquet cannot be read as \.parquet"):
        list(read_rows(f"{tmp_path}/b.parquet", 0))
    (tmp_path / "c.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match=r"c\.txt cannot be read as \.txt: it is UTF-16: save it as UTF-8"):
        list(read_rows(f"{tmp_path}/c.txt", 0))


@pytest.mark.parametrize(
    ("columns", "caption"),
    [
        (["SAMPLE_ID", "URL", "TEXT", "HEIGHT", "WIDTH", "LICENSE", "NSFW", "similarity"], "TEXT"),  # LAION-400M
        (
            ["URL", "TEXT", "WIDTH", "HEIGHT", "similarity", "hash", "punsafe", "pwatermark", "LANGUAGE"],
            "TEXT",
        ),  # LAION-5B
        (
            ["id", "url", "text", "width", "height", "image_phash", "text_length", "clip_similarity_vitb32"],
            "text",
        ),  # COYO
        (["uid", "url", "text", "original_width", "original_height", "sha256"], "text"),  # DataComp
        (["uid", "url", "alt", "cc_filename", "page_url"], "alt"),  # cc2dataset
        (
            ["similarity", "caption", "url", "key", "status", "error_message", "width", "exif", "sha256"],
            "caption",
        ),  # img2dataset
        (["url", "caption"], "caption"),  # CC12M with a line of names
    ],
)
def test_the_lists_that_there_are(columns: list[str], caption: str, tmp_path: Path) -> None:
    """Addresses, captions and digests are found by the names that published lists use, whatever else they hold."""
    values = {"url": "http://a/1.jpg", "URL": "http://a/1.jpg", caption: " A boat\nat sea ", "sha256": "AB"}
    row = {name: values.get(name, 7) for name in columns}
    expected = Row(0, 0, "http://a/1.jpg", "sha256:ab" if "sha256" in columns else "", captions=("A boat at sea",))
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n\n" + json.dumps({**row, caption: None}) + "\n")
    with (tmp_path / "a.tsv").open("w", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([columns, row.values()])
    for name in ("a.parquet", "a.jsonl", "a.tsv"):
        first, *others = read_rows(str(tmp_path / name), 0)
        assert first == expected and [other.captions for other in others] in ([], [()])
        (bare, *_) = read_rows(str(tmp_path / name), 0, columns=Columns(caption=None))
        assert bare == expected._replace(captions=())


def test_captions_of_another_column_and_none(tmp_path: Path) -> None:
    """A column that is asked for counts alone, and must be there; a text without end is cut."""
    (tmp_path / "a.csv").write_text(f"url,caption,title\nhttp://a/,x,The title\nhttp://b/,y,{'long ' * 5000}\n")
    first, second = read_rows(f"{tmp_path}/a.csv", 0, columns=Columns(caption="title"))
    assert first.captions == ("The title",) and len(second.captions[0]) == LONGEST_CAPTION
    with pytest.raises(UserError, match="has no column words; it has url, caption, title"):
        list(read_rows(f"{tmp_path}/a.csv", 0, columns=Columns(caption="words")))
    (tmp_path / "b.jsonl").write_text('["http://a/"]\n')
    with pytest.raises(UserError, match=r"b\.jsonl cannot be read as \.jsonl: line 1 is no object"):
        list(read_rows(f"{tmp_path}/b.jsonl", 0))


def test_values_that_no_table_of_ours_can_hold(tmp_path: Path) -> None:
    """Lone surrogates become U+FFFD, sizes that no file has are none, and what has no end is cut, but not made equal."""
    lines = [
        r'{"url": "http://a/\ud800", "caption": "a \udfff b", "md5": "\ud800"}',
        '{"url": "http://b/", "size": %s}' % (10**30),
        '{"url": "http://c/", "size": 1e300, "md5": "%s"}' % (10**6 * "f"),
        *(json.dumps({"url": f"http://d/{10**6 * 'd'}{number}"}) for number in range(2)),
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    rows = list(read_rows(f"{tmp_path}/a.jsonl", 0))
    assert rows[0] == Row(0, 0, "http://a/\ufffd", "md5:\ufffd", -1, ("a \ufffd b",))
    assert rows[1] == Row(0, 1, "http://b/") and rows[2].size == -1 and len(rows[2].digest) < 200
    assert rows[3].url != rows[4].url and LONGEST < len(rows[3].url) == len(rows[4].url) < 2 * LONGEST
    (tmp_path / "long.txt").write_text(lines[3])
    assert len(next(read_rows(f"{tmp_path}/long.txt", 0)).url) < 2 * LONGEST
    (tmp_path / "deep.jsonl").write_text('{"url": ' + 10**5 * "[")
    with pytest.raises(UserError, match="line 1 is nested too deep"):
        list(read_rows(f"{tmp_path}/deep.jsonl", 0))


def test_lists_that_are_no_utf8(tmp_path: Path) -> None:
    """A text list in another encoding costs no row; a table that is none names the line where it ends."""
    (tmp_path / "a.txt").write_bytes("\ufeffhttp://a.test/é\n".encode() + b"http://a.test/\xe9\n")
    assert [row.url for row in read_rows(str(tmp_path / "a.txt"), 0)] == ["http://a.test/é", "http://a.test/%E9"]
    (tmp_path / "b.csv").write_bytes(b"url\n" + b"http://a.test/\n" * 2000 + b"http://a.test/\xe9\n")
    (tmp_path / "c.jsonl").write_bytes(b'{"url": "http://a.test/"}\n{"url": \n')
    for name, said in (("b.csv", "behind line"), ("c.jsonl", "line 2: Expecting value")):
        with pytest.raises(UserError, match=said):
            list(read_rows(str(tmp_path / name), 0))
