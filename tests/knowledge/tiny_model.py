"""A real sentence-transformers model small enough to be made in a test."""

from pathlib import Path
from typing import Any

from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from tests.knowledge.corpus import ENTRIES


def tiny_model(folder: Path) -> Path:
    """A transformer of one layer, never trained, that reads characters."""
    texts = "".join(text for e in ENTRIES for text in (*e.phrasings, e.answer, *e.tests))
    vocabulary = ["[PAD]", "[UNK]", *sorted(set(texts))]
    parts = folder / "parts"
    parts.mkdir(parents=True)
    characters = Tokenizer(WordLevel({c: n for n, c in enumerate(vocabulary)}, unk_token="[UNK]"))
    characters.pre_tokenizer = Split("", "isolated")
    tokenizer: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=characters, pad_token="[PAD]", unk_token="[UNK]"
    )
    tokenizer.save_pretrained(parts)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(parts)
    reading = Transformer(str(parts))
    pooling = Pooling(16)
    model = SentenceTransformer(modules=[reading, pooling], device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
