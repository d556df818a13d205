"""Pages that show pictures as sites do it: copies of one, a gallery that loads late, a book, and pictures that have moved."""

import html
from collections.abc import Iterator

from benchmarks.sample import pages, pictures
from benchmarks.sample.site import (
    IMAGES,
    SITE,
    Response,
    article_picture,
    drawn,
    figure,
    kind_of,
    page,
    paragraphs,
    picture,
)

COPIES, LIGHTS, MOVED, BOOK = "https://cdn.example", f"{IMAGES}/lights", f"{IMAGES}/moved", f"{SITE}/books/valley"
LARGE, SMALL = 1.5, 0.5
LIGHT_CAPTIONS = {
    "beam": "The beam of Orrin Head on one of its four evenings",
    "lightship": "A red lightship at anchor, with the lamp on her middle mast",
    "buoy": "The bell buoy off Tarrow leans in the swell on a day of fog",
    "pier": "The lamp and the bench at the end of the pier, after sunset",
}
MOVED_CAPTIONS = {
    "bridge": "A stone bridge with five arches, and a cart on its way to market",
    "windmill": "The windmill of Holm with sacks of flour before its door",
    "barge": "The barge that a flood left in an orchard",
}
ENGRAVINGS = {
    "plough": "Fig. 3. A plough of ash with its iron share and a wheel in front.",
    "skep": "Fig. 4. A hive plaited of straw, on a stool that keeps it from the damp.",
    "anvil": "Fig. 5. Anvil, hammer and horseshoe of the smith at Brack.",
    "pump": "Fig. 6. The pump on the green, with its trough and a bucket.",
}


def responses() -> Iterator[Response]:
    """The pages and their pictures."""
    yield from copies()
    yield from lights()
    yield from book()
    yield from moved()


def copies() -> Iterator[Response]:
    """Pictures of the articles again: exact copies, and others that are encoded, sized or cut in another way."""
    lens = "The great lens of the lighthouse, cleaned by its visitors"
    loaf = "A loaf from dough that rested for eighteen hours"
    mill = "The paper mill at Varden, with its wheel beside the weir"
    hives = "Painted hives between the chimneys of the town hall"
    shown = [
        figure(f"{COPIES}/harbour-copy.jpg", "The harbour once more, from another server", 1),
        figure(f"{COPIES}/loaf-copy.webp", loaf, 1),
        figure(f"{COPIES}/lantern.png", lens, 1),
        figure(f"{COPIES}/mill-large.jpg", mill, 1),
        figure(f"{COPIES}/hives-cut.jpg", hives, 1),
    ]
    yield Response(f"{SITE}/copies", page("Two prints", paragraphs(pages.COPIES) + "\n".join(shown)))
    for name in ("harbour", "loaf"):
        kind = kind_of(name)
        yield picture(f"{COPIES}/{name}-copy.{kind.lower().replace('jpeg', 'jpg')}", article_picture(name), kind)
    # A server that names PNG what is WebP, as content networks do.
    yield picture(f"{COPIES}/lantern.png", pictures.encode(pictures.drawing("lantern"), "WEBP", 90), "WEBP")
    yield drawn(f"{COPIES}/mill-large.jpg", "mill", LARGE)
    cut = pictures.cropped(pictures.drawing("hives"), 12)
    yield picture(f"{COPIES}/hives-cut.jpg", pictures.encode(cut, "JPEG"), "JPEG")


def lights() -> Iterator[Response]:
    """A gallery: an image that waits for a script, a choice of sizes, one of densities, a thumbnail with a link."""
    said = {name: html.escape(caption) for name, caption in LIGHT_CAPTIONS.items()}
    late = (
        f'<figure><img class="lazy" src="/theme/spacer.gif" data-src="{LIGHTS}/beam.jpg" alt="">'
        f'<noscript><img src="{LIGHTS}/beam.jpg" alt=""></noscript><figcaption>{said["beam"]}</figcaption></figure>'
    )
    sizes = (
        f'<figure><picture><source srcset="{LIGHTS}/lightship-320.webp 320w, {LIGHTS}/lightship-480.webp 480w" '
        f'type="image/webp" sizes="50vw"><img src="{LIGHTS}/lightship-160.jpg" alt="{said["lightship"]}"></picture></figure>'
    )
    dense = f'<p><img src="{LIGHTS}/buoy.jpg" srcset="{LIGHTS}/buoy.jpg 1x, {LIGHTS}/buoy-large.jpg 1.5x" alt="{said["buoy"]}"></p>'
    thumb = (
        f'<div class="thumb"><a href="{LIGHTS}/pier-full.jpg"><img src="{LIGHTS}/pier-thumb.jpg" alt="" width="160"></a>'
        f'<p class="caption">{said["pier"]}</p></div>'
    )
    parts = pages.LIGHTS.split("\n\n")
    shown = (f"{paragraphs(text)}\n{image}" for text, image in zip(parts, (late, sizes, dense, thumb), strict=True))
    yield Response(f"{SITE}/lights", page("Lights along the coast", "\n".join(shown)))
    yield drawn(f"{LIGHTS}/beam.jpg", "beam", LARGE)
    yield drawn(f"{LIGHTS}/lightship-160.jpg", "lightship", SMALL)
    yield drawn(f"{LIGHTS}/lightship-320.webp", "lightship", 1, "WEBP")
    yield drawn(f"{LIGHTS}/lightship-480.webp", "lightship", LARGE, "WEBP")
    yield drawn(f"{LIGHTS}/buoy.jpg", "buoy")
    yield drawn(f"{LIGHTS}/buoy-large.jpg", "buoy", LARGE)
    yield drawn(f"{LIGHTS}/pier-thumb.jpg", "pier", SMALL)
    yield drawn(f"{LIGHTS}/pier-full.jpg", "pier", LARGE)


def book() -> Iterator[Response]:
    """A chapter with engravings, whose alt texts point to the captions below."""
    engravings = [
        f'<div class="figcenter"><img src="images/{name}.jpg" alt="see caption"><p class="caption">{html.escape(caption)}</p></div>'
        for name, caption in ENGRAVINGS.items()
    ]
    body = []
    for n, text in enumerate(pages.BOOK.split("\n\n")):
        body.append(paragraphs(text))
        if n % 2 and engravings:
            body.append(engravings.pop(0))
    yield Response(f"{BOOK}/chapter-3.html", page("Chapter III. Of tools", "\n".join(body)))
    for name in ENGRAVINGS:
        yield drawn(f"{BOOK}/images/{name}.jpg", name)


def moved() -> Iterator[Response]:
    """A page whose pictures lie elsewhere: behind a redirect, under another spelling, and as a copy of an earlier capture."""
    windmill = f"{MOVED}/windmill%20of%20Holm,%201.jpg"
    shown = {
        "bridge": f"{SITE}/media/17",
        "windmill": windmill.replace("https:", "http:").replace(",", "%2c"),
        "barge": f"{MOVED}/barge.jpg",
    }
    parts = pages.MOVED.split("\n\n")
    body = [
        f"{paragraphs(text)}\n{figure(shown[name], MOVED_CAPTIONS[name], 0)}"
        for text, name in zip(parts, shown, strict=True)
    ]
    yield Response(f"{SITE}/moved", page("Three pictures that moved", "\n".join(body)))
    yield Response(shown["bridge"], b"", status="302 Found", headers=(f"Location: {MOVED}/bridge.jpg",))
    yield drawn(f"{MOVED}/bridge.jpg", "bridge")
    yield drawn(windmill, "windmill")
    first = drawn(f"{MOVED}/2025/barge.jpg", "barge")
    yield first
    yield first._replace(url=shown["barge"], repeats=first.url)
