"""The bundled archive is what its script makes, and reaches every outcome."""

import gzip
import io
from functools import cache

from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from benchmarks.sample import make, pictures
from transforms.image.phash import phash

LIMIT = 400_000  # bytes: it travels in every wheel


@cache
def responses() -> tuple[make.Response, ...]:
    """Everything that the script makes, once."""
    return tuple(make.responses())


def payloads() -> dict[str, bytes]:
    """Body by address, of everything that the script makes."""
    return {response.url: response.body for response in responses()}


def test_bundled_file_is_what_the_script_makes() -> None:
    """The archive in the package holds the records of the script, member by member, and is small.

    Members are compared inflated, since zlib's builds compress differently; the damaged one cannot be inflated at all.
    """
    made = [make.record(response, number) for number, response in enumerate(responses()) if not response.damaged]
    bundled = make.OUT.read_bytes()
    assert len(bundled) < LIMIT
    starts = [place for place in range(len(bundled)) if bundled.startswith(b"\x1f\x8b\x08\0\0\0\0\0", place)]
    members = [bundled[start:end] for start, end in zip(starts, [*starts[1:], len(bundled)], strict=True)]
    inflated = [gzip.decompress(member) for member in members if b"\xff" * 8 not in member]
    assert inflated == [gzip.decompress(member) for member in made]


def test_twice_the_same() -> None:
    """Nothing in the script depends on a clock or on chance."""
    assert tuple(make.responses()) == responses()
    assert [make.record(r, 0) for r in responses()[:9]] == [make.record(r, 0) for r in responses()[:9]]


def test_records_are_good_warc() -> None:
    """Another reader takes every record but the damaged one and finds the digests right."""
    good = b"".join(make.record(r, n) for n, r in enumerate(responses()) if not r.damaged)
    count = 0
    for record in ArchiveIterator(io.BytesIO(good), check_digests="raise"):
        record.content_stream().read()
        count += 1
    assert count == sum(not response.damaged for response in responses())


def test_every_article_is_of_a_length_to_keep() -> None:
    """Two dozen articles of 100 words and more, so that the text rules keep them."""
    articles = make.articles()
    assert len(articles) == 24
    for article in articles:
        words = sum(len(part.split()) for part in article.parts if isinstance(part, str))
        assert 100 <= words <= 400, article.slug


def test_pictures_differ_but_for_the_copies() -> None:
    """The pictures of the articles have hashes of their own; the two copies share theirs with what they copy."""
    bodies = payloads()
    own = [phash(Image.open(io.BytesIO(bodies[make.image_url(name)]))) for name in make.names()]
    assert len(set(own)) == len(own) >= 25
    copy, again = bodies["https://cdn.example/harbour-copy.jpg"], bodies["https://cdn.example/lantern.png"]
    assert copy == bodies[make.image_url("harbour")]
    assert again != bodies[make.image_url("lantern")]
    assert phash(Image.open(io.BytesIO(again))) == own[make.names().index("lantern")]


def test_all_four_formats_are_there() -> None:
    """JPEG, PNG, WebP and GIF are among the pictures."""
    bodies = payloads()
    kinds = {Image.open(io.BytesIO(bodies[make.image_url(name)])).format for name in make.names()}
    assert kinds == set(pictures.FORMATS)
