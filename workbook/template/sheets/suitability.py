"""The sheet Suitability: the gates."""

from __future__ import annotations

from workbook.template import model
from workbook.template.grid import Cell, Row, Sheet
from workbook.template.layout import HEADING, band, figures, header, heading

_GIVEN = 'IF(ISNUMBER({0}),{1},"not entered")'
GATES = (
    (
        "Enough good examples",
        'IF(examples.5="","not entered",examples.5)',
        "count answer",
        _GIVEN.format("examples.5", 'IF(examples.5<minimum_examples,"STOP","PASS")'),
        "A model learns from examples; OpenAI's guide asks for 50 to 100 good ones at the least.",
    ),
    (
        "What the model is to learn",
        'IF(use_case="","not entered",use_case)',
        "answer",
        'IF(use_case="","not entered",IF(LOWER(TRIM(use_case))="knowledge",IF(facts_change=TRUE,"STOP","CAUTION"),"PASS"))',
        "Style, tone and format can be trained. Facts cannot be relied on: retrieval is for facts.",
    ),
    (
        "Facts change often",
        'IF(facts_change="","not entered",IF(facts_change=TRUE,"yes","no"))',
        "answer",
        'IF(facts_change="","not entered",IF(facts_change=TRUE,IF(looks.5=1,"PASS","STOP"),"PASS"))',
        "Knowledge that changes has to be looked up at the time of the question: RAG, or a hybrid.",
    ),
    (
        "The model is served at the start",
        'IF(to_shutdown.5="","none announced",to_shutdown.5)',
        "months answer",
        'IF(entered.5=0,"not entered",IF(lives.5<=built.5,"STOP","PASS"))',
        "Months from start to shutdown. A model that is shut can be neither trained nor called.",
    ),
    (
        "The vendor still trains it",
        'IF(training_end.5="","none announced",training_end.5)',
        "date answer",
        'IF(entered.5=0,"not entered",IF(training_end.5="","PASS",IF(training_end.5<start_date,"STOP","PASS")))',
        "The last day on which a training job may start.",
    ),
    (
        "The call fits the context window",
        'IF(context_window.5="","not entered",context_window.5)',
        "count answer",
        'IF(context_window.5="","not entered",IF(tokens_in.5+tokens_out.5>context_window.5,"STOP","PASS"))',
        "Instructions, question, retrieved text, reasoning and answer together.",
    ),
    (
        "It passes the test",
        'IF(measured.5="","not entered",measured.5)',
        "share answer",
        'IF(measured.5="","not entered",IF(pass.5=0,"STOP",IF(min_pass_rate="","PASS",IF(pass_low.5<min_pass_rate,"STOP","PASS"))))',
        "The lowest pass rate it may have, 95% sure, against the lowest accepted. Not tested is not passed.",
    ),
    (
        "It pays back in time, all in",
        'IF(ISNUMBER(breakeven_all.5),breakeven_all.5,IF(entered.5=0,"not entered","never"))',
        "months answer",
        'IF(entered.5=0,"not entered",IF(upfront.5=0,"PASS",IF(back.5>comparison_tolerance*upfront.5,"PASS","STOP")))',
        "What was paid up front is saved again before the longest break-even and the shutdown, people counted.",
    ),
    (
        "It pays back on cost alone",
        "decision",
        "answer",
        'IF(entered.5=0,"not entered",IF(decision="FINE-TUNE","PASS",IF(decision="HOLD","CAUTION","STOP")))',
        "The course's verdict, without people.",
    ),
)


def suitability_sheet() -> Sheet:
    sheet = Sheet(
        "Suitability",
        "Suitability: the gates before the arithmetic",
        "Cheaper is not enough. Each gate of fine-tuning says pass, caution or stop, and why; then the state of every option.",
        (46, 24, 16, 84),
    )
    heading(sheet)
    sheet.freeze = (HEADING + 2, 1)
    sheet.pages = 1
    row = HEADING + 1
    header(sheet, row, ("Gate of fine-tuning", "Given", "Verdict", "Why"))
    row += 1
    for index, (label, given, look, verdict, why) in enumerate(GATES):
        sheet.put(row, 0, label, "label")
        sheet.put(row, 1, f"={given}", look)
        sheet.put(row, 2, f"={verdict}", "state", key=f"live.suit.{index}")
        sheet.put(row, 3, why, "note wrap")
        row += 1
    for verdict, look in (("STOP", "stop"), ("PASS", "good")):
        sheet.rules.append(
            (f"C{HEADING + 3}:C{row}", {"type": "cell", "criteria": "==", "value": f'"{verdict}"', "style": look})
        )
    row = figures(
        sheet,
        row + 1,
        (Row("task_suits", "Suitability of the task for training", "", "suitability", "answer"),),
    )
    sheet.cells[row - 1, 1].style = "sentence"
    sheet.merges.append((row - 1, 1, row - 1, 3))
    del sheet.cells[row - 1, 2]
    sheet.cells[row - 1, 3] = Cell(None, "note")
    del sheet.cells[row - 1, 3]
    row += 1
    header(sheet, row, ("Option", "Model", "Open", "State"))
    row += 1
    for option in model.OPTIONS:
        sheet.put(row, 0, f"=name.{option}", "label")
        sheet.put(row, 1, f'=IF(model.{option}="","",model.{option})', "answer")
        sheet.put(row, 2, f'=IF(open.{option}=1,"yes","no")', "state")
        sheet.put(row, 3, f"=state.{option}", "label")
        row += 1
    row += 1
    band(sheet, row, "Not in the arithmetic, to settle by hand", 4)
    for text in (
        "Data protection: may these texts leave the house, and is there a contract with the vendor that covers them?",
        "Evaluation: is there a test set of examples the model was not trained on, and who judges the answers?",
        "Latency: is the answer fast enough at the busiest hour?",
        "Exit: a model fine-tuned at a vendor cannot be taken along; a prompt or open weights can.",
    ):
        row += 1
        sheet.put(row, 0, text, "label")
    return sheet
