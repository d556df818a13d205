"""Emoji, hashtags and URL links in a text: the three signs of gibberish that Kosmos-1 names, without numbers. Pure.

The paper gives neither formulas nor limits. Emoji and hashtags are counted per white-space token, as Gopher counts
symbols per word (its limit is 0.1); links as a share of characters, as NeMo counts them (its limit is 0.2). See
docs/sources.md, "Gibberish".
"""

import re

import numpy as np

from transforms.characters import settled

# Each begins with a literal that `re` searches fast, though not as fast as `in` does; an optional scheme in front would
# cost ten times as much.
_SCHEME = re.compile(r"://\S+")
_WWW = re.compile(r"www\.\S+")
_HASHTAG = re.compile(r"#(?<!\S#)[^\W\d_]")  # a tag begins with a letter: "#1" and "# note" are none
_FIRST = 0x231A  # of all emoji
_PICTOGRAPHS = (0x1F000, 0x1FAFF)
_SKIN_TONES = (0x1F3FB, 0x1F3FF)
# Below U+10000: the characters with Emoji_Presentation=Yes in Unicode's emoji-data.txt, and the heavy heart.
_BASIC = frozenset(
    "\u231a\u231b\u23e9\u23ea\u23eb\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648\u2649\u264a\u264b\u264c\u264d\u264e\u264f"
    "\u2650\u2651\u2652\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa"
    "\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753\u2754\u2755\u2757\u2764\u2795\u2796\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55"
)


def count_emoji(text: str) -> int:
    """Emoji characters in `text`: a flag is two, a family as many as its members, a skin tone none.

    >>> count_emoji("ok \N{THUMBS UP SIGN} \N{SPARKLES} \N{BLACK STAR} \N{COPYRIGHT SIGN}")
    2
    """
    # Most texts end here. In UTF-16 all emoji are above `_FIRST`: those beyond U+FFFF by their surrogates.
    if text.isascii() or np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16).max() < _FIRST:
        return 0
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = codes[codes >= _FIRST]
    high = codes[(codes >= _PICTOGRAPHS[0]) & (codes <= _PICTOGRAPHS[1])]
    tones = np.count_nonzero((high >= _SKIN_TONES[0]) & (high <= _SKIN_TONES[1]))
    low = codes[codes <= 0x2B55]
    return len(high) - int(tones) + sum(chr(code) in _BASIC for code in low.tolist())


def link_chars(text: str) -> int:
    """Characters inside URL links: from `http://` or `https://` in any case, or from `www.`, to the next white space.

    >>> link_chars("see www.a.org or HTTP://www.b.org but not ftp://c.org")
    25
    """
    total = 0
    for found in _SCHEME.finditer(text) if "://" in text else ():
        scheme = text[max(found.start() - 5, 0) : found.start()].lower()
        if scheme.endswith(("http", "https")):
            total += len(found[0]) + (5 if scheme == "https" else 4)
    # Behind a slash it belongs to a link that is counted already.
    hosts = _WWW.finditer(text) if "www." in text else ()
    return total + sum(len(found[0]) for found in hosts if text[found.start() - 1 : found.start()] != "/")


def measure_gibberish(text: str, tokens: int) -> dict[str, float]:
    """Kosmos-1's three signs, all 0 where the text is empty; `tokens` is the number of white-space tokens."""
    hashtags = len(_HASHTAG.findall(settled(text))) if "#" in text else 0
    return {
        "kosmos_emoji_ratio": count_emoji(text) / max(tokens, 1),
        "kosmos_hashtag_ratio": hashtags / max(tokens, 1),
        "kosmos_url_ratio": link_chars(text) / max(len(text), 1),
    }
