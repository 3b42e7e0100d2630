"""Callbacks: what may happen around epochs and batches of `fit`, with Keras' names."""

from figurate.callbacks.backup_and_restore import BackupAndRestore
from figurate.callbacks.callback import Callback
from figurate.callbacks.callback_list import CallbackList
from figurate.callbacks.csv_logger import CSVLogger
from figurate.callbacks.early_stopping import EarlyStopping
from figurate.callbacks.history import History
from figurate.callbacks.lambda_callback import LambdaCallback
from figurate.callbacks.learning_rate import LearningRateScheduler
from figurate.callbacks.mlflow_logger import MLflow
from figurate.callbacks.model_checkpoint import ModelCheckpoint
from figurate.callbacks.progress_bar import ProgressBar
from figurate.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from figurate.callbacks.stop_augmentation import StopAugmentation
from figurate.callbacks.swap_ema_weights import SwapEMAWeights
from figurate.callbacks.tensor_board import TensorBoard
from figurate.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "MLflow",
    "ModelCheckpoint",
    "ProgressBar",
    "ReduceLROnPlateau",
    "StopAugmentation",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
