"""How sources of Python functions become two turns: what a function does, with examples, and its source."""

import ast
import doctest
from collections.abc import Iterable, Iterator, Sequence

from chatlstm.errors import MisuseError
from chatlstm.pipeline.catalogue import Filters
from chatlstm.pipeline.rows import Draft, text_of, texts_of
from chatlstm.pipeline.text_files import Row

MBPP_TEST = range(11, 511)  # its test split, which nothing here may ever learn from


def read_mbpp(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``task_id``, ``text``, ``code`` and ``test_list``; those of the test split are left out."""
    for row in rows:
        if row.get("task_id") in MBPP_TEST:
            continue
        prompt = "\n".join([" ".join(text_of(row, "text").split()), *texts_of(row, "test_list")])
        yield (prompt, text_of(row, "code").replace("\r\n", "\n")), ""


def read_functions(rows: Iterable[Row], filters: Filters) -> Iterator[Draft]:
    """Read rows that hold ``text``, a Python file, and its ``title``: a record a documented public function.

    The first sentence of its docstring says what it does; doctests in it are examples. The
    functions of a file are one document.

    Raises:
        MisuseError: A file is not Python.
    """
    for row in rows:
        title = text_of(row, "title")
        try:
            body = ast.parse(text_of(row, "text")).body
        except SyntaxError as error:
            raise MisuseError(f"{title}: is not Python: {error}") from error
        imports = [ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in body:
            told = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
            if told and isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                prompt = "\n".join([take_sentence(told), *list_examples(told, node.name)])
                yield (prompt, "\n".join([*imports, ast.unparse(node)])), title


def take_sentence(docstring: str) -> str:
    """Give the first sentence of a docstring on one line.

    Example:
        >>> take_sentence("Add two\\nnumbers. Slowly.\\n\\nArgs: none")
        'Add two numbers.'
    """
    paragraph = " ".join(docstring.split("\n\n", maxsplit=1)[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return sentence + stop.strip()


def list_examples(docstring: str, name: str) -> Sequence[str]:
    """List the doctests of a docstring that call a function, as ``f(2) == 3``.

    Example:
        >>> list_examples(">>> f(2)\\n3\\n>>> import f", "f")
        ['f(2) == 3']
    """
    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:  # doctests that are written askew
        return []
    calls = [(one.source.strip(), one.want.strip()) for one in examples if one.source.startswith(f"{name}(")]
    return [f"{call} == {value}" for call, value in calls if value and "\n" not in value]
