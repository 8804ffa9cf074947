"""Writes metrics as text, in the format of Prometheus (version 0.0.4). Pure.

prometheus-client's own writer would sort the labels and write integers as floats. This one keeps the text as
it was before prometheus-client was used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


def exposition(families: Iterable[Metric]) -> Iterator[str]:
    """The lines of these families of metrics."""
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        yield f"# HELP {name} {family.documentation}"
        yield f"# TYPE {name} {family.type}"
        for sample in family.samples:
            yield f"{sample.name}{_labels(sample.labels)} {_number(sample.value)}"


def _number(value: float) -> str:
    # All digits, because a rounded counter of billions would not change between two scrapes.
    return f"{value:.15g}"


def _labels(labels: Mapping[str, str]) -> str:
    text = ",".join(f'{name}="{value.translate(ESCAPES)}"' for name, value in labels.items())
    return f"{{{text}}}" if text else ""
