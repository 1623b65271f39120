"""``python -IS client.py ADDRESS -m MODULE …``: that Python, as a fork of the server that listens at the address.

It imports as little as it can (what is written in C of socket and of signal): its start is all that a fork costs
besides. Whatever the server does not take is run by
an interpreter of its own, in the place of this one.
"""

import _signal  # type: ignore[import-not-found]
import _socket
import marshal
import os
import resource
import sys

HANDED_ON = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM")
LIMITS = ("AS", "CORE", "CPU", "DATA", "FSIZE", "NOFILE", "NPROC", "STACK")
NAMESPACES = ("user", "mnt", "net")
TAKEN = b"+"


def surroundings() -> tuple[object, ...]:
    """What a process has from the one that started it and a fork cannot be given: limits, and whether it is kinder."""
    return (*(resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in LIMITS), os.nice(0))


def namespaces() -> dict[str, str]:
    """Which of them this process is in."""
    return {name: os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES}  # noqa: PTH115 -- pathlib takes long


def main() -> None:
    address, arguments = sys.argv[1], sys.argv[2:]
    if arguments[arguments[:1] == ["-u"] :][:1] in (["-m"], ["-c"]):
        try:
            ended = _ask(address, arguments)
        except OSError:  # the server is no more
            ended = None
        if ended is not None:
            _end(ended)
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 -- the same Python


def _ask(address: str, arguments: list[str]) -> int | None:
    """How this command ended, in a fork; None where the server takes it not. Raises OSError before it began."""
    server = _socket.socket(_socket.AF_UNIX)
    server.connect(address)
    mask = os.umask(0o77)
    os.umask(mask)
    asked = {
        "arguments": arguments,
        "values": dict(os.environb),
        "folder": os.getcwd(),  # noqa: PTH109 -- pathlib takes long
        "mask": mask,
        "surroundings": surroundings(),
        "namespaces": namespaces(),
        "process": os.getpid(),
    }
    request = marshal.dumps(asked)
    files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    server.sendmsg([len(request).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
    server.sendall(request)
    if server.recv(1) != TAKEN:
        return None

    def hand_on(number: int, _: object) -> None:
        try:
            server.send(bytes([number]))
        except OSError:  # it has ended meanwhile
            return

    for name in HANDED_ON:
        number = getattr(_signal, name)
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, hand_on)
    ended = server.recv(4)
    return int.from_bytes(ended, "big", signed=True) if ended else -_signal.SIGKILL


def _end(status: int) -> None:
    """End as the fork did: with its exit status, or by the signal of this number, if negative."""
    if status < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        if -status not in (_signal.SIGKILL, _signal.SIGSTOP):
            _signal.signal(-status, _signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main()
