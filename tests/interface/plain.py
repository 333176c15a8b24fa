"""A plugin in one file: the model's own words, nothing chosen or changed."""

from chatlstm.plugin import Domain, Option


class Plain(Domain):
    """Lets the model answer as it will."""

    name = "plain"
    summary = "The model's own words."
    options = (Option("length", 5, 1, 9, "words at most"),)
