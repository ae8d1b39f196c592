"""What is answered and written is what it was; see `frozen_answers`."""

import pytest
from frozen_answers import FOLDER, differences, frozen, read, rounded


@pytest.fixture(scope="module")
def now():
    return {name: rounded(value) for name, value in frozen().items()}


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_all_is_as_it_was(now, name):
    assert list(differences(read(name), now[name])) == []
