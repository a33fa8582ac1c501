"""Training the built-in encoder on groups of sentences that mean the same.

sentence-transformers' own trainer, with its in-batch contrastive loss. A batch holds at most one
pair of a group, or two ways to ask the same thing would be taught to be unlike.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.analysis import fingerprint
from knowledge.encoder import CARD, StaticEncoder, Vectors, buckets, random_rows

ROUNDS = 60
BATCH = 256
LEARNING_RATE = 1e-2

Progress = Callable[[str], None]


def train(
    groups: Sequence[Sequence[str]],
    folder: Path,
    *,
    start: Vectors | None = None,
    rounds: int = ROUNDS,
    rate: float = LEARNING_RATE,
    seed: int = 7,
    progress: Progress = lambda line: None,
) -> StaticEncoder:
    """Trains, saves into ``folder`` (a sentence-transformers model over bucket numbers), loads.

    Args:
        groups: sentences of one meaning each; a group of one teaches nothing.
        start: rows to go on from, shape (buckets, dimension); random ones by default.
        rounds: how often each group is drawn for a pair.
        seed: the same groups and seed give the same encoder.
    """
    rows = random_rows() if start is None else start
    groups = [list(dict.fromkeys(group)) for group in groups]
    groups = [group for group in groups if len(group) > 1]
    pairs = draw(groups, rounds, BATCH, seed)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        fresh = Path(scratch) / "encoder"
        if pairs:
            size = min(BATCH, len(groups))
            progress(f"training the encoder on {len(pairs)} pairs of {len(groups)} questions")
            rows = contrast(rows, pairs, size, rate, seed)
        save(model_of(rows), fresh)
        digest = hashlib.sha256((fresh / "model.safetensors").read_bytes()).hexdigest()
        card = {"name": f"static-{digest[:16]}", "analysis": fingerprint()}
        (fresh / CARD).write_text(json.dumps(card), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return StaticEncoder(rows, card["name"], str(folder))


def draw(
    groups: Sequence[Sequence[str]], rounds: int, batch: int, seed: int
) -> list[tuple[str, str]]:
    """Pairs in the order of training: whole batches without two pairs of one group."""
    if len(groups) < 2:
        return []
    random = np.random.default_rng(seed)
    size = min(batch, len(groups))
    whole = len(groups) - len(groups) % size
    pairs: list[tuple[str, str]] = []
    for _ in range(rounds):
        for number in random.permutation(len(groups))[:whole]:
            group = groups[number]
            one, other = random.choice(len(group), size=2, replace=False)
            pairs.append((group[one], group[other]))
    return pairs


def model_of(rows: Vectors) -> Any:
    """A sentence-transformers model that reads bucket numbers with blanks between them."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(WordLevel({str(n): n for n in range(len(rows))}, unk_token="0"))  # noqa: S106
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=rows.copy())])


def contrast(
    rows: Vectors, pairs: Sequence[tuple[str, str]], size: int, rate: float, seed: int
) -> Vectors:
    """Trained rows; ``size`` pairs a batch, in the order given.

    Only rows that occur in a pair are handed to the trainer: the optimiser would spend its time on
    the many others, which stay as they are.
    """
    import torch
    from datasets import Dataset
    from datasets.utils.logging import disable_progress_bar
    from sentence_transformers import (
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from torch.utils.data import SequentialSampler
    from transformers.trainer_callback import PrinterCallback

    numbers = {text: buckets(text, len(rows)) for text in {text for pair in pairs for text in pair}}
    touched = sorted({number for found in numbers.values() for number in found})
    place = {number: n for n, number in enumerate(touched)}
    written = {text: " ".join(str(place[n]) for n in found) for text, found in numbers.items()}

    def in_order(dataset: Any, batch_size: int, drop_last: bool, **_: Any) -> Any:
        return DefaultBatchSampler(SequentialSampler(dataset), batch_size, drop_last)

    torch.manual_seed(seed)
    disable_progress_bar()
    model = model_of(rows[touched])
    model.model_card_data.widget = [{}]  # or it would choose examples, with a progress bar
    with tempfile.TemporaryDirectory() as scratch:
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=scratch,
                num_train_epochs=1,
                learning_rate=rate,
                per_device_train_batch_size=size,
                batch_sampler=in_order,
                seed=seed,
                use_cpu=True,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_dict(
                {
                    "anchor": [written[one] for one, _ in pairs],
                    "positive": [written[other] for _, other in pairs],
                }
            ),
            loss=MultipleNegativesRankingLoss(model),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    trained = rows.copy()
    trained[touched] = model[0].embedding.weight.detach().numpy()
    return trained


def save(model: Any, folder: Path) -> None:
    model.save(os.fspath(folder), create_model_card=False)
