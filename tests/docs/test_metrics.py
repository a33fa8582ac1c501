"""docs/metrics.md has every metric under the name it is scraped by, with its labels."""

import pytest
from prometheus_client.metrics import MetricWrapperBase

import bot.metrics
import channels.metrics
from tests.docs.pages import CODE, named_rows, page

METRICS = [
    metric
    for module in (bot.metrics, channels.metrics)
    for metric in vars(module).values()
    if isinstance(metric, MetricWrapperBase)
]


def scraped_as(metric: MetricWrapperBase) -> str:
    (family,) = metric.describe()
    return f"{family.name}_total" if family.type == "counter" else family.name


@pytest.mark.parametrize("metric", METRICS, ids=scraped_as)
def test_every_metric_has_a_line_with_its_labels_and_meaning(metric: MetricWrapperBase) -> None:
    labels, meaning = named_rows(page("metrics.md"))[scraped_as(metric)]
    assert tuple(CODE.findall(labels)) == metric._labelnames
    assert meaning


def test_no_metric_is_told_of_that_is_gone() -> None:
    told = {name for name in named_rows(page("metrics.md")) if name.startswith("linli_")}
    assert told == {scraped_as(metric) for metric in METRICS}
