"""The grammar of robots rules, as `X-Robots-Tag` and `<meta name=robots>` share it; docs/sources.md, "Opt-outs". Pure, linear in time.

Items are parted by commas, semicolons count as commas. A `bot:` prefix of a header governs its item and the later ones of the same
header up to the next prefix; `*:` and `robots:` bring back everyone. Rules that take a value (`unavailable_after`,
`max-image-preview`, …) are never bots; what is not a known rule is ignored, and so are quotes.
"""

import re
from collections.abc import Iterator

from transforms.characters import WORD_SIGNS, lower

# Crawlers that gather data for AI, by product token, and this project's own. From their operators' pages and the list of
# ai.robots.txt (github.com/ai-robots-txt, read 2026-11-27), without plain search engines, SEO tools and general fetchers.
AGENTS = frozenset(
    (
        "triptych", "ai2bot", "ai2bot-deepresearcheval", "ai2bot-dolma", "amazon-kendra", "amazonbot", "anthropic-ai",
        "applebot-extended", "azureai-searchbot", "bedrockbot", "brightbot", "bytespider", "ccbot", "channel3bot",
        "chatglm-spider", "chatgpt-user", "claude-code", "claude-searchbot", "claude-user", "claude-web", "claudebot",
        "cloudflare-autorag", "cloudvertexbot", "cohere-ai", "cohere-training-data-crawler", "cotoyogi", "crawl4ai",
        "crawlspace", "deepseekbot", "diffbot", "duckassistbot", "exabot", "facebookbot", "firecrawlagent",
        "friendlycrawler", "gemini-deep-research", "google-agent", "google-cloudvertexbot", "google-extended",
        "google-notebooklm", "googleagent-mariner", "googleother", "googleother-image", "googleother-video", "gptbot",
        "iaskbot", "iaskspider", "icc-crawler", "imagesiftbot", "imagespider", "img2dataset", "kangaroobot", "laion",
        "laion-huggingface-processor", "laiondownloader", "linerbot", "linkupbot", "manus-user", "meta-externalagent",
        "meta-externalfetcher", "meta-webindexer", "mistralai-user", "notebooklm", "novaact", "oai-searchbot", "omgili",
        "omgilibot", "openai", "pangubot", "perplexity-user", "perplexitybot", "phindbot", "sbintuitionsbot",
        "spawning-ai", "tavilybot", "thinkbot", "tiktokspider", "timpibot", "velenpublicwebcrawler", "webzio-extended",
        "wrtnbot", "youbot",
    )
)  # fmt: skip
EVERYONE = frozenset(("*", "robots", "all-bots"))

RULES = frozenset(
    (
        "noai", "none", "noindex", "noimageai", "noimageindex", "all", "index", "follow", "nofollow", "noarchive",
        "nocache", "nosnippet", "notranslate", "noodp", "noydir", "indexifembedded", "nositelinkssearchbox", "nopreview",
        "unavailable_after",
    )
)  # fmt: skip
# The value of a date holds no rule, so only the colon behind the name is taken away; other values may be named like rules.
DATED = re.compile(r"(?<=unavailable_after) ?:")
VALUED = re.compile(rf"max-(?:snippet|image-preview|video-preview) ?: ?[{WORD_SIGNS}-]*+")
QUOTES = str.maketrans(dict.fromkeys("\"'“”„«»‘’", " ") | {"，": ",", "；": ",", "、": ",", ";": ","})
PREFIX = re.compile(r" ?(?:user-agent )?(\*|[a-z][a-z0-9_.-]*+)(?:/[0-9.]*+)? ?:(.*)")
WORD = re.compile(r"\S+")


def rules(content: str, prefixes: bool) -> Iterator[tuple[str, str]]:
    """(bot, rule) of each known rule, lower case; bot is "" for everyone. Only headers have bot prefixes.

    >>> list(rules("bingbot: noarchive, *: noai", prefixes=True))
    [('bingbot', 'noarchive'), ('', 'noai')]
    """
    agent = ""
    plain = " ".join(lower(content).translate(QUOTES).split())
    for item in VALUED.sub(" ", DATED.sub(" ", plain)).split(","):
        found = PREFIX.match(item) if prefixes else None
        words = WORD.findall(found[2] if found else item)
        if found and found[1] in RULES:  # `noimageai:` is a rule with a stray colon, no bot
            words.insert(0, found[1])
        elif found and (not words or words[0] in RULES or is_bot(found[1])):
            agent = "" if found[1] in EVERYONE else found[1]
        elif found:
            continue
        yield from ((agent, word) for word in words if word in RULES)


def is_bot(name: str) -> bool:
    """Whether a name is a crawler's even where no known rule follows it."""
    return name in EVERYONE or name in AGENTS or name.endswith("bot")
