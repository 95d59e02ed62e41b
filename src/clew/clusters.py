"""Spark Connect: any Spark cluster, or Sail where there is no JVM."""

from __future__ import annotations

from typing import Any

from clew.errors import BadOption

__all__ = ["session"]


def session(connect: str) -> Any:
    """Return a session with the server at `sc://HOST:PORT`.

    Raises:
        BadOption: The client is not installed, or no server answers.
    """
    try:
        from pyspark.sql import SparkSession

        found: Any = SparkSession.builder.remote(connect).getOrCreate()
        found.range(1).count()
    except ImportError as error:
        raise BadOption(
            f"--engine spark needs its client: pip install 'clew[spark]' ({error.name} is absent)."
        ) from error
    except Exception as error:
        reason = str(error).partition("\n")[0][:200]
        raise BadOption(f"--connect {connect}: no Spark Connect server answers there ({reason}).") from error
    return found
