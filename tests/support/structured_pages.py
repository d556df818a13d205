"""Small pages of our own with structure, in many scripts: a name, the body, and its Markdown."""

from textwrap import dedent


def md(text: str) -> str:
    """A text without the indentation of this file."""
    return dedent(text).strip("\n")


# fmt: off
LISTS = {
    "bullets": ("<ul><li>ropes<li>sails</ul>", "- ropes\n- sails"),
    "numbers": ("<ol><li>סגרו את השער<li>פתחו את הסכר</ol>", "1. סגרו את השער\n2. פתחו את הסכר"),
    "start": ("<ol start=8><li>أغلق البوابة<li>انتظر<li>افتح السد</ol>", "8. أغلق البوابة\n9. انتظر\n10. افتح السد"),
    "start below zero": ("<ol start=-1><li>a<li>b<li>c</ol>", "-1. a\n0. b\n1. c"),
    "value": ("<ol><li>एक<li value=5>पाँच<li>छह</ol>", "1. एक\n5. पाँच\n6. छह"),
    "reversed": ("<ol reversed><li>三<li>二<li>一</ol>", "3. 三\n2. 二\n1. 一"),
    "reversed from": ("<ol reversed start=10><li>δέκα<li>εννέα</ol>", "10. δέκα\n9. εννέα"),
    "small letters": ("<ol type=a><li>หนึ่ง<li>สอง</ol>", "a. หนึ่ง\nb. สอง"),
    "large letters": ("<ol type=A start=26><li>последняя<li>дальше</ol>", "Z. последняя\nAA. дальше"),
    "small roman": ("<ol type=i start=3><li>セール<li>錨</ol>", "iii. セール\niv. 錨"),
    "large roman": ("<ol type=I start=1999><li>하나<li>둘</ol>", "MCMXCIX. 하나\nMM. 둘"),
    "letters by style": ("<ol style='margin:0; list-style-type: lower-alpha'><li>x<li>y</ol>", "a. x\nb. y"),
    "numbers that nobody sees": ("<ol style='list-style: none'><li>x<li>y</ol>", "- x\n- y"),
    "text between items": ("<ol><li>one</ol><p>Meanwhile<ol start=2><li>two</ol>", "1. one\n\nMeanwhile\n\n2. two"),
    "nested": ("<ul><li>Թևեր<ul><li>աջ<li>ձախ<ul><li>խորը</ul></ul><li>վերջ</ul>", md("""
        - Թևեր
          - աջ
          - ձախ
            - խորը
        - վերջ
        """)),
    "nested under numbers": ("<ol start=9><li>ישן<ul><li>צפון</ul><li>חדש<ul><li>דרום</ul></ol>", md("""
        9. ישן
           - צפון
        10. חדש
            - דרום
        """)),
    "text behind an inner list": ("<ul><li>أغلق البوابات:<ul><li>الشمال أولا<li>الجنوب ثانيا</ul>ثم انتظر ساعة.<li>افتح السد.</ul>", md("""
        - أغلق البوابات:
          - الشمال أولا
          - الجنوب ثانيا

          ثم انتظر ساعة.
        - افتح السد.
        """)),
    "paragraphs of an item": ("<ol><li><p>पहला</p><p>और भी</p></li><li><div>दूसरा</div><div>अंत</div></ol>", md("""
        1. पहला

           और भी
        2. दूसरा

           अंत
        """)),
    "a list right in a list": ("<ul><li>a</li><ul><li>b</li><ul><li>c</li></ul></ul><li>d</li></ul>", md("""
        - a
          - b
            - c
        - d
        """)),
    "an item that begins with a list": ("<ul><li><ol><li>x<li>y</ol></ul>", "- 1. x\n  2. y"),
    "an inner list that goes on": ("<ol><li>甲<ol start=3><li>乙<li>丙</ol></ol>", "1. 甲\n\n   3. 乙\n   4. 丙"),
    "a heading in an item": ("<ul><li><h3>Τίτλος</h3><p>κείμενο</ul>", "- ### Τίτλος\n\n  κείμενο"),
    "items without a list": ("<div><li>x</li><li>y</li></div>", "- x\n- y"),
    "two lists": ("<ul><li>x</ul><ol><li>y</ol>", "- x\n\n1. y"),
    "terms": ("<dl><dt>Kai<dd>a wall<dt>Mole<dt>Pier<dd>a wall in the sea<dd>or on piles</dl>", md("""
        Kai
        : a wall

        Mole
        Pier
        : a wall in the sea
        : or on piles
        """)),
    "terms with blocks": ("<dl><div><dt>ท่าเรือ</dt><dd><p>หนึ่ง</p><p>สอง</p><ul><li>ก<li>ข</ul></dd></div></dl>", md("""
        ท่าเรือ
        : หนึ่ง

          สอง
          - ก
          - ข
        """)),
}

QUOTES = {
    "paragraphs": ("<blockquote><p>הים</p><p>אינו מחזיר</p></blockquote>", "> הים\n>\n> אינו מחזיר"),
    "lines": ("<blockquote>Ο γιαλός<br>δεν επιστρέφει</blockquote>", "> Ο γιαλός\n> δεν επιστρέφει"),
    "a list in a quote": ("<blockquote>说:<ul><li>海<li>岸</ul></blockquote>", "> 说:\n>\n> - 海\n> - 岸"),
    "a quote in a quote": ("<blockquote>א<blockquote>ב<blockquote>ג</blockquote></blockquote>ד</blockquote>", md("""
        > א
        >
        > > ב
        > >
        > > > ג
        >
        > ד
        """)),
    "a quote in an item": ("<ol><li>سؤال<blockquote>جواب<br>آخر</blockquote><li>نهاية</ol>", md("""
        1. سؤال

           > جواب
           > آخر
        2. نهاية
        """)),
    "its footer": ("<blockquote><p>सागर</p><footer>— <cite>आदा, पत्र</cite></footer></blockquote>", "> सागर\n>\n> — आदा, पत्र"),
    "its cite": ("<blockquote><p>The sea</p><cite>Ada Brindle</cite></blockquote>", "> The sea\n>\n> Ada Brindle"),
    "two quotes": ("<blockquote>一</blockquote><blockquote>二</blockquote>", "> 一\n\n> 二"),
    "a heading and code in it": ("<blockquote><h4>Zitat</h4><pre>x = 1\n\ny</pre></blockquote>", md("""
        > #### Zitat
        >
        > ```
        > x = 1
        >
        > y
        > ```
        """)),
}

TABLES = {
    "header cells": ("<table><thead><tr><th>שנה<th>עומק<tbody><tr><td>1901<td>4 מ׳</table>", md("""
        | שנה | עומק |
        | --- | --- |
        | 1901 | 4 מ׳ |
        """)),
    "without header cells": ("<table><tr><td>سنة<td>عمق<tr><td>١٩٠١<td>٤ م</table>", md("""
        | سنة | عمق |
        | --- | --- |
        | ١٩٠١ | ٤ م |
        """)),
    "rows spanned": ("<table><tr><th>वर्ष<th>कम<th>अधिक<tr><td rowspan=3>१९०१<td>४<td>९<tr><td>५<td>८<tr><td>६<td>७</table>", md("""
        | वर्ष | कम | अधिक |
        | --- | --- | --- |
        | १९०१ | ४ | ९ |
        | १९०१ | ५ | ८ |
        | १९०१ | ६ | ७ |
        """)),
    "columns spanned": ("<table><tr><th rowspan=2>港<th colspan=2>深度<tr><th>低<th>高<tr><td>北<td>三<td>四</table>", md("""
        | 港 | 深度 | 深度 |
        | --- | --- | --- |
        | 港 | 低 | 高 |
        | 北 | 三 | 四 |
        """)),
    "the last column spanned": ("<table><tr><td>a<td>b<td rowspan=2>c<tr><td>d<td>e<tr><td>f<td>g<td>h</table>", md("""
        | a | b | c |
        | --- | --- | --- |
        | d | e | c |
        | f | g | h |
        """)),
    "spanned to the end of its part": ("<table><tbody><tr><td rowspan=9>α<td>β<tr><td>γ<tbody><tr><td>ε<td>ζ</table>", md("""
        | α | β |
        | --- | --- |
        | α | γ |
        | ε | ζ |
        """)),
    "a title over the columns": ("<table><tr><th>ชื่อ<th>ลึก<tr><td colspan=2>เหนือ<tr><td>ก<td>๓</table>", md("""
        | ชื่อ | ลึก |
        | --- | --- |
        | เหนือ | เหนือ |
        | ก | ๓ |
        """)),
    "empty cells": ("<table><tr><th><th>низ<th>верх<tr><td>мол<td><td>9<tr><td>кай<td>3<td></table>", md("""
        |  | низ | верх |
        | --- | --- | --- |
        | мол |  | 9 |
        | кай | 3 |  |
        """)),
    "a list in a cell": ("<table><tr><th>문<th>도구<tr><td>북<td><ul><li>밧줄<li>갈고리</ul></table>", md("""
        | 문 | 도구 |
        | --- | --- |
        | 북 | 밧줄 / 갈고리 |
        """)),
    "paragraphs and lines in a cell": ("<table><tr><th>n<th>text<tr><td>1<td><p>one</p><p>two</p><tr><td>2<td>a<br>b</table>", md("""
        | n | text |
        | --- | --- |
        | 1 | one / two |
        | 2 | a b |
        """)),
    "bars in cells": ("<table><tr><th>دستور<th>معنى<tr><td>a | b<td>x||y<tr><td>c<td>d</table>", md(r"""
        | دستور | معنى |
        | --- | --- |
        | a \| b | x\|\|y |
        | c | d |
        """)),
    "a bar and spans": ("<table><tr><th>a<th>b<th>c<tr><td colspan=2>x | y<td>z</table>", md(r"""
        | a | b | c |
        | --- | --- | --- |
        | x \| y | x \| y | z |
        """)),
    "a caption": ("<table><caption>גובה המים</caption><tr><th>א<th>ב<tr><td>1<td>2</table>", md("""
        גובה המים

        | א | ב |
        | --- | --- |
        | 1 | 2 |
        """)),
    "two tables": ("<table><tr><td>a<td>b</table><table><tr><td>c<td>d</table>", "| a | b |\n| --- | --- |\n\n| c | d |\n| --- | --- |"),
    "in an item": ("<ul><li>表:<table><tr><th>甲<th>乙<tr><td>1<td>2</table></ul>", md("""
        - 表:

          | 甲 | 乙 |
          | --- | --- |
          | 1 | 2 |
        """)),
    "laid out with one cell": ("<table><tr><td><p>ένα</p><p>δύο</p></table>", "ένα\n\nδύο"),
    "laid out with headings": ("<table><tr><td><h2>หัวข้อ</h2><p>ข้อความ</p><td>ข้าง</table>", "## หัวข้อ\n\nข้อความ\n\nข้าง"),
    "laid out around a table": ("<table><tr><td>menu<td><table><tr><th>a<th>b<tr><td>1<td>2</table><p>text</table>", md("""
        menu

        | a | b |
        | --- | --- |
        | 1 | 2 |

        text
        """)),
    "laid out with columns of text": (f"<table><tr><td>{'mole ' * 500}<td>side<tr><td><p>x<p>y<td>z</table>", (
        f"{('mole ' * 500).strip()}\n\nside\n\nx\n\ny\n\nz"
    )),
}

CODE = {
    "a language": ("<pre><code class=language-python>def f():\n    return 1\n</code></pre>", "```python\ndef f():\n    return 1\n```"),
    "a language two above": ("<div class='highlight-c notranslate'><div><pre>int a;</pre></div></div>", "```c\nint a;\n```"),
    "a brush": ("<pre class='brush: js; gutter: false'>let a\n  b</pre>", "```js\nlet a\n  b\n```"),
    "GitHub's": ("<div class='highlight highlight-source-shell'><pre>ls -l</pre></div>", "```shell\nls -l\n```"),
    "Pandoc's": ("<pre class='sourceCode haskell'><code class='sourceCode haskell'>f x\n  = y</code></pre>", "```haskell\nf x\n  = y\n```"),
    "told by data": ("<pre data-lang=Rust>fn a() {}</pre>", "```rust\nfn a() {}\n```"),
    "no language": ("<pre class='highlight language-none'>\n  a\n\n\tb\n</pre>", "```\n  a\n\n\tb\n```"),
    "fences in code": ("<pre>```\n````x\n```</pre>", "`````\n```\n````x\n```\n`````"),
    "in an item": ("<ol><li>קוד:<pre><code class=lang-ts>a\n  b\n\nc</code></pre>סוף</ol>", md("""
        1. קוד:

           ```ts
           a
             b

           c
           ```

           סוף
        """)),
    "inline": ("<p>Call <code>os.path.join(a)</code> or <kbd>x[0]</kbd>.", "Call os.path.join(a) or x[0]."),
}

HEADINGS = {
    "ranks": ("<h1>א</h1><h2>ב</h2><h3>ג</h3><h4>ד</h4><h5>ה</h5><h6>ו</h6>", "# א\n\n## ב\n\n### ג\n\n#### ד\n\n##### ה\n\n###### ו"),
    "a rule between": ("<p>ก<hr><p>ข", "ก\n\nข"),
    "signs that are the page's own": ("<p># 1 is no heading<p>- nor this<p>*a* | b", "# 1 is no heading\n\n- nor this\n\n*a* | b"),
}
# fmt: on
ALL = {
    f"{name}: {page}": case
    for name, pages in {"list": LISTS, "quote": QUOTES, "table": TABLES, "code": CODE, "heading": HEADINGS}.items()
    for page, case in pages.items()
}
