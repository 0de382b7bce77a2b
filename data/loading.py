"""`load`: a configuration as a typed `datasets` object, from the package's own files and without a cache.

`datasets.load_dataset` keys its cache on the folder's name and the card; this function reads the file itself, so its
rows are never those of another version or another checkout. It needs no network and writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from onrecord.data.published import CONFIGS, Config, parquet, splits

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict


def load(
    config: str = "claims", split: str | None = None, *, streaming: bool = False
) -> Dataset | DatasetDict | IterableDataset | IterableDatasetDict:
    """Return a configuration: `claims` (one row a claim), `reports` (one row a report), `ledger` or `codebook`.

    With `split` it is a `Dataset`, without it a `DatasetDict` of all splits; with `streaming` their iterable kin.
    Raises `ValueError`, naming what there is, for an unknown configuration or split.
    """
    if config not in CONFIGS:
        raise ValueError(f"there is no configuration {config!r} (there are: {', '.join(CONFIGS)})")
    if split is not None and split not in splits():
        raise ValueError(f"{config}: there is no split {split!r} (there are: {', '.join(splits())})")
    from datasets import DatasetDict, IterableDatasetDict

    chosen = splits() if split is None else (split,)
    loaded: dict[str, Any] = {name: _dataset(config, name) for name in chosen}
    if streaming:
        loaded = {name: dataset.to_iterable_dataset() for name, dataset in loaded.items()}
    if split is not None:
        return cast("Dataset | IterableDataset", loaded[split])
    return IterableDatasetDict(loaded) if streaming else DatasetDict(loaded)


def _dataset(config: Config, split: str) -> Dataset:
    import pyarrow as pa
    from datasets import Dataset, DatasetInfo, NamedSplit
    from datasets.table import InMemoryTable
    from pyarrow import parquet as pq

    from onrecord.data.features import FEATURES

    features = FEATURES[config]
    table = pq.read_table(pa.BufferReader(parquet(config, split))).cast(features.arrow_schema)
    info = DatasetInfo(features=features, config_name=config)
    return Dataset(InMemoryTable(table), info=info, split=NamedSplit(split))
