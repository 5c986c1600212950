# Checking the arguments of the functions, and spelling them for headerkit's argument file: one argument a line; a line
# that begins with a tab goes on with the argument before it.

# What others call the arguments: taken for a value, such a word would end in an error far from here, or in none.
set(_headerkit_no_keywords
    "^(HEADER|WRITERS|OUTPUTS|INCLUDES?|INCLUDE_DIRS?|INCLUDE_DIRECTORY|DEFINE|(COMPILE_)?DEFINITIONS|(COMPILE_)?OPTIONS?\
|ARG|DEPEND|DEPENDENCIES|SOURCES?|CDEFS|MODULES|LIBS?|LIBRARY|LIBRARIES|LINK_LIBS?|LINK_LIBRARY|TARGETS?|ABI)$")

# Stop unless cmake_parse_arguments(arg ...) understood everything. KEYWORDS: those that take values. ARGN: keywords that
# may stand without a value. Reads the caller's `arg_` variables.
function(_headerkit_check_keywords where keywords)
  foreach(keyword IN LISTS keywords)
    foreach(value IN LISTS arg_${keyword})
      if(value MATCHES "${_headerkit_no_keywords}" AND NOT keyword MATCHES "^(CODE|ARGS|OPTIONS)$")
        list(JOIN keywords ", " text)
        message(FATAL_ERROR "${where}: there is no argument ${value}; there are ${text}")
      endif()
    endforeach()
  endforeach()
  if(DEFINED arg_UNPARSED_ARGUMENTS)
    list(JOIN arg_UNPARSED_ARGUMENTS " " text)
    message(FATAL_ERROR "${where}: unexpected arguments: ${text}")
  endif()
  set(missing ${arg_KEYWORDS_MISSING_VALUES})
  if(missing AND ARGN)
    list(REMOVE_ITEM missing ${ARGN})
  endif()
  if(missing)
    list(JOIN missing ", " text)
    message(FATAL_ERROR "${where}: no value after ${text}")
  endif()
endfunction()

# Stop where a new target cannot have this name.
function(_headerkit_check_target_name where name)
  if(TARGET "${name}")
    message(FATAL_ERROR "${where}: there is a target of this name already; choose another name")
  endif()
  if(NOT name MATCHES "^[A-Za-z0-9_.+-]+$")
    message(FATAL_ERROR "${where}: the first argument is the name of the new target, and \"${name}\" cannot be one")
  endif()
endfunction()

# Append one line for each value: PREFIX and the value. What is a generator expression may give nothing or a list.
# KIND is PATH (relative to the current source folder) or TEXT.
function(_headerkit_lines variable prefix kind)
  set(lines "${${variable}}")
  foreach(value IN LISTS ARGN)
    if(value MATCHES "\\$<")
      string(APPEND lines "$<$<NOT:$<STREQUAL:${value},>>:${prefix}$<JOIN:${value},\n${prefix}>>\n")
    else()
      if(kind STREQUAL "PATH")
        get_filename_component(value "${value}" ABSOLUTE)
      endif()
      string(APPEND lines "${prefix}${value}\n")
    endif()
  endforeach()
  set(${variable} "${lines}" PARENT_SCOPE)
endfunction()

# Append one line: PREFIX and a text that may have several lines.
function(_headerkit_text variable prefix text)
  string(REPLACE "\n" "\n\t" text "${text}")
  set(${variable} "${${variable}}${prefix}${text}\n" PARENT_SCOPE)
endfunction()

# The last COMMAND of a rule that leaves its outputs (ARGN) alone where nothing in them changed: Ninja knows that from its
# log, make would run the rule again each time.
function(_headerkit_touch result)
  set(${result} "" PARENT_SCOPE)
  if(CMAKE_GENERATOR MATCHES "Makefiles")
    set(${result} COMMAND "${CMAKE_COMMAND}" -E touch ${ARGN} PARENT_SCOPE)
  endif()
endfunction()
