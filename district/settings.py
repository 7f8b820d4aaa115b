"""What a district's file says (TOML): the city's short name, its engines, where its page is, the tree of places."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config import Told
from config.values import Machine
from server.domain.uplink import NAME

KINDS = ("district", "street", "hall", "community")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(_Table):
    """区、街道、大厅或社区。"""

    id: str = Field(pattern=f"^{NAME.pattern}$")
    kind: str
    parent: str = ""
    name: str
    name_en: str = ""
    residents: int = Field(0, ge=0)
    at: tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]] | None = None
    """Longitude and latitude in degrees, as the relay's places.toml has them; None: not on the map."""

    @model_validator(mode="after")
    def _known(self) -> Place:
        if self.kind not in KINDS:
            raise ValueError(f"kind：只能是 {'、'.join(KINDS)} / is one of {', '.join(KINDS)}")
        return self


class Post(_Table):
    """What a group of the directory is here."""

    place: str
    role: Literal["manager", "inspector"] = "manager"


class SignOn(_Table):
    """The directory by which people log in (OpenID Connect), as a hall's file has it in [sign_on]; `groups`: word of
    `group_claim` -> place and role.
    """

    issuer: Annotated[str, Field(pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?)?$")] = ""
    name: str = "统一身份认证"
    name_en: str = "the district's directory"
    client_id: str = ""
    secret_file: str = ""
    ca_file: str = ""
    account_claim: str = "preferred_username"
    group_claim: str = "groups"
    groups: dict[str, Post] = {}


class Settings(_Table):
    """`city`: one word of NATS subjects; `database`: PostgreSQL's URL; `nats`: where the halls speak, as they reach it;
    `nats_file`: the server's configuration, which this program writes; `nats_pid`: its pid file, for the signal;
    `page`: the address by which browsers reach the pages, which a directory sends them back to;
    `proxies`: addresses of reverse proxies before the pages, which alone say for whom they speak (X-Forwarded-For).
    """

    city: str = Field(pattern=f"^{NAME.pattern}$")
    database: str
    nats: str
    nats_listen: str = "0.0.0.0:4222"
    nats_file: str = ""
    nats_pid: str = ""
    certificate: str = ""
    key: str = ""
    listen: str = "127.0.0.1:8200"
    proxies: list[Machine] = []
    page: str = ""
    sign_on: SignOn = SignOn()
    places: list[Place] = Field(min_length=1)

    @model_validator(mode="after")
    def _tree(self) -> Settings:
        seen: set[str] = set()
        for place in self.places:
            if place.id in seen:
                raise ValueError(f"{place.id}：写了两次 / stands twice")
            if place.parent and place.parent not in seen:
                raise ValueError(
                    f"{place.id}：上级{place.parent}要写在它前面 / its parent {place.parent} comes before it"
                )
            seen.add(place.id)
        for group, post in self.sign_on.groups.items():
            if post.place not in seen:
                raise ValueError(f"sign_on.groups.{group}：没有地方{post.place} / there is no place {post.place}")
        if self.sign_on.issuer and not (self.sign_on.client_id and self.page):
            raise ValueError("sign_on：还要有client_id和page / sign_on needs client_id, and page")
        return self

    def residents(self, place: Place) -> int:
        """Who live there: as the file says, or else who live in the communities that a hall serves."""
        return place.residents or sum(one.residents for one in self.places if one.parent == place.id)


def read(file: Path) -> Settings:
    """Raises Told with the file, the place and the reason."""
    try:
        return Settings(**tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise Told(f"{file}：打不开：{error.strerror}", f"{file}: can't be opened: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise Told(f"{file}：不是正确的TOML：{error}", f"{file}: is no TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "places"
        raise Told(f"{file}：{where}：{first['msg']}", f"{file}: {where}: {first['msg']}") from None
