"""The line at the bottom: which plugin, conversation, checkpoint and device, and how fast."""

from chatlstm.interface.talk import Talk


def describe_state(talk: Talk, *, vi: bool = False) -> str:
    """Tell the state of a chat in a line, the most telling first.

    Args:
        talk: The chat.
        vi: Whether vi keys are on.
    """
    session = talk.session
    answered = f"auto: {session.route.domain}" if session.route else "auto"
    engine = talk.engine.value
    parts = [session.plugin or answered, session.conversation.id if session.conversation else "new"]
    if engine is not None:
        parts += [engine.generator.checkpoint, engine.device]
    else:
        parts.append("no model" if talk.engine.ended else "loading the model")
    if talk.speed:
        parts.append(f"{talk.speed:.0f} tok/s")
    if vi:
        parts.append("vi")
    return " " + " · ".join(parts)
