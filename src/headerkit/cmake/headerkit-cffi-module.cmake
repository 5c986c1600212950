# headerkit_add_cffi_module(<name>
#                           MODULE <package.module> CDEF <target or file>
#                           [CSRC <file>] [SOURCES <file>...]
#                           [LINK_LIBRARIES <target or library>...] [INCLUDE_DIRECTORIES <dir>...] [DEFINES <macro>...]
#                           [ABI3 [<oldest Python>]])
#
# Adds a Python extension module, a target like any other: install it, set its properties, link to more. Its C source is
# what cffi emits for the cdef, with CSRC in front; without CSRC, #include lines of what the CDEF target was made from.
# LIBRARIES is the other name of LINK_LIBRARIES.
#
# ABI3 asks for the stable ABI (default 3.10, or what scikit-build-core's wheel.py-api says). Where this Python has none
# (free-threaded, PyPy, older than what was asked for) the module is built for this Python alone.

function(headerkit_add_cffi_module name)
  set(single MODULE CDEF CSRC)
  set(multiple SOURCES LINK_LIBRARIES LIBRARIES INCLUDE_DIRECTORIES DEFINES ABI3)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "${single}" "${multiple}")
  set(where "headerkit_add_cffi_module(${name})")
  _headerkit_check_keywords("${where}" "${single};${multiple}" ABI3)
  _headerkit_check_target_name("${where}" "${name}")
  if(NOT "${arg_MODULE}" MATCHES "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$")
    message(FATAL_ERROR "${where}: MODULE is the module's full name, like vecpkg._vec; got \"${arg_MODULE}\"")
  endif()
  set(cdef_target)
  if(NOT arg_CDEF)
    message(FATAL_ERROR "${where}: give a CDEF: a target of headerkit_generate with WRITER cffi, or a file")
  elseif(TARGET "${arg_CDEF}")
    set(cdef_target "${arg_CDEF}")
    _headerkit_cdef_of_target()
  else()
    _headerkit_file(cdef CDEF "neither a target nor a file")
    set(front)
  endif()
  _headerkit_front(csrc "${front}")
  _headerkit_abi3(abi3)

  string(REGEX REPLACE "^.*\\." "" last "${arg_MODULE}")
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/headerkit/${name}")
  set(source "${folder}/${last}.c")
  _headerkit_touch(touch "${source}")
  _headerkit_command(command)
  add_custom_command(
    OUTPUT "${source}"
    COMMAND ${command} cffi-source "${arg_MODULE}" "${cdef}" "${csrc}" "${source}" --depfile "${folder}/depfile"
    ${touch}
    DEPENDS "${cdef}" "${csrc}" ${cdef_target}
    DEPFILE "${folder}/depfile"
    COMMENT "Generating the C source of ${arg_MODULE}"
    VERBATIM
  )
  _headerkit_add_extension("${name}" "${abi3}" "${source}" ${arg_SOURCES})
  set_target_properties("${name}" PROPERTIES OUTPUT_NAME "${last}")
  target_include_directories("${name}" PRIVATE ${arg_INCLUDE_DIRECTORIES})
  target_compile_definitions("${name}" PRIVATE ${arg_DEFINES})
  target_compile_options("${name}" PRIVATE ${arg_OPTIONS})
  target_link_options("${name}" PRIVATE ${arg_LINK_OPTIONS})
  target_link_directories("${name}" PRIVATE ${arg_LINK_DIRECTORIES})
  target_link_libraries("${name}" PRIVATE ${arg_LINK_LIBRARIES} ${arg_LIBRARIES})
  if(cdef_target)
    add_dependencies("${name}" "${cdef_target}")
  endif()
endfunction()

# What the target arg_CDEF knows, in the caller's variables: `cdef`, its path; `front`, the C source for it; and what its
# headers were parsed with, which they are compiled with as well.
macro(_headerkit_cdef_of_target)
  get_target_property(plan "${arg_CDEF}" HEADERKIT_PLAN)
  get_target_property(writers "${arg_CDEF}" HEADERKIT_WRITERS)
  if(plan)
    _headerkit_planned_module(cdef front "${plan}")
  elseif("cffi" IN_LIST writers)
    list(FIND writers "cffi" index)
    get_target_property(outputs "${arg_CDEF}" HEADERKIT_OUTPUTS)
    list(GET outputs ${index} cdef)
    get_target_property(front "${arg_CDEF}" HEADERKIT_INCLUDES)
    get_target_property(directories "${arg_CDEF}" HEADERKIT_INCLUDE_DIRECTORIES)
    get_target_property(defines "${arg_CDEF}" HEADERKIT_DEFINES)
    list(APPEND arg_INCLUDE_DIRECTORIES ${directories})
    list(APPEND arg_DEFINES ${defines})
  else()
    message(FATAL_ERROR "${where}: CDEF ${arg_CDEF} is no target of headerkit_generate with WRITER cffi")
  endif()
endmacro()

# The absolute path of the file that arg_KEYWORD names.
function(_headerkit_file result keyword otherwise)
  get_filename_component(path "${arg_${keyword}}" ABSOLUTE)
  get_source_file_property(generated "${path}" GENERATED)
  if(NOT EXISTS "${path}" AND NOT generated)
    message(FATAL_ERROR "${where}: ${keyword} ${arg_${keyword}} is ${otherwise}")
  endif()
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

# The file with the C source in front of the module.
function(_headerkit_front result text)
  if(arg_CSRC)
    _headerkit_file(path CSRC "no file")
  elseif(text)
    set(path "${CMAKE_CURRENT_BINARY_DIR}/headerkit/${name}/front.c")
    file(CONFIGURE OUTPUT "${path}" CONTENT "@text@\n" @ONLY NEWLINE_STYLE UNIX)
  else()
    message(FATAL_ERROR "${where}: give CSRC, a file with the #include lines that CDEF ${arg_CDEF} needs")
  endif()
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

# The oldest Python of the stable ABI to build for, empty for this Python alone.
function(_headerkit_abi3 result)
  set(asked "${arg_ABI3}")
  if(NOT asked AND "ABI3" IN_LIST arg_KEYWORDS_MISSING_VALUES)
    set(asked 3.10)
    if(SKBUILD_SABI_VERSION)
      set(asked "${SKBUILD_SABI_VERSION}")
    endif()
  endif()
  if(asked AND NOT asked MATCHES "^3\\.[0-9]+$")
    message(FATAL_ERROR "${where}: ABI3 is the oldest Python that the module loads on, like 3.10; got \"${asked}\"")
  endif()
  if(DEFINED SKBUILD_SABI_VERSION)
    # scikit-build-core names the wheel: the two have to say the same.
    if(NOT SKBUILD_SABI_VERSION)
      set(asked)
    elseif(NOT asked)
      message(FATAL_ERROR "${where}: tool.scikit-build.wheel.py-api makes this an abi3 wheel; add ABI3")
    elseif(asked VERSION_GREATER SKBUILD_SABI_VERSION)
      message(
        FATAL_ERROR
          "${where}: ABI3 ${asked} is newer than tool.scikit-build.wheel.py-api, ${SKBUILD_SABI_VERSION}: the wheel "
          "would be installed on Pythons that cannot load the module"
      )
    endif()
  endif()
  set(${result} "${asked}" PARENT_SCOPE)
endfunction()
