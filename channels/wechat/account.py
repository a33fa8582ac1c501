"""An official account (公众号) as its deployer sets it up."""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

API = "https://api.weixin.qq.com"
KEY = re.compile(r"[A-Za-z0-9]{43}")


class Account(BaseModel):
    """What stands in the platform's console, under the names it has there.

    ``name`` is the last part of our address, ``/channels/wechat/{name}``. ``writes_first``: the
    account has the right to customer-service messages (客服消息: verified accounts). ``notice`` is
    the subscription template (订阅通知) for news of tickets beyond 48 hours, empty for none, and
    ``notice_fields`` names its fields for number, status and time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    app_id: str = Field(min_length=1)
    secret: SecretStr = SecretStr("")
    token: SecretStr = Field(min_length=3)
    aes_key: SecretStr = SecretStr("")
    encrypted_only: bool = False
    writes_first: bool = False
    notice: str = ""
    notice_fields: tuple[str, str, str] = ("character_string1", "phrase2", "time3")

    @model_validator(mode="after")
    def check(self) -> Self:
        key = self.aes_key.get_secret_value()
        if key and KEY.fullmatch(key) is None:
            raise ValueError("aes_key (EncodingAESKey) must have 43 letters and digits")
        if self.encrypted_only and not key:
            raise ValueError("encrypted_only (安全模式) needs aes_key")
        if self.writes_first and not self.secret.get_secret_value():
            raise ValueError("writes_first needs the secret (AppSecret)")
        return self
