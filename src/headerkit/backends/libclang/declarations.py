"""Cursors at file scope as declarations: the library's own, and of others' what they refer to.

The walk reads own declarations in their order. A type that names another declaration is noted (`tag`, `typedef`); what
was noted and is not the library's own is read at the end and put in front, in an order in which C could read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headerkit.backends.libclang.abi import CursorKind, TypeKind
from headerkit.backends.libclang.comments import clean
from headerkit.backends.libclang.known_functions import KNOWN_FUNCTIONS, as_declared
from headerkit.backends.libclang.records import read_enum, read_record
from headerkit.backends.libclang.tags import KEYWORDS, TagName, TagNames
from headerkit.backends.libclang.types import Types
from headerkit.backends.libclang.values import evaluate
from headerkit.ir import Alias, Attribute, Enum, Function, FunctionType, Location, Pointer, Record, Typedef, Variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from headerkit.backends.libclang.abi import CXCursor
    from headerkit.backends.libclang.attributes import Attributes
    from headerkit.backends.libclang.files import Files
    from headerkit.backends.libclang.scan import Definition
    from headerkit.backends.libclang.translation_unit import TranslationUnit
    from headerkit.ir import Declaration, Type

__all__ = ["Declarations"]

_SIZELESS = (TypeKind.VOID, TypeKind.FUNCTION_PROTO, TypeKind.FUNCTION_NO_PROTO)
_UNSAID = 1  # clang-c/Index.h, CX_SC_None
_STATIC = 3  # clang-c/Index.h, CX_SC_Static
_INTERNAL = 2  # CXLinkage_Internal
_NO_CURSOR = range(70, 74)  # CXCursor_FirstInvalid..LastInvalid


class Declarations:
    """The reader of one translation unit."""

    def __init__(
        self,
        unit: TranslationUnit,
        files: Files,
        sizes: dict[str, tuple[int, int]],
        macro: Callable[[str], Definition | None],
    ) -> None:
        self.unit = unit
        self.clang = unit.clang
        self.files = files
        self.sizes = sizes
        self.foreign_cursors: list[CXCursor] = []
        """Declarations at file scope that are not the library's own."""
        self.types = Types(unit, self, sizes)
        self._macro = macro
        self._attributes: Attributes | None = None
        self.own: list[Declaration] = []
        """What was read, in order: own declarations, and records and enums written inside them."""
        self.tags: dict[str, Record | Enum] = {}
        self.enumerators: dict[str, tuple[int, str]] = {}
        """Value and enum's key of each enumerator read."""
        self.named: dict[str, Function | Variable | Typedef] = {}
        self.context = ""
        """`parent key.member` while a member's type is read."""
        self.documented = False
        """Whether any comment stands near the declaration being read: else clang is not asked for it."""
        self.before_macro: bytes | None = None
        """The text before the macro that writes the declaration being read; None where it is plain text."""
        self.may_not_return = False
        """Whether its file speaks of `noreturn` at all: only a type's spelling tells, and that costs a microsecond."""
        self.forward: set[str] = set()
        """Keys of records and enums that own files declare without their members."""
        self.pending_tags: dict[str, CXCursor] = {}
        self.pending_typedefs: dict[str, CXCursor] = {}
        self.typedefs_again = False
        """Whether the library declares a typedef of another file again (C11 6.7p3), after it used it."""
        self._names = TagNames(unit)
        self._by_pointer: dict[int | None, TagName] = {}
        self._by_definition: dict[int | None, TagName] = {}
        self._reading: list[str] = []
        self._only_inline: set[str] = set()  # functions of which every declaration says inline and none extern
        self._foreign: dict[str, CXCursor] | None = None
        self._typedef_names: dict[int | None, str] = {}
        self._readers = {
            CursorKind.FUNCTION: self._function,
            CursorKind.VARIABLE: self._variable,
            CursorKind.TYPEDEF: self._typedef,
            CursorKind.STRUCT: self._tag,
            CursorKind.UNION: self._tag,
            CursorKind.ENUM: self._tag,
        }

    # -- what the walk calls

    def read(self, cursor: CXCursor, location: Location) -> None:
        """Read one own declaration at file scope. Static assertions and empty ones are none."""
        reader = self._readers.get(cursor.kind)
        if reader is not None:
            reader(cursor, location, owned=True)

    def read_pending(self) -> bool:
        """Read, as not owned, what was referred to and is not there yet. False when there was nothing."""
        found = False
        for name in [name for name in self.pending_typedefs if name not in self.named]:
            self._typedef(self.pending_typedefs[name], self._location(self.pending_typedefs[name]), owned=False)
            found = True
        for key in [key for key in self.pending_tags if key not in self.tags]:
            cursor = self.pending_tags[key]
            self._read_tag(cursor, key, self._location(cursor), owned=False)
            found = True
        return found

    def foreign(self, name: str) -> CXCursor | None:
        """What another file declares under an ordinary identifier: a function, variable, typedef or enumerator."""
        if self._foreign is None:
            self._foreign = {}
            for cursor in self.foreign_cursors:
                if cursor.kind == CursorKind.ENUM:
                    for child in self.unit.children(cursor):
                        self._foreign[self.unit.spelling(child)] = child
                elif cursor.kind in (CursorKind.FUNCTION, CursorKind.VARIABLE, CursorKind.TYPEDEF):
                    self._foreign[self.unit.spelling(cursor)] = cursor
        return self._foreign.get(name)

    # -- what types call (types.Names)

    def tag(self, declaration: CXCursor) -> str:
        """The key of a record or enum; one that is written inside the record being read is read at once."""
        known = self._by_pointer.get(declaration.declaration)
        if known is None:
            known = self._new_tag(declaration)
            self._by_pointer[declaration.declaration] = known
        return known.key

    def _new_tag(self, declaration: CXCursor) -> TagName:
        definition = self.clang.clang_getCursorDefinition(declaration)
        complete = definition.kind not in _NO_CURSOR
        cursor = definition if complete else declaration
        known = self._by_definition.get(cursor.declaration)
        if known is not None:
            return known
        name = self._names.name(cursor, self.context)
        self._by_definition[cursor.declaration] = name
        if not complete and name.key in self.pending_tags:
            return name
        if name.key != "struct __va_list_tag":  # clang's own, and seen through by types
            self.pending_tags[name.key] = cursor
        if complete and self._reading:
            parent = self.clang.clang_getCursorLexicalParent(cursor)
            known_parent = self._by_definition.get(parent.declaration)
            if known_parent is not None and known_parent.key in self._reading:
                location = self._location(cursor)
                self._read_tag(cursor, name.key, location, owned=self._owned_now, parent=known_parent.key)
        return name

    def typedef(self, declaration: CXCursor) -> str:
        """The name of a typedef."""
        name = self._typedef_names.get(declaration.declaration)
        if name is None:
            name = self._typedef_names[declaration.declaration] = self.unit.spelling(declaration)
            if not name.startswith("__builtin_") and name not in ("__int128_t", "__uint128_t"):
                self.pending_typedefs.setdefault(name, declaration)
        return name

    # -- readers

    def _location(self, cursor: CXCursor) -> Location:
        return self.files.location(*self.unit.place_of(cursor)[:2])

    def doc(self, cursor: CXCursor) -> str:
        """A declaration's comment."""
        if not self.documented:
            return ""
        if self.before_macro is not None:
            return self._doc_of_macro(self.before_macro)
        raw = self.unit.text(self.clang.clang_Cursor_getRawCommentText(cursor))
        return clean(raw) if raw else ""

    @staticmethod
    def _doc_of_macro(before: bytes) -> str:
        """The comment at the end of a text. clang 17 and older attach none to a declaration that a macro writes."""
        begin, end = before.rfind(b"/*"), before.rfind(b"*/")
        if begin < 0 or end < begin or any(byte in before[end:] for byte in b";}#"):
            return ""
        return clean(before[begin : end + 2].decode("utf-8", "replace"))

    def _is_named_by_line(self, cursor: CXCursor, name: str) -> bool:
        """Whether a macro made the name of the line it is used on, and is used on several.

        A static assertion does so. Which of the lines `__LINE__` is then, compilers have different minds about: C code
        that has another one's name for it does not compile.
        """
        clang, places = self.clang, self.unit.places
        if not places.in_macro(cursor):
            return False
        extent = clang.clang_getCursorExtent(cursor)
        first, last = (places.ask(at)[1] for at in (clang.clang_getRangeStart(extent), clang.clang_getRangeEnd(extent)))
        return first != last and any(name.endswith(f"_{line}") for line in range(first, last + 1))

    @property
    def attributes(self) -> Attributes:
        """Who reads attributes."""
        if self._attributes is None:
            from headerkit.backends.libclang.attributes import Attributes  # noqa: PLC0415 - many libraries have none

            self._attributes = Attributes(self.unit, self._macro)
        return self._attributes

    def attributes_of(self, cursor: CXCursor) -> tuple[tuple[Attribute, ...], str]:
        """(attributes, asm label) of any declaration."""
        if self.clang.clang_Cursor_hasAttrs(cursor):
            return self.attributes.read(cursor)
        return (), ""

    def _function(self, cursor: CXCursor, location: Location, *, owned: bool) -> None:
        clang, unit = self.clang, self.unit
        name = unit.spelling(cursor)
        kind = clang.clang_getCursorType(cursor)
        read = self.types.read(kind)
        if not isinstance(read, FunctionType):
            # Declared through a typedef of a function type: `fn_t f;`.
            canonical = clang.clang_getCanonicalType(kind).kind
            read = self.types.function(kind, prototype=canonical == TypeKind.FUNCTION_PROTO)
        if name in KNOWN_FUNCTIONS:
            read = as_declared(unit, self.types, cursor, read)
        parameters: tuple[str, ...] = ()
        if read.params:
            spelling, get = unit.spelling, clang.clang_Cursor_getArgument
            parameters = tuple([spelling(get(cursor, number)) for number in range(len(read.params))])
        attributes, label = self.attributes_of(cursor)
        if (
            self.may_not_return
            and self.types.is_noreturn(kind)
            and not any(attribute.name == "noreturn" for attribute in attributes)
        ):
            attributes = (Attribute("noreturn"), *attributes)
        storage = clang.clang_Cursor_getStorageClass(cursor)
        inlined = bool(clang.clang_Cursor_isFunctionInlined(cursor))
        function = Function(
            name,
            read,
            parameters,
            "static" if storage == _STATIC else "extern",
            inlined,
            label,
            owned,
            location,
            self.doc(cursor),
            attributes,
        )
        known = self.named.get(name)
        if isinstance(known, Function):
            _merge_function(known, function)
        else:
            self.named[name] = known = function
            self.own.append(function)
            if inlined:
                self._only_inline.add(name)
        if name in self._only_inline:
            self._note_inline(known, cursor, alone=inlined and storage == _UNSAID)

    def _note_inline(self, function: Function, cursor: CXCursor, *, alone: bool) -> None:
        """Say whether a function is an inline definition; `alone` is that this declaration says nothing but `inline`.

        clang inherits `inline`, so `int f(int);` behind the definition goes unseen; that makes a symbol of f (C11
        6.7.4p7), and to ask for one once more does no harm.
        """
        if alone:
            function.inline_definition = function.inline_definition or self._has_body(cursor)
        else:
            self._only_inline.remove(function.name)
            function.inline_definition = False

    def _has_body(self, cursor: CXCursor) -> bool:
        """Whether something stands between a function's declarator and a semicolon: the parse skips bodies."""
        handle, _, offset = self.unit.places.ask(self.clang.clang_getRangeEnd(self.clang.clang_getCursorExtent(cursor)))
        return not self.unit.contents(handle)[offset : offset + 64].lstrip().startswith(b";")

    def _variable(self, cursor: CXCursor, location: Location, *, owned: bool) -> None:
        clang = self.clang
        name = self.unit.spelling(cursor)
        if name[-1:].isdigit() and self._is_named_by_line(cursor, name):
            return
        kind = clang.clang_getCursorType(cursor)
        attributes, label = self.attributes_of(cursor)
        defined = clang.clang_isCursorDefinition(cursor)
        static = clang.clang_Cursor_getStorageClass(cursor) == _STATIC
        if defined and not static:  # C23's constexpr objects are static without the word (6.2.2p3)
            static = clang.clang_getCursorLinkage(cursor) == _INTERNAL
        variable = Variable(
            name,
            self.types.read(kind),
            "static" if static else "extern",
            clang.clang_getCursorTLSKind(cursor) != 0,
            evaluate(self.unit, cursor).value if defined else None,
            label,
            owned,
            location,
            self.doc(cursor),
            attributes,
        )
        known = self.named.get(name)
        if isinstance(known, Variable):
            known.type = variable.type
            known.doc = known.doc or variable.doc
            known.attributes += tuple(new for new in attributes if new not in known.attributes)
        else:
            self.named[name] = variable
            self.own.append(variable)

    def _typedef(self, cursor: CXCursor, location: Location, *, owned: bool) -> None:
        clang = self.clang
        name = self.unit.spelling(cursor)
        if name in self.named or (name[-1:].isdigit() and self._is_named_by_line(cursor, name)):
            return
        if owned and name in self.pending_typedefs:
            self.typedefs_again = True
        underlying = self.types.read(clang.clang_getTypedefDeclUnderlyingType(cursor))
        attributes = self.attributes_of(cursor)[0]
        size, align = self._size(cursor, underlying, plain=not attributes)
        typedef = Typedef(name, underlying, size, align, owned, location, self.doc(cursor) if owned else "", attributes)
        self.named[name] = typedef
        self.own.append(typedef)

    def _size(self, cursor: CXCursor, underlying: Type, *, plain: bool) -> tuple[int | None, int | None]:
        """(size, align) of a typedef; `plain` says that it has no attribute that could change them."""
        if plain:
            if underlying.__class__ is Pointer:
                return self.sizes["*"]
            if underlying.__class__ is FunctionType:
                return None, None
            named = self.named.get(underlying.name) if isinstance(underlying, Alias) else None
            if isinstance(named, Typedef):
                return named.size, named.align
        kind = self.clang.clang_getCursorType(cursor)
        size = self.clang.clang_Type_getSizeOf(kind)
        align = self.clang.clang_Type_getAlignOf(kind) if size >= 0 else -1
        # void and functions have a size of 1 by GNU's rules, but none by C's (C11 6.5.3.4p1).
        if align <= 0 or self.clang.clang_getCanonicalType(kind).kind in _SIZELESS:
            return None, None
        return size, align

    def _tag(self, cursor: CXCursor, location: Location, *, owned: bool) -> None:
        if not self.clang.clang_isCursorDefinition(cursor):
            definition = self.clang.clang_getCursorDefinition(cursor)
            key = self.tag(cursor)
            if definition.kind in _NO_CURSOR and key not in self.tags:
                self._read_tag(cursor, key, location, owned=owned)
            if owned:
                self.forward.add(key)
            return
        key = self.tag(cursor)
        if key not in self.tags:
            self._read_tag(cursor, key, location, owned=owned)

    _owned_now = True

    def _read_tag(self, cursor: CXCursor, key: str, location: Location, *, owned: bool, parent: str = "") -> None:
        name = self._by_definition[cursor.declaration]
        outer = self.context, self._owned_now
        self._owned_now = owned
        self._reading.append(key)
        declaration: Record | Enum
        if cursor.kind == CursorKind.ENUM:
            declaration = read_enum(self, cursor, name)
            for enumerator in declaration.enumerators or ():
                self.enumerators.setdefault(enumerator.name, (enumerator.value, key))
        else:
            declaration = read_record(self, cursor, name, KEYWORDS[cursor.kind])
        self._reading.pop()
        self.context, self._owned_now = outer
        declaration.parent = parent
        declaration.owned = owned
        declaration.location = location
        if owned:
            declaration.doc = self.doc(cursor)
        self.tags[key] = declaration
        self.own.append(declaration)


def _merge_function(known: Function, new: Function) -> None:
    """Take a redeclaration into the first declaration: clang's composite type, and whatever the first lacks."""
    if new.type.params is not None:
        if known.type.params is None or not any(known.parameters):
            known.parameters = new.parameters
        known.type = new.type
    known.inline = known.inline or new.inline
    known.asm_label = known.asm_label or new.asm_label
    known.doc = known.doc or new.doc
    known.attributes += tuple(attribute for attribute in new.attributes if attribute not in known.attributes)
