"""Pictures in a line of text."""

# A page stands on a line, however long.
# ruff: noqa: E501

import pytest

from tests.support.reading import assert_reads


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value north <img class="emoji" alt="🙂" src="/e.png"> south is known.</p>', ('north 🙂 south',), (), 'en'),
        ('<p>The value north <img class="wp-smiley" alt="🙂" src="/e.png"> south is known.</p>', ('north 🙂 south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="👩\u200d🚀" src=e> south is known.</p>', ('north 👩\u200d🚀 south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="🇫🇷" src=e> south is known.</p>', ('north 🇫🇷 south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="1️⃣" src=e> south is known.</p>', ('north 1️⃣ south',), (), 'en'),
        ('<p>The value north <g-emoji class="g-emoji" alias="tada">🎉</g-emoji> south is known.</p>', ('north 🎉 south',), (), 'en'),
        ('<p>The value north <img class="emojione" alt="🙂" title=":smile:" src=e> south is known.</p>', ('north 🙂 south',), (), 'en'),
        ('<p>The value north <img class="wp-smiley" alt=":-)" src=e> south is known.</p>', ('north :-) south',), (), 'en'),
        ('<p>The value north <img class="emoji" alt=":tada:" src=e> south is known.</p>', ('north :tada: south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="❤" src=e> south is known.</p>', ('north ❤ south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="©" src=e> south is known.</p>', ('north © south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="™️" src=e> south is known.</p>', ('north ™️ south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" src=e> south is known.</p>', ('north 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f south',), (), 'en'),
        ('<p>The value north <span class="emoji" role=img aria-label="smile">🙂</span> south is known.</p>', ('north 🙂 south',), (), 'en'),
        ('<p>The value north <img class="twemoji" draggable=false alt="🙂🙂" src=e> south is known.</p>', ('north 🙂🙂 south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="👍🏽" src=e> south is known.</p>', ('north 👍🏽 south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="〰" src=e> south is known.</p>', ('north 〰 south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="㊗️" src=e> south is known.</p>', ('north ㊗️ south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="▶️" src=e> south is known.</p>', ('north ▶️ south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="↩️" src=e> south is known.</p>', ('north ↩️ south',), (), 'en'),
        ('<p>The value north <img class=emoji alt="ℹ️" src=e> south is known.</p>', ('north ℹ️ south',), (), 'en'),
        ('<p>The value the keeper<img src=/i.gif alt="flag" width=16 height=11>smiled is known.</p>', ('keeper smiled',), (), 'en'),
        ('<p>The value the keeper<a href=/x><img src=/i.gif alt="flag" width=16 height=11></a>smiled is known.</p>', ('keeper smiled',), (), 'en'),
        ('<p>The value the keeper<img class=emoji src=/i.gif alt="🙂">smiled is known.</p>', ('keeper🙂smiled',), (), 'en'),
        ('<p>The value the <b>keeper</b><img src=/i.gif alt="flag" width=16>smiled is known.</p>', ('keeper smiled',), (), 'en'),
        ('<p>The value הנמל<img src=/i.gif width=16>הישן is known.</p>', ('הנמל הישן',), (), 'en'),
        ('<p>港の<img src=/i.gif width=16 alt="">町へ行く道です。</p>', ('港の町へ',), (), 'ja'),
    ],
)  # fmt: skip
def test_a_picture_stands_for_its_emoji(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """Or parts two words, in scripts with spaces."""
    assert_reads(markup, present, absent, lang)
