"""What can go wrong and a person can mend: a sentence each, and the exit code it ends with."""


class ChatLSTMError(Exception):
    """Say in one sentence what failed, where, and how to mend it.

    Args:
        message: The sentence a person reads; it names the place and the remedy.

    Example:
        >>> raise ChatLSTMError("notes.jsonl:12: needs the strings 'prompt' and 'reply'")
        Traceback (most recent call last):
        ...
        chatlstm.errors.ChatLSTMError: notes.jsonl:12: needs the strings 'prompt' and 'reply'
    """

    exit_code = 1


class MisuseError(ChatLSTMError):
    """The command was given something it cannot take.

    Example:
        >>> MisuseError("--top-k must be at least 0, got -1").exit_code
        2
    """

    exit_code = 2


class MissingError(ChatLSTMError):
    """A checkpoint, plugin or corpus that was asked for is not there.

    Example:
        >>> MissingError("no checkpoint 'xy'; installed: en").exit_code
        3
    """

    exit_code = 3


class CheckpointError(MissingError):
    """A checkpoint is there but cannot be trusted: truncated, foreign, newer or tampered with.

    Example:
        >>> CheckpointError("en/weights.safetensors: sha256 differs from config.json").exit_code
        3
    """


class ConstraintError(ChatLSTMError):
    """A promised form cannot be met.

    Example:
        >>> ConstraintError("no rhyme for 'orange' in 200 candidates").exit_code
        4
    """

    exit_code = 4
