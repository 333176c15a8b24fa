"""A plugin that counts, and commands that train it."""

LIMERICKS = '''
from chatlstm.plugin import Domain, Record


class Limericks(Domain):
    """Counts."""

    name = "limericks"
    summary = "Counts."

    def records(self, corpora):
        if corpora.name == "broken":
            raise ZeroDivisionError("no such number")
        if corpora.name == "missing":
            from chatlstm.plugin import MisuseError
            raise MisuseError("limericks.txt: is not there")
        if corpora.name != "empty":
            yield from (Record("limericks", (f"There are {n}.", f"{n} it is."), "own") for n in range(300))
'''
TINY = ("--hidden-size", "8", "--num-layers", "1", "--vocabulary-size", "280", "--batch-size", "8")
SCRATCH = ("train", "limericks", "--scratch", "--tokens", "8000", "--device", "cpu", *TINY)
LONG = ("train", "limericks", "--scratch", "--tokens", "4000000", "--device", "cpu", *TINY)
