"""Who is asked inside, as a ticket, its row and its facts note it: `queue:finance`, `person:3`; empty for nobody."""

from core.ids import PersonId, QueueName, row_number
from core.people import Person

_QUEUE, _PERSON = "queue:", "person:"


def to_queue(queue: QueueName) -> str:
    return f"{_QUEUE}{queue}"


def to_person(person: PersonId) -> str:
    return f"{_PERSON}{person}"


def asked_queue(asked: str) -> QueueName | None:
    """The queue that is asked as a whole; None where it is somebody alone, or nobody."""
    return QueueName(asked.removeprefix(_QUEUE)) if asked.startswith(_QUEUE) else None


def asked_person(asked: str) -> PersonId | None:
    number = row_number(asked.removeprefix(_PERSON)) if asked.startswith(_PERSON) else None
    return None if number is None else PersonId(number)


def is_asked(asked: str, person: Person) -> bool:
    """Whether it is this person's answer that is waited for."""
    return asked_queue(asked) in person.queues or asked_person(asked) == person.id
