"""The main program of the Flex template: makes the graph of the next step, and leaves it to the launcher."""

import sys

from jobs.template import main

if __name__ == "__main__":
    sys.exit(main())
