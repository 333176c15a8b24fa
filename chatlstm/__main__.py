"""``python -m chatlstm``."""

from chatlstm.interface.main import main

if __name__ == "__main__":
    main()
