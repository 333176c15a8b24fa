"""What a person may set."""

from chatlstm.plugin import Option

PARAGRAPHS = Option("paragraphs", 3, 2, 5, "paragraphs behind the headline")
WORDS = Option("words", 0, 0, 1_000, "length in words, in characters for Chinese; 0 lets the keywords decide")
CANDIDATES = Option("candidates", 24, 1, 64, "sentences to choose from at each place")
TEMPERATURE = Option("temperature", 0.7, 0.0, 2.0, "0 takes the likeliest word, more is bolder")
