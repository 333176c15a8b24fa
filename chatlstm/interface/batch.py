"""A file of prompts answered line by line, so that a stopped run can go on."""

import json
import os
from collections.abc import Sequence
from contextlib import nullcontext
from io import BufferedWriter
from pathlib import Path

from chatlstm.errors import ChatLSTMError, MisuseError
from chatlstm.interface.generation import Writer, check_prompt, describe_text, write_text
from chatlstm.interface.output import say, tell


class BatchError(ChatLSTMError):
    """Some prompts of a batch have no answer; each says why in its line.

    Example:
        >>> BatchError("2 of 40 prompts have no answer").exit_code
        1
    """


def answer_batch(
    prompts: Sequence[bytes], writer: Writer, seed: int, output: Path | None
) -> None:
    """Answer prompts, one line of JSON each.

    Line k of the answers belongs to line k of the prompts and takes seed ``seed + k``, so a
    stopped run that goes on writes what it would have written at once. A bad line has ``error``
    in place of ``text`` and does not stop the others.

    Args:
        prompts: The lines of the prompts' file.
        writer: Plugin, models and options; a model is loaded when something is left to answer.
        seed: Seed of the first prompt.
        output: The file that answers are added to; None is standard output.

    Raises:
        MisuseError: ``output`` holds something else than the first answers to these prompts.
        BatchError: Some of the prompts answered now have no answer, or ``output`` cannot be
            written.
    """
    done = count_answers(output, prompts) if output else 0
    if done:
        tell(f"{done} of {len(prompts)} prompts were answered before")
    if done == len(prompts):
        return
    failed = 0
    try:
        with output.open("ab") if output else nullcontext() as file:
            for number in range(done, len(prompts)):
                line, is_error = _answer_line(writer, prompts[number], seed + number)
                failed += is_error
                _store_line(line, file)
    except OSError as error:
        if output is None:
            raise
        reason = f"{output}: {error.strerror or error}"
        raise BatchError(f"{reason}; once that is mended, the same command goes on") from error
    if failed:
        raise BatchError(
            f"{failed} of {len(prompts) - done} prompts have no answer; see 'error' in their lines"
        )


def count_answers(path: Path, prompts: Sequence[bytes]) -> int:
    """Count the prompts that a file answers, and cut off a last line that is half written.

    Args:
        path: The file; it need not be there.
        prompts: The prompts it shall answer.

    Returns:
        How many of the prompts, from the first, have a whole line.

    Raises:
        MisuseError: A line answers another prompt; the file was not touched.
    """
    content = path.read_bytes() if path.exists() else b""
    *whole, torn = content.split(b"\n")
    for number, line in enumerate([*whole, torn] if torn else whole):
        head = _head_line(prompts[number]) if number < len(prompts) else b""
        begun = number == len(whole) and head.startswith(line)
        if not head or not (line.startswith(head) or begun):
            raise MisuseError(
                f"{path}:{number + 1}: is not the answer to line {number + 1} of the prompts; "
                "choose another file for --output"
            )
    if torn:
        os.truncate(path, len(content) - len(torn))
    return len(whole)


def _head_line(prompt: bytes) -> bytes:
    """Give the beginning of a prompt's line, up to what is answered."""
    told = json.dumps({"prompt": prompt.decode(errors="replace")}, ensure_ascii=False)
    return told.removesuffix("}").encode() + b", "


def _answer_line(writer: Writer, prompt: bytes, seed: int) -> tuple[bytes, bool]:
    """Answer a prompt; returns its line, and whether it failed."""
    try:
        text = check_prompt(prompt.decode(errors="surrogateescape"))
        generated = write_text(writer, text, seed=seed)
    except ChatLSTMError as error:
        facts: dict[str, object] = {"error": str(error), "seed": seed}
    else:
        if generated.finish == "interrupted":
            raise KeyboardInterrupt
        facts = describe_text(writer, generated)
    rest = json.dumps(facts, ensure_ascii=False, default=str).removeprefix("{")
    return _head_line(prompt) + rest.encode(errors="replace") + b"\n", "error" in facts


def _store_line(line: bytes, file: BufferedWriter | None) -> None:
    if file is None:
        say(line.decode(), end="")
        return
    file.write(line)
    file.flush()
    os.fsync(file.fileno())
