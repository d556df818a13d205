"""What names and signs of MathML are in TeX; all other characters stand as they are, which TeX reads today."""

# Operators that have their limits below and above them.
LARGE = frozenset("∑∏∐∫∬∭∮⋃⋂⨁⨂⋁⋀")
# Signs that TeX itself reads as commands.
SPECIAL = {sign: f"\\{sign}" for sign in "{}%#&$_"} | {"\\": "\\backslash", "′": "'", "″": "''", "‴": "'''", "ʹ": "'"}
# Signs that only say how neighbours belong together: application of a function, invisible times, comma and plus.
SILENT = "\u2061\u2062\u2063\u2064\u200b\u2009\u200a\u2005\u2003\u2002"
_FUNCTIONS_NAMES = (
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log ln lg exp lim limsup liminf max min sup inf"
    " det dim ker deg gcd arg hom Pr"
)
FUNCTIONS = frozenset(_FUNCTIONS_NAMES.split())
OVER = {
    "¯": "bar", "‾": "bar", "―": "bar", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "∼": "tilde", "→": "vec", "⃗": "vec",
    "⇀": "vec", "˙": "dot", ".": "dot", "¨": "ddot", "ˇ": "check", "˘": "breve", "´": "acute", "`": "grave", "⏞": "overbrace",
    "︷": "overbrace", "_": "bar", "\u0304": "bar", "\u0302": "hat", "\u0303": "tilde", "\u0307": "dot", "\u0308": "ddot",
    "\u0305": "bar", "⟶": "overrightarrow",
}  # fmt: skip
UNDER = {
    "_": "underline",
    "¯": "underline",
    "̲": "underline",
    "⏟": "underbrace",
    "︸": "underbrace",
}
WIDE = {"bar": "overline", "hat": "widehat", "tilde": "widetilde", "vec": "overrightarrow"}
VARIANTS = {
    "double-struck": "mathbb", "bold": "mathbf", "bold-italic": "boldsymbol", "script": "mathcal", "bold-script": "mathcal",
    "fraktur": "mathfrak", "bold-fraktur": "mathfrak", "sans-serif": "mathsf", "monospace": "mathtt", "normal": "mathrm",
}  # fmt: skip
# Letters of mathematics by the beginning of their names in Unicode, the longest first.
STYLED = (
    ("MATHEMATICAL BOLD ITALIC", "boldsymbol"), ("MATHEMATICAL BOLD SCRIPT", "mathcal"), ("MATHEMATICAL BOLD FRAKTUR", "mathfrak"),
    ("MATHEMATICAL BOLD", "mathbf"), ("MATHEMATICAL DOUBLE-STRUCK", "mathbb"), ("MATHEMATICAL SCRIPT", "mathcal"),
    ("MATHEMATICAL FRAKTUR", "mathfrak"), ("MATHEMATICAL SANS-SERIF", "mathsf"), ("MATHEMATICAL MONOSPACE", "mathtt"),
)  # fmt: skip
# The environment of a table between two brackets.
MATRICES = {
    ("(", ")"): "pmatrix",
    ("[", "]"): "bmatrix",
    ("|", "|"): "vmatrix",
    ("‖", "‖"): "Vmatrix",
    ("{", ""): "cases",
}
