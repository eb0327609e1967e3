"""Training: two processes of one thread each that average their weights every few steps.

On few cores this is steadier and faster than one process of several threads, and it gives the same weights every time:
what a step sees follows from the seed and the step's number alone. A run leaves its state behind as it goes and is
taken up again from there.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from annotate.pipeline.network.terms import NOTHING
from annotate.pipeline.network.windows import relate
from annotate.training.examples import Example, Marks, Stream, example_of
from annotate.training.keeping import flat, keep, kept, under, unflat
from annotate.training.network import Network
from annotate.training.targets import ANY_CLASS, Lesson

_WEIGHTS = "weights.safetensors"
# Ends and beginnings of quotes are rare, and where a quote is cut is what annotators correct most.
_TAG_WEIGHTS = (1.0, 2.0, 1.0, 1.5, 1.5, 2.0)
_TAGS_AGAINST_ANCHORS = 1 / 8
_LIKELY = -0.693  # log probability of no anchor below which a piece counts as an anchor
_DOUBTFUL = -0.15  # ... below which a piece that is none is shown to the tagger as one that has nothing
_CLIP = 2.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained; the defaults made the packaged one.

    pieces: word pieces seen in all. rate: peak learning rate of the encoder's layers, reached after `warm_up` of the
    run and falling to zero at its end; all else learns `faster` times as fast. house: share of windows in house
    style, and `house_late` from the share `late` of the run on. room: pieces of a window. batch: windows a process
    sees at a step. processes average every `together` steps. state_every: steps between two saved states.
    """

    pieces: int = 14_000_000
    rate: float = 1.6e-4
    faster: float = 5.0
    warm_up: float = 0.05
    house: float = 0.25
    late: float = 0.65
    house_late: float = 0.5
    room: int = 318
    batch: int = 3
    processes: int = 2
    together: int = 20
    state_every: int = 400
    seed: int = 0

    @property
    def steps(self) -> int:
        """Steps of each process, a multiple of `together`."""
        each = self.pieces / (self.batch * (self.room + 2) * self.processes)
        return max(1, round(each / self.together)) * self.together

    def factor(self, step: int) -> float:
        """Return the share of the peak rate at a step."""
        done = step / self.steps
        return min((done + 1e-3) / self.warm_up, (1 - done) / (1 - self.warm_up))


@dataclass(frozen=True, slots=True)
class Course:
    """What a process trains on, passed between processes by a file."""

    lessons: Sequence[Lesson]
    marks: Marks
    start: dict[str, Tensor]
    recipe: Recipe


def losses(network: Network, example: Example, *, doubtful: bool) -> tuple[Tensor, dict[str, float]]:
    """Return the loss of an example and its parts: of anchors, tags (both per attribution) and roles (per piece).

    An anchor of unknown class is scored by the sum over classes. doubtful: whether pieces wrongly taken for anchors
    are trained to have no quote.
    """
    batch = example.batch
    inputs = [torch.from_numpy(array) for array in (batch.ids, batch.case, batch.mark, batch.gap, example.style)]
    filled, gold = torch.from_numpy(batch.filled), torch.from_numpy(example.anchors)
    with torch.autocast("cpu", torch.bfloat16):
        hidden = network.encoder(*inputs, filled)
        class_logits = network.classes(hidden).float()
        role_logits = network.roles(hidden).float()
    log_p = class_logits.log_softmax(-1)
    of_class = F.nll_loss(log_p.flatten(0, 1), gold.clamp(min=0).flatten(), reduction="none").view_as(gold)
    of_any = -log_p[..., 1:].logsumexp(-1)
    each = torch.where(gold == ANY_CLASS, of_any, of_class)
    count = max(1, len(example.rows))
    anchor_loss = (each * filled).sum() / count
    role_loss = F.binary_cross_entropy_with_logits(role_logits[filled], torch.from_numpy(example.roles)[filled])

    none = log_p[..., 0].detach()
    rows, columns, tags = (torch.from_numpy(array) for array in (example.rows, example.columns, example.tags))
    if doubtful:
        wrong = ((none < _DOUBTFUL) & (gold == 0) & filled).nonzero()
        wrong = wrong[torch.randperm(len(wrong))[: max(1, len(rows) // 3)]]
        rows, columns = torch.cat([rows, wrong[:, 0]]), torch.cat([columns, wrong[:, 1]])
        tags = torch.cat([tags, torch.full((len(wrong), tags.shape[1]), NOTHING)])
    tag_loss = torch.zeros(())
    if len(rows):
        likely = (none < _LIKELY).numpy()
        lie = [torch.from_numpy(array) for array in relate(batch, likely, rows.numpy(), columns.numpy())]
        with torch.autocast("cpu", torch.bfloat16):
            pieces = network.piece_side(hidden)[rows]
            logits = network.tagger(pieces, network.anchor_side(hidden[rows, columns]), *lie).float()
        weights = torch.tensor(_TAG_WEIGHTS)
        by_piece = F.cross_entropy(logits.flatten(0, 1), tags.flatten(), weights, reduction="none").view_as(tags)
        tag_loss = (by_piece * filled[rows]).sum() / len(rows) * _TAGS_AGAINST_ANCHORS
    parts = {"anchors": anchor_loss, "tags": tag_loss, "roles": role_loss}
    total = anchor_loss + tag_loss + role_loss
    return total, {name: float(part.detach()) for name, part in parts.items()}


def fit(course: Course, folder: Path, say: Say) -> tuple[dict[str, Tensor], float]:
    """Train and return the weights and the seconds it took; the state of an interrupted run in `folder` is taken up.

    Raises: RuntimeError when a process ends early.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recipe = course.recipe
    meeting = folder / "meeting"  # made by the first process that comes to it
    meeting.unlink(missing_ok=True)
    os.environ |= _ENVIRONMENT
    context = torch.multiprocessing.get_context("spawn")
    words = context.SimpleQueue()
    processes = [
        context.Process(target=_process, args=(course, folder, rank, words), daemon=True)
        for rank in range(recipe.processes)
    ]
    for process in processes:
        process.start()
    try:
        while any(process.is_alive() for process in processes) or not words.empty():
            while not words.empty():
                say(words.get())
            if any(process.exitcode not in (None, 0) for process in processes):
                raise RuntimeError("a training process ended early; what it said stands above")
            time.sleep(0.2)
    finally:
        for process in processes:
            process.terminate()
            process.join()
        meeting.unlink(missing_ok=True)
    weights, facts = kept(folder / _WEIGHTS)
    return weights, facts["spent"]


# Large blocks stay with the process instead of going back to the system at every step, and a waiting thread sleeps:
# each of the two halves a step's time where cores are few. Read when a process starts.
_ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 34),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
    "MALLOC_TOP_PAD_": str(1 << 29),
    "MALLOC_ARENA_MAX": "2",
    "OMP_WAIT_POLICY": "PASSIVE",
    "GLOO_SOCKET_IFNAME": "lo",
}


def _process(course: Course, folder: Path, rank: int, words: Any) -> None:
    torch.set_num_threads(1)
    meeting = f"file://{(folder / 'meeting').resolve()}"
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=course.recipe.processes)
    try:
        _Trainer(course, folder, rank, words.put).run()
    finally:
        dist.destroy_process_group()


class _Trainer:
    def __init__(self, course: Course, folder: Path, rank: int, say: Say) -> None:
        self.course, self.recipe, self.folder, self.rank, self.say = course, course.recipe, folder, rank, say
        self.documents = [lesson.pieces for lesson in course.lessons]
        torch.manual_seed(self.recipe.seed)
        self.network = Network()
        self.network.load_state_dict(course.start, strict=False)
        self.parameters = [value for value in self.network.parameters() if value.requires_grad]
        body = list(self.network.encoder.layers.parameters())
        held = {id(value) for value in body}
        rest = [value for value in self.parameters if id(value) not in held]
        rate = self.recipe.rate
        groups = [{"params": body, "lr": rate}, {"params": rest, "lr": rate * self.recipe.faster}]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.streams = [self._stream(style) for style in range(2)]
        self.step = 0
        self.spent = 0.0  # seconds, those of earlier runs too
        self._take_up()

    def run(self) -> None:
        recipe = self.recipe
        self.network.train()
        earlier, began, before, sums = self.spent, time.monotonic(), self.step, dict[str, float]()
        while self.step < recipe.steps:
            for name, value in self._one_step().items():
                sums[name] = sums.get(name, 0.0) + value / recipe.together
            if self.step % recipe.together:
                continue
            self._average()
            self.spent = earlier + time.monotonic() - began
            if os.getppid() == 1:
                raise SystemExit("the process that began the training is gone")
            if self.rank == 0:
                spent = self.spent - earlier
                pieces = (self.step - before) * recipe.batch * (recipe.room + 2) * recipe.processes
                left = spent / (self.step - before) * (recipe.steps - self.step)
                report = {name: round(value, 3) for name, value in sums.items()}
                report |= {"step": self.step, "of": recipe.steps, "pieces/s": round(pieces / spent),
                           "minutes left": round(left / 60, 1)}  # fmt: skip
                self.say(json.dumps(report))
            sums = {}
            if self.step % recipe.state_every == 0 and self.step < recipe.steps:
                self._leave_state()
        if self.rank == 0:
            keep(self.folder / _WEIGHTS, self.network.state_dict(), spent=self.spent)

    def _stream(self, style: int) -> Stream:
        lessons = [index for index, lesson in enumerate(self.course.lessons) if lesson.style == style]
        lengths = [len(pieces) for pieces in self.documents]
        return Stream(lessons, lengths, room=self.recipe.room, seed=(self.recipe.seed, style), rank=self.rank,
                      world=self.recipe.processes)  # fmt: skip

    def _one_step(self) -> dict[str, float]:
        recipe, step = self.recipe, self.step
        chance = np.random.default_rng((recipe.seed, self.rank, step))
        torch.manual_seed(int(chance.integers(1 << 62)))
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * recipe.factor(step)
        house = recipe.house if step < recipe.late * recipe.steps else recipe.house_late
        if not all(stream.lessons for stream in self.streams):
            house = 1.0 if self.streams[0].lessons else 0.0
        windows = [next(self.streams[0 if chance.random() < house else 1]) for _ in range(recipe.batch)]
        example = example_of(windows, self.course.lessons, self.documents)
        self.course.marks.disturb(example.batch, chance)
        loss, parts = losses(self.network, example, doubtful=step > 0.15 * recipe.steps)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.parameters, _CLIP)
        self.optimizer.step()
        self.step += 1
        return parts

    def _average(self) -> None:
        with torch.no_grad():
            flat = torch.cat([value.flatten() for value in self.parameters])
            dist.all_reduce(flat)
            flat /= self.recipe.processes
            parts = torch.split(flat, [value.numel() for value in self.parameters])
            for value, part in zip(self.parameters, parts, strict=True):
                value.copy_(part.view_as(value))

    def _leave_state(self) -> None:
        """Save what the rest of the run depends on; a state counts when every process has saved its own."""
        moments, settings = flat(self.optimizer.state_dict())
        weights = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        keep(
            self._state(self.step),
            weights | {f"optimizer.{name}": value for name, value in moments.items()},
            course=_key(self.course),
            optimizer=settings,
            streams=[(stream.round, stream.at) for stream in self.streams],
            spent=self.spent,
        )
        dist.barrier()
        self._state(self.step - self.recipe.state_every).unlink(missing_ok=True)

    def _take_up(self) -> None:
        left = {path.name for path in self.folder.glob("state-*.safetensors")}
        whole = [
            step
            for step in range(self.recipe.state_every, self.recipe.steps, self.recipe.state_every)
            if all(self._state(step, rank).name in left for rank in range(self.recipe.processes))
        ]
        dist.barrier()
        if not whole:
            return
        tensors, state = kept(self._state(whole[-1]))
        if state["course"] != _key(self.course):
            if self.rank == 0:
                self.say("the state left in the folder belongs to another run: starting anew")
            return
        self.network.load_state_dict(under("network.", tensors))
        self.optimizer.load_state_dict(unflat(under("optimizer.", tensors), state["optimizer"]))
        for stream, place in zip(self.streams, state["streams"], strict=True):
            stream.seek(*place)
        self.step, self.spent = whole[-1], state["spent"]
        if self.rank == 0:
            self.say(f"taken up at step {self.step} of {self.recipe.steps}")

    def _state(self, step: int, rank: int | None = None) -> Path:
        return self.folder / f"state-{step}-{self.rank if rank is None else rank}.safetensors"


def _key(course: Course) -> str:
    """Tell runs apart by what they train on and how."""
    digest = hashlib.sha256(json.dumps(asdict(course.recipe), sort_keys=True).encode())
    for lesson in course.lessons:
        digest.update(lesson.pieces.ids.tobytes() + bytes([lesson.style]))
        for target in lesson.targets:
            digest.update(f"{target.anchor} {target.cue_class}".encode() + target.pieces.tobytes())
            digest.update(target.tags.tobytes())
    for name, value in sorted(course.start.items()):
        digest.update(name.encode() + value.float().numpy().tobytes())
    return digest.hexdigest()
