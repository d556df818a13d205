"""What Spark's driver says in the log of the job server, read for people: where to watch, and what was lost."""

import re
from dataclasses import dataclass, field

from pipeline.local_workers import how_it_ended

_APPLICATION = re.compile(r"Connected to Spark cluster with app ID (\S+)")
_PORT = re.compile(r"Successfully started service 'SparkUI' on port (\d+)")
_HOST = re.compile(r"NettyBlockTransferService: Server created on (\S+):\d+")
_REGISTERED = re.compile(r"Registered executor .* with ID (\d+)")
_NO_MASTER = "All masters are unresponsive"
_WAITING = "Initial job has not accepted any resources"
# By Hadoop's client, a second each; a resource manager that was never named is 0.0.0.0.
_SILENT = re.compile(r"Retrying connect to server: (\S+)\. Already tried [3-9] time")
_LOST = re.compile(r"Lost executor (\S+) on (\S+): (.*)")
_CODE = re.compile(r"Command exited with code (\d+)")


@dataclass
class SparkLog:
    """What has been heard so far of one Spark application."""

    where: str = ""  # the application and its page
    no_master: bool = False  # Spark gave up to look for one
    waiting: bool = False  # there is no executor: none has come yet, or all were lost
    silent: str = ""  # who was asked several times, and has not answered
    _application: str = ""
    _port: str = ""
    _executors: set[str] = field(default_factory=set)

    def hear(self, line: str) -> str:
        """What a line of the log says to a person; "" for most.

        >>> SparkLog().hear("ERROR TaskSchedulerImpl: Lost executor 0 on 10.0.0.7: Command exited with code 137")
        'Spark: executor 0 on 10.0.0.7 was lost (it was ended by SIGKILL); none is left, and another is waited for'
        """
        if found := _APPLICATION.search(line):
            self._application = found[1]
        elif found := _PORT.search(line):
            self._port = found[1]
        elif self._application and (found := _HOST.search(line)):
            page = f" at http://{found[1]}:{self._port}" if self._port else ""
            self.where = f"application {self._application}{page}"
            return f"Spark: {self.where}"
        elif found := _REGISTERED.search(line):
            self._executors.add(found[1])
            self.waiting, self.silent = False, ""
        elif _NO_MASTER in line:
            self.no_master = True
        elif (found := _SILENT.search(line)) and not self._executors and not self.silent:
            self.waiting, self.silent = True, found[1]
            return (
                f"Spark: waiting for {found[1]}, which does not answer: the resource manager of YARN, where that is the master, "
                "is named by yarn-site.xml in HADOOP_CONF_DIR or YARN_CONF_DIR"
            )
        elif _WAITING in line and not self._executors and not self.waiting:
            self.waiting = True
            return "Spark: waiting for executors: no host of the cluster has had a core and the memory free for one yet"
        elif found := _LOST.search(line):
            self._executors.discard(found[1])
            self.waiting = not self._executors
            then = "none is left, and another is waited for" if self.waiting else "another takes its work"
            return f"Spark: executor {found[1]} on {found[2]} was lost ({_why(found[3])}); {then}"
        return ""


def _why(said: str) -> str:
    code = _CODE.search(said)
    return f"it {executor_end(int(code[1]))}" if code else " ".join(said.split())[:200]


def executor_end(code: int) -> str:
    """How an executor ended, by its status.

    >>> executor_end(137), executor_end(143)
    ('was ended by SIGKILL', 'was ended by SIGTERM, as it is where its worker was killed')
    """
    if code == 52:
        return "used up its memory"
    return how_it_ended(code) + (", as it is where its worker was killed" if code == 128 + 15 else "")
