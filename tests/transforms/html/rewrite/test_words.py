"""Words that styling or scripts change."""

# A page stands on a line, however long.
# ruff: noqa: E501

import pytest

from tests.support.reading import assert_reads


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>港で<ruby>漢字<rt>かんじ</rt></ruby>を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby><rb>漢</rb><rt>かん</rt><rb>字</rb><rt>じ</rt></ruby>を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby><rb>漢<rb>字<rp>(<rt>かん<rt>じ<rp>)</ruby>を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby><rbc><rb>漢</rb><rb>字</rb></rbc><rtc><rt>かん</rt><rt>じ</rt></rtc></ruby>を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby>漢<rt>ㄏㄢˋ</rt></ruby><ruby>字<rt>ㄗˋ</rt></ruby>を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby><ruby>漢<rt>かん</rt></ruby><rt>kan</rt></ruby>字を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby>漢<rp>（</rp><rt>かん</rt><rp>）</rp></ruby>字を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby>\n漢\n<rt>かん</rt>\n</ruby>字を読む人は多い。</p>', ('港で漢字を読む',), (), 'ja'),
        ('<p>港で<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rp>(</rp><rt>きょう</rt><rp>)</rp></ruby>を読む人は多い。</p>', ('港で東京を読む',), (), 'ja'),
        ('<p>港で<ruby>北京<rt>Běijīng</rt></ruby>を読む人は多い。</p>', ('港で北京を読む',), (), 'ja'),
    ],
)  # fmt: skip
def test_words_with_readings_are_whole(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """Readings go, in each form of ruby."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), 'en'),
        ('<p>The value <q>a <q>b</q></q> is known.</p>', ('The value „a ‚b‘“ is known.',), (), 'de'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'fr'),
        ('<p>The value <q>港</q> is known.</p>', ('The value 「港」 is known.',), (), 'ja'),
        ('<p>The value <q>港<q>町</q></q> is known.</p>', ('The value 「港『町』」 is known.',), (), 'ja'),
        ('<p>The value <q>а</q> is known.</p>', ('The value «а» is known.',), (), 'ru'),
        ('<p>The value <q>“a”</q> is known.</p>', ('The value “a” is known.',), (), 'en'),
        ('<p>The value “<q>a</q>” is known.</p>', ('The value “a” is known.',), (), 'en'),
        ('<p>The value "<q>a</q>" is known.</p>', ('The value "a" is known.',), (), 'en'),
        ('<p>The value <q lang=de>a</q> is known.</p>', ('The value „a“ is known.',), (), 'en'),
        ('<p>The value <span lang=de><q>a</q></span> is known.</p>', ('The value „a“ is known.',), (), 'en'),
        ('<p>The value <q>a</q> is known.</p>', ('The value „a” is known.',), (), 'pl'),
        ('<p>The value <q>港</q> is known.</p>', ('The value “港” is known.',), (), 'zh'),
        ('<p>The value <q>港</q> is known.</p>', ('The value 「港」 is known.',), (), 'zh-TW'),
        ('<p>The value <q>a</q> is known.</p>', ('The value ”a” is known.',), (), 'sv'),
        ('<p>The value <q>a</q> is known.</p>', ('The value »a« is known.',), (), 'da'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'no'),
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), 'pt'),
        ('<p>The value <q>a</q> is known.</p>', ('The value ”a“ is known.',), (), 'ar'),
        ('<p>The value <q>a</q> is known.</p>', ('The value ”a” is known.',), (), 'he'),
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), 'hi'),
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), 'ko'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'de-CH'),
        ('<p>The value <q><b>"a"</b></q> is known.</p>', ('The value "a" is known.',), (), 'en'),
        ('<p>The value <q></q>b is known.</p>', ('The value b is known.',), (), 'en'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'el'),
        ('<p>The value <q>a</q> is known.</p>', ('The value „a“ is known.',), (), 'cs'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'uk'),
        ('<p>The value <q>a</q> is known.</p>', ('The value „a” is known.',), (), 'hu'),
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), 'tr'),
        ('<p>The value <q>a</q> is known.</p>', ('The value ”a” is known.',), (), 'fi'),
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), 'nl'),
        ('<p>The value <q>a</q> is known.</p>', ('The value „a” is known.',), (), 'ro'),
        ('<p>The value <q>a</q> is known.</p>', ('The value „a“ is known.',), (), 'bg'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'it'),
        ('<p>The value <q>a</q> is known.</p>', ('The value «a» is known.',), (), 'es'),
        ('<q><p>All of it.</p></q>', ('“All of it.”',), (), 'en'),
        ('<p>The value x<wbr>y <bdi>z</bdi><bdo dir=rtl>w</bdo> is known.</p>', ('The value xy zw is known.',), (), 'en'),
        ('<p>The value <q>a</q> is known.</p>', ('The value “a” is known.',), (), '"EN-us"'),
    ],
)  # fmt: skip
def test_quotations_have_the_marks_of_their_language(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """Unless the text has some."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>Write to <a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="2a414f4f5a4f586a5b5f4b53044f524b475a464f">[email&#160;protected]</a> now.</p>', ('Write to keeper@quay.example now.',), (), 'en'),
        ('<p>Write to <a href="/cdn-cgi/l/email-protection#2a414f4f5a4f586a5b5f4b53044f524b475a464f"><span class="__cf_email__" data-cfemail="2a414f4f5a4f586a5b5f4b53044f524b475a464f">[email&#160;protected]</span></a> now.</p>', ('Write to keeper@quay.example now.',), (), 'en'),
        ('<p>Write to <span class="__cf_email__" data-cfemail="2a414f4f5a4f586a5b5f4b53044f524b475a464f">[email&#160;protected]</span> now.</p>', ('Write to keeper@quay.example now.',), (), 'en'),
        ('<p>Write to <a href="/cdn-cgi/l/email-protection#2a414f4f5a4f586a5b5f4b53044f524b475a464f">[email&#160;protected]</a> now.</p>', ('Write to keeper@quay.example now.',), (), 'en'),
        ('<p>Write to <a href="/cdn-cgi/l/email-protection#2a414f4f5a4f586a5b5f4b53044f524b475a464f">the keeper</a> now.</p>', ('Write to the keeper now.',), (), 'en'),
        ('<p>Write to <a href="https://ex.org/cdn-cgi/l/email-protection#2a414f4f5a4f586a5b5f4b53044f524b475a464f">[email&#160;protected]</a> now.</p>', ('Write to keeper@quay.example now.',), (), 'en'),
        ('<p>Write to <a href="/cdn-cgi/l/email-protection#zz">[email&#160;protected]</a> now.</p>', ('Write to',), (), 'en'),
        ('<p>Write to <a href="/cdn-cgi/l/email-protection#2a414f4f5a4f586a5b5f4b53044f524b475a464f"><b>[email&#160;protected]</b></a> now.</p>', ('Write to keeper@quay.example now.',), (), 'en'),
    ],
)  # fmt: skip
def test_a_hidden_address_is_shown(markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str) -> None:
    """And a link with words of its own keeps them."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<dl><dt><strong>level</strong><span class=classifier>int</span></dt><dd>How far to turn.</dd></dl>', ('level : int',), ('levelint',), 'en'),
        ('<dl><dt>level <span class=classifier>int</span></dt><dd>How far to turn.</dd></dl>', ('level : int',), ('levelint',), 'en'),
        ('<dl><dt><strong>level</strong> : <span class=classifier>int</span></dt><dd>How far to turn.</dd></dl>', ('level : int',), ('levelint',), 'en'),
        ('<dl><dt><code>level</code><span class=classifier><em>int</em>, optional</span></dt><dd>How far to turn.</dd></dl>', ('level : int, optional',), ('levelint',), 'en'),
        ('<dl><dt><b>a</b><span class="classifier-delimiter">:</span> <span class=classifier>int</span></dt><dd>How far to turn.</dd></dl>', ('int',), ('levelint',), 'en'),
        ('<dl><dt><strong>level</strong><span class=type>int</span></dt><dd>How far to turn.</dd></dl>', ('level : int',), ('levelint',), 'en'),
        ('<dl><dt><span class="param-name">level</span><span class="param-type">int</span></dt><dd>How far to turn.</dd></dl>', ('level : int',), ('levelint',), 'en'),
        ('<dl><dt><span class=term>a</span><span class=classifier>int</span><span class=classifier>x</span></dt><dd>How far to turn.</dd></dl>', ('a : int : x',), ('levelint',), 'en'),
    ],
)  # fmt: skip
def test_a_type_is_parted_from_its_name(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """As style sheets of documentation show them."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>تصل السفن من <a href="/q">قطر</a>، و<a href="/k">الكويت</a>، كل يوم.</p>', ('قطر، والكويت،',), (), 'en'),
        ('<p>यह <a href="/q">बंदरगाह</a>। पुराना है</p>', ('बंदरगाह।',), (), 'en'),
    ],
)  # fmt: skip
def test_no_blank_before_a_comma_or_danda(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """Behind a link."""
    assert_reads(markup, present, absent, lang)
