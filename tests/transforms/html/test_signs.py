"""What is read of raised numbers, note marks, permalinks, readings, quotations, formulas and lines of code."""

import pytest

from transforms.html.extract import extract
from transforms.html.render import plain_text

PROSE = "<p>The old harbour was rebuilt in three stages, and each of them left a mark on the quay that visitors can still see today.</p>"


def read(markup: str) -> str:
    """The text of a page that holds this markup among prose."""
    page = extract(f"<html lang=en><body><article>{PROSE * 3}{markup}</article>", "http://ex.org/")
    return "\n".join(block.text for block in page.blocks)


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


def test_a_page_that_is_read_a_second_time_keeps_its_formulas_and_its_marks() -> None:
    """A menu that was left open over a page: what is edited before the first reading is edited before the second."""
    markup = f"<html lang=de><body><nav><div>{PROSE}<p>Sei <math alttext='x^2'><mi>x</mi></math> ein <q>Wort</q>.</p>"
    assert "Sei $x^2$ ein „Wort“." in [block.text for block in extract(markup, "http://ex.org/").blocks]


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
