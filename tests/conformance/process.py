"""A script as a child process with the descriptors of docs/protocol.md, section 2. Every wait has a time-out."""

import fcntl
import os
import select
import signal
import threading
import time


class Stream:
    """Reads one descriptor to its end in a thread and keeps its lines, without line ends."""

    def __init__(self, descriptor):
        self.lines = []
        self.ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(descriptor,), daemon=True)
        self._thread.start()

    def _read(self, descriptor):
        with open(descriptor, "rb") as stream:
            for line in stream:
                with self._changed:
                    self.lines.append(line.removesuffix(b"\n").decode("utf-8", "backslashreplace"))
                    self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_for(self, found, timeout):
        """Waits until found(lines) is true or nothing more can come; says whether it is true."""
        with self._changed:
            self._changed.wait_for(lambda: found(self.lines) or self.ended, timeout)
            return found(self.lines)


class Process:
    """`how` is what `dragoman compile --json` prints. With `classic`, the conversation stays on 0 and 1."""

    def __init__(self, how, classic=False):
        private = how.get("channel", "stdio") == "private"
        to_script, self._to_script = _pipe()
        self._close_after_start = []
        conversation = self._reading_end()
        stderr = self._reading_end()
        environment = dict(os.environ)
        for name in ("DRAGOMAN_OUTPUT", "DRAGOMAN_CHANNEL", "PYTHONUNBUFFERED"):
            environment.pop(name, None)
        if private:
            output = self._reading_end()
            nothing = _high(os.open("/dev/null", os.O_RDONLY))
            self._close_after_start.append(nothing)
            places = [nothing, output[1], stderr[1], to_script, conversation[1]]
            environment["DRAGOMAN_CHANNEL"] = "3,4"
        elif classic:
            output = None
            places = [to_script, conversation[1], stderr[1]]
        else:
            output = self._reading_end()
            places = [to_script, conversation[1], stderr[1], output[1]]
            environment["DRAGOMAN_OUTPUT"] = "3"
        environment.update(how.get("environment", {}))
        actions = [(os.POSIX_SPAWN_DUP2, source, target) for target, source in enumerate(places)]
        command = how["command"]
        self.pid = os.posix_spawnp(command[0], command, environment, file_actions=actions, setpgroup=0)
        self._pidfd = os.pidfd_open(self.pid)
        for descriptor in [to_script, *self._close_after_start]:
            os.close(descriptor)
        self.conversation = Stream(conversation[0])
        self.stderr = Stream(stderr[0])
        self.output = Stream(output[0]) if output else None
        self.exit_code = None

    def _reading_end(self):
        ends = _pipe()
        self._close_after_start.append(ends[1])
        return ends

    def send(self, data, timeout):
        """Sends all of it; False when the script does not read it in time or has closed its input."""
        until = time.monotonic() + timeout
        os.set_blocking(self._to_script, False)
        while data:
            if not select.select([], [self._to_script], [], max(0, until - time.monotonic()))[1]:
                return False
            try:
                data = data[os.write(self._to_script, data) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                return False
        return True

    def close_input(self):
        if self._to_script is not None:
            os.close(self._to_script)
            self._to_script = None

    def wait(self, timeout):
        """The exit code, a signal as a negative number; None when it has not ended in time."""
        if self.exit_code is None and select.select([self._pidfd], [], [], timeout)[0]:
            self.exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.exit_code

    def end(self):
        """Ends it and all that it started in its process group."""
        self.close_input()
        if self.wait(0) is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait(10)
        os.close(self._pidfd)


def _high(descriptor):
    """The same, out of the way of the numbers that the child will have."""
    other = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 20)
    os.close(descriptor)
    return other


def _pipe():
    return tuple(_high(end) for end in os.pipe())
