"""Plug-ins of other packages, loaded behind a guard: a broken one is named, and everything else goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """What every plug-in has: the name by which users choose it."""

    @property
    def name(self) -> str:
        """The name, which no two plug-ins of a group share."""


T = TypeVar("T", bound=Named)


@dataclass(frozen=True, slots=True)
class NotLoaded:
    """A plug-in that could not be loaded, and why."""

    name: str
    distribution: str
    reason: str

    def __str__(self) -> str:
        return f"not loaded: {self.name} ({self.distribution}): {self.reason}"


@dataclass(frozen=True)
class Plugins(Generic[T]):
    """The plug-ins of one group: those that were loaded, by their entry points' names, and those that were not."""

    loaded: dict[str, T]
    not_loaded: tuple[NotLoaded, ...]


def load_plugins(group: str, check: Callable[[object], T]) -> Plugins[T]:
    """Load what other packages offer under an entry point.

    Args:
        group: the entry point's group, as ``servanda.readers``.
        check: returns the plug-in as what it must be, or raises ``ValueError`` with the reason why it is not.

    Returns:
        The plug-ins by name, and beside them what could not be loaded. A plug-in that fails in whatever way
        never fails the program.
    """
    loaded: dict[str, T] = {}
    failed: list[NotLoaded] = []
    for distribution, points in _offered(group, failed):
        for point in points:
            try:
                if point.name in loaded:
                    raise ValueError("another package offers a plug-in of this name")
                plugin = check(point.load())
                if any(plugin.name == other.name for other in loaded.values()):
                    raise ValueError(f"another plug-in that was loaded is called {plugin.name!r}")
                loaded[point.name] = plugin
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  code of strangers may exit or stop in another language
                reason = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
                failed.append(NotLoaded(point.name, distribution, " ".join(reason.split())[:300]))
    return Plugins(loaded, tuple(failed))


def _offered(group: str, failed: list[NotLoaded]) -> Iterator[tuple[str, list[EntryPoint]]]:
    """The entry points of a group by distribution, by name; of two distributions of one name the first counts, as for imports."""
    offered: dict[str, tuple[str, list[EntryPoint]]] = {}
    for distribution in distributions():
        try:
            text = distribution.read_text("entry_points.txt") or ""
        except (OSError, UnicodeDecodeError):
            continue
        if group not in text:
            continue
        label = _label(distribution)
        try:
            points = sorted(distribution.entry_points.select(group=group), key=lambda point: point.name)
        except Exception as error:  # noqa: BLE001  metadata of strangers
            failed.append(NotLoaded("entry_points.txt", label, f"{type(error).__name__}: {error}"))
            continue
        offered.setdefault(label.partition(",")[0], (label, points))
    yield from (offered[name] for name in sorted(offered))


def _label(distribution: Distribution) -> str:
    """Name and version, as far as the metadata tell."""
    try:
        return f"{distribution.metadata['Name']}, {distribution.version}"
    except Exception:  # noqa: BLE001  metadata of strangers
        return "a package without metadata"
