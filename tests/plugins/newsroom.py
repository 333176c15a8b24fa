"""A desk for the tests of news."""

from chatlstm_news.desk import Desk, Order

from chatlstm.plugin import Sampling
from tests.babbler import Babbler


def make_desk(engine: Babbler, *keywords: str, paragraphs: int = 2, candidates: int = 4) -> Desk:
    return Desk(engine, Order(keywords, paragraphs, 60, candidates, seed=1), Sampling())
