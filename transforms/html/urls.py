"""Addresses by the URL standard (WHATWG), as browsers join them. Pure.

ada resolves them, about 2 microseconds a call (2-core VM). References that are already written as the standard writes them, nine of
ten on real pages, take a fast path of half that time. RFC 3986 joins differ on pages as they are
(`\\\\host\\p`, spaces, international names), and LAION's and OBELICS' own joins lose images (docs/sources.md, "Addresses").
"""

import re
from functools import lru_cache

from ada_url import join_url, replace_url

LONGEST = 2083  # characters of an address (docs/sources.md, "Guard limits")
SCHEMES = ("http://", "https://")

# References that the standard leaves as they are: whole, without the scheme, without the host, from the base's folder. The
# host is of small letters with a last label that is no number (else it may be an IPv4 address) and no label in Punycode, which the
# standard checks; nothing is to be encoded. A port of four digits is nobody's default.
_HOST = r"//(?:(?!xn--)[a-z0-9-]++\.)++[a-z]{2,}+(?::[1-9][0-9]{3})?/"
_REST = "[!$%&(-;=?@A-Z_a-z~]*+"
_PLAIN = re.compile(
    rf"(https?:{_HOST}{_REST})|({_HOST}{_REST})|(/(?!/){_REST})|([A-Za-z0-9_]{_REST.replace('(-;', '(-9;')})"
)


def join(base: str, reference: str) -> str | None:
    """The absolute address that `reference` means at `base`; None unless it is http(s) and at most LONGEST long.

    >>> join("http://ex.com/a/b/c.html", "../img/x.jpg")
    'http://ex.com/a/img/x.jpg'
    >>> join("http://ex.com/", "data:image/gif;base64,R0lG") is None
    True
    """
    if len(reference) > 2 * LONGEST:  # whitespace inside is dropped, so a little over may still fit; megabytes never
        return None
    plain = _PLAIN.fullmatch(reference)
    # What may hold `/./` or `/%2e%2e/`, which the standard resolves, goes another way.
    if (
        plain
        and "/." not in reference
        and ("%" not in reference or "%2e" not in reference.lower())
        and (prefixes := prefixes_of(base))
    ):
        address = prefixes[plain.lastindex or 0] + reference
        return address if len(address) <= LONGEST else None
    if reference[:5].lower() == "data:":  # inline pictures are many, and long to parse
        return None
    try:
        address = join_url(as_scalars(base), as_scalars(reference))
    except ValueError:
        return None
    return address if address.startswith(SCHEMES) and len(address) <= LONGEST else None


def as_scalars(text: str) -> str:
    """`text` as the standard takes it (a USVString): two surrogates that belong together as one, U+FFFD for each lone one."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@lru_cache(maxsize=64)
def prefixes_of(base: str) -> tuple[str, ...] | None:
    """What `base` puts before each kind of plain reference, by the group of _PLAIN; None unless it is http(s)."""
    try:
        folder, root = join_url(as_scalars(base), "."), join_url(as_scalars(base), "/")
    except ValueError:
        return None
    return ("", "", root.partition("/")[0], root[:-1], folder) if root.startswith(SCHEMES) else None


def is_written(url: str) -> bool:
    """Whether an address is surely written as the standard writes it, with a name for its host and no code: its own `canonical`.

    >>> is_written("http://ex.com:8080/a?b"), is_written("http://ex.com:80/a"), is_written("http://ex.com/%61")
    (True, False, False)
    """
    plain = _PLAIN.fullmatch(url)
    return plain is not None and plain.lastindex == 1 and "%" not in url and "/." not in url


def canonical(url: str) -> str:
    """The key under which two spellings of one address meet: as the standard serialises it, without a fragment, and `spelled`.

    An address that is not valid is its own key.

    >>> canonical("HTTP://Ex.com:80/a/../x%2c%7e.jpg#top")
    'http://ex.com/x,~.jpg'
    """
    if is_written(url):
        return url
    try:
        return spelled(str(replace_url(url, hash="")))
    except ValueError:
        return url


def spelled(url: str) -> str:
    """An address as the standard serialises it, with no code for what needs none and capitals in all others.

    The standard leaves `%2C` and `,` apart; servers do not. What a code keeps from being a mark stays: `%2F` in a path, `%26` in a query.

    >>> spelled("http://ex.com/m%c3%b6we%28%2F%29.jpg?u=a%2Fb%26c")
    'http://ex.com/m%C3%B6we(%2F).jpg?u=a/b%26c'
    """
    if "%" not in url:
        return url
    path, mark, query = url.partition("?")
    return _CODE.sub(_in_path, path) + mark + _CODE.sub(_in_query, query)


_CODE = re.compile("%[0-9A-Fa-f]{2}")
# Characters that mean themselves with and without a code, in a path and behind a question mark (RFC 3986 §2.2 to 2.4, §3.3, §3.4).
_FREE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_CODES = {f"%{ord(sign):02X}": sign for sign in _FREE + "!$&'()*+,;=:@|[]"}
_QUERY_CODES = {f"%{ord(sign):02X}": sign for sign in _FREE + "!$'()*,:@|[]/?"}


def _in_path(code: re.Match[str]) -> str:
    large = code[0].upper()
    return _PATH_CODES.get(large, large)


def _in_query(code: re.Match[str]) -> str:
    large = code[0].upper()
    return _QUERY_CODES.get(large, large)
