"""What an evaluation gives, sorted."""

from collections.abc import Iterable

from chatlstm.plugin import Measure, Written


def measures_of(found: Iterable[Measure | Written]) -> list[Measure]:
    return [one for one in found if isinstance(one, Measure)]


def texts_of(found: Iterable[Measure | Written]) -> list[str]:
    return [one.text for one in found if isinstance(one, Written)]
