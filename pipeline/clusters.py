"""What stands for what in a run: the largest clusters, or that of one item. In: a run folder. Out: facts as a JSON value.

A cluster is an item that stays and those that left for it, by near duplicates or by an equal key. Beside it stand those that hang together
with it by near duplicates and stay all the same, since they are not alike enough to it. Columns are read, no
payload but of what is shown; memory follows that, not the run.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import corpora, storage
from pipeline.heaviest import heaviest
from pipeline.layout import DUPLICATES, RunFolder
from pipeline.run_tables import Place, RunTables
from pipeline.sections import read_sealed
from schemas.outcomes import UserError
from schemas.recipe import nearest
from schemas.tables import CLUSTER, CLUSTER_SIMILARITY, CLUSTER_SIZE

TEXT, IMAGE = "text", "image"
SHOWN = ("url", "title", "page_url", "caption", "format", "width", "height", CLUSTER, CLUSTER_SIZE, CLUSTER_SIMILARITY)
WORDS = 400  # characters of a text that are given
# Where nothing is known of an item.
ELSEWHERE = "of an earlier run that this one was decided against, cut into parts that left, or in no Parquet shard"
EXAMPLES = 3  # of a cluster among others
MOST = 1000  # items that are shown of one cluster
HOPS = 8  # from a duplicate to the one that stays; each names a kept one, but of runs of an earlier release
LEFT = ("corpus", "id", "url", "source", "rule", "value", "of")


def clusters(
    folder: str, kind: str = "", corpus: str = "", rule: str = "", top: int = 5, examples: int = EXAMPLES
) -> dict[str, Any]:
    """The largest clusters of a run, `top` of each corpus, each with so many examples; of one kind or corpus where that is asked for, and
    by what left by one `rule`, the name of a round of duplicates.

    `corpora` has a corpus's `kind`, how many items left for another one (`left`, by rule in `rules`) and its `clusters`; see `Group`.
    `hot` are the items that most of those that met them in a bucket were not like. Raises UserError.
    """
    tables = RunTables(folder)
    looked = chosen(tables, kind, corpus)
    rounds = dict.fromkeys(name for one in looked for name in corpora.by_name(one).rounds)
    if rule and rule not in rounds:
        raise UserError(f"no round of duplicates is called {rule!r}{nearest(rule, rounds)}")
    found = [corpus_facts(tables, name, rule, top, examples) for name in looked]
    return {
        "run": folder,
        "finished": tables.manifest is not None,
        "corpora": found,
        "hot": hot(tables, looked),
    }


def cluster_of(folder: str, kind: str, corpus: str, identity: str) -> dict[str, Any]:
    """The whole cluster of an item, by the id of any member, and the clusters of all that hang together with it and stay; of each corpus
    that has it. As `clusters`, but no cluster repeats the others under `staying`.

    Raises UserError where no corpus has it.
    """
    tables = RunTables(folder)
    found, said, looked = [], [], chosen(tables, kind, corpus)
    for name in looked:
        root, why = survivor_of(tables, name, identity)
        if why:
            said.append(why)
        elif root:
            names = whole(tables, name, root)
            groups = gathered(tables, name, names, max(EXAMPLES, MOST // len(names)), alone=True)
            shown = [group.facts() for group in groups]
            counts = {"left": sum(group.left.total() for group in groups), "rules": summed(groups)}
            found.append({"corpus": name, "kind": kind_of(name), **counts, "clusters": shown})
    if not found:
        raise UserError("; ".join(said) or f"{folder}: no item {identity} is in {' or '.join(looked)}")
    return {"run": folder, "finished": tables.manifest is not None, "corpora": found, "hot": []}


def kind_of(corpus: str) -> str:
    """What the items of a corpus are compared by: pages, whose near duplicates have components, by texts."""
    return TEXT if CLUSTER in corpora.by_name(corpus).table.names else IMAGE


def chosen(tables: RunTables, kind: str, corpus: str) -> list[str]:
    """The corpora that are asked for. Raises UserError where the run has none of them."""
    if corpus and corpus not in tables.corpora:
        raise UserError(f"{tables.folder}: this run has no corpus {corpus!r}{nearest(corpus, tables.corpora)}")
    found = [name for name in tables.corpora if corpus in ("", name) and kind in ("", kind_of(name))]
    if not found:
        held = ", ".join(f"{name} ({kind_of(name)})" for name in tables.corpora)
        raise UserError(
            f"{tables.folder}: no corpus of this run has clusters of kind {kind!r}; it has {held or 'none'}"
        )
    return found


@dataclass(slots=True)
class Group:
    """A cluster while it is gathered: the row of the one that stands for others, and who left for it by rule.

    Where that one has left in turn, `row` is empty and `gone` is its row of those that left.
    """

    id: str
    most: int
    row: dict[str, Any] = field(default_factory=dict)
    gone: dict[str, Any] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)
    members: list[dict[str, Any]] = field(default_factory=list)
    stays: int = 0
    staying: list[dict[str, Any]] = field(default_factory=list)

    def add_left(self, row: dict[str, Any]) -> None:
        """One that left for it. The least alike are kept as examples: they are the ones to look at."""
        self.left[row["rule"]] += 1
        self.members.append(row)
        if len(self.members) > 2 * self.most:
            self.members = sorted(self.members, key=doubt)[: self.most]

    def add_staying(self, row: dict[str, Any]) -> None:
        """One that hangs together with it and stays. The most alike are kept: they nearly went."""
        self.stays += 1
        self.staying.append(row)
        if len(self.staying) > 2 * self.most:
            self.staying = sorted(self.staying, key=nearness)[: self.most]

    def facts(self) -> dict[str, Any]:
        """The group as a JSON value.

        `stays` is the item that stands for others (with the `rule` by which it left in turn, if it did), `left` how many of these there
        are, by `rules`; `members` are some of them, the least alike first; `together` is how many hang together with it by near
        duplicates, `others_stay` how many of them stay, and `staying` are some of those, the most alike first.
        """
        return {
            "stays": {"id": self.id, **(self.row or self.gone)},
            "left": self.left.total(),
            "rules": dict(self.left.most_common()),
            "members": sorted(self.members, key=doubt)[: self.most],
            "together": self.row.get(CLUSTER_SIZE),
            "others_stay": self.stays,
            "staying": sorted(self.staying, key=nearness)[: self.most],
        }


def doubt(row: Mapping[str, Any]) -> tuple[bool, float, str]:
    """The order of those that left: the least alike by estimate or distance first, then those of an equal key."""
    value, near = row["value"], row["value"] is not None
    # An estimate of likeness is at most 1 and falls with it, a distance of pictures grows with it.
    return not near, 0.0 if not near else (value if kind_of(row["corpus"]) == TEXT else -value), row["id"]


def nearness(row: Mapping[str, Any]) -> tuple[float, str]:
    """The order of those that stay: the most alike first."""
    return -(row[CLUSTER_SIMILARITY] or 0.0), row["id"]


def corpus_facts(tables: RunTables, corpus: str, rule: str, top: int, examples: int) -> dict[str, Any]:
    """The largest clusters of a corpus, by those that left by a rule, or by any where that is ""."""

    def keepers() -> Iterator[pa.Array]:
        for table in left_of(tables, corpus, ("rule",)):
            mine = table.filter(pc.equal(table["rule"], rule)) if rule else table
            yield mine["of"].combine_chunks()

    rules: Counter[str] = Counter()
    for table in left_of(tables, corpus, ("rule", "of")):
        counted = table["rule"].value_counts()
        rules.update(dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)))
    groups = gathered(tables, corpus, [name for name, _ in heaviest(keepers, top)], examples)
    shown = [group.facts() for group in groups]
    counts = {"left": rules.total(), "rules": dict(rules.most_common())}
    return {"corpus": corpus, "kind": kind_of(corpus), **counts, "clusters": shown}


def left_of(tables: RunTables, corpus: str, columns: Iterable[str]) -> Iterator[pa.Table]:
    """The duplicates of a corpus."""
    for table in tables.left(tuple(dict.fromkeys((*columns, "corpus", "of")))):
        yield table.filter(pc.and_(pc.equal(table["corpus"], corpus), pc.is_valid(table["of"])))


def among(column: pa.ChunkedArray, names: Iterable[str]) -> pa.ChunkedArray:
    """Mask of the values that are among some names."""
    return pc.is_in(column, pa.array(sorted(names), pa.string()))


def kept_rows(tables: RunTables, corpus: str, by: str, names: Iterable[str]) -> Iterator[tuple[dict[str, Any], Place]]:
    """The rows that stayed and whose id, or cluster, is among these; `id` is that by which they are compared: of a part its document's."""
    wanted = pa.array(sorted(names), pa.string())
    cut = "part" in corpora.by_name(corpus).table.names
    for table, place in tables.kept(corpus, ("id", *SHOWN)):
        column = table[by].cast(pa.string())
        column = pc.replace_substring_regex(column, "-.*", "") if cut and by == "id" else column
        for row in pc.indices_nonzero(pc.is_in(column, wanted)).to_pylist():
            (found,) = table.slice(row, 1).to_pylist()
            found["id"] = found["id"].partition("-")[0] if cut else found["id"]
            told = {name: value for name, value in found.items() if value is not None}
            yield {CLUSTER_SIMILARITY: None, **told}, Place(place.shard, place.row + row)


def gathered(tables: RunTables, corpus: str, names: list[str], most: int, alone: bool = False) -> list[Group]:
    """The clusters of the items that stand for others, in the order of these, each with so many examples; `alone` without those that hang
    together with them and stay."""
    groups = {name: Group(name, most) for name in names}
    for table in left_of(tables, corpus, LEFT):
        for row in table.filter(among(table["of"], groups)).to_pylist():
            groups[row["of"]].add_left(row)
    places: dict[str, Place] = {}
    for row, place in kept_rows(tables, corpus, "id", groups):
        if not groups[row["id"]].row:
            groups[row["id"]].row, places[row["id"]] = row, place
    add_gone(tables, corpus, {name: group for name, group in groups.items() if not group.row})
    if not alone:
        add_staying(tables, corpus, groups, places)
    add_words(tables, corpus, groups, places)
    return list(groups.values())


def add_gone(tables: RunTables, corpus: str, groups: Mapping[str, Group]) -> None:
    """Add why those that stood for others have left in turn."""
    for table in tables.left(LEFT) if groups else ():
        mine = pc.and_(pc.equal(table["corpus"], corpus), among(table["id"], groups))
        for row in table.filter(mine).to_pylist():
            groups[row["id"]].gone = {"url": row["url"], "rule": row["rule"], "of": row["of"]}


def add_staying(tables: RunTables, corpus: str, groups: Mapping[str, Group], places: dict[str, Place]) -> None:
    """Add those that hang together with the ones that stand for others, and stay."""
    by_cluster: dict[str, list[Group]] = {}
    for group in groups.values():
        if group.row.get(CLUSTER):
            by_cluster.setdefault(group.row[CLUSTER], []).append(group)
    if by_cluster:
        for row, place in kept_rows(tables, corpus, CLUSTER, by_cluster):
            places[row["id"]] = place
            for group in by_cluster[row[CLUSTER]]:
                if group.id != row["id"]:
                    group.add_staying(row)


def add_words(tables: RunTables, corpus: str, groups: Mapping[str, Group], places: Mapping[str, Place]) -> None:
    """Add the first words of the texts that are shown, where they are in the shards."""
    rows = [row for group in groups.values() for row in (group.row, *sorted(group.staying, key=nearness)[: group.most])]
    wanted = {row["id"]: places[row["id"]] for row in rows if row}
    column = next((name for name in ("text", "texts") if name in corpora.by_name(corpus).table.names), "")
    found = tables.payloads(wanted, column) if column else {}
    for row in rows:
        if row and row["id"] in found:
            text = found[row["id"]]
            row["words"] = (text if isinstance(text, str) else "\n".join(filter(None, text)))[:WORDS]


def survivor_of(tables: RunTables, corpus: str, identity: str) -> tuple[str, str]:
    """The one that stays for an item, itself where it stays; and why there is none, where the corpus had such an item."""
    name = identity
    for _ in range(HOPS):
        if any(kept_rows(tables, corpus, "id", [name])):
            return name, ""
        row = row_that_left(tables, corpus, name)
        if row is None:
            return "", "" if name == identity else f"{identity}: {name} stands for it, {ELSEWHERE}"
        if row["of"] is None:
            why = f"left {corpus} by the rule {row['rule']}"
            return "", f"{identity}: it {why}" if name == identity else f"{identity}: {name} stood for it, and {why}"
        name = row["of"]
    return "", f"{identity}: {corpus} names no item that stays for it"


def row_that_left(tables: RunTables, corpus: str, identity: str) -> dict[str, Any] | None:
    """The row of `dropped` of an item."""
    for table in tables.left(LEFT):
        mine = table.filter(pc.and_(pc.equal(table["corpus"], corpus), pc.equal(table["id"], identity)))
        if len(mine):
            found: dict[str, Any] = mine.to_pylist()[0]
            return found
    return None


def whole(tables: RunTables, corpus: str, root: str) -> list[str]:
    """All items that stay and hang together with one of them, that one first."""
    (row, _), *_ = kept_rows(tables, corpus, "id", [root])
    if not row.get(CLUSTER):
        return [root]
    others = {row["id"] for row, _ in kept_rows(tables, corpus, CLUSTER, [row[CLUSTER]])}
    return [root, *sorted(others - {root})[: MOST - 1]]


def summed(groups: Iterable[Group]) -> dict[str, int]:
    """By which rules items left, together."""
    rules: Counter[str] = Counter()
    for group in groups:
        rules.update(group.left)
    return dict(rules.most_common())


def hot(tables: RunTables, looked: Iterable[str]) -> list[dict[str, Any]]:
    """The items that most of those that met them in a bucket were not like, of pages with their addresses."""
    found, kinds = [], {kind_of(name) for name in looked}
    for told in component_facts(tables):
        if (TEXT if told["of"] == "pages" else IMAGE) in kinds:
            found += [{"of": told["of"], "id": id_, "unlike": n, "met": m, "url": ""} for id_, n, m in told["hot"]]
    urls: dict[str, str] = {}
    pages = [one["id"] for one in found if one["of"] == "pages"]
    for corpus in [name for name in tables.corpora if kind_of(name) == TEXT] if pages else []:
        urls |= {row["id"]: row["url"] for row, _ in kept_rows(tables, corpus, "id", pages)}
        for table in left_of(tables, corpus, ("id", "url")):
            urls |= {row["id"]: row["url"] for row in table.filter(among(table["id"], pages)).to_pylist()}
    return [one | {"url": urls.get(one["id"], "")} for one in found]


def component_facts(tables: RunTables) -> list[dict[str, Any]]:
    """What the run says of all that was alike: a finished one beside its tables, another one in staging."""
    folder = RunFolder(tables.folder)
    if tables.manifest is not None:
        if not any(file.name == DUPLICATES for file in tables.manifest.side_files):
            return []
        found: list[dict[str, Any]] = json.loads(storage.read_bytes(folder.file(DUPLICATES)))["components"]
        return found
    reports = storage.files_below(folder.component_reports)
    told = [(name, read_sealed(storage.join(folder.component_reports, name))) for name in reports]
    return [{**report, "of": "pages" if name.startswith("pages") else "pictures"} for name, report in told]
