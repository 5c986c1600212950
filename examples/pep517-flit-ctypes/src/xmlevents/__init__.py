"""Elements of an XML text, as the system's expat finds them."""

import ctypes

from xmlevents import _expat

__all__ = ["elements"]


def elements(text):
    """The names of all elements, in the order in which they start."""
    found = []
    start = _expat.XML_StartElementHandler(lambda _, name, __: found.append(ctypes.string_at(name).decode()))
    parser = _expat.XML_ParserCreate(b"UTF-8")
    try:
        _expat.XML_SetElementHandler(parser, start, _expat.XML_EndElementHandler())
        data = text.encode()
        if _expat.XML_Parse(parser, data, len(data), 1) != _expat.XML_STATUS_OK:
            raise ValueError(_expat.XML_ErrorString(_expat.XML_GetErrorCode(parser)).decode())
    finally:
        _expat.XML_ParserFree(parser)
    return found
