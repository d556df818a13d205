"""Patterns of local files, as the standard library's glob has them, but for links that lead round for ever: those are not followed."""

import fnmatch
import glob as globbing
import os
from collections.abc import Iterator, Sequence


def glob(pattern: str) -> Iterator[str]:
    """The local files and folders that a pattern matches. `**` stands for any folders, and then only files are given.

    A hidden name needs its dot in the pattern.
    """
    parts = pattern.split("/")
    if "**" not in parts:
        yield from globbing.glob(pattern)
        return
    at = parts.index("**")
    start, rest = "/".join(parts[:at]), parts[at:]
    tops = globbing.glob(start) if start else ["/" if at else "."]
    for top in tops:
        for path in files_below(top, any(part.startswith(".") for part in rest)):
            name = os.path.relpath(path, top)
            if matches(name.split("/"), rest):
                yield os.path.join(top, name) if at else name


def files_below(folder: str, hidden: bool = False) -> Iterator[str]:
    """All files below a folder, in no order, also behind links; hidden ones only where they are asked for.

    A link to a folder in which it lies itself is not followed, whatever way led there: it would lead round for ever.
    """
    waiting: list[tuple[str, tuple[str, ...]]] = [(folder, (_real(folder),))]
    while waiting:
        base, above = waiting.pop()
        _, folders, names = next(os.walk(base), (base, [], []))
        yield from (os.path.join(base, name) for name in names if hidden or not name.startswith("."))
        for path in [os.path.join(base, name) for name in folders if hidden or not name.startswith(".")]:
            real = _real(path)
            if not any(each.startswith(real) for each in above):
                waiting.append((path, (*above, real)))


def _real(folder: str) -> str:
    return os.path.join(os.path.realpath(folder), "")


def matches(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts of a path fit those of a pattern.

    >>> matches(["a", "b", "c.gz"], ["**", "*.gz"]), matches(["a", ".b"], ["a", "*"])
    (True, False)
    """
    if not parts or not names:
        return not parts and not names
    if parts[0] == "**" and not names[0].startswith("."):
        return matches(names[1:], parts) or matches(names, parts[1:]) or (len(parts) == len(names) == 1)
    if parts[0] == "**":
        return matches(names, parts[1:])
    fits = fnmatch.fnmatchcase(names[0], parts[0]) and (parts[0].startswith(".") or not names[0].startswith("."))
    return fits and matches(names[1:], parts[1:])
