"""An estimate of how long encoding takes, measured on some papers and logged before it begins."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from ..encoders import ENCODERS, Encoder, describe, load_encoder, minilm_is_installed, texts_per_second
from ..progress import heard, step, tell

__all__ = ["ESTIMATED_FROM", "describe_choice", "describe_estimate", "estimate_duration", "log_estimate"]

ESTIMATED_FROM = 1000
"""Fewer papers are encoded before anyone has read how long it takes."""

# Writing papers and vectors, whatever encoded them, on two cores and a solid-state disk.
_STORED_PER_SECOND = 7000


def describe_estimate(chosen: Encoder, texts: Sequence[str], count: int) -> str:
    """Such as ``146,289 papers to encode: static about 33 s (minilm (openvino bf16) about 22 min)``.

    Measured on `texts`, with the encoder chosen and with the other built-in ones that are installed.
    """
    times = [_described(chosen, texts, count)]
    for name in ENCODERS:
        if name != chosen.name.partition("@")[0] and (name != "minilm" or minilm_is_installed()):
            with contextlib.suppress(Exception):  # whatever is wrong with what nobody asked for
                times.append(_described(load_encoder(name), texts, count))
    others = f" ({', '.join(times[1:])})" if times[1:] else ""
    return f"{count:,} papers to encode: {times[0]}{others}"


def log_estimate(chosen: Encoder, texts: Sequence[str], count: int) -> None:
    """Log the estimate where the work is long and anybody hears it."""
    if count >= ESTIMATED_FROM and heard():
        with step("measuring how fast this machine encodes", count):
            said = describe_estimate(chosen, texts, count)
        tell(said)


def describe_choice(
    chosen: Encoder, other: Encoder, count: int, seconds: float, seconds_of_other: float
) -> str:
    """What is said where nobody named the encoder; so long each of the two takes.

    Such as ``146,289 papers to encode: static about 33 s, chosen as minilm (openvino bf16) takes about
    22 min; `--encoder minilm` takes that one``.
    """
    times = f"{describe(other)} takes about {_duration(seconds_of_other)}"
    why = f"chosen as {times}" if seconds < seconds_of_other else f"chosen as it is not long ({times})"
    return (
        f"{count:,} papers to encode: {describe(chosen)} about {_duration(seconds)}, {why}; "
        f"`--encoder {other.name}` takes that one"
    )


def estimate_duration(encoder: Encoder, texts: Sequence[str], count: int) -> float:
    """How long `count` papers take, measured on some of these texts."""
    return count / texts_per_second(encoder, texts) + count / _STORED_PER_SECOND


def _described(encoder: Encoder, texts: Sequence[str], count: int) -> str:
    return f"{describe(encoder)} about {_duration(estimate_duration(encoder, texts, count))}"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
