"""What a worker raised, out of the text in which Beam hands it on."""

import re

from pipeline.clients import NO_CREDENTIALS
from pipeline.sections import DamagedFileError
from schemas.outcomes import UserError, VerificationError

# A frame of a traceback, with the lines of source below it.
_FRAME = re.compile(r'^  File "[^\n]*\n(?:    [^\n]*\n)*', re.MULTILINE)
# Beam ends its text with the error as Python prints it, and with the step in which it was raised.
_RAISED = re.compile(
    r"(?:RuntimeError: |schemas\.outcomes\.|pipeline\.sections\.|pipeline\.clients\.)*"
    r"(?:(\w+Error): )?(.*?)(?: \[while running '[^'\n]*'\])?",
    re.DOTALL,
)
_ERRNO = re.compile(r"\[Errno (\d+)\] (.*?)(?:: '(.*)')?")
_CREDENTIALS = "give its host a role or a profile, or send keys along by --storage; docs/clusters.md"
# What a worker says that found no memory, by itself or by a library.
_NO_MEMORY = re.compile(r"^(?:[\w.]*\.)?(?:Arrow)?MemoryError\b", re.MULTILINE)
# What a worker raises where it found its engine gone, or an environment without our packages: no bug of ours.
_OF_CLUSTER = re.compile(r"grpc\.|ModuleNotFoundError")


def original(error: Exception) -> Exception:
    """What a worker raised, where it was a check that failed or the machine that said no; else the error as it came.

    Beam hands on a worker's error as text. A full disk is told from a bug by what that text ends with.

    >>> original(RuntimeError("OSError: [Errno 28] No space left on device: 'x' [while running 'Write']"))
    OSError(28, 'No space left on device')
    """
    if _NO_MEMORY.search(str(error)):
        return MemoryError()
    raised = _RAISED.fullmatch(last_said(str(error)))
    if raised is None:
        return error
    kind, said = raised.groups()
    if "DamagedFileError" in (kind, type(error).__name__):
        return DamagedFileError(said)
    number = _ERRNO.fullmatch(said)
    if number:
        return OSError(int(number[1]), number[2], number[3])
    if {"UserError", "StorageError"} & {kind, type(error).__name__}:
        return UserError(said)
    return VerificationError(said) if "VerificationError" in (kind, type(error).__name__) else error


def told_elsewhere(error: Exception) -> Exception:
    """The same error, where a worker on another machine found no credentials with what that means: those of this machine may be well.

    >>> str(told_elsewhere(UserError("s3://b/x: no credentials were found; set A"))).partition("(")[0]
    's3://b/x: no credentials were found; set A '
    """
    if isinstance(error, UserError) and NO_CREDENTIALS in str(error):
        return UserError(f"{error} (a worker says so, which variables of this command do not reach: {_CREDENTIALS})")
    return error


def is_bug(text: str) -> bool:
    """Whether our code raised what Beam hands on: there is Python's traceback, and it does not end in an error of the cluster.

    >>> is_bug("Traceback (most recent call last):\\n  File 'x'\\nKeyError: 'x' [while running 'Write']"), is_bug("executor lost")
    (True, False)
    """
    return "Traceback (most recent call last)" in text and not _OF_CLUSTER.match(last_said(text))


def last_said(text: str) -> str:
    """A text behind its last traceback, without the Java code that passed it on.

    >>> last_said('Traceback:\\n  File "x.py", line 1\\n    {}[1]\\nKeyError: 1\\n\\n\\tat org.apache.Beam')
    'KeyError: 1'
    """
    frames = [frame.end() for frame in _FRAME.finditer(text)]
    return text[frames[-1] if frames else 0 :].partition("\n\tat ")[0].strip()
