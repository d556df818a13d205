"""How the Java processes that we start are set (docs/clusters.md says why)."""

# Java's second compiler spends more on these short jobs than it wins (driver and executors pass on small rows; the work is Python's), and
# a core has no use for a collector with threads of its own: half of the fixed part's CPU, measured.
FRUGAL = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
JOB_SERVER_MEMORY = "1g"


def job_server(*words: str) -> list[str]:
    """Beam's options that give its job server these words of Java's command line, behind ours.

    >>> job_server("-Da=b")[-1]
    '--job_server_jvm_properties=-Da=b'
    """
    return [f"--job_server_jvm_properties={word}" for word in (*FRUGAL, f"-Xmx{JOB_SERVER_MEMORY}", *words)]
