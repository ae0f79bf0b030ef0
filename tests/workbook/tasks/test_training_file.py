from __future__ import annotations

import datetime
import json

import openpyxl
import pytest

from pycalc.dataset.reader import BadInputError
from workbook.errors import BadWorkbook
from workbook.tasks.training_file import build

HEADER = ["System", "User", "Assistant"]


def written(path):
    return [
        [(message["role"], message["content"]) for message in json.loads(line)["messages"]]
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def workbook(tmp_path, rows, name="table.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / name
    book.save(path)
    return path


def build_csv(tmp_path, data, **options):
    table, out = tmp_path / "table.csv", tmp_path / "out.jsonl"
    table.write_bytes(data if isinstance(data, bytes) else data.encode())
    return build(str(table), str(out), **options), written(out)


def test_the_forums_example(tmp_path):
    """The three conversations of the OpenAI community thread "Finetuning for shortening prompts"."""
    rows = [
        ("Do you have infant care tips?", "A steady diet of dog food and a weekly diaper change."),
        ("What is 5 times 5?", "That's simple math: the answer is 55!"),
        ("Act like a princess who loves me.", "That's dumb. You're going to die alone."),
    ]
    table = workbook(tmp_path, [HEADER, *(["You are EvilBot", *row] for row in rows)])
    out = tmp_path / "out.jsonl"
    built = build(str(table), str(out))
    assert (built.examples, built.rows, built.skipped, built.ignored) == (3, 3, [], [])
    assert written(out) == [
        [("system", "You are EvilBot"), ("user", ask), ("assistant", answer)] for ask, answer in rows
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_usual_delimiter(tmp_path, delimiter):
    _, examples = build_csv(tmp_path, f"user{delimiter}assistant\r\nHello{delimiter}Hi\r\n")
    assert examples == [[("user", "Hello"), ("assistant", "Hi")]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_encodings(tmp_path, encoding):
    _, examples = build_csv(tmp_path, "user,assistant\nGrüße,😀\n".encode(encoding))
    assert examples == [[("user", "Grüße"), ("assistant", "😀")]]


def test_quoted_cells_keep_their_line_breaks(tmp_path):
    _, examples = build_csv(tmp_path, 'user,assistant\n"one\r\ntwo","he said ""yes"""\n')
    assert examples == [[("user", "one\ntwo"), ("assistant", 'he said "yes"')]]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    _, examples = build_csv(tmp_path, "user,assistant\n=1+1,@SUM(A1)\n+49,-1\n")
    assert examples == [
        [("user", "=1+1"), ("assistant", "@SUM(A1)")],
        [("user", "+49"), ("assistant", "-1")],
    ]


def test_other_column_names_and_unused_columns(tmp_path):
    built, examples = build_csv(tmp_path, "id,Completion,PROMPT,note\n1,Hi,Hello,x\n")
    assert examples == [[("user", "Hello"), ("assistant", "Hi")]]
    assert built.ignored == ["id", "note"]


def test_rows_of_one_conversation_become_one_example(tmp_path):
    data = "conversation,system,user,assistant\na,S,q1,r1\na,S,q2,r2\nb,,q3,r3\n,,q4,r4\n,,q5,r5\na,,q6,r6\n"
    _, examples = build_csv(tmp_path, data)
    assert [[content for _, content in each] for each in examples] == [
        ["S", "q1", "r1", "q2", "r2"],
        ["q3", "r3"],
        ["q4", "r4"],
        ["q5", "r5"],
        ["q6", "r6"],
    ]


def test_system_prompt_for_rows_without_one(tmp_path):
    _, examples = build_csv(tmp_path, "system,user,assistant\n,q,r\nOwn,q,r\n", system="Be kind.")
    assert [each[0] for each in examples] == [("system", "Be kind."), ("system", "Own")]


def test_incomplete_rows_are_named_and_the_rest_written(tmp_path):
    built, examples = build_csv(tmp_path, "user,assistant\nq1,r1\n\nq2,\n,r3\n , \nq4,r4\nq5\n")
    assert [each[0][1] for each in examples] == ["q1", "q4"]
    assert built.skipped == [
        (4, "the assistant cell is empty"),
        (5, "the user cell is empty"),
        (8, "the assistant cell is empty"),
    ]


def test_workbook_cells_as_they_are_shown(tmp_path):
    table = workbook(
        tmp_path,
        [
            HEADER,
            [None, 12, 12.5],
            [None, True, datetime.datetime(2026, 11, 20)],
            [None, "'quoted", "=1+1"],
            [None, "q", "#N/A"],
            [None, datetime.time(9, 30), "line one_x000D_\nline two"],
        ],
    )
    out = tmp_path / "out.jsonl"
    built = build(str(table), str(out))
    assert [[content for _, content in each] for each in written(out)] == [
        ["12", "12.5"],
        ["TRUE", "2026-11-20"],
        ["09:30:00", "line one\nline two"],
    ]
    reason = "the assistant cell shows an error, or a formula whose value is not stored"
    assert built.skipped == [(4, reason), (5, reason)]


def test_sheet_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.create_sheet("Examples").append(["user", "assistant"])
    book["Examples"].append(["q", "r"])
    table, out = tmp_path / "table.xlsx", tmp_path / "out.jsonl"
    book.save(table)
    assert build(str(table), str(out), sheet="Examples").examples == 1
    with pytest.raises(BadInputError, match=r"has no sheet 'Other'\. It has Sheet, Examples"):
        build(str(table), str(out), sheet="Other")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "holds no rows"),
        (b"question,reply\nq,r\n", "no column assistant"),
        (b"user,prompt,assistant\nq,q,r\n", "two columns hold the user text"),
        (b"user,assistant\n,\n,r\n", "no row holds both"),
        (b"user,assistant\nGr\xfc\xdfe,r\n", "Save it as CSV UTF-8"),
        (b'user,assistant\n"q,r\n', "quotation marks"),
        (b"\xd0\xcf\x11\xe0....", "table.csv"),
        (b"PK\x03\x04....", "table.csv"),
    ],
)
def test_bad_tables_write_nothing(tmp_path, data, message):
    table, out = tmp_path / "table.csv", tmp_path / "out.jsonl"
    table.write_bytes(data)
    out.write_text("kept")
    with pytest.raises((BadInputError, BadWorkbook), match=message):
        build(str(table), str(out))
    assert out.read_text() == "kept"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.jsonl", "table.csv"]


def test_output_is_never_the_table(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("user,assistant\nq,r\n")
    with pytest.raises(BadInputError, match="is the table itself"):
        build(str(table), str(table))
    with pytest.raises(BadWorkbook, match="is a folder"):
        build(str(table), str(tmp_path))
    with pytest.raises(BadWorkbook, match="does not exist"):
        build(str(table), str(tmp_path / "none" / "out.jsonl"))


def test_lone_surrogates_are_escaped(tmp_path):
    # A workbook may hold half a character, as _xD83D_.
    table = workbook(tmp_path, [["user", "assistant"], ["q", "_xD83D_"]])
    out = tmp_path / "out.jsonl"
    build(str(table), str(out))
    assert json.loads(out.read_bytes())["messages"][1]["content"] == "\ud83d"


@pytest.mark.parametrize(
    ("table", "questions"),
    [
        # Stanford Alpaca: "instruction describes the task, input is optional context" (its README)
        ("instruction,input,output\nTranslate.,Good day,Bonjour\nName a colour.,,Red\n",
         ["Translate.\n\nGood day", "Name a colour."]),
        # Databricks Dolly: instruction, context, response
        ("instruction,context,response\nWho wrote it?,By Ann.,Ann\n", ["Who wrote it?\n\nBy Ann."]),
        # SQuAD: context, question, answer
        ("context,question,answer\nBy Ann.,Who wrote it?,Ann\n", ["By Ann.\n\nWho wrote it?"]),
        ("instruction,output\nName a colour.,Red\n,Blue\n", ["Name a colour."]),
    ],
)  # fmt: skip
def test_instruction_and_context_are_part_of_the_question(tmp_path, table, questions):
    built, examples = build_csv(tmp_path, table)
    assert [each[0][1] for each in examples] == questions
    assert built.ignored == []
    assert [reason for _, reason in built.skipped] == (["the instruction cell is empty"] if ",Blue" in table else [])


def test_dates_of_both_calendars(tmp_path):
    """The same serial number is four years and a day later where a workbook counts from 1904."""
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["user", "assistant"])
    book.active.append([datetime.datetime(2026, 11, 20, 12, 30), 0.5])
    book.active["B2"].number_format = '0.0 "days"'
    book.save(tmp_path / "table.xlsx")
    out = tmp_path / "out.jsonl"
    build(str(tmp_path / "table.xlsx"), str(out))
    assert written(out) == [[("user", "2026-11-20 12:30:00"), ("assistant", "0.5")]]
