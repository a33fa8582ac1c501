"""Training the built-in encoder on groups of sentences that mean the same.

sentence-transformers' own trainer, with its in-batch contrastive loss. A batch holds at most one
pair of a group, or two ways to ask the same thing would be taught to be unlike.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from knowledge.analysis import fingerprint
from knowledge.encoder import (
    CARD,
    LEARNT,
    AdaptedEncoder,
    StaticEncoder,
    Vectors,
    buckets,
    random_rows,
)
from knowledge.peculiarity import peculiar_to

ROUNDS = 250
BATCH = 256
LEARNING_RATE = 5e-3
MOST = 100_000
"""At most about so many pairs are drawn from groups, however many there are."""

DROPPED, DROPPED_ADAPTING = 0.5, 0.3
"""This share of a sentence's terms is left out, others each time, so that no term is relied on."""

SHARPNESS, SHARPNESS_ADAPTING = 10.0, 20.0
"""What cosines are multiplied by before they compete."""

PAIR_ROUNDS = 4
AGAIN = 120
"""How often each pair is shown when an encoder is adapted, and each group, lest it forget them: a
group has a dozen texts, and any two of them should meet again."""

TELL_EVERY = 50

Progress = Callable[[str], None]
Pair = tuple[str, str]


def train(
    groups: Sequence[Sequence[str]],
    folder: Path,
    *,
    pairs: Sequence[Pair] = (),
    talk: Collection[str] = (),
    start: Vectors | None = None,
    rounds: int = ROUNDS,
    rate: float = LEARNING_RATE,
    seed: int = 7,
    progress: Progress = lambda line: None,
) -> StaticEncoder:
    """Trains, saves into ``folder`` (a sentence-transformers model over bucket numbers), loads.

    Args:
        groups: sentences of one meaning each; a group of one teaches nothing.
        pairs: further sentences that mean the same, such as a query and its question.
        talk: what is said about other things, against which a query is told to be like the pairs.
        start: rows to go on from, shape (buckets, dimension); random ones by default. With pairs
            they are kept beside those that are trained.
        rounds: how often each group is drawn for a pair.
        seed: the same groups, pairs and seed give the same encoder.
    """
    rows = random_rows() if start is None else start
    groups = [list(dict.fromkeys(group)) for group in groups]
    groups = [group for group in groups if len(group) > 1]
    rounds = min(rounds, MOST // max(len(groups), 1) + 1)
    batches = [*draw(groups, rounds, BATCH, seed), *deal(pairs, PAIR_ROUNDS, BATCH, seed)]
    order = np.random.default_rng(seed).permutation(len(batches))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        fresh = Path(scratch) / "encoder"
        if batches:
            some = f" and {len(pairs)} pairs" if pairs else ""
            progress(f"training the encoder on {len(groups)} questions{some}")
            rows = contrast(
                rows,
                [batches[n] for n in order],
                rate=rate,
                dropped=DROPPED_ADAPTING if pairs else DROPPED,
                sharpness=SHARPNESS_ADAPTING if pairs else SHARPNESS,
                seed=seed,
                progress=progress,
            )
        encoder = StaticEncoder(rows, "", str(folder))
        if pairs and start is not None:
            own, least = peculiar_to(pairs, talk, len(rows))
            encoder = AdaptedEncoder(np.hstack([start, rows]), own, least, "", str(folder))
        save(model_of(encoder.rows), fresh)
        written = (fresh / "model.safetensors").read_bytes()
        if isinstance(encoder, AdaptedEncoder):
            learnt = {"own": encoder.own, "least": np.array([encoder.least])}
            save_file(learnt, fresh / LEARNT)
            written += (fresh / LEARNT).read_bytes()
        encoder.name = f"static-{hashlib.sha256(written).hexdigest()[:16]}"
        card = {
            "name": encoder.name,
            "analysis": fingerprint(),
            "learnt": isinstance(encoder, AdaptedEncoder),
        }
        (fresh / CARD).write_text(json.dumps(card), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return encoder


def draw(groups: Sequence[Sequence[str]], rounds: int, batch: int, seed: int) -> list[list[Pair]]:
    """Batches of pairs, no two of one group in the same."""
    if len(groups) < 2:
        return []
    random = np.random.default_rng(seed)
    size = min(batch, len(groups))
    whole = len(groups) - len(groups) % size
    pairs: list[Pair] = []
    for _ in range(rounds):
        for number in random.permutation(len(groups))[:whole]:
            group = groups[number]
            one, other = random.choice(len(group), size=2, replace=False)
            pairs.append((group[one], group[other]))
    return [pairs[n : n + size] for n in range(0, len(pairs), size)]


def deal(pairs: Sequence[Pair], rounds: int, batch: int, seed: int) -> list[list[Pair]]:
    """Batches in which every pair comes once a round; equal questions are kept apart."""
    random = np.random.default_rng(seed)
    batches = list[list[Pair]]()
    for _ in range(rounds):
        waiting = [pairs[n] for n in random.permutation(len(pairs))]
        while len(waiting) > 1:
            taken, left, questions = list[Pair](), list[Pair](), set[str]()
            for pair in waiting:
                fits = len(taken) < batch and pair[1] not in questions
                (taken if fits else left).append(pair)
                questions.add(pair[1])
            batches.append(taken)
            waiting = left
    return [found for found in batches if len(found) > 1]


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
    rows: Vectors,
    batches: Sequence[Sequence[Pair]],
    *,
    rate: float,
    dropped: float,
    sharpness: float,
    seed: int,
    progress: Progress,
) -> Vectors:
    """Rows trained on the batches as they are given.

    Only rows that occur in a pair are handed to the trainer, and only those of a batch are moved
    by it: the optimiser would spend its time on the many others.
    """
    import torch
    from datasets import Dataset

    random = np.random.default_rng(seed)
    pairs = [pair for batch in batches for pair in batch]
    numbers = {text: buckets(text, len(rows)) for text in {text for pair in pairs for text in pair}}
    touched = np.unique([number for found in numbers.values() for number in found])
    place = {text: np.searchsorted(touched, found) for text, found in numbers.items()}

    def thinned(text: str) -> str:
        kept = place[text][random.random(len(place[text])) >= dropped]
        return " ".join(map(str, kept if len(kept) else place[text]))

    torch.manual_seed(seed)
    model = model_of(rows[touched])
    model[0].embedding.sparse = True
    written = [(thinned(one), thinned(other)) for one, other in pairs]
    run(
        model,
        Dataset.from_dict(
            {"anchor": [one for one, _ in written], "positive": [other for _, other in written]}
        ),
        [len(batch) for batch in batches],
        optimizer=torch.optim.SparseAdam(list(model.parameters()), lr=rate),
        sharpness=sharpness,
        seed=seed,
        progress=progress,
    )
    trained = rows.copy()
    trained[touched] = model[0].embedding.weight.detach().numpy()
    return trained


def run(
    model: Any,
    dataset: Any,
    sizes: Sequence[int],
    *,
    optimizer: Any,
    sharpness: float,
    seed: int,
    progress: Progress,
) -> None:
    """One pass of sentence-transformers' trainer over rows ``{anchor, positive}``.

    Args:
        sizes: how many rows each batch has, in the order of the rows.
        optimizer: its rate goes down to nothing in a straight line.
    """
    from datasets.utils.logging import disable_progress_bar
    from sentence_transformers import (
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from torch.optim.lr_scheduler import LambdaLR
    from torch.utils.data import SequentialSampler
    from transformers.trainer_callback import PrinterCallback, TrainerCallback

    ends = np.cumsum(sizes).tolist()

    class AsGiven(DefaultBatchSampler):
        def __iter__(self) -> Iterator[list[int]]:
            return (list(range(end - size, end)) for end, size in zip(ends, sizes, strict=True))

        def __len__(self) -> int:
            return len(ends)

    slopes = list[tuple[Any, Any]]()

    def put_aside(parameter: Any) -> None:
        slopes.append((parameter, parameter.grad))
        parameter.grad = None

    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(put_aside)

    class Telling(TrainerCallback):
        def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            # the trainer has just measured the gradients, which it cannot do with sparse ones
            for moved, slope in slopes:
                moved.grad = slope
            slopes.clear()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.global_step % TELL_EVERY == 0:
                progress(f"trained {state.global_step} of {len(ends)} batches")

    disable_progress_bar()
    model.model_card_data.widget = [{}]  # or it would choose examples, with a progress bar
    with tempfile.TemporaryDirectory() as scratch:
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=scratch,
                num_train_epochs=1,
                max_grad_norm=0,
                per_device_train_batch_size=max(sizes),
                batch_sampler=lambda data, batch_size, drop_last, **_: AsGiven(
                    SequentialSampler(data), batch_size, drop_last
                ),
                seed=seed,
                use_cpu=True,
                report_to=[],
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=dataset,
            loss=MultipleNegativesRankingLoss(
                model,
                scale=sharpness,
                directions=("query_to_doc", "doc_to_query"),
                partition_mode="per_direction",
            ),
            optimizers=(optimizer, LambdaLR(optimizer, lambda step: 1 - step / len(ends))),
            callbacks=[Telling()],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def save(model: Any, folder: Path) -> None:
    model.save(os.fspath(folder), create_model_card=False)
