"""What a slip says, held as paper: encoded for each width and read back by the decoder that knows nothing of the
encoder.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import pytest
import tomlkit
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import config
import slip_forms
from config.form_mistakes import form_mistakes
from printer_profiles import profile as profiles
from printer_profiles.escpos.encode import encode
from printer_profiles.slip import Cut, Logo, Rule, Slip, Text, width
from printer_profiles.virtual.paper import Paper
from server.__main__ import main
from server.domain import slip_facts
from server.domain.agenda import Agenda, Step
from server.domain.position import Place, group_of
from server.domain.ticket import Job
from server.printing.slips import form
from server.printing.slips.filling import slip_for, slip_of
from server.printing.slips.form import Sheet
from server.printing.slips.of_number import ticket_slip
from server.printing.slips.samples import CODE, TICKET, facts_of, item, sample
from server.verbs import jobs, tickets
from server.verbs.hub import By, Hub
from slip_forms import Form, Line
from tests.both_languages import english
from tests.conftest import write_hall

HALL = config.load()
WIDTHS = ("generic-80", "generic-58")
OTHERS = [kind for kind in slip_facts.NAMES if kind not in ("ticket", "test")]
PLACE = Place(
    5,
    (10, 15),
    config.Text("1-4号窗口", "Counters 1-4"),
    config.Text("社保医保", "Social & medical insurance"),
    1795397700.0,  # 09:35 in the hall
)


def papers(slip: Slip, profile_name: str) -> list[str]:
    """What stands on each paper; the decoder has nothing to complain of."""
    profile = profiles.load(profile_name)
    printer = Paper(profile)
    printer.feed(encode(slip, profile))
    printer.idle()
    assert printer.complaints == []
    return [paper.text() for paper in printer.slips]


def flat(text: str) -> str:
    """Without what the width of the paper puts between: spaces and breaks."""
    return "".join(text.split())


def words_of(slip: Slip) -> set[str]:
    return {
        word for element in slip if isinstance(element, Text) for word in re.findall(r"[A-Za-z0-9:/-]+", element.text)
    }


def ticket(
    profile: str = "generic-80", hall: config.Hall = HALL, copy: int = 1, place: Place = PLACE, **changes: object
) -> Slip:
    of, columns = replace(TICKET, **changes), profiles.load(profile).columns  # type: ignore[arg-type]
    return ticket_slip(hall, of, place, device="K1", copy=copy, columns=columns, code=CODE)


def job(kind: str, **facts: object) -> Job:
    told = slip_facts.checked(kind, {**facts_of(HALL, kind), **facts})
    return Job(4, None, ("p80",), 1, "queued", TICKET.issued_at, TICKET.issued_at, kind=kind, facts=told)


def hall_with(**tables: dict[str, object]) -> config.Hall:
    """The demo's hall with other tables for its slips."""
    text = tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8"))
    text.pop("forms")
    for name, table in tables.items():
        text.setdefault(name, {}).update(table)
    return config.parse(tomlkit.dumps(text))


def mistakes(**tables: dict[str, object]) -> list[str]:
    with pytest.raises(config.ConfigError) as caught:
        hall_with(**tables)
    return english(caught.value.problems)


# --- the number to keep in one's hand ---


@pytest.mark.parametrize("profile", WIDTHS)
@pytest.mark.parametrize("large", [False, True])
def test_everything_a_holder_needs(profile: str, large: bool) -> None:
    (text,) = papers(ticket(profile, large_print=large), profile)
    for words in (
        "鲤城区开元街道便民服务中心",
        "演示数据",
        "A012",
        "社保医保",
        "2026-11-23周一 09:00",
        "前面5人",
        "大约09:35前后轮到",
        "约10-15分钟",
        "请坐等叫号，将由1-4号窗口之一叫您",
        "请带 身份证、照片",
        "过号30分钟内到咨询台",
        "当日有效",
        "咨询 0595-00000001",
        "投诉 0595-00000002",
        f"[QR {CODE}]",
        "设备K1",
        "流水000123",
    ):
        assert flat(words) in flat(text), words
    for words in ("补打", "预约", "标识", "社会保障卡"):
        assert words not in text, words


@pytest.mark.parametrize(
    ("counters", "state", "says"),
    [
        ("1-4、6号窗口", "waiting", "请坐等叫号，将由1-4、6号窗口之一叫您"),
        ("3号窗口", "waiting", "请坐等叫号，将由3号窗口叫您"),
        ("咨询台", "waiting", "请坐等叫号，将由咨询台叫您"),
        ("1-4号窗口", "called", "请到3号窗口"),
        ("1-4号窗口", "serving", "请到咨询台"),
    ],
)
def test_nobody_is_sent_to_a_counter_before_the_call(counters: str, state: str, says: str) -> None:
    at = {"called": "3", "serving": "desk"}.get(state)
    place = Place(2, (5, 10), config.Text(counters, ""), group_of(HALL, "SB01"))
    (text,) = papers(ticket(state=state, counter=at, place=place), "generic-80")
    assert flat(says) in flat(text)
    assert ("请到" in text.replace("到咨询台，", "")) == (state != "waiting")


def test_an_appointment_a_mark_and_a_second_copy() -> None:
    (text,) = papers(ticket(slot=TICKET.issued_at, appointment="YY7", klass="appointment", copy=3), "generic-80")
    assert "预约 09:00  YY7" in text
    assert "【补打】第3次" in text
    (text,) = papers(
        ticket(
            klass="green",
            service="LQ01",
            place=Place(0, None, config.Text("5号窗口", "Counter 5"), config.Text("领件", "Pick-up")),
        ),
        "generic-80",
    )
    assert "【绿色通道】【领件】" in text
    assert "分钟 " not in text
    assert "约 " not in text


def test_english_is_a_second_language() -> None:
    (text,) = papers(ticket("generic-58", language="en"), "generic-58")
    for words in (
        "Social & medical insurance",
        "5 ahead of you  about 10-15 min",
        "Counters 1-4",
        "Kaiyuan Street Service",
    ):
        assert words in text


def test_an_english_line_holds_no_chinese_and_no_name_is_said_twice() -> None:
    known = HALL.services["SB04"].model_copy(update={"in_person": "是", "name_en": HALL.services["SB04"].name})
    hall = HALL.model_copy(update={"services": {**HALL.services, "SB04": known}})
    (text,) = papers(sample(hall, "materials", profiles.load("generic-80"), english=True), "generic-80")
    for words in (
        "By law: 20 working days",
        "Promised: 5 working days",
        "Fee: no",
        "Visits: 1",
        "In person: yes",
        "Online: yes",
    ):
        assert words in text
    assert not re.search(r"(By law|Promised|Fee|Online|In person):[^A-Za-z0-9]*[一-鿿]", text)
    assert flat(text).count(flat(known.name)) == 1
    odd = {**facts_of(hall, "receipt"), "promise": "另行通知", "language": "en"}
    (text,) = papers(
        slip_of(hall, Job(4, 123, ("p80",), 1, "queued", 0, 0, kind="receipt", facts=odd), TICKET, 48), "generic-80"
    )
    assert "承诺时限 另行通知" in text
    assert "Promised" not in text


def test_the_test_page_asks_for_a_cut_where_there_is_a_blade_only() -> None:
    (wide,), (narrow,) = (papers(sample(HALL, "test", profiles.load(profile)), profile) for profile in WIDTHS)
    assert "能切纸" in flat(wide)
    assert "到撕纸处" in flat(narrow)


def test_a_staff_members_number_is_no_device() -> None:
    (text,) = papers(ticket_slip(HALL, TICKET, PLACE, device="31", copy=1, columns=48, code=CODE), "generic-80")
    assert "工号31" in text
    assert "设备" not in text


@pytest.mark.parametrize("profile", WIDTHS)
@pytest.mark.parametrize("label", ["A012", "A1012"])
def test_the_number_is_the_largest_thing_and_keeps_its_line(profile: str, label: str) -> None:
    slip = ticket(profile, number=int(label[1:]), large_print=True)
    (number,) = [element for element in slip if isinstance(element, Text) and element.text == label]
    assert number.scale == max(element.scale for element in slip if isinstance(element, Text)) >= 4
    assert label in papers(slip, profile)[0]


@pytest.mark.parametrize("profile", WIDTHS)
def test_a_native_ticket_of_the_demo_is_below_400_bytes(profile: str) -> None:
    sizes = {}
    for service, klass in product(HALL.services, ("ordinary", "green")):
        place = Place(25, (100, 120), config.Text("1-4号窗口", "Counters 1-4"), group_of(HALL, service))
        slip = ticket(profile, service=service, klass=klass, id=1234, number=112, place=place)
        sizes[service, klass] = len(encode(slip, profiles.load(profile)))
        booked = ticket(
            profile,
            service=service,
            klass="appointment",
            id=1234,
            number=112,
            place=place,
            slot=TICKET.issued_at,
            appointment="YY20261123-00123",
        )
        sizes[service, "appointment"] = len(encode(booked, profiles.load(profile)))
    assert max(sizes.values()) < 400, sizes


@pytest.mark.parametrize("service", HALL.slips.hide_item)
def test_a_sensitive_matter_is_not_told(service: str) -> None:
    hall = hall_with(
        forms={"ticket": {"show": ["number", "group", "what", "bring"], "texts": {"what": ["{item}", ""]}}}
    )
    known = HALL.services[service]
    (text,) = papers(
        ticket(hall=hall, service=service, place=Place(0, None, config.Text("1号窗口", ""), group_of(hall, service))),
        "generic-80",
    )
    assert known.name not in text
    assert [m for m in known.materials if m in text] == []
    assert group_of(hall, service)[0] in text
    hidden = hall_with(slips={"hide_group": [service]})
    (text,) = papers(
        ticket(hall=hidden, service=service, place=Place(0, None, config.Text("1号窗口", ""), group_of(hall, service))),
        "generic-80",
    )
    assert group_of(hall, service)[0] not in text


@pytest.mark.parametrize("profile", WIDTHS)
@pytest.mark.parametrize("large", [False, True])
def test_a_number_for_several_items_lists_them_and_what_is_done(profile: str, large: bool) -> None:
    text = flat(papers(sample(HALL, "package", profiles.load(profile), large=large), profile)[0])
    for words in ("新生儿出生一件事", "一号办4项", "1.生育登记服务（已办）", "4.生育津贴申领(代收)", "请带双方身份证"):
        assert words in text, words


def test_sensitive_items_among_several_are_only_counted() -> None:
    items = tuple(Step(code) for code in ("TY02", "YB01"))
    agenda = Agenda(ticket=1, day="2026-11-23", package="veteran", items=items, after={}, saved=0)
    place = Place(0, None, config.Text("1号窗口", ""), group_of(HALL, "TY02"))
    slip = ticket_slip(HALL, TICKET, place, device="K1", copy=1, columns=48, code="T1", agenda=agenda)
    text = flat(papers(slip, "generic-80")[0])
    assert "一号联办" in text and "一号办2项" in text and "退役军人" not in text and "基本医疗保险" not in text


# --- the others ---


SAYS = {
    "materials": (
        "材料清单",
        "城乡居民养老保险待遇领取(养老金)申请",
        "□身份证",
        "□户口簿",
        "□社保卡",
        "申请材料3项",
        "法定时限20工作日",
        "承诺时限5工作日",
        "是否收费否",
        "跑动次数1次",
        "受理部门人社",
        "社会保险经办条例第18条",
        "[QRhttps://zwfw.fujian.gov.cn/]",
    ),
    "notice": (
        "一次性告知单",
        "办件编号BJ20261123-007",
        "社会保障卡申领",
        "[QRR1C-7QF2HM]",
        "请带本单扫码R1C-7QF2HM",
        "1.户口簿首页和本人页复印件",
        "2.《城乡居民基本养老保险参保登记表》（本人签字）",
        "一次告知",
        "5个工作日内",
        "行政许可法第三十二条",
        "依据社会保险经办条例第6条",
        "工号08",
        "2026-11-23",
        "申请人签收___",
        "（盖章处）",
    ),
    "receipt": (
        "受理凭证",
        "社会保障卡申领",
        "受理编号BJ20261123-007",
        "[QRR1C-7QF2HM]",
        "查进度、领结果R1C-7QF2HM",
        "收到材料2项",
        "1.身份证复印件1份",
        "容缺材料1项，请于2026-12-07前补齐",
        "1.户口簿复印件",
        "最迟2026-12-02办结",
        "工号08",
        "2026-11-23",
        "申请人___",
        "（盖章处）",
    ),
    "special": (
        "特别程序告知书",
        "受理编号BJ20261123-007",
        "社会保障卡申领",
        "专家评审",
        "依据行政许可法",
        "行政许可法第四十五条",
        "申请人签收___",
        "（盖章处）",
        "[QRR1C-7QF2HM]",
    ),
    "extension": (
        "延期告知书",
        "受理编号BJ20261123-007",
        "延长5个工作日",
        "延长后2026-12-09前办结",
        "原定2026-12-02前办结",
        "原因等待其他部门意见",
        "批准人工号50",
        "申请人签收___",
    ),
    "voice": (
        "回执",
        "投诉举报",
        "编号TS20261123-007",
        "类别服务态度",
        "受理时限2026-11-26",
        "[QRR1C-7QF2HM]",
        "到咨询台查答复R1C-7QF2HM",
        "0595-00000002",
    ),
    "mail": (
        "邮寄确认单",
        "受理编号BJ20261123-007",
        "邮件号EA123456785CN",
        "收件人___",
        "地址___",
        "申请人确认___",
    ),
    "refusal": (
        "不予受理告知书",
        "社会保障卡申领",
        "1.申请事项不属于本街道职权范围",
        "2.提交的材料与申请事项不符",
        "60日内向有权的行政复议机关申请行政复议",
        "6个月内依法向有管辖权的人民法院提起行政诉讼",
        "行政许可法第三十二条第一款第（二）项",
        "工号08",
        "（盖章处）",
    ),
    "referral": ("引导单", "咨询异地就医备案", "3号窗口", "工号31", "首问登记27", "2026-11-23", "09:00"),
    "pickup": (
        "领件通知单",
        "领件号BJ20261123-007",
        "[QRR1C-7QF2HM]",
        "5号窗口（统一出件）",
        "工作日08:00-12:0014:30-17:30",
        "□身份证原件",
        "□受理凭证",
    ),
    "booking": (
        "预约凭条",
        "预约码B4D-2MK7QX",
        "社会保障卡申领",
        "时间11月24日周二09:20",
        "地点1-4号窗口",
        "请带好2样",
        "□身份证",
        "签到",
        "改期或取消",
        "[QR",
    ),
    "whereabouts": (
        "去向牌",
        "工号08",
        "去向上门服务",
        "日期2026-11-23",
        "09:30外出，预计11:00回",
        "有事请找B岗工号09",
    ),
    "dayclose": (
        "日结小票",
        "3号窗口",
        "2026-11-23",
        "08、09",
        "A46",
        "F41",
        "P3",
        "其他2",
        "首号A001",
        "末号K012",
        "08:00-17:32",
        "O455.8分钟",
        "Z30.8分钟",
        "现场办结28",
        "咨询2",
    ),
}
"""What docs/wording.md asks of each."""


@pytest.mark.parametrize("profile", WIDTHS)
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("kind", OTHERS)
def test_each_slip_says_what_it_should(kind: str, large: bool, profile: str) -> None:
    text = flat(papers(sample(HALL, kind, profiles.load(profile), large=large), profile)[0])
    for words in (*SAYS[kind], "鲤城区开元街道便民服务中心", "编号000004"):
        assert words in text.replace("_" * 9, "___"), words
    assert ("0595-00000001" in text) == (kind != "dayclose")


@pytest.mark.parametrize("profile", WIDTHS)
@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("kind", ["ticket", *OTHERS])
def test_nothing_is_cut_wrapped_inside_a_word_or_left_alone(
    kind: str, large: bool, english: bool, profile: str
) -> None:
    columns = profiles.load(profile).columns
    slip = sample(HALL, kind, profiles.load(profile), large=large, english=english)
    texts = [element for element in slip if isinstance(element, Text)]
    for element in texts:
        assert width(element.text) * element.scale <= columns, element
        assert element.text.strip(), "an empty line is a Feed"
        assert element.text.lstrip()[0] not in "，。；：、）》！？", element
    wide = sample(HALL, kind, replace(profiles.load(profile), columns=480), large=large, english=english)
    assert words_of(slip) <= words_of(wide), "a word was parted"
    assert {"Centre", "Service"} <= words_of(slip) if english else "Centre" not in words_of(slip)


def test_large_print_is_twice_as_large_but_for_what_is_for_staff() -> None:
    slip = sample(HALL, "notice", profiles.load("generic-58"), large=True)
    small = [element.text for element in slip if isinstance(element, Text) and element.scale == 1]
    assert set(small) == {"2026-11-23 09:00 打印", "编号 000004"}


def test_what_one_hands_out_and_keeps_is_printed_twice() -> None:
    assert len(papers(sample(HALL, "notice", profiles.load("generic-80")), "generic-80")) == 2
    assert len(papers(sample(HALL, "materials", profiles.load("generic-80")), "generic-80")) == 1


def test_what_is_not_known_is_not_printed() -> None:
    (text,) = papers(slip_of(HALL, job("materials", legal="", materials=[], basis=""), None, 48), "generic-80")
    assert "承诺时限 5工作日" in text
    for words in ("法定时限", "办事依据", "申请材料", "□"):
        assert words not in text
    (text,) = papers(slip_of(HALL, job("receipt", received=[]), None, 48), "generic-80")
    assert "收到材料" not in text


def test_the_pick_up_notice_of_a_sensitive_matter_does_not_name_it() -> None:
    (text,) = papers(slip_of(HALL, job("pickup", **item(HALL, "MZ01")), None, 48), "generic-80")
    assert "最低生活保障" not in text
    (text,) = papers(slip_of(HALL, job("pickup", **item(HALL, "SB01")), None, 48), "generic-80")
    assert "社会保障卡申领" in text


def test_the_test_page_shows_both_edges_every_size_and_the_code() -> None:
    for profile in WIDTHS:
        columns = profiles.load(profile).columns
        (text,) = papers(sample(HALL, "test", profiles.load(profile)), profile)
        sizes = ("2倍", "3倍", "4倍", "6倍")
        for words in (
            ("1234567890" * 5)[:columns],
            "|<",
            ">|",
            "，。、；：？！",
            "ＡＢＣ",
            *sizes,
            "[raster",
            "[QR TEST p80]",
            f"{columns} 列",
        ):
            assert words in text, words


def test_a_telephone_that_scans_a_receipt_opens_its_page_where_it_reaches_one() -> None:
    public = HALL.public.model_copy(update={"url": "http://10.0.0.5:8000"})
    seen = HALL.model_copy(update={"public": public})
    text = flat(papers(sample(seen, "voice", profiles.load("generic-80")), "generic-80")[0])
    assert "[QRhttp://10.0.0.5:8000/v/R1C-7QF2HM]" in text and "手机扫码看答复R1C-7QF2HM" in text
    relayed = seen.model_copy(update={"relay": HALL.relay.model_copy(update={"url": "http://10.0.0.5:8000"})})
    assert "[QRR1C-7QF2HM]" in flat(papers(sample(relayed, "voice", profiles.load("generic-80")), "generic-80")[0])


def test_from_the_journal_to_paper(hub: Hub) -> None:
    told = tickets.issue(hub, By("K1"), "SB01", printers=("p80",), language="en")
    profile = profiles.load("generic-80")
    queued = hub.read().last_job(told.id)
    assert queued is not None
    (text,) = papers(slip_for(hub.hall, hub.read(), queued, "p80", profile, hub.now()), "generic-80")
    assert "A001" in text
    facts = {**item(hub.hall, "SB01"), "missing": ["𠮷林街照片"], "staff": "08"}
    other = jobs.print_slip(hub, By("08"), "notice", facts, ("p80",), ticket=told.id)
    text = papers(slip_for(hub.hall, hub.read(), other, "p80", profile, hub.now()), "generic-80")[0]
    assert "号码 A001" in text
    assert "What is still missing" in text, "the ticket's holder chose English"
    assert "[raster" in text, "𠮷 is in no printer's font"


# --- the hall's own word ---


def test_another_order_other_texts_and_a_line_of_ones_own() -> None:
    show = ["wifi", "rule", "number", "space", "phones"]
    texts = {"wifi": ["大厅无线网 {hall} 免费", "Free Wi-Fi", "centre bold"], "phones": ["电话 {tel_consult}", ""]}
    hall = hall_with(forms={"ticket": {"show": show, "texts": texts, "copies": 2}})
    first, second = papers(ticket(hall=hall, language="en"), "generic-80")
    assert first == second
    told = [line.strip() for line in first.splitlines()]
    assert told[:2] + told[3:] == [
        "大厅无线网 鲤城区开元街道便民服务中心 免费",
        "Free Wi-Fi",
        "A012",
        "",
        "电话 0595-00000001",
    ]
    assert set(told[2]) <= set("-─")


@pytest.mark.parametrize(
    ("english", "language", "there"),
    [("always", "zh", True), ("asked", "zh", False), ("asked", "en", True), ("never", "en", False)],
)
def test_when_there_is_english(english: str, language: str, there: bool) -> None:
    slip = ticket(hall=hall_with(slips={"english": english}), language=language)
    assert ("Scan at a kiosk" in papers(slip, "generic-80")[0]) == there


def test_the_periods_of_the_law_are_settings() -> None:
    hall = hall_with(
        slips={
            "review_days": 90,
            "court_months": 3,
            "review_body": "鲤城区人民政府",
            "court": "晋江市人民法院",
            "told_days": 3,
            "guide_url": "",
        }
    )
    text = flat(papers(sample(hall, "refusal", profiles.load("generic-80")), "generic-80")[0])
    assert "90日内向鲤城区人民政府申请行政复议，或者在3个月内依法向晋江市人民法院提起行政诉讼" in text
    assert "3个工作日内" in flat(papers(sample(hall, "notice", profiles.load("generic-80")), "generic-80")[0])
    (text,) = papers(sample(hall, "materials", profiles.load("generic-80")), "generic-80")
    assert "QR" not in text
    assert "扫码" not in text, "no code, no caption"


def test_the_shipped_example_is_the_shipped_form() -> None:
    assert HALL.form("ticket") == slip_forms.FORMS["ticket"]
    assert set(slip_forms.FORMS) == {*OTHERS, "ticket"} == set(slip_forms.PLACES)
    for kind, shipped in slip_forms.FORMS.items():
        texts = {name: list(text) for name, text in shipped.texts.items()}
        assert list(form_mistakes(kind, list(shipped.show), texts)) == []
        assert set(texts) - set(shipped.show) == set(), f"{kind}: a text that no line shows"


MISTAKES = [
    ({"ticket": {"show": ["numbr"]}}, "forms.ticket.show: 'numbr' is no line of this slip; did you mean 'number'?"),
    (
        {"ticket": {"texts": {"queue": ["还有 {ahed} 人", ""]}}},
        "forms.ticket.texts.queue: '{ahed}' is no place-holder here; did you mean 'ahead'?",
    ),
    (
        {"ticket": {"texts": {"queue": ["还有 {ahead 人", ""]}}},
        "forms.ticket.texts.queue: a brace stands alone; write a place-holder like {date}",
    ),
    (
        {"ticket": {"texts": {"queue": ["{ahead}", "", "center"]}}},
        "forms.ticket.texts.queue: 'center' is no style; did you mean 'centre'?",
    ),
    (
        {"ticket": {"texts": {"rule": ["——", ""]}}},
        "forms.ticket.texts.rule: 'rule' is no text, it is drawn; give the text another name",
    ),
    ({"tiket": {"show": []}}, "forms.tiket: 'tiket' is no slip; did you mean 'ticket'?"),
    ({"ticket": {"shows": []}}, "forms.ticket.shows: unknown key; did you mean 'show'?"),
    ({"ticket": {"show": ["hall", "rule"]}}, "forms.ticket.show: a ticket without its number is none; add 'number'"),
    ({"ticket": {"copies": 9}}, "forms.ticket.copies: 9: must be 3 or less"),
    ({"notice": {"texts": {"told": ["一次告知"]}}}, 'forms.notice.texts.told: ["一次告知"]: '),
]


@pytest.mark.parametrize(("forms", "sentence"), MISTAKES, ids=[sentence.split(":")[0] for _, sentence in MISTAKES])
def test_a_mistake_in_a_form_is_one_sentence(forms: dict[str, object], sentence: str) -> None:
    found = mistakes(forms=forms)
    assert len(found) == 1, found
    assert sentence in found[0]


GUIDES = [
    ("http://x/{servce}", "the only place-holder here is {service}"),
    ("http://x/" + "y" * 300, "at most 300 bytes"),
]


@pytest.mark.parametrize(("url", "sentence"), GUIDES)
def test_an_address_of_the_guide_that_no_code_can_hold_is_told_beforehand(url: str, sentence: str) -> None:
    (found,) = mistakes(slips={"guide_url": url})
    assert "slips.guide_url: " in found
    assert sentence in found


def test_a_list_in_the_english_line_alone_is_a_line_for_each_too() -> None:
    hall = hall_with(forms={"notice": {"show": ["title", "missing"], "texts": {"missing": ["缺", "{n}. {missing}"]}}})
    text, _ = papers(sample(hall, "notice", profiles.load("generic-80"), english=True), "generic-80")
    assert "1. 户口簿首页" in text
    assert "['" not in text


def test_an_unknown_service_is_not_hidden() -> None:
    assert (
        "slips.hide_item: 'MZ1' is no service of the catalogue; did you mean 'MZ01'?"
        in mistakes(slips={"hide_item": ["MZ1"]})[0]
    )


def test_the_logo_stands_above_every_slip_and_its_loss_stops_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    picture = tmp_path / "logo.png"
    Image.new("1", (64, 24)).save(picture)
    hall = hall_with(slips={"logo": str(picture)})
    for kind in slip_facts.NAMES:
        assert isinstance(sample(hall, kind, profiles.load("generic-80"))[0], Logo), kind
    gone = hall_with(slips={"logo": str(tmp_path / "gone.png")})
    assert papers(ticket(hall=gone), "generic-80") == papers(ticket(), "generic-80")
    assert "gone.png: no such file; write the path of a PNG; printed without" in caplog.text
    file = write_hall(tmp_path, lambda tables: tables["slips"].update({"logo": "gone.png"}))
    told = CliRunner().invoke(main, ["--config", str(file), "check"])
    assert told.exit_code == 1
    assert "slips.logo: " in told.output
    assert "gone.png: no such file" in told.output


def test_the_sign_over_the_door_stands_over_the_halls_name() -> None:
    hall = hall_with(place={"sign": "福建行政服务中心"})
    for kind in slip_forms.FORMS:
        said = [one.text for one in sample(hall, kind, profiles.load("generic-80")) if isinstance(one, Text)]
        assert said.index("福建行政服务中心") + 1 == said.index(hall.hall.name), kind


def test_every_slip_printed_again_says_so() -> None:
    for kind in OTHERS:
        again = replace(job(kind), copy=2)
        assert "【补打】第2次" in papers(slip_of(HALL, again, None, 32), "generic-58")[0], kind
        assert "补打" not in papers(slip_of(HALL, job(kind), None, 32), "generic-58")[0], kind


# --- any text ---

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cn"]), max_size=60) | st.text(
    "龦𠮷㙍，。（）“”…—A1-{}|_ \n\0", max_size=60
)


def test_what_somebody_typed_is_no_template() -> None:
    typed = ["{line}|{date}", "第一行\n第二行", "\0"]
    paper, _ = papers(slip_of(HALL, job("notice", missing=typed), None, 48), "generic-80")
    assert "1. {line}|{date}" in paper
    assert "2. 第一行 第二行" in paper
    assert "3." not in paper, "nothing is left of it"


@given(st.lists(WORDS, max_size=4), WORDS, st.sampled_from(WIDTHS), st.booleans())
def test_any_text_is_printed_whole_and_in_its_place(missing: list[str], basis: str, profile: str, large: bool) -> None:
    columns = profiles.load(profile).columns
    slip = slip_of(
        HALL,
        Job(
            1,
            None,
            ("p80",),
            1,
            "queued",
            0.0,
            0.0,
            kind="notice",
            facts={**item(HALL, "SB01"), "missing": missing, "basis": basis, "staff": "08", "large_print": large},
        ),
        None,
        columns,
    )
    assert slip[-1] == Cut()
    assert all(width(element.text) * element.scale <= columns for element in slip if isinstance(element, Text))
    for paper in papers(slip, profile):
        assert "一次性告知单" in flat(paper)


@given(st.lists(st.sampled_from(["rule", "space", "a", "b"]), max_size=8))
def test_rules_never_meet_begin_or_end_a_slip(show: list[str]) -> None:
    slip = form.filled(Form(tuple(show), {"a": Line("甲"), "b": Line("{nothing}")}), {}, Sheet(32))
    *body, cut = slip
    assert cut == Cut()
    assert not any(isinstance(before, Rule) and isinstance(after, Rule) for before, after in pairwise(body))
    assert not body or not (isinstance(body[0], Rule) or isinstance(body[-1], Rule))


# --- the documents ---


def test_the_page_of_the_forms_is_what_the_code_says() -> None:
    assert (config.ROOT / "docs" / "slip-forms.md").read_text(encoding="utf-8") == slip_forms.page(), "run ./run docs"


def test_every_kind_is_documented_and_the_example_is_right() -> None:
    text = (config.ROOT / "docs" / "slips.md").read_text(encoding="utf-8")
    assert [kind for kind in slip_facts.NAMES if f"| `{kind}` |" not in text] == []
    example = text.partition("```toml\n")[2].partition("```")[0]
    hall = hall_with(forms=tomlkit.parse(example)["forms"].unwrap())
    assert "大厅无线网" in papers(ticket(hall=hall), "generic-80")[0]
