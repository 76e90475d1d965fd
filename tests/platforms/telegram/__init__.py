"""A stateful Telegram Bot API that the real python-telegram-bot talks to over loopback. Begin at `TelegramSim`.

    async with await TelegramSim.start(clock=clock.now, limits=1) as telegram:  # None: off, 1: real, 10: generous
        group = telegram.group("Sales")   # a forum; the bot is an administrator with all the rights it needs
        li = telegram.person("Li")        # a member of every group; has not pressed Start
        bot = Bot(telegram.token, base_url=telegram.base_url, base_file_url=telegram.base_file_url)

**The bot's side**: `token`, `bot_id`, `api_base`, `base_url`, `base_file_url`, `link("CODE")` (the deep link).
  `calls("sendMessage")`: each with `.args .ok .error .result .at`.
  `updates`: `log`, `pending()` (not confirmed), `polling` (a getUpdates waits), `webhook`, `retries()` (push again what
  the webhook refused, when the clock says so), `release()`, `reroute[public address] = real address` for webhooks.
  `faults.next("editMessageText", Fault.drop_after())`: by method, `download`, or for deliveries by kind of update
  (`message`, `callback_query`, ...: twice, late, lost). `Fault.error("TOPIC_CLOSED")` is a 400 with these words,
  `Fault.http(502)` a proxy's page, `Fault.http(200)` garbage, `Fault.drop_before()` a broken connection.
  `await goes_down()` (connections are refused), `await comes_back()`, `revoke()`, `set_limits(1)`, `dump()`,
  `tick()` (the clock moved: a long poll may notice), `await until(condition)`, `await polled()`,
  `await settled()` (every update confirmed, no call under way).

**A group**: `telegram.group(title, forum=True, basic=False, bot="administrator" | "member" | "left", rights=...)`.
  `id`, `title`, `topics`, `topic("words of its name")`, `general`, `pinned`, `writes` (`.method .at`) and
  `writes_in(minutes)`: what the bot wrote as the limits count it.
  `promotes(user_id, *rights, anonymous=False)`, `demotes(user_id)`, `promotes_bot(*rights)`, `demotes_bot()`,
  `mutes_bot()`, `kicks_bot()`, `adds_bot()`, `renames(title)`, `turns_topics_on()`, `turns_topics_off()`,
  `opens_topic(name)`, `migrates()` (afterwards the same object is the new group).

**A topic**: `id` (message_thread_id; None is General), `name`, `closed`, `deleted`, `first` (the oldest message).

Groups, topics and `li.dms` are **conversations**: `messages`, `texts`, `html`, `last`, `find(words)`, `shows(words)`,
  `services` (service messages). A message: `id text entities keyboard media reply_to silent pings reactions edited_at`.

**A person**: `telegram.person(name, username="", language="en", started=False)`. Where: a topic, a group (its
  General), a message (wherever that is), or None (the private chat with the bot).
  `types(where, text, reply_to=None)`, `types_to_bot(text)`, `edits(message, text)`, `deletes(message)`,
  `answers(text)`: to the ForceReply that is open at their client, `prompt`;
  `presses("Claim", on=conversation or message)`: a `Press` with `.toast .alert .url`, once answered, or `wait=False`;
  `reacts(message, "👀")`, without emoji to take it back;
  `sends_photo`, `sends_document(where, name, content, caption, size=...)`, `sends_album`, `sends_video`, `sends_voice`,
  `sends_sticker`;
  `starts("CODE")`, `blocks_bot()`, `unblocks_bot()`, `leaves(group)`, `unpins(message)`, `deletes_topic(topic)`,
  `closes_topic`, `reopens_topic`, `renames_topic`.
  They see `dms`, `toasts`, and `pings`: mentions, replies and private words that were not sent silently.

**Faithful on purpose**: in a topic, a message that is no reply carries `reply_to_message` = the topic's first service
message. The bot hears the service messages it causes (topics, pins). A bot that is no administrator hears only what is
meant for it (privacy mode). A press by an anonymous administrator carries the person, their words do not. An edit
without `reply_markup` takes the buttons away. An address without a dot in its host is no link. The bot is told of no
deletion, neither of a message nor of a topic.
"""

from .people import PNG, Person
from .rooms import Conversation, Group, Topic
from .sim import TelegramSim
from .state import Call, Message, Press, Write

__all__ = ["PNG", "Call", "Conversation", "Group", "Message", "Person", "Press", "TelegramSim", "Topic", "Write"]
