"""`Exporting`: models written in formats that run elsewhere. The formats are `figurate.export`'s matter."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from figurate.export import Exported, Model


class Exporting:
    """The base of what can be exported: `Sequential` and `Ensemble`."""

    def export(self, filepath: str | PathLike[str], format: str | None = None, **options: Any) -> Exported:
        """Write the model for use without figurate: as ONNX, as C, or for LiteRT.

        The file is run before it is given out, on real figures where some fit and on random ones. It is refused where
        it does not give what the model gives.

        Args:
            filepath: Of the file.
            format: "onnx", "c" or "litert"; None: by the path's ending, .onnx, .c or .tflite.
            **options: The format's; docs/exporting.md has them all. For ONNX and LiteRT `input`, "float32" (the
                default) for figures as `predict` takes them, or "uint8" for pixels of 0..255.

        Returns:
            What was written: files, size, and how the outputs compare.

        Raises:
            ConfigurationError: The model is not built, the format is unknown, or an option is wrong.
            DisagreementError: The file's outputs are not the model's; nothing was written.
            UnsupportedError: A layer cannot be said in the format, or a library is not installed; the message has the
                command that installs it.
            OSError: The file cannot be written.

        Example:
            >>> model.export("digits.onnx", input="uint8")  # doctest: +SKIP
        """
        from figurate.export import export

        return export(cast("Model", self), filepath, format, **options)
