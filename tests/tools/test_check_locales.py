from pathlib import Path
from textwrap import dedent

from tools.check_locales import compare, misfits
from tools.used_keys import uses_in


def test_what_one_locale_lacks_is_told() -> None:
    problems = compare(
        {
            "en": {"a.b": "{who} came", "a.c": "x", "n.m": {"one": "{n}", "other": "{n}"}, "a.w": "x"},
            "zh-CN": {"a.b": "{wer}来了", "a.d": "x", "n.m": {"one": "{n}", "other": "{n}"}, "a.w": " x"},
        }
    )
    assert list(problems) == [
        "zh-CN lacks a.c",
        "zh-CN has a.d, which en has not",
        "zh-CN a.b has the parameters wer, en has who",
        "zh-CN a.w is empty, or begins or ends with white space",
        "zh-CN n.m must have exactly the plural forms other",
    ]


def test_keys_are_found_in_code_and_templates(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(
        dedent('''
        """A docstring that names some.module is no use of it."""
        say("claim.taken", by=by)
        raise Refused(say("claim.lost" if lost else "claim.late"))
        Button("claim", label="button.claim")
        key.startswith("claim.")
        t(locale, "console.title")
        texts = {Status.OPEN: "status.open"}
        key = f"priority.{priority}"
        other = "send_error." + code
        client.get("users.info", "page.html")
        ''')
    )
    (tmp_path / "page.html").write_text("<h1>{{ t('page.title') }}</h1>")
    (tmp_path / "page.js").write_text("show(t(`role.${role}`))")
    used = uses_in(sorted(tmp_path.iterdir()))
    assert set(used.certain) == {
        "claim.taken", "claim.lost", "claim.late", "button.claim", "console.title", "page.title"
    }  # fmt: skip
    texts = dict.fromkeys(used.certain, "x") | {
        "status.open": "x",
        "priority.high": "x",
        "send_error.gone": "x",
        "role.admin": "x",
    }
    assert list(misfits(texts, used)) == []
    del texts["claim.late"]
    texts["claim.forgotten"] = "x"
    assert list(misfits(texts, used)) == [
        f"{tmp_path}/code.py:4 uses claim.late, which is not in the catalogue",
        "claim.forgotten is not used anywhere",
    ]
