"""Who it is on WeCom: a member of the enterprise, or a customer of a customer-service account."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Person:
    """``user`` is the member's userid or the customer's external_userid; ``service`` the
    customer-service account (open_kfid), empty for members."""

    user: str
    service: str = ""

    def __str__(self) -> str:
        return f"{self.service}/{self.user}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The inverse of ``str``; neither id ever holds a slash."""
        service, _, user = text.partition("/")
        return cls(user, service)
