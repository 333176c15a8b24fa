"""Workers that train a tiny network together, in processes of their own.

``run_crew`` starts them as torchrun does, each as ``python -m tests.engine.crew FOLDER JSON``.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.distributed import TCPStore  # type: ignore[attr-defined]  # torch does not list it

from chatlstm.engine.config import Budget, NetworkConfig, TrainingConfig
from chatlstm.engine.workers import join_workers
from tests.engine.trainers import make_trainer
from tests.house.source import ROOT


@dataclass(frozen=True)
class Task:
    """What a crew does.

    Args:
        minutes: The budget, instead of 1000 tokens.
        reports: After how many reports to stop in the middle; 0 trains to the end.
        resume: Whether to go on from the snapshot.
    """

    minutes: float | None = None
    reports: int = 0
    resume: bool = False


def run_as_crew(
    arguments: Sequence[str], homes: Sequence[Path | None]
) -> list[subprocess.CompletedProcess[str]]:
    """Run Python as torchrun does, once a home: None for all is one machine, else each is one."""
    count, crew = len(homes), []
    kept = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)  # torchrun keeps it, too
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(kept.port), "TORCHELASTIC_USE_AGENT_STORE": "True"}
    for rank, home in enumerate(homes):
        local = (rank, count) if home is None else (0, 1)
        told = {"RANK": rank, "WORLD_SIZE": count, "LOCAL_RANK": local[0], "LOCAL_WORLD_SIZE": local[1]}
        environment = {**os.environ, **meeting, **{name: str(value) for name, value in told.items()}}
        if home is not None:
            environment["CHATLSTM_HOME"] = str(home)
        crew.append(
            subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    outputs = [each.communicate() for each in crew]
    return [
        subprocess.CompletedProcess(each.args, each.returncode, *output)
        for each, output in zip(crew, outputs, strict=True)
    ]


def run_crew(count: int, folder: Path, task: Task) -> None:
    """Let a crew do its task; a single worker does it in this process."""
    folder.mkdir(exist_ok=True)
    if count == 1:
        do_task(folder, task)
        return
    arguments = ("-m", "tests.engine.crew", str(folder), json.dumps(vars(task)))
    for each in run_as_crew(arguments, [None] * count):
        assert each.returncode == 0, each.stderr


def do_task(folder: Path, task: Task) -> None:
    """Train as one of the workers."""
    config = TrainingConfig(
        Budget(tokens=1000) if task.minutes is None else Budget(minutes=task.minutes),
        batch_size=5,
        backprop_steps=10,
        learning_rate=0.01,
        small_batches=0.0,
        state_reset=0.3,
        validations=10,
    )
    dropped = NetworkConfig(
        12,
        hidden_size=6,
        num_layers=2,
        embedding_dropout=0.1,
        hidden_dropout=0.2,
        output_dropout=0.2,
        weight_dropout=0.3,
    )
    with join_workers(os.environ, torch.device("cpu")) as workers:
        trainer = make_trainer(folder, config, workers=workers, network=dropped)
        if task.resume:
            trainer.restore()
        for number, _ in enumerate(trainer.run(), start=1):
            if number == task.reports:
                break


if __name__ == "__main__":
    do_task(Path(sys.argv[1]), Task(**json.loads(sys.argv[2])))
    os._exit(0)  # as the program ends: gloo's threads may abort an interpreter that takes its time
