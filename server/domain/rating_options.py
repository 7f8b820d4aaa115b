"""What a visitor may add to a level (好差评 指标): the national list's codes and words, eight for each level. Pure.

As docs/wording.md 7 has the national list (its source there). The first digit of a code is its level; the English is
ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from config import Text

OPTIONS: dict[str, Text] = {
    "510": Text("一窗受理一次办结", "One counter, done at once"),
    "511": Text("可以先受理后补材料", "Accepted first, papers could follow"),
    "512": Text("不用提交证明", "No certificates were asked for"),
    "513": Text("可以全程网上办理", "Can be done wholly online"),
    "514": Text("可以使用手机办理", "Can be done by phone"),
    "515": Text("可以就近办理", "Can be done nearby"),
    "516": Text("无需材料直接办理", "No papers were needed"),
    "517": Text("服务热情效率高", "Warm and efficient"),
    "406": Text("填写一张表单就可完成申报", "One form was enough"),
    "407": Text("在线提交材料窗口核验", "Papers sent online, checked here"),
    "408": Text("一张清单告知全部申报材料", "One list named every paper"),
    "409": Text("用告知承诺减免申报材料", "A promise spared me papers"),
    "410": Text("可以在线预约办理", "Can be booked online"),
    "411": Text("跑大厅一次办完", "Done in one visit"),
    "412": Text("可以使用自助机办理", "Can be done at a machine"),
    "413": Text("服务态度较好", "Friendly"),
    "307": Text("一次性告知需要补正的材料", "Told at once what was missing"),
    "308": Text("提供申报材料样本", "Samples of the papers were there"),
    "309": Text("在承诺的时间内办结", "Done within the promised time"),
    "310": Text("办事指南指引准确", "The guide was right"),
    "311": Text("按办事指南要求的材料即可办理", "The papers of the guide were enough"),
    "312": Text("可以快递送达", "Can be sent by post"),
    "313": Text("跑动次数与承诺的一致", "As many visits as promised"),
    "314": Text("服务态度一般", "Neither friendly nor unfriendly"),
    "207": Text("没有提供材料样本", "No samples of the papers"),
    "208": Text("没有提供材料清单", "No list of the papers"),
    "209": Text("未在承诺时间内办结", "Not within the promised time"),
    "210": Text("同样内容的证明材料被要求多次提交", "The same proof was asked for more than once"),
    "211": Text("承诺网办但无法在线办理", "Promised online, not possible online"),
    "212": Text("在线预约办理后到实体大厅重复取号排队", "Booked online, had to queue again"),
    "213": Text("窗口人员业务不熟练", "The clerk did not know the matter well"),
    "214": Text("服务态度生硬", "Unfriendly"),
    "108": Text("在办事指南之外增加新的审批条件", "Conditions that the guide does not have"),
    "109": Text("需提供办事指南之外的申报材料", "Papers that the guide does not have"),
    "110": Text("无理由超过法定办理时间", "Over the legal term without a reason"),
    "111": Text("办事指南提供样本有错", "A sample of the guide was wrong"),
    "112": Text("承诺在线收取申报材料实际无法收取", "Papers promised to be taken online were not"),
    "113": Text("多头跑窗口和部门", "Sent from counter to counter"),
    "114": Text("跑动次数与承诺的不一致", "More visits than promised"),
    "115": Text("服务态度差效率低", "Unfriendly and slow"),
}


def of_level(level: int) -> dict[str, Text]:
    """What may be added to a level, in the list's order."""
    return {code: text for code, text in OPTIONS.items() if code[0] == str(level)}


def unknown(level: int, options: Iterable[str]) -> list[str]:
    """Those that do not belong to the level."""
    known = of_level(level)
    return [one for one in options if one not in known]
