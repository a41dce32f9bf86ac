"""A job: on Windows, what ends a worker when this process ends however, and holds its memory to a bound.

Elsewhere it does nothing: there a worker sees to that itself (`tied`).
"""

import sys

_MEGABYTE = 1024 * 1024

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMITS = 9
    _KILL_ON_CLOSE = 0x2000
    _PROCESS_MEMORY = 0x100
    _SET_QUOTA_AND_TERMINATE = 0x0100 | 0x0001

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _Limits(ctypes.Structure):
        _fields_ = (
            ("Basic", _BasicLimits),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class Job:
        """Holds one process, and what it starts: all end when the job is closed, or nobody is left who has it open."""

        def __init__(self, pid: int, memory: int | None) -> None:
            """`memory` is how many megabytes each process in it may take; none is no bound.

            Raises:
                OSError: the process cannot be held.
            """
            self._windows = ctypes.WinDLL("kernel32", use_last_error=True)
            self._windows.CreateJobObjectW.restype = wintypes.HANDLE
            self._windows.OpenProcess.restype = wintypes.HANDLE
            self._job = self._got(self._windows.CreateJobObjectW(None, None))
            limits = _Limits()
            limits.Basic.LimitFlags = _KILL_ON_CLOSE | (0 if memory is None else _PROCESS_MEMORY)
            limits.ProcessMemoryLimit = (memory or 0) * _MEGABYTE
            self._got(
                self._windows.SetInformationJobObject(
                    wintypes.HANDLE(self._job), _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
                )
            )
            process = self._got(self._windows.OpenProcess(_SET_QUOTA_AND_TERMINATE, False, pid))
            try:
                self._got(self._windows.AssignProcessToJobObject(wintypes.HANDLE(self._job), wintypes.HANDLE(process)))
            finally:
                self._windows.CloseHandle(wintypes.HANDLE(process))

        def close(self) -> None:
            """End what is left in it."""
            if self._job:
                self._windows.CloseHandle(wintypes.HANDLE(self._job))
                self._job = 0

        def _got(self, result: int | None) -> int:
            if not result:
                raise ctypes.WinError(ctypes.get_last_error())
            return result

else:

    class Job:
        """Nothing."""

        def __init__(self, pid: int, memory: int | None) -> None:
            """Hold nothing."""

        def close(self) -> None:
            """Do nothing."""
