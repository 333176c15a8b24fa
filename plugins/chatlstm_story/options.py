"""What a person may set."""

from chatlstm.plugin import Choice, Option

STYLES = {"en": ("tinystories", "grimm", "classics"), "zh": ("章回", "现代")}
AUTO = "auto"

WORDS = Option("words", 200, 1, 20_000, "length in words, in characters for Chinese, give or take a tenth")
STYLE = Choice("style", AUTO, (AUTO, *STYLES["en"], *STYLES["zh"]), "manner of the text; auto follows the opening")
CANDIDATES = Option("candidates", 6, 1, 64, "sentences to choose from at each place")
TEMPERATURE = Option("temperature", 1.0, 0.0, 2.0, "0 takes the likeliest word, more is bolder")
RECALL = Option("recall", 0.15, 0.0, 0.9, "share of each choice that goes to what the story held before; 0 is off")
