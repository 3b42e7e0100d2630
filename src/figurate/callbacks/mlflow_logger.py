"""`MLflow`: writes a run to MLflow: its settings, its values an epoch, and the model's file.

Uses the MLflow that is installed, and the store that it is set to.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from figurate.callbacks.callback import Callback, Logs, State
from figurate.errors import ConfigurationError
from figurate.libraries import library
from figurate.parameters import Boolean, Text

_FILE = "model.safetensors"
_SETTINGS = ("epochs", "batch_size", "steps", "figures", "shuffle", "seed")
_TEXT = Text()


class MLflow(Callback):
    """Log a run to MLflow: parameters when it begins, loss and metrics of each epoch, the model's file when it ends.

    Within `with mlflow.start_run():` everything goes to that run. Else a run begins with training and ends with it:
    FINISHED, FAILED after an error, KILLED by Ctrl-C. With `BackupAndRestore` a run that was killed goes on in the same
    run of MLflow. Parameters that the run has already stay as they are.

    Needs MLflow: `pip install mlflow`; or `mlflow-skinny`, to which a SQLite store adds `sqlalchemy` and `alembic`.

    Args:
        experiment_name: Made if there is none; None: that of `mlflow.set_experiment`, of the environment variables
            MLFLOW_EXPERIMENT_ID or MLFLOW_EXPERIMENT_NAME, or MLflow's "Default".
        run_name: None: one of MLflow's invention.
        tracking_uri: The store, such as "sqlite:///runs.db" or a server's address; None: as MLflow is set
            (`mlflow.set_tracking_uri`, MLFLOW_TRACKING_URI).
        log_model: Whether the model's file becomes an artifact, "model.safetensors".

    Attributes:
        run_id: MLflow's name of the run; None before the first epoch.

    Raises:
        ConfigurationError: An argument is wrong, or the store cannot be used.
        UnsupportedError: MLflow is not installed.

    Example:
        >>> log = MLflow("digits", tracking_uri="sqlite:///runs.db")  # doctest: +SKIP
        >>> model.fit(x, y, epochs=20, callbacks=[log])  # doctest: +SKIP
    """

    runs_last = True  # so that the model is the one that EarlyStopping leaves

    def __init__(
        self,
        experiment_name: str | None = None,
        run_name: str | None = None,
        tracking_uri: str | None = None,
        log_model: bool = True,
    ) -> None:
        super().__init__()
        for name, value in (
            ("experiment_name", experiment_name),
            ("run_name", run_name),
            ("tracking_uri", tracking_uri),
        ):
            if value is not None:
                _TEXT.check("MLflow", name, value)
        self.experiment_name = experiment_name
        self.run_name = run_name
        self.tracking_uri = tracking_uri
        self.log_model: bool = Boolean().check("MLflow", "log_model", log_model)
        self.run_id: str | None = None
        self._mlflow = library(
            "mlflow",
            "`MLflow` writes with the library of that name",
            "mlflow",
            "`CSVLogger` writes a table without it",
        )
        self._client: Any = None
        self._experiment_id = ""
        self._is_own = True
        self._has_parameters = False
        self._has_ended = False

    # -- hooks -------------------------------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.run_id, self._is_own = None, True
        self._has_parameters = self._has_ended = False
        active = self._mlflow.active_run()
        given = (self.experiment_name, self.run_name, self.tracking_uri)
        try:
            self._client = self._mlflow.MlflowClient(tracking_uri=self.tracking_uri)
            if active is not None and given == (None, None, None):
                self.run_id, self._is_own = active.info.run_id, False
            else:
                self._experiment_id = self._find_experiment()
        except Exception as error:  # stores fail in many ways; training has not begun yet
            where = self.tracking_uri or self._mlflow.get_tracking_uri()
            raise ConfigurationError(
                f"`MLflow` expects a store that MLflow can open, received {where!r}: {error} Pass "
                '`tracking_uri="sqlite:///mlflow.db"`, with the whole of MLflow installed, or a server\'s address.'
            ) from error

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        # Not before: a backup may have brought the run of an earlier process, see `set_state`.
        if self.run_id is None:
            self.run_id = self._client.create_run(self._experiment_id, run_name=self.run_name).info.run_id
        if not self._has_parameters:
            self._log_parameters()
            self._has_parameters = True

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        now = int(time.time() * 1000)
        metrics = [self._mlflow.entities.Metric(k, float(v), now, epoch) for k, v in (logs or {}).items()]
        self._client.log_batch(self.run_id, metrics=metrics)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.run_id is None:  # no epoch was asked for
            return
        if self.log_model:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, _FILE)
                self.model.save(path)
                self._client.log_artifact(self.run_id, path)
        self._end("FINISHED")

    def on_train_exit(self) -> None:
        self._end("KILLED" if isinstance(sys.exception(), KeyboardInterrupt) else "FAILED")

    def get_state(self) -> State:
        return {"run_id": self.run_id if self._is_own else None}

    def set_state(self, state: Mapping[str, Any]) -> None:
        if self._is_own and state["run_id"] is not None:
            self.run_id = state["run_id"]
            self._client.update_run(self.run_id, status="RUNNING")

    # -- MLflow ------------------------------------------------------------------------------------------------------

    def _find_experiment(self) -> str:
        """The number of the experiment that a new run belongs to."""
        name = self.experiment_name
        if name is None:
            number = os.environ.get("MLFLOW_EXPERIMENT_ID")  # set_experiment sets it too
            if number and self.tracking_uri is None:
                return number
            name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or "Default"
        found = self._client.get_experiment_by_name(name)
        return str(self._client.create_experiment(name) if found is None else found.experiment_id)

    def _log_parameters(self) -> None:
        model: Any = self.model
        values = {name: self.params[name] for name in _SETTINGS}
        values["seed"] = model.seed if values["seed"] is None else values["seed"]
        values |= {
            "optimizer": type(model.optimizer).__name__,
            "learning_rate": model.optimizer.learning_rate,
            "loss": getattr(model.loss, "name", model.loss),
            "parameters": model.count_params(),
            "layers": ", ".join(map(repr, model.layers)),
        }
        there = self._client.get_run(self.run_id).data.params  # MLflow refuses a second value
        longest = 500  # characters that every store takes
        new = [self._mlflow.entities.Param(k, str(v)[:longest]) for k, v in values.items() if k not in there]
        self._client.log_batch(self.run_id, params=new)

    def _end(self, status: str) -> None:
        """End the run, once, if it is this callback's own."""
        if self._is_own and self.run_id is not None and not self._has_ended:
            self._has_ended = True
            self._client.set_terminated(self.run_id, status)
