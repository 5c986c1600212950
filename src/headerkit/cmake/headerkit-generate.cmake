# headerkit_generate([TARGET] <name>
#                    HEADERS <header>... | CODE <line>...
#                    WRITER <writer>... OUTPUT <file>...
#                    [INCLUDE_DIRECTORIES <dir>...] [DEFINES <NAME[=VALUE]>...] [LINK_LIBRARIES <target>...]
#                    [OPTIONS <clang argument>...] [ARGS <headerkit argument>...] [DEPENDS <file or target>...]
#                    [TARGET_TRIPLE <triple>] [EXCLUDE_FROM_ALL])
# headerkit_generate([<name>] PROJECT [<folder>] ...)      see headerkit-project.cmake
#
# Adds a target that writes one OUTPUT for each WRITER from the store, or from the headers where the store has no valid
# entry. Include directories and definitions come from the targets of LINK_LIBRARIES too. The output is made again when a
# file changes that the headers include, at any depth; when the arguments change; and when the project's settings do.

function(headerkit_generate name)
  set(keywords
      HEADERS CODE WRITER OUTPUT INCLUDE_DIRECTORIES DEFINES LINK_LIBRARIES OPTIONS ARGS DEPENDS PROJECT)
  if(name STREQUAL "PROJECT")
    set(name headerkit)
    cmake_parse_arguments(PARSE_ARGV 0 arg "EXCLUDE_FROM_ALL" "TARGET_TRIPLE" "${keywords}")
  elseif(name STREQUAL "TARGET" AND ARGC GREATER 1)
    set(name "${ARGV1}")
    cmake_parse_arguments(PARSE_ARGV 2 arg "EXCLUDE_FROM_ALL" "TARGET_TRIPLE" "${keywords}")
  else()
    cmake_parse_arguments(PARSE_ARGV 1 arg "EXCLUDE_FROM_ALL" "TARGET_TRIPLE" "${keywords}")
  endif()
  set(where "headerkit_generate(${name})")
  _headerkit_check_keywords("${where}" "${keywords}" PROJECT)
  _headerkit_check_target_name("${where}" "${name}")
  if(DEFINED arg_PROJECT OR "PROJECT" IN_LIST arg_KEYWORDS_MISSING_VALUES)
    _headerkit_generate_project()
  else()
    _headerkit_generate_headers()
  endif()
endfunction()

# The body of headerkit_generate for HEADERS and CODE; reads its variables.
function(_headerkit_generate_headers)
  _headerkit_check_generate()
  _headerkit_project_root(root settings "${CMAKE_CURRENT_SOURCE_DIR}")
  _headerkit_target_triple(triple "${where}" "${arg_TARGET_TRIPLE}")
  _headerkit_headers(unit includes depends)

  set(outputs)
  set(content "${unit}")
  foreach(writer output IN ZIP_LISTS arg_WRITER arg_OUTPUT)
    get_filename_component(output "${output}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
    get_source_file_property(generated "${output}" GENERATED)
    if(generated OR output IN_LIST outputs)
      message(FATAL_ERROR "${where}: OUTPUT ${output} is made by another rule already; choose another file")
    endif()
    list(APPEND outputs "${output}")
    string(APPEND content "-w\n${writer}\n-o\n${writer}:${output}\n")
  endforeach()
  if(triple)
    string(APPEND content "--target=${triple}\n")
  endif()
  string(APPEND content "--build-dir=${CMAKE_BINARY_DIR}\n")
  _headerkit_lines(content "--include-from=${name}=" PATH ${arg_INCLUDE_DIRECTORIES})
  _headerkit_lines(content "-D" TEXT ${arg_DEFINES})
  _headerkit_linked(content)
  _headerkit_lines(content "--arg=" TEXT ${arg_OPTIONS})
  _headerkit_lines(content "" TEXT ${arg_ARGS})

  _headerkit_add_generation("${content}" "${outputs}" "${arg_OUTPUT}")
  set(directories)
  foreach(directory IN LISTS arg_INCLUDE_DIRECTORIES)
    if(NOT directory MATCHES "\\$<")
      get_filename_component(directory "${directory}" ABSOLUTE)
    endif()
    list(APPEND directories "${directory}")
  endforeach()
  set_target_properties(
    "${name}"
    PROPERTIES HEADERKIT_OUTPUTS "${outputs}"
               HEADERKIT_WRITERS "${arg_WRITER}"
               HEADERKIT_INCLUDES "${includes}"
               HEADERKIT_INCLUDE_DIRECTORIES "${directories}"
               HEADERKIT_DEFINES "${arg_DEFINES}"
  )
endfunction()

# Stop where the arguments do not fit together.
function(_headerkit_check_generate)
  if(arg_HEADERS AND arg_CODE)
    message(FATAL_ERROR "${where}: give HEADERS or CODE, not both")
  elseif(NOT arg_HEADERS AND NOT arg_CODE)
    message(FATAL_ERROR "${where}: give HEADERS, or CODE, or PROJECT for what pyproject.toml says")
  endif()
  if(NOT arg_WRITER)
    message(FATAL_ERROR "${where}: give a WRITER (cffi, ctypes, cython, ...)")
  elseif(NOT arg_OUTPUT)
    message(FATAL_ERROR "${where}: give an OUTPUT, the file to write")
  endif()
  list(LENGTH arg_WRITER writers)
  list(LENGTH arg_OUTPUT outputs)
  if(NOT writers EQUAL outputs)
    message(FATAL_ERROR "${where}: ${writers} of WRITER and ${outputs} of OUTPUT: give one OUTPUT for each WRITER")
  endif()
  foreach(item IN LISTS arg_OUTPUT arg_HEADERS arg_LINK_LIBRARIES)
    if(item MATCHES "\\$<")
      message(FATAL_ERROR "${where}: HEADERS, OUTPUT and LINK_LIBRARIES take no generator expressions: ${item}")
    endif()
  endforeach()
endfunction()

# What to parse, as lines of the argument file (unit); as #include lines for a compiler (includes); the files known now.
function(_headerkit_headers unit includes depends)
  set(files)
  set(for_compiler)
  set(for_project)
  # A project in its build folder (a build in the source tree, a fetched project) is the project all the same.
  file(RELATIVE_PATH root_from_build "${CMAKE_BINARY_DIR}" "${root}")
  foreach(header IN LISTS arg_HEADERS)
    get_filename_component(path "${header}" ABSOLUTE)
    get_source_file_property(generated "${path}" GENERATED)
    if(IS_ABSOLUTE "${header}" OR EXISTS "${path}" OR generated)
      list(APPEND files "${path}")
      list(APPEND for_compiler "#include \"${path}\"")
      file(RELATIVE_PATH inside "${root}" "${path}")
      file(RELATIVE_PATH built "${CMAKE_BINARY_DIR}" "${path}")
      if(inside MATCHES "^\\.\\./" OR IS_ABSOLUTE "${inside}" OR (root_from_build MATCHES "^\\.\\./"
                                                               AND NOT built MATCHES "^\\.\\./"))
        set(elsewhere "${header}")
      endif()
      list(APPEND for_project "#include \"${inside}\"")
    else()
      # As it is included: only the include directories know where it is.
      set(path "${header}")
      list(APPEND for_compiler "#include <${header}>")
      list(APPEND for_project "#include <${header}>")
    endif()
  endforeach()
  list(LENGTH arg_HEADERS count)
  if(count EQUAL 1)
    set(content "${path}\n")
    set(text "${for_compiler}")
  else()
    if(count EQUAL 0)
      list(JOIN arg_CODE "\n" text)
      set(code "${text}")
    else()
      if(DEFINED elsewhere)
        message(
          FATAL_ERROR
            "${where}: ${elsewhere} lies outside the project; among several HEADERS write it as it is included, and say "
            "where it is with INCLUDE_DIRECTORIES or LINK_LIBRARIES"
        )
      endif()
      list(JOIN for_compiler "\n" text)
      list(JOIN for_project "\n" code)
    endif()
    set(content "${name}.h\n")
    _headerkit_text(content "--code=" "${code}")
  endif()
  set(${unit} "${content}" PARENT_SCOPE)
  set(${includes} "${text}" PARENT_SCOPE)
  set(${depends} "${files}" PARENT_SCOPE)
endfunction()

# What users of the libraries get from them. A name with :: is a target, any other one may be a plain library, which says
# nothing about headers.
function(_headerkit_linked variable)
  set(content "${${variable}}")
  foreach(library IN LISTS arg_LINK_LIBRARIES)
    set(lines)
    _headerkit_lines(
      lines "--include-from=${library}=" TEXT "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>>"
    )
    _headerkit_lines(lines "-D" TEXT "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>>")
    if(library MATCHES "::")
      string(APPEND content "${lines}")
    else()
      string(APPEND content "$<$<TARGET_EXISTS:${library}>:${lines}>")
    endif()
  endforeach()
  set(${variable} "${content}" PARENT_SCOPE)
endfunction()

# Add the argument file, the command and the target. Reads name, root, settings, depends and arg_ of the callers.
function(_headerkit_add_generation content outputs shown)
  # Some properties of targets depend on the configuration and on the language that they are asked for.
  set(language)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  list(REMOVE_ITEM languages NONE)
  if("C" IN_LIST languages)
    set(language "C")
  elseif(languages)
    list(GET languages 0 language)
  endif()
  get_property(multi GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/headerkit/${name}")
  set(base "${folder}/arguments")
  if(multi)
    string(APPEND base "-$<CONFIG>")
  endif()
  if(language)
    file(GENERATE OUTPUT "${base}-$<COMPILE_LANGUAGE>.txt" CONTENT "${content}")
    set(arguments "${base}-${language}.txt")
  else()
    file(GENERATE OUTPUT "${base}.txt" CONTENT "${content}")
    set(arguments "${base}.txt")
  endif()

  _headerkit_touch(touch ${outputs})
  _headerkit_command(command)
  list(JOIN shown ", " shown)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${command} "@${arguments}" --depfile "${folder}/depfile"
    ${touch}
    WORKING_DIRECTORY "${root}"
    DEPENDS "${arguments}" ${depends} ${settings} ${arg_DEPENDS}
    DEPFILE "${folder}/depfile"
    COMMENT "Generating ${shown}"
    VERBATIM COMMAND_EXPAND_LISTS
  )
  set(all ALL)
  if(arg_EXCLUDE_FROM_ALL)
    set(all)
  endif()
  add_custom_target("${name}" ${all} DEPENDS ${outputs})
  # A library's build may write the headers that are read here.
  foreach(library IN LISTS arg_LINK_LIBRARIES)
    if(TARGET "${library}")
      get_target_property(aliased "${library}" ALIASED_TARGET)
      if(aliased)
        set(library "${aliased}")
      endif()
      get_target_property(imported "${library}" IMPORTED)
      if(NOT imported)
        add_dependencies("${name}" "${library}")
      endif()
    endif()
  endforeach()
endfunction()
