"""`BackupAndRestore`: lets a run that was killed continue, and end bit for bit where it would have ended.

Decides when a backup is written and read and which callbacks' states belong to it. What the file holds of the model,
and that a write leaves either the old file or the new one, is `models/saving.py`'s matter.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from os import PathLike
from typing import Any

from figurate.callbacks.callback import Callback, Logs, State
from figurate.errors import ConfigurationError, FileFormatError, UnsupportedError, shown
from figurate.parameters import Boolean

# What must be the same for the steps of the continued run to be those of the one that was killed.
_SAME = ("batch_size", "figures", "shuffle", "seed")


class BackupAndRestore(Callback):
    """Back up the run after every epoch; `fit` with the same arguments continues from the backup if there is one.

    The backup holds weights, optimizer state, learning rate, seed, epoch, history and the other callbacks' states, in
    one file that is replaced as a whole: a run killed at any moment, during a write too, continues from a complete
    backup. The file is also a model file, which `load_model` reads.

    Args:
        backup_dir: A path ending in ".safetensors", or a folder, in which backup.safetensors is written.
        save_freq: "epoch"; figurate backs up at the end of epochs only.
        double_checkpoint: Without effect: a backup is never half written, so a second one would add nothing.
        delete_checkpoint: Whether the file is deleted when `fit` ends by itself.

    Raises:
        ConfigurationError: An argument is wrong, or the backup was made by a run with other arguments.
        UnsupportedError: `save_freq` is a number of batches.
        FileFormatError: The backup is damaged.

    Example:
        >>> callbacks = [BackupAndRestore("run/backup.safetensors")]
    """

    runs_last = True  # so that the states it writes are those after the epoch

    def __init__(
        self,
        backup_dir: str | PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not isinstance(backup_dir, (str, PathLike)) or not os.fspath(backup_dir):
            raise ConfigurationError(
                "`BackupAndRestore(backup_dir=…)` expects the path of a '.safetensors' file or of a folder, received "
                f"{shown(backup_dir)}."
            )
        if save_freq != "epoch":
            raise UnsupportedError(
                f"`BackupAndRestore(save_freq=…)` expects 'epoch', received {shown(save_freq)}: figurate backs up at "
                "the end of epochs only. Leave the argument out."
            )
        Boolean().check("BackupAndRestore", "double_checkpoint", double_checkpoint)
        self.delete_checkpoint: bool = Boolean().check("BackupAndRestore", "delete_checkpoint", delete_checkpoint)
        path: str = os.fspath(backup_dir)
        self.filepath = path if path.endswith(".safetensors") else os.path.join(path, "backup.safetensors")
        self.next_epoch: int | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.next_epoch = None
        folder = os.path.dirname(self.filepath)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if not os.path.exists(self.filepath):
            return
        run = self.model.restore_run(self.filepath, self._check_same)
        states = list(run["callbacks"])
        for callback in self._others():
            name = type(callback).__name__
            found = next((entry for entry in states if entry["class_name"] == name), None)
            if found is not None:
                states.remove(found)
                self._give_back(callback, found["state"])
        self.model.stop_training = bool(run["stop_training"])
        self.next_epoch = int(run["next_epoch"])

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        states = [{"class_name": type(callback).__name__, "state": callback.get_state()} for callback in self._others()]
        run: State = {
            "next_epoch": epoch + 1,
            "stop_training": self.model.stop_training,
            "callbacks": states,
            **{name: self.params[name] for name in _SAME},
        }
        self.model.save_run(self.filepath, run)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.delete_checkpoint and os.path.exists(self.filepath):
            os.remove(self.filepath)

    def _give_back(self, callback: Callback, state: Mapping[str, Any]) -> None:
        try:
            callback.set_state(state)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileFormatError(
                f"The backup {self.filepath!r} holds no state that `{type(callback).__name__}` can take back "
                f"({error!r}), expected what the same class wrote. Delete the file to begin anew."
            ) from error

    def _others(self) -> list[Callback]:
        return [callback for callback in self.companions if callback is not self]

    def _check_same(self, run: Mapping[str, Any]) -> None:
        for name in _SAME:
            if run.get(name) != self.params[name]:
                raise ConfigurationError(
                    f"The backup {self.filepath!r} expects {name}={run.get(name)!r}, received "
                    f"{name}={self.params[name]!r}: it was made by another run. Call `fit` with the same arguments, "
                    "or delete the file to begin anew."
                )
