"""A provider of chat models on this machine: it speaks OpenAI's API and Anthropic's, and says what it is told to."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from tests.models import anthropic

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz012345wxyZ"


@dataclass(frozen=True)
class Says:
    text: str


@dataclass(frozen=True)
class Calls:
    """Tool calls, in one turn."""

    calls: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Fails:
    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cuts:
    """The connection breaks off, after so many bytes of the answer's beginning."""

    after: int = 0


Reply: TypeAlias = Says | Calls | Fails | Cuts


def calls(*each: tuple[str, Mapping[str, Any]]) -> Calls:
    return Calls(each)


@dataclass
class Provider:
    """What it will say, in order, and what it was asked."""

    url: str
    replies: deque[Reply] = field(default_factory=deque)
    always: Reply | None = None
    """What it says when nothing else is left to say."""
    choose: Callable[[Mapping[str, Any]], Reply] | None = None
    """What it then says to a request, where that depends on who asks: several agents may ask at once."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def say(self, *replies: Reply, always: Reply | None = None) -> None:
        self.replies.extend(replies)
        self.always = always

    def forget(self) -> None:
        self.replies.clear()
        self.asked.clear()
        self.keys.clear()
        self.always = None
        self.choose = None

    def next(self, body: Mapping[str, Any]) -> Reply:
        if self.replies:
            return self.replies.popleft()
        if self.choose is not None:
            return self.choose(body)
        return self.always or Fails(500, "The test did not say what to answer.")


@contextmanager
def provider() -> Iterator[Provider]:
    server = _Server(("127.0.0.1", 0), _Api)
    running = server.provider = Provider(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: Provider

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked is gone: that is no error here."""


class _Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def provider(self) -> Provider:
        assert isinstance(self.server, _Server)
        return self.server.provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.partition("?")[0] not in ("/v1/chat/completions", anthropic.PATH):
            self._answer(404, {"error": {"message": f"Invalid URL (POST {self.path})", "code": None}})
            return
        self.provider.asked.append(body)
        self.provider.keys.append(self.headers.get("Authorization", self.headers.get("X-Api-Key", "")))
        match self.provider.next(body):
            case Fails(status, message, headers):
                self._answer(status, {"error": {"message": message, "type": "some_error", "code": None}}, headers)
            case Cuts(after):
                self._cut(_whole(body["model"], {"role": "assistant", "content": "This breaks off."}), after)
            case Says(text) if self._speaks_anthropic:
                self._complete_anthropic(body, anthropic.said(body["model"], text))
            case Calls(made) if self._speaks_anthropic:
                self._complete_anthropic(body, anthropic.called(body["model"], made))
            case Says(text):
                self._complete(body, {"role": "assistant", "content": text}, "stop")
            case Calls(made):
                self._complete(
                    body, {"role": "assistant", "content": None, "tool_calls": _tool_calls(made)}, "tool_calls"
                )

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _complete(self, body: Mapping[str, Any], message: dict[str, Any], why: str) -> None:
        if not body.get("stream"):
            self._answer(200, _whole(body["model"], message, why))
            return
        self._begin_stream()
        for piece, reason in _pieces(message, why):
            choice = {"index": 0, "delta": piece, "finish_reason": reason}
            chunk = {**_head(body["model"]), "object": "chat.completion.chunk", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    @property
    def _speaks_anthropic(self) -> bool:
        return self.path.startswith(anthropic.PATH)

    def _complete_anthropic(self, body: Mapping[str, Any], message: Mapping[str, Any]) -> None:
        if not body.get("stream"):
            self._answer(200, message)
            return
        self._begin_stream()
        for event in anthropic.events(message):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
        self.close_connection = True

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()

    def _answer(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] = {}) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _cut(self, body: Mapping[str, Any], after: int) -> None:
        data = json.dumps(body).encode()
        if after:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:after])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _head(model: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "created": 1, "model": model}


def _whole(model: str, message: Mapping[str, Any], why: str = "stop") -> dict[str, Any]:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    choices = [{"index": 0, "message": message, "finish_reason": why}]
    return {**_head(model), "object": "chat.completion", "choices": choices, "usage": usage}


def _tool_calls(made: tuple[tuple[str, Mapping[str, Any]], ...]) -> list[dict[str, Any]]:
    return [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": json.dumps(args)}}
        for number, (name, args) in enumerate(made)
    ]


def _pieces(message: Mapping[str, Any], why: str) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Cut the message into what a model streams it: words one by one, arguments a few characters at a time."""
    yield {"role": "assistant", "content": ""}, None
    for word in (message["content"] or "").split(" "):
        yield {"content": f"{word} "}, None
    for index, call in enumerate(message.get("tool_calls", ())):
        function = {"name": call["function"]["name"], "arguments": ""}
        yield {"tool_calls": [{**call, "index": index, "function": function}]}, None
        arguments = call["function"]["arguments"]
        for at in range(0, len(arguments), 5):
            yield {"tool_calls": [{"index": index, "function": {"arguments": arguments[at : at + 5]}}]}, None
    yield {}, why
