"""What a cluster has of the project: an environment on its hosts, and a wheel that is staged for each run."""

import subprocess
import sys
import sysconfig
from pathlib import Path

# A module that workers of each run load. That of the environment is spoilt, so a run can only end well on the wheel's.
SPOILT = "pipeline.stage.beam"
MESSAGE = "this is the environment's code, not that of the wheel that was staged"


def make_environment(folder: Path, wheel: Path) -> Path:
    """An environment that has the packages of this one, and of the project a copy that does not work, but for its boot program."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    # A folder named in a .pth file is a place to import from; its own .pth files, which would bring the checkout, are not read.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-compile", "--ignore-installed", str(wheel)], check=True)
    (site / f"{SPOILT.replace('.', '/')}.py").write_text(f"raise ImportError({MESSAGE!r})\n")
    loaded = subprocess.run([folder / "bin" / "python", "-I", "-c", f"import {SPOILT}"], capture_output=True, text=True)
    assert MESSAGE in loaded.stderr
    return folder
