"""Walking along arrows: circles are found, and found fast."""

from hypothesis import given
from hypothesis import strategies as st

from engine.walking import following, in_circles, walk

NODES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NODES, NODES), max_size=20))
def test_a_node_is_in_a_circle_when_a_way_leads_back_to_it(pairs):
    behind = following(pairs)
    nodes = {node for pair in pairs for node in pair}
    assert in_circles(behind) == {node for node in nodes if node in walk(behind.get(node, ()), behind)}


def test_a_long_line_has_no_circle_and_a_long_ring_is_one():
    line = [(str(n), str(n + 1)) for n in range(20_000)]
    assert in_circles(following(line)) == set()
    assert len(in_circles(following([*line, ("20000", "0")]))) == 20_001
