"""The loss of a student, beside the same written plainly with torch's own functions."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from chatlstm.engine.config import NetworkConfig
from chatlstm.engine.distillation import Lesson, Teacher, linear_distillation
from chatlstm.engine.network import Network

Student = tuple[Tensor, Tensor, Tensor]  # features, weight, bias
SIZES = (1, 3, 511, 512, 513, 1025)  # chunks hold 512 rows


def make_inputs(rows: int) -> tuple[Student, Lesson]:
    """Make a student of 7 features and a teacher of 5, over a vocabulary of 11."""
    random = torch.Generator().manual_seed(rows)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, dtype=torch.float64)

    student = (draw(rows, 7).requires_grad_(), draw(11, 7).requires_grad_(), draw(11).requires_grad_())
    lesson = Lesson(torch.randint(11, (rows,), generator=random), draw(rows, 5), draw(11, 5), draw(11))
    return student, lesson


def compute_plainly(student: Student, lesson: Lesson) -> Tensor:
    features, weight, bias = student
    logits = features @ weight.t() + bias
    taught = lesson.features @ lesson.weight.t() + lesson.bias
    divergence = functional.kl_div(
        functional.log_softmax(logits / 2, dim=1), functional.softmax(taught / 2, dim=1), reduction="batchmean"
    )
    return 0.5 * functional.cross_entropy(logits, lesson.targets) + 0.5 * 4 * divergence


@pytest.mark.parametrize("rows", SIZES)
def test_the_loss_is_half_cross_entropy_and_half_divergence(rows: int) -> None:
    student, lesson = make_inputs(rows)
    loss, _ = linear_distillation(*student, lesson)

    assert torch.allclose(loss, compute_plainly(student, lesson), atol=1e-13)


@pytest.mark.parametrize("rows", SIZES)
def test_the_gradients_are_autograds(rows: int) -> None:
    student, lesson = make_inputs(rows)
    expected = torch.autograd.grad(3 * compute_plainly(student, lesson), student)

    found = torch.autograd.grad(3 * linear_distillation(*student, lesson)[0], student)

    assert all(torch.allclose(*pair, atol=1e-13) for pair in zip(found, expected, strict=True))


def test_the_cross_entropy_stands_beside_and_no_gradient_flows_through_it() -> None:
    student, lesson = make_inputs(600)
    _, nats = linear_distillation(*student, lesson)

    expected = functional.cross_entropy(student[0] @ student[1].t() + student[2], lesson.targets)
    assert torch.allclose(nats, expected, atol=1e-13)
    assert not nats.requires_grad


def test_under_autocast_the_loss_is_float32_and_near() -> None:
    made, lesson = make_inputs(600)
    student = (made[0].detach().float(), made[1].detach().float(), made[2].detach().float())
    lesson = Lesson(lesson.targets, lesson.features.float(), lesson.weight.float(), lesson.bias.float())

    with torch.autocast("cpu", torch.bfloat16):
        loss, _ = linear_distillation(*student, lesson)

    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(compute_plainly(student, lesson).item(), rel=0.01)


def make_network(hidden_size: int) -> Network:
    torch.manual_seed(hidden_size)
    return Network(NetworkConfig(11, hidden_size=hidden_size, num_layers=2))


def make_windows() -> Tensor:
    return torch.randint(11, (3, 3, 8 + 1), generator=torch.Generator().manual_seed(1))  # (windows, B, T + 1)


def test_a_student_that_is_its_teacher_has_nothing_but_the_text_to_learn() -> None:
    network = make_network(6)
    window = make_windows()[0]
    features, _ = network.read(window[:, :-1], network.zero_state(3))
    loss, nats = Teacher(network).teach(network, features, window)

    assert loss.item() == pytest.approx(nats.item() / 2, abs=1e-6)


def test_a_teacher_remembers_the_windows_before() -> None:
    network, windows = make_network(6), make_windows()
    whole = torch.cat([windows[0][:, :-1], windows[1]], dim=1)  # (B, 2T + 1)
    features, _ = network.read(whole[:, :-1], network.zero_state(3))
    teacher = Teacher(network)
    teacher.teach(network, features[:, :8], whole[:, :9])
    loss, nats = teacher.teach(network, features[:, 8:], whole[:, 8:])

    assert loss.item() == pytest.approx(nats.item() / 2, abs=1e-6)


def test_a_teacher_forgets_when_the_rows_change() -> None:
    network, windows = make_network(6), make_windows()
    student = make_network(4)
    features, _ = student.read(windows[2][:2, :-1], student.zero_state(2))
    teacher = Teacher(network)
    teacher.teach(student, torch.zeros(3, 8, 4), windows[0])
    after, _ = teacher.teach(student, features, windows[2][:2])

    assert torch.equal(after, Teacher(network).teach(student, features, windows[2][:2])[0])


def test_a_teacher_is_not_trained() -> None:
    network, student, window = make_network(6), make_network(4), make_windows()[0]
    features, _ = student.read(window[:, :-1], student.zero_state(3))
    Teacher(network).teach(student, features, window)[0].backward()  # type: ignore[no-untyped-call]  # torch's

    assert all(weight.grad is None for weight in network.parameters())
    assert all(weight.grad is not None for weight in student.parameters())
