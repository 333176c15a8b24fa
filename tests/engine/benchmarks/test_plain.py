import torch

from chatlstm.engine.benchmarks.plain import PlainLSTM, PlainTrainer
from chatlstm.engine.config import NetworkConfig

CONFIG = NetworkConfig(7, hidden_size=8, num_layers=2, hidden_dropout=0.1, output_dropout=0.1)


def test_it_has_the_weights_that_ours_has_without_norms() -> None:
    # embedding, projection's bias; two layers of four gates, each with two matrices and two biases
    weights = 7 * 8 + 7 + 2 * 4 * (8 * 8 + 8 * 8 + 8 + 8)

    assert sum(weight.numel() for weight in PlainLSTM(CONFIG).parameters()) == weights


def test_one_layer_has_no_dropout_between_layers() -> None:
    assert PlainLSTM(NetworkConfig(7, hidden_size=8, num_layers=1, hidden_dropout=0.1)).lstm.dropout == 0


def test_a_state_carried_on_is_a_text_read_at_once() -> None:
    torch.manual_seed(1)
    network = PlainLSTM(CONFIG).eval()
    text = torch.tensor([[1, 2, 3, 4]])

    whole, _ = network(text, network.zero_state(1))
    _, state = network(text[:, :2], network.zero_state(1))
    rest, _ = network(text[:, 2:], state)

    assert torch.allclose(whole[:, 2:], rest, atol=1e-6)


def test_it_learns_a_window_by_heart() -> None:
    torch.manual_seed(1)
    trainer = PlainTrainer(PlainLSTM(CONFIG), batch_size=2, learning_rate=0.05)
    window = torch.tensor([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]])

    losses = [trainer.step(window) for _ in range(60)]

    assert losses[-1] < losses[0] / 2
