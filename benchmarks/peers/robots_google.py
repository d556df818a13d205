"""What google/robotstxt answers, for benchmarks/robots_answers.py, through jwm.robotstxt. Runs in an environment of `robots.txt`.

    robots_google.py QUESTIONS

QUESTIONS has a JSON line a file: its bytes as latin-1, agents and addresses. Prints a line of 0 and 1 for each file, the addresses of
each agent one after the other, then the CPU seconds that the answers took. It reads the file again for each question, as it is made to.
"""

import json
import sys
import time

from jwm.robotstxt.googlebot import RobotsMatcher


def main(questions: str) -> None:
    """Answer and print."""
    spent = 0.0
    with open(questions) as lines:
        for line in lines:
            body, agents, urls = json.loads(line)
            data = body.encode("latin-1")
            begun = time.process_time()
            told = [RobotsMatcher().OneAgentAllowedByRobots(data, agent, url) for agent in agents for url in urls]
            spent += time.process_time() - begun
            print("".join("01"[one] for one in told))
    print(spent)


if __name__ == "__main__":
    main(*sys.argv[1:])
