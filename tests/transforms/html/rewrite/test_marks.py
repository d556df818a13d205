"""Links and signs that are no words."""

# A page stands on a line, however long.
# ruff: noqa: E501

import pytest

from tests.support.reading import assert_reads


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value 1950<sup><a href="#fn3">3</a></sup> is known.</p>', ('The value 1950 is known.',), (), 'en'),
        ('<p>The value 1950<sup>3</sup> is known.</p>', ('The value 1950 is known.',), (), 'en'),
        ('<p>The value 1950<sup class=footnote>3</sup> is known.</p>', ('The value 1950 is known.',), (), 'en'),
        ('<p>The value word<sup id="cite_ref-1" class="reference"><a href="#cite_note-1"><span class="cite-bracket">[</span>1<span class="cite-bracket">]</span></a></sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup><a href="http://ex.org/p#fn1">1</a></sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup><a href="/p#fn1" role="doc-noteref">1</a></sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<a href="#fn1" class="footnote-ref" role="doc-noteref"><sup>1</sup></a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<a href="#fn1" class="noteref">1</a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<a epub:type="noteref" href="notes.html#n1">1</a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>*</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>†</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>[3]</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>[<a href="#a">note 2</a>]</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>[<a href="#a">a</a>]</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup><a href="#a">1</a>,<a href="#b">2</a></sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>1,2</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>1–3</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup><a href="#1">1</a></sup><sup><a href="#2">2</a></sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup class="noprint Inline-Template">[<i><a href="/wiki/CN" title="x"><span>citation needed</span></a></i>]</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word <a href="#note-3">[3]</a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<span class="footnote-ref">[3]</span> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup class=versenum>12</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value слово<sup><a href="#s">4</a></sup> is known.</p>', ('The value слово is known.',), (), 'en'),
        ('<p>The value كلمة<sup><a href="#s">4</a></sup> is known.</p>', ('The value كلمة is known.',), (), 'en'),
        ('<p>The value كلمة<sup><a href="#s">٤</a></sup> is known.</p>', ('The value كلمة is known.',), (), 'en'),
        ('<p>The value शब्द<sup><a href="#s">४</a></sup> is known.</p>', ('The value शब्द is known.',), (), 'en'),
        ('<p>The value 字<sup><a href="#s">[註 1]</a></sup> is known.</p>', ('The value 字 is known.',), (), 'en'),
        ('<p>The value 字<sup>[1]</sup> is known.</p>', ('The value 字 is known.',), (), 'en'),
        ('<p>The value מילה<sup>[2]</sup> is known.</p>', ('The value מילה is known.',), (), 'en'),
        ('<p>The value 25%<sup>3</sup> is known.</p>', ('The value 25% is known.',), (), 'en'),
        ('<p>The value word<sup>&nbsp;3</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>(3)</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value km<sup><a href="#fn2">2</a></sup> is known.</p>', ('The value km is known.',), (), 'en'),
        ('<p>The value 10<sup><a href="#fn2">2</a></sup> is known.</p>', ('The value 10 is known.',), (), 'en'),
        ('<p>The value word<sup><a href="javascript:void(0)">3</a></sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup data-footnote-id="3">3</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>3)</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>‡</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>**</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>§</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>i</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<sup>a</sup> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<a href="#_ftn1" name="_ftnref1">[1]</a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference><span>[1]</span></span></a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<span class="reference">[<a href="#r">12</a>]</span> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<p>The value word<a class="easy-footnote-to-top" href="#x"></a> is known.</p>', ('The value word is known.',), (), 'en'),
        ('<ol><li id=fn1><p>See Brindle. <a href="#fnref1" class="footnote-back">↩︎</a></p></li></ol>', ('See Brindle.',), ('↩',), 'en'),
        ('<ol><li id=fn1><p>See Brindle, letters. <a href="#fnref1">↩</a><a href="#fnref1:2">↩<sup>2</sup></a></p></li></ol>', ('See Brindle, letters.',), ('↩', '2'), 'en'),
        ('<ol><li id=cite><span class="mw-cite-backlink"><b><a href="#cite_ref-1">^</a></b></span> <span class="reference-text">Brindle, Letters.</span></li></ol>', ('Brindle, Letters.',), ('^',), 'en'),
        ('<ol><li id=cite><span class="mw-cite-backlink">^ <a href="#cite_ref-1"><sup><i><b>a</b></i></sup></a> <a href="#cite_ref-2"><sup><i><b>b</b></i></sup></a></span> <span class="reference-text">Brindle, Letters.</span></li></ol>', ('Brindle, Letters.',), ('^', 'a b', 'ab'), 'en'),
        ('<p id=n1><a href="#r1">↑</a> Brindle, Letters.</p>', ('Brindle, Letters.',), ('↑',), 'en'),
        ('<p id=n1>Brindle, Letters. <a href="#r1" title="Jump back">⤴</a></p>', ('Brindle, Letters.',), ('⤴',), 'en'),
        ('<p id=n1>Brindle, Letters. <a href="#r1">[return]</a></p>', ('Brindle, Letters.',), ('[return]',), 'en'),
        ('<h2>History<span class="mw-editsection"><span class="mw-editsection-bracket">[</span><a href="/w/index.php?title=X&action=edit&section=1">edit</a><span class="mw-editsection-bracket">]</span></span></h2>', ('History',), ('edit',), 'en'),
        ('<h2>История<span class="mw-editsection">[<a href="/w">править</a> | <a href="/x">править код</a>]</span></h2>', ('История',), ('править',), 'en'),
        ('<p>see <a href="#3">3</a> and chapter <a href="#ch2">2</a> of § 5</p>', ('see 3 and chapter 2 of § 5',), (), 'en'),
        ('<p>The <a href="#x">rebuilding</a> of <a href="/y">#harbour</a>.</p>', ('The rebuilding of #harbour.',), (), 'en'),
    ],
)  # fmt: skip
def test_marks_of_notes_are_no_words(markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str) -> None:
    """By link, class, role or place, in any script; numbers that are words stay."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<h2 id=t>Reading the tides<a class="headerlink" href="#t" title="Permalink">¶</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="headerlink" href="#t" title="Permalink">¶</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="headerlink" href="http://ex.org/p#t" title="Permalink"></a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="headerlink" href="http://ex.org/p#t" title="Permalink"></a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="anchor" href="#t" aria-hidden="true">#</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="anchor" href="#t" aria-hidden="true">#</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="anchor" href="#t">§</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="anchor" href="#t">§</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="anchor" href="#t">🔗</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="anchor" href="#t">🔗</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="hash-link" href="#t" aria-label="Direct link">\u200b</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="hash-link" href="#t" aria-label="Direct link">\u200b</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="headerlink" href="#t">Link to this heading</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="headerlink" href="#t">Link to this heading</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="hanchor" ariaLabel="Anchor" href="#t">🔗&#xFE0E;</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="hanchor" ariaLabel="Anchor" href="#t">🔗&#xFE0E;</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a href="#t" class="anchor"><span class=sr-only>Link to this section</span><i class="fa fa-link"></i></a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a href="#t" class="anchor"><span class=sr-only>Link to this section</span><i class="fa fa-link"></i></a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a href="/p#t" class="header-anchor">#</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a href="/p#t" class="header-anchor">#</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a href="#t"><span aria-hidden=true>#</span></a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a href="#t"><span aria-hidden=true>#</span></a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="heading-anchor" href="#t">Permalink</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="heading-anchor" href="#t">Permalink</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<a class="headerlink" href="#t">&#xf0c1;</a></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><a class="headerlink" href="#t">&#xf0c1;</a> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<button class="anchor-copy">#</button></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><button class="anchor-copy">#</button> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<h2 id=t>Reading the tides<span class="anchor-icon">#</span></h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), (), 'en'),
        ('<h2 id=t><span class="anchor-icon">#</span> Reading the tides</h2><p>Then more words follow here.</p>', ('Reading the tides\nThen',), ('#', '¶', '§', '🔗', 'Link to', 'Permalink', '\uf0c1'), 'en'),
        ('<dl><dt class="sig sig-object py" id="x">open_gate(level)<a class="headerlink" href="#x" title="Link">¶</a></dt><dd>Open.</dd></dl>', ('open_gate(level)',), ('¶',), 'en'),
        ('<h2><a href="#t">Reading the tides</a></h2>', ('Reading the tides',), (), 'en'),
        ('<h2><a href="#t">C#</a></h2>', ('C#',), (), 'en'),
    ],
)  # fmt: skip
def test_permalinks_of_headings_are_no_words(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """Signs and words for screen readers, before or behind the heading."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value north <i class="fa">\uf015</i> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <span class="icon">\ue900</span> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <i class="material-icons">arrow_back</i> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <span class="material-symbols-outlined">open_in_new</span> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <i class="material-icons md-18">home</i> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <span class="glyphicon glyphicon-ok">\ue013</span> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <i class="icon-star" aria-hidden=true>\uf005</i> south is known.</p>', ('The value north south is known.',), (), 'en'),
        ('<p>The value north <i class="fas fa-check"></i> south is known.</p>', ('The value north south is known.',), (), 'en'),
    ],
)  # fmt: skip
def test_icons_are_no_words(markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str) -> None:
    """Characters of icon fonts and names of ligatures."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>One more line of text here.</p><p><a href="#top">[Back to Top]</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#">↑ Top</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#">Top</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">Back to top ↑</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p>[<a href="#top">back to top</a>]</p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#page">Return to top</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#">Nach oben</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">Haut de page</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">Наверх</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">トップへ戻る</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">ページトップへ</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">返回顶部</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">Volver arriba</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="/p#top">Back to Top</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p align=right><small><a href="#Top">^ Top</a></small></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#contents">Back to contents</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
        ('<p>One more line of text here.</p><p><a href="#top">العودة إلى الأعلى</a></p><p>And then another line of it.</p>', ('here.\nAnd then',), (), 'en'),
    ],
)  # fmt: skip
def test_ways_to_the_top_are_no_words(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """In many languages, with arrows and brackets."""
    assert_reads(markup, present, absent, lang)
