"""Formulas of renderers, scripts and pictures."""

# A page stands on a line, however long.
# ruff: noqa: E501

import pytest

from tests.support.reading import assert_reads


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value <span class="katex"><span class="katex-mathml"><math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>c</mi></mrow><annotation encoding="application/x-tex">c = \\pm\\sqrt{a^2}</annotation></semantics></math></span><span class="katex-html" aria-hidden="true"><span class="base"><span class="mord mathnormal">c</span></span></span></span> is known.</p>', ('The value $c = \\pm\\sqrt{a^2}$ is known.',), (), 'en'),
        ('<p>So</p><span class="katex-display"><span class="katex"><span class="katex-mathml"><math display="block"><semantics><mrow><mi>c</mi></mrow><annotation encoding="application/x-tex">c^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">c2</span></span></span>', ('$$c^2$$',), ('c2',), 'en'),
        ('<p>The value <span class="katex"><span class="katex-html" aria-hidden="true"><span class="base"><span class="mord mathnormal">c</span><span class="mbin">+</span><span class=mord>1</span></span></span></span> is known.</p>', ('c+1',), (), 'en'),
        ('<p>The value <span class="katex-error" title="ParseError" style="color:#cc0000">\\foo{x}</span> is known.</p>', ('\\foo{x}',), (), 'en'),
        ('<p>The value <span class="MathJax_Preview">x sq</span><span class="MathJax" id="MathJax-Element-1-Frame" role="presentation" data-mathml="&lt;math&gt;&lt;/math&gt;"><nobr aria-hidden="true"><span class="math"><span class="mi">x</span></span></nobr><span class="MJX_Assistive_MathML" role="presentation"><math><msup><mi>x</mi><mn>2</mn></msup></math></span></span><script type="math/tex" id="MathJax-Element-1">x^2</script> is known.</p>', ('The value $x^2$ is known.',), (), 'en'),
        ('<div>Now</div><span class="MathJax_Preview"></span><div class="MathJax_Display"><span class="MathJax"><nobr><span class="math">xy</span></nobr></span></div><script type="math/tex; mode=display">\\int x\\,dy</script>', ('$$\\int x\\,dy$$',), ('xy',), 'en'),
        ('<p>The value <span class="MathJax_SVG"><svg><title>x</title></svg></span><script type="math/tex">x_1</script> is known.</p>', ('The value $x_1$ is known.',), (), 'en'),
        ('<p>The value <span class="MathJax_CHTML mjx-chtml"><span class="mjx-math" aria-label="x"><span class="mjx-mi"><span class="mjx-char">x</span></span></span></span><script type="math/tex">x_1</script> is known.</p>', ('The value $x_1$ is known.',), (), 'en'),
        ('<p>The value <span class="MathJax" data-mathml="&lt;math xmlns=&quot;http://www.w3.org/1998/Math/MathML&quot;&gt;&lt;msup&gt;&lt;mi&gt;x&lt;/mi&gt;&lt;mn&gt;2&lt;/mn&gt;&lt;/msup&gt;&lt;/math&gt;"><nobr aria-hidden="true"><span class="math"><span class="mi">x</span><span class=mn>2</span></span></nobr></span> is known.</p>', ('The value $x^{2}$ is known.',), (), 'en'),
        ('<p>The value <mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-msup><mjx-mi class="mjx-i"><mjx-c class="mjx-c1D465"></mjx-c></mjx-mi></mjx-msup></mjx-math><mjx-assistive-mml unselectable="on" display="inline"><math><msup><mi>x</mi><mn>2</mn></msup></math></mjx-assistive-mml></mjx-container> is known.</p>', ('The value $x^{2}$ is known.',), (), 'en'),
        ('<p>So</p><mjx-container class="MathJax" jax="SVG" display="true"><svg><g data-mml-node="math"></g></svg><mjx-assistive-mml display="block"><math display="block"><mi>y</mi></math></mjx-assistive-mml></mjx-container>', ('$$y$$',), (), 'en'),
        ('<p>The value <mjx-container class="MathJax" jax="SVG" aria-label="x squared"><svg aria-hidden=true><g></g></svg></mjx-container> is known.</p>', (), (), 'en'),
        ('<p>The value <span class="mwe-math-element mwe-math-element-inline"><span class="mwe-math-mathml-inline mwe-math-mathml-a11y" style="display: none;"><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="{\\displaystyle E=mc^{2}}"><semantics><mrow><mi>E</mi></mrow><annotation encoding="application/x-tex">{\\displaystyle E=mc^{2}}</annotation></semantics></math></span><img src="https://wikimedia.org/api/rest_v1/media/math/render/svg/9f" class="mwe-math-fallback-image-inline mw-invert" aria-hidden="true" style="" alt="{\\displaystyle E=mc^{2}}"></span> is known.</p>', ('The value $E=mc^{2}$ is known.',), (), 'en'),
        ('<dl><dd><span class="mwe-math-element"><span class="mwe-math-mathml-display"><math display="block" alttext="a"><semantics><mi>a</mi><annotation encoding="application/x-tex">{\\displaystyle a_1}</annotation></semantics></math></span><img class="mwe-math-fallback-image-display" src="/s" alt="{\\displaystyle a_1}"></span></dd></dl>', ('$$a_1$$',), (), 'en'),
        ('<p>The value <span class="mwe-math-element"><img src="/s" class="mwe-math-fallback-image-inline" alt="{\\displaystyle h_{2}}"></span> is known.</p>', ('The value $h_{2}$ is known.',), (), 'en'),
    ],
)  # fmt: skip
def test_a_renderers_formula_comes_once(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """By its TeX; what the renderer drew of it is no text."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value <img class="tex" alt="\\frac{a}{b}" src="/math/1.png"> is known.</p>', ('The value $\\frac{a}{b}$ is known.',), (), 'en'),
        ('<p>The value <img class="latex" src="https://s0.wp.com/latex.php?latex=x%5E2+%2B+1&bg=ffffff&fg=000&s=0" alt="x^2 + 1" title="x^2 + 1"> is known.</p>', ('The value $x^2 + 1$ is known.',), (), 'en'),
        ('<p>The value <img src="https://s0.wp.com/latex.php?latex=%5Calpha&bg=ffffff"> is known.</p>', ('The value $\\alpha$ is known.',), (), 'en'),
        ('<p>The value <img src="/i/eq1.gif" alt="$x_{n+1}$"> is known.</p>', ('The value $x_{n+1}$ is known.',), (), 'en'),
        ('<p>The value <img src="/i/eq1.gif" alt="\\(x_{n}\\)"> is known.</p>', ('The value $x_{n}$ is known.',), (), 'en'),
        ('<p><img src="/i/eq1.gif" alt="\\[x_{n}\\]"></p>', ('$$x_{n}$$',), (), 'en'),
        ('<p>The value <img src="/i/eq1.gif" alt="$5 note"> is known.</p>', (), ('$$5',), 'en'),
        ('<p>The value <img src="https://latex.codecogs.com/gif.latex?%5Csqrt%7Bx%7D" alt=""> is known.</p>', ('The value $\\sqrt{x}$ is known.',), (), 'en'),
        ('<p>The value <img src="https://latex.codecogs.com/svg.image?\\sqrt{x}" title="\\sqrt{x}"> is known.</p>', ('The value $\\sqrt{x}$ is known.',), (), 'en'),
        ('<p>The value <img src="/x.png" class="latex_logo" alt="The LaTeX logo"> is known.</p>', (), ('$',), 'en'),
        ('<p>The value <img src="https://math.example/equation?tex=a%2Bb" alt="a+b" eeimg="1"> is known.</p>', ('The value $a+b$ is known.',), (), 'en'),
        ('<p>The value <svg role="img" aria-label="\\frac{1}{2}"><path d="M0"/></svg> is known.</p>', ('The value $\\frac{1}{2}$ is known.',), (), 'en'),
        ('<p>The value <svg><title>\\sqrt{2}</title><path d="M0"/></svg> is known.</p>', ('The value $\\sqrt{2}$ is known.',), (), 'en'),
        ('<p>The value <svg><title>Close</title><path d="M0"/></svg> is known.</p>', (), ('Close',), 'en'),
        ('<p>The value <img src="https://latex.codecogs.com/png.image?\\dpi{110}\\bg_white&space;\\sqrt{x}" alt=""> is known.</p>', ('The value $\\sqrt{x}$ is known.',), (), 'en'),
        ('<p>The value <img src="/cgi-bin/mimetex.cgi?x^2" alt=""> is known.</p>', ('The value $x^2$ is known.',), (), 'en'),
        ('<p>The value <img src="https://chart.googleapis.com/chart?cht=tx&chl=x%5E2" alt=""> is known.</p>', ('The value $x^2$ is known.',), (), 'en'),
    ],
)  # fmt: skip
def test_a_picture_of_a_formula_is_its_tex(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """By its text, its class or the address of the service that drew it."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value <script type="math/asciimath">x^2</script> is known.</p>', (), ('script',), 'en'),
        ('<p>The value \\( a^2 \\) is known.</p>', ('The value \\( a^2 \\) is known.',), (), 'en'),
        ('<p>The value $$ a^2 $$ is known.</p>', ('The value $$ a^2 $$ is known.',), (), 'en'),
    ],
)  # fmt: skip
def test_marks_of_tex_in_text_stay(markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str) -> None:
    """They are what the page has."""
    assert_reads(markup, present, absent, lang)


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<table><tr><th>n<th>f<tr><td>1<td><math display="block"><mi>a</mi><mo>|</mo><mi>b</mi></math><tr><td>2<td><script type="math/tex">b</script></table>', ('1 | $$a', '2 | $b$'), (), 'en'),
    ],
)  # fmt: skip
def test_a_formula_in_a_cell_leaves_its_row_whole(
    markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str
) -> None:
    """Each value stays in its column."""
    assert_reads(markup, present, absent, lang)


def test_a_formula_of_mathjax_4_is_in_an_attribute() -> None:
    """Where no MathML stands beside what is drawn."""
    drawn = '<mjx-container class="MathJax" jax="CHTML"><mjx-math data-latex="x^2"><mjx-mi>x</mjx-mi></mjx-math></mjx-container>'
    assert_reads(f"<p>So {drawn} is.</p>", ("So $x^2$ is.",), ("$x$",))
