"""The numbers of a run as lines for a terminal: the outcomes of all items, the reasons, and the shards."""

from collections.abc import Mapping
from typing import Any

from jobs.terminal import count, decimal, number, size, table

TOP = 3  # reasons shown of an account where not all are asked for
OUTCOMES = ("dropped", "failed", "duplicates")
FORGOTTEN = "forgotten"  # shown where something was taken down


def lines(facts: Mapping[str, Any], every: bool = False) -> list[str]:
    """The funnel, its reasons (the most frequent, or `every` one) and the shards, from what `inspect` returns."""
    unread = [not_taken(facts)] if every and facts["inputs"]["not_taken"] else []
    parts = [head(facts), *unread, accounts(facts), reasons(facts, every), shards(facts)]
    parts += [languages(facts), measures(facts)] if every and facts["profile"] else []
    return [line for part in parts for line in (*part, "")][:-1]


def head(facts: Mapping[str, Any]) -> list[str]:
    """What was read, by which recipe, and which test sets were looked for."""
    inputs, recipe = facts["inputs"], facts["recipe"]
    read = f"{count(inputs['archives'], 'archive')}, {size(inputs['bytes'])}, {count(inputs['captures'], 'capture')}"
    skipped = f", {size(inputs['skipped'])} damaged and passed over" if inputs["skipped"] else ""
    tasks = [f"{task['name']} ({count(task['counts']['items'], 'item')})" for task in facts["tasks"]]
    clean = [f"test sets looked for: {', '.join(tasks)}"] if tasks else []
    return [f"{facts['run']}", f"recipe {recipe['name']} {recipe['digest'][:12]}; {read}{skipped}", *clean]


def not_taken(facts: Mapping[str, Any]) -> list[str]:
    """What lay among the inputs and was not read, by ending, each with one file; the manifest names more."""
    left = facts["inputs"]["not_taken"]
    rows = [("not read, among the inputs", "files"), *((e["kind"] or "no ending", number(e["files"])) for e in left)]
    examples = ["  for example", *(f"  {each['names'][0] if each['names'] else ''}" for each in left)]
    return [(row + example).rstrip() for row, example in zip(table(rows), examples, strict=True)]


def accounts(facts: Mapping[str, Any]) -> list[str]:
    """One line per corpus and stage: in (and the parts that items were cut into besides) = kept and the ways in which items left."""
    forgotten = any(account[FORGOTTEN] for account in facts["accounts"])
    outcomes = (*OUTCOMES, FORGOTTEN) if forgotten else OUTCOMES
    rows: list[tuple[str, ...]] = [("", "in", "kept", *outcomes)]
    for account in facts["accounts"]:
        counts = [number(account[key]) for key in ("kept", *outcomes)]
        rows.append((f"{account['corpus']} {account['stage']}", entered(account["in"], account["added"]), *counts))
    return table(rows)


def entered(items: int, added: int) -> str:
    """How many items came in, and how many parts were added where items were cut.

    >>> entered(1500, 0), entered(15, 4)
    ('1,500', '15 + 4')
    """
    return number(items) + (f" + {number(added)}" if added else "")


def reasons(facts: Mapping[str, Any], every: bool) -> list[str]:
    """Why items left, account by account."""
    shown = []
    for account in facts["accounts"]:
        for outcome in (*OUTCOMES, FORGOTTEN):
            named = [f"{reason} {number(count)}" for reason, count in account["reasons"][outcome].items()]
            more = [] if every or len(named) <= TOP else [f"and {len(named) - TOP} more"]
            if named:
                what = ", ".join(named[: None if every else TOP] + more)
                shown.append(f"{account['corpus']} {account['stage']}, {outcome}: {what}")
    return shown


def shards(facts: Mapping[str, Any]) -> list[str]:
    """What was written: rows, shards and bytes of each corpus in each format."""
    rows = [("", "rows", "shards", "size")]
    for corpus, formats in facts["corpora"].items():
        for format_, sums in formats.items():
            rows.append((f"{corpus} {format_}", number(sums["rows"]), number(sums["shards"]), size(sums["bytes"])))
    return table(rows)


def languages(facts: Mapping[str, Any]) -> list[str]:
    """The languages of what entered each corpus and of what stayed."""
    shown = []
    for corpus, outcomes in facts["profile"].items():
        for outcome, seen in outcomes.items():
            named = ", ".join(f"{language or 'none'} {number(items)}" for language, items in seen["languages"].items())
            shown.append(f"{corpus} {outcome}: {named}; {count(seen['distinct_hosts'], 'host')}")
    return shown


def measures(facts: Mapping[str, Any]) -> list[str]:
    """What was measured of the items that stayed: a twentieth lies below p05, half below p50, a twentieth above p95."""
    rows: list[tuple[str, ...]] = [("of what was kept", "n", "mean", "p05", "p50", "p95")]
    for corpus, outcomes in facts["profile"].items():
        for name, numbers in outcomes.get("kept", {"measures": {}})["measures"].items():
            shown = [numbers[key] for key in ("mean", "p05", "p50", "p95")]
            if any(shown):
                rows.append((f"{corpus} {name}", number(numbers["n"]), *map(decimal, shown)))
    return [*table(rows), "Measures that were 0 throughout are left out."]
