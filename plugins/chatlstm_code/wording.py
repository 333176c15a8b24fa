"""Descriptions of a task: short patterns unfolded into many wordings, in English and Chinese."""

import itertools
import random
import re

VERBS = {"en": "{return|give|find}", "zh": "{返回|求|给出}"}
FRAMES = {
    "en": (
        "<do>", "<Do>.", "<Do>.", "Write a function that <does>.", "write a function that <does>",
        "Write a function to <do>.", "write a Python function that <does>", "A function that <does>.",
        "function to <do>", "Please write a function that <does>.", "I need a function to <do>.",
    ),
    "zh": (
        "<do>", "<do>。", "写一个函数，<do>。", "写一个函数，<do>", "写个函数<do>", "编写一个函数：<do>。",
        "请写一个 Python 函数，<do>。", "实现一个函数，<do>。", "定义一个函数<do>", "用 Python <do>。",
    ),
}  # fmt: skip

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SECOND_VERB = re.compile(r"\b(and|then|or) (return|give|keep|join|put|add|drop|sort|reverse|count|sum)\b")
_SIGN_GAP = re.compile(r" ?([，。、：；（）]) ?")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff]) (?=\w)|(?<=\w) (?=[\u4e00-\u9fff])")


def unfold(pattern: str, language: str) -> list[str]:
    """Write out every wording of a pattern.

    Args:
        pattern: Text with choices such as ``{all|the}``; ``~`` at its head stands for a verb like
            "return".
        language: ``"en"`` or ``"zh"``.

    Returns:
        All wordings, the last choice changing first.

    Example:
        >>> unfold("add {up |}the {numbers|values}", "en")[1]
        'add up the values'
        >>> unfold("~和", "zh")
        ['返回和', '求和', '给出和']
    """
    if pattern.startswith("~"):
        blank = " " if language == "en" else ""
        pattern = VERBS[language] + blank + pattern[1:].strip()
    parts = _CHOICE.split(pattern)  # text and choices take turns
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    return [re.sub(" +", " ", "".join(chosen)) for chosen in itertools.product(*choices)]


def say_does(imperative: str) -> str:
    """Turn an order into what a function does.

    Example:
        >>> say_does("reverse a list and return it"), say_does("multiply all"), say_does("push")
        ('reverses a list and returns it', 'multiplies all', 'pushes')
    """
    verb, blank, rest = imperative.partition(" ")
    rest = _SECOND_VERB.sub(lambda found: f"{found[1]} {_add_s(found[2])}", rest)
    return _add_s(verb) + blank + rest


def _add_s(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def frame(imperative: str, language: str, chance: random.Random) -> str:
    """Put an order the way one of many people would.

    Example:
        >>> frame("sort a list", "en", random.Random(3))
        'Write a function that sorts a list.'
    """
    pattern = chance.choice(FRAMES[language])
    text = pattern.replace("<does>", say_does(imperative)) if "<does>" in pattern else pattern
    text = text.replace("<do>", imperative).replace("<Do>", imperative[:1].upper() + imperative[1:])
    if language == "zh":
        text = _SIGN_GAP.sub(r"\1", text)  # Chinese marks take no blanks beside them
        text = _GAP.sub("", text) if chance.random() < 0.5 else text  # some people part scripts by a blank
    return text


def name_parameters(text: str, names: dict[str, str]) -> str:
    """Put the parameters' names where ``$`` calls for them.

    Example:
        >>> name_parameters("numbers above $k", {"k": "limit"})
        'numbers above limit'
    """
    return re.sub(r"\$([a-z]\w*)", lambda found: names[found[1]], text, flags=re.A)
