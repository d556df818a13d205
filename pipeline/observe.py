"""Verdicts of a lot -> the sketches of what came and what stayed. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import numpy as np

from pipeline.judge import Judged
from transforms.judge import Verdicts
from transforms.stats.profile import Profile


def observe(judged: Judged) -> Profile:
    """The profile of a lot: per corpus the distributions of what entered and what was kept, and some ids per rule."""
    profile = Profile.empty()
    pages = judged.lot.pages
    languages = np.array(pages["lang"].to_pylist(), dtype=object)
    hosts = np.array([host_of(url) for url in pages["url"].to_pylist()], dtype=object)
    for corpus, side in judged.sides.items():
        if corpus == "pairs":
            assert judged.captions is not None
            numbers: Mapping[str, np.ndarray] = {**judged.captions.columns, **judged.images.columns}
            rows = judged.images.page
            profile = look(profile, side.verdicts, side.ids, numbers, languages[rows], hosts[rows])
        else:
            numbers = {**judged.numbers, **(judged.document if corpus == "interleaved" else {})}
            profile = look(profile, side.verdicts, side.ids, numbers, languages, hosts)
    return profile


def look(
    profile: Profile,
    verdicts: Verdicts,
    ids: np.ndarray,
    numbers: Mapping[str, np.ndarray],
    languages: np.ndarray,
    hosts: np.ndarray,
) -> Profile:
    """One corpus: who entered, who was kept, and who left by which rule."""
    doors = {"entered": np.ones(verdicts.count, dtype=bool), "kept": verdicts.kept}
    for door, mask in doors.items():
        profile = profile.observe(
            verdicts.corpus,
            door,
            measures={name: values[mask] for name, values in numbers.items()},
            languages=languages[mask].tolist(),
            hosts=hosts[mask].tolist(),
            ids=ids[mask].tolist(),
        )
    for rule in sorted(set(verdicts.rule.tolist()) - {""}):
        mask = np.asarray(verdicts.rule == rule, dtype=bool)
        profile = profile.observe(
            verdicts.corpus,
            f"dropped:{rule}",
            measures={},
            languages=languages[mask].tolist(),
            hosts=hosts[mask].tolist(),
            ids=ids[mask].tolist(),
        )
    return profile


def host_of(url: str) -> str:
    """The host of an address, "" where it has none.

    >>> host_of("https://example.org:8080/a"), host_of("urn:x")
    ('example.org', '')
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an address that is none, such as http://[x
        return ""
