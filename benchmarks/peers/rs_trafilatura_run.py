"""rs-trafilatura's texts of pages: a JSON list of markups on stdin, a JSON list of texts on stdout. Runs in its own environment.

rs_trafilatura_run.py [--markdown] < PAGES > TEXTS
"""

import json
import sys


def main() -> int:
    """Extract each page with the defaults."""
    from rs_trafilatura import extract

    marked = "--markdown" in sys.argv[1:]
    texts = []
    for markup in json.load(sys.stdin):
        result = extract(markup, output_markdown=marked)
        texts.append((result.content_markdown if marked else result.main_content) or "")
    json.dump(texts, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
