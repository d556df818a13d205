"""Decoding: a whole first frame or a RecordError."""

import io
import warnings
import zlib

import numpy as np
import PIL
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from schemas.outcomes import Fault, RecordError
from tests.support import pictures
from tests.support.pictures import encoded, noise
from tests.support.shared_data import shared
from transforms.image.decode import decode, shown, translated
from transforms.image.header import DECODABLE, Limits, read_header

LIMITS = Limits()
FORMS = ["JPEG", "PNG", "WEBP", "GIF"]


def decoded(data: bytes) -> Image.Image:
    """A file read as the product reads it: the header first."""
    return decode(data, read_header(data, LIMITS), LIMITS)


def to_rgb(image: Image.Image) -> Image.Image:
    """The picture as shown, in RGB also where it is grey."""
    picture = shown(image)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def fault(data: bytes) -> Fault:
    """The fault for which a file is refused."""
    with pytest.raises(RecordError) as caught:
        decoded(data)
    return caught.value.fault


def test_pillow_is_new_enough() -> None:
    """Older releases have known holes (docs/sources.md, "Hostile images"): 12.3.0 closed thirteen."""
    assert tuple(map(int, PIL.__version__.split(".")[:2])) >= (12, 3)


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_file_is_decoded(form: str) -> None:
    """The pixels are those that Pillow gives for the file."""
    data = encoded(noise(40, 30).convert("RGB"), form)
    assert decoded(data).tobytes() == Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.8])
def test_a_truncated_file_is_undecodable(form: str, share: float) -> None:
    """A file that ends early fails rather than giving half a picture."""
    data = encoded(noise(64, 64).convert("RGB"), form)
    assert fault(data[: int(len(data) * share)]) is Fault.UNDECODABLE_IMAGE


def test_the_first_frame_is_decoded() -> None:
    """An animation gives its first frame."""
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    data = encoded(first, "WEBP", save_all=True, append_images=[second], lossless=True)
    assert to_rgb(decoded(data)).getpixel((0, 0)) == (255, 0, 0)


def test_a_first_frame_of_one_colour_is_passed_over() -> None:
    """An animation that fades in from white gives what it then shows; one of blank frames gives the first."""
    blank, picture = Image.new("RGB", (32, 24), "white"), noise(32, 24).convert("RGB")
    for form in ("GIF", "WEBP", "PNG"):
        options = {"save_all": True, "append_images": [blank.copy(), picture], "duration": [100, 200, 300]}
        found = decoded(encoded(blank, form, **(options | ({"lossless": True} if form == "WEBP" else {}))))
        assert np.abs(np.asarray(to_rgb(found)).astype(int) - np.asarray(picture)).mean() < 3, form
    white, grey = (Image.new("RGB", (8, 8), colour) for colour in ("white", "grey"))
    found = decoded(encoded(white, "WEBP", save_all=True, append_images=[grey], lossless=True))
    assert to_rgb(found).getpixel((0, 0)) == (255, 255, 255)


def test_an_animation_with_fewer_frames_than_it_declares() -> None:
    """A PNG that says five frames and holds two blank ones gives the first; no error of Pillow's gets out."""
    blank = [Image.new("L", (8, 8), grey) for grey in (200, 201)]
    out = io.BytesIO()
    blank[0].save(out, "PNG", save_all=True, append_images=blank[1:])
    data = out.getvalue()
    place = data.index(b"acTL")
    chunk = b"acTL" + (5).to_bytes(4, "big") + data[place + 8 : place + 12]
    data = data[:place] + chunk + zlib.crc32(chunk).to_bytes(4, "big") + data[place + 16 :]
    assert read_header(data, LIMITS).frames == 5
    assert decoded(data).getpixel((0, 0)) == 200


def test_what_shows_nothing_in_a_png_is_not_read() -> None:
    """A colour profile of megabytes, a text bomb of 200 MB and a text with a wrong checksum cost a picture nothing."""
    image = noise(30, 20).convert("RGB")
    plain = encoded(image, "PNG")
    head = plain[:33]
    extras = [
        pictures.chunk(b"iCCP", b"a\0\0" + zlib.compress(random_bytes(1_300_000))),
        pictures.chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000))),
        pictures.chunk(b"tEXt", b"a\0b")[:-4] + b"oops",
        pictures.chunk(b"tRNS", bytes(6))[:-4] + b"oops",
    ]
    for extra in extras:
        found = decoded(head + extra + plain[33:])
        assert found.mode == "RGB" and found.tobytes() == image.tobytes() and not found.info.keys() & {"transparency"}


def random_bytes(count: int) -> bytes:
    """Bytes that no codec makes small."""
    return np.random.default_rng(1).bytes(count)


def test_critical_chunks_count_still() -> None:
    """A palette with a wrong checksum is no picture."""
    plain = bytearray(encoded(noise(30, 20).convert("P"), "PNG"))
    plain[plain.find(b"PLTE") + 20] ^= 1
    assert fault(bytes(plain)) is Fault.UNDECODABLE_IMAGE


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize(("size", "lost"), [((64, 64), 1), ((64, 64), 2), ((300, 220), 3), ((300, 220), 9)])
def test_a_jpeg_may_lack_its_last_bytes(progressive: bool, size: tuple[int, int], lost: int) -> None:
    """As browsers have it: all rows but some at the end are those of the whole file."""
    data = encoded(noise(*size).convert("RGB"), "JPEG", quality=90, progressive=progressive)
    whole, cut = (np.asarray(decoded(part)) for part in (data, data[:-lost]))
    assert whole.shape == cut.shape
    assert (whole == cut)[: size[1] - max(16, size[1] // 16)].all()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.85])
def test_a_jpeg_that_lacks_more_is_refused(progressive: bool, share: float) -> None:
    """A flat end would hide that it is missing; what is missing is told by what stands in for it."""
    picture = noise(320, 240).convert("RGB")
    picture.paste("white", (0, 120, 320, 240))
    data = encoded(picture, "JPEG", quality=90, progressive=progressive)
    at = data.rfind(b"\xff\xda") if progressive else 0
    assert fault(data[: at + int((len(data) - at) * share * 0.6)]) is Fault.UNDECODABLE_IMAGE


OTHERS = ("AVIF", "BMP", "TIFF", "ICO")


@pytest.mark.parametrize("form", OTHERS)
def test_other_kinds_are_decoded_where_the_recipe_asks(form: str) -> None:
    """Their pixels are those that Pillow gives; without a word of the recipe they are of no kind that is decoded."""
    image = noise(48, 32).convert("RGB")
    data = encoded(image, form, **({"sizes": [(48, 32)]} if form == "ICO" else {}))
    limits = Limits(formats=(form.lower(),))
    header = read_header(data, limits)
    assert header[:3] == (form.lower(), 48, 32)
    found = decode(data, header, limits)
    assert to_rgb(found).tobytes() == to_rgb(Image.open(io.BytesIO(data))).tobytes()
    assert fault(data) is Fault.UNSUPPORTED_TYPE
    with pytest.raises(RecordError, match="bomb"):
        read_header(data, Limits(formats=(form.lower(),), pixels=48 * 32 - 1))


@pytest.mark.parametrize("form", OTHERS)
@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=6), st.integers(0, 900))
def test_other_kinds_damaged(form: str, changes: list[tuple[int, int]], cut: int) -> None:
    """Whatever bytes are changed or missing, there is a picture or a RecordError."""
    data = bytearray(encoded(noise(16, 16).convert("RGB"), form, **({"sizes": [(16, 16)]} if form == "ICO" else {})))
    for place, value in changes:
        data[place % len(data)] = value
    held, limits = bytes(data)[: len(data) - cut % len(data) if cut > 600 else len(data)], Limits(formats=DECODABLE)
    try:
        to_rgb(decode(held, read_header(held, limits), limits))
    except RecordError as error:
        assert error.fault in (Fault.UNDECODABLE_IMAGE, Fault.BOMB, Fault.UNSUPPORTED_TYPE)


@pytest.mark.parametrize(
    "error",
    [
        PIL.UnidentifiedImageError("x"),
        OSError("x"),
        ValueError("x"),
        SyntaxError("x"),
        NotImplementedError("x"),
    ],
)
def test_pillows_errors_are_translated(error: Exception) -> None:
    """Each kind that Pillow raises about a bad file becomes undecodable_image, with its name in the detail."""
    with pytest.raises(RecordError, match=f"undecodable_image: {type(error).__name__}: x"), translated():
        raise error


def test_pillows_bomb_warning_is_an_error() -> None:
    """Both of Pillow's size alarms are bombs, the warning too; other warnings are silenced."""
    with pytest.raises(RecordError, match="bomb"), translated():
        warnings.warn("large", Image.DecompressionBombWarning, stacklevel=1)
    with pytest.raises(RecordError, match="bomb"), translated():
        raise Image.DecompressionBombError("huge")
    with translated():
        warnings.warn("corrupt EXIF", UserWarning, stacklevel=1)


def test_bugs_and_exhausted_memory_pass_through() -> None:
    """What is no fault of the file is not turned into one (law 8)."""
    for error in (KeyError("x"), MemoryError(), AttributeError("x")):
        with pytest.raises(type(error)), translated():
            raise error


def test_transparency_is_laid_on_white() -> None:
    """A black drawing on a transparent ground is two-coloured, as on a page."""
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    image.putpixel((0, 0), (0, 0, 0, 255))
    assert to_rgb(image).getextrema() == ((0, 255),) * 3


def test_a_transparent_palette_is_laid_on_white() -> None:
    """The one transparent colour of a GIF or PNG counts too."""
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.putpixel((0, 0), 0)
    data = encoded(image, "PNG", transparency=1)
    assert to_rgb(decoded(data)).getextrema() == ((0, 255),) * 3


def test_deep_grey_keeps_its_upper_bits() -> None:
    """16-bit grey is scaled to 8 bits, not cut at 255."""
    deep = np.array([[0, 255, 256, 32768, 65535]], dtype=np.uint16)
    data = encoded(Image.fromarray(deep), "PNG")
    assert np.asarray(to_rgb(decoded(data)))[0, :, 1].tolist() == [0, 0, 1, 128, 255]


def test_the_transparent_value_of_deep_grey_is_white() -> None:
    """All 16 bits of it count: its neighbour is a picture's dark grey."""
    deep = np.array([[700, 701]], dtype=np.uint16)
    assert np.asarray(shown(decoded(encoded(Image.fromarray(deep), "PNG", transparency=700)))).tolist() == [[255, 2]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    """All modes that the four decoders give have an RGB form."""
    image = noise(8, 8).convert("RGB").convert("L" if mode == "I;16" else mode)
    data = encoded(image.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert decoded(data).mode == mode
    assert to_rgb(decoded(data)).mode == "RGB"


SEEDS = [encoded(noise(16, 16).convert("RGB"), form) for form in FORMS]


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_files_are_decoded_or_refused(seed: bytes, changes: list[tuple[int, int]]) -> None:
    """Whatever bytes are changed, there is a picture or a RecordError."""
    data = bytearray(seed)
    for place, value in changes:
        data[place % len(data)] = value
    try:
        to_rgb(decoded(bytes(data)))
    except RecordError as error:
        assert error.fault in (Fault.UNDECODABLE_IMAGE, Fault.BOMB, Fault.UNSUPPORTED_TYPE)


def test_png_suite() -> None:
    """Of PngSuite, the files made to be refused are, and all others are decoded."""
    folder = shared("images/odd/codec-corpus/pngsuite")
    files = sorted(folder.glob("*.png"))
    refused = set()
    for file in files:
        try:
            decoded(file.read_bytes())
        except RecordError:
            refused.add(file.name)
    assert len(files) > 150
    assert refused == {file.name for file in files if file.name.startswith("x")}


def test_a_png_file_that_announces_frames_beyond_all_number() -> None:
    """Is a picture without an animation, as browsers have it."""
    flat = [Image.new("L", (4, 4), level) for level in (7, 9)]
    data = encoded(flat[0], "PNG", save_all=True, append_images=flat[1:])
    at = data.index(b"acTL") + 4
    body = (2**31 + 1).to_bytes(4, "big") + data[at + 4 : at + 8]
    lying = data[: at - 8] + pictures.chunk(b"acTL", body) + data[at + 12 :]
    assert decoded(lying).size == (4, 4) and read_header(lying, LIMITS).frames > 2**31
