"""Tests of the public module as a whole."""

import subprocess
import sys

import triptych

SCRIPT = "import sys, triptych; print(sorted({name.partition('.')[0] for name in sys.modules} & set(sys.argv[1:])))"


def test_names_are_those_that_are_promised() -> None:
    """A name that is added here is promised to users; one that is taken away breaks them."""
    assert triptych.__all__ == sorted(triptych.__all__)
    assert set(triptych.__all__) == {
        *("extract", "text", "interleaved", "Page", "Block", "BlockKind", "MediaRef"),
        *("load_recipe", "judge", "Recipe", "Verdict"),
        *("open_run", "Run", "Manifest", "Account"),
        *("RecordError", "UserError", "VerificationError"),
    }
    assert all(getattr(triptych, name).__doc__ for name in triptych.__all__)


def test_importing_loads_nothing_heavy() -> None:
    """Engine, Arrow, numpy, parser and object store are loaded by the functions that need them."""
    heavy = ["apache_beam", "grpc", "pyarrow", "numpy", "turbohtml", "obstore", "PIL", "fasttext"]
    done = subprocess.run([sys.executable, "-c", SCRIPT, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
