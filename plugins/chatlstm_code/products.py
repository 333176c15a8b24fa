"""Products: families put together of four parts.

"The sum of the squares of the even numbers in a list" is the sum (a fold: what is made of it) of the squares (a
map: what is taken of each) of what is even (a keep: what counts) in a list (a sequence: what is gone through). The
parts lie in ``corpora/code/products``.
"""

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chatlstm.plugin import MisuseError
from chatlstm_code.family import Family, unfold_all
from chatlstm_code.inputs import Parameter
from chatlstm_code.table import Table

_KINDS = ("sequence", "keep", "map", "fold")
_CONSTANT = "returns the same whatever it takes"


def read_products(tables: Iterable[Mapping[str, object]], written: Sequence[Family]) -> Iterator[Family]:
    """Put families together of the catalogue's parts.

    Of each sequence as many are made as it asks for, chosen by the hash of their names; one that computes the same
    as another, or as a family written by hand, is left out.

    Args:
        tables: All parts: sequences, keeps, maps and folds.
        written: The families written by hand.

    Raises:
        MisuseError: A part is of no such kind, or lacks what its kind needs.
    """
    parts: dict[str, list[Table]] = {kind: [] for kind in _KINDS}
    for table in tables:
        if table.get("kind") not in parts:
            raise MisuseError(f"part {table['id']}: kind must be one of {', '.join(_KINDS)}")
        parts[str(table["kind"])].append(Table.read(table))
    known = {_CONSTANT, *map(_trace, written)}
    for sequence in parts["sequence"]:
        rest = (parts["keep"], parts["map"], parts["fold"])
        fitting = [(sequence, *chosen) for chosen in itertools.product(*rest) if _fit(sequence, *chosen)]
        made = (_assemble(*chosen) for chosen in sorted(fitting, key=lambda chosen: _hash(_name(*chosen))))
        yield from itertools.islice(_drop_known(made, known), int(sequence.text("limit")))


def _drop_known(families: Iterable[Family], known: set[str]) -> Iterator[Family]:
    for family in families:
        trace = _trace(family)
        if trace not in known:
            known.add(trace)
            yield family


def _trace(family: Family) -> str:
    """Tell families apart by what they take and return."""
    inputs = family.draw_inputs()
    values = [family.run(arguments) for arguments in inputs]
    if len(set(values)) < 3 and set(values) != {"True", "False"}:
        return _CONSTANT
    return f"{[one.kind for one in family.takes]}{list(zip(inputs, values, strict=True))}"


def _fit(sequence: Table, keep: Table, mapping: Table, fold: Table) -> bool:
    of, plain, filtered = sequence.text("of"), not mapping.text("gives"), bool(keep.text("test"))
    gives = mapping.text("gives") or of
    if {keep.id, mapping.id} & set(sequence.text("skip").split()):
        return False
    if of not in keep.text("of").split() or of not in mapping.text("of").split():
        return False
    if gives not in fold.text("of").split() or ("filtered" in fold.values and not filtered):
        return False
    if "same" in fold.values and gives != of:
        return False
    wanted = {"any": True, "none": plain, "some": not plain}
    return wanted[fold.text("map")]


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")


def _name(sequence: Table, keep: Table, mapping: Table, fold: Table) -> str:
    parts = (fold.id, mapping.id, keep.id, sequence.id)
    return "_".join(one for one in parts if one not in ("itself", "all"))


def _assemble(sequence: Table, keep: Table, mapping: Table, fold: Table) -> Family:
    name = _name(sequence, keep, mapping, fold)
    constants = keep.texts("constants") or ("",)
    constant = constants[_hash(name) % len(constants)]
    keep = Table(keep.id, {key: str(value).replace("#", constant) for key, value in keep.values.items()})
    takes = [Parameter.read(one) for one in f"{sequence.text('takes')}; {keep.text('takes')}".split("; ") if one]
    bodies = [_write_body(body, sequence, keep, mapping) for body in fold.texts("bodies")]
    short = "_".join((fold.id, mapping.id.removesuffix("_forms"), keep.id))
    names = [short.replace("_itself", "").removesuffix("_all"), fold.id + "_of_" + sequence.id]
    return Family(
        name,
        tuple(names),
        tuple(takes),
        {
            "en": tuple(_describe_en(sequence, keep, mapping, fold)),
            "zh": tuple(_describe_zh(sequence, keep, mapping, fold)),
        },
        tuple(dict.fromkeys(bodies)),
        written=False,
    )


def _write_body(body: str, sequence: Table, keep: Table, mapping: Table) -> str:
    loops = [one for one in (sequence.text("outer"), f"x in {sequence.text('over')}") if one]
    through = " ".join(f"for {one}" for one in loops)
    kept = f"{through} if {keep.text('test')}" if keep.text("test") else through
    value = mapping.text("value")
    lines: list[str] = []
    deeper = ""
    for line in body.splitlines():
        if line in ("LOOP", "EACH"):
            heads = [f"for {one}:" for one in loops]
            heads += [f"if {keep.text('test')}:"] if line == "LOOP" and keep.text("test") else []
            lines += ["    " * depth + head for depth, head in enumerate(heads)]
            deeper = "    " * (len(heads) - 1)
        else:
            lines.append(deeper + line if line.startswith("    ") else line)
    text = "\n".join(lines)
    for word, meaning in (
        ("ITEMS", f"{value} {kept}"),
        ("LOOPS", kept),
        ("THROUGH", through),
        ("VALUE", value),
        ("TEST", keep.text("test")),
    ):
        text = text.replace(word, meaning)
    return re.sub(r"\bx\b", sequence.text("item"), text)


def _describe_en(sequence: Table, keep: Table, mapping: Table, fold: Table) -> Iterator[str]:
    maps = mapping.text("en")
    for place in sequence.texts("en"):
        kept = f"{keep.text('en')} {place}"
        them = f"{maps} of the {kept}" if maps else kept
        filled = {"THEM": them, "KEPT": kept, "MAPS": maps, "PLACE": place, "ARE": keep.text("are")}
        yield from unfold_all([_fill(one, filled, sequence.text("noun")) for one in fold.texts("en")], "en")


def _describe_zh(sequence: Table, keep: Table, mapping: Table, fold: Table) -> Iterator[str]:
    maps = mapping.text("zh")
    for place in sequence.texts("zh"):
        kept = place + keep.text("zh")
        them = f"{kept}的{maps}" if maps else kept
        filled = {"THEM": them, "KEPT": kept, "MAPS": maps, "PLACE": place, "ARE": keep.text("zh_are")}
        texts = [_fill(one, filled, sequence.text("zh_noun")) for one in fold.texts("zh")]
        yield from unfold_all([one.replace("的的", "的") for one in texts], "zh")


def _fill(pattern: str, filled: Mapping[str, str], noun: str) -> str:
    for word, meaning in filled.items():
        pattern = pattern.replace(word, meaning)
    return pattern.replace("NOUN", noun)
