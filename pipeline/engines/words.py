"""Beam's options as the user gave them, taken apart. Imports no Beam, so that help stays quick."""

from collections.abc import Iterator, Sequence


def pairs(options: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option's name and value, given as `--name=value` or as `--name value`; the value of a switch is empty.

    >>> list(pairs(["--a=1", "--b", "2", "--c", "--d"]))
    [('a', '1'), ('b', '2'), ('c', ''), ('d', '')]
    """
    for place, word in enumerate(options):
        if not word.startswith("--"):
            continue
        key, equals, value = word[2:].partition("=")
        following = options[place + 1] if place + 1 < len(options) else "--"
        yield key, value if equals or following.startswith("--") else following


def value_of(options: Sequence[str], name: str) -> str:
    """The value that Beam takes of an option: the last that was given; empty where none was.

    >>> value_of(["--a=1", "--a", "2"], "a")
    '2'
    """
    return dict(pairs(options)).get(name, "")
