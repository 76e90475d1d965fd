"""What every channel promises, whatever the platform. A channel joins by its kit in kits.py."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import i18n
from bot.customer_words import speak
from core.errors import SEND_ERRORS, SendError, Unauthorized, Unreadable
from core.events import CustomerMessage, once_key
from core.ids import FileId, MessageId
from core.messages import File, FileState
from core.ports import Hook, Outgoing
from core.say import say
from tests.channels.kits import KITS, NOW, PLATFORMS, Kit, PlatformKit
from tests.platforms.faults import Fault, Gate


@pytest.fixture(params=sorted(KITS))
async def kit(request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    async with KITS[request.param]() as opened:
        yield opened


@pytest.fixture(params=sorted(PLATFORMS))
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[PlatformKit]:
    """A channel whose platform delivers to us over HTTP and is asked over HTTP."""
    async with PLATFORMS[request.param]() as opened:
        yield opened


async def refusal(kit: Kit, text: str = "hello") -> SendError:
    with pytest.raises(SendError) as caught:
        await kit.channel.send(Outgoing(kit.address, text))
    return caught.value


# --- what comes in --------------------------------------------------------------------------------------------------


async def test_a_genuine_delivery_is_to_be_stored(platform: PlatformKit) -> None:
    assert platform.channel.verify(platform.hook(platform.texts("hello"))) is None


async def test_a_forged_delivery_is_refused(kit: Kit) -> None:
    with pytest.raises(Unauthorized):
        kit.channel.verify(kit.forged(kit.texts("hello")))


async def test_a_changed_body_is_refused(kit: Kit) -> None:
    genuine = kit.hook(kit.texts("hello"))
    with pytest.raises(Unauthorized):
        kit.channel.verify(Hook(genuine.body + b" ", genuine.headers))


async def test_a_delivery_without_any_signature_is_refused(kit: Kit) -> None:
    with pytest.raises(Unauthorized):
        kit.channel.verify(Hook(kit.texts("hello")))


async def test_a_signature_of_no_letters_is_refused(kit: Kit) -> None:
    headers = dict.fromkeys(kit.hook(kit.texts("hello")).headers, "\udcff\u00e9")
    with pytest.raises(Unauthorized):
        kit.channel.verify(Hook(kit.texts("hello"), headers))


async def test_what_cannot_be_read_says_so(kit: Kit) -> None:
    for garbage in (b"", b"\xff\xfe", b"[1, 2]", b'"text"', b"null", b'{"entry": ', b"[" * 100_000):
        with pytest.raises(Unreadable):
            kit.channel.parse(kit.hook(garbage))


async def test_an_empty_payload_holds_nothing(kit: Kit) -> None:
    assert list(kit.channel.parse(kit.hook(b"{}"))) == []


async def test_an_unknown_type_is_shown_and_costs_no_other(kit: Kit) -> None:
    stranger, plain = kit.channel.parse(kit.hook(kit.unknown()))
    assert isinstance(stranger, CustomerMessage)
    assert stranger.about is not None
    assert isinstance(plain, CustomerMessage)
    assert plain.text == "hello"


async def test_a_redelivery_gives_the_same_events(kit: Kit) -> None:
    body = kit.texts("one", "two")
    first, second = kit.channel.parse(kit.hook(body)), kit.channel.parse(kit.hook(body))
    assert first == second
    assert [once_key(event) for event in first] == [once_key(event) for event in second]


async def test_a_batch_keeps_its_order_and_every_message(kit: Kit) -> None:
    texts = [f"message {nth}" for nth in range(1000)]
    events = kit.channel.parse(kit.hook(kit.texts(*texts)))
    assert [event.text for event in events if isinstance(event, CustomerMessage)] == texts
    assert len({once_key(event) for event in events}) == 1000


# --- what goes out --------------------------------------------------------------------------------------------------


async def test_a_text_arrives_and_has_a_name(kit: Kit) -> None:
    sent = await kit.channel.send(Outgoing(kit.address, "Grüße 🙂 你好"))
    assert sent.external
    assert await kit.received() == ["Grüße 🙂 你好"]


@pytest.mark.parametrize("locale", i18n.customer_locales())
async def test_the_houses_own_words_arrive_as_they_are_in_every_language(kit: Kit, locale: str) -> None:
    """In one message, with the marks that keep Arabic in order, and under nobody's name."""
    span = timedelta(hours=2)
    text = speak([locale], say("auto.received_holiday", until=NOW + span, span=span), "America/New_York")
    await kit.channel.send(Outgoing(kit.address, text))
    assert await kit.received() == [text]


async def test_a_text_as_long_as_the_limit_is_taken_and_a_longer_one_refused_here(kit: Kit) -> None:
    longest = "x" * kit.channel.caps.text_limit
    await kit.channel.send(Outgoing(kit.address, longest))
    error = await refusal(kit, longest + "x")
    assert (error.code, error.retry, error.certain) == ("too_long", False, True)
    assert await kit.received() == [longest]


async def test_too_fast_means_later(platform: PlatformKit) -> None:
    platform.fails(Fault.rate_limited(30))
    error = await refusal(platform)
    assert (error.code, error.retry, error.certain, error.after) == ("rate_limited", True, True, timedelta(seconds=30))


@pytest.mark.parametrize(("status", "certain"), [(500, False), (502, False), (503, True), (504, False)])
async def test_a_server_in_trouble_is_tried_again(platform: PlatformKit, status: int, certain: bool) -> None:
    platform.fails(Fault.http(status))
    error = await refusal(platform)
    assert (error.code, error.retry, error.certain) == ("server_error", True, certain)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "bad_request"), (401, "token_expired"), (403, "permission"), (404, "not_found")]
)
async def test_a_refusal_is_for_good(platform: PlatformKit, status: int, code: str) -> None:
    platform.fails(Fault.http(status))
    error = await refusal(platform)
    assert (error.code, error.retry, error.certain) == (code, False, True)


async def test_a_withdrawn_token_is_named(platform: PlatformKit) -> None:
    platform.fails(Fault.revoke())
    assert (await refusal(platform)).code == "token_expired"


async def test_no_answer_is_uncertain(platform: PlatformKit) -> None:
    gate = Gate()
    platform.fails(Fault.hang_after(gate))
    with pytest.raises(SendError) as caught:
        await platform.impatient.send(Outgoing(platform.address, "hello"))
    assert (caught.value.code, caught.value.certain) == ("timeout", False)
    await gate.reached()
    assert await platform.received() == ["hello"]


async def test_a_broken_connection_is_uncertain_whether_it_arrived_or_not(platform: PlatformKit) -> None:
    for fault in (Fault.drop_before(), Fault.drop_after()):
        platform.fails(fault)
        error = await refusal(platform)
        assert (error.code, error.certain) == ("disconnected", False)
    assert await platform.received() == ["hello"]


async def test_what_was_never_written_is_certain(platform: PlatformKit) -> None:
    with pytest.raises(SendError) as caught:
        await platform.unreachable.send(Outgoing(platform.address, "hello"))
    assert (caught.value.code, caught.value.retry, caught.value.certain) == ("no_connection", True, True)


async def test_a_file_that_is_too_large_never_leaves(kit: Kit) -> None:
    limit = kit.channel.caps.file_limit("image/png")
    image = File(FileId(1), MessageId(1), "big.png", "image/png", limit + 1, FileState.STORED)
    with pytest.raises(SendError) as caught:
        await kit.channel.send(Outgoing(kit.address, file=image, content=bytes(limit + 1)))
    assert (caught.value.code, caught.value.certain) == ("too_large", True)
    assert await kit.received() == []


async def test_errors_and_logs_hold_neither_secrets_nor_words(
    platform: PlatformKit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for fault in (Fault.http(500), Fault.revoke(), Fault.drop_after(), Fault.rate_limited(), Fault.http(400)):
        platform.fails(fault)
        error = await refusal(platform, "my private words")
        said += [str(error), repr(error), error.detail]
    with pytest.raises(Unauthorized) as forged:
        platform.channel.verify(platform.forged(platform.texts("my private words")))
    said += [str(forged.value), repr(platform.channel)]
    everything = "\n".join([*said, *(record.getMessage() for record in caplog.records)])
    for secret in (*platform.secrets, "my private words"):
        assert secret not in everything


async def test_every_code_is_one_of_ours(platform: PlatformKit) -> None:
    for fault in (Fault.http(418), Fault.http(599), Fault.revoke(), Fault.rate_limited(), Fault.drop_after()):
        platform.fails(fault)
        assert (await refusal(platform)).code in SEND_ERRORS
