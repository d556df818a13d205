"""How publishing tools write code and formulas, for `benchmarks.structure_houses`.

Highlighted code and drawn formulas were recorded from the tools (`benchmarks.structure_record`); here is what they put around them.
"""

import html
import re
from collections.abc import Callable

from benchmarks.structure_tables import escaped

Part = dict[str, str]  # a listing or a formula, by how it is written


def lines_of(markup: str) -> list[str]:
    """The lines of highlighted code as markup; an element that goes on over several lines is closed and opened again."""
    lines, opened = [""], list[str]()
    for piece in re.split(r"(<[^>]+>|\n)", markup.rstrip("\n")):
        if piece == "\n":
            lines[-1] += "</span>" * len(opened)
            lines.append("".join(opened))
            continue
        if piece.startswith("</"):
            opened.pop()
        elif piece.startswith("<"):
            opened.append(piece)
        lines[-1] += piece
    return lines


def recorded(name: str) -> Callable[[Part], str]:
    """A part as it was recorded."""
    return lambda part: part[name]


def block_of(frame: str, name: str) -> Callable[[Part], str]:
    """A recorded highlighter's code in its frame."""
    return lambda part: frame.replace("LANGUAGE", part["language"]).replace("CODE", part[name].rstrip("\n"))


def code_rows(part: Part) -> str:
    """A file on a code host, or a gist: a row of a table for each line."""
    made = "".join(
        f'<tr><td id="file-x-L{number}" class="blob-num js-line-number js-blob-rnum" data-line-number="{number}"></td>\n'
        f'<td id="file-x-LC{number}" class="blob-code blob-code-inner js-file-line">{line or chr(10)}</td></tr>\n'
        for number, line in enumerate(lines_of(part["hljs"].replace("hljs-", "pl-")), 1)
    )
    frame = '<div itemprop="text" class="Box-body p-0 blob-wrapper data type-python"><table class="highlight tab-size js-file-line-container" data-tab-size="8">'
    return f"{frame}<tbody>{made}</tbody></table></div>"


def numbered_rows(part: Part) -> str:
    """Highlight.js with its plugin of line numbers."""
    made = "".join(
        f'<tr><td class="hljs-ln-line hljs-ln-numbers" data-line-number="{number}"><div class="hljs-ln-n" data-line-number="{number}"></div></td>'
        f'<td class="hljs-ln-line hljs-ln-code" data-line-number="{number}">{line or " "}</td></tr>'
        for number, line in enumerate(lines_of(part["hljs"]), 1)
    )
    return f'<pre><code class="hljs language-{part["language"]}"><table class="hljs-ln"><tbody>{made}</tbody></table></code></pre>'


def prism_lines(part: Part) -> str:
    """Prism with its plugin of line numbers, which draws them by a style sheet."""
    spans = "<span></span>" * len(lines_of(part["prism"]))
    language = f"language-{part['language']}"
    return f'<pre class="line-numbers {language}" tabindex="0"><code class="{language}">{part["prism"].rstrip()}<span aria-hidden="true" class="line-numbers-rows">{spans}</span></code></pre>'


def rouge_table(part: Part) -> str:
    """Jekyll's Rouge with a table of line numbers."""
    lines = part["text"].rstrip("\n").split("\n")
    numbers = "".join(f"{number}\n" for number in range(1, len(lines) + 1))
    table = f'<table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">{numbers}</pre></td><td class="rouge-code"><pre>{part["hljs"]}</pre></td></tr></tbody></table>'
    return f'<div class="language-{part["language"]} highlighter-rouge"><div class="highlight"><pre class="highlight"><code>{table}</code></pre></div></div>'


def docusaurus_lines(part: Part) -> str:
    """Docusaurus: a span for each line, which ends in a break."""
    made = "".join(
        f'<span class="token-line" style="color:#393A34">{line}<br></span>' for line in lines_of(part["prism"])
    )
    language = f"language-{part['language']}"
    frame = f'<div class="{language} codeBlockContainer_Ckt0 theme-code-block"><div class="codeBlockContent_QJqH"><pre tabindex="0" class="prism-code {language} codeBlock_bY9V thin-scrollbar"><code class="codeBlockLines_e6Vv">'
    buttons = '<div class="buttonGroup__atx"><button type="button" aria-label="Copy code to clipboard" title="Copy" class="clean-btn"><span class="copyButtonIcons_eSgA" aria-hidden="true"></span></button></div>'
    return f"{frame}{made}</code></pre>{buttons}</div></div>"


def shiki_lines(part: Part) -> str:
    """VitePress: Shiki's lines, a label, and a column of numbers beside them."""
    lines = lines_of(part["hljs"])
    made = "\n".join(f'<span class="line">{line}</span>' for line in lines)
    numbers = "".join(f'<span class="line-number">{number}</span><br>' for number in range(1, len(lines) + 1))
    return (
        f'<div class="language-{part["language"]} vp-adaptive-theme line-numbers-mode"><button title="Copy Code" class="copy"></button>'
        f'<span class="lang">{part["language"]}</span><pre class="shiki shiki-themes github-light github-dark vp-code" tabindex="0">'
        f'<code>{made}</code></pre><div class="line-numbers-wrapper" aria-hidden="true">{numbers}</div></div>'
    )


def brush(part: Part) -> str:
    """WordPress' SyntaxHighlighter before its script runs."""
    return f'<pre class="brush: {part["language"]}; title: ; notranslate" title="">\n{escaped(part["text"])}</pre>'


def brushed(part: Part) -> str:
    """WordPress' SyntaxHighlighter after its script has run."""
    lines = part["text"].rstrip("\n").replace("\t", "    ").split("\n")
    numbers = "".join(
        f'<div class="line number{number} index{number - 1} alt{number % 2 + 1}">{number}</div>'
        for number in range(1, len(lines) + 1)
    )
    code = []
    for number, line in enumerate(lines, 1):
        bare = line.lstrip(" ")
        indent = f'<code class="python spaces">{"&nbsp;" * (len(line) - len(bare))}</code>' if bare != line else ""
        words = "".join(
            f'<code class="python {"keyword" if word.strip().isalpha() else "plain"}">{escaped(word)}</code>'
            for word in re.findall(r"[^\W\d]+ ?|[\W\d]+", bare)
        )
        code.append(
            f'<div class="line number{number} index{number - 1} alt{number % 2 + 1}">{indent}{words or "&nbsp;"}</div>'
        )
    return (
        f'<div><div id="highlighter_42" class="syntaxhighlighter  {part["language"]}"><table border="0" cellpadding="0" cellspacing="0"><tbody><tr>'
        f'<td class="gutter">{numbers}</td><td class="code"><div class="container">{"".join(code)}</div></td></tr></tbody></table></div></div>'
    )


def breaks(part: Part) -> str:
    """Code in a paragraph, its lines parted by breaks and indented by no-break spaces."""
    lines = part["text"].rstrip("\n").replace("\t", "    ").split("\n")
    return f"<p><code>{'<br>'.join(indented(line) for line in lines)}</code></p>"


def indented(line: str) -> str:
    """A line whose indentation is no-break spaces."""
    bare = line.lstrip(" ")
    return "&nbsp;" * (len(line) - len(bare)) + escaped(bare)


def span_in_pre(part: Part) -> str:
    """Medium's listing: one span, its lines parted by breaks."""
    inner = escaped(part["text"].rstrip("\n")).replace("\n", "<br/>")
    return f'<pre class="nl nm nn no np"><span id="9f1c" class="nq mf fq no b bf nr">{inner}</span></pre>'


def latexml_code(part: Part) -> str:
    """LaTeXML's listing with line numbers."""
    made = "".join(
        f'<div class="ltx_listingline" id="lst{number}"><span class="ltx_tag ltx_tag_listingline">{number}</span>'
        f'<span class="ltx_text ltx_lst_space">{"&nbsp;" * (len(line) - len(line.lstrip()))}</span><span class="ltx_text ltx_lst_identifier">{escaped(line.strip())}</span>\n</div>'
        for number, line in enumerate(part["text"].rstrip("\n").replace("\t", "    ").split("\n"), 1)
    )
    return f'<div class="ltx_listing ltx_lstlisting ltx_listing">{made}</div>'


def tex_in(frame: str) -> Callable[[Part], str]:
    """TeX itself, in the frame of what will draw it."""
    return lambda part: frame.replace("TEX", html.escape(part["tex"]))


def script_of(frame: str) -> Callable[[Part], str]:
    """TeX in a script, in which nothing is escaped."""
    return lambda part: (
        frame.replace("TEX", part["tex"])
        .replace("MATHML", part["mathml"])
        .replace("LETTERS", re.sub("<[^>]+>", "", part["mathml"]))
    )


def annotated(part: Part) -> str:
    """MathML of LaTeXML, with its TeX."""
    inner = re.sub("^<math[^>]*>|</math>$", "", part["mathml"])
    tex = html.escape(part["tex"])
    return (
        f'<math alttext="{tex}" class="ltx_Math" display="inline" id="m1"><semantics><mrow>{inner}</mrow><annotation-xml encoding="MathML-Content">'
        f'<apply><eq></eq><ci>x</ci></apply></annotation-xml><annotation encoding="application/x-tex">{tex}</annotation></semantics></math>'
    )


def wiki_formula(part: Part) -> str:
    """MediaWiki's formula: hidden MathML, and a picture."""
    inner = re.sub("^<math[^>]*>|</math>$", "", part["mathml"])
    tex = html.escape(f"{{\\displaystyle {part['tex']}}}")
    return (
        '<span class="mwe-math-element mwe-math-element-inline"><span class="mwe-math-mathml-inline mwe-math-mathml-a11y" style="display: none;">'
        f'<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="{tex}"><semantics><mrow class="MJX-TeXAtom-ORD"><mstyle displaystyle="true" scriptlevel="0">{inner}</mstyle></mrow>'
        f'<annotation encoding="application/x-tex">{tex}</annotation></semantics></math></span>'
        f'<img src="https://wikimedia.org/api/rest_v1/media/math/render/svg/5e1" class="mwe-math-fallback-image-inline mw-invert skin-invert" aria-hidden="true" style="vertical-align: -0.838ex;" alt="{tex}"></span>'
    )
