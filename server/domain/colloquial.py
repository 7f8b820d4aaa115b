"""How people say things: what is left of a sentence without what everybody says around it, in one word for one thing,
in Chinese and in English. Pure; finds nothing (search.py does).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache


def _pairs_of(table: str) -> list[tuple[str, str]]:
    """(said, meant) of lines `meant: said said`."""
    lines = (line.split(":") for line in table.strip().splitlines())
    return [(word, meant.strip()) for meant, said in lines for word in said.split()]


ALIKE = _pairs_of(
    """
    社保: 社会保障 社会保险
    医保: 医疗保险
    养老保险: 养老保障
    公租: 公共租赁
    孩子: 小朋友 小孩子 小孩 儿童 宝宝 娃娃 娃 婴儿 新生儿 儿子 女儿
    老人: 老年人 老人家 老头 老太太
    残疾: 残障 残废 残疾人
    退伍: 退役 转业 复员
    退伍军人: 老兵
    补贴: 津贴 补助金 补助费 补助
    丢: 弄丢 丢失 遗失 不见 掉
    到期: 过期
    换: 更换 换领
    补: 补办 补领 补发 重办 重新
    交: 缴纳
    交费: 缴费
    交: 缴 购买
    交医保: 买医保
    交社保: 买社保
    交养老: 买养老
    查: 查询
    打: 打印
    转移: 转移接续
    去世: 过世 死亡 死掉 死了 逝世 身故
    生孩子: 生小孩
    怀孕: 怀上 有喜
    失业: 下岗
    找不到: 找不着
    省外: 外省
    住院: 医院
    律师: 律师费
    房子: 房屋 住房
    租房: 房租 租金
    证: 证件
    卡: 卡片
    """
)
"""Names and queries alike are put into these words, in this order."""
SAME_ENGLISH = dict(
    _pairs_of(
        """
        license: licence
    neighbour: neighbor
    labour: labor
    center: centre
    enrol: enroll
    enquiry: inquiry
    senior: elderly old
    allowance: allowances
    disabled: handicapped disability
    subsidy: subsidies
    benefit: benefits
    medical: health
    unemployed: jobless unemployment
    veteran: veterans
    child: kid children baby
    certificate: certification
    marriage: married marry wedding
    retirement: retired retire
    reimburse: refund reimbursement
    pregnant: pregnancy
    death: died dead
        """
    )
)
FILLERS = re.compile(
    "我们家|我家里|我家|我们|我想|我要|想要|需要|请问|麻烦|帮我|帮忙|你好|您好|怎么办理|怎么申请|怎么办|怎么弄|怎么领|怎么交|怎么|如何|"
    "哪里可以|在哪里办|在哪里|在哪儿|去哪里|去哪|在哪|哪里|哪儿|哪个窗口|几号窗口|什么窗口|什么材料|哪些材料|什么手续|要什么|带什么|"
    "什么|材料|手续|资料|能不能|可不可以|可以|能否|是不是|有没有|一下|一个|一张|办理|申请|申领|办个|办张|这个|那个|咨询一下|问一下|多少|"
    "[的了吗呢啊吧呀哦嘛哈就想要请]"
)
EDGES = re.compile("^[我你办给去来到做弄搞领个张在有]+(?=..)|(?<=..)[办弄搞]+$")
SPLIT = re.compile(r"[/、()（）；;，,·及和与]")
NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
HAN = re.compile(r"[\u3400-\u9fff]")
STOP = frozenset(
    re.findall(
        r"\w+",
        """
        a an the i me my we our you your to for of in on at is am are be can could do does how what where when which
        who want need would like get got have has please and or with from apply applying application make it this
        that some any new about go there help
        """,
    )
)


def plain(text: str) -> str:
    """Lower case, half width, nothing but letters, digits and Chinese characters."""
    return NO_WORD.sub("", unicodedata.normalize("NFKC", text).lower())


@cache
def core(text: str) -> str:
    """What is left of a Chinese text without what everybody says around it, in one word for one thing."""
    whole = plain(text)
    for said, meant in ALIKE:
        whole = whole.replace(said, meant)
    bare = FILLERS.sub("", whole)
    bare = EDGES.sub("", bare)
    return bare if len(bare) >= 2 else whole


def english_words(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", text).lower().replace("'", ""))
    kept = [_stem(word) for word in words if word not in STOP]
    return kept or [_stem(word) for word in words]


def _stem(word: str) -> str:
    word = SAME_ENGLISH.get(word, word)
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
