"""robots.txt: which addresses a crawler may fetch, and what may be done with them. Pure, linear in the file.

RFC 9309, answered as Google's parser answers (github.com/google/robotstxt): typing errors in names, a colon that is missing, parts of a
byte order mark, any line end, cut lines, `index.html` for its folder. Lines of names that it does not know end no group of Allow and
Disallow. Beside them stand lines of two newer grammars, `Content-Usage` (AIPREF) and `Content-Signal`, and RSL's `License` lines, which
speak of the whole site (docs/sources.md, "Policies of a site").
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from transforms.characters import lower
from transforms.consent.patterns import escaped, matches
from transforms.html.directives import LONGEST, directive
from transforms.html.robots_rules import AGENTS
from transforms.html.rsl import terms_address
from transforms.html.usage import dictionary, usage_of

MOST_BYTES = 500 * 1024  # of a file that are read: what RFC 9309 asks for, and all that Google reads
LONGEST_LINE = 2083 * 8 - 1  # bytes of a line that are read, as Google has it
OWN_AGENT = "triptych"

USER_AGENT = ("user-agent", "useragent", "user agent")
ALLOW = ("allow",)
DISALLOW = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
USAGE = ("content-usage", "content-signal")
LICENCE = "license"
MOST_LICENCES = 8  # of a file that are shown

_BOM = "\xef\xbb\xbf"
_WHITE = " \t\n\v\f\r"
_TOKEN = re.compile(r"[A-Za-z_-]*")  # a product token, as RFC 9309 has it
_NAME = re.compile(r"[A-Za-z0-9_.-]*")  # and as crawlers are called: ai2bot, img2dataset
_BLANKS = re.compile(r"[ \t]+")


class Rule(NamedTuple):
    """A line of a group: `allow` or `disallow` with a pattern, or a name of USAGE with the pattern that it speaks of and its value."""

    name: str
    pattern: str
    value: str = ""


class Group(NamedTuple):
    """Whom some rules speak to: named crawlers (lower case), and whether everyone that no group names."""

    agents: frozenset[str]
    everyone: bool
    rules: tuple[Rule, ...]


class Voice(NamedTuple):
    """What a crawler that gathers data for AI hears, or everyone (`*`): which groups about crawling and which about use, by their place."""

    agent: str
    crawling: tuple[int, ...]
    usage: tuple[int, ...]


class RobotsTxt:
    """A robots.txt, read. To ask it is linear in the file: each group is looked at once, whoever hears it.

    `own` is the crawler whose leave makes what is said to everyone else of no account.

    >>> robots = RobotsTxt(b"User-agent: GPTBot\\nDisallow: /\\n\\nUser-agent: *\\nDisallow: /private/\\nAllow: /private/open")
    >>> robots.allows("gptbot", "/"), robots.allows("triptych", "/"), robots.allows("triptych", "/private/")
    (False, True, False)
    >>> list(robots.about("/private/"))
    [('robots_all', '*: disallow: /private/'), ('robots_ai', 'gptbot: disallow: /')]
    """

    def __init__(self, body: bytes, own: str = OWN_AGENT) -> None:
        crawling, usage = _Groups(), _Groups()
        terms: dict[str, None] = {}
        for key, value in key_values(body):
            if key.startswith(USER_AGENT):
                crawling.speak_to(value)
                usage.speak_to(value)
            elif key.startswith(ALLOW):
                crawling.add(*allow_rules(escaped(value)))
                usage.add()
            elif key.startswith(DISALLOW):
                crawling.add(Rule("disallow", escaped(value)))
                usage.add()
            elif key.startswith(USAGE):
                usage.add(usage_rule(key, value))
            elif key == LICENCE and (address := terms_address(value)) and len(terms) < MOST_LICENCES:
                terms[address] = None
        self._own = own
        self._terms = tuple(terms)
        self._crawling = crawling.done()
        self._usage = usage.done(before_groups=True)
        self._uses = tuple(
            name for name in USAGE if any(rule.name == name for group in self._usage for rule in group.rules)
        )
        self._voices = tuple(self._speaking())
        self._spoken = tuple({place for voice in self._voices for place in voice.crawling})
        self._heard: dict[str, tuple[Rule, ...]] = {}  # by crawlers that asked

    def allows(self, agent: str, target: str) -> bool:
        """Whether a crawler (its product token, lower case) may fetch a target, as `patterns.target_of` has it."""
        return not self.forbidding(agent, target)

    def forbidding(self, agent: str, target: str) -> str:
        """The line that forbids a target to a crawler, "" where none does."""
        rules = self._heard.get(agent)
        if rules is None:
            heard = heard_by(self._crawling, agent)
            rules = self._heard[agent] = in_order(rule for place in heard for rule in self._crawling[place].rules)
        rule = first_match(rules, target)
        if rule is None or rule.name == "allow":
            return ""
        named = any(agent in group.agents for group in self._crawling)
        return shown(agent if named else "*", "disallow", rule.pattern)

    def about(self, target: str) -> Iterator[tuple[str, str]]:
        """The signals that the file gives about a target, with the line that gives it: each once, but for terms in RSL."""
        said: dict[str, str] = {}
        for agent, pattern in self.disallowed(target):
            said.setdefault("robots_all" if agent == "*" else "robots_ai", shown(agent, "disallow", pattern))
        for agent, name, content, signal in self._refused(target):
            said.setdefault(signal, shown(agent, name, content))
        yield from said.items()
        yield from (("rsl", shown("*", LICENCE, address)) for address in self._terms)

    def disallowed(self, target: str, fits: Callable[[str, str], bool] = matches) -> Iterator[tuple[str, str]]:
        """To whom of those for whom AGENTS stand a target is forbidden (`*` is everyone), and the pattern that forbids it."""
        firsts = {place: first_match(self._crawling[place].rules, target, fits) for place in self._spoken}
        if not any(firsts.values()):
            return
        for voice in self._voices:
            rule = decisive(firsts[place] for place in voice.crawling)
            if rule and rule.name == "disallow":
                yield voice.agent, rule.pattern

    def _refused(self, target: str) -> Iterator[tuple[str, str, str, str]]:
        """(crawler, name of the line, what it says, signal) of each use that is refused."""
        places = {place for voice in self._voices for place in voice.usage} if self._uses else ()
        for name in self._uses:
            nearest = {place: longest(name, self._usage[place].rules, target) for place in places}
            for voice in self._voices:
                lines = [rule for place in voice.usage for rule in nearest[place]]
                for signal, content in refused_uses(name, lines):
                    yield voice.agent, name, content, signal

    def _speaking(self) -> Iterator[Voice]:
        """Everyone, unless this project's crawler is named, and each crawler for AI that is named; those that hear the same once."""
        both = (self._crawling, self._usage)
        named = {agent for groups in both for group in groups for agent in group.agents if agent in AGENTS}
        places = [_places(groups, named) for groups in both]
        voices = [Voice(agent, *(tuple(found.get(agent, ())) for found in places)) for agent in sorted(named)]
        if not any(self._own in group.agents for groups in both for group in groups):
            voices.insert(0, Voice("*", *(heard_by(groups, self._own) for groups in both)))
        known: set[tuple[tuple[int, ...], ...]] = {((), ())}
        for voice in voices:
            if voice[1:] not in known:
                known.add(voice[1:])
                yield voice


def _places(groups: tuple[Group, ...], agents: Collection[str]) -> dict[str, list[int]]:
    """Which groups name each of some crawlers."""
    found: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        for agent in group.agents & frozenset(agents):
            found.setdefault(agent, []).append(place)
    return found


def heard_by(groups: tuple[Group, ...], agent: str) -> tuple[int, ...]:
    """Which groups speak to a crawler: those that name it, or where none does, those for everyone."""
    own = tuple(place for place, group in enumerate(groups) if agent in group.agents)
    return own or tuple(place for place, group in enumerate(groups) if group.everyone)


class _Groups:
    """Groups in the making: a line that names a crawler begins a new one where rules came before it."""

    def __init__(self) -> None:
        self._found: list[Group] = []
        self._begin()

    def _begin(self) -> None:
        self._agents: set[str] = set()
        self._everyone = False
        self._rules: list[Rule] = []
        self._closed = False

    def speak_to(self, value: str) -> None:
        """A line that names a crawler."""
        if self._closed:
            self._found.append(self._group())
            self._begin()
        if value.startswith("*") and (len(value) == 1 or value[1] in _WHITE):
            self._everyone = True
        else:
            self._agents |= {lower(found[0]) for kind in (_TOKEN, _NAME) if (found := kind.match(value)) and found[0]}

    def add(self, *rules: Rule) -> None:
        """A line that is a rule."""
        self._rules += rules
        self._closed = True

    def _group(self) -> Group:
        return Group(frozenset(self._agents), self._everyone, in_order(self._rules))

    def done(self, before_groups: bool = False) -> tuple[Group, ...]:
        """The groups; rules before the first group are of no group, or are said to everyone."""
        found = [*self._found, self._group()]
        nobody = (group for group in found if not group.agents and not group.everyone)
        extra = [group._replace(everyone=True) for group in nobody if group.rules and before_groups]
        return (*extra, *(group for group in found if group.agents or group.everyone))


def key_values(body: bytes) -> Iterator[tuple[str, str]]:
    """The lines of a file that have a name and a value, the name in lower case, the value as latin-1."""
    text = body[:MOST_BYTES].decode("latin-1")
    if len(body) > MOST_BYTES:  # the line that is cut could say another thing than it did
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    marks = 0
    while marks < len(_BOM) and text[marks : marks + 1] == _BOM[marks]:
        marks += 1
    for line in re.split("[\r\n]", text[marks:]):
        key, colon, value = _content(line).partition(":")
        if not colon:
            words = _BLANKS.split(key)
            if len(words) != 2:
                continue
            key, value = words
        key = lower(key.strip(_WHITE))
        if key:
            yield key, value.strip(_WHITE)


def _content(line: str) -> str:
    """A line without what is behind its bound, a comment, or a byte that ends strings."""
    return line[:LONGEST_LINE].partition("\0")[0].partition("#")[0].strip(_WHITE)


def allow_rules(pattern: str) -> list[Rule]:
    """The rules of an Allow line: who allows a folder's index page allows the folder."""
    folder, slash, page = pattern.rpartition("/")
    index = [Rule("allow", f"{folder}/$")] if slash and page.startswith("index.htm") else []
    return [Rule("allow", pattern), *index]


def usage_rule(key: str, value: str) -> Rule:
    """The rule of a line about use: a value that begins with a slash names a path, any other speaks of all.

    >>> usage_rule("content-usage", "/ai-ok/ train-ai=y"), usage_rule("content-signal", "ai-train=no").pattern
    (Rule(name='content-usage', pattern='/ai-ok/', value='train-ai=y'), '')
    """
    name = next(name for name in USAGE if key.startswith(name))
    if not value.startswith("/"):
        return Rule(name, "", value)
    path, *said = _BLANKS.split(value, maxsplit=1)
    return Rule(name, escaped(path), said[0] if said else "")


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules, each once: the longest pattern first, and of equal ones Allow before Disallow."""
    return tuple(sorted(dict.fromkeys(rules), key=rank))


def rank(rule: Rule) -> tuple[int, bool]:
    """The place of a rule among those that fit: the least decides."""
    return -len(rule.pattern), rule.name == "disallow"


def decisive(rules: Iterable[Rule | None]) -> Rule | None:
    """Of the rules that fit the one that decides."""
    return min((rule for rule in rules if rule), key=rank, default=None)


def first_match(rules: Iterable[Rule], target: str, fits: Callable[[str, str], bool] = matches) -> Rule | None:
    """The first of some rules whose pattern fits; an empty pattern says nothing."""
    for rule in rules:
        if rule.pattern and fits(rule.pattern, target):
            return rule
    return None


def longest(name: str, rules: Iterable[Rule], target: str) -> list[Rule]:
    """The lines of one grammar, the longest path first, that speak of a target by the longest path."""
    fitting = [rule for rule in rules if rule.name == name and matches(rule.pattern, target)]
    return [rule for rule in fitting if len(rule.pattern) == len(fitting[0].pattern)]


def refused_uses(name: str, lines: list[Rule]) -> Iterator[tuple[str, str]]:
    """The uses that lines of one grammar refuse, with what says so: the longest path decides, of equal ones all count, and any no wins."""
    most = max((len(rule.pattern) for rule in lines), default=0)
    said = [rule.value for rule in lines if len(rule.pattern) == most]
    if name == "content-usage":
        together: dict[str, str] = {}
        for value in said:
            together |= {key: word for key, word in dictionary(value).items() if together.get(key) != "n"}
        # What is no token is left out: it would say nothing, and the words of a text are not to be read anew.
        said = [", ".join(f"{key}={word}" for key, word in together.items() if word in ("y", "n"))]
    yield from (refusal for value in said for refusal in usage_of(name, value))


def shown(agent: str, name: str, content: str) -> str:
    """A line of a file as a row shows it: whom it speaks to, and what it says."""
    return directive(agent, f"{name}: {content}")[:LONGEST]
