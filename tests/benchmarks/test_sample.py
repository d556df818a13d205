"""The bundled archive is what its script makes, and reaches every outcome."""

import gzip
import io
from functools import cache

from PIL import Image
from warcio.archiveiterator import ArchiveIterator

from benchmarks.sample import make, pictures, shows, site
from transforms.image.phash import phash

LIMIT = 700_000  # bytes: it travels in every wheel


@cache
def responses() -> tuple[site.Response, ...]:
    """Everything that the script makes, once."""
    return tuple(make.responses())


def payloads() -> dict[str, bytes]:
    """Body by address, of everything that the script makes."""
    return {response.url: response.body for response in responses()}


def picture_hash(body: bytes) -> int:
    """The perceptual hash of a file."""
    return phash(Image.open(io.BytesIO(body)))


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
    articles = site.articles()
    assert len(articles) == 24
    for article in articles:
        words = sum(len(part.split()) for part in article.parts if isinstance(part, str))
        assert 100 <= words <= 400, article.slug


def test_pictures_differ_but_for_the_copies() -> None:
    """The pictures of the articles have hashes of their own; copies share theirs with what they copy, a cut one is near."""
    bodies = payloads()
    own = {name: picture_hash(bodies[site.image_url(name)]) for name in site.names()}
    assert len(set(own.values())) == len(own) >= 33
    for name, copy in (("harbour", "harbour-copy.jpg"), ("loaf", "loaf-copy.webp")):
        assert bodies[f"{shows.COPIES}/{copy}"] == bodies[site.image_url(name)]
    for name, copy in (("lantern", "lantern.png"), ("mill", "mill-large.jpg")):
        again = bodies[f"{shows.COPIES}/{copy}"]
        assert again != bodies[site.image_url(name)] and picture_hash(again) == own[name]
    cut = picture_hash(bodies[f"{shows.COPIES}/hives-cut.jpg"])
    assert 0 < (cut ^ own["hives"]).bit_count() < 16 < min((cut ^ own[n]).bit_count() for n in own if n != "hives")


def test_every_scene_is_shown() -> None:
    """No drawing lies about unused, and every one that the pages name is drawn."""
    shown = {*site.names(), *shows.LIGHT_CAPTIONS, *shows.MOVED_CAPTIONS, *shows.ENGRAVINGS}
    odd = {"portrait", "huts", "helm", "orchard", "frieze", "stamp", "logo"}
    assert shown | odd == set(pictures.SCENES) and not shown & odd


def test_engravings_are_grey() -> None:
    """The book's pictures are files of one channel, which point to their captions by their alt texts."""
    bodies = payloads()
    assert bodies[f"{shows.BOOK}/chapter-3.html"].count(b'alt="see caption"') == len(shows.ENGRAVINGS)
    for name in shows.ENGRAVINGS:
        assert Image.open(io.BytesIO(bodies[f"{shows.BOOK}/images/{name}.jpg"])).mode == "L"


def test_logo_is_twice_on_every_page() -> None:
    """Above the content and at its foot."""
    shown = [response.body.count(b"/theme/logo.png") for response in responses() if b"<main>" in response.body]
    assert len(shown) > 40 and set(shown) == {2}


def test_all_four_formats_are_there() -> None:
    """JPEG, PNG, WebP and GIF are among the pictures."""
    bodies = payloads()
    kinds = {Image.open(io.BytesIO(bodies[site.image_url(name)])).format for name in site.names()}
    assert kinds == set(pictures.FORMATS)
