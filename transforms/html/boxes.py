"""What stands on a page and is not its own: the life of its author, a notice of cookies, the next articles of an endless page. Pure.

The trained model takes them for prose, which they are; what they are about is told by their classes and by where the headline stands.
"""

import re
from collections.abc import Sequence

import numpy as np

from transforms.html.elements import Looks
from transforms.html.headline import HEADING, is_named
from transforms.html.metadata import About
from transforms.html.nodes import TAGS, Flags
from transforms.html.segment import Segments

# By a sign of a class or id, which is quicker to look for in any case of its first letter, what tells a box of that kind.
_BOXES = {
    "uthor": re.compile(
        r"(?:^|[\s_-])(?:(?:about|post|entry|article|single)[_-]{1,2})?(?:the[_-])?author[_-]{0,2}"
        r"(?:bio\w*|box\w*|info\w*|desc\w*|card\w*|profile\w*|details?|block|about|panel|section|widget|wrap\w*|content|area)(?:$|[\s_-])"
        r"|(?:^|[\s_-])(?:about[_-](?:the[_-])?author|authorbox|authorbio|bio[_-]author)(?:$|[\s_-])",
        re.IGNORECASE,
    ),
    "ookie": re.compile(
        r"(?:^|[\s_-])cookies?[_-]{0,2}(?:box|bar|banner|notice|consent|law|policy|popup|modal|info\w*|message|alert|dialog|disclaimer|warning"
        r"|overlay|wrapper|container|content|hinweis|bot|yes|inner|text|notification|accept\w*|settings?|preferences?|title|description)"
        r"|(?:^|[\s_-])(?:accept|allow)[_-]?cookies?(?:$|[\s_-])|CybotCookiebot",
        re.IGNORECASE,
    ),
    "onsent": re.compile(
        r"(?:^|[\s_-])(?:gdpr|consent)[_-](?:box|bar|banner|notice|popup|modal|dialog|overlay|wrapper|container)",
        re.IGNORECASE,
    ),
    "bio": re.compile(
        r"(?:^|[\s_-])(?:author|writer|contributor|user)[_-]bio|(?:^|[\s_-])bio[_-](?:box|desc\w*|text|content|name|wrap\w*)(?:$|[\s_-])",
        re.IGNORECASE,
    ),
}
# A notice of cookies without a class that says so, in the words of many languages: what is used, and that one agrees.
_COOKIES = re.compile(
    r"cookies?|クッキー|쿠키|çerez|कुकी|ملفات تعريف الارتباط|کوکی|печив|куки|бисквитк|עוגיות|คุกกี้|kolač|süti|eväste|küpsis|slapuk|"
    r"sīkdat|piškot|ciasteczk|informasjonskaps",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"\b(?:we|our|uses?|agree|consent|verwende|nutz|einverstanden|zustimm|utilis|accept|acept|utiliz|usamos|usiamo|us[ao]|accett|"
    r"używ|zgod|использу|соглас|використов|použív|souhlas|súhlas|használ|elfogad|folos|accord|gebruik|akkoord|använd|bruke|bruge|"
    r"godk|käyt|hyväks|kullan|kabul|χρησιμοπ|αποδ|συμφων|sử dụng|đồng ý|menggunakan|setuju|نستخدم|يستخدم|توافق|توافقون|משתמש|מסכים)|"
    r"使用|同意|利用|사용|동의|उपयोग|सहमत|ใช้|ยอมรับ",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 600  # characters of its paragraph (ours)
_LONGEST_BOX = 2000  # characters; an element of more is the page's content whatever its class says (ours)
_SHORT = 20  # characters of a run that may be a word of a menu (ours)
_NOTICES = ("ookie", "onsent")
_LONGEST_LOOK = 200  # characters of a class that are looked at (ours)
_ABOUT_PEOPLE = re.compile(r"/(?:author|profile|user|people|team|staff|about|member|bio)s?(?:/|$|\.)", re.IGNORECASE)
_ARTICLE = TAGS.index("article")
_DIGITS = re.compile(r"[0-9]+")
_PROSE = 150  # characters of kept text that make an article (ours)


def drop_boxes(page: Segments, looks: Looks, said: str, kept: Flags, headline: int, url: str) -> None:
    """Drop what stands in boxes about the author and in notices of cookies, unless the page's headline stands there too.

    `said` are all values of `looks` in one text.
    """
    if headline < 0:
        return
    signs = [sign for sign in _BOXES if sign in said]
    if signs and _ABOUT_PEOPLE.search(url):
        signs = [sign for sign in signs if sign in _NOTICES]
    telling = [
        place
        for sign in signs
        for place, value in enumerate(looks.values)
        if sign in value and _BOXES[sign].search(value[:_LONGEST_LOOK])
    ]
    if not telling:
        return
    tells = np.zeros(len(looks.values), np.bool_)
    tells[telling] = True
    for element in np.flatnonzero(tells[looks.classes] | tells[looks.ids]).tolist():
        first, end = int(page.firsts[element]), int(page.ends[element])
        if not first <= headline < end and sum(map(len, page.texts[first:end])) <= _LONGEST_BOX:
            kept[first:end] = False


def drop_notices(page: Segments, kept: Flags, headline: int) -> None:
    """Drop kept paragraphs before the headline that say that the site uses cookies."""
    for run in np.flatnonzero(kept[: max(headline, 0)]).tolist():
        text = page.texts[run]
        if len(text) <= _LONGEST_NOTICE and _COOKIES.search(text) and _AGREED.search(text):
            kept[run] = False


def drop_stray_words(page: Segments, kept: Flags, headline: int) -> None:
    """Drop a kept word or two that stand alone among dropped ones before the headline: of a menu."""
    if headline < 0:
        return
    for run in np.flatnonzero(kept[:headline]).tolist():
        alone = not (run and kept[run - 1]) and not kept[run + 1]
        if alone and len(page.texts[run]) <= _SHORT and page.kinds[run] != HEADING:
            kept[run] = False


def drop_next_articles(page: Segments, looks: Looks, said: str, kept: Flags, headline: int, about: About) -> None:
    """Drop the articles that an endless page goes on with behind its own, which has the headline that its title names."""
    if headline < 0 or (np.count_nonzero(page.tags == _ARTICLE) <= 1 and "rticle" not in said):
        return
    rank = max(int(page.levels[headline]), 2)
    others = np.flatnonzero((page.kinds == HEADING) & (page.levels <= rank))
    others = others[others > headline]
    if not len(others):
        return
    parents = page.parents.tolist()
    own = path_of(int(page.holders[headline]), parents)
    inside = set(own)
    for number in others.tolist():
        path = path_of(int(page.holders[number]), parents)
        above = next((place for place, element in enumerate(path) if element in inside), 0)
        if not above:
            continue
        other = path[above - 1]
        place = own.index(path[above])
        mine = own[place - 1] if place else own[0]
        first, end = int(page.firsts[other]), int(page.ends[other])
        if first <= headline or not are_alike(page, looks, mine, other) or is_named(page.texts[number], about):
            continue
        if not about.headline and not is_named(page.texts[headline], about):
            return
        if prose(page, kept, headline, first) >= _PROSE and prose(page, kept, first, end) >= _PROSE:
            kept[first:end] = False


def path_of(element: int, parents: Sequence[int]) -> list[int]:
    """An element and those around it, innermost first."""
    path = []
    while element >= 0:
        path.append(element)
        element = parents[element]
    return path


def are_alike(page: Segments, looks: Looks, one: int, other: int) -> bool:
    """Whether two elements are of one make, as articles of one list are: the same tag and the same class but for numbers, and articles."""
    if page.tags[one] != page.tags[other] or one == other:
        return False
    classes = [_DIGITS.sub("", looks.values[looks.classes[element]]) for element in (one, other)]
    if classes[0] != classes[1]:
        return False
    return holds_article(page, other) or (bool(classes[0]) and "article" in classes[0].lower())


def holds_article(page: Segments, element: int) -> bool:
    """Whether an element is an `article` or holds one with text."""
    inside = (page.firsts >= page.firsts[element]) & (page.ends <= page.ends[element]) & (page.ends > page.firsts)
    return bool((inside & (page.tags == _ARTICLE)).any())


def prose(page: Segments, kept: Flags, first: int, end: int) -> int:
    """How many characters of kept text that is no heading stand in runs `first` up to `end`."""
    return sum(len(page.texts[run]) for run in range(first, end) if kept[run] and page.kinds[run] != HEADING)
