"""The command that searches: by words, phrases and fields, or for a paper by its name."""

from __future__ import annotations

from typing import Any

import click

from .answers import answer
from .options import answer_options, anyway_option


@click.command()
@click.argument("text")
@anyway_option
@answer_options
def search(text: str, **options: Any) -> int:
    """Papers about TEXT, in your own words. An id, DOI, url or exact title is that paper, and those like it.

    "a phrase" and +word must stand in a paper, -word and NOT word must not; author:, venue: and title: look
    there alone. A TEXT that begins with a hyphen goes behind --.

    \b
    recommender search "state space models for long sequences"
    recommender search 'graph networks +molecules -"drug design" author:Welling'
    recommender search "LoRA: Low-Rank Adaptation of Large Language Models"
    """
    if not any(map(str.isalnum, text)):
        raise click.UsageError(
            f"TEXT is {text!r}, which holds no word; write what the papers should be about"
        )
    from ..profiles import Profile

    return answer(Profile(interests=(text,)), text=text, **options)
