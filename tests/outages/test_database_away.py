"""PostgreSQL is gone for a minute and comes back: nothing is lost, nothing happens twice, nobody has to do anything."""

from tests.outages.wire import Wire
from tests.stories.story import Story


async def test_what_a_customer_wrote_meanwhile_arrives(story: Story, wire: Wire) -> None:
    ana = story.customer()
    ticket = await story.opened(ana, "Where is my order?")
    wire.cut()
    await ana.writes("Are you there?")
    await story.forward("1m")
    wire.mend()
    await story.graph.redeliver()
    await story.forward("10s")
    await ticket.shows_once("Are you there?")
