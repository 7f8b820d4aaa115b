"""Which passwords a person may choose: none of those that are tried first. Pure; the store and the hash are elsewhere.

NIST SP 800-63B (5.1.1.2) asks for at least 8 characters and for a comparison with what is commonly used, repetitive or
sequential or follows from the account, and for no rules of composition. What is refused here is what heads the public
lists of leaked passwords, Chinese ones among them, with the changes that people make to it.
"""

from __future__ import annotations

import re
from itertools import pairwise

from config import Text

SHORTEST = 8
FEWEST_SIGNS = 4
"""Fewer different characters are a pattern."""
DIGITS_ALONE = 12
"""Digits alone need so many: fewer are a birthday, a telephone number or a run on the number pad."""
WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qweasdzxc",
    "147258369",
    "741852963",
)
"""Ways over the alphabet and over the keyboard, taken either way."""
_COMMON = """
    password passwort passw0rd pass passwd pwd admin administrator administer root user username guest test tester
    testing demo login logon welcome letmein changeme change secret default master super superman batman superuser
    system sysadmin manager operator supervisor guide server hello helloworld iloveyou ilove loveyou lovely love
    forever princess sunshine football baseball basketball dragon monkey shadow michael jordan charlie computer
    internet windows samsung iphone apple google microsoft huawei xiaomi tencent taobao alibaba alipay wechat weixin
    freedom whatever trustno starwars pokemon summer winter spring autumn monday friday january november december
    flower cookie chocolate banana orange purple silver golden money lucky happy hunter killer soccer hockey ginger
    pepper cheese mustang corvette ferrari mercedes harley yankees liverpool chelsea arsenal
    woaini woaiwo woaiwojia wodemima mima mimashi zhongguo china beijing shanghai guangzhou shenzhen
    fujian quanzhou xiamen fuzhou licheng kaiyuan jinjiang nihao nihaoma xiaoming zhangwei wangwei wanglei liwei
    zhangsan lisi wangwu zhaoliu aini laopo laogong baobei baobao mama baba yisheng tiankong caonima nimabi meimei
    jiaohao paidui dating chuangkou bianmin zhengwu fuwu fuwuzhongxin gongwuyuan quhao hujiao
    abc abcd asd asdf qwe qwer zxc zxcv qaz wsx aaa xxx aa zz qq ww abcabc asdasd qweqwe zxczxc
"""
COMMON = frozenset(_COMMON.split())
"""Words of the lists; what follows or precedes them in digits and signs makes them no better."""
_AS_LETTERS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})

TOO_SHORT = Text(f"新密码至少{SHORTEST}位：请再长一些。", f"At least {SHORTEST} characters: make it longer.")
OWN = Text(
    "新密码不能由工号或姓名构成：请另想一个。", "It must not be made of the staff number or the name: think of another."
)
PATTERN = Text(
    "新密码太有规律（重复、连续或键盘顺序）：请另想一个。",
    "It is a pattern (repeated, in sequence, or along the keyboard): think of another.",
)
DIGITS = Text(
    f"只有数字的密码至少{DIGITS_ALONE}位：请加上字母，不要用生日或电话。",
    f"Digits alone need {DIGITS_ALONE}: add letters, and use no birthday or telephone number.",
)
COMMONEST = Text(
    "这是最常见的密码之一，最先被人猜到：请另想一个。",
    "It is one of the commonest passwords, which are guessed first: think of another.",
)


def weakness(password: str, staff: str, name: str = "") -> Text | None:
    """Why nobody may have this password, or None. `staff` and `name` are its owner's."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return TOO_SHORT
    if any(_made_of(plain, own.casefold()) for own in (staff, staff[::-1], name, name.replace(" ", "")) if own):
        return OWN
    if len(set(plain)) < FEWEST_SIGNS or _repeats(plain) or _walks(plain) > len(plain) - 4:
        return PATTERN
    if plain.isdecimal() and len(plain) < DIGITS_ALONE:
        return DIGITS
    if _common(plain):
        return COMMONEST
    return None


def _made_of(plain: str, own: str) -> bool:
    """Whether nothing worth guessing is left without `own`."""
    return own in plain and len(plain.replace(own, "")) < 4


def _repeats(plain: str) -> bool:
    """Whether it is one piece again and again, or there and back: 12341234, abcabcab, abcddcba."""
    size = len(plain)
    again = any(plain == (plain[:unit] * size)[:size] for unit in range(1, size // 2 + 1))
    pairs = plain[::2] == plain[1::2] if size % 2 == 0 else False
    return again or plain == plain[::-1] or pairs


def _walks(plain: str) -> int:
    """How many characters stand in runs of four or more along one of WALKS."""
    steps = {pair for walk in WALKS for way in (walk, walk[::-1]) for pair in pairwise(way)}
    covered, run = 0, 1
    for here, following in pairwise(f"{plain}\0"):
        if (here, following) in steps:
            run += 1
        else:
            covered, run = covered + (run if run >= 3 else 0), 1
    return covered


def _common(plain: str) -> bool:
    """Whether it is a common word, whatever digits and signs stand around it or for its letters."""
    for text in (plain, plain.translate(_AS_LETTERS)):
        words = re.findall(r"[^\W\d_]+", text)
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
        if bare in COMMON or ("".join(words) in COMMON and len(words) > 1) or (words and set(words) <= COMMON):
            return True
    return False
