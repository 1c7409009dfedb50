"""The permit on this product: `python -m benchmarks.peers.own ADDRESS`, on a prepared database."""

import sys

from benchmarks import permit, place
from benchmarks.peers.loop import serve

if __name__ == "__main__":
    place.use(sys.argv[1])
    from benchmarks.product import Permit

    serve(Permit(), permit.MESSAGE)
