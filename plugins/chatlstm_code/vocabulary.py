"""The words a program may hold: names, builtins, methods and what it may take from modules."""

import keyword
from collections.abc import Mapping
from types import MappingProxyType

_WORDS = """
    a b c d g h i j k m n p q r s t u v w x y z
    numbers number values value items item words word text texts letters letter character characters
    digits digit lines line sentence name names key keys pair pairs group groups mapping table
    data entry entries element elements sequence list_a list_b lists tuples
    first second third fourth left right start end step low high middle lower upper limit
    total result results count counts tally answer output best seen found current previous last next_value
    index position length size width height depth level row rows column columns matrix grid
    stack queue window path node parts part rest head tail prefix suffix separator pattern
    base exponent power factor factors divisor divisors multiple multiples remainder quotient carry
    product difference sums sign flag target minimum maximum average middle_value smallest largest
    prime primes even evens odd odds positive positives negative negatives unique common merged swapped
    one two other others old new new_value temporary run runs term terms code codes bit bits mask
    vowels consonants spaces offset shift distance score scores weight weights price prices amount rate
    year month day days hours minutes seconds celsius fahrenheit radius side sides area perimeter
    angle function predicate condition default order changed done reverse_text middle_index
    lookup known inner outer point points sorted_items top bottom percent interest principal
"""
NAMES = tuple(_WORDS.split())

# what people call such things, and what they are called here
SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ans": ("answer", "result"),
        "arr": ("items", "values"),
        "array": ("items", "values"),
        "avg": ("average",),
        "binary": ("bits", "text"),
        "ch": ("letter", "character"),
        "char": ("letter", "character"),
        "chars": ("letters", "characters"),
        "cnt": ("count", "total"),
        "col": ("column",),
        "cols": ("columns",),
        "ctr": ("count",),
        "curr": ("current",),
        "cur": ("current",),
        "dic": ("mapping", "table"),
        "dict": ("mapping", "table"),
        "diff": ("difference",),
        "dp": ("table", "best"),
        "el": ("element", "item"),
        "elem": ("element", "item"),
        "ele": ("element", "item"),
        "fact": ("product", "result"),
        "freq": ("counts", "tally"),
        "idx": ("index", "position"),
        "input": ("text", "value"),
        "l": ("items", "values"),
        "len": ("length", "size"),
        "li": ("items", "values"),
        "list": ("items", "values"),
        "lo": ("low",),
        "hi": ("high",),
        "lst": ("items", "values"),
        "max": ("largest", "best"),
        "max_val": ("largest", "best"),
        "mid": ("middle",),
        "min": ("smallest",),
        "min_val": ("smallest",),
        "num": ("number", "n"),
        "numb": ("number", "n"),
        "nums": ("numbers", "values"),
        "o": ("other",),
        "out": ("output", "result"),
        "pos": ("position", "index"),
        "prev": ("previous",),
        "prod": ("product",),
        "rem": ("remainder",),
        "res": ("result", "output"),
        "ret": ("result", "output"),
        "rev": ("reverse_text", "result"),
        "set": ("seen", "known"),
        "str": ("text", "s"),
        "string": ("text", "s"),
        "strs": ("words", "texts"),
        "strings": ("words", "texts"),
        "sub": ("part",),
        "sum": ("total",),
        "temp": ("temporary",),
        "tmp": ("temporary",),
        "tup": ("items", "pair"),
        "tuple": ("items", "pair"),
        "val": ("value", "v"),
        "vals": ("values",),
    }
)

_BUILTINS = """
    abs all any bin bool chr dict divmod enumerate filter float frozenset hex int isinstance iter len list map
    max min next oct ord pow range repr reversed round set sorted str sum tuple type zip
"""
BUILTINS = tuple(_BUILTINS.split())
CONSTANTS = ("None", "False", "True")
_METHODS = """
    add append appendleft bit_count bit_length capitalize casefold center clear copy count difference discard
    elements end endswith extend find findall format from_iterable fromkeys get group groups index insert
    intersection isalnum isalpha isdecimal isdigit isdisjoint isidentifier islower isnumeric isspace issubset
    issuperset istitle isupper items join keys ljust lower lstrip most_common partition pop popleft remove
    removeprefix removesuffix replace reverse rfind rindex rjust rotate rpartition rsplit rstrip setdefault sort
    span split splitlines start startswith strip subtract swapcase symmetric_difference title translate union
    update upper values zfill maketrans is_integer
"""
METHODS = tuple(_METHODS.split())
_ITERTOOLS = """
    accumulate chain combinations combinations_with_replacement compress count cycle dropwhile groupby islice
    pairwise permutations product repeat starmap takewhile zip_longest
"""
_MATH = """
    acos asin atan atan2 cbrt ceil comb copysign cos degrees dist e exp fabs factorial floor fmod fsum gcd hypot
    inf isclose isqrt lcm log log10 log2 perm pi pow prod radians sin sqrt tan trunc
"""
MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bisect": ("bisect", "bisect_left", "bisect_right", "insort"),
        "collections": ("Counter", "OrderedDict", "defaultdict", "deque"),
        "functools": ("cmp_to_key", "partial", "reduce"),
        "heapq": ("heapify", "heappop", "heappush", "heappushpop", "merge", "nlargest", "nsmallest"),
        "itertools": tuple(_ITERTOOLS.split()),
        "math": tuple(_MATH.split()),
        "operator": ("add", "and_", "itemgetter", "mul", "or_", "sub", "xor"),
        "re": ("findall", "finditer", "fullmatch", "match", "search", "split", "sub"),
        "string": ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "punctuation"),
    }
)
# in the order in which a call holds them, so that none stands twice
KEYWORDS = ("default", "fillvalue", "initial", "key", "maxsplit", "maxlen", "repeat", "reverse", "start", "strict")
# what a function cannot be called: the layout would read it otherwise
RESERVED = frozenset([*keyword.kwlist, *MODULES])
