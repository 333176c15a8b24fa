"""What a person may set."""

from chatlstm.plugin import Option

SECONDS = Option("seconds", 30.0, 0.1, 3_600.0, "how long functions are drawn until one meets the examples")
CANDIDATES = Option("candidates", 2_048, 1, 1_000_000, "functions drawn at most")
TOKENS = Option("tokens", 192, 32, 1_000, "length of a function at most, in tokens")
