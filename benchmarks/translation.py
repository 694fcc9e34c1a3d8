"""The Chinese document: its fixed parts, and a translation of each English sentence without its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

HEAD = """# 基准测试

<!-- 由 scripts/benchmark 写成：请修改 benchmarks/ 后重新运行。 -->

在同一次运行中，把本库与做同样事情的其他库放在一起，对同一个最小服务器（独立进程、保持连接）测量每次调用的开销。先看比值：
它们换一台机器仍然成立，旁边的数字则不然。每个数字是轮流进行的若干轮中最好的一轮。

用 `scripts/benchmark` 运行（十分钟以内；请关闭其他程序）。
"""
TRANSPORTS = """## 两种 transport

两种客户端都把连接放在自己的连接池中，一个连接同一时刻只服务一次调用。被取消或中断的调用只损失自己的连接；httpx 自带的连接池此时会
丢失连接，而且每一步都要遍历全部连接，任务越多越慢。

`transport="httpx"`（默认）用 httpx 与 httpcore 发送请求。`transport="fast"`（`pip install "jsms-client[fast]"`）自行写出请求，
用 httptools 解析响应，连接池与网络代码相同，适用于两种客户端以及 asyncio 与 trio；JSON 由 msgspec 读写。它需要明确指定
（或设置 `JSMS_TRANSPORT=fast`），不会自动启用。经过代理时，以及 mock 或链路追踪替换了 httpx 的方法时，请求仍经由 httpx。

也测量过、但没有采用的：

- 经由 httpx-aiohttp 的 aiohttp（只用于异步客户端）：它会自行重试 GET，把请求之后断开的连接当作从未建立，在异常的栈帧中留下凭据，
  而且它的每个版本都与某个版本的 httpx-aiohttp 不兼容。
- pyreqwest（Rust）：信号处理函数抛出的异常（Ctrl-C、Celery 的时限）要等到调用结束，并可能使进程中止（pyreqwest 0.15.1）。
  它的运行时不能在 fork 之后使用；`SSL_CERT_FILE` 本应替换信任的证书，它却只是追加。

`fast` 的代价：httptools 与 msgspec，均为编译扩展，没有其他依赖。重复出现 `Content-Length` 的响应，它的解析器不接受，而 h11 较宽松。
"""

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_GAP = "#"

_SENTENCES: Mapping[str, str] = {
    "measured": "测量值",
    "machine": "机器",
    "packages": "软件包",
    "Targets": "目标",
    "target": "目标",
    "met": "达到",
    "not met": "未达到",
    "Not met": "未达到",
    "Where the time goes, for the target that is not met:": "未达到的目标，时间花在哪里：",
    # calls
    "One call after another": "逐次调用",
    "`codes.send`, one connection, kept alive. CPU is of the client's process alone.": (
        "`codes.send`，一个保持的连接。CPU 只计客户端进程。"
    ),
    "of httpx": "与 httpx 之比",
    "CPU µs": "CPU µs",
    "wall µs": "实际 µs",
    "raw socket": "裸 socket",
    "official client (requests)": "官方客户端（requests）",
    "a call, in CPU of bare `httpx.Client`": "一次调用的 CPU，与 `httpx.Client` 之比",
    '`transport="fast"`, in CPU of bare `httpx.Client`': '`transport="fast"` 的 CPU，与 `httpx.Client` 之比',
    '`transport="fast"`, in CPU of `http.client`': '`transport="fast"` 的 CPU，与 `http.client` 之比',
    "a call, in CPU of the official client": "一次调用的 CPU，与官方客户端之比",
    "What httpx and httpcore do for each request and response is nearly all of it; see the profile.": (
        "几乎全部是 httpx 与 httpcore 处理每个请求与响应的开销，见剖析。"
    ),
    "It keeps what its peers do not have: a timeout for each step and for the whole, a check that the kept connection is "
    "quiet, a limit on the response, checks of arguments and response; see the profile.": (
        "它保留了其他实现没有的东西：每一步与整体的超时、对保持的连接是否安静的检查、响应大小上限、参数与响应的校验，见剖析。"
    ),
    "See the profile.": "见剖析。",
    # tasks
    "Many tasks at once": "许多任务同时调用",
    "The same call on one client in one event loop, requests a second. The server has the other core, and serves more "
    "than any of them asks.": "同样的调用，一个客户端、一个事件循环，每秒请求数。服务器占用另一个核，其能力高于任何一个客户端。",
    "of httpx, # tasks": "与 httpx 之比，# 个任务",
    "# tasks": "# 个任务",
    "CPU µs, # tasks": "CPU µs，# 个任务",
    "requests a second with # tasks, in those of plain `httpx.AsyncClient`": (
        "# 个任务时每秒请求数，与 `httpx.AsyncClient` 之比"
    ),
    '`transport="fast"` with # tasks, in CPU of bare aiohttp': '`transport="fast"`，# 个任务时的 CPU，与 aiohttp 之比',
    '`transport="fast"` with # tasks, in requests a second of bare aiohttp': (
        '`transport="fast"`，# 个任务时每秒请求数，与 aiohttp 之比'
    ),
    '`transport="fast"`: CPU of a call with # tasks, in that with #': (
        '`transport="fast"`：# 个任务时一次调用的 CPU，与 # 个任务时之比'
    ),
    "Each request still goes through httpx and httpcore.": "每个请求仍经过 httpx 与 httpcore。",
    "What it does beside bare aiohttp: checks of arguments and response, a timeout for each step and for the whole, "
    "retries, and a typed result; see the profile.": (
        "与 aiohttp 相比多做的事：参数与响应的校验、每一步与整体的超时、重试、带类型的结果，见剖析。"
    ),
    "# connections and tasks no longer fit the caches of a core; compare how bare aiohttp grows.": (
        "# 个连接与任务超出了一个核的缓存；请与 aiohttp 的增长相比较。"
    ),
    # batch
    "A batch of #": "一批 # 个接收人",
    "Recipients as pairs of number and parameters in, a `BatchResult` out. The steps add up to the whole.": (
        "输入号码与参数的二元组，输出 `BatchResult`。各步骤之和即为整体。"
    ),
    "of json": "与 json 之比",
    "recipients/s": "每秒接收人",
    "json alone, both bodies": "只用 json 处理两个正文",
    "build and parse": "构造与解析",
    'build and parse, `transport="fast"`': '构造与解析，`transport="fast"`',
    "… check and build the request": "…… 校验并构造请求",
    "… write it as JSON": "…… 写成 JSON",
    '… write it as JSON, `transport="fast"`': '…… 写成 JSON，`transport="fast"`',
    "… read the response's JSON": "…… 读取响应的 JSON",
    '… read the response\'s JSON, `transport="fast"`': '…… 读取响应的 JSON，`transport="fast"`',
    "… check it": "…… 校验",
    "… make the results": "…… 生成结果",
    "`messages.send_batch` over httpx's mock transport": "`messages.send_batch`，使用 httpx 的 mock transport",
    "build and parse of # recipients, in CPU of `json` alone": "构造并解析 # 个接收人的 CPU，与只用 `json` 之比",
    'the same with `transport="fast"`': '同上，`transport="fast"`',
    "One dict for each recipient that goes and one frozen result for each that comes back, made by C loops over the whole "
    "batch: below that, results would have to be something else than typed objects.": (
        "发出的每个接收人一个 dict，返回的每个接收人一个不可变的结果，都由覆盖整批的 C 循环生成；再低就不能是带类型的对象了。"
    ),
    # campaigns
    "Campaigns": "群发",
    "`campaigns.send` over a generator, each run in a process of its own; the server runs in another. CPU and "
    "memory are of the client's process.": (
        "对一个生成器调用 `campaigns.send`，每次运行在独立进程中；服务器在另一个进程中响应。CPU 与内存只计客户端进程。"
    ),
    "CPU µs each": "每人 CPU µs",
    "MB": "MB",
    "# with a journal": "# 人，有日志文件",
    "# without": "# 人，无日志文件",
    "recipients a second without a journal": "无日志文件时每秒接收人",
    "recipients a second with a journal": "有日志文件时每秒接收人",
    "CPU of a recipient among #, in that among #, with a journal": "# 人时每人的 CPU，与 # 人时之比，有日志文件",
    "CPU of a recipient among #, in that among #, without": "# 人时每人的 CPU，与 # 人时之比，无日志文件",
    "memory for # recipients, in that for #, with a journal": "# 人时的内存，与 # 人时之比，有日志文件",
    "memory for # recipients, in that for #, without": "# 人时的内存，与 # 人时之比，无日志文件",
    "Client and server share this machine's cores; see the CPU of a recipient.": (
        "客户端与服务器共用这台机器的核；请看每人的 CPU。"
    ),
    "The files of a large campaign no longer fit the caches.": "大型群发的文件超出了缓存。",
    "See the MB of each size.": "请看各规模的 MB。",
    # callbacks
    "Callbacks": "回调",
    "`CallbackReceiver.accept` on one core: form, signature, age, nonce, and the report as an event.": (
        "在一个核上 `CallbackReceiver.accept`：表单、签名、时效、nonce，以及作为事件的回执。"
    ),
    "a second": "每秒",
    "verify and read": "校验并读取",
    "read only": "只读取",
    "callbacks verified and read a second": "每秒校验并读取的回调",
    # startup
    "Start and memory": "启动与内存",
    "CPU from a fresh interpreter to the end of the statement, and what it adds to the process's memory. Names of "
    "`jsms_client` load what they need when they are first used; `JSMS(…).codes` is all that a program loads before the "
    "first byte of `codes.send`. The first call of an async client imports the rest in a worker thread; how long it holds "
    "up its event loop is the most CPU that the loop's thread spends between two turns.": (
        "从全新的解释器到语句结束的 CPU，以及进程内存的增量。`jsms_client` 的名字在首次使用时才加载所需内容；`JSMS(…).codes` 是程序在 "
        "`codes.send` 的第一个字节之前加载的全部。异步客户端的首次调用在工作线程中导入其余内容；阻塞事件循环的时间，是循环所在线程"
        "在两轮之间花费的最多 CPU。"
    ),
    "CPU ms": "CPU ms",
    'first call of `AsyncJSMS(transport="httpx")`, longest hold of the loop': (
        '`AsyncJSMS(transport="httpx")` 的首次调用，阻塞循环最长的一段'
    ),
    'first call of `AsyncJSMS(transport="fast")`, longest hold of the loop': (
        '`AsyncJSMS(transport="fast")` 的首次调用，阻塞循环最长的一段'
    ),
    "`import jsms_client`, in `import httpx`": "`import jsms_client`，与 `import httpx` 之比",
    "`from jsms_client import JSMS`, in `import httpx`": "`from jsms_client import JSMS`，与 `import httpx` 之比",
    "It loads httpx and the client.": "它加载 httpx 与客户端。",
    "the longest that a first async call holds up its event loop, in ms of CPU": (
        "首次异步调用阻塞事件循环最长的一段，CPU 毫秒"
    ),
    "What is imported there is what the call itself is made of.": "在那里导入的正是调用本身所需的内容。",
    # regenerating
    "Regenerating": "重新生成",
    "`scripts/regenerate --check`: everything in `generated/` made anew and compared, start of Python included.": (
        "`scripts/regenerate --check`：重新生成 `generated/` 的全部内容并比较，包括 Python 的启动。"
    ),
    "seconds": "秒",
}


def translate(text: str) -> str:
    """Return a sentence in Chinese; one that has no translation, such as a piece of code, stays as it is.

    Args:
        text: The sentence in English.
    """
    numbers = _NUMBER.findall(text)
    pieces = _SENTENCES.get(_NUMBER.sub(_GAP, text), text).split(_GAP)
    if len(pieces) != len(numbers) + 1:
        return text
    return "".join(piece + number for piece, number in zip(pieces, [*numbers, ""], strict=True))
