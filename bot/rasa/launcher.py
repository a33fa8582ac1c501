"""Starts Rasa's own command line, in Rasa's own environment, with two measured gains.

``python -m bot.rasa.launcher run|train|data …``. Importing skops before TensorFlow takes
loading a model from seconds to half a second; the second gain is ``bot.rasa.validation``.
"""

import ctypes
import ctypes.util
import logging
import os
import signal
import sys
import threading
import warnings

from bot.garbage import look_rarely


def die_with_parent() -> None:
    """End this process when the service that started it is gone, however it went.

    On Linux the kernel is asked (prctl, PR_SET_PDEATHSIG = 1). Everywhere, standard input is
    a pipe held by the parent, whose end means the same.
    """
    if sys.platform == "linux":
        ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True).prctl(1, signal.SIGKILL)
    threading.Thread(target=wait_for_end_of_input, daemon=True).start()


def wait_for_end_of_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def log_as_the_service_does() -> None:
    """Lines in the service's form in the place of Rasa's own, without its deprecations."""
    warnings.simplefilter("ignore", DeprecationWarning)

    import jieba
    import rasa.utils.io

    from bot import logs

    def configure(level: int | None) -> None:
        form = os.environ.get("LINLI_LOG_FORMAT", "text")
        logs.configure(logging.getLevelName(level or logging.INFO), form)
        logging.getLogger("py.warnings").setLevel(logging.ERROR)

    jieba.setLogLevel(logging.WARNING)
    rasa.utils.io.configure_colored_logging = configure


def main() -> None:
    if os.environ.get("LINLI_RASA_SUPERVISED"):
        die_with_parent()
    look_rarely()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

    import skops.io  # noqa: F401  # before TensorFlow

    if sys.argv[1:2] == ["run"]:
        log_as_the_service_does()

    from bot.rasa import validation

    validation.install()

    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
