"""Path patterns as robots.txt has them: a prefix, `*` for any characters, `$` for the end. Pure, linear in pattern plus path."""

import re

_ESCAPE = re.compile("%[0-9a-fA-F]{2}|[\x80-\xff]")
_TARGET = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^#]*)")
_UNRESERVED = re.compile("%(2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)")


def escaped(text: str) -> str:
    """A path as patterns are compared: hex digits in upper case, bytes from 0x80 up (as latin-1 characters) as escapes.

    >>> escaped("/a%2f" + "é".encode().decode("latin-1"))
    '/a%2F%C3%A9'
    """
    return _ESCAPE.sub(lambda found: f"%{ord(found[0]):02X}" if len(found[0]) == 1 else found[0].upper(), text)


def decoded(text: str) -> str:
    """An escaped path whose escapes of unreserved characters (RFC 3986) are those characters.

    >>> decoded("/%61%2F%7E")
    '/a%2F~'
    """
    return _UNRESERVED.sub(lambda found: chr(int(found[1], 16)), text)


def target_of(url: str) -> str:
    """What patterns are compared with: path and query of an address, escaped.

    A question mark counts though nothing stands behind it, since `Disallow: /posts?` speaks of it.

    >>> target_of("http://ex.com"), target_of("http://ex.com/a%2f?b#c"), target_of("http://ex.com/a?")
    ('/', '/a%2F?b', '/a?')
    """
    found = _TARGET.match(url)
    target = found[1] if found else ""
    path = target if target.startswith("/") else f"/{target}"
    if "%" not in path and path.isascii():
        return path
    return escaped(path.encode("utf-8", "replace").decode("latin-1"))


def matches(pattern: str, target: str) -> bool:
    """Whether a pattern matches the beginning of a target, or all of it where it ends in `$`.

    Each piece between stars is sought behind the one before it, at its first place: were there any match, there is that one.

    >>> matches("/*.php$", "/a/b.php"), matches("/*.php$", "/b.php?x"), matches("/b*", "/b.php?x"), matches("/a$b", "/a$bc")
    (True, False, True, True)
    """
    first, star, rest = pattern.partition("*")
    if not star:
        return target == pattern[:-1] if pattern.endswith("$") else target.startswith(pattern)
    if not target.startswith(first):
        return False
    at = len(first)
    whole = rest.endswith("$")
    *pieces, last = (rest[:-1] if whole else rest).split("*")
    for piece in pieces:
        at = target.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return target.endswith(last) and at + len(last) <= len(target) if whole else target.find(last, at) >= 0
