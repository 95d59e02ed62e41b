"""The same weave over millions of posts in Parquet: on one machine over arrays, or through Spark."""

from clew.corpus.columns import Reading as Reading
from clew.corpus.forest import Roots as Roots
from clew.corpus.forest import roots as roots
from clew.corpus.local import Task as Task
from clew.corpus.local import weave as weave
from clew.corpus.output import Total as Total

__all__ = ["Reading", "Roots", "Task", "Total", "roots", "weave"]
