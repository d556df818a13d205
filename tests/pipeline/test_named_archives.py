"""Archives by name below the folder that holds all inputs."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.inputs import find_inputs
from pipeline.named_archives import archive_path, below, common_root, name_archives
from pipeline.plan import whole_span

NAMES = st.lists(st.binary(min_size=1, max_size=6).filter(lambda name: not {0, 47} & {*name}), min_size=1, max_size=3)
LOCAL = NAMES.map(lambda parts: "/" + "/".join(map(os.fsdecode, parts)))
REMOTE = st.lists(
    st.text("abc/é\n", min_size=1, max_size=6).filter(lambda name: "//" not in name), min_size=1, max_size=3
).map(lambda parts: "s3://bucket/" + "/".join(part.strip("/") or "x" for part in parts))


def test_sources_do_not_depend_on_where_inputs_lie_or_on_their_order(tmp_path: Path) -> None:
    """A moved or reordered corpus keeps its names, so it keeps its ids (law 5)."""
    for name in ("one/a.warc.gz", "two/a.warc.gz"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(name.encode())
    paths = find_inputs([f"{tmp_path}/two/*.gz", f"{tmp_path}/one/*.gz"]).files
    assert sources(paths) == ["one/a.warc.gz", "two/a.warc.gz"]
    assert sources(dict(reversed(paths.items()))) == sources(paths)
    assert sources(dict([*paths.items()][:1])) == ["a.warc.gz"]
    root, found, _ = name_archives(paths)
    assert root == str(tmp_path) and [archive_path(root, archive.name) for archive in found] == list(paths)


def sources(inputs: dict[str, int]) -> list[str]:
    """The names under which inputs stand in the corpora."""
    return [archive.source for archive in name_archives(inputs)[1]]


@given(st.lists(LOCAL, min_size=1, max_size=4) | st.lists(REMOTE, min_size=1, max_size=4))
def test_a_name_below_the_root_leads_back_to_its_path(paths: list[str]) -> None:
    """For local paths of any bytes and for those of a bucket; the root is a folder above all of them, and the deepest."""
    root = common_root(paths)
    names = [below(root, path) for path in paths]
    assert [archive_path(root, name) for name in names] == paths
    assert all(name and not name.startswith("/") for name in names)
    folders = {name.partition("/")[0] if "/" in name else "" for name in names}
    assert len(folders) > 1 or folders == {""}


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        (["s3://crawl/in/a.gz", "s3://crawl/in2/a.gz"], "s3://crawl"),
        (["s3://a/x.gz", "s3://b/x.gz"], "s3://"),
        (["s3://a/x.gz", "gs://a/x.gz"], ""),
        (["s3://a/x.gz", "/a/x.gz"], ""),
        (["/a.gz"], "/"),
        (["/in/a.gz", "/in/sub/a.gz"], "/in"),
        (["/in/ab/1.gz", "/in/abc/1.gz"], "/in"),
    ],
)
def test_the_root_of_inputs(paths: list[str], root: str) -> None:
    """A folder or bucket, never half a name; none where the inputs lie in stores of several kinds."""
    assert common_root(paths) == root
    assert [archive_path(root, below(root, path)) for path in paths] == paths


def test_a_name_that_is_no_utf8_can_stand_in_a_column(tmp_path: Path) -> None:
    """Its bytes are written out, so that a source is text; the path still opens the file."""
    name = os.fsdecode(b"bad\xff.warc.gz")
    (tmp_path / name).write_bytes(b"a")
    root, (archive,), _ = name_archives(find_inputs([str(tmp_path)]).files)
    assert archive.source == r"bad\xff.warc.gz"
    assert archive_path(root, archive.name) == str(tmp_path / name)
    span = whole_span(archive)
    assert (archive_path(root, span.name), span.source) == (str(tmp_path / name), archive.source)


def test_names_that_are_no_utf8_and_names_that_spell_such_bytes_are_told_apart(tmp_path: Path) -> None:
    """Two archives under one source gave their items the same ids, and the run ended as a bug."""
    for name in (os.fsdecode(b"bad\xff.warc"), r"bad\xff.warc", r"bad\\xff.warc"):
        (tmp_path / name).write_bytes(b"a")
    _, archives, _ = name_archives(find_inputs([str(tmp_path)]).files)
    assert len({archive.source for archive in archives}) == len(archives) == 3
