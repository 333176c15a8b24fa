"""What a person may set of a poem."""

from chatlstm.plugin import Choice, Option, Words

ENGLISH_FORMS = ("couplet", "quatrain", "limerick", "haiku", "sonnet")
CHINESE_FORMS = ("五绝", "七绝", "五律", "七律", "词")

FORM = Choice("form", "auto", ("auto", *CHINESE_FORMS, *ENGLISH_FORMS), "form of the poem")
HEADS = Words("heads", "", "first characters of the lines (藏头)")
TUNE = Words("tune", "", "tune of a 词, such as 浣溪沙")
SCHEME = Choice("scheme", "auto", ("auto", "aabb", "abab", "abba", "abcb"), "rhyme of a quatrain")
TEMPERATURE = Option("temperature", 0.9, 0.0, 2.0, "how freely words are chosen")
CANDIDATES = Option("candidates", 16, 1, 64, "ways tried for each line")
POEMS = Option("poems", 300, 1, 2000, "poems of each form in an evaluation")
OPTIONS = (FORM, HEADS, TUNE, SCHEME, TEMPERATURE, CANDIDATES, POEMS)
