"""stub"""
from collections.abc import Iterable, Iterator, Mapping, Sequence
from chatlstm_code.family import Family
def read_products(tables: Iterable[Mapping[str, object]], written: Sequence[Family]) -> Iterator[Family]:
    """stub"""
    return iter(())
