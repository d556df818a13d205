"""What is edited of a page, and what is not: each kind once, plain pages, and the cost."""

# A page stands on a line, however long.
# ruff: noqa: E501

import sys
from types import FrameType
from typing import Any

import pytest

from tests.support.reading import PROSE, read
from transforms.html.extract import extract
from transforms.html.nodes import parsed, read_nodes
from transforms.html.render import plain_text
from transforms.html.walk import walk


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>3.2 × 10<sup>5</sup> and 10<sup>-3</sup>, 100<sup>2</sup>, x<sup>n</sup></p>", "3.2 × 10^5 and 10^-3, 100^2, x^n"),
        (
            "<p>12 m<sup>3</sup> of CO<sub>2</sub> and H<sub>2</sub>O, the 19<sup>th</sup>, x<sub>i</sub></p>",
            "12 m^3 of CO2 and H2O, the 19th, x_i",
        ),
        (
            "<p>rebuilt in 1950<sup>3</sup> by Brindle<sup>12</sup>, whose output<sup>4</sup> fell.<sup>[5]</sup></p>",
            "rebuilt in 1950 by Brindle, whose output fell.",
        ),
        (
            '<p>by hand.<a href="#n1">^</a> Twice,<sup><a href="#c">[24]</a></sup> said<a href="#f"><sup>7</sup></a> they</p>',
            "by hand. Twice, said they",
        ),
        ('<h2 id=t>Reading the tides <a class=anchor href="#t">#</a></h2>', "Reading the tides"),
        ('<h2>הגאות<a href="#a" aria-hidden=true>¶</a></h2>', "הגאות"),
        ('<p>see <a href="#part">part two</a> and <a href="#3">3</a></p><p><a href="#top">[Back to Top]</a></p>', "see part two and 3"),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>を<ruby>読<rt>よ</rt></ruby>む</p>", "漢字を読む"),
        ("<p>she wrote <q>all of it, <q>now</q></q> and <q lang=fr>oui</q></p>", "she wrote “all of it, ‘now’” and «oui»"),
        ('<p>at nine <img class=emoji src=/1.png alt="🙂"> the keeper<img src=/i.gif alt="">smiled</p>', "at nine 🙂 the keeper smiled"),
        (
            '<p>Write to <a href="/cdn-cgi/l/email-protection" data-cfemail="2a4b6a48044f52">[email&nbsp;protected]</a></p>',
            "Write to a@b.ex",
        ),
        ("<dl><dt><strong>level</strong><span class=classifier>int</span></dt><dd>turns</dd></dl>", "level : int"),
    ],
)  # fmt: skip
def test_a_reader_sees_words(markup: str, text: str) -> None:
    """Signs that are no words are out, and no number changes."""
    assert text in read(markup).split("\n")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<math alttext="\\pi r^2"><mi>π</mi></math>', "$\\pi r^2$"),
        (
            '<math display=block><semantics><mi>p</mi><annotation encoding="application/x-tex">p=1</annotation></semantics></math>',
            "$$p=1$$",
        ),
        ("<math><mi>A</mi><mo>=</mo><mfrac><mi>π</mi><msup><mi>r</mi><mn>2</mn></msup></mfrac></math>", "$A = \\frac{π}{r^{2}}$"),
        ("<script type='math/tex'>\\sqrt{2gd}</script>", "$\\sqrt{2gd}$"),
        (
            '<span class=mwe-math-element><span style="display:none"><math><semantics><mi>p</mi><annotation encoding="application/x-tex">'
            '{\\displaystyle p=\\rho gh}</annotation></semantics></math></span><img src=/s alt="{\\displaystyle p=\\rho gh}"></span>',
            "$p=\\rho gh$",
        ),
        (
            '<span class=katex><span class=katex-mathml><math><semantics><mi>x</mi><annotation encoding="TeX">x^2</annotation>'
            "</semantics></math></span><span class=katex-html aria-hidden=true>x2</span></span>",
            "$x^2$",
        ),
    ],
)  # fmt: skip
def test_a_formula_is_its_tex(markup: str, text: str) -> None:
    """Once, whatever a renderer drew of it; also in a cell of a table."""
    assert f"The value {text} is known." in read(f"<p>The value {markup} is known.</p>")
    assert f"north | {text}" in read(f"<table><tr><td>north<td>{markup}<tr><td>south<td>b</table>")


CODE = "def open():\n    if level:\n        lift()"


@pytest.mark.parametrize(
    "markup",
    [
        "<pre><code><span class=ln>1</span>def open():\n"
        "<span class=ln>2</span>    if level:\n<span class=ln>3</span>        lift()</code></pre>",
        "<table class=lntable><tr><td><pre><span class=lnt>1\n2\n3</span></pre><td><pre>" + CODE + "</pre></table>",
        "<table><tr><td class=blob-num>1<td class=blob-code>def open():<tr><td class=blob-num>2<td class=blob-code>    if level:"
        "<tr><td class=blob-num>3<td class=blob-code>        lift()</table>",
        "<p><code>def open():<br>&nbsp;&nbsp;&nbsp;&nbsp;if level:<br>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;lift()</code></p>",
    ],
)
def test_code_keeps_its_lines_and_its_indentation(markup: str) -> None:
    """Without the numbers that stand beside it."""
    assert CODE in read(markup)


def test_a_page_without_signs_is_as_it_was() -> None:
    """Nothing is edited."""
    assert read('<p>A plain <a href="/x">link</a> and <b>no</b> sign.</p>').endswith("A plain link and no sign.")
    assert plain_text(extract(PROSE * 3, "http://ex.org/")).startswith("The old harbour")


@pytest.mark.parametrize(
    ("markup", "text", "lang"),
    [
        ('<table><tr><td class="line-number">5</td><td>Harbour</td><td>9</td></tr><tr><td class="line-number">7</td><td>Station</td><td>8</td></tr></table>', '5 | Harbour | 9', 'en'),
        ('<p>Line <span class="line-number">12</span> runs daily.</p>', 'Line 12 runs daily.', 'en'),
        ('<p>Read our <a href="#refund">return policy</a> and <a href="#up">ups and downs</a>.</p>', 'Read our return policy and ups and downs.', 'en'),
        ('<p>Press <button class="btn-copy">Copy</button> to copy the text.</p>', 'Press', 'en'),
        ('<h2><a class=anchor href="#t">The gate</a></h2>', 'The gate', 'en'),
        ('<h2><a class=anchor href="#t">Link to the past</a></h2>', 'Link to the past', 'en'),
        ('<p>Part <a href="#p1">1</a> and part <a href="#p2">2</a>.</p>', 'Part 1 and part 2.', 'en'),
        ('<p>The <i class="icon">harbour</i> is <i class="fa">open</i>.</p>', 'The harbour is open.', 'en'),
        ('<dl><dt><span class="type">int</span> level</dt><dd>Turns.</dd></dl>', 'int level', 'en'),
        ('<dl><dt>Coffee <span class="type">hot</span></dt><dd>Drink.</dd></dl>', 'Coffee hot', 'en'),
        ('<p>Save <img src="/s.png" alt="$5 off"> today.</p>', 'Save today.', 'en'),
        ('<p>See <img src="/s.png" class="math-teacher" alt="Ada"> here.</p>', 'See here.', 'en'),
        ('<p>See <img src="/s.png" alt="C:\\files\\new"> here.</p>', 'See here.', 'en'),
        ('<p>See <img src="/s.png" class="latex" alt="LaTeX logo"> here.</p>', 'See here.', 'en'),
        ('<div class="highlight"><div class="container"><div class="line">The keeper sang.</div><div class="line">The sea was calm.</div></div></div>', 'The keeper sang.\nThe sea was calm.', 'en'),
        ('<div class="line-block"><div class="line">Use <code>open</code> now</div><div class="line">or never</div></div>', 'Use open now\nor never', 'en'),
        ('<p>Costs $5 or $6 a night.</p>', 'Costs $5 or $6 a night.', 'en'),
        ('<p>The M<sup>c</sup>Donald family, 19<sup>th</sup> century, S<sup>t</sup> Mary.</p>', 'The McDonald family, 19th century, St Mary.', 'en'),
        ('<p>M<sup>lle</sup> Brune, le 1<sup>er</sup> mai, XX<sup>e</sup> siècle, n<sup>os</sup> 3 et 4, C<sup>ie</sup>.</p>', 'Mlle Brune, le 1er mai, XXe siècle, nos 3 et 4, Cie.', 'fr'),
        ('<p>La 3<sup>a</sup> puerta, M<sup>a</sup> José y el 1<sup>o</sup>.</p>', 'La 3a puerta, Ma José y el 1o.', 'es'),
        ('<p>A <sup>14</sup>C date, <sup>235</sup>U and <sup>3</sup>He.</p>', 'A 14C date, 235U and 3He.', 'en'),
        ('<p>Brindle<sup>®</sup> and Vell<sup>TM</sup> and Mouth<sup>SM</sup>.</p>', 'Brindle® and VellTM and MouthSM.', 'en'),
        ('<p>Fe<sub>2</sub>O<sub>3</sub>, (OH)<sub>2</sub>, C<sub>60</sub>, SO<sub>x</sub></p>', 'Fe2O3, (OH)2, C60', 'en'),
        ('<p>He wrote <q>“Go,” she said</q>.</p>', 'He wrote “Go,” she said.', 'en'),
        ('<p>See <a href="/tags/x">#harbour</a> and <a href="/c#">C#</a>.</p>', 'See #harbour and C#.', 'en'),
        ('<ul><li><code>open_gate</code></li><li><code>close_gate</code></li></ul>', 'open_gate\nclose_gate', 'en'),
        ('<p>Type <code>a</code> or <code>b<br>c</code> then go on.</p>', 'then go on.', 'en'),
        ('<p class="code">Postcode AB1<br>Town of Vell</p>', 'Postcode AB1\nTown of Vell', 'en'),
        ('<p>What is <a href="#back">back</a> there?</p>', 'there?', 'en'),
        ('<p>10<sup>th</sup> and 2<sup>nd</sup>, 1<sup>ª</sup></p>', '10th and 2nd, 1ª', 'en'),
        ('<pre>a\n  b</pre>', 'a\n  b', 'en'),
        ('<p>a<img src="/photo.jpg" width=600 alt="A long view of the harbour">, b</p>', 'a, b', 'en'),
        ('<p>The <span class="reference">Brindle 1999</span> report.</p>', 'The Brindle 1999 report.', 'en'),
        ('<h3>Chapter <a href="#c3">3</a></h3>', 'Chapter 3', 'en'),
        ('<p>Σ<sub>i</sub> of (a)<sub>1</sub></p>', 'Σ_i of (a)1', 'en'),
        ('<p>at<sup>2</sup></p>', 'at', 'en'),
        ('<h2><a class="toc-backref" href="#id3">Setting up</a><a class="headerlink" href="#up">¶</a></h2>', 'Setting up', 'en'),
        ('<p><code><div class="menu"><ul><li><a href="/a">Boats</a></li><li><a href="/b">Gates</a></li></ul></div></code></p>', 'Boats\nGates', 'en'),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(markup: str, text: str, lang: str) -> None:
    """Numbers, words and classes of ordinary pages."""
    assert text in read(markup, lang)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<table class="code"><tr><td class="lineno">1</td><td class="src"><code>fn a() {</code></td></tr><tr><td class="lineno">2</td><td class="src"><code>  b();</code></td></tr><tr><td class="lineno">3</td><td class="src"><code>}</code></td></tr></table>', 'fn a() {\n  b();\n}'),
        ('<table><tr><td class="line-numbers">1</td><td><pre>fn a() {</pre></td></tr><tr><td class="line-numbers">2</td><td><pre>  b();</pre></td></tr><tr><td class="line-numbers">3</td><td><pre>}</pre></td></tr></table>', 'fn a() {\n  b();\n}'),
        ('<div class="highlight"><div class="line"><span class="lineno">1</span><code>fn&nbsp;a()&nbsp;{</code></div><div class="line"><span class="lineno">2</span><code>&nbsp;&nbsp;b();</code></div><div class="line"><span class="lineno">3</span><code>}</code></div></div>', 'fn a() {\n  b();\n}'),
        ('<pre><div class="line"><span class="line-number">1</span>fn a() {</div><div class="line"><span class="line-number">2</span>  b();</div><div class="line"><span class="line-number">3</span>}</div></pre>', 'fn a() {\n  b();\n}'),
        ('<pre class="prettyprint linenums"><ol class="linenums"><li class="L0"><code>fn a() {</code></li><li class="L1"><code>  b();</code></li><li class="L2"><code>}</code></li></ol></pre>', 'fn a() {\n  b();\n}'),
        ('<div><code>fn&nbsp;a()&nbsp;{<br/>&nbsp;&nbsp;b();<br/>}</code></div>', 'fn a() {\n  b();\n}'),
        ('<blockquote><code>fn&nbsp;a()&nbsp;{<br>&nbsp;&nbsp;b();<br>}</code></blockquote>', 'fn a() {\n  b();\n}'),
        ('<p><tt>fn&nbsp;a()&nbsp;{<br>&nbsp;&nbsp;b();<br>}</tt></p>', 'fn a() {\n  b();\n}'),
        ('<pre><code><span class="code-line" data-line-number="1">fn a() {\n</span><span class="code-line" data-line-number="2">  b();\n</span><span class="code-line" data-line-number="3">}\n</span></code></pre>', 'fn a() {\n  b();\n}'),
        ('<pre><code><div class="view-line">fn&nbsp;a()&nbsp;{</div><div class="view-line">&nbsp;&nbsp;b();</div><div class="view-line">}</div></code></pre>', 'fn a() {\n  b();\n}'),
        ('<table class="js-file-line-container"><tr><td class="blob-num js-line-number" data-line-number=1><td class="blob-code js-file-line">fn a() {<tr><td class="blob-num js-line-number" data-line-number=2><td class="blob-code js-file-line">  b();<tr><td class="blob-num js-line-number" data-line-number=3><td class="blob-code js-file-line">}</table>', 'fn a() {\n  b();\n}'),
        ('<p>δίπλα<sup>[α]</sup> και 10<sup>6</sup> χλμ<sup>2</sup></p>', 'δίπλα και 10^6 χλμ^2'),
        ('<p>площадь 5 км<sup>2</sup> и слово<sup>2</sup>.</p>', 'площадь 5 км^2 и слово.'),
        ('<p>面积为5平方米,10<sup>5</sup>米<sup>2</sup>。港口<sup>[1]</sup>很老</p>', '10^5米^2。港口很老'),
        ('<p>क्षेत्र १०<sup>५</sup> और शब्द<sup><a href="#n">[३]</a></sup>।</p>', 'क्षेत्र १०^५ और शब्द।'),
        ('<p>พื้นที่ 10<sup>5</sup> และคำ<sup><a href="#n">2</a></sup></p>', 'พื้นที่ 10^5 และคำ'),
        ('<p>面積<sup id="cite_ref-1" class="reference"><a href="#cite_note-1">[1]</a></sup><sup class="reference"><a href="#c2">[註 2]</a></sup>。</p>', '面積。'),
        ('<p>שטח של 3×10<sup>8</sup> מ<sup>2</sup>, מקור<sup>[<a href="#c">1</a>]</sup>.</p>', '3×10^8 מ^2, מקור.'),
        ('<p>مساحة 10<sup>5</sup> كم<sup>2</sup> والمرجع<sup>[<a href="#c">١</a>]</sup>.</p>', 'مساحة 10^5 كم^2 والمرجع.'),
        ('<p>항구<sup><a href="#c">[1]</a></sup>는 오래 10<sup>3</sup>년</p>', '항구는 오래 10^3년'),
        ('<p>sea<sup id="fnt__1"><a href="#fn__1" class="fn_top">1)</a></sup> was</p>', 'sea was'),
        ('<p>sea<a href="#n1" name="b1"><sup>(1)</sup></a> was</p>', 'sea was'),
        ('<p>sea <a href="#n1"><small>[1]</small></a> was.<a href="#n2"><sup>2</sup></a></p>', 'sea was.'),
        ('<p>sea<sup><a href="/notes.html#n4">4</a></sup> was</p>', 'sea was'),
        ('<p>sea<sup><a href="notes.html">4</a></sup> was</p>', 'sea was'),
        ('<p>Notes<a href="#fnref1" class="reversefootnote" role="doc-backlink">&#8617;&#65038;</a></p>', 'Notes'),
        ('<p>kg m<sup>2</sup> s<sup>−2</sup>, 6.02×10<sup>23</sup> mol<sup>−1</sup>, 10<sup>–9</sup></p>', 'kg m^2 s^-2, 6.02×10^23 mol^-1, 10^-9'),
        ('<p>2<sup>2<sup>3</sup></sup></p>', '2^(2^3)'),
        ('<p><i>a</i><sup>2</sup> + <i>b</i><sup>2</sup> = <i>c</i><sup>2</sup></p>', 'a^2 + b^2 = c^2'),
        ('<p>(1 + <i>r</i>)<sup><i>n</i></sup> and f<sub>0</sub>, x<sub>i+1</sub>, a<sub>ij</sub></p>', '(1 + r)^n and f_0, x_(i+1), a_ij'),
        ('<p>1 000 000<sup>2</sup>, 3,000<sup>2</sup></p>', '000^2, 3,000^2'),
        ('<p>NH<sub>4</sub><sup>+</sup> and Fe<sup>3+</sup>, OH<sup>−</sup></p>', 'NH4+ and Fe^3+, OH−'),
        ('<p><ruby><span>漢</span><rt>かん</rt></ruby>字</p>', '漢字'),
        ('<p>Tides<sup>™</sup> &amp; Co<sup>®</sup>, 5<sup>th</sup>, 3<sup>rd</sup></p>', 'Tides™ & Co®, 5th, 3rd'),
        ('<p>H<sub>2</sub>SO<sub>4</sub>, Al<sub>2</sub>(SO<sub>4</sub>)<sub>3</sub></p>', 'H2SO4, Al2(SO4)3'),
        ('<p>le 1<sup>er</sup> et le 2<sup>nd</sup>, 18<sup>e</sup> s., 5<sup>ème</sup></p>', 'le 1er et le 2nd, 18e s., 5ème'),
        ('<p>in 1987<sup>12</sup> and 2003<sup>[4]</sup>, the 1990s<sup>5</sup></p>', 'in 1987 and 2003, the 1990s'),
        ('<p>x<sup>2</sup>y<sup>3</sup> ≥ 0, O(n<sup>2</sup>), O(n log<sup>2</sup> n), 2<sup>32</sup>−1</p>', 'x^2y^3 ≥ 0, O(n^2), O(n log^2 n), 2^32−1'),
        ('<p>Write to <a class="__cf_email__" href="/cdn-cgi/l/email-protection" data-cfemail="2a4b6a48044f52"><em>[email&#160;protected]</em></a>.</p>', 'Write to a@b.ex.'),
        ('<h2>Tides <a href="#tides" class="anchor-link" title="Permanent link">&para;</a></h2>', 'Tides'),
        ('<h2><span id="tides">Tides</span><a href="http://ex.org/p#tides" class="permalink">#</a></h2>', 'Tides'),
        ('<h2>潮汐<a class="headerlink" href="#x" title="永久链接">¶</a></h2>', '潮汐'),
        ('<h2>潮<a href="#x" class="hash-link" aria-label="潮 的直接链接" title="潮 的直接链接">&#8203;</a></h2>', '潮'),
        ('<h2 id=x>Tides<a class="sl-anchor-link" href="#x"><span aria-hidden="true"><svg></svg></span><span class="sr-only">Section titled “Tides”</span></a></h2>', 'Tides'),
        ('<h2><a href="#x" class="anchor" aria-hidden="true"><span class="icon icon-link"></span></a>Tides</h2>', 'Tides'),
        ('<p>So <span class="math inline">\\(x^2\\)</span> is</p>', 'So \\(x^2\\) is'),
        ('<p>v <img alt="v = \\frac{s}{t}" src="/m.png"> is</p>', 'v $v = \\frac{s}{t}$ is'),
        ('<p>v <img alt="$$v = s$$" src="/m.png"> is</p>', '$$v = s$$'),
        ('<p>So <math><mi>x</mi><mo>∈</mo><mi>ℝ</mi><mo>,</mo><mi>y</mi><mo>≠</mo><mn>0</mn></math> is</p>', 'So $x ∈ ℝ, y ≠ 0$ is'),
        ('<p>So <math><mo>{</mo><mtable><mtr><mtd><mi>x</mi></mtd><mtd><mtext>if </mtext><mi>x</mi><mo>&gt;</mo><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mtext>else</mtext></mtd></mtr></mtable></math> is</p>', '$\\begin{cases} x & \\text{if } x > 0 \\\\ 0 & \\text{else} \\end{cases}$'),
    ],
)  # fmt: skip
def test_other_pages_of_the_same_kinds(markup: str, text: str) -> None:
    """In other scripts, by other makers of pages."""
    assert text in read(markup)


PLAIN = (
    "<h1>The harbour</h1><p>A <a href=/a>link</a>, <b>bold</b> and <i class=intro>slanted</i> words, 10 of them.</p>",
    "<ul><li>one<li>two</ul><table><tr><td>a<td>b<tr><td>c<td>d</table><pre>x\n  y</pre><p>Call <code>open()</code>.</p>",
    "<div class=card><img src=/a.jpg alt='The old quay'><p class=lead>Ο παλιός λιμένας, старый порт, 古い港。</p></div>",
    "<p><a href='#part'>Part two</a> and <sup>th</sup> of <sub>it</sub></p><dl><dt>gate<dd>a door</dl>",
)


@pytest.mark.parametrize("markup", PLAIN)
def test_the_tree_of_a_plain_page_is_unchanged(markup: str) -> None:
    """A page without any of it comes through byte for byte."""
    tree = parsed(f"<html lang=en><body>{markup}")
    before = tree.serialize()
    read_nodes(tree, language="en")
    assert tree.serialize() == before


MANY = {
    "notes": "word<sup><a href='#f'>1</a></sup> 10<sup>5</sup> <i>x</i><sub>i</sub>",
    "formulas": "<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math><span class=MathJax>x</span><script type='math/tex'>x</script>",
    "headings": "<h2>a<a href='#t' aria-hidden=true>x</a></h2>[<a href='#top'>top</a>]",
    "words": "<ruby>漢<rt>か</rt></ruby><q>a</q><dt>a<span class=type>b</span></dt>",
    "pictures": "a<img alt='$x$' src=e>b<img class=emoji alt=':)' src=e>",
    "code": "<pre><span class=line><span class=ln>1</span>a</span><span class=line>b</span></pre><code>a<br>b</code><button class=copy>Copy</button>",
    "rows": "<table><tr><td class=blob-num>1<td class=blob-code>a</table>",
}
OPEN = {
    "quotations": "<q>a",
    "raised": "<sup>1",
    "heading": "a<a href='#t' aria-hidden=true>x</a>",
    "ruby": "漢 <rt>か</rt>",
    "lines": "<span class=line>a</span>",
    "breaks": "a<br>",
    "term": "a<span class=type>b</span>",
}
AROUND = {
    "quotations": "<p>",
    "raised": "<p>",
    "heading": "<h2>",
    "ruby": "<ruby>",
    "lines": "<pre>",
    "breaks": "<code>",
    "term": "<dt>",
}


def calls_of(markup: str) -> int:
    """How often a function is called while a page is walked."""
    count = 0

    def seen(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        walk(markup, "http://ex.org/")
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", [*MANY, *OPEN])
def test_cost_is_linear(name: str) -> None:
    """Twice as many of a kind cost twice as many calls, also where all stand in one element, or in each other as deep as a tree goes."""
    markup = MANY.get(name) or OPEN[name]
    start = AROUND.get(name, "")
    times = 400 if name in MANY else 2500  # many more than a tree is deep
    once, twice = calls_of(start + markup * times), calls_of(start + markup * 2 * times)
    assert twice < 2.1 * once


def test_a_page_that_is_read_a_second_time_keeps_its_formulas_and_its_marks() -> None:
    """A menu that was left open over a page: what is edited before the first reading is edited before the second."""
    markup = f"<html lang=de><body><nav><div>{PROSE}<p>Sei <math alttext='x^2'><mi>x</mi></math> ein <q>Wort</q>.</p>"
    assert "Sei $x^2$ ein „Wort“." in [block.text for block in extract(markup, "http://ex.org/").blocks]
