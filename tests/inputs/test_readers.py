"""What the product reads without a database, under inputs made for each reader: a refusal in words, or what was promised."""

import time
import traceback
from pathlib import Path

import pytest

from tests.inputs.asked import Hang, bounded
from tests.inputs.counting import SEED, Tally, share
from tests.inputs.odd import Chance
from tests.inputs.readers import READERS, Reader


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_reader_refuses_in_words_or_reads(reader: Reader) -> None:
    tally, (part, few) = Tally(reader.__name__), READERS[reader]
    for number in tally.numbers(share(part, few)):
        chance, began = Chance(f"{SEED} {reader.__name__} {number}"), time.perf_counter()
        try:
            with bounded():
                tally.answers[reader(chance)] += 1
        except (Exception, Hang) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            tally.answers["FOUND"] += 1
            tally.found(
                f"{type(error).__name__} {str(error)[:80]}", place, f"number {number}: {str(error)[:300]}"
            )
        tally.took(time.perf_counter() - began, f"number {number}")
    tally.close()
