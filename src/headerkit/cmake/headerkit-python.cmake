# The Python that runs headerkit, and the project that it runs for.

# The command that runs headerkit: run.py beside this file finds the headerkit that this file belongs to, where the
# environment has none, and nothing in the folder it runs in can shadow a module.
function(_headerkit_command result)
  if(Python_EXECUTABLE)
    set(python "${Python_EXECUTABLE}")
  elseif(Python3_EXECUTABLE)
    set(python "${Python3_EXECUTABLE}")
  else()
    message(FATAL_ERROR "headerkit: no Python_EXECUTABLE here: call find_package(headerkit) in this folder or above it")
  endif()
  set(${result} "${python}" "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/run.py" PARENT_SCOPE)
endfunction()

# The project root: the nearest folder from START upward that holds pyproject.toml or .headerkit.toml, else the folder of
# the last project(). `files` gets the settings files there. The store is the one of that project.
function(_headerkit_project_root result files start)
  set(folder "${start}")
  while(TRUE)
    set(found)
    foreach(file IN ITEMS pyproject.toml .headerkit.toml)
      if(EXISTS "${folder}/${file}")
        list(APPEND found "${folder}/${file}")
      endif()
    endforeach()
    get_filename_component(parent "${folder}" DIRECTORY)
    if(found OR parent STREQUAL folder)
      break()
    endif()
    set(folder "${parent}")
  endwhile()
  if(NOT found)
    set(folder "${PROJECT_SOURCE_DIR}")
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
  set(${files} "${found}" PARENT_SCOPE)
endfunction()

# The target triple to bind for: empty for the running Python's own.
function(_headerkit_target_triple result where given)
  set(triple "${given}")
  if(NOT triple)
    set(triple "${HEADERKIT_TARGET}")
  endif()
  if(NOT triple AND CMAKE_CROSSCOMPILING)
    foreach(candidate IN ITEMS "${CMAKE_C_COMPILER_TARGET}" "${CMAKE_LIBRARY_ARCHITECTURE}")
      if(candidate AND NOT triple)
        set(triple "${candidate}")
      endif()
    endforeach()
    if(NOT triple)
      message(
        FATAL_ERROR
          "${where}: cross-compiling, and nothing says for which target; set HEADERKIT_TARGET in the toolchain file, "
          "for example to aarch64-unknown-linux-gnu"
      )
    endif()
  endif()
  set(${result} "${triple}" PARENT_SCOPE)
endfunction()
