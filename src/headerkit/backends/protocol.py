"""What a backend is: it turns a unit into IR, and says which files that answer depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from headerkit.digest import RAW
from headerkit.light_classes import dataclass

if TYPE_CHECKING:
    from headerkit.ir import Header
    from headerkit.unit import Unit

__all__ = ["Backend", "FileRead", "Parsed"]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that the parse read: its portable path (`headerkit.portable`) and its absolute one.

    `digest` is the `headerkit.digest.content_digest` of the bytes that the parser saw, so that an edit during the run
    is never stored under the new content's digest; "" where the backend cannot say (the file is then read again). Of a
    file whose bytes count as they are, line ends and all, it is `headerkit.digest.file_digest(path, raw=True)`.
    """

    portable: str
    path: str
    digest: str = ""

    @property
    def is_raw(self) -> bool:
        """Whether the digest is that of the very bytes."""
        return self.digest.startswith(RAW)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A backend's answer.

    `files` are all files read, each once, in the order of first reading, without the umbrella itself. `absent` are the
    portable paths where an `#include` or `__has_include` looked before it found its file (or gave up), and found
    nothing: a file that appears there changes the answer. `warnings` are texts for the user, free of trailing newlines.
    """

    header: Header
    files: tuple[FileRead, ...]
    absent: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Backend(Protocol):
    """A parser. Registered under its name (entry point group `headerkit.backends`)."""

    @property
    def name(self) -> str:
        """The name that settings and identities use."""

    def parse(self, unit: Unit) -> Parsed:
        """Parse one unit.

        Raises ParseError (with the parser's own text, file and line), HeaderNotFoundError, LibclangUnavailableError or
        TargetError; never returns a partial answer.
        """
