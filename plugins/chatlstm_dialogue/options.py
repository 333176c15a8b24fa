"""What a person may set."""

from chatlstm.plugin import Option

TEMPERATURE = Option("temperature", 0.8, 0.0, 2.0, "0 takes the likeliest word, more is bolder")
CANDIDATES = Option("candidates", 40, 1, 128, "replies to choose from")
CONTEXT_TOKENS = Option("context_tokens", 200, 16, 2_000, "how much of the conversation is read again")
MAX_TOKENS = Option("max_tokens", 60, 1, 500, "length of a reply at most, in tokens")
RELEVANCE = Option("relevance", 1.0, 0.0, 2.0, "weight of fitting the context against being likely anywhere")
MATCHING = Option("matching", 2.0, 0.0, 10.0, "weight of what people answered to such a turn")
