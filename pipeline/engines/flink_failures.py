"""What Flink and Beam's runner for it say when a job fails, in words: what happened, and what to do."""

import re

# What they say, what that means. The first that is found counts.
KNOWN = (
    (r"Insufficient number of network buffers.*?currently set to (\d+) of (\d+)",
     "a task manager has too little network memory: raise its taskmanager.memory.network.min (docs/clusters.md, Flink)"),
    (r"Could not acquire the minimum required resources|NoResourceAvailable",
     "the cluster has no free slots: wait for its other jobs, start task managers, or lower --workers"),
    (r"Cannot run program \"?([^\s\",]+)",
     "the workers' program is not on every host: install triptych there at the same path, or name it by --worker-env"),
    (r"OutOfMemoryError: ([\w ]+)",
     "a task manager ran out of memory: raise its taskmanager.memory.process.size"),
)  # fmt: skip
# A process of the cluster went away; what was running there is to be done again, and nothing is wrong with it.
LOST = re.compile(
    r"heartbeat of TaskManager|TaskManager .{0,200}(no longer reachable|has failed|was closed|shut ?down)|remote task manager"
    r"|RemoteTransportException|TaskExecutor.{0,80}(has been|shutdown)|releasing all its allocated resources"
    r"|call already cancelled|multiplexer hanging up|UNAVAILABLE|CANCELLED|SDK harness (disconnected|exited)"
    r"|Process died with exit code|exited with code|PartitionNotFound|PartitionConnection|Connection reset|RecipientUnreachable|AskTimeout",
    re.IGNORECASE,
)


def in_words(said: str) -> str:
    """What the failure means, before what was said.

    >>> in_words("java.lang.OutOfMemoryError: Metaspace")
    'a task manager ran out of memory: raise its taskmanager.memory.process.size (java.lang.OutOfMemoryError: Metaspace)'
    """
    for pattern, meaning in KNOWN:
        if re.search(pattern, said):
            return f"{meaning} ({said})"
    return f"a process of the cluster was lost ({said})" if is_lost(said) else said


def is_lost(said: str) -> bool:
    """Whether a process of the cluster went away, so that another try may end well; what our code raised in a worker is no such thing."""
    raised = "Traceback (most recent call last)" in said
    return not raised and LOST.search(said) is not None and not any(re.search(pattern, said) for pattern, _ in KNOWN)
