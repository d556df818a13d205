"""What attributes say of structure."""

import pytest
import turbohtml

from transforms.html.nodes import read_nodes
from transforms.html.told import Numbering, Told, read_told


def told(markup: str) -> Told:
    """What a page's attributes say."""
    return read_told(read_nodes(turbohtml.parse(markup)))


def test_a_page_without_structure_says_nothing() -> None:
    """No list, no table, no code: four empty dictionaries."""
    assert told("<p>a<ul><li value=3>b</ul><div rowspan=2>c") == Told({}, {}, {}, {})


def test_lists_say_how_they_are_numbered() -> None:
    """By the number of their element, the body being the first; what is no whole number says nothing."""
    found = told("<ol start=' 4x' type=A reversed><li value=+7>a<li value=b>c</ol><ol start=x type=q><li>d</ol>")
    assert found.lists == {1: Numbering(4, "A", True), 4: Numbering(None, "1", False)}
    assert found.values == {2: 7}


def test_cells_say_what_they_span() -> None:
    """Bounded as the HTML standard bounds it; one that says 1, or nothing that is a number, spans itself alone."""
    found = told(
        "<table><tr><td rowspan=2 colspan=-1>a<td colspan=1>b<td colspan=9999>c<td rowspan=0>d<td rowspan=x>e</table>"
    )
    assert list(found.spans.values()) == [(2, 1), (1, 1000), (0, 1)]


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ("<pre class='x lang-C++'>a</pre>", "c++"),
        ("<pre><code class='hljs language-objective-c'>a</code></pre>", "objective-c"),
        ("<pre class='src src-emacs-lisp'>a</pre>", "emacs-lisp"),
        ("<pre class='brush: csharp;'>a</pre>", "csharp"),
        ("<pre data-language=Go class=lang-x>a</pre>", "go"),
        ("<figure class=language-sql><pre><code>a</code></pre></figure>", "sql"),
        ("<pre class='highlight-wrapper highlight'>a</pre>", None),
        ("<pre class='language-plaintext'>a</pre>", None),
        ("<pre class='slang-x languages'>a</pre>", None),
        ("<body class=language-en><pre>a</pre>", None),
    ],
)
def test_code_says_its_language(markup: str, language: str | None) -> None:
    """By the classes that highlighters give, on the code or close around it."""
    assert list(told(markup).languages.values()) == ([language] if language else [])
