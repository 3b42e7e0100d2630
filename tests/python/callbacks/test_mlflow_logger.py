"""`MLflow` writes to a real store, a folder of files; docs/watching.md, which is run too, writes to SQLite."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from figurate import callbacks, errors
from figurate.models import load_model
from tests.small import figures, model, same_weights

X, Y = figures()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store of files; MLflow has it behind a switch."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return (tmp_path / "runs").as_uri()


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow tells nobody that it is used, finds no settings of the user's, and works in a folder of its own."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def mlflow(folder: str) -> Iterator[Any]:
    """MLflow as a user has set it: to the store of files."""
    import mlflow

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(folder)
    yield mlflow
    mlflow.set_tracking_uri(before)


def course(client: Any, run_id: str, name: str) -> list[tuple[int, float]]:
    return [(metric.step, metric.value) for metric in client.get_metric_history(run_id, name)]


def test_a_run_in_a_folder(folder: str, tmp_path: Path, mlflow: Any) -> None:
    trained = model()
    log = callbacks.MLflow("digits", run_name="first", tracking_uri=folder)
    history = trained.fit(X, Y, epochs=3, batch_size=16, validation_data=(X, Y), callbacks=[log], verbose=0)
    client = mlflow.MlflowClient(folder)
    assert log.run_id is not None
    run = client.get_run(log.run_id)
    assert client.get_experiment(run.info.experiment_id).name == "digits"
    assert (run.info.run_name, run.info.status) == ("first", "FINISHED")
    assert run.data.params == {
        "epochs": "3", "batch_size": "16", "steps": "6", "figures": "96", "shuffle": "True", "seed": "3",
        "optimizer": "Adam", "learning_rate": "0.001", "loss": "sparse_categorical_crossentropy",
        "parameters": str(trained.count_params()), "layers": ", ".join(map(repr, trained.layers)),
    }  # fmt: skip
    for name, values in history.history.items():
        assert course(client, log.run_id, name) == list(enumerate(values))
    assert [file.path for file in client.list_artifacts(log.run_id)] == ["model.safetensors"]
    fetched = client.download_artifacts(log.run_id, "model.safetensors", str(tmp_path))
    assert same_weights(load_model(fetched), trained)


def test_a_run_without_its_model(mlflow: Any, folder: str) -> None:
    log = callbacks.MLflow(tracking_uri=folder, log_model=False)
    model().fit(X, Y, callbacks=[log], verbose=0)
    client = mlflow.MlflowClient(folder)
    assert log.run_id is not None
    assert client.get_experiment(client.get_run(log.run_id).info.experiment_id).name == "Default"
    assert client.list_artifacts(log.run_id) == []


def test_within_a_run_of_the_users(mlflow: Any) -> None:
    mlflow.set_experiment("mine")
    log = callbacks.MLflow()
    with mlflow.start_run() as run:
        mlflow.log_param("epochs", "as I say")
        trained = model()
        trained.fit(X, Y, callbacks=[log], verbose=0)
        trained.fit(X, Y, epochs=2, initial_epoch=1, callbacks=[log], verbose=0)  # parameters stay
        assert mlflow.MlflowClient().get_run(run.info.run_id).info.status == "RUNNING"
    assert log.run_id == run.info.run_id
    found = mlflow.MlflowClient().get_run(run.info.run_id).data
    assert (found.params["epochs"], found.params["batch_size"]) == ("as I say", "32")
    assert [step for step, _ in course(mlflow.MlflowClient(), run.info.run_id, "loss")] == [0, 1]


def test_where_a_run_goes_that_nothing_is_said_of(mlflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = mlflow.MlflowClient()
    chosen = mlflow.set_experiment("chosen").experiment_id
    named = client.create_experiment("named")
    for expected in (chosen, named, "0"):
        log = callbacks.MLflow(log_model=False)
        model().fit(X, Y, callbacks=[log], verbose=0)
        assert log.run_id is not None
        assert client.get_run(log.run_id).info.experiment_id == expected
        monkeypatch.delenv("MLFLOW_EXPERIMENT_ID", raising=False)  # what `set_experiment` has set
        monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "named" if expected == chosen else "")


class Stop(callbacks.Callback):
    """Ends a run before its second epoch."""

    def __init__(self, error: type[BaseException]) -> None:
        super().__init__()
        self.error = error

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if epoch == 1:
            raise self.error


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, "KILLED"), (RuntimeError, "FAILED")])
def test_a_run_that_ends_early_says_so(mlflow: Any, error: type[BaseException], status: str) -> None:
    log = callbacks.MLflow()
    with pytest.raises(error, match=r"^$"):
        model().fit(X, Y, epochs=3, callbacks=[log, Stop(error)], verbose=0)
    assert log.run_id is not None
    run = mlflow.MlflowClient().get_run(log.run_id)
    assert run.info.status == status
    assert mlflow.MlflowClient().list_artifacts(log.run_id) == []


def test_a_run_that_was_killed_goes_on_in_the_same_run(mlflow: Any, tmp_path: Path) -> None:
    ids = []
    for others in ([Stop(KeyboardInterrupt)], []):
        log = callbacks.MLflow(log_model=False)
        chosen = [log, callbacks.BackupAndRestore(tmp_path), *others]
        with contextlib.suppress(KeyboardInterrupt):
            model().fit(X, Y, epochs=3, callbacks=chosen, verbose=0)
        assert log.run_id is not None
        ids.append(log.run_id)
    assert ids[0] == ids[1]
    client = mlflow.MlflowClient()
    assert client.get_run(ids[0]).info.status == "FINISHED"
    assert [step for step, _ in course(client, ids[0], "loss")] == [0, 1, 2]


def test_the_model_is_the_one_that_early_stopping_leaves(mlflow: Any, tmp_path: Path) -> None:
    trained = model()
    stop = callbacks.EarlyStopping("loss", mode="max", restore_best_weights=True)  # the first epoch's, then
    trained.fit(X, Y, epochs=4, callbacks=[log := callbacks.MLflow(), stop], verbose=0)
    path = mlflow.MlflowClient().download_artifacts(log.run_id, "model.safetensors", str(tmp_path))
    assert same_weights(load_model(path), trained)


def test_a_store_that_does_not_open_is_said_before_training(tmp_path: Path) -> None:
    log = callbacks.MLflow(tracking_uri="nowhere://runs")
    trained = model()
    with pytest.raises(errors.ConfigurationError, match=r"expects a store that MLflow can open, received 'nowhere://r"):
        trained.fit(X, Y, callbacks=[log], verbose=0)
    assert trained.epochs_trained == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"experiment_name": 3}, r"`MLflow\(experiment_name=…\)` expects a string of at least one character"),
        ({"log_model": 1}, r"`MLflow\(log_model=…\)` expects True or False"),
    ],
)
def test_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=message):
        callbacks.MLflow(**arguments)
