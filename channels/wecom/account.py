"""An application (自建应用) of an enterprise on WeCom, as its deployer sets it up."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

API = "https://qyapi.weixin.qq.com"


class Account(BaseModel):
    """What stands in the platform's console, under the names it has there.

    ``name`` is the last part of our address, ``/channels/wecom/{name}``. ``agent_id``: members of
    the enterprise talk to the application itself. ``customer_service``: it may also answer for
    the customer-service accounts (微信客服) that the console lets it manage, and so residents on
    WeChat. At least one of the two.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    corp_id: str = Field(min_length=1)
    secret: SecretStr = Field(min_length=1)
    token: SecretStr = Field(min_length=1)
    aes_key: SecretStr
    agent_id: int | None = None
    customer_service: bool = False

    @model_validator(mode="after")
    def check(self) -> Self:
        key = self.aes_key.get_secret_value()
        if len(key) != 43 or not (key.isascii() and key.isalnum()):
            raise ValueError("aes_key (EncodingAESKey) must have 43 letters and digits")
        if self.agent_id is None and not self.customer_service:
            raise ValueError("needs agent_id (AgentId), or customer_service (微信客服), or both")
        return self
