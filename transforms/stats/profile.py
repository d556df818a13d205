"""The profile of a run, one mergeable value: measures, languages and hosts by corpus and outcome.

Reports, `inspect` and comparisons between runs read it instead of the data. Cost: per batch, by arrays.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

from transforms.forget.wanted import Wanted
from transforms.stats.names import Distinct, Sample, TopCounts
from transforms.stats.sketch import Floats, Histogram, Moments, Record

FORMAT = 1  # of the JSON; a reader refuses another
LANGUAGES = 256  # more than lid.176 can name, so that languages are counted exactly


@dataclass(frozen=True, slots=True)
class Distribution:
    """One measure: its moments and its histogram."""

    moments: Moments = field(default_factory=Moments.empty)
    histogram: Histogram = field(default_factory=Histogram.empty)

    @classmethod
    def empty(cls) -> Self:
        """The distribution of nothing."""
        return cls()

    def add(self, values: Floats) -> "Distribution":
        """This distribution and that of `values`; NaN is not measured and not counted."""
        return Distribution(self.moments.add(values), self.histogram.add(values))

    def merge(self, other: "Distribution") -> "Distribution":
        """The distribution of both."""
        return Distribution(self.moments.merge(other.moments), self.histogram.merge(other.histogram))

    def to_record(self) -> Record:
        """Plain values."""
        return {"moments": self.moments.to_record(), "histogram": self.histogram.to_record()}

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The distribution that `to_record` wrote."""
        return cls(Moments.from_record(record["moments"]), Histogram.from_record(record["histogram"]))


@dataclass(frozen=True, slots=True)
class OutcomeProfile:
    """The items of one corpus with one outcome: their number, measures, languages and hosts, and a sample of their ids."""

    items: int = 0
    measures: Mapping[str, Distribution] = field(default_factory=dict)
    languages: TopCounts = field(default_factory=partial(TopCounts.empty, LANGUAGES))
    hosts: TopCounts = field(default_factory=TopCounts.empty)
    distinct_hosts: Distinct = field(default_factory=Distinct.empty)
    sample: Sample = field(default_factory=Sample.empty)

    @classmethod
    def empty(cls) -> Self:
        """A outcome that nothing went through."""
        return cls()

    def merge(self, other: "OutcomeProfile") -> "OutcomeProfile":
        """What went through either."""
        return OutcomeProfile(
            items=self.items + other.items,
            measures=_merged(self.measures, other.measures),
            languages=self.languages.merge(other.languages),
            hosts=self.hosts.merge(other.hosts),
            distinct_hosts=self.distinct_hosts.merge(other.distinct_hosts),
            sample=self.sample.merge(other.sample),
        )

    def without(self, hosts: Collection[str], ids: Collection[str]) -> "OutcomeProfile":
        """The same, naming none of some hosts and ids; what was counted and measured of all items stays as it is."""
        return replace(self, hosts=self.hosts.without(hosts), sample=self.sample.without(ids))

    def to_record(self) -> Record:
        """Plain values."""
        return {
            "items": self.items,
            "measures": {name: measure.to_record() for name, measure in sorted(self.measures.items())},
            "languages": self.languages.to_record(),
            "hosts": self.hosts.to_record(),
            "distinct_hosts": self.distinct_hosts.to_record(),
            "sample": self.sample.to_record(),
        }

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The outcome that `to_record` wrote."""
        return cls(
            items=record["items"],
            measures={name: Distribution.from_record(measure) for name, measure in record["measures"].items()},
            languages=TopCounts.from_record(record["languages"]),
            hosts=TopCounts.from_record(record["hosts"]),
            distinct_hosts=Distinct.from_record(record["distinct_hosts"]),
            sample=Sample.from_record(record["sample"]),
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """The items of all corpora by (corpus, outcome); a outcome is `entered`, `kept` or `dropped:<rule>`.

    >>> import numpy as np
    >>> one = Profile().observe(
    ...     "text", "kept", measures={"words": np.array([52.0])}, languages=["en"], hosts=["a.example"], ids=["x"]
    ... )
    >>> both = one.merge(one)
    >>> both.outcomes["text", "kept"].measures["words"].moments.mean, Profile.from_json(both.to_json()) == both
    (52.0, True)
    """

    outcomes: Mapping[tuple[str, str], OutcomeProfile] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> Self:
        """The profile of nothing."""
        return cls()

    def observe(
        self,
        corpus: str,
        outcome: str,
        *,
        measures: Mapping[str, Floats],
        languages: Sequence[str],
        hosts: Sequence[str],
        ids: Sequence[str],
    ) -> "Profile":
        """This profile and the items `ids`, with a language, a host and a value of each measure for every item.

        NaN says that an item has no such measure. Raises ValueError where the lengths differ or a value is infinite.
        """
        columns: Mapping[str, Sequence[Any] | Floats] = {"languages": languages, "hosts": hosts, **measures}
        uneven = [f"{len(column)} {name}" for name, column in columns.items() if len(column) != len(ids)]
        if uneven:
            raise ValueError(
                f"{corpus}, {outcome}: expected {len(ids)} of each column as of ids, got {', '.join(uneven[:2])}"
            )
        seen = OutcomeProfile(
            items=len(ids),
            measures={name: Distribution.empty().add(values) for name, values in measures.items()},
            languages=TopCounts.empty(LANGUAGES).add(languages, ids),
            hosts=TopCounts.empty().add(hosts, ids),
            distinct_hosts=Distinct.empty().add(hosts),
            sample=Sample.empty().add(ids),
        )
        return self.merge(Profile({(corpus, outcome): seen}))

    def merge(self, other: "Profile") -> "Profile":
        """The profile of both."""
        outcomes = dict(self.outcomes)
        for place, outcome in other.outcomes.items():
            outcomes[place] = outcomes[place].merge(outcome) if place in outcomes else outcome
        return Profile(outcomes)

    def without(self, wanted: Wanted) -> "Profile":
        """The profile with no name of a host and no id that is to be taken down."""
        outcomes = {}
        for place, outcome in self.outcomes.items():
            hosts = {host for host in outcome.hosts.names if wanted.holds_host(host)}
            ids = outcome.sample.ids
            gone = {identity for identity, code in zip(ids, wanted.of_ids(ids).tolist(), strict=True) if code}
            outcomes[place] = outcome.without(hosts, gone)
        return Profile(outcomes)

    def to_json(self) -> str:
        """The profile as ASCII text: the same bytes for equal profiles."""
        outcomes = [
            {"corpus": corpus, "door": name, **outcome.to_record()}
            for (corpus, name), outcome in sorted(self.outcomes.items())
        ]
        return json.dumps({"format": FORMAT, "doors": outcomes}, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The profile that `to_json` wrote. Raises ValueError for another format."""
        tree = json.loads(text)
        if tree["format"] != FORMAT:
            raise ValueError(f"expected a profile of format {FORMAT}, got {tree['format']}")
        return cls(
            {(outcome["corpus"], outcome["door"]): OutcomeProfile.from_record(outcome) for outcome in tree["doors"]}
        )


def _merged(left: Mapping[str, Distribution], right: Mapping[str, Distribution]) -> dict[str, Distribution]:
    merged = dict(left)
    for name, distribution in right.items():
        merged[name] = merged[name].merge(distribution) if name in merged else distribution
    return merged
