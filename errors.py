"""Every error that Vistka shows a person, as one family.

    VistkaError
    ├── UsageError              the call itself is wrong                  exit 2   HTTP 400
    │   ├── UnknownModelError   no such model id in the catalogue
    │   ├── UnknownCorrectionError  no such row in the memory's journal
    │   └── ConfigurationError  models.toml, a glossary or an option is wrong
    ├── InputError              the text cannot be worked on              exit 3   HTTP 422
    │   ├── EmptyInputError     nothing in it
    │   ├── NotTextError        binary, or in an encoding that cannot be told
    │   ├── TooLargeError       over the size limit                                HTTP 413
    │   ├── NothingToTranslateError  not a word of Ukrainian in it
    │   └── UnsupportedFormatError                                                 HTTP 415
    ├── ModelError              a model cannot be used                    exit 4   HTTP 503
    │   ├── ModelMissingError   its weights are not on this machine
    │   ├── DamagedWeightsError the file is not the one that was promised
    │   ├── FetchError          the weights could not be fetched
    │   └── EngineError         the model ran and failed
    ├── ResourceError           disk, memory or a lock                    exit 5   HTTP 507
    ├── ServiceError            the service will not do it now, or for this caller
    │   ├── BusyError           the queue is full                         exit 6   HTTP 503
    │   ├── DeadlineError       not done by the time that was set                  HTTP 504
    │   ├── WorkCancelledError  nobody waits for it any more                       HTTP 499
    │   ├── KeyMissingError     an API key is needed                               HTTP 401
    │   ├── KeyInvalidError     no such API key                                    HTTP 403
    │   ├── ScopeError          the key is not for this                            HTTP 403
    │   ├── RateLimitError      too many requests                                  HTTP 429
    │   ├── QuotaError          the key's characters of the month are used up      HTTP 456
    │   ├── NotFoundError       no such job, glossary or correction                HTTP 404
    │   └── ConflictError       it is not in a state for that                      HTTP 409
    ├── FaultError              a fault of the program, met by a request  exit 70  HTTP 500
    └── InterruptedByUserError  Ctrl-C                                    exit 130

Each says *what* happened, *where* (file, line, model id, segment) and what to do *next*, in one line.
Nothing but this family and KeyboardInterrupt leaves a public function for a fault that a user can cause.
"""

from __future__ import annotations

EXIT_INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells count it (128 + SIGINT)."""


class VistkaError(Exception):
    """Something a person can act on.

    Args:
        what: what happened, without a full stop.
        where: the file, line, model id or segment it happened at; may be empty.
        next_step: what to do about it, as a clause that can follow a semicolon; may be empty.
    """

    exit_code = 1
    http_status = 500
    retry_after_s: float | None = None
    """When trying again may help, in seconds from now; None where it will not."""

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        self.what = what
        self.where = where
        self.next_step = next_step
        super().__init__(self.line())

    def line(self) -> str:
        """The error as one line: `where: what; next`."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        whole = f"{head}; {self.next_step}" if self.next_step else head
        # A file name or a server's answer may hold a line break: one error stays one line.
        return " ".join(whole.split())


class UsageError(VistkaError):
    """The call itself is wrong."""

    exit_code = 2
    http_status = 400


class UnknownCorrectionError(UsageError):
    """The journal of the memory has no row of that number."""


class UnknownModelError(UsageError):
    """No model of that id is in the catalogue."""


class ConfigurationError(UsageError):
    """A configuration file or an option holds a value that is not accepted."""


class InputError(VistkaError):
    """The text that came in cannot be worked on."""

    exit_code = 3
    http_status = 422


class EmptyInputError(InputError):
    """There is nothing in the input but white space."""


class NotTextError(InputError):
    """The input is binary, or its encoding cannot be told."""


class TooLargeError(InputError):
    """The input is over the size limit; it was refused whole, nothing was cut."""

    http_status = 413


class NothingToTranslateError(InputError):
    """Not a word of Ukrainian is in the input."""


class UnsupportedFormatError(InputError):
    """The input is of a format that this version does not read or write."""

    http_status = 415


class ModelError(VistkaError):
    """A model cannot be used."""

    exit_code = 4
    http_status = 503


class ModelMissingError(ModelError):
    """The model's weights are not on this machine and may not be fetched now."""


class DamagedWeightsError(ModelError):
    """A weight file differs from the size or digest that the catalogue promises."""


class FetchError(ModelError):
    """The weights could not be fetched from any of their sources."""


class EngineError(ModelError):
    """The model was loaded but could not run a request."""


class ResourceError(VistkaError):
    """Disk, memory or a lock was not to be had."""

    exit_code = 5
    http_status = 507


class ServiceError(VistkaError):
    """The service will not do it now, or not for this caller."""

    exit_code = 6
    http_status = 503


class BusyError(ServiceError):
    """The queue of the model is full: nothing was begun."""

    def __init__(self, what: str, *, retry_after_s: float, where: str = "", next_step: str = "") -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.retry_after_s = retry_after_s


class DeadlineError(ServiceError):
    """It was not done by the time that was set for it."""

    http_status = 504


class WorkCancelledError(ServiceError):
    """Nobody waits for the result any more."""

    http_status = 499


class KeyMissingError(ServiceError):
    """An API key is needed and none was given."""

    http_status = 401


class KeyInvalidError(ServiceError):
    """There is no such API key, or it was revoked."""

    http_status = 403


class ScopeError(ServiceError):
    """The API key is good, but not for this."""

    http_status = 403


class RateLimitError(ServiceError):
    """Too many requests or characters in too short a time."""

    http_status = 429

    def __init__(self, what: str, *, retry_after_s: float, where: str = "", next_step: str = "") -> None:
        super().__init__(what, where=where, next_step=next_step)
        self.retry_after_s = retry_after_s


class QuotaError(ServiceError):
    """The characters that the key may use in a month are used up."""

    http_status = 456


class NotFoundError(ServiceError):
    """No such job, glossary, correction or key for this caller."""

    http_status = 404


class ConflictError(ServiceError):
    """It is there, but not in a state for what was asked."""

    http_status = 409


class FaultError(VistkaError):
    """A fault of the program itself, as whoever meets it is told of it.

    Args:
        fault_id: of its line in the log.
    """

    exit_code = 70

    def __init__(self, fault_id: str) -> None:
        super().__init__(f"a fault of the service; whoever runs it finds it in the log as {fault_id}")
        self.fault_id = fault_id


class InterruptedByUserError(VistkaError):
    """Ctrl-C."""

    exit_code = EXIT_INTERRUPTED
    http_status = 499
