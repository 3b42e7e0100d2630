"""`Findings`: what cannot be converted, and what training would do otherwise, collected layer by layer.

A conversion looks at the whole network before it complains, so that one message names all there is to change.
"""

from __future__ import annotations

from warnings import warn

from figurate.errors import FigurateWarning, UnsupportedError, harmless

_SHOWN = 20


class Findings:
    """What a conversion found.

    Args:
        caller: "from_keras", for messages.
        what: The network, for messages: "the Keras model 'digits'".
    """

    def __init__(self, caller: str, what: str) -> None:
        self.caller = caller
        self.what = what
        self._cannot: list[str] = []
        self._otherwise: list[str] = []
        self._outcomes: list[str] = []

    def cannot(self, name: str, reason: str) -> None:
        """Note a layer or setting that figurate has not."""
        self._cannot.append(f"{harmless(name, kept='')}: {reason}")

    def otherwise(self, name: str, reason: str, outcome: str = "") -> None:
        """Note what is left out: predictions are the same, training would not be.

        Args:
            name: The layer's.
            reason: What there is not.
            outcome: What becomes of it where it is left out; "" where that is plain.
        """
        entry = f"{harmless(name, kept='')}: {reason}"
        self._otherwise.append(entry)
        self._outcomes.append(f"{entry}{'' if entry.endswith('.') else '.'} {outcome}" if outcome else entry)

    @property
    def any_otherwise(self) -> bool:
        """Whether training would do anything otherwise."""
        return bool(self._otherwise)

    def raise_cannot(self, strict: bool = False) -> None:
        """Complain of all that cannot be converted.

        Args:
            strict: Whether what would train otherwise counts, too.

        Raises:
            UnsupportedError: There is any; the message has a line for each.
        """
        found = self._cannot + (self._otherwise if strict else [])
        if found:
            raise UnsupportedError(
                f"`{self.caller}` expects what figurate has, received {self.what} with {len(found)} "
                f"{'thing' if len(found) == 1 else 'things'} that it has not:{_lines(found)}\nReplace or remove them."
            )

    def warn_otherwise(self, stacklevel: int = 2) -> None:
        """Warn of what was left out, if anything was."""
        if self._otherwise:
            warn(
                f"`{self.caller}` left out of {self.what} what changes training alone:{_lines(self._outcomes)}",
                FigurateWarning,
                stacklevel=stacklevel + 1,
            )


def _lines(found: list[str]) -> str:
    more = f"\n  … and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return "".join(f"\n  {harmless(entry)}" for entry in found[:_SHOWN]) + more
