"""Samples of tars: an image under its address, with what the list says of it; what is no sample becomes a damage."""

import io
import json

import pytest

from schemas.outcomes import RecordError
from schemas.records import Capture, Damage
from tests.support.image_sets import SITE, Sample, shard_tar, tar_bytes
from transforms.listed import KIND, Listed, read_listed
from transforms.samples.read import MOST_BESIDE, read_image, read_samples
from transforms.warc.limits import Limits
from transforms.warc.read import Tally

GOOD = Sample("000000001", SITE + "a.jpg", "A boat\nat sea", b"image a", more={"page_url": SITE})
SECOND = Sample("000000000", SITE + "b.jpg", None, b"image b")


def read(data: bytes, limits: Limits | None = None) -> tuple[list[Capture | Damage], set[str], Tally]:
    """All that a tar holds, the keys of its samples and the tally."""
    keys: set[str] = set()
    tally = Tally()
    return list(read_samples(io.BytesIO(data), len(data), keys, tally, limits or Limits())), keys, tally


def captures(data: bytes) -> list[Capture]:
    """The captures."""
    return [item for item in read(data)[0] if isinstance(item, Capture)]


def told(data: bytes) -> list[str]:
    """What is said of damages."""
    return [f"{item.fault}: {item.detail}" for item in read(data)[0] if isinstance(item, Damage)]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_sample_is_an_image_and_what_the_list_says(suffix: str) -> None:
    """In the order of the tar; both are in one record, which is the whole sample, and are told apart inside."""
    data = shard_tar([GOOD, SECOND], suffix)
    items, keys, tally = read(data)
    image, said, other, silent = (item for item in items if isinstance(item, Capture))
    assert keys == {"000000000", "000000001"} and tally.records == {"resource": 2, KIND: 2} and tally.ended == len(data)
    assert (image.kind, image.url, image.media_type, image.body) == (
        "resource",
        GOOD.url,
        f"image/{suffix}",
        b"image a",
    )
    assert (said.kind, read_listed(said.body)) == (KIND, Listed(GOOD.url, ("A boat at sea",), SITE))
    assert read_listed(silent.body) == Listed(SECOND.url) and other.body == b"image b"
    assert image.offset == said.offset == 0 and image.length == other.offset and image.seekable
    assert image.within != said.within and data[image.within :].startswith(b"image a")
    record = data[other.offset : other.offset + other.length]
    assert read_image(record).body == b"image b" and read_image(record).url == SECOND.url


def test_folders_notes_and_other_members() -> None:
    """Samples in a folder, as tar packs a folder of files; a member of another kind belongs to its sample; a note to none."""
    files = [
        (f"00000/{GOOD.key}.{kind}", data)
        for kind, data in [*GOOD.members().items(), ("cls", b"7"), ("seg.png", b"no")]
    ]
    found = captures(tar_bytes([("README", b"a note"), *files]))
    assert [item.body for item in found if item.kind == "resource"] == [b"image a"]


def test_what_is_no_sample() -> None:
    """Without JSON, address or image, with JSON that is none, too large, or of one member too deep to read."""
    row = json.dumps({"url": SITE})
    samples: dict[str, dict[str, bytes]] = {
        "a": {"jpg": b"image"},
        "b": {"jpg": b"image", "json": b"{}"},
        "c": {"json": row.encode()},
        "d": {"jpg": b"image", "json": b"[" * 100_000},
        "e": {"jpg": b"image", "json": b'{"url": 5}'},
        "f": {"jpg": b"image", "json": b"\xff"},
        "g": {"jpg": b"image", "json": b" " * (MOST_BESIDE + 1)},
        "h": {"jpg": b"image", "json": json.dumps({"url": "http://a/" + "x" * 5000}).encode()},
        "i": {"jpg": b"image", "json": row.encode()},
    }
    data = tar_bytes((f"{key}.{kind}", body) for key, members in samples.items() for kind, body in members.items())
    said = told(data)
    assert len(said) == 8 and next(item.body for item in captures(data)) == b"image"
    for one, words in zip(
        said,
        ("no .json", "no 'url'", "no image", "cannot be read", "no 'url'", "cannot be read", "limit", "'url'"),
        strict=True,
    ):
        assert words in one
    items, _, _ = read(data, Limits(payload=3))
    assert [item.fault for item in items if isinstance(item, Damage)][-1] == "oversize"


def test_damage_costs_its_sample() -> None:
    """The one whose header is hit; its neighbours stand."""
    samples = [Sample(f"{number:09d}", f"{SITE}{number}.jpg", "A boat", b"image") for number in range(3)]
    whole = shard_tar(samples)
    second = captures(whole)[2]
    data = bytearray(whole)
    data[second.offset + second.within - 500] ^= 0xFF  # in the header of its image
    assert [item.url for item in captures(bytes(data)) if item.kind == KIND] == [samples[0].url, samples[2].url]
    assert [said.partition(":")[2] for said in told(bytes(data))][1:] == [" the sample 000000001 has no image"]
    with pytest.raises(RecordError):
        read_image(bytes(data[second.offset : second.offset + second.length]))
    with pytest.raises(RecordError, match="empty"):
        read_image(b"")


def test_texts_can_be_stored() -> None:
    """What JSON escapes and no text holds, a lone surrogate, becomes U+FFFD."""
    row = rb'{"url": "http://a/\ud800.jpg", "caption": "a \udfff b", "page_url": "http://a/\ud800"}'
    (image, said) = captures(tar_bytes([("0.jpg", b"image"), ("0.json", row)]))
    assert image.url == "http://a/\ufffd.jpg"
    assert read_listed(said.body) == Listed(image.url, ("a \ufffd b",), "http://a/\ufffd")
