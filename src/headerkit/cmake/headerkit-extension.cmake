# A Python extension module as a CMake target.

# Add the MODULE library `name` for the stable ABI of the Python `abi3`, or for this Python alone where that is empty or
# this Python has no such ABI. ARGN: its sources.
function(_headerkit_add_extension name abi3)
  _headerkit_development(interface soabi "${abi3}")
  add_library("${name}" MODULE ${ARGN})
  target_link_libraries("${name}" PRIVATE "${interface}")
  if(soabi STREQUAL "abi3")
    string(REGEX MATCH "[0-9]+$" minor "${abi3}")
    math(EXPR hex "${minor}" OUTPUT_FORMAT HEXADECIMAL)
    string(REGEX REPLACE "^0x" "" hex "${hex}")
    if(minor LESS 16)
      string(PREPEND hex 0)
    endif()
    target_compile_definitions("${name}" PRIVATE "Py_LIMITED_API=0x03${hex}0000")
  else()
    # Left alone, cffi's header would choose the limited API by itself.
    target_compile_definitions("${name}" PRIVATE _CFFI_NO_LIMITED_API)
  endif()
  set(suffix ".${soabi}.so")
  if(WIN32)
    set(suffix ".${soabi}.pyd")
    if(soabi STREQUAL "abi3")
      set(suffix ".pyd")
    endif()
  endif()
  set_target_properties("${name}" PROPERTIES PREFIX "" SUFFIX "${suffix}" C_VISIBILITY_PRESET hidden)
endfunction()

# The target with Python's headers, and the module suffix (SOABI; abi3 for the stable ABI).
function(_headerkit_development interface soabi abi3)
  if(DEFINED SKBUILD_SABI_VERSION)
    _headerkit_development_of_scikit_build(target tag)
  else()
    _headerkit_development_found(target tag)
  endif()
  set(${interface} "${target}" PARENT_SCOPE)
  set(${soabi} "${tag}" PARENT_SCOPE)
endfunction()

# Within scikit-build-core, which has asked this Python already; it has decided on the stable ABI.
function(_headerkit_development_of_scikit_build interface soabi)
  set(component Module)
  set(tag "${SKBUILD_SOABI}")
  if(abi3)
    set(component SABIModule)
    set(tag abi3)
  endif()
  set(target "Python::${component}")
  if(NOT TARGET "${target}" AND UNIX AND Python_INCLUDE_DIR)
    # find_package(Python) would take longer than the rest of a small build.
    set(target headerkit::python)
    if(NOT TARGET "${target}")
      add_library("${target}" INTERFACE IMPORTED)
      target_include_directories("${target}" SYSTEM INTERFACE "${Python_INCLUDE_DIR}")
      if(APPLE)
        target_link_options("${target}" INTERFACE "LINKER:-undefined,dynamic_lookup")
      endif()
    endif()
  elseif(NOT TARGET "${target}")
    find_package(Python 3.10 REQUIRED COMPONENTS Interpreter "Development.${component}")
  endif()
  set(${interface} "${target}" PARENT_SCOPE)
  set(${soabi} "${tag}" PARENT_SCOPE)
endfunction()

# Elsewhere: the targets of find_package(Python) or find_package(Python3), which is called where the project has not.
function(_headerkit_development_found interface soabi)
  set(python Python)
  if(NOT Python_EXECUTABLE)
    set(python Python3)
  endif()
  # What was found for an earlier module: the targets stay, the variables went with the function that looked.
  get_property(facts DIRECTORY PROPERTY HEADERKIT_PYTHON_FACTS)
  if(facts AND TARGET ${python}::Module AND NOT ${python}_SOABI)
    list(GET facts 0 ${python}_SOABI)
    list(GET facts 1 ${python}_VERSION)
    list(GET facts 2 ${python}_INTERPRETER_ID)
  endif()
  set(components Interpreter Development.Module)
  if(abi3 AND CMAKE_VERSION VERSION_GREATER_EQUAL 3.26)
    list(APPEND components OPTIONAL_COMPONENTS Development.SABIModule)
  endif()
  if(NOT TARGET ${python}::Module OR NOT ${python}_SOABI OR (abi3 AND "OPTIONAL_COMPONENTS" IN_LIST components
                                                             AND NOT TARGET ${python}::SABIModule AND NOT facts))
    find_package(${python} 3.10 REQUIRED COMPONENTS ${components})
    set_property(
      DIRECTORY PROPERTY HEADERKIT_PYTHON_FACTS "${${python}_SOABI}" "${${python}_VERSION}" "${${python}_INTERPRETER_ID}"
    )
  endif()

  set(target ${python}::Module)
  set(tag "${${python}_SOABI}")
  # The tag of a free-threaded Python has a t: cpython-313t-x86_64-linux-gnu, cp313t-win_amd64.
  if(abi3
     AND tag MATCHES "^(cpython-|cp)[0-9]+(-|$)"
     AND NOT ${python}_INTERPRETER_ID STREQUAL "PyPy"
     AND ${python}_VERSION VERSION_GREATER_EQUAL abi3)
    set(tag abi3)
    if(TARGET ${python}::SABIModule)
      set(target ${python}::SABIModule)
    elseif(WIN32)
      message(FATAL_ERROR "${where}: ABI3 on Windows needs CMake 3.26 or newer, and python3.lib")
    endif()
  endif()
  set(${interface} "${target}" PARENT_SCOPE)
  set(${soabi} "${tag}" PARENT_SCOPE)
endfunction()
