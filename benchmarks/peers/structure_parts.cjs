// Reads {"codes": [{"language", "text"}], "formulas": [TeX]} on stdin; writes how highlight.js, Prism, KaTeX and MathJax 3 write them.
// Runs where `npm install highlight.js prismjs katex mathjax@3` was called: NODE_PATH names that folder's node_modules.
const hljs = require("highlight.js");
const prism = require("prismjs");
const katex = require("katex");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
require("prismjs/components/")(given.codes.map((code) => code.language));

require("mathjax").init({ loader: { load: ["input/tex", "output/chtml", "a11y/assistive-mml"] } }).then((mathjax) => {
  const codes = given.codes.map(({ language, text }) => ({
    hljs: hljs.highlight(text, { language }).value,
    prism: prism.highlight(text, prism.languages[language], language),
  }));
  const formulas = given.formulas.map((tex) => ({
    katex: katex.renderToString(tex),
    katex_display: katex.renderToString(tex, { displayMode: true }),
    mathjax: mathjax.startup.adaptor.outerHTML(mathjax.tex2chtml(tex, { display: false })),
    mathml: mathjax.tex2mml(tex, { display: false }).replace(/\n\s*/g, ""),
  }));
  process.stdout.write(JSON.stringify({ codes, formulas }));
});
