"""What every recovery of a desk is about: words that came meanwhile, and that they arrive whole, once and in order."""

from tests.platforms.graph import StoryCustomer
from tests.stories.story import Story

MENDED = "11m"
"""Until what waits for a person is tried again."""


async def speaks(story: Story, ana: StoryCustomer) -> None:
    """Two messages, far enough apart to be two posts, while nobody can be reached."""
    await ana.writes("Hello?")
    await story.forward("20m")
    await ana.writes("Is anybody there?")
    await story.forward("20m")


async def all_came(story: Story) -> None:
    """Both messages, once each and in their order, and nothing is left that somebody must look after."""
    ticket = await story.ticket("Hello?")
    text = "\n".join(await ticket.texts())
    assert text.count("Hello?") == text.count("Is anybody there?") == 1, text
    assert text.index("Hello?") < text.index("Is anybody there?")
    assert await story.running.store.parked() == []


async def told_at_console_once(story: Story, words: str) -> None:
    await story.at("console", story.ada).was_told_once(words)
