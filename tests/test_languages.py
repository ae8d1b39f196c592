"""In which language a text is. All texts are invented."""

import pytest

from recommender.languages import language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Wann soll gemäht werden, damit Bodenbrüter ihre Jungen aufziehen?"),
        ("en", "When should we mow so that ground-nesting birds raise their young?"),
        ("", "LoRA"),
    ],
)
def test_language(code, text):
    assert language(text) == code
