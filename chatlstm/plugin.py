"""The public API of plugins: everything a plugin imports comes from here."""

from chatlstm.engine.api import Candidate, Constraint, Generator, Piece, Prompt, Sampling
from chatlstm.errors import ChatLSTMError, ConstraintError, MisuseError
from chatlstm.pipeline.corpora import read_domain, read_own_records
from chatlstm.pipeline.domain import Domain, Draft, Measure, Stage, Written
from chatlstm.pipeline.judge import Judge
from chatlstm.pipeline.manuscript import Manuscript, cut_starts, rate_token
from chatlstm.pipeline.options import Choice, Option, Words
from chatlstm.pipeline.own_text import read_records
from chatlstm.pipeline.sentences import (
    cut_sentences,
    ends_sentence,
    find_word,
    list_open,
    name_sentence,
    signs_of,
)
from chatlstm.pipeline.statistics import (
    distinct,
    interval,
    repeated_ngrams,
    self_bleu,
    split_units,
)
from chatlstm.pipeline.writing import OneSentence, SentencePlan, TokenTable
from chatlstm.records import Record, Request, Turn

__all__ = [
    "Candidate",
    "ChatLSTMError",
    "Choice",
    "Constraint",
    "ConstraintError",
    "Domain",
    "Draft",
    "Generator",
    "Judge",
    "Manuscript",
    "Measure",
    "MisuseError",
    "OneSentence",
    "Option",
    "Piece",
    "Prompt",
    "Record",
    "Request",
    "Sampling",
    "SentencePlan",
    "Stage",
    "TokenTable",
    "Turn",
    "Words",
    "Written",
    "cut_sentences",
    "cut_starts",
    "distinct",
    "ends_sentence",
    "find_word",
    "interval",
    "list_open",
    "name_sentence",
    "rate_token",
    "read_domain",
    "read_own_records",
    "read_records",
    "repeated_ngrams",
    "self_bleu",
    "signs_of",
    "split_units",
]
