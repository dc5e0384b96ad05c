"""Chat models in GGUF, run by llama.cpp (the package xllamacpp).

The library is llama.cpp's own server, embedded: it insists on listening somewhere. It is given a unix socket in a
folder that only this user can enter, and a random key; where the platform has no unix sockets, a port of the loopback
interface and the same key. Everything is asked over that socket. The library has direct calls too, but not for
tokenizing, and a direct call cannot be stopped while the model reads its prompt: a Ctrl-C then waits for a minute or
breaks the process. Waiting at a socket, Python hears it at once; the server drops the work when the socket closes.
"""

from __future__ import annotations

import http.client
import json
import secrets
import shutil
import socket
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from vistka.errors import DamagedWeightsError, EngineError, InputError, ModelMissingError
from vistka.models.chat_prompt import ChatPrompt
from vistka.models.engine import Decoding, Output, Request
from vistka.models.gguf_header import check_gguf
from vistka.models.settings import EngineSettings
from vistka.models.threads import usable_cores

DEFAULT_CONTEXT_TOKENS = 4096
"""The key-value cache of the embedded model takes 28 KiB a token: 112 MiB."""

# So many tokens of a prompt are read in one step, and no step can be stopped.
_PROMPT_STEP_TOKENS = 256
_SAMPLED_PROBABILITY = 0.95
_REQUEST_TIMEOUT_S = 60.0
# Tokens can be counted while a text is generated, and while an interrupted one is being dropped.
_HTTP_THREADS = 4
# A socket's path must fit into 104 bytes (macOS; Linux: 108).
_LONGEST_SOCKET_PATH = 100


class LlamaCppEngine:
    """A GGUF model.

    Args:
        file: the GGUF file.
        settings: `threads` and `context_tokens` are used.

    Raises:
        ModelMissingError: there is no such file.
        DamagedWeightsError: the file is no GGUF, is cut short, or llama.cpp cannot build a model of it.
    """

    name: str = "llamacpp"
    kind: Literal["chat", "seq2seq"] = "chat"
    batch_size: int = 1
    parallel: int = 1

    def __init__(self, file: Path, settings: EngineSettings) -> None:
        if not file.is_file():
            raise ModelMissingError(
                "there is no such weight file", where=str(file), next_step="run `vistka models pull`"
            )
        check_gguf(file)
        self._model = settings.model or file.name
        self._lock = threading.Lock()
        self._key = secrets.token_urlsafe(32)
        self._folder = Path(tempfile.mkdtemp(prefix="vistka-"))
        self._remove_folder = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._server: Any = None
        try:
            self._server = self._start(file, settings)
            self.max_source_tokens = self._context_tokens() - 1
            self._prompt = ChatPrompt(self._render, self._tokenize, self._model)
        except BaseException:
            self.close()
            raise

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` by the vocabulary in the GGUF file; what looks like a control token is plain text."""
        return len(self._tokenize(text, False))

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """See `Engine.generate`. Sampling draws from the likeliest tokens that hold 95 % of the probability.

        The requests run one after another; consecutive ones with the same instruction do its work once.
        """
        if decoding.beam_size != 1:
            raise EngineError("llama.cpp has no beam search", where=self._model, next_step="use a beam size of 1")
        with self._lock:
            self._open_server()
            prompts = [self._checked_ids(index, request) for index, request in enumerate(requests)]
            return [self._generate_one(prompt, decoding) for prompt in prompts]

    def close(self) -> None:
        """Stop the embedded server, free the model and remove its socket."""
        # The server ends with its last reference, after the step that it is in.
        self._server = None
        self._remove_folder()

    def _start(self, file: Path, settings: EngineSettings) -> Any:
        import xllamacpp

        threads = settings.threads or usable_cores()
        params = xllamacpp.CommonParams()
        params.model.path = str(file)
        params.n_ctx = settings.context_tokens or DEFAULT_CONTEXT_TOKENS
        params.n_parallel = 1
        params.n_batch = _PROMPT_STEP_TOKENS
        params.n_ubatch = _PROMPT_STEP_TOKENS
        params.cpuparams.n_threads = threads
        params.cpuparams_batch.n_threads = threads
        params.verbosity = -1  # not a line on standard error
        params.warmup = False
        params.fit_params = False  # never a shorter context than was asked for
        params.ctx_shift = False  # never forget the start of a prompt in silence
        params.cache_ram_mib = 0  # else up to 8 GiB of old prompts
        params.ui = False
        params.endpoint_slots = False
        params.offline = True
        params.api_keys = [self._key]
        params.n_threads_http = _HTTP_THREADS
        params.hostnames = [self._address()]
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise DamagedWeightsError(
                "llama.cpp cannot load it: damaged, of a kind it does not know, or too big for the memory",
                where=str(file),
                next_step="run `vistka models verify`",
            ) from error

    def _address(self) -> str:
        path = self._folder / "l.sock"
        usable = hasattr(socket, "AF_UNIX") and len(bytes(path)) <= _LONGEST_SOCKET_PATH
        return str(path) if usable else "127.0.0.1"

    def _open_server(self) -> Any:
        if self._server is None:
            raise EngineError("the engine is closed", where=self._model)
        return self._server

    def _context_tokens(self) -> int:
        """Tokens of prompt and answer together: the cache's size, but no more than the model was trained for."""
        opened = self._ask("/props")["default_generation_settings"]["n_ctx"]
        trained = self._ask("/v1/models")["data"][0]["meta"]["n_ctx_train"]
        return min(int(opened), int(trained))

    def _render(self, messages: list[dict[str, str]]) -> str:
        return str(self._ask("/apply-template", {"messages": messages})["prompt"])

    def _tokenize(self, text: str, control_tokens: bool) -> list[int]:
        body = {"content": text, "add_special": False, "parse_special": control_tokens}
        return [int(token) for token in self._ask("/tokenize", body)["tokens"]]

    def _ask(
        self, path: str, body: Mapping[str, object] | None = None, *, timeout_s: float | None = _REQUEST_TIMEOUT_S
    ) -> dict[str, Any]:
        """One request to the embedded server: GET without a body, else POST."""
        connection = _connect(self._open_server().listening_address, timeout_s)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            # Escaped to ASCII, a lone surrogate would still be JSON; the server would refuse it as text.
            payload = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
            connection.request("GET" if body is None else "POST", path, payload, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineError(f"the embedded server did not answer ({error})", where=self._model) from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise self._failure(answer)
        return dict(answer)

    def _failure(self, answer: Mapping[str, Any]) -> EngineError:
        error = answer.get("error")
        message = error.get("message", error) if isinstance(error, Mapping) else answer
        return EngineError(f"llama.cpp: {message}", where=self._model)

    def _checked_ids(self, index: int, request: Request) -> list[int]:
        ids = self._prompt.ids(request)
        if len(ids) > self.max_source_tokens:
            raise InputError(
                f"the prompt has {len(ids)} tokens, the model reads {self.max_source_tokens}",
                where=f"{self._model}, text {index + 1}",
                next_step="give a shorter text",
            )
        return ids

    def _generate_one(self, prompt: list[int], decoding: Decoding) -> Output:
        room = self.max_source_tokens + 1 - len(prompt)
        body = {
            "prompt": prompt,
            "max_tokens": min(decoding.max_new_tokens, room),
            "temperature": decoding.temperature,
            "seed": decoding.seed,
            "top_k": 0 if decoding.temperature > 0 else 1,
            "top_p": _SAMPLED_PROBABILITY,
            "min_p": 0.0,
            "repeat_penalty": decoding.repetition_penalty,
            "repeat_last_n": self.max_source_tokens + 1,
            "logprobs": 1,
            "cache_prompt": True,
        }
        return self._output(prompt, self._ask("/v1/completions", body, timeout_s=None))

    def _output(self, prompt: Sequence[int], answer: Mapping[str, Any]) -> Output:
        choice = answer["choices"][0]
        finished = choice["finish_reason"] == "stop"
        tokens = int(answer["usage"]["completion_tokens"]) - finished
        logprobs = [float(entry["logprob"]) for entry in (choice.get("logprobs") or {}).get("content") or ()]
        text = str(choice["text"])
        return Output(
            # Stopped within a letter of several tokens, the text ends in a replacement character.
            text=(text if finished else text.rstrip("\ufffd")).strip(),
            source_tokens=len(prompt),
            output_tokens=tokens,
            mean_logprob=min(0.0, sum(logprobs) / len(logprobs)) if tokens and logprobs else 0.0,
            finished=finished,
        )


def _connect(address: str, timeout_s: float | None) -> http.client.HTTPConnection:
    """A connection to `unix:///path` or `http://host:port`."""
    if address.startswith("unix://"):
        return _UnixConnection(address.removeprefix("unix://"), timeout_s)
    return http.client.HTTPConnection(address.removeprefix("http://"), timeout=timeout_s)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout_s: float | None) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Connect to the path instead of a host and port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
