"""What workers exchange, printed as JSON: run by ``run_as_crew`` as ``-m tests.engine.exchanges``."""

import json
import os

import torch

from chatlstm.engine.workers import WorkerLostError, Workers, join_workers

CPU = torch.device("cpu")


def exchange(workers: Workers) -> dict[str, object]:
    """Meet in every way, with values that tell who gave them."""
    rank = workers.rank
    tensors = {"a": torch.tensor([1.5, 2.5]), "b": torch.tensor(7)} if workers.leads else {}
    with_gradient, without = torch.zeros(2, 2), torch.zeros(3)
    with_gradient.grad = torch.full((2, 2), rank + 1.0)
    workers.add_gradients([with_gradient, without])
    mine = torch.full((1, 1 + rank, 2), float(rank))
    return {
        "place": [rank, workers.count, workers.local_rank, workers.local_count],
        "value": workers.share({"from": rank}),
        "value of the last": workers.share({"from": rank}, source=1),
        "bytes": workers.share_bytes(bytes([rank, 255])).hex(),
        "no bytes": workers.share_bytes(b"").hex(),
        "tensors": {name: each.tolist() for name, each in workers.share_tensors(tensors, CPU).items()},
        "values": workers.gather(rank),
        "rows": workers.gather_rows(mine, 3).tolist(),
        "sums": workers.add_numbers([1.0, rank]),
        "gradients": with_gradient.grad.tolist(),
        "no gradient": without.grad,
        "claims": workers.gather(workers.claim()),
    }


if __name__ == "__main__":
    with join_workers(os.environ, CPU) as crew:
        told = exchange(crew)
        crew.share("all are here")
        if crew.leads:
            try:
                crew.share_bytes(b"is anybody there?", source=1)
            except WorkerLostError as error:
                told["lost"] = str(error)
        print(json.dumps(told), flush=True)
        os._exit(0)  # as the program ends; the group cannot be left in good order now
