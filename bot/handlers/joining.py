"""How a person becomes known: an invitation's code, and the way into the console."""

from datetime import timedelta

from bot.handlers.asking import Answer, Ask, refused
from core.errors import SendError
from core.events import Origin
from core.people import Person
from core.ports import Profile, Profiles

LOGIN_LIVES = timedelta(minutes=10)
CODE_LIMIT = 200


async def join(ask: Ask) -> Answer:
    """A code said in a channel has been read by others: it is not used, the asker repeats it in private."""
    if not ask.origin.direct:
        raise refused("refused.join_in_private")
    if ask.person is not None:
        return ask.tell("join.already", name=ask.person.name)
    code = ask.text.strip()
    if not code or len(code) > CODE_LIMIT:
        raise refused("refused.join_code")
    profile = await profile_of(ask, ask.origin)
    person = await ask.house.store.redeem_invite(code, ask.origin.who, profile, ask.house.clock.now())
    if person is None:
        raise refused("refused.join_code_bad")
    return welcome(ask, person)


def welcome(ask: Ask, person: Person) -> Answer:
    titles = [q.title for q in ask.house.policy.queues.values() if person.sees(q.name)]
    told = ask.tell("join.done", name=person.name, queues=", ".join(titles) or "-")
    return Answer(told.whispers, locale=person.locale, zone=person.zone or "UTC")


async def profile_of(ask: Ask, origin: Origin) -> Profile | None:
    """What the desk knows of the person; nothing when it cannot say now."""
    desk = ask.house.desks.get(origin.desk)
    if not isinstance(desk, Profiles):
        return None
    try:
        return await desk.profile(origin.who)
    except SendError:
        return None


async def login(ask: Ask) -> Answer:
    """A link that signs in once, shown to the asker alone."""
    if ask.overheard:
        raise refused("refused.login_in_private")
    token = await ask.house.store.new_login(ask.me.id, ask.house.clock.now(), LOGIN_LIVES)
    link = f"{ask.house.console}/console/login?token={token}"
    return ask.tell("login.link", link=link, lives=LOGIN_LIVES)
