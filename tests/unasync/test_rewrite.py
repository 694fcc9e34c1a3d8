"""Asynchronous source becomes synchronous source, word by word."""

from __future__ import annotations

import pytest

from unasync_tool import RULES, Rewriter, Rules

SMALL = Rules(
    names={"aclose": "close", "left": "right", "right": "left"},
    prefix="Async",
    phrases={"of all tasks": "of all threads"},
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f():\n    await g()\n", "def f():\n    g()\n"),
        ("async with a as b:\n    pass\n", "with a as b:\n    pass\n"),
        ("x = [y async for y in z]\n", "x = [y for y in z]\n"),
        ("return (await\n    f())\n", "return (\n    f())\n"),
        ("await x.aclose()\n", "x.close()\n"),
        ("left, right = right, left\n", "right, left = left, right\n"),
        ("class AsyncThing(AsyncBase): ...\n", "class Thing(Base): ...\n"),
        ("Asynchronous = Async = 1\n", "Asynchronous = Async = 1\n"),
        ('"""`async with AsyncThing() as a: await a.aclose()`"""\n', '"""`with Thing() as a: a.close()`"""\n'),
        ("# await f(), but async is a word\n", "# f(), but async is a word\n"),
        ('"""The lock of all\n    tasks."""\n', '"""The lock of all threads."""\n'),
        ('x = f"{await y.aclose()} left"\n', 'x = f"{y.close()} right"\n'),
        ("x = '好' + AsyncThing.left  # 好 AsyncThing\n", "x = '好' + Thing.right  # 好 Thing\n"),
        ("awaited = asyncio = 'async'\n", "awaited = asyncio = 'async'\n"),
    ],
)
def test_every_word_becomes_its_other(source: str, expected: str) -> None:
    assert Rewriter(SMALL).rewrite(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = await run_in_thread(book.read)\n", "x = book.read()\n"),
        ("await run_in_thread(book.add, *rows)\n", "book.add(*rows)\n"),
        ("await run_in_thread(lambda: book.add(1))\n", "run_in_thread(lambda: book.add(1))\n"),
        ("work = partial(run_in_thread, book.read)\n", "work = partial(run_in_thread, book.read)\n"),
    ],
)
def test_blocking_work_is_called_in_the_thread_of_its_caller(source: str, expected: str) -> None:
    assert Rewriter(SMALL).rewrite(source) == expected


def test_rules_that_nothing_needed_are_known() -> None:
    rewriter = Rewriter(SMALL)
    assert rewriter.unused() == ["Async", "aclose", "left", "of all tasks", "right"]
    rewriter.rewrite("AsyncThing.aclose  # of all tasks\n")
    assert rewriter.unused() == ["left", "right"]


def test_no_rule_changes_what_another_made() -> None:
    rewriter = Rewriter(RULES)
    source = "\n".join(RULES.names.values()) + "\n"
    swapped = {name for name in RULES.names.values() if name in RULES.names}
    assert {name for name in rewriter.rewrite(source).split() if name not in source.split()} <= swapped
