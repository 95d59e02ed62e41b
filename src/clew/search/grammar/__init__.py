"""The query language: `table` says what can be written, `nodes` what is meant, and `parse` goes from one to the other.

`pieces` cuts a query up, `parser` puts the pieces together, `words` and `values` say what a word and the value of an
operator mean. The table is what docs/search.md and the tests are made of.
"""

from clew.search.grammar.nodes import And as And
from clew.search.grammar.nodes import Everything as Everything
from clew.search.grammar.nodes import Fuzzy as Fuzzy
from clew.search.grammar.nodes import Near as Near
from clew.search.grammar.nodes import Node as Node
from clew.search.grammar.nodes import Not as Not
from clew.search.grammar.nodes import Or as Or
from clew.search.grammar.nodes import Phrase as Phrase
from clew.search.grammar.nodes import Prefix as Prefix
from clew.search.grammar.nodes import Query as Query
from clew.search.grammar.nodes import Range as Range
from clew.search.grammar.nodes import Sign as Sign
from clew.search.grammar.nodes import Word as Word
from clew.search.grammar.nodes import renamed as renamed
from clew.search.grammar.parser import parse as parse
from clew.search.grammar.table import OPERATORS as OPERATORS
from clew.search.grammar.table import WRITTEN as WRITTEN
from clew.search.grammar.table import Operator as Operator

__all__ = [
    "OPERATORS",
    "WRITTEN",
    "And",
    "Everything",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "Operator",
    "Or",
    "Phrase",
    "Prefix",
    "Query",
    "Range",
    "Sign",
    "Word",
    "parse",
    "renamed",
]
