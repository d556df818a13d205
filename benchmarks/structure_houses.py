"""Two dozen publishing tools, by name: how each writes a heading, a table, a listing and a formula, for `benchmarks.structure_pages`."""

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.structure_code import (
    Part,
    annotated,
    block_of,
    breaks,
    brush,
    brushed,
    code_rows,
    docusaurus_lines,
    latexml_code,
    numbered_rows,
    prism_lines,
    recorded,
    rouge_table,
    script_of,
    shiki_lines,
    span_in_pre,
    tex_in,
    wiki_formula,
)
from benchmarks.structure_tables import (
    Table,
    asciidoctor_table,
    github_table,
    latexml_table,
    pandas_table,
    plain_table,
    rows,
    sphinx_table,
    wiki_table,
    word_table,
    wordpress_table,
)


class House(NamedTuple):
    """How a tool writes: a heading, a table, a listing, a formula in a sentence; and whether its tables know spans."""

    heading: str
    table: Callable[[Table], str]
    code: Callable[[Part], str]
    formula: Callable[[Part], str]
    spans: bool = False


MATHJAX2 = (
    '<span class="MathJax_Preview" style="color: inherit; display: none;"></span><span class="MathJax" id="MathJax-Element-1-Frame" tabindex="0" role="presentation" style="position: relative;">'
    '<nobr aria-hidden="true"><span class="math" id="MathJax-Span-1"><span style="display: inline-block;"><span class="mrow">LETTERS</span></span></span></nobr>'
    '<span class="MJX_Assistive_MathML" role="presentation">MATHML</span></span><script type="math/tex" id="MathJax-Element-1">TEX</script>'
)
LATEX_IMAGE = '<img src="https://s0.wp.com/latex.php?latex=x&#038;bg=ffffff&#038;fg=000&#038;s=0&#038;c=20201002" alt="TEX" class="latex" />'
HLJS = '<pre><code class="hljs language-LANGUAGE">CODE\n</code></pre>'
HOUSES = {
    "Sphinx": House('<h2>TITLE<a class="headerlink" href="#s" title="Link to this heading">¶</a></h2>', sphinx_table, recorded("sphinx"), tex_in('<span class="math notranslate nohighlight">\\(TEX\\)</span>'), True),
    "Sphinx, numbers, pictures": House('<h2>TITLE<a class="headerlink" href="#s" title="Permalink to this headline">¶</a></h2>', sphinx_table, recorded("sphinx_lines"), tex_in('<img class="math" src="_images/math/5e1.png" alt="TEX"/>'), True),
    "Pygments in a table": House("<h2>TITLE</h2>", pandas_table, recorded("pygments_table"), tex_in("\\(TEX\\)")),
    "Hugo": House('<h2 id="s">TITLE<a hidden class="anchor" aria-hidden="true" href="#s">#</a></h2>', plain_table, recorded("chroma_styles"), recorded("katex")),
    "Hugo, numbers in a table": House('<h2 id="s">TITLE</h2>', plain_table, recorded("chroma_table"), recorded("katex_display")),
    "Hugo, numbers inline": House('<h2 id="s">TITLE <a href="#s" class="anchor">#</a></h2>', plain_table, recorded("chroma_inline"), script_of(MATHJAX2)),
    "Hugo, styles and numbers": House('<h2 id="s">TITLE</h2>', plain_table, recorded("chroma_styles_inline"), tex_in("\\(TEX\\)")),
    "Hugo, styles and a table": House('<h2 id="s">TITLE</h2>', plain_table, recorded("chroma_styles_table"), recorded("katex")),
    "Jekyll": House('<h2 id="s">TITLE</h2>', plain_table, rouge_table, script_of('<script type="math/tex">TEX</script>')),
    "WordPress": House('<h2 class="wp-block-heading">TITLE</h2>', wordpress_table, brush, tex_in(LATEX_IMAGE)),
    "WordPress, drawn": House("<h2>TITLE</h2>", wordpress_table, brushed, tex_in(LATEX_IMAGE)),
    "MediaWiki": House('<div class="mw-heading mw-heading2"><h2 id="s">TITLE</h2></div>', wiki_table, block_of('<div class="mw-highlight mw-highlight-lang-LANGUAGE mw-content-ltr" dir="ltr">CODE</div>', "pygments"), wiki_formula, True),
    "GitHub": House('<div class="markdown-heading" dir="auto"><h2 tabindex="-1" class="heading-element" dir="auto">TITLE</h2><a id="user-content-s" class="anchor" aria-label="Permalink: TITLE" href="#s"><svg class="octicon octicon-link" viewBox="0 0 16 16"><path d="m7.775"></path></svg></a></div>', github_table, block_of('<div class="highlight highlight-source-LANGUAGE notranslate position-relative overflow-auto" dir="auto"><pre>CODE</pre><div class="zeroclipboard-container"><clipboard-copy aria-label="Copy" class="ClipboardButton btn btn-invisible" tabindex="0" role="button"><svg class="octicon"></svg></clipboard-copy></div></div>', "hljs"), tex_in('<math-renderer class="js-inline-math" style="display: inline-block" data-run-id="5e1">$TEX$</math-renderer>')),
    "code host": House("<h2>TITLE</h2>", plain_table, code_rows, recorded("mathml")),
    "Docusaurus": House('<h2 class="anchor anchorWithStickyNavbar_LWe7" id="s">TITLE<a href="#s" class="hash-link" aria-label="Direct link to TITLE" title="Direct link to TITLE">\u200b</a></h2>', plain_table, docusaurus_lines, recorded("katex")),
    "VitePress": House('<h2 id="s" tabindex="-1">TITLE <a class="header-anchor" href="#s" aria-label="Permalink to &quot;TITLE&quot;">\u200b</a></h2>', plain_table, shiki_lines, recorded("mathjax")),
    "Stack Exchange": House("<h2>TITLE</h2>", lambda table: f'<div class="s-table-container">{rows(table, "<table class=s-table>{}</table>")}</div>', block_of('<pre class="lang-LANGUAGE s-code-block"><code class="hljs language-LANGUAGE">CODE\n</code></pre>', "hljs"), tex_in('<span class="math-container">$TEX$</span>')),
    "Material for MkDocs": House('<h2 id="s">TITLE<a class="headerlink" href="#s" title="Permanent link">&para;</a></h2>', plain_table, recorded("mkdocs"), tex_in('<span class="arithmatex">\\(TEX\\)</span>')),
    "LaTeXML": House('<h2 class="ltx_title ltx_title_section"><span class="ltx_tag ltx_tag_section">2 </span>TITLE</h2>', latexml_table, latexml_code, annotated, True),
    "word processor": House("<h2>TITLE</h2>", word_table, breaks, recorded("mathml"), True),
    "Asciidoctor and Prism": House('<h2 id="s"><a class="anchor" href="#s"></a>TITLE</h2>', asciidoctor_table, prism_lines, tex_in("\\(TEX\\)"), True),
    "highlight.js, numbers": House("<h2>TITLE</h2>", plain_table, numbered_rows, tex_in('<span class="math inline">\\(TEX\\)</span>')),
    "Medium": House('<h2 class="pw-post-title" data-selectable-paragraph="">TITLE</h2>', plain_table, span_in_pre, recorded("katex")),
    "notebook": House('<h2 id="s">TITLE<a class="anchor-link" href="#s">¶</a></h2>', pandas_table, block_of(HLJS, "hljs"), recorded("katex")),
    "Pygments, numbers inline": House("<h2>TITLE</h2>", plain_table, recorded("pygments_inline"), script_of('<script type="math/tex; mode=inline">TEX</script>')),
    "Chroma in classes": House("<h2>TITLE</h2>", plain_table, recorded("chroma"), recorded("katex_display")),
}  # fmt: skip
