"""Python imports this at its start: root goes on without the right to write where permissions forbid it."""

import ctypes

_CAP_DAC_OVERRIDE = 1
_header = (ctypes.c_uint32 * 2)(0x20080522, 0)
_rights = (ctypes.c_uint32 * 6)()
_libc = ctypes.CDLL(None, use_errno=True)
assert _libc.capget(_header, _rights) == 0
_rights[0] &= ~(1 << _CAP_DAC_OVERRIDE)
assert _libc.capset(_header, _rights) == 0
