"""Following authors, lists, tags and threads: one process, polite schedules, and no post twice."""

from clew.watch.book import Book as Book
from clew.watch.book import News as News
from clew.watch.book import Watched as Watched
from clew.watch.run import Runner as Runner

__all__ = ["Book", "News", "Runner", "Watched"]
