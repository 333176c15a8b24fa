"""A program whose files cannot grow beyond a size, as on a disk that fills up.

Run as ``python -m tests.interface.limited BYTES MODULE [ARGUMENT]...``.
"""

import resource
import runpy
import sys


def main() -> None:
    size = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
