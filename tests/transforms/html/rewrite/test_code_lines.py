"""Listings of highlighters and code hosts."""

# A page stands on a line, however long.
# ruff: noqa: E501

import pytest

from tests.support.reading import read

CODE = "def open():\n    if level:\n\n        lift()"
LINES = CODE.split("\n")


def nb(line: str) -> str:
    """A line with its spaces as pages without <pre> write them."""
    return line.replace(" ", "&nbsp;")


LISTINGS = {
    "ln": '<pre><code>'+"\n".join(f'<span class="line"><span class="ln">{i+1}</span><span class="cl">{line}</span></span>' for i, line in enumerate(LINES))+'</code></pre>',
    "ln-sp": '<pre><code>'+"".join(f'<span class="ln">{i+1:2} </span>{line}\n' for i, line in enumerate(LINES))+'</code></pre>',
    "class-over-two-lines": '<pre><code>'+"\n".join(f'<span class="line"><span class="ln\n  w4">{i+1}</span><span class="cl">{line}</span></span>' for i, line in enumerate(LINES))+'</code></pre>',
    "lineno": '<div class=highlight><pre>'+"".join(f'<span class="lineno">{i+1} </span>{line}\n' for i, line in enumerate(LINES))+'</pre></div>',
    "line-links": '<pre>'+"".join(f'<a id="l{i+1}" href="#l{i+1}" class="line-number">{i+1}</a>{line}\n' for i, line in enumerate(LINES))+'</pre>',
    "linenos-span": '<div class=highlight><pre><span></span>'+"".join(f'<span class="linenos">{i+1}</span>{line}\n' for i, line in enumerate(LINES))+'</pre></div>',
    "linenos-tbl": '<table class=highlighttable><tr><td class=linenos><div class=linenodiv><pre><span class=normal>1</span>\n<span class=normal>2</span>\n3\n4</pre></div></td><td class=code><div><pre><span></span><code>'+CODE+'</code></pre></div></td></tr></table>',
    "rouge": '<table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n3\n4\n</pre></td><td class="rouge-code"><pre>'+CODE+'\n</pre></td></tr></tbody></table>',
    "gutter": '<table><tr><td class="gutter"><pre><span class="line">1</span><br><span class="line">2</span><br></pre></td><td class="code"><pre>'+"<br>".join(f'<span class="line">{line}</span>' for line in LINES)+'<br></pre></td></tr></table>',
    "gutter-div": '<table><tr><td class="gutter"><div class="line number1">1</div><div class="line number2">2</div><div class=line>3</div><div class=line>4</div></td><td class="code"><div class="container">'+"".join(f'<div class="line"><code class="plain">{nb(line) or "&nbsp;"}</code></div>' for line in LINES)+'</div></td></tr></table>',
    "syntaxhl3": '<table border=0><tr><td class="gutter"><div class="line number1 index0 alt2">1</div></td><td class="code"><div class="container">'+"".join(f'<div class="line number{i}"><code class="python spaces">{"&nbsp;"*(len(line)-len(line.lstrip()))}</code><code class="python plain">{line.lstrip() or "&nbsp;"}</code></div>' for i, line in enumerate(LINES))+'</div></td></tr></table>',
    "blob": '<table class="highlight"><tr>'+"</tr><tr>".join(f'<td id="L{i+1}" class="blob-num js-line-number" data-line-number="{i+1}"></td><td id="LC{i+1}" class="blob-code blob-code-inner">{line}</td>' for i, line in enumerate(LINES))+'</tr></table>',
    "blob-nl": '<table class="highlight"><tbody>'+"".join(f'<tr>\n<td class="blob-num">{i+1}</td>\n<td class="blob-code">{line or chr(10)}</td>\n</tr>\n' for i, line in enumerate(LINES))+'</tbody></table>',
    "hljs-ln": '<pre><code class="hljs"><table class="hljs-ln"><tbody>'+"".join(f'<tr><td class="hljs-ln-line hljs-ln-numbers" data-line-number="{i+1}"><div class="hljs-ln-n" data-line-number="{i+1}"></div></td><td class="hljs-ln-line hljs-ln-code" data-line-number="{i+1}">{line}</td></tr>' for i, line in enumerate(LINES))+'</tbody></table></code></pre>',
    "prism": '<pre class="line-numbers"><code>'+CODE+'<span aria-hidden="true" class="line-numbers-rows"><span></span><span></span></span></code></pre>',
    "divline": '<div class="highlight"><pre>'+"".join(f"<div class='line'>{line}</div>" for line in LINES)+'</pre></div>',
    "spanline": '<pre><code>'+"".join(f'<span class="line">{line}</span>' for line in LINES)+'</code></pre>',
    "spanline-nl": '<pre><code>'+"\n".join(f'<span class="line">{line}</span>' for line in LINES)+'</code></pre>',
    "spanline-data": '<pre><code style="display:grid">'+"\n".join(f'<span data-line="">{line}</span>' for line in LINES)+'</code></pre>',
    "li": '<pre><ol class="linenums">'+"".join(f"<li class='L{i}'><span class=pln>{line}</span></li>" for i, line in enumerate(LINES))+'</ol></pre>',
    "ol-li": '<ol class="code-lines"><li><code>'+"</code></li><li><code>".join(map(nb, LINES))+'</code></li></ol>',
    "br": '<p><code>'+"<br>".join(map(nb, LINES))+'</code></p>',
    "br-nl": '<p><code>'+"<br />\n".join(map(nb, LINES))+'</code></p>',
    "br-p-mono": '<div class="code">'+"<br>".join(map(nb, LINES))+'</div>',
    "br-pre": '<pre>'+"<br>".join(LINES)+'</pre>',
    "br-pre-nb": '<pre>'+"<br>".join(map(nb, LINES))+'</pre>',
    "br-span-code": '<p><code><span style="color:blue">'+"<br>".join(map(nb, LINES))+'</span></code></p>',
    "divs": '<code>'+"".join(f"<div>{nb(line) or '<br>'}</div>" for line in LINES)+'</code>',
    "pre-per-line": '<div class="CodeMirror"><div class="CodeMirror-code">'+"".join(f'<div style="position:relative"><div class="CodeMirror-gutter-wrapper"><div class="CodeMirror-linenumber CodeMirror-gutter-elt">{i+1}</div></div><pre class=" CodeMirror-line "><span>{line or "&#8203;"}</span></pre></div>' for i, line in enumerate(LINES))+'</div></div>',
    "copy": '<div class=highlight><pre><code>'+CODE+'</code><button class="copy">Copy</button></pre></div>',
    "copy2": '<pre><button class="btn-copy">Copy code</button><code>'+CODE+'</code></pre>',
    "copy3": '<div class="highlight"><button class="copybtn" data-tooltip="Copy">Copy</button><pre>'+CODE+'</pre></div>',
    "copy4": '<pre><div class="toolbar"><span>python</span><button>Copy</button></div><code>'+CODE+'</code></pre>',
    "two": '<table><tr><td class="line-numbers"><pre>1\n2\n3\n4</pre></td><td class="line-content"><pre>'+CODE+'</pre></td></tr></table>',
    "two-b": '<table class="crayon-table"><tr><td class="crayon-nums"><div class="crayon-nums-content"><div class="crayon-num">1</div><div class="crayon-num">2</div><div class="crayon-num">3</div><div class="crayon-num">4</div></div></td><td class="crayon-code"><div class="crayon-pre">'+"".join(f'<div class="crayon-line">{nb(line) or "&nbsp;"}</div>' for line in LINES)+'</div></td></tr></table>',
    "two-c": '<table><tr><td><pre>1\n2\n3\n4</pre></td><td><pre>'+CODE+'</pre></td></tr></table>',
    "chroma-a": '<pre><code>'+"".join(f'<span class="line"><a class="lnlinks" href="#l{i+1}"><span class="ln">{i+1}</span></a><span class="cl">{line}\n</span></span>' for i, line in enumerate(LINES))+'</code></pre>',
    "data-lineno-text": '<pre>'+"\n".join(f'<span class="line-number" data-line="{i+1}">{i+1}</span>{line}' for i, line in enumerate(LINES))+'</pre>',
    "gitlab": '<div class="blob-content"><div class="line-numbers"><a class="diff-line-num" href="#L1">1</a><a class="diff-line-num" href="#L2">2</a><a class="diff-line-num">3</a><a class="diff-line-num">4</a></div><pre class="code highlight"><code>'+"\n".join(f'<span id="LC{i+1}" class="line">{line}</span>' for i, line in enumerate(LINES))+'</code></pre></div>',
    "gitea": '<table><tbody>'+"".join(f'<tr><td class="lines-num"><span id="L{i+1}" data-line-number="{i+1}"></span></td><td class="lines-code chroma"><code class="code-inner">{line}\n</code></td></tr>' for i, line in enumerate(LINES))+'</tbody></table>',
    "react": '<pre><code>'+"".join(f'<span class="react-syntax-highlighter-line-number linenumber" style="min-width:2em">{i+1}</span><span>{line}\n</span>' for i, line in enumerate(LINES))+'</code></pre>',
    "docusaurus": '<pre><code class="codeBlockLines_e6Vv">'+"".join(f'<span class="token-line" style="color:#393A34"><span class="token plain">{line}</span><br></span>' for line in LINES)+'</code></pre>',
}  # fmt: skip


@pytest.mark.parametrize("markup", LISTINGS.values(), ids=LISTINGS)
def test_code_keeps_its_lines_and_its_indentation(markup: str) -> None:
    """Without the numbers and the buttons that stand beside it."""
    assert read(f"{markup}<p>After it more words.</p>") == f"{CODE}\nAfter it more words."


def test_code_inside_a_sentence_stays_there() -> None:
    """Also with a line break in it."""
    assert "Call open() now." in read("<p>Call <code>open()</code> now.</p>")
    assert read("<p>Call <code>a<br>b</code> now.</p>").split() == ["Call", "a", "b", "now."]
