"""The hub's command line: the name of each command, what it is for, and the file that does it (server/commands/), which
is imported by whoever calls it. Without a command the hub serves. What it says it says in the language of the locale
(command_line.py).
"""

from __future__ import annotations

import click

import config
from command_line import Commands, Elsewhere, _


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("叫号：一座大厅的服务程序，取号、叫号、打印、显示并记录。\n\n不带命令就开始服务，直到收到 SIGTERM。"),
    epilog=_("--config 写在命令前面或后面都可以。"),
)
@click.option(
    "--config",
    "path",
    default=str(config.ROOT / "config.toml"),
    show_default="config.toml",
    help=_("大厅的配置文件。"),
)
@click.option("--paced", type=(float, float, float), hidden=True, help="Of a rehearsal: `server/paced.py`.")
@click.pass_context
def main(context: click.Context, path: str, paced: tuple[float, float, float] | None) -> None:
    context.obj = path
    if context.invoked_subcommand is None:
        context.invoke(SERVE.found(), paced=paced)


SERVE = Elsewhere("serve", "server.commands.serving:command", _("开始服务，直到收到 SIGTERM（不带命令也是这样）。"))
COMMANDS = (
    SERVE,
    Elsewhere("check", "server.commands.check:check", _("读配置文件和其中的徽标，说出是否正确。")),
    Elsewhere(
        "verify",
        "server.commands.journal:verify",
        _(
            "核对日志的链条、各表与日志是否一致、旁边写下的末尾是否还在；有一处不对，退出码为 1。"
            "FILE：核对这份复制件，不核对本厅自己的数据库。"
        ),
    ),
    Elsewhere(
        "copy",
        "server.commands.journal:copy",
        _("把数据库完整复制到 FILE，服务运行时也可以用。单独复制 hall.db 会缺少写入日志中的记录。"),
    ),
    Elsewhere(
        "repair",
        "server.commands.journal:repair",
        _("用损坏的数据库和备份里仍能证明的记录，另建一个数据库；损坏的放到一边，救不回的逐条说明。"),
    ),
    Elsewhere("erase", "server.commands.journal:erase", _("擦除台账中保存期已满的个人信息；服务每天也会自己做。")),
    Elsewhere(
        "backup",
        "server.commands.backups:backup",
        _(
            "把数据备份到 [backup] to 的每个地方，读回、恢复并核对（docs/backup.md）；有一处失败，退出码为 1。"
            "服务运行时也可以用。"
        ),
    ),
    Elsewhere(
        "restore",
        "server.commands.backups:restore",
        _("在一台空机器上恢复一座大厅（docs/backup.md）。FILE：备份文件，或它所在的文件夹。"),
    ),
    Elsewhere("import", "server.commands.imports:import_", _("接收其他系统留下的数据。")),
    Elsewhere(
        "catalogue",
        "server.commands.catalogue:catalogue",
        _("把事项目录写成表：quanzhou 为泉州的清单格式，whole 为全部栏目；服务运行时也可以用。"),
    ),
    Elsewhere(
        "report",
        "server.commands.reports:report",
        _("某个时段的报告，任选格式，现算或按定稿；服务运行时也可以用。"),
    ),
    Elsewhere(
        "snapshots",
        "server.commands.reports:list_snapshots",
        _("定稿的报告，各带散列；有一份与当时不同，退出码为 1。"),
    ),
    Elsewhere(
        "staff",
        "server.commands.people:staff",
        _("新建账号（或给它新密码）；密码在这里生成，只显示一次。服务运行时也可以用。"),
    ),
    Elsewhere("token", "server.commands.access:token", _("给设备新令牌，旧的作废；说出令牌在哪个文件。")),
    Elsewhere("roles", "server.commands.access:roles", _("角色权限表：谁可以用哪个接口（docs/roles.md）。")),
    Elsewhere(
        "voice",
        "server.commands.voices:voice",
        _("本厅自己的录音：要录什么、录得对不对、听起来怎样（docs/voice.md）。"),
    ),
    Elsewhere(
        "bookings",
        "server.commands.bookings:bookings",
        _("把今天及以后的预约交给运行中的服务（docs/bookings.md）：全部收下，或一条不收并逐条指出错误。"),
    ),
    Elsewhere(
        "second",
        "server.commands.second:command",
        _("本机做备用主机：跟着主机逐条保存数据，主机停了就由本机接管（docs/second.md）。"),
    ),
    Elsewhere(
        "init",
        "server.init:command",
        _(
            "建一座新大厅：问八个问题（或全部用选项给出），写出能通过 check 的配置文件，并建第一个系统管理员。\n\n"
            "配置文件已经有了，就原样保留，只建系统管理员。服务运行与否都可以用。"
        ),
    ),
    Elsewhere(
        "support",
        "server.support:command",
        _("把日志、去掉密码的配置、运行状况和版本打成一个文件，发给帮忙的人；不含任何人的信息。服务运行时也可以用。"),
    ),
    Elsewhere(
        "certificate",
        "server.certify:command",
        _(
            "让主机用https：生成本厅的根证书和主机的证书，写进配置文件，说出指纹（docs/certificate.md）。\n\n"
            "已经有了就只看看要不要更新。服务运行与否都可以用。"
        ),
    ),
    Elsewhere(
        "district", "server.uplink.joining:command", _("区平台：加入、上传记录、恢复后取回记录（docs/district.md）。")
    ),
)
for one in COMMANDS:
    main.add_command(one)


if __name__ == "__main__":
    main(prog_name="python -m server")
