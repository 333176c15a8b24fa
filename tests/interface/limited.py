"""A program whose files cannot grow beyond a size, as on a disk that fills up.

Run as ``python -m tests.interface.limited BYTES MODULE [ARGUMENT]...``.
"""

import resource
import runpy
import sys


def main() -> None:
    size = int(sys.argv[1])
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    sys.argv = sys.argv[2:]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


if __name__ == "__main__":
    main()
