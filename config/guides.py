"""办事指南: what a person has to know of a service before coming, and what the lists of the hall are made of.

The catalogue (CSV or XLSX) has a row for each service; `[guides.*]` of config.toml says what no row has room for:
conditions, steps, each of its materials, who decides, questions that are asked.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.shape import Table
from config.text import Text
from config.values import Both, Day, GuideUrl, _guide_url, matches

SOURCES = {
    "own": Text("申请人自备", "your own"),
    "office": Text("政府部门核发", "issued by an office"),
    "other": Text("其他单位出具", "issued by somebody else"),
}
"""Where a material comes from."""
LEVELS = {
    "counter": Text("窗口即办", "At the counter"),
    "street": Text("街道", "Street office"),
    "district": Text("区", "District"),
    "city": Text("市", "City"),
}
"""Who decides (duties S8)."""

Web = Annotated[
    GuideUrl,
    matches(
        r"|https?://[^\s/]+\S*",
        Text(
            '不是网址：请写成 "https://zwfw.fujian.gov.cn/…"。',
            'not an address; write it like "https://zwfw.fujian.gov.cn/…"',
        ),
    ),
    AfterValidator(_guide_url),
]
Picture = Annotated[
    str,
    matches(
        r"|[^\s/\\.][^/\\]*\.(png|jpg|jpeg)",
        Text(
            "不是样本图片：请写样本文件夹里的文件名，例如“form.png”。",
            'not a sample picture; write the name of a file in the folder of samples, such as "form.png"',
        ),
    ),
]
Count = Annotated[int, Field(ge=0, le=99)]


class MaterialTable(Table):
    """One material (申请材料) of a service; its name is one of those of the catalogue's column 申请材料."""

    source: Literal["", "own", "office", "other"] = Field(
        "", description="来源: `own` 申请人自备, `office` 政府部门核发, `other` 其他单位出具."
    )
    originals: Count = Field(0, description="原件: how many originals are handed in.")
    copies: Count = Field(0, description="复印件: how many copies are handed in.")
    checked: bool = Field(False, description="验原件: the original is looked at and given back.")
    sample: Picture = Field("", description="样本: PNG or JPEG in the folder `hall.samples`; empty for none.")
    how: Both | None = Field(None, description="填报须知: how it is filled in, `[Chinese, English]`.")
    accepted: Both | None = Field(None, description="受理标准: when it is accepted, `[Chinese, English]`.")
    licence: bool | None = Field(None, description="Whether an e-licence (电子证照) will do; leave out if unknown.")
    later: bool | None = Field(
        None,
        description=(
            "Whether it may follow (容缺后补); leave out if unknown. Once one of a service's may, only those can"
            " be owed."
        ),
    )


class StepTable(Table):
    """One step of the way of an application."""

    name: Both = Field(description="环节, `[Chinese, English]`: 受理, 审核, 送达.")
    does: Both = Field(description="What happens there, and what the person has to do, `[Chinese, English]`.")


class QuestionTable(Table):
    """One question that is often asked."""

    ask: Both = Field(description="The question, `[Chinese, English]`.")
    answer: Both = Field(description="Its answer, `[Chinese, English]`.")


class GuideTable(Table):
    """办事指南 of one service: what its row of the catalogue has no room for."""

    conditions: list[Both] = Field([], description="受理条件: who may apply, `[Chinese, English]` each.")
    steps: list[StepTable] = Field(
        [], description="办理流程, in order: `{ name = [Chinese, English], does = [Chinese, English] }` each."
    )
    materials: dict[str, MaterialTable] = Field(
        {},
        description=(
            "申请材料 by its name in the catalogue: `[guides.SB01.materials.照片]` with source, originals, copies,"
            " checked, sample, how, accepted, licence, later (docs/catalogue.md)."
        ),
    )
    faq: list[QuestionTable] = Field(
        [], description="常见问题: `{ ask = [Chinese, English], answer = [Chinese, English] }` each."
    )
    result: Both | None = Field(None, description="结果名称: what the person gets, `[Chinese, English]`.")
    level: Literal["", "counter", "street", "district", "city"] = Field(
        "", description="谁来办: `counter` 窗口即办, `street` 街道, `district` 区, `city` 市."
    )
    delegated: bool | None = Field(
        None, description="授权: whether the department empowered the counter; leave out if unknown."
    )
    delegation: str = Field("", description="授权文件: number of the paper that empowers it.")
    provincial: Annotated[
        str,
        matches(
            r"|[0-9A-Za-z-]{4,64}",
            Text("不是省里的事项编码：请核对。", "not a code of the province's catalogue; check it"),
        ),
    ] = Field("", description="事项编码 of the provincial catalogue; its structure is not checked.")
    url: Web = Field(
        "", description="The item's page on 福建省网上办事大厅, behind its code; empty: `slips.guide_url`."
    )
    reviewed: Day | None = Field(None, description="审核日期: when the guide was last looked through.")
    reviewed_by: str = Field("", description="审核人: the office or the post, no name of a person.")


class Service(BaseModel):
    """One row of the catalogue. Days and visits are promises of the hall, not of this program."""

    model_config = ConfigDict(frozen=True)
    code: str
    name: str
    name_en: str
    prefix: str
    standard_min: int
    materials: tuple[str, ...]
    promise: str
    online: str
    visits: str
    basis: str = ""
    legal: str = ""
    fee: str = ""
    department: str = ""
    in_person: str = ""
    category: str = ""
    """事项类别."""
    audience: str = ""
    """服务对象."""
    at_once: str = ""
    """是否即办事项."""
    anywhere: str = ""
    """是否同城通办."""
    remark: str = ""
    """备注 of the list; no page for visitors shows it."""
    state: str = ""
    """状态 of whoever gathered the catalogue."""
    icon: str = ""
    """Its picture on the kiosk, one of `ICONS` (图标); empty: its group's."""
    everyday: tuple[str, ...] = ()  # 俗称 of this hall alone
    notes: str = ""  # 考证: for whoever keeps the catalogue, never shown
    guide: GuideTable = GuideTable.model_validate({})

    @property
    def text(self) -> Text:
        return Text(self.name, self.name_en)

    @property
    def may_follow(self) -> tuple[str, ...]:
        """The materials that may follow (容缺后补): those that the guide names; all where it says so of none."""
        told = {name: one.later for name, one in self.guide.materials.items()}
        named = tuple(name for name in self.materials if told.get(name))
        return named if named else tuple(name for name in self.materials if told.get(name) is not False)


class Power(BaseModel):
    """One row of the list of powers (权责清单). `services`: the items of the catalogue that it is done by here."""

    model_config = ConfigDict(frozen=True)
    number: str
    name: str
    department: str = ""
    services: tuple[str, ...] = ()
    reason: str = ""
    """未进驻原因: why it is not done in the hall."""
