"""Why something of the machine failed, in both languages: what the system, a driver or a library says is English, and
belongs into the log. Nothing of it is joined into a sentence that a person reads.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl

from config.text import Text, Told

REASONS: dict[int, Text] = {
    errno.ENOENT: Text("不存在", "is not there"),
    errno.ENODEV: Text("设备不在", "the device is not there"),
    errno.ENXIO: Text("设备不在", "the device is not there"),
    errno.EACCES: Text("不允许本用户打开", "may not be opened by this user"),
    errno.EPERM: Text("不允许本用户这样做", "this user may not do that"),
    errno.EAGAIN: Text("正被别的程序使用", "is in use by another program"),
    errno.EBUSY: Text("正被使用", "is in use"),
    errno.EROFS: Text("只能读，不能写", "it can only be read"),
    errno.ENOSPC: Text("磁盘已满", "the disk is full"),
    errno.EDQUOT: Text("磁盘配额已用完", "the quota of the disk is used up"),
    errno.EIO: Text("读写出错", "reading or writing failed"),
    errno.EEXIST: Text("同名的已经在那里", "something of that name is there already"),
    errno.EISDIR: Text("是文件夹，不是文件", "it is a folder"),
    errno.ENOTDIR: Text("上一级不是文件夹", "what should be a folder is none"),
    errno.EMFILE: Text("打开的文件太多", "too many files are open"),
    errno.ENOMEM: Text("内存不足", "memory is short"),
    errno.ECONNREFUSED: Text("对方拒绝连接", "the other side refuses the connection"),
    errno.ECONNRESET: Text("对方断开了连接", "the other side ended the connection"),
    errno.ECONNABORTED: Text("连接中断", "the connection broke"),
    errno.EPIPE: Text("对方断开了连接", "the other side ended the connection"),
    errno.ETIMEDOUT: Text("没有回应", "no answer came"),
    errno.EHOSTUNREACH: Text("网络上找不到这台设备", "the network does not reach the machine"),
    errno.EHOSTDOWN: Text("网络上找不到这台设备", "the network does not reach the machine"),
    errno.ENETUNREACH: Text("网络不通", "the network is not reached"),
    errno.ENETDOWN: Text("网络不通", "the network is down"),
    errno.EADDRINUSE: Text("端口被占用", "the port is in use"),
}
"""errno(3) -> why."""
NO_NAME = Text("找不到这个主机名", "the host's name is not known")
NO_TRUST = Text("加密连接没有通过验证", "the encrypted connection could not be verified")
UNNAMED = Text("原因见系统日志", "the log says why")
ALL = (*REASONS.values(), NO_NAME, NO_TRUST, UNNAMED)
_WORDS = {os.strerror(number).casefold(): text for number, text in REASONS.items()} | {
    "timed out": REASONS[errno.ETIMEDOUT],
    "connection reset": REASONS[errno.ECONNRESET],
}


def why(error: BaseException) -> Text:
    """Why an attempt failed, for a person; the log has the rest."""
    if isinstance(error, Told):
        return error.text if re.search("[\u4e00-\u9fff]", error.text.zh) else UNNAMED
    if isinstance(error, ssl.SSLError):
        return NO_TRUST
    if isinstance(error, socket.gaierror):
        return NO_NAME
    if isinstance(error, TimeoutError):
        return REASONS[errno.ETIMEDOUT]
    number = getattr(error, "errno", None)
    return REASONS.get(number) or of_words(str(error)) if isinstance(number, int) else of_words(str(error))


def in_full(error: BaseException) -> Text:
    """The same for a technician's line: Chinese as `why`, in English what the system itself says."""
    said = error.en if isinstance(error, Told) else getattr(error, "strerror", None) or str(error)
    return Text(why(error).zh, said or type(error).__name__)


def of_words(words: str) -> Text:
    """The same of the system's own words, as rows of the journal have them ("[Errno 111] Connection refused")."""
    if numbered := re.match(r"\[Errno (\d+)\]", words):
        return REASONS.get(int(numbered[1]), UNNAMED)
    plain = words.strip().rstrip(".").casefold()
    return _WORDS.get(plain, UNNAMED)
