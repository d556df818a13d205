"""Whether robots.txt is read as Google reads it, and how fast: `python -m benchmarks.robots_answers FILES --peer-env DIR`.

    robots_answers.py FILES --peer-env DIR [--paths N] [--json]

FILES is a folder of robots.txt files, or a tar archive of them. Of each file four crawlers ask for `/` and for addresses made of up to N
paths of its own rules, stars and dollars filled in; so the questions lie where rules meet. The reference is google/robotstxt by
jwm.robotstxt, in an environment of `peers/robots.txt`. CPU is that of reading files and answering, ours once a file, and beside it once a
question, as the peer does. Ends with status 1 where an answer differs.
"""

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.run_speed import PEERS
from transforms.consent.patterns import target_of
from transforms.consent.robots_txt import ALLOW, DISALLOW, RobotsTxt, key_values

AGENTS = ("googlebot", "gptbot", "bingbot", "triptych")
SITE = "https://example.com"
_ESCAPED = re.compile("%[0-9a-fA-F]{2}")


class Asked(NamedTuple):
    """A file, and what is asked of it."""

    name: str
    body: bytes
    urls: tuple[str, ...]


def files_of(given: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder or an archive, by name."""
    if given.is_dir():
        yield from ((path.name, path.read_bytes()) for path in sorted(given.rglob("*")) if path.is_file())
        return
    with tarfile.open(given) as archive:
        for item in sorted(archive, key=lambda item: item.name):
            if item.isfile() and (file := archive.extractfile(item)):
                yield item.name.rpartition("/")[2], file.read()


def urls_of(body: bytes, most: int) -> tuple[str, ...]:
    """The root, and addresses that the file's rules speak of.

    >>> urls_of(b"User-agent: a\\nDisallow: /x/*.gif$\\nAllow: /%7euser\\nDisallow: *", 12)
    ('https://example.com/', 'https://example.com/x/x.gif', 'https://example.com/%7Euser', 'https://example.com/x')
    """
    paths = [value for key, value in key_values(body) if key.startswith((*ALLOW, *DISALLOW)) and value]
    urls = (url_of(path) for path in ("/", *dict.fromkeys(paths)))
    return tuple(dict.fromkeys(urls))[: most + 1]


def url_of(pattern: str) -> str:
    """An address that a pattern fits, escaped as addresses are: bytes beyond ASCII and blanks, and hex digits in capitals."""
    path = pattern.removesuffix("$").replace("*", "x").partition("#")[0]
    escaped = "".join(sign if "!" <= sign <= "~" else f"%{ord(sign):02X}" for sign in path)
    return f"{SITE}/{_ESCAPED.sub(lambda found: found[0].upper(), escaped).removeprefix('/')}"


def ours(asked: Sequence[Asked], anew: bool) -> tuple[list[str], float]:
    """Our answers, and the CPU seconds that they took; `anew`: a file is read for each question."""
    begun = time.process_time()
    told = []
    for _, body, urls in asked:
        robots = RobotsTxt(body)
        questions = ((agent, target_of(url)) for agent in AGENTS for url in urls)
        told.append(
            "".join("01"[(RobotsTxt(body) if anew else robots).allows(agent, target)] for agent, target in questions)
        )
    return told, time.process_time() - begun


def theirs(asked: Sequence[Asked], python: Path) -> tuple[list[str], float]:
    """Google's answers, and the CPU seconds that they took."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for _, body, urls in asked:
            file.write(json.dumps([body.decode("latin-1"), AGENTS, urls]) + "\n")
        file.flush()
        command = ["env", "-u", "PYTHONPATH", str(python), str(PEERS / "robots_google.py"), file.name]
        *told, spent = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return told, float(spent)


def differing(asked: Sequence[Asked], mine: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    """File, crawler, address and what Google says of each question that is answered in two ways."""
    for (name, _, urls), one, two in zip(asked, mine, other, strict=True):
        questions = ((agent, url) for agent in AGENTS for url in urls)
        for (agent, url), our, their in zip(questions, one, two, strict=True):
            if our != their:
                yield name, agent, url, "allowed" if their == "1" else "disallowed"


def main(argv: Sequence[str] | None = None) -> int:
    """Ask both and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, help="a folder or a tar archive of robots.txt files")
    parser.add_argument("--peer-env", type=Path, required=True, help="an environment of benchmarks/peers/robots.txt")
    parser.add_argument("--paths", type=int, default=12, help="paths of a file's own rules (default: 12)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    asked = [Asked(name, body, urls_of(body, args.paths)) for name, body in files_of(args.files)]
    other, their_seconds = theirs(asked, args.peer_env / "bin" / "python")
    mine, our_seconds = ours(asked, anew=False)
    _, anew_seconds = ours(asked, anew=True)
    wrong = list(differing(asked, mine, other))
    told: dict[str, Any] = {
        "files": len(asked),
        "questions": sum(map(len, mine)),
        "differ": len(wrong),
        "cpu_s": {"ours": our_seconds, "ours, read for each question": anew_seconds, "google": their_seconds},
    }
    if args.json:
        print(json.dumps(told | {"wrong": wrong}, indent=2))
    else:
        print(f"{told['files']} files, {told['questions']} questions, {told['differ']} answers differ")
        print(", ".join(f"{name}: {seconds:.1f} s of CPU" for name, seconds in told["cpu_s"].items()))
        print("\n".join(" ".join(one) for one in wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
