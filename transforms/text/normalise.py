"""The key by which texts are exact duplicates. Pure; cost: about 0.1 ms for 10 kB, a third of that for ASCII."""

import string
import unicodedata
from hashlib import blake2b

from transforms.characters import may_be_later, nfkc
from transforms.invisible import without_invisible

_VERSION = b"text_key.2"  # change it with any change below: keys of two versions never meet
# White space but the space, after NFKC, which makes spaces of all others. In UTF-8 an ASCII byte is an ASCII character.
_SPACES, _WIDE_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f", "\x85\u1680\u2028\u2029"
_FORMS = [(sign, unicodedata.normalize("NFKC", sign)) for sign in "\u00a0\u2026\ufdfa"]
_ASCII = bytes(range(128))
_FOLDED = bytes.maketrans(
    (string.ascii_uppercase + _SPACES).encode(), (string.ascii_lowercase + " " * len(_SPACES)).encode()
)


def normalise(text: str) -> str:
    r"""`text` as exact duplicates are compared: without invisible characters, NFKC, case folded, every run of white space one
    space, none at the ends.

    Punctuation, digits and accents stay: what differs in them is a near duplicate, and finding those is MinHash's work.

    >>> normalise(" The\u00a0\ufb01rst\n\nPAGE\u2026 ")
    'the first page...'
    """
    return _normalised(text).decode("utf-8", "surrogatepass")


def text_key(text: str) -> bytes:
    r"""The 16-byte BLAKE2b digest of the normalised text, with the version of the rule mixed in; equal for duplicates.

    >>> text_key("One  page\n") == text_key("ONE page"), text_key("One page.") == text_key("One page")
    (True, False)
    """
    return blake2b(_normalised(text), digest_size=16, person=_VERSION).digest()


def _normalised(text: str) -> bytes:
    """The normalised text as UTF-8: there letters are folded and spaces joined without cutting the text into words."""
    if not text.isascii():
        text = without_invisible(text)
        # NFKC's own forms of the marks that most often keep a text from being NFKC already, which is fast to see, and of
        # the one sign that becomes 18 (a page of it took 2 s).
        for sign, form in _FORMS:
            text = text.replace(sign, form)
        text = unicodedata.normalize("NFKC", text)
        for space in _WIDE_SPACES:
            text = text.replace(space, " ")
    coded = _coded(text)
    if may_be_later(coded):  # of Unicode: the interpreter may not know all of it
        coded = _coded(text := nfkc(text))
    if (rest := coded.translate(None, _ASCII).decode("utf-8", "surrogatepass")) != rest.casefold():
        coded = _coded(text.casefold())
    pieces = coded.translate(_FOLDED).split(b"  ")
    return b" ".join([bare for piece in pieces if (bare := piece.strip(b" "))])


def _coded(text: str) -> bytes:
    """`text` as UTF-8. A lone surrogate is no text, but it must not end a run either."""
    return text.encode("utf-8", "surrogatepass")
