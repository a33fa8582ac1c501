"""Whatever may go wrong with knowledge, as bad input."""

import contextlib
from collections.abc import Iterator

FAULTS_SHOWN = 20


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """What may go wrong with files and snapshots, as bad input; a line for every fault."""
    from bot.cli import BadInput
    from knowledge.adapting import AdaptingError
    from knowledge.encoder import EncoderError
    from knowledge.house import HouseError
    from knowledge.importers import ImportFault
    from knowledge.manifest import SnapshotError
    from knowledge.questions import EvaluationError
    from knowledge.version import ReviewFault

    try:
        yield
    except ImportFault as error:
        raise BadInput(_several(error.faults)) from error
    except (
        AdaptingError,
        EncoderError,
        EvaluationError,
        HouseError,
        ReviewFault,
        SnapshotError,
    ) as error:
        raise BadInput(str(error)) from error
    except OSError as error:
        raise BadInput(f"{error.filename or 'disk'}: {error.strerror}") from error


def _several(lines: tuple[str, ...]) -> str:
    if len(lines) == 1:
        return f"import: {lines[0]}; nothing was imported"
    shown = [f"import: {line}" for line in lines[:FAULTS_SHOWN]]
    return "\nlinli: ".join([*shown, f"import: {len(lines)} faults; nothing was imported"])
