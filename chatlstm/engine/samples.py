"""What the network writes while it is still learning, to be looked at."""

from collections.abc import Sequence

from chatlstm.engine.api import Prompt, Sampling
from chatlstm.engine.corpus import TokenFile
from chatlstm.engine.decoding import StepGenerator
from chatlstm.engine.network import Network
from chatlstm.engine.torch_stepper import TorchStepper
from chatlstm.tokens.tokenizer import TURN, Tokenizer

SAMPLING = Sampling(temperature=0.8, min_p=0.05, no_repeat_ngram=3, max_tokens=40)


def find_prompts(tokens: TokenFile, tokenizer: Tokenizer) -> list[Prompt]:
    """Take the opening of each domain's first record.

    Args:
        tokens: Held-out records.
        tokenizer: What cut them.

    Returns:
        A prompt a domain, in the order of their names: the first turn of a record that has
        several, nothing where it has one.
    """
    prompts = []
    for domain in sorted({name.partition("/")[0] for name in tokens.names}):
        token_ids = tokens.record(int(tokens.select(domain)[0])).tolist()
        places = [place for place, token_id in enumerate(token_ids) if token_id == TURN]
        turns = (tokenizer.decode(token_ids[places[0] : places[1]]),) if len(places) > 1 else ()
        prompts.append(Prompt(domain, turns))
    return prompts


def draw_samples(network: Network, tokenizer: Tokenizer, prompts: Sequence[Prompt], *, seed: int) -> str:
    """Write a reply to each prompt.

    Args:
        network: The model; it is put in evaluation mode and back.
        tokenizer: What cuts its text.
        prompts: What to answer.
        seed: Fixes what is drawn.

    Returns:
        A line a prompt: domain, what it answers, what it wrote.
    """
    training = network.training
    network.eval()
    generator = StepGenerator(TorchStepper(network), tokenizer, "training")
    lines = []
    for prompt in prompts:
        (drawn,) = generator.draw(prompt, SAMPLING, n=1, seed=seed)
        asked = "".join(f"{turn} → " for turn in prompt.turns)
        lines.append(" ".join(f"{prompt.domain}: {asked}{drawn.text}".split()))
    network.train(training)
    return "\n".join(lines)
