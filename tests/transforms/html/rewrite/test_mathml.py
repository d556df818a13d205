"""MathML as TeX, on pages that carry no TeX."""

# A page stands on a line, however long.
# ruff: noqa: E501

import pytest

from tests.support.reading import assert_reads


@pytest.mark.parametrize(
    ("markup", "present", "absent", "lang"),
    [
        ('<p>The value <math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math> is known.</p>', ('The value $\\frac{a + b}{2}$ is known.',), (), 'en'),
        ('<p>The value <math><msqrt><mi>x</mi><mo>−</mo><mn>1</mn></msqrt></math> is known.</p>', ('The value $\\sqrt{x − 1}$ is known.',), (), 'en'),
        ('<p>The value <math><mroot><mi>x</mi><mn>3</mn></mroot></math> is known.</p>', ('The value $\\sqrt[3]{x}$ is known.',), (), 'en'),
        ('<p>The value <math><mi>sin</mi><mo>\u2061</mo><mi>θ</mi><mo>≤</mo><mi>π</mi></math> is known.</p>', ('The value $\\sin θ ≤ π$ is known.',), (), 'en'),
        ('<p>The value <math><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msub><mi>x</mi><mi>i</mi></msub></math> is known.</p>', ('The value $∑_{i = 1}^{n} x_{i}$ is known.',), (), 'en'),
        ('<p>The value <math><mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>]</mo></mrow></math> is known.</p>', ('\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}',), (), 'en'),
        ('<p>The value <math><mfenced><mi>a</mi><mi>b</mi></mfenced></math> is known.</p>', ('The value $(a, b)$ is known.',), (), 'en'),
        ('<p>The value <math><mfenced open="[" close="]" separators=";"><mi>a</mi><mi>b</mi></mfenced></math> is known.</p>', ('The value $[a; b]$ is known.',), (), 'en'),
        ('<p>The value <math><mover><mi>x</mi><mo>¯</mo></mover></math> is known.</p>', ('The value $\\bar{x}$ is known.',), (), 'en'),
        ('<p>The value <math><mover accent="true"><mi>v</mi><mo>→</mo></mover></math> is known.</p>', ('The value $\\vec{v}$ is known.',), (), 'en'),
        ('<p>The value <math><mtext>if </mtext><mi>x</mi><mo>&gt;</mo><mn>0</mn></math> is known.</p>', ('The value $\\text{if } x > 0$ is known.',), (), 'en'),
        ('<p>The value <math><mi>a</mi><mspace width="1em"/><mi>b</mi></math> is known.</p>', ('a',), (), 'en'),
        ('<p>The value <math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup><mo>∈</mo><mi mathvariant="double-struck">R</mi></math> is known.</p>', ('x_{1}^{2} ∈ \\mathbb{R}',), (), 'en'),
        ('<p>The value <m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math> is known.</p>', ('x',), (), 'en'),
        ('<p>The value <math><msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup></math> is known.</p>', ('(a + b)^{2}',), (), 'en'),
        ('<p>The value <math><mstyle displaystyle="true"><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></mstyle></math> is known.</p>', ('The value $E = m c^{2}$ is known.',), (), 'en'),
        ('<p>The value <math><mphantom><mi>z</mi></mphantom><mi>y</mi></math> is known.</p>', ('The value $y$ is known.',), (), 'en'),
        ('<p>The value <math><mmultiscripts><mi>C</mi><mn>6</mn><none/><mprescripts/><none/><mn>14</mn></mmultiscripts></math> is known.</p>', ('14',), (), 'en'),
        ('<p>The value <math><menclose notation="box"><mi>x</mi></menclose></math> is known.</p>', ('x',), (), 'en'),
        ('<p>The value <math><semantics><mrow><mi>q</mi></mrow><annotation encoding="StarMath 5.0">q</annotation></semantics></math> is known.</p>', ('The value $q$ is known.',), (), 'en'),
        ('<p>The value <math><semantics><mrow><mi>q</mi></mrow><annotation-xml encoding="MathML-Content"><ci>q</ci></annotation-xml></semantics></math> is known.</p>', ('The value $q$ is known.',), (), 'en'),
        ('<p>The value <math><semantics><mi>q</mi><annotation encoding="LaTeX">\\alpha_{q}</annotation></semantics></math> is known.</p>', ('The value $\\alpha_{q}$ is known.',), (), 'en'),
        ('<p>The value <math alttext="{\\displaystyle a}"><mi>a</mi></math> is known.</p>', ('The value $a$ is known.',), (), 'en'),
        ('<p>The value <math alttext="{\\displaystyle a}+{\\displaystyle b}"><mi>a</mi></math> is known.</p>', ('{\\displaystyle a}+{\\displaystyle b}',), (), 'en'),
        ('<p>The value <math alttext="upper A equals pi r squared"><mi>A</mi><mo>=</mo><mi>π</mi><msup><mi>r</mi><mn>2</mn></msup></math> is known.</p>', ('The value $A = π r^{2}$ is known.',), ('upper',), 'en'),
        ('<table class="ltx_equation"><tr><td><math display="block" alttext="a=b"><mi>a</mi></math></td><td>(1)</td></tr></table>', ('$$a=b$$',), (), 'en'),
    ],
)  # fmt: skip
def test_mathml_is_written_as_tex(markup: str, present: tuple[str, ...], absent: tuple[str, ...], lang: str) -> None:
    """Structure by commands, letters and signs as they stand; an annotation or a true `alttext` goes before."""
    assert_reads(markup, present, absent, lang)
