Attribute VB_Name = "BreakevenFunctions"
' LLM break-even functions. Generated from the registry by `breakeven addin build excel`; do not edit.
Option Explicit

Private Const PythonModule As String = "addin.excel.functions"

Public Function FT_BREAKEVEN(upfront As Variant, pe_monthly_ As Variant, ft_monthly_ As Variant) As Variant
    FT_BREAKEVEN = BreakevenAnswer("FT_BREAKEVEN", Array(upfront, pe_monthly_, ft_monthly_))
End Function

Public Function FT_DECISION(upfront As Variant, pe_monthly_ As Variant, ft_monthly_ As Variant, _
        Optional max_months As Variant, Optional months_to_shutdown As Variant) As Variant
    FT_DECISION = BreakevenAnswer("FT_DECISION", Array(upfront, pe_monthly_, ft_monthly_, max_months, months_to_shutdown))
End Function

Public Function PE_MONTHLY(queries As Variant, prompt_tokens As Variant, query_tokens As Variant, _
        response_tokens As Variant, input_price As Variant, output_price As Variant, _
        Optional cached_price As Variant, Optional cache_hit_rate As Variant) As Variant
    PE_MONTHLY = BreakevenAnswer("PE_MONTHLY", Array(queries, prompt_tokens, query_tokens, response_tokens, input_price, output_price, _
        cached_price, cache_hit_rate))
End Function

Public Function FT_CHECK(name As Variant, ParamArray values() As Variant) As Variant
    Dim givenValues() As Variant, place As Long
    ReDim givenValues(0 To UBound(values) + 1)
    If IsObject(name) Then Set givenValues(0) = name Else givenValues(0) = name
    For place = 0 To UBound(values)
        If IsObject(values(place)) Then
            Set givenValues(place + 1) = values(place)
        Else
            givenValues(place + 1) = values(place)
        End If
    Next place
    FT_CHECK = BreakevenAnswer("FT_CHECK", givenValues)
End Function

Public Function PRICES_AS_OF() As Variant
    PRICES_AS_OF = BreakevenAnswer("PRICES_AS_OF", Array())
End Function

' Ask Python. Where that fails, the cell shows #VALUE!, and FT_CHECK the reason.
Private Function BreakevenAnswer(functionName As String, givenValues As Variant) As Variant
    On Error GoTo Failed
    BreakevenAnswer = BreakevenErrors( _
        XLPy.CallUDF(PythonModule, functionName, givenValues, ThisWorkbook, Application.Caller))
    Exit Function
Failed:
    If functionName = "FT_CHECK" Then
        BreakevenAnswer = "Python cannot be reached: " & Err.Description & " Run: breakeven addin doctor"
    Else
        BreakevenAnswer = CVErr(2015)
    End If
End Function

' Error texts made error values, in a single value, a row or a block.
Public Function BreakevenErrors(ByVal result As Variant) As Variant
    Dim first As Long, second As Long, number As Long
    Select Case BreakevenDimensions(result)
    Case 0
        number = BreakevenErrorNumber(result)
        If number <> 0 Then result = CVErr(number)
    Case 1
        For first = LBound(result) To UBound(result)
            number = BreakevenErrorNumber(result(first))
            If number <> 0 Then result(first) = CVErr(number)
        Next first
    Case 2
        For first = LBound(result, 1) To UBound(result, 1)
            For second = LBound(result, 2) To UBound(result, 2)
                number = BreakevenErrorNumber(result(first, second))
                If number <> 0 Then result(first, second) = CVErr(number)
            Next second
        Next first
    End Select
    BreakevenErrors = result
End Function

Private Function BreakevenDimensions(ByRef result As Variant) As Long
    Dim last As Long
    If Not IsArray(result) Then Exit Function
    On Error GoTo Counted
    last = UBound(result, 1)
    BreakevenDimensions = 1
    last = UBound(result, 2)
    BreakevenDimensions = 2
Counted:
End Function

Public Function BreakevenErrorNumber(ByVal value As Variant) As Long
    If VarType(value) <> vbString Then Exit Function
    If Left$(value, 1) <> "#" Then Exit Function
    Select Case value
    Case "#NULL!": BreakevenErrorNumber = 2000
    Case "#DIV/0!": BreakevenErrorNumber = 2007
    Case "#VALUE!": BreakevenErrorNumber = 2015
    Case "#REF!": BreakevenErrorNumber = 2023
    Case "#NAME?": BreakevenErrorNumber = 2029
    Case "#NUM!": BreakevenErrorNumber = 2036
    Case "#N/A": BreakevenErrorNumber = 2042
    Case "#GETTING_DATA": BreakevenErrorNumber = 2043
    Case "#SPILL!": BreakevenErrorNumber = 2045
    Case "#CALC!": BreakevenErrorNumber = 2050
    End Select
End Function

Public Sub Auto_Open()
    Dim wasAddin As Boolean
    On Error Resume Next
    wasAddin = ThisWorkbook.IsAddin
    If wasAddin Then ThisWorkbook.IsAddin = False
    BreakevenHelp1
    BreakevenHelp2
    BreakevenHelp3
    BreakevenHelp4
    BreakevenHelp5
    If wasAddin Then ThisWorkbook.IsAddin = True: ThisWorkbook.Saved = True
End Sub

Private Sub BreakevenHelp1()
    Dim texts(2) As String
    texts(0) = "One-time cost of fine-tuning: training and labour [USD]"
    texts(1) = "Running cost of prompt engineering [USD per month]"
    texts(2) = "Running cost of the fine-tuned model [USD per month]"
    Application.MacroOptions Macro:="FT_BREAKEVEN", Category:="LLM break-even", _
        Description:="Months until the monthly saving has repaid the upfront cost; #N/A when it never does.", ArgumentDescriptions:=texts
End Sub

Private Sub BreakevenHelp2()
    Dim texts(4) As String
    texts(0) = "One-time cost of fine-tuning: training and labour [USD]"
    texts(1) = "Running cost of prompt engineering [USD per month]"
    texts(2) = "Running cost of the fine-tuned model [USD per month]"
    texts(3) = "(optional) Longest break-even that is still accepted [months]"
    texts(4) = "(optional) Months until the fine-tuned model is shut down [months]"
    Application.MacroOptions Macro:="FT_DECISION", Category:="LLM break-even", _
        Description:="""FINE-TUNE"" when break-even comes in time and before the shutdown, ""HOLD"" when not, ""DO NOT FINE-TUNE"" when nothing is saved.", ArgumentDescriptions:=texts
End Sub

Private Sub BreakevenHelp3()
    Dim texts(7) As String
    texts(0) = "Model calls per month [calls per month]"
    texts(1) = "Instruction tokens sent with every call [tokens per call]"
    texts(2) = "Tokens of the user's question [tokens per call]"
    texts(3) = "Tokens of the answer [tokens per call]"
    texts(4) = "Input price [USD per 1M tokens]"
    texts(5) = "Output price [USD per 1M tokens]"
    texts(6) = "(optional) Price of input read from the prompt cache [USD per 1M tokens]"
    texts(7) = "(optional) Share of calls whose prompt is read from the cache [fraction]"
    Application.MacroOptions Macro:="PE_MONTHLY", Category:="LLM break-even", _
        Description:="Monthly running cost of prompt engineering in USD: the whole prompt sent with every call.", ArgumentDescriptions:=texts
End Sub

Private Sub BreakevenHelp4()
    Dim texts(1) As String
    texts(0) = "Name of the function to check, such as ""FT_BREAKEVEN"" [text]"
    texts(1) = "(optional) Its arguments, in order [as that function takes them]"
    Application.MacroOptions Macro:="FT_CHECK", Category:="LLM break-even", _
        Description:="""OK"", or why a function gives an error value: which argument, what was expected, what to do.", ArgumentDescriptions:=texts
End Sub

Private Sub BreakevenHelp5()
    ' it takes no arguments
    Application.MacroOptions Macro:="PRICES_AS_OF", Category:="LLM break-even", _
        Description:="The catalogue's as-of date: the newest day on which one of its prices was read."
End Sub
