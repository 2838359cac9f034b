"""Whether people can be told of trouble."""

from collections.abc import Sequence

from graph_schema.errors import InvalidInput
from interfaces.app.messages.notifications import file_of
from interfaces.cli.work.doctor.finding import Finding
from interfaces.notifications.book import Book, read_book
from interfaces.notifications.channels import usable
from interfaces.settings import Settings

_SUBJECT = "Notifications"


def notification_findings(settings: Settings) -> Sequence[Finding]:
    file = file_of(settings)
    if not file.exists():
        return [Finding(_SUBJECT, f"nobody is told of anything: there is no {file.name}")]
    try:
        book = read_book(file)
    except InvalidInput as error:
        return [Finding(_SUBJECT, str(error), "problem", "Correct it. What happens until then is told afterwards.")]
    return [
        Finding(
            _SUBJECT, f"{_count(len(book.people), 'person', 'people')}, {_count(len(book.routes), 'route', 'routes')}"
        ),
        *_unreached(book),
    ]


def _unreached(book: Book) -> Sequence[Finding]:
    names = [name for name, person in book.people.items() if not any(usable(one) for one in person.reached_by)]
    if not names:
        return []
    advice = "Write an address of Apprise under reached_by, and try it: plantroom notify test NAME"
    return [
        Finding(_SUBJECT, f"{', '.join(names)} cannot be reached: there is no address that works", "problem", advice)
    ]


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
