"""What was said is found again: by whom, by what, in any script, a moment ago or long before."""

from tests.stories.story import Story


async def test_a_ticket_is_found_by_what_was_said_in_it(any_desk: Story) -> None:
    story, mei = any_desk, any_desk.mei
    ana, wei = story.customer("Ana Müller", "34600111222"), story.customer("陈伟", "8613912345678")
    first = await story.opened(ana, "Where is order SO-2041/A?")
    await story.forward("5s")
    await story.opened(wei, "我要退款单")

    await mei.types("!find 退款", first)  # it came a moment ago
    await mei.was_told("1 ticket for “退款”", "T-2")
    await mei.types("!n The supplier promises Friday.", first)
    await story.forward("1m")
    for words in ("so-2041/a", "muller", "+34 600 111 222", "supplier frid", "order promises"):
        await mei.types(f"!find {words}", first)
        await mei.was_told(f"1 ticket for “{words}”", "T-1")
    await mei.types("!find saturday", first)
    await mei.was_told("Nothing found for “saturday”")
