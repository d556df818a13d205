"""Beam's options as the user gave them, taken apart. Imports no Beam, so that help stays quick."""

from collections.abc import Iterator, Sequence

LOCAL = "FnApiRunner"  # Beam's local engine by its own name


def is_local(options: Sequence[str]) -> bool:
    """Whether the run stays in this process and its workers: no runner is named, or FnApiRunner is.

    >>> is_local([]), is_local(["--runner=FlinkRunner"])
    (True, False)
    """
    return all(value.rsplit(".", 1)[-1].lower() == LOCAL.lower() for key, value in pairs(options) if key == "runner")


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
