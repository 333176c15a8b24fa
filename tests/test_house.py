"""The laws of the house, held over its syntax trees, and each law shown to catch a breach."""

import tomllib
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.house import form, imports, words
from tests.house.source import ROOT, Module, read_modules

Law = Callable[[Module], Iterable[str]]

CORE = read_modules("chatlstm")
PLUGINS = read_modules("plugins")
PRODUCT = CORE + PLUGINS
TESTS = read_modules("tests")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def list_faults(law: Law, modules: list[Module]) -> list[str]:
    return [fault for module in modules for fault in law(module)]


def list_declared(*extras: str) -> set[str]:
    optional = PROJECT["optional-dependencies"]
    lists = [PROJECT["dependencies"], *(optional[extra] for extra in extras)]
    return imports.list_foreign_roots([each for requirements in lists for each in requirements])


def find_undeclared_in_product(module: Module) -> Iterator[str]:
    return imports.find_undeclared_import(module, list_declared("corpora"))


def find_undeclared_in_tests(module: Module) -> Iterator[str]:
    return imports.find_undeclared_import(module, list_declared("test") | {"tests"})


def find_deep_class(module: Module) -> Iterator[str]:
    return form.find_deep_inheritance([module])


def find_bare_name(module: Module) -> Iterator[str]:
    return words.find_missing_example([module])


def test_the_house_is_read() -> None:
    assert {"chatlstm.records", "chatlstm.engine.api"} <= {module.name for module in CORE}


def test_every_plugin_package_is_read() -> None:
    read = {module.name.split(".")[0] for module in PLUGINS}

    assert {target.split(".")[0] for target in PROJECT["entry-points"]["chatlstm.plugins"].values()} <= read


def test_every_module_has_a_rank() -> None:
    assert list_faults(imports.find_unranked_module, CORE) == []


def test_imports_point_down() -> None:
    assert list_faults(imports.find_upward_import, CORE) == []


def test_imports_are_absolute() -> None:
    assert list_faults(imports.find_relative_import, PRODUCT + TESTS) == []


def test_torch_sqlalchemy_and_terminal_libraries_keep_to_their_homes() -> None:
    assert list_faults(imports.find_strayed_library, PRODUCT) == []


def test_plugins_import_the_public_api_alone() -> None:
    assert list_faults(imports.find_core_import, PLUGINS) == []


def test_what_the_product_imports_is_a_declared_dependency() -> None:
    assert list_faults(find_undeclared_in_product, PRODUCT) == []


def test_what_the_tests_import_is_a_declared_dependency() -> None:
    assert list_faults(find_undeclared_in_tests, TESTS) == []


def test_files_keep_their_budget() -> None:
    assert list_faults(form.find_long_file, PRODUCT + TESTS) == []


def test_functions_keep_their_budget() -> None:
    assert list_faults(form.find_long_function, PRODUCT + TESTS) == []


def test_functions_take_five_parameters_at_most() -> None:
    assert list_faults(form.find_many_parameters, PRODUCT + TESTS) == []


def test_init_files_are_empty() -> None:
    assert list_faults(form.find_filled_init, PRODUCT + TESTS) == []


def test_files_are_named_after_nouns_of_the_field() -> None:
    assert list_faults(form.find_vague_file_name, PRODUCT + TESTS) == []


def test_no_function_takes_a_bag_of_options() -> None:
    assert list_faults(form.find_option_bag, PRODUCT) == []


def test_nothing_happens_at_import() -> None:
    assert list_faults(form.find_work_at_import, PRODUCT) == []


def test_inheritance_is_one_deep_and_two_for_errors() -> None:
    assert list(form.find_deep_inheritance(PRODUCT)) == []


def test_no_getattr_hides_a_misspelt_name() -> None:
    assert list_faults(words.find_getattr_default, PRODUCT) == []


def test_asserts_stay_in_tests() -> None:
    assert list_faults(words.find_assert, PRODUCT) == []


def test_every_except_names_its_exception() -> None:
    assert list_faults(words.find_bare_except, PRODUCT) == []


def test_only_the_interface_prints_asks_and_exits() -> None:
    assert list_faults(words.find_speech, PRODUCT) == []


def test_any_cast_and_type_ignore_give_their_reason() -> None:
    assert list_faults(words.find_unexplained_any, PRODUCT) == []


def test_every_name_of_the_public_api_has_an_example() -> None:
    assert list(words.find_missing_example(CORE)) == []


def test_no_test_sleeps_or_mocks() -> None:
    assert list_faults(words.find_unheld_test, TESTS) == []


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 40
ERRORS = "class ChatLSTMError(Exception): ...\nclass A(ChatLSTMError): ...\nclass B(A): ...\n"

BREACHES: list[tuple[Law, str, str]] = [
    (imports.find_unranked_module, "chatlstm.extras", ""),
    (imports.find_upward_import, "chatlstm.tokens.bpe", "from chatlstm.engine import api"),
    (imports.find_upward_import, "chatlstm.records", "def f():\n    import chatlstm.tokens.bpe"),
    (imports.find_upward_import, "chatlstm.interface.main", "from chatlstm.extras import x"),
    (imports.find_relative_import, "chatlstm.engine.loss", "from .api import Prompt"),
    (imports.find_strayed_library, "chatlstm.tokens.bpe", "import torch"),
    (imports.find_strayed_library, "chatlstm.session.turns", "from sqlalchemy.orm import Session"),
    (imports.find_strayed_library, "chatlstm.engine.training", "from rich.progress import track"),
    (imports.find_core_import, "chatlstm_news.news", "from chatlstm.engine import api"),
    (imports.find_core_import, "chatlstm_news.news", "import chatlstm_story.story"),
    (find_undeclared_in_product, "chatlstm.records", "import requests"),
    (find_undeclared_in_product, "chatlstm.records", "import pytest"),
    (find_undeclared_in_tests, "tests.test_x", "import requests"),
    (form.find_long_file, "chatlstm.records", "x = 1\n" * 301),
    (form.find_long_function, "chatlstm.records", LONG_FUNCTION),
    (form.find_many_parameters, "chatlstm.records", "def f(a, b, c, *, d, e, g): ..."),
    (form.find_filled_init, "chatlstm.engine.__init__", "from chatlstm.engine import api"),
    (form.find_filled_init, "chatlstm.__init__", '"""It."""\n__version__ = "1"\nx = 1'),
    (form.find_vague_file_name, "chatlstm.engine.utils", ""),
    (form.find_option_bag, "chatlstm.records", "def f(**options): ..."),
    (form.find_work_at_import, "chatlstm.records", "register(x)"),
    (form.find_work_at_import, "chatlstm.records", "import os\nhome = os.environ['HOME']"),
    (form.find_work_at_import, "chatlstm.records", "class A:\n    words = open('words').read()"),
    (find_deep_class, "chatlstm.records", "class A: ...\nclass B(A): ...\nclass C(B): ..."),
    (find_deep_class, "chatlstm.errors", ERRORS + "class C(B): ..."),
    (words.find_getattr_default, "chatlstm.records", "getattr(x, 'name', None)"),
    (words.find_assert, "chatlstm.records", "def f():\n    assert x"),
    (words.find_bare_except, "chatlstm.records", "try:\n    f()\nexcept:\n    pass"),
    (words.find_speech, "chatlstm.records", "def f():\n    print(1)"),
    (words.find_speech, "chatlstm_news.news", "def f():\n    sys.stdout.write('x')"),
    (words.find_unexplained_any, "chatlstm.records", "x: Any = 1"),
    (words.find_unexplained_any, "chatlstm.records", "x = f()  # type: ignore[no-any-return]"),
    (find_bare_name, "chatlstm.tokens.bpe", 'def f():\n    """Do it."""'),
    (words.find_unheld_test, "tests.test_x", "import time\ntime.sleep(1)"),
    (words.find_unheld_test, "tests.test_x", "from unittest.mock import patch"),
]

ALLOWED: list[tuple[Law, str, str]] = [
    (imports.find_upward_import, "chatlstm.session.turns", "from chatlstm import __version__"),
    (imports.find_core_import, "chatlstm_news.news", "from chatlstm.plugin import Domain"),
    (form.find_long_function, "chatlstm.records", 'def f():\n    """' + "Say.\n" * 50 + '"""'),
    (form.find_many_parameters, "chatlstm.records", "class A:\n    def f(self, a, b, c, d, *, e): ..."),
    (form.find_filled_init, "chatlstm.__init__", '"""It."""\n__version__ = "1"'),
    (form.find_work_at_import, "chatlstm.__main__", "if __name__ == '__main__':\n    open('x')"),
    (form.find_work_at_import, "chatlstm.records", "def f():\n    return open('x')"),
    (find_deep_class, "chatlstm.errors", ERRORS),
    (words.find_unexplained_any, "chatlstm.records", "x = f()  # type: ignore[misc]  # no stubs"),
    (words.find_unexplained_any, "chatlstm.records", "# Any: TOML holds every kind\nx: Any = 1"),
    (find_bare_name, "chatlstm.tokens.bpe", "class A(Protocol): ..."),
]


def make_module(name: str, text: str) -> Module:
    return Module(name.removesuffix(".__init__"), name.replace(".", "/") + ".py", text)


def name_case(value: Law | str) -> str | None:
    return None if isinstance(value, str) else value.__name__


def test_a_bare_name_offered_by_the_plugin_api_is_found() -> None:
    offer = "from chatlstm.pipeline.corpora import read\n__all__ = ['read']"
    modules = [
        make_module("chatlstm.plugin", offer),
        make_module("chatlstm.pipeline.corpora", "def read(): ...\ndef hidden(): ..."),
    ]

    assert list(words.find_missing_example(modules)) == [
        "chatlstm/pipeline/corpora.py:1: read has no Example"
    ]


def test_depth_counts_across_files() -> None:
    modules = [
        make_module("chatlstm.plugin", "class Domain: ..."),
        make_module("chatlstm_a.a", "from chatlstm.plugin import Domain\nclass A(Domain): ..."),
        make_module("chatlstm_b.b", "from chatlstm_a.a import A\nclass B(A): ..."),
    ]

    assert list(form.find_deep_inheritance(modules)) == [
        "chatlstm_b.b.B descends from chatlstm_a.a.A, chatlstm.plugin.Domain"
    ]


@pytest.mark.parametrize(("law", "name", "text"), BREACHES, ids=name_case)
def test_a_breach_is_found(law: Law, name: str, text: str) -> None:
    assert list_faults(law, [make_module(name, text)]) != []


@pytest.mark.parametrize(("law", "name", "text"), ALLOWED, ids=name_case)
def test_what_is_allowed_passes(law: Law, name: str, text: str) -> None:
    assert list_faults(law, [make_module(name, text)]) == []
