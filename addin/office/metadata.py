"""functions.json and the two manifests, from the registry."""

from __future__ import annotations

import json
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from addin.contract import argument_help
from pycalc import FUNCTIONS
from pycalc.registry.definition import Function
from pycalc.version import VERSION

NAME = "LLM Breakeven"
PROVIDER = "LLM Breakeven"
SHORT = "What prompting, fine-tuning or retrieving costs, and when it pays back"
LONG = (
    "Worksheet functions for the cost of language models: running cost, break-even, NPV, IRR, dated prices with their "
    "source, exact token counts. Everything is worked out in Excel itself: no server, no account, nothing leaves the "
    "workbook."
)
ICONS = (16, 32, 64, 80)
PAGE = "taskpane.html"
SCHEMA = "1.25"
LONGEST_DESCRIPTION, LONGEST_ARGUMENT, LONGEST_UNIFIED = 1_024, 512, 128


def functions_json() -> dict[str, object]:
    """The metadata Excel reads: every argument a block of anything, so that ranges, blanks and errors arrive."""
    return {
        "allowCustomDataForDataTypeAny": True,
        "allowErrorForDataTypeAny": True,
        "functions": [_function(function, LONGEST_DESCRIPTION, LONGEST_ARGUMENT) for function in FUNCTIONS.values()],
    }


def _function(function: Function, longest: int, longest_argument: int) -> dict[str, object]:
    found: dict[str, object] = {
        "id": function.name,
        "name": function.name,
        "description": shortened(function.summary, longest),
        "parameters": [
            {
                "name": argument.name,
                "description": shortened(argument_help(argument), longest_argument),
                "type": "any",
                "dimensionality": "matrix",
                **({"repeating": True} if _repeats(function, argument.name) else {}),
                **({"optional": True} if not argument.required and not _repeats(function, argument.name) else {}),
            }
            for argument in function.arguments
        ],
        "result": {"type": "any", "dimensionality": "matrix"},
    }
    asked = any(not argument.required or argument.kind == "text" for argument in function.arguments)
    if asked and not function.variadic:
        # Excel on the desktop hands over a blank cell as 0: host.js asks whether it is one.
        found["requiresParameterAddresses"] = True
    return found


def _repeats(function: Function, name: str) -> bool:
    return function.variadic and name == function.arguments[-1].name


def shortened(text: str, longest: int) -> str:
    """A text within a limit, cut behind a word."""
    return text if len(text) <= longest else text[: longest - 1].rpartition(" ")[0] + "…"


def identifier(url: str, kind: str) -> str:
    """An add-in's id: the same for the same address, so that a new version replaces the old one."""
    return str(uuid5(NAMESPACE_URL, f"{url}#{kind}"))


def manifest_xml(url: str, script: str) -> str:
    """The add-in-only manifest, which every Excel with custom functions takes. `url` ends in a slash.

    Order of elements as in Microsoft's sample excel-shared-runtime-global-state; no Namespace, so that the names are
    those of every other host.
    """
    images = "".join(f'<bt:Image size="{size}" resid="Icon.{size}"/>' for size in (16, 32, 80))
    icons = "".join(
        f'<bt:Image id="Icon.{size}" DefaultValue={quoteattr(f"{url}assets/icon-{size}.png")}/>'
        for size in (16, 32, 80)
    )
    urls = {"Taskpane.Url": PAGE, "Script.Url": script, "Metadata.Url": "functions.json", "Help.Url": "help.html"}
    addresses = "".join(
        f"<bt:Url id={quoteattr(name)} DefaultValue={quoteattr(url + path)}/>" for name, path in urls.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<OfficeApp xmlns="http://schemas.microsoft.com/office/appforoffice/1.1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:bt="http://schemas.microsoft.com/office/officeappbasictypes/1.0"
  xmlns:ov="http://schemas.microsoft.com/office/taskpaneappversionoverrides" xsi:type="TaskPaneApp">
  <Id>{identifier(url, "xml")}</Id>
  <Version>{VERSION}.0</Version>
  <ProviderName>{PROVIDER}</ProviderName>
  <DefaultLocale>en-US</DefaultLocale>
  <DisplayName DefaultValue={quoteattr(NAME)}/>
  <Description DefaultValue={quoteattr(shortened(LONG, 250))}/>
  <IconUrl DefaultValue={quoteattr(url + "assets/icon-32.png")}/>
  <HighResolutionIconUrl DefaultValue={quoteattr(url + "assets/icon-64.png")}/>
  <SupportUrl DefaultValue={quoteattr(url + "help.html")}/>
  <AppDomains><AppDomain>{escape(origin(url))}</AppDomain></AppDomains>
  <Hosts><Host Name="Workbook"/></Hosts>
  <Requirements>
    <Sets DefaultMinVersion="1.1">
      <Set Name="SharedRuntime" MinVersion="1.1"/>
      <Set Name="CustomFunctionsRuntime" MinVersion="1.3"/>
    </Sets>
  </Requirements>
  <DefaultSettings><SourceLocation DefaultValue={quoteattr(url + PAGE)}/></DefaultSettings>
  <Permissions>ReadWriteDocument</Permissions>
  <VersionOverrides xmlns="http://schemas.microsoft.com/office/taskpaneappversionoverrides"
    xsi:type="VersionOverridesV1_0">
    <Hosts>
      <Host xsi:type="Workbook">
        <Runtimes><Runtime resid="Taskpane.Url" lifetime="long"/></Runtimes>
        <AllFormFactors>
          <ExtensionPoint xsi:type="CustomFunctions">
            <Script><SourceLocation resid="Script.Url"/></Script>
            <Page><SourceLocation resid="Taskpane.Url"/></Page>
            <Metadata><SourceLocation resid="Metadata.Url"/></Metadata>
          </ExtensionPoint>
        </AllFormFactors>
        <DesktopFormFactor>
          <GetStarted>
            <Title resid="Started.Title"/>
            <Description resid="Started.Text"/>
            <LearnMoreUrl resid="Help.Url"/>
          </GetStarted>
          <FunctionFile resid="Taskpane.Url"/>
          <ExtensionPoint xsi:type="PrimaryCommandSurface">
            <OfficeTab id="TabFormulas">
              <Group id="Breakeven.Group">
                <Label resid="Group.Label"/>
                <Icon>{images}</Icon>
                <Control xsi:type="Button" id="Breakeven.Button">
                  <Label resid="Button.Label"/>
                  <Supertip><Title resid="Button.Label"/><Description resid="Button.Text"/></Supertip>
                  <Icon>{images}</Icon>
                  <Action xsi:type="ShowTaskpane">
                    <TaskpaneId>Breakeven.Pane</TaskpaneId>
                    <SourceLocation resid="Taskpane.Url"/>
                  </Action>
                </Control>
              </Group>
            </OfficeTab>
          </ExtensionPoint>
        </DesktopFormFactor>
      </Host>
    </Hosts>
    <Resources>
      <bt:Images>{icons}</bt:Images>
      <bt:Urls>{addresses}</bt:Urls>
      <bt:ShortStrings>
        <bt:String id="Started.Title" DefaultValue="LLM Breakeven is ready"/>
        <bt:String id="Group.Label" DefaultValue="LLM Breakeven"/>
        <bt:String id="Button.Label" DefaultValue="LLM Breakeven"/>
      </bt:ShortStrings>
      <bt:LongStrings>
        <bt:String id="Started.Text" DefaultValue="Type =PE_MONTHLY( in a cell, or open the pane on the Formulas tab."/>
        <bt:String id="Button.Text" DefaultValue="Find a function, explain a cell, look up a price, count tokens."/>
      </bt:LongStrings>
    </Resources>
  </VersionOverrides>
</OfficeApp>
"""


def unified_manifest(url: str, script: str) -> dict[str, object]:
    """The unified manifest for Microsoft 365 alone; an Excel bought once does not read it."""
    icons = [{"size": size, "url": f"{url}assets/icon-{size}.png"} for size in (16, 32, 80)]
    functions = [_function(function, LONGEST_UNIFIED, LONGEST_UNIFIED) for function in FUNCTIONS.values()]
    for function in functions:
        function["result"] = {"dimensionality": "matrix"}
    scope: dict[str, object] = {"scopes": ["workbook"], "formFactors": ["desktop"]}
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "id": identifier(url, "unified"),
        "version": VERSION,
        "name": {"short": NAME, "full": NAME},
        "description": {"short": SHORT, "full": LONG},
        "developer": {
            "name": PROVIDER,
            "websiteUrl": f"{url}help.html",
            "privacyUrl": f"{url}help.html",
            "termsOfUseUrl": f"{url}help.html",
        },
        "icons": {"outline": "assets/outline.png", "color": "assets/icon-192.png"},
        "accentColor": "#1F4E79",
        "validDomains": [origin(url).removeprefix("https://")],
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": "Document.ReadWrite.User", "type": "Delegated"}]}
        },
        "extensions": [
            {
                "requirements": {
                    "scopes": ["workbook"],
                    "capabilities": [
                        {"name": "SharedRuntime", "minVersion": "1.1"},
                        {"name": "CustomFunctionsRuntime", "minVersion": "1.3"},
                    ],
                },
                "runtimes": [
                    {
                        "id": "SharedRuntime",
                        "type": "general",
                        "code": {"page": url + PAGE, "script": url + script},
                        "lifetime": "long",
                        "actions": [{"id": "ShowTaskpane", "type": "openPage", "pinnable": False}],
                        "customFunctions": {
                            "functions": functions,
                            "allowCustomDataForDataTypeAny": True,
                            "metadataUrl": f"{url}functions.json",
                        },
                    }
                ],
                "ribbons": [
                    {
                        "requirements": scope,
                        "contexts": ["default"],
                        "tabs": [
                            {
                                "builtInTabId": "TabFormulas",
                                "groups": [
                                    {
                                        "id": "Breakeven.Group",
                                        "label": NAME,
                                        "icons": icons,
                                        "controls": [
                                            {
                                                "id": "Breakeven.Button",
                                                "type": "button",
                                                "label": NAME,
                                                "icons": icons,
                                                "supertip": {"title": NAME, "description": SHORT},
                                                "actionId": "ShowTaskpane",
                                                "enabled": True,
                                            }
                                        ],
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
    }


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def as_json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
